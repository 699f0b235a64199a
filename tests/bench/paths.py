"""Records per CPU-second of the two record paths, beside a bare librdkafka loop."""

import itertools
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from measure import cpu_seconds, spread
from system.lib import topics
from system.lib.sluice_host import SluiceHost, call, wait_until

BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter"
JSON = "org.apache.kafka.connect.json.JsonConverter"
RATIO_NOW, RATIO_GOAL = 1.25, 1.10
# Records of a run, by their size in bytes: some seconds of work for the slowest of the three.
RECORDS = {100: 3_000_000, 1000: 600_000}
# No two connectors have one name: offsets stay when a connector is deleted.
_numbers = itertools.count()


def write_lines(path, size, count):
    """`count` different lines of `size` bytes, newline not counted."""
    filler = "abcdefghijklmnopqrstuvwxyz0123456789" * (size // 36 + 1)
    with open(path, "w") as out:
        for start in range(0, count, 10_000):
            out.write("".join(f"{n:012d} {filler}"[:size] + "\n"
                              for n in range(start, min(start + 10_000, count))))


def end_offset(bootstrap, topic):
    done = subprocess.run(["kcat", "-Q", "-b", bootstrap, "-t", f"{topic}:0:-1"],
                          capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])


class Bare:
    """The bare loop, as a program of its own for each run."""

    def __init__(self, build, bootstrap):
        self._program = build / "bin/bare_loop"
        self._bootstrap = bootstrap

    def source(self, topic, path, records):
        return self._run("source", topic, path)

    def sink(self, topic, path, records):
        return self._run("sink", topic, path, records)

    def _run(self, mode, topic, path, *more):
        done = subprocess.run([str(a) for a in (self._program, mode, self._bootstrap, topic, path,
                                                *more)], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)["cpu_s"]


class Worker:
    """A Connect worker, ours or Apache's: CPU seconds of all its processes for one piece of work,
    with `cold` also those of the start of the worker. `settings` are those of its connectors."""

    def __init__(self, url, bootstrap, pids, settings, cold=False):
        self._url, self._bootstrap, self._pids, self._settings = url, bootstrap, pids, settings
        self._cold = cold

    def _measure(self, config, done):
        name = f"bench-{next(_numbers)}"
        config = {"name": name, **self._settings, **config}
        before = {} if self._cold else {pid: cpu_seconds(pid) for pid in self._pids()}
        call(self._url, "PUT", f"/connectors/{name}/config", config)
        wait_until("the work", done, 300, 0.1)
        used = sum(cpu_seconds(pid) - before.get(pid, 0) for pid in self._pids())
        call(self._url, "DELETE", f"/connectors/{name}")
        return used

    def source(self, topic, path, records, chain=None):
        config = {"connector.class": "FileStreamSource", "file": str(path), "topic": topic}
        return self._measure({**config, **(chain or {})},
                             lambda: end_offset(self._bootstrap, topic) >= records)

    def sink(self, topic, path, records, chain=None):
        path.unlink(missing_ok=True)
        config = {"connector.class": "FileStreamSink", "file": str(path), "topics": topic}
        last = f"{records - 1:012d}".encode()

        def done():
            if not path.exists() or path.stat().st_size == 0:
                return False
            with open(path, "rb") as copy:
                copy.seek(max(0, path.stat().st_size - 4096))
                return last in copy.read()

        return self._measure({**config, **(chain or {})}, done)


class Work:
    """Input file and topics of one record size."""

    def __init__(self, bootstrap, folder, size, records):
        self.bootstrap, self.records, self.size = bootstrap, records, size
        self.input = folder / f"in-{size}"
        self.output = folder / f"out-{size}"
        write_lines(self.input, size, records)
        self._made = 0

    def topic(self):
        """A new, empty topic of one partition."""
        self._made += 1
        name = f"bench-{self.size}-{self._made}-{id(self)}"
        topics.create(self.bootstrap, name)
        return name


def pair(report, direction, work, ours, bare, runs):
    """Runs the two in turn and reports the ratio of their medians."""
    figures = {"ours": [], "bare": []}
    filled = None
    if direction == "sink":
        filled = work.topic()
        bare.source(filled, work.input, work.records)
    for number in range(runs):
        order = [("ours", ours), ("bare", bare)]
        for name, who in order if number % 2 == 0 else reversed(order):
            if direction == "source":
                figures[name].append(who.source(work.topic(), work.input, work.records))
            else:
                figures[name].append(who.sink(filled, work.output, work.records))
    ratio = statistics.median(figures["ours"]) / statistics.median(figures["bare"])
    rate = [work.records / seconds / 1000 for seconds in figures["ours"]]
    bare_rate = [work.records / seconds / 1000 for seconds in figures["bare"]]
    report.add(f"{direction}, {work.size} B, bytes: k records per CPU-second",
               f"{spread(rate)}; bare loop {spread(bare_rate)}")
    report.add(f"{direction}, {work.size} B, bytes: CPU over the bare loop's", f"{ratio:.3f}",
               f"≤ {RATIO_NOW} now, ≤ {RATIO_GOAL} wanted", ratio <= RATIO_NOW)


def against_bare(report, build, bootstrap, folder, runs):
    with SluiceHost(build, folder / "ours", bootstrap) as host:
        host.start()
        ours = Worker(host.url, bootstrap, lambda: [host.pid, *host.runners()],
                      settings_of(BYTES))
        bare = Bare(build, bootstrap)
        for size, records in RECORDS.items():
            work = Work(bootstrap, folder, size, records)
            for direction in ("source", "sink"):
                pair(report, direction, work, ours, bare, runs)
        host.stop()


def settings_of(converter):
    settings = {"key.converter": converter, "value.converter": converter}
    if converter == JSON:
        settings.update({"key.converter.schemas.enable": "false",
                         "value.converter.schemas.enable": "false"})
    return settings


def run(report, build, bootstrap, runs):
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as name:
        against_bare(report, build, bootstrap, pathlib.Path(name), runs)
