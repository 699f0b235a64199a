"""Dead letters of Apache Kafka Connect and of ours, record by record, headers included.

Usage: dead_letters.py BUILD_FOLDER

The same topic goes through the same sink config on both workers, once per scenario; what each put
into its dead letter queue must be equal: key, value, timestamp and all headers in their order. Of
stack traces the first line and the `Caused by` lines count. The files that the sinks wrote, and
what became of their tasks, must be equal too.
"""

import argparse
import concurrent.futures
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kafka.connect import ConnectStandalone
from system.lib import topics
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import SluiceHost, call, wait_until

PATIENCE_SECONDS = 60
STACK_TRACE = "__connect.errors.exception.stacktrace"
JSON = "org.apache.kafka.connect.json.JsonConverter"
STRING = "org.apache.kafka.connect.storage.StringConverter"

# (key, value, headers); None is Kafka's null.
RECORDS = [
    ("k0", '{"a":1,"b":"x"}', []),
    ("k1", "{broken", [("h", "1"), ("h", "2"), ("other", "ünïcode")]),
    (None, '{"a":"zwölf"', []),
    ("k3", "not json", []),
    ("k4", '{"schema":{"type":"int32"},"payload":"x"}', [("n", "null")]),
    ("k5", '{"schema":{"type":"nope"},"payload":1}', []),
    ("k6", "[1,2", []),
    ("k7", '{"a":2,"b":"y"}', []),
    ('{"key":', '{"a":3}', []),
    ("9", '"text"', []),
    ("10", '{"a":4}', [("h", "")]),
]
PLAIN = {"value.converter": JSON, "value.converter.schemas.enable": "false"}

# Name, what the sink's config adds, whether its task must fail.
SCENARIOS = [
    ("values without schemas", PLAIN, False),
    ("values with schemas", {"value.converter": JSON}, False),
    ("keys", {"key.converter": JSON, "key.converter.schemas.enable": "false", **PLAIN}, False),
    ("no context headers",
     {**PLAIN, "errors.deadletterqueue.context.headers.enable": "false"}, False),
    ("a failure that is not tolerated", {**PLAIN, "errors.tolerance": "none"}, True),
]
TRANSFORMS = [
    ("a transform that fails",
     {**PLAIN, "transforms": "cast", "transforms.cast.spec": "b:int32",
      "transforms.cast.type": "org.apache.kafka.connect.transforms.Cast$Value"}, False),
]


class Wrong(Exception):
    """The test's verdict; the text says what differs."""


def produce(bootstrap, topic):
    """Writes RECORDS in their order, with timestamps of the clock: both workers read the same ones."""
    for key, value, headers in RECORDS:
        command = ["kcat", "-b", bootstrap, "-P", "-t", topic, "-p", "0", "-D", "\x01"]
        for name, text in headers:
            command += ["-H", f"{name}={text}"]
        data = value
        if key is not None:
            command += ["-K", "\x02"]
            data = f"{key}\x02{value}"
        subprocess.run(command, input=data.encode(), check=True)


def letters(bootstrap, topic):
    """The records of a dead letter queue, as comparable data."""
    done = subprocess.run(["kcat", "-b", bootstrap, "-C", "-q", "-e", "-t", topic, "-J",
                           "-o", "beginning"], stdout=subprocess.PIPE, check=True)
    return [comparable(json.loads(line)) for line in done.stdout.decode().splitlines()]


def comparable(record):
    flat = record.get("headers") or []
    pairs = [(flat[i], told(flat[i], flat[i + 1])) for i in range(0, len(flat), 2)]
    return {"key": record["key"], "value": record["payload"], "timestamp": record["ts"],
            "partition": record["partition"], "headers": pairs}


def told(name, value):
    if name != STACK_TRACE or value is None:
        return value
    return [line for line in value.splitlines() if not line.startswith(("\tat ", "\t... "))]


class Run:
    """One scenario on one worker."""

    def __init__(self, url, tag, side, config, bootstrap, folder):
        self.url, self.bootstrap = url, bootstrap
        self.name = f"letters-{tag}"
        self.dlq = f"letters-{tag}-{side}"
        self.file = folder / self.dlq
        self.config = {
            "connector.class": "FileStreamSink", "file": str(self.file), "key.converter": STRING,
            "errors.tolerance": "all", "errors.deadletterqueue.topic.name": self.dlq,
            "errors.deadletterqueue.topic.replication.factor": "1",
            "errors.deadletterqueue.context.headers.enable": "true",
            # The same connector on two workers: each in a group of its own.
            "consumer.override.group.id": self.dlq, **config}

    def start(self, topic):
        call(self.url, "POST", "/connectors",
             {"name": self.name, "config": {**self.config, "topics": topic}})

    def task(self):
        tasks = call(self.url, "GET", f"/connectors/{self.name}/status")["tasks"]
        return tasks[0] if tasks else {"state": "NONE"}

    def committed(self):
        """The group's offset, from the worker that owns it."""
        offsets = call(self.url, "GET", f"/connectors/{self.name}/offsets")["offsets"]
        return offsets[0]["offset"]["kafka_offset"] if offsets else 0

    def wait(self, must_fail):
        def over():
            task = self.task()
            if task["state"] == "FAILED" and not must_fail:
                raise Wrong(f"{self.dlq} failed: {task['trace']}")
            return task["state"] == "FAILED" if must_fail else self.committed() == len(RECORDS)
        wait_until(f"the end of {self.dlq}", over, PATIENCE_SECONDS, pause=0.2)

    def result(self):
        trace = told(STACK_TRACE, self.task().get("trace"))
        written = self.file.read_text() if self.file.exists() else ""
        return {"letters": letters(self.bootstrap, self.dlq), "file": written.splitlines(),
                "trace": trace}

    def remove(self):
        call(self.url, "DELETE", f"/connectors/{self.name}")


def must_equal(what, ours, apaches):
    if ours == apaches:
        return
    if isinstance(ours, dict) and isinstance(apaches, dict) and ours.keys() == apaches.keys():
        for key in ours:
            must_equal(f"{what}, {key}", ours[key], apaches[key])
    if isinstance(ours, list) and isinstance(apaches, list) and len(ours) == len(apaches):
        for number, (a, b) in enumerate(zip(ours, apaches)):
            must_equal(f"{what} {number}", a, b)
    raise Wrong(f"{what}:\n  ours:   {ours!r}\n  Apache: {apaches!r}")


def compare(name, config, must_fail, host, apache, bootstrap, folder):
    tag = uuid.uuid4().hex[:8]
    topic = f"letters-{tag}"
    topics.create(bootstrap, topic)
    produce(bootstrap, topic)
    runs = [Run(host.url, tag, "ours", config, bootstrap, folder),
            Run(apache.url, tag, "apache", config, bootstrap, folder)]
    for run in runs:
        run.start(topic)
    for run in runs:
        run.wait(must_fail)
    ours, apaches = (run.result() for run in runs)
    for run in runs:
        run.remove()
    must_equal(name, ours, apaches)
    if not apaches["letters"]:
        raise Wrong(f"{name}: there are no dead letters at all")
    return f"{name}: {len(ours['letters'])} letters, {len(ours['file'])} lines are equal"


def compare_refusal(host, apache, bootstrap, folder):
    """A queue that cannot be made: one broker, three replicas. The task fails before it begins."""
    tag = uuid.uuid4().hex[:8]
    topic = f"letters-{tag}"
    topics.create(bootstrap, topic)
    traces = []
    for url, side in ((host.url, "x"), (apache.url, "x")):
        run = Run(url, tag, side, {"errors.deadletterqueue.topic.replication.factor": "3"},
                  bootstrap, folder)
        run.start(topic)
        run.wait(must_fail=True)
        traces.append(run.task()["trace"].splitlines()[0])
        run.remove()
    must_equal("a queue that cannot be made", *traces)
    return f"a queue that cannot be made: {traces[0]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-dl-")))
        bootstrap = stack.enter_context(shared_broker())
        host = stack.enter_context(SluiceHost(options.build, folder / "host", bootstrap)).start()
        apache = stack.enter_context(ConnectStandalone(bootstrap))
        sides = (host, apache, bootstrap, folder)
        try:
            with concurrent.futures.ThreadPoolExecutor(len(SCENARIOS + TRANSFORMS) + 1) as beside:
                told = [beside.submit(compare, *scenario, *sides)
                        for scenario in SCENARIOS + TRANSFORMS]
                told.append(beside.submit(compare_refusal, *sides))
            for one in told:
                print(one.result(), flush=True)
        except Wrong as wrong:
            print(f"FAILED: {wrong}\n{host.tail()}")
            return 1
        host.stop()
    print("equal, record by record")
    return 0


if __name__ == "__main__":
    sys.exit(main())
