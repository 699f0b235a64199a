"""A cluster of three with 10, 100 and 1,000 connectors: REST, rebalances, memory."""

import contextlib
import datetime
import json
import pathlib
import re
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request

from kafka.jvm import die_with_parent
from measure import percentile, spread, total_memory_mib
from system.lib.cluster import Cluster
from system.lib.sluice_host import wait_until

SIZES = (10, 100, 1000)
WITH_RUNNERS = 300
WORKERS = 3
LOOKS = 100
# What is measured is the work; how long to wait for who left in order is anybody's choice.
SETTINGS = {"scheduled.rebalance.max.delay.ms": "0"}
EXPAND = "/connectors?expand=status&expand=info"


class _Prober(threading.Thread):
    """Asks a worker small things all the time, and keeps what each took."""

    def __init__(self, worker):
        super().__init__(daemon=True)
        self._worker = worker
        self._end = threading.Event()
        self.took = []

    def run(self):
        while not self._end.wait(0.02):
            self.took.append(_get_ms(self._worker, "/connectors"))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self.join()


class _Statuses(threading.Thread):
    """When tasks said that they run, as their records' timestamps in the status topic tell."""

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self._kcat = subprocess.Popen(
            ["kcat", "-b", cluster.bootstrap, "-C", "-q", "-u", "-o", "beginning",
             "-f", "%T %k %s\\n", "-t", cluster.settings["status.storage.topic"]],
            stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        self._ran = {}  # {(connector, task): (Unix time, worker id)}

    def run(self):
        for line in self._kcat.stdout:
            stamp, key, text = line.split(" ", 2)
            if key.startswith("status-task-") and '"RUNNING"' in text:
                self._ran[key] = (int(stamp) / 1000, json.loads(text)["worker_id"])

    def last(self, cluster):
        """The moment at which the last task began to run where it runs now; waits until it is read."""
        places = {f"status-task-{name}-{number}": where
                  for (name, number), where in cluster.runs_where().items() if number is not None}
        wait_until("the statuses", lambda: all(
            self._ran.get(key, (0, ""))[1] == where for key, where in places.items()))
        return max(self._ran[key][0] for key in places)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._kcat.kill()
        self._kcat.wait()
        self.join()


def _ready_at(worker):
    """Unix time at which a worker had what it needs and asked to join, as its log says."""
    found = re.findall(r"^(\S+)Z .* worker is ready", worker.log.read_text(errors="replace"), re.M)
    return datetime.datetime.fromisoformat(found[-1] + "+00:00").timestamp()


def _get_ms(worker, path):
    began = time.monotonic()
    with urllib.request.urlopen(worker.url + path, timeout=60) as reply:
        reply.read()
    return (time.monotonic() - began) * 1000


def _create(cluster, folder, first, last):
    """Idle file sources; the leader is asked, since others only carry requests to it."""
    took = []
    for number in range(first, last):
        name = f"c{number:04}"
        file = folder / name
        file.touch()
        began = time.monotonic()
        cluster.create(name, {"connector.class": "FileStreamSource", "tasks.max": "1",
                              "file": str(file), "topic": "scale"})
        took.append((time.monotonic() - began) * 1000)
    return took


def _even(cluster, seconds=300):
    def uneven():
        where = list(cluster.runs_where().values())
        counts = [where.count(worker.id) for worker in cluster.living()]
        return [] if max(counts) - min(counts) <= 2 else [f"counts {counts}"]
    return cluster.wait_healed("an even cluster", seconds, uneven)


def _memory(worker):
    return total_memory_mib([worker.pid, *worker.children()])[0]


def _told(worker, *metrics):
    """What a worker tells of these, in their order."""
    with urllib.request.urlopen(worker.url + "/metrics", timeout=30) as reply:
        text = reply.read().decode()
    found = [re.search(rf"^{metric}(?:{{.*}})? (\S+)$", text, re.M)[1] for metric in metrics]
    return ", ".join(f"{float(figure):.3g}" for figure in found)


def _measure(report, cluster, what):
    host = cluster.workers[0]
    small = [_get_ms(host, "/connectors/c0001/status") for _ in range(LOOKS)]
    large = [_get_ms(host, EXPAND) for _ in range(LOOKS // 4)]
    report.add(f"{what}: GET of a status p50, p99, ms",
               f"{percentile(small, 0.5):.1f}, {percentile(small, 0.99):.1f}")
    report.add(f"{what}: GET {EXPAND} p50, p99, ms",
               f"{percentile(large, 0.5):.1f}, {percentile(large, 0.99):.1f}")
    memory = [_memory(worker) for worker in cluster.living()]
    report.add(f"{what}: PSS of a worker with all its processes, MiB",
               ", ".join(f"{figure:.0f}" for figure in memory))


def _rebalances(report, cluster, what, runs=5):
    """One worker leaves in order and comes back; REST of another is asked all the while."""
    left, joined = [], []
    with _Statuses(cluster) as statuses, _Prober(cluster.workers[0]) as prober:
        for _ in range(runs):
            victim = cluster.workers[-1]
            began = time.time()
            victim.stop(120)
            _even(cluster)
            left.append(statuses.last(cluster) - began)
            victim.start(seconds=120)
            _even(cluster)
            joined.append(statuses.last(cluster) - _ready_at(victim))
    for event, took in (("SIGTERM of a worker", left), ("a worker asks to join", joined)):
        report.add(f"{what}: {event} until the last moved task runs, s", spread(took),
                   *(["≤ 0.5", statistics.median(took) <= 0.5] if "none" in what else []))
    report.add(f"{what}: GET /connectors during rebalances p50, p99, max, ms",
               ", ".join(f"{percentile(prober.took, share):.1f}" for share in (0.5, 0.99, 1)))
    report.add(f"{what}: ticks of the leader during rebalances avg, max, ms",
               _told(cluster.workers[0], "sluice_herder_tick_time_avg_ms",
                     "sluice_herder_tick_time_max_ms"))
    report.add(f"{what}: a rebalance avg, max, ms", _told(
        cluster.workers[0], *(f"kafka_connect_connect_worker_rebalance_metrics_rebalance_{which}_time_ms"
                              for which in ("avg", "max"))))


def _cluster(build, bootstrap, name, isolation, stack):
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"sluice-{name}-")))
    cluster = stack.enter_context(Cluster(build, folder, bootstrap, folder.name,
                                          {"runner.isolation": isolation, **SETTINGS}))
    for number in range(WORKERS):
        cluster.add_sluice(f"w{number}").start()
    return cluster, folder


def run(report, build, bootstrap, sizes=SIZES, with_runners=WITH_RUNNERS):
    for isolation, counts in (("none", sizes), ("connector", (with_runners,))):
        with contextlib.ExitStack() as stack:
            cluster, folder = _cluster(build, bootstrap, "scale", isolation, stack)
            have = 0
            for count in counts:
                what = f"{count} connectors, isolation={isolation}"
                took = _create(cluster, folder, have, count)
                settled = _even(cluster)
                have = count
                report.add(f"{what}: creating one p50, p99, ms",
                           f"{percentile(took, 0.5):.1f}, {percentile(took, 0.99):.1f}")
                report.add(f"{what}: all RUNNING after the last, s", f"{settled:.2f}")
                _measure(report, cluster, what)
                _rebalances(report, cluster, what)
