"""Hosts and runners of a cluster of three killed, joined and left, with hundreds of tasks."""

import pathlib
import statistics
import tempfile
import time

from measure import spread
from system.lib.failover import Rig
from system.lib.groups import worker_group
from system.lib.streams import Feeder

RATE = 5  # lines a second of each stream
STREAMS = 150


def _even(rig):
    return rig.wait_even(180)


def _victim(rig, leader):
    url = worker_group(rig.cluster.bootstrap, rig.cluster.group).leader_url
    return next(w for w in rig.workers if (w.id in url) == leader)


def _host_kills(rig, runs, leader):
    moved, others = [], []
    for number in range(runs):
        victim = _victim(rig, leader)
        outcome = rig.kill_host(victim)
        print(f"  {number + 1}/{runs} {victim.name}: {outcome}", flush=True)
        moved.append(outcome.worst_moved)
        others.append(outcome.worst_other)
        victim.start(seconds=120)
        _even(rig)
    return moved, others


def _runner_kills(rig, runs):
    figures = []
    for number in range(runs):
        connector = f"{rig.streams.names[number % len(rig.streams.names)]}-out"
        figures.append(rig.kill_runner(connector).worst_moved)
    return figures


def _leave_and_join(rig, runs):
    """(until all deliver elsewhere, until the cluster is even again), of orderly ends and starts."""
    left, joined = [], []
    for _ in range(runs):
        victim = _victim(rig, leader=False)
        left.append(rig.stop_host(victim).worst_moved)
        victim.start(seconds=120)
        began = time.monotonic()
        _even(rig)
        joined.append(time.monotonic() - began)
    return left, joined


def _silences(rig, runs, session_s):
    moved, ended = [], []
    for _ in range(runs):
        leases, outcome = rig.silence_host(_victim(rig, leader=False), session_s, 1)
        moved.append(outcome.worst_moved)
        ended.append(leases)
        _even(rig)
    return moved, ended


def run(report, build, bootstrap, runs=20, streams=STREAMS, isolation="connector"):
    tasks = 2 * streams
    what = f"{tasks} tasks, isolation={isolation}"
    few = max(1, runs // 4)
    with tempfile.TemporaryDirectory(prefix="sluice-failover-") as name:
        rig = Rig(build, pathlib.Path(name), bootstrap, streams, {"runner.isolation": isolation})
        with rig:
            rig.start()
            with Feeder(rig.streams, RATE):
                quiet = [rig.nothing().worst_other for _ in range(few)]
                report.add(f"{what}: longest pause of a task while nothing happens, s",
                           spread(quiet))
                moved, others = _host_kills(rig, runs, leader=False)
                median = statistics.median(moved)
                report.add(f"{what}: kill -9 of a host, until its last task delivers, s",
                           spread(moved), "≤ 3", median <= 3)
                report.add(f"{what}: longest pause of the other tasks meanwhile, s", spread(others))
                moved, others = _host_kills(rig, few, leader=True)
                report.add(f"{what}: kill -9 of the leader, until its last task delivers, s",
                           spread(moved))
                figures = _runner_kills(rig, few)
                report.add(f"{what}: kill -9 of a sink's runner, until it delivers, s",
                           spread(figures), "≤ 1", statistics.median(figures) <= 1)
                left, joined = _leave_and_join(rig, few)
                report.add(f"{what}: a host leaves, until its last task delivers, s", spread(left))
                report.add(f"{what}: a host joins, until all is even and RUNNING, s", spread(joined))
                moved, ended = _silences(rig, max(1, few // 2), 10)
                report.add(f"{what}: SIGSTOP of a host, until its last task delivers, s",
                           spread(moved), "≤ 13", statistics.median(moved) <= 13)
                report.add(f"{what}: SIGSTOP of a host, until its runners are gone, s",
                           spread(ended), "< 10", max(ended) < 10)
            found = rig.verdict()
            wrong = [name for name, both in found.items()
                     if any(v.missing or v.disordered or v.jumps for v in both)]
            report.add(f"{what}: streams with anything lost or two writers", str(len(wrong)), "0",
                       not wrong)
