#!/usr/bin/python3
"""A Java worker and a Sluice worker in one group: work moves over, and back, and nothing is lost.

Usage: cluster_takeover.py <build directory> [--kinds java,sluice]

Lines flow through file connectors all the while. The Java worker begins alone, ours joins, the Java
worker stops, comes back, ours stops; at each step both read the same of the group's topics. So far
no line may be doubled. Then each is killed while the other takes over.
"""

import argparse
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib.cluster import Cluster
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import wait_until
from system.lib.streams import Feeder, Streams, totals, verdicts

STREAMS = 4
RATE = 20
# A killed member's work waits for its session's end, and a killed Java sink's partitions too.
SESSION = {"session.timeout.ms": "6000", "heartbeat.interval.ms": "1000",
           "consumer.session.timeout.ms": "6000", "consumer.heartbeat.interval.ms": "500"}


def step(text):
    print(f"- {text}", flush=True)


def same_everywhere(cluster, streams):
    """Configs of tasks, topics and offsets: what complaints() does not look at."""
    for name in cluster.tasks:
        for path in ("config", "tasks", "topics"):
            replies = [cluster.ask("GET", f"/connectors/{name}/{path}", via=worker)
                       for worker in cluster.living()]
            assert all(reply == replies[0] for reply in replies), (name, path, replies)
    for name in streams.names:
        length = len("<0000000 >\n") + len(name)
        for worker in cluster.living():
            reply = cluster.ask("GET", f"/connectors/{name}-in/offsets", via=worker)
            (entry,) = reply["offsets"]
            assert entry["partition"] == {"filename": str(streams.input(name))}, reply
            assert entry["offset"]["position"] % length == 0, reply
            assert 0 < entry["offset"]["position"] <= streams.input(name).stat().st_size, reply


def flowing(streams, seconds=60):
    """Each stream delivers lines that are written from now on."""
    began = time.monotonic()
    marks = dict(streams.written)

    def arrived():
        for name in list(marks):
            if streams.output(name).exists():
                size = streams.output(name).stat().st_size
                with open(streams.output(name), "rb") as out:
                    out.seek(max(0, size - 32768))
                    if b"<%07d %s>" % (marks[name] + 1, name.encode()) in out.read():
                        del marks[name]
        return not marks
    wait_until(f"new lines in all files (missing: {marks})", arrived, seconds)
    return time.monotonic() - began


def moved(cluster, streams, what, workers):
    healed = cluster.wait_spread(workers)
    delivered = flowing(streams)
    same_everywhere(cluster, streams)
    print(f"  {what}: all RUNNING after {healed:.1f} s, all deliver {delivered:.1f} s later", flush=True)


def in_order(cluster, streams, first, second):
    step(f"{first.kind} alone")
    first.start()
    streams.create_connectors(cluster)
    moved(cluster, streams, "started", [first])
    step(f"{second.kind} joins")
    second.start()
    moved(cluster, streams, "shared", [first, second])
    step(f"{first.kind} stops")
    assert first.stop() == 0
    moved(cluster, streams, "taken over", [second])
    step(f"{second.kind} changes a connector, pauses another, makes a third")
    name = f"{streams.names[0]}-in"
    cluster.create(name, {**streams.source(streams.names[0]), "batch.size": "500"})
    cluster.ask("PUT", f"/connectors/{streams.names[1]}-out/pause")
    wait_until("PAUSED", lambda: cluster.ask("GET", f"/connectors/{streams.names[1]}-out/status")
               ["tasks"][0]["state"] == "PAUSED")
    step(f"{first.kind} comes back and reads that")
    first.start()
    wait_until("both know", lambda: all(
        cluster.ask("GET", f"/connectors/{streams.names[1]}-out/status", via=worker)
        ["tasks"][0]["state"] == "PAUSED" for worker in cluster.living()))
    cluster.ask("PUT", f"/connectors/{streams.names[1]}-out/resume", via=first)
    moved(cluster, streams, "shared again", [first, second])
    assert cluster.ask("GET", f"/connectors/{name}/config", via=first)["batch.size"] == "500"
    step(f"{second.kind} stops")
    assert second.stop() == 0
    moved(cluster, streams, "handed back", [first])


def killed(cluster, streams, victim, other):
    step(f"{victim.kind} is killed")
    cluster.wait_spread([victim, other])
    flowing(streams)
    victim.kill()
    moved(cluster, streams, "taken over", [other])
    victim.start()
    moved(cluster, streams, "shared again", [victim, other])


def judge(streams, what, duplicates):
    topics, files = totals(verdicts(streams))
    print(f"  {what}: topics: {topics}\n  {what}: files: {files}", flush=True)
    for verdict in (topics, files):
        assert verdict.missing == 0 and verdict.disordered == 0 and verdict.jumps == 0, verdict
        assert duplicates or verdict.duplicates == 0, f"duplicates without a kill: {verdict}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--kinds", default="java,sluice")
    options = parser.parse_args()
    run = f"takeover-{os.getpid()}-{time.time_ns()}"
    with tempfile.TemporaryDirectory(prefix="sluice-takeover-") as name, \
            shared_broker() as bootstrap:
        folder = pathlib.Path(name)
        streams = Streams(bootstrap, folder / "streams", run, STREAMS)
        streams.create_topics()
        with Cluster(options.build.resolve(), folder, bootstrap, run, SESSION) as cluster:
            first, second = (cluster.add(kind, f"{kind}-{number}")
                             for number, kind in enumerate(options.kinds.split(",")))
            with Feeder(streams, RATE):
                in_order(cluster, streams, first, second)
            streams.wait_drained()
            judge(streams, "no kill", duplicates=False)
            with Feeder(streams, RATE):
                second.start()
                killed(cluster, streams, first, second)
                killed(cluster, streams, second, first)
            streams.wait_drained()
            judge(streams, "after kills", duplicates=True)
    print("cluster takeover: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
