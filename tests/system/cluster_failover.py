#!/usr/bin/python3
"""Three workers, twelve tasks: a host killed, a runner killed, a host silent beyond its session.

Usage: cluster_failover.py <build directory> [--streams N]

Others never stop; what was silent writes nothing any more. `./dev bench --only failover` measures
the same with 300 tasks, twenty times.
"""

import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib.failover import Rig
from system.lib.groups import worker_group
from system.lib.shared_broker import shared_broker
from system.lib.streams import Feeder

RATE = 10
SESSION_S = 6  # no broker of default settings allows less
SETTINGS = {"session.timeout.ms": SESSION_S * 1000, "heartbeat.interval.ms": 500,
            "runner.restart.backoff.ms": 50}
# The goals are 3 s and 1 s on an idle machine; tests share theirs.
MOVED_S, RUNNER_S, OTHERS_S = 8, 4, 3


def check(what, took, limit):
    if took > limit:
        raise AssertionError(f"{what}: {took:.2f} s, more than {limit} s")


def leader_and_other(rig):
    url = worker_group(rig.cluster.bootstrap, rig.cluster.group).leader_url
    leader = next(w for w in rig.workers if w.id in url)
    return leader, next(w for w in rig.workers if w is not leader)


def faults(rig):
    rig.flowing()
    for whose in ("another host", "the leader"):
        leader, other = leader_and_other(rig)
        victim = leader if whose == "the leader" else other
        outcome = rig.kill_host(victim)
        print(f"- kill -9 of {whose} ({victim.name}): {outcome}", flush=True)
        limit = MOVED_S if whose == "another host" else MOVED_S + SESSION_S
        check("tasks of a killed host", outcome.worst_moved, limit)
        check("tasks of the others", outcome.worst_other, OTHERS_S)
        victim.start()
        print(f"  back and even after {rig.wait_even():.1f} s", flush=True)
    outcome = rig.kill_runner(f"{rig.streams.names[0]}-out")
    print(f"- kill -9 of a sink's runner: {outcome}", flush=True)
    check("a killed runner's sink", outcome.worst_moved, RUNNER_S)
    check("tasks of the others", outcome.worst_other, OTHERS_S)
    rig.wait_even()
    leader, other = leader_and_other(rig)
    leases, outcome = rig.silence_host(other, SESSION_S, 2)
    print(f"- SIGSTOP of a host: its runners are gone after {leases:.2f} s, {outcome}", flush=True)
    check("runners of a silent host", leases, SESSION_S)
    check("tasks of a silent host", outcome.worst_moved, SESSION_S + MOVED_S)
    check("tasks of the others", outcome.worst_other, OTHERS_S)
    print(f"  SIGCONT: even after {rig.wait_even():.1f} s", flush=True)
    rig.flowing()


def judge(rig):
    """All is there, and nobody wrote what another one writes."""
    for name, both in rig.verdict().items():
        for place, verdict in zip(("topic", "file"), both):
            assert verdict.missing == 0 and verdict.disordered == 0, (name, place, str(verdict))
            assert verdict.jumps == 0, f"two writers at once? {name} {place}: {verdict}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--streams", type=int, default=6)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sluice-failover-") as name, \
            shared_broker() as bootstrap:
        rig = Rig(options.build.resolve(), name, bootstrap, options.streams, SETTINGS)
        with rig:
            rig.start()
            with Feeder(rig.streams, RATE):
                faults(rig)
            judge(rig)
            for worker in rig.workers:
                assert worker.stop() == 0, worker.tail()
    print("cluster failover: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
