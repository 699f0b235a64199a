#!/usr/bin/python3
"""A rolling restart of a cluster of three, the leader too: no line lost, none doubled.

Usage: cluster_rolling.py <build directory> [--streams N]

Lines flow through file connectors while each worker is stopped in order and started again, so that its
work moves to the others and back; then one so quickly that it gets its own back.
"""

import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib.failover import Rig
from system.lib.groups import worker_group
from system.lib.shared_broker import shared_broker
from system.lib.streams import Feeder, totals

RATE = 20
# Longer than a restart takes, even on a busy machine.
COMES_BACK = {"scheduled.rebalance.max.delay.ms": "8000"}
AT_ONCE = {"scheduled.rebalance.max.delay.ms": "0"}
# An unmoved task never stops: between two of its records there is never more than this.
OTHERS_S = 2.0


def move_each(rig):
    """The work of who stops goes to the others at once, and nobody else stops."""
    for worker in rig.workers:
        outcome = rig.stop_host(worker)
        worker.start()
        even = rig.wait_even()
        print(f"- {worker.name} stopped: {outcome}; back and even after {even:.1f} s", flush=True)
        assert outcome.worst_other < OTHERS_S, str(outcome)


def bring_one_back(rig):
    """Who is back before the delay is over has what it had; but for the leader, who knew of it."""
    leader_url = worker_group(rig.cluster.bootstrap, rig.cluster.group).leader_url
    worker = next(one for one in rig.workers if one.id not in leader_url)
    before = rig.cluster.tasks_of(worker)
    assert worker.stop() == 0, worker.tail()
    worker.start()
    even = rig.wait_even()
    print(f"- {worker.name} restarted: has its {len(before)} tasks again after {even:.1f} s",
          flush=True)
    after = rig.cluster.tasks_of(worker)
    assert before and after == before, (before, after)


def run(build, folder, bootstrap, streams, properties, restart):
    with Rig(build, folder, bootstrap, streams, properties) as rig:
        rig.start()
        with Feeder(rig.streams, RATE):
            rig.flowing()
            restart(rig)
            rig.flowing()
        rig.streams.wait_drained()
        topics, files = totals(rig.verdict())
        print(f"  topics: {topics}\n  files: {files}", flush=True)
        for verdict in (topics, files):
            assert verdict.missing == verdict.disordered == verdict.duplicates == 0, str(verdict)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--streams", type=int, default=3)
    options = parser.parse_args()
    with shared_broker() as bootstrap:
        for properties, restart in ((AT_ONCE, move_each), (COMES_BACK, bring_one_back)):
            with tempfile.TemporaryDirectory(prefix="sluice-rolling-") as folder:
                run(options.build.resolve(), folder, bootstrap, options.streams, properties,
                    restart)
    print("rolling restart: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
