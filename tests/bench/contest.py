"""Records per CPU-second of our worker and of Apache's, side by side."""

import contextlib
import json
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kafka.connect import ConnectStandalone
from measure import spread
from paths import JSON, Bare, Work, Worker, settings_of
from system.lib.sluice_host import SluiceHost

RECORDS = 2_000_000


class Rates:
    """Records per CPU-second of ours and of Apache's worker, by direction."""

    def __init__(self, records):
        self._records = records
        self._rates = {}

    def note(self, direction, name, seconds):
        self._rates.setdefault((direction, name), []).append(self._records / seconds / 1000)

    def add_to(self, report, kind, goals):
        for direction, goal in goals.items():
            ours, apache = self._rates[direction, "ours"], self._rates[direction, "apache"]
            ratio = statistics.median(ours) / statistics.median(apache)
            what = f"{direction}, 100 B, JSON, {kind}"
            report.add(f"{what}: k records per CPU-second",
                       f"{spread(ours)}; Apache {spread(apache)}")
            report.add(f"{what}: times Apache's", f"{ratio:.1f}", f"≥ {goal}", ratio >= goal)


class Contest:
    """The JSON converter and 100 B records, on our worker and on Apache's."""

    GOALS = {"source": 10, "sink": 5}
    CHAIN_GOALS = {"source": 8, "sink": 8}

    def __init__(self, report, build, bootstrap, folder, runs):
        self._report, self._build, self._bootstrap = report, build, bootstrap
        self._folder, self._runs = folder, runs
        self._work = Work(bootstrap, folder, 100, RECORDS)
        self._topics = {"texts": self._filled(json.dumps), "objects": self._filled(as_object)}

    def _filled(self, convert):
        """A topic of what the converter makes of the lines."""
        path = self._folder / "converted"
        with open(self._work.input) as lines, open(path, "w") as out:
            out.writelines(convert(line.rstrip("\n")) + "\n" for line in lines)
        topic = self._work.topic()
        Bare(self._build, self._bootstrap).source(topic, path, self._work.records)
        path.unlink()
        return topic

    @contextlib.contextmanager
    def _workers(self, name, cold=False):
        with SluiceHost(self._build, self._folder / name, self._bootstrap) as host, \
                ConnectStandalone(self._bootstrap, as_shipped=True) as apache:
            host.start()
            ours = Worker(host.url, self._bootstrap, lambda: [host.pid, *host.runners()],
                          settings_of(JSON), cold)
            theirs = Worker(apache.url, self._bootstrap, lambda: [apache.pid], settings_of(JSON),
                            cold)
            yield {"ours": ours, "apache": theirs}
            host.stop()

    def _do(self, worker, direction, chain):
        if direction == "source":
            return worker.source(self._work.topic(), self._work.input, self._work.records, chain)
        topic = self._topics["objects" if chain else "texts"]
        return worker.sink(topic, self._work.output, self._work.records, chain)

    def from_the_start(self, kind, goals, chains):
        """Workers that are started for the work: start and warming up are part of it."""
        rates = Rates(self._work.records)
        for number in range(self._runs):
            for direction in goals:
                folder = f"{kind.replace(' ', '-')}-{direction}-{number}"
                with self._workers(folder, cold=True) as workers:
                    for name, worker in workers.items():
                        rates.note(direction, name,
                                   self._do(worker, direction, chains.get(direction)))
        rates.add_to(self._report, f"{kind}, from its start", goals)

    def warm(self, kind, goals, chains):
        """Workers that have done the same work before."""
        rates = Rates(self._work.records)
        with self._workers(kind.replace(" ", "-")) as workers:
            for number in range(self._runs + 1):
                for direction in goals:
                    for name, worker in workers.items():
                        seconds = self._do(worker, direction, chains.get(direction))
                        if number > 0:
                            rates.note(direction, name, seconds)
        rates.add_to(self._report, f"{kind}, warm", goals)

    def run(self):
        for kind, goals, chains in (("plain", self.GOALS, {}),
                                    ("three transforms", self.CHAIN_GOALS, CHAINS)):
            self.from_the_start(kind, goals, chains)
            self.warm(kind, goals, chains)


def chain_of(*transforms):
    """The settings of a chain of (type, keys)."""
    settings = {"transforms": ",".join(f"t{n}" for n in range(len(transforms)))}
    for number, (kind, keys) in enumerate(transforms):
        settings[f"transforms.t{number}.type"] = f"org.apache.kafka.connect.transforms.{kind}"
        settings.update({f"transforms.t{number}.{key}": value for key, value in keys.items()})
    return settings


CHAINS = {
    "source": chain_of(("HoistField$Value", {"field": "line"}),
                       ("InsertField$Value", {"static.field": "site", "static.value": "north"}),
                       ("ReplaceField$Value", {"renames": "line:text"})),
    "sink": chain_of(("ReplaceField$Value", {"exclude": "filler", "renames": "number:id"}),
                     ("InsertField$Value", {"topic.field": "topic"}),
                     ("Cast$Value", {"spec": "price:string"})),
}


def as_object(line):
    """100 B with four fields."""
    number = line[:12]
    return json.dumps({"number": number, "price": int(number) * 0.5, "ok": True,
                       "filler": line[12:52]}, separators=(",", ":"))


def run(report, build, bootstrap, runs):
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as name:
        Contest(report, build, bootstrap, pathlib.Path(name), runs).run()
