#!/usr/bin/python3
"""What GET /metrics says of a source and a sink that run against a real broker.

Usage: metrics.py <build directory>
"""

import pathlib
import re
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
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
            # A rate needs two looks; nothing moves any more, so the second one's is a number again.
            assert of(now, "source_task_metrics_source_record_poll_rate") >= 0
            host.call("DELETE", "/connectors/metrics-in")
            host.wait("a deleted connector's figures go", lambda: not any(
                "metrics-in" in labels for _, labels in scrape(host)))
            assert host.stop() == 0
    print("metrics: what was written, read and committed is counted")


if __name__ == "__main__":
    check(pathlib.Path(sys.argv[1]))
