#!/usr/bin/python3
"""What GET /metrics says of a source and a sink that run against a real broker.

Usage: metrics.py <build directory>
"""

import pathlib
import re
import sys
import tempfile
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib.cluster import Cluster
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import SluiceHost

TOPIC = "metrics-lines"
LINES = 300
_SAMPLE = re.compile(r'([a-z_]+)(?:\{(.*)\})? (\S+)')


def scrape(host):
    """{(name, labels as text): value} of one request as Prometheus sends it."""
    request = urllib.request.Request(f"{host.url}/metrics", headers={
        "Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4"), reply.headers
        text = reply.read().decode()
    found = {}
    for line in text.splitlines():
        if line.startswith("# "):
            continue
        name, labels, value = _SAMPLE.fullmatch(line).groups()
        key = (name, labels or "")
        assert key not in found, f"twice: {line}"
        found[key] = float(value)
    return found


def check_member(build, folder, bootstrap):
    """What a worker of a cluster tells of its part in the group."""
    group = f"metrics-{uuid.uuid4().hex[:8]}"
    with Cluster(build, folder, bootstrap, group) as cluster:
        worker = cluster.add_sluice("member").start()
        client = f'client_id="connect-{worker.id}"'

        def of(source, attribute):
            return source[(f"kafka_connect_connect_coordinator_metrics_{attribute}", client)]
        before = scrape(worker)
        assert (of(before, "assigned_connectors"), of(before, "assigned_tasks")) == (0, 0)
        cluster.create("member-out", {"connector.class": "FileStreamSink", "topics": "none",
                                      "file": str(folder / "none.txt"), "tasks.max": "2"}, 2)
        worker.wait("what is assigned is told", lambda: (
            of(now := scrape(worker), "assigned_connectors"), of(now, "assigned_tasks")) == (1, 2))
        worker.wait("heartbeats are counted", lambda: of(scrape(worker), "heartbeat_total") >
                    of(before, "heartbeat_total") + 2)
        now = scrape(worker)
        for what in ("join", "sync", "rebalance"):
            assert of(now, f"{what}_total") > of(before, f"{what}_total") > 0, what
        for longest, all_of_them in (("join_time_max", "join_time_avg"),
                                     ("sync_time_max", "sync_time_avg"),
                                     ("rebalance_latency_max", "rebalance_latency_avg")):
            assert of(now, longest) >= of(now, all_of_them) > 0, longest
        assert of(now, "heartbeat_rate") > 0 and of(now, "heartbeat_response_time_max") > 0
        assert 0 <= of(now, "last_heartbeat_seconds_ago") <= 10
        assert now[("kafka_connect_connect_metrics_connection_count", client)] >= 2
        assert now[("kafka_connect_connect_metrics_request_total", client)] > of(
            now, "heartbeat_total") > 0
        assert 0 <= of(now, "last_rebalance_seconds_ago") <= 60
        assert worker.stop() == 0


def check_ticks(now):
    """The control thread has done something, and its longest step is longer than the others."""
    count, total, average, longest = (now[(f"sluice_herder_{name}", "")] for name in (
        "ticks_total", "tick_time_ms_total", "tick_time_avg_ms", "tick_time_max_ms"))
    assert count > 10 and total > 0, (count, total)
    assert longest >= average > 0, (longest, average)
    assert longest <= total, (longest, total)


def check(build):
    with shared_broker() as bootstrap, tempfile.TemporaryDirectory(prefix="sluice-metrics-") as base:
        folder = pathlib.Path(base)
        lines = folder / "in.txt"
        lines.write_text("".join(f"line {n}\n" for n in range(LINES)))
        with SluiceHost(build, folder / "worker", bootstrap) as host:
            host.start()
            before = scrape(host)
            assert before[("kafka_connect_connect_worker_metrics_connector_count", "")] == 0
            host.create("metrics-in", {"connector.class": "FileStreamSource", "file": str(lines),
                                       "topic": TOPIC})
            host.create("metrics-out", {"connector.class": "FileStreamSink", "topics": TOPIC,
                                        "file": str(folder / "out.txt")})

            def of(source, name, labels='connector="metrics-in",task="0"'):
                return source.get((f"kafka_connect_{name}", labels), 0)
            sink = 'connector="metrics-out",task="0"'
            host.wait("all lines are counted on both sides", lambda: (
                of(now := scrape(host), "source_task_metrics_source_record_write_total") == LINES and
                of(now, "sink_task_metrics_sink_record_send_total", sink) == LINES))
            host.wait("a commit of the sink is counted", lambda: of(
                scrape(host), "sink_task_metrics_offset_commit_completion_total", sink) > 0)
            now = scrape(host)
            assert of(now, "source_task_metrics_source_record_poll_total") == LINES
            assert of(now, "task_error_metrics_total_record_errors") == 0
            assert of(now, "connector_metrics_status", 'connector="metrics-in",status="running"') == 1
            assert of(now, "connect_worker_metrics_connector_count", "") == 2
            resident = [value for (name, _), value in now.items()
                        if name == "sluice_runner_resident_memory_bytes"]
            assert len(resident) == 2 and min(resident) > 100_000, resident
            assert now[("process_resident_memory_bytes", "")] > 1_000_000
            assert of(now, "connect_worker_metrics_connector_running_task_count",
                      'connector="metrics-in"') == 1
            assert of(now, "app_info_version", f'client_id="127.0.0.1:{host.port}",version="4.3.0"')
            check_ticks(now)
            # A rate needs two looks; nothing moves any more, so the second one's is a number again.
            assert of(now, "source_task_metrics_source_record_poll_rate") >= 0
            host.call("DELETE", "/connectors/metrics-in")
            host.wait("a deleted connector's figures go", lambda: not any(
                "metrics-in" in labels for _, labels in scrape(host)))
            assert host.stop() == 0
        check_member(build, folder, bootstrap)
    print("metrics: what was written, read and committed is counted")


if __name__ == "__main__":
    check(pathlib.Path(sys.argv[1]))
