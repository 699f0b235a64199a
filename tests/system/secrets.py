"""Secrets, looked for in every byte that comes out of a worker.

Usage: secrets.py BUILD_FOLDER

Two canaries: a value of a config provider and a password-typed value. They are put where they are
likely to leak: into a path that cannot be opened (trace, log), into a transform's pattern that its
errors quote (dead letter headers, log), into values that validation refuses, into overrides. Then
all of REST, the worker's log, the configuration that it prints and the dead letters are searched;
and it is made sure that something was hidden there, so that the search cannot succeed for nothing.
"""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib import topics
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import SluiceHost, wait_until

FROM_PROVIDER = "canary-Zr7kQ-provided"
PASSWORD = "canary-W2mXu-password"
WORKER_SECRET = "canary-P9vLe-worker"
JSON = "org.apache.kafka.connect.json.JsonConverter"
PACKAGE = "org.apache.kafka.connect.transforms."


class Leak(Exception):
    """A canary came out; the text says where."""


class Collector:
    """Everything that the worker said, by where it was said."""

    def __init__(self, host):
        self.host = host
        self.said = {}

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.host.url + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                text = reply.read()
        except urllib.error.HTTPError as error:
            with error:
                text = str(error.headers).encode() + error.read()
        self.keep(f"{method} {path}", text)
        return text.decode()

    def keep(self, where, data):
        self.said[where] = self.said.get(where, b"") + data

    def check(self):
        for where, data in self.said.items():
            for canary in (FROM_PROVIDER, PASSWORD, WORKER_SECRET):
                if canary.encode() in data:
                    raise Leak(f"{canary} in {where}:\n{data.decode(errors='replace')}")

    def must_hide(self, where):
        """The place would have shown a canary: its replacement is there."""
        if b"[hidden]" not in self.said[where]:
            raise Leak(f"nothing was hidden in {where}; does the test still reach it?\n"
                       f"{self.said[where].decode(errors='replace')}")


def sink(name, topic, variable, bootstrap_tag):
    """Its transform quotes its pattern in each error, and so in dead letters."""
    return {"connector.class": "FileStreamSink", "topics": topic, "file": f"/tmp/{bootstrap_tag}-out",
            "value.converter": JSON, "value.converter.schemas.enable": "false",
            "errors.tolerance": "all", "errors.log.enable": "true",
            "errors.log.include.messages": "true",
            "errors.deadletterqueue.topic.name": f"{topic}-dlq",
            "errors.deadletterqueue.topic.replication.factor": "1",
            "errors.deadletterqueue.context.headers.enable": "true",
            "consumer.override.ssl.key.password": PASSWORD,
            "producer.override.ssl.key.password": PASSWORD,
            "transforms": "when",
            "transforms.when.type": PACKAGE + "TimestampConverter$Value",
            "transforms.when.field": "a", "transforms.when.target.type": "unix",
            "transforms.when.format": f"yyyy '{variable}'"}


def look_everywhere(collector, name):
    for path in ("", "/config", "/status", "/tasks", "/topics", "/offsets", "/tasks/0/status"):
        collector.ask("GET", f"/connectors/{name}{path}")
    collector.ask("GET", "/connectors?expand=info&expand=status")


def run_sink(collector, host, bootstrap, topic, variable, tag):
    topics.create(bootstrap, topic)
    subprocess.run(["kcat", "-b", bootstrap, "-P", "-t", topic, "-p", "0"],
                   input=b'{"a":"not a time"}\n', check=True)
    config = sink("sink", topic, variable, tag)
    reply = collector.ask("PUT", "/connectors/sink/config", config)
    if '"connector.class"' not in reply:
        raise Leak(f"the sink was refused: {reply}")
    dlq = f"{topic}-dlq"

    def letter():
        done = subprocess.run(["kcat", "-b", bootstrap, "-C", "-q", "-e", "-t", dlq, "-J"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        return done.stdout
    collector.keep("dead letters", wait_until("a dead letter", letter, 60, pause=0.3))
    collector.must_hide("dead letters")
    look_everywhere(collector, "sink")
    collector.must_hide("GET /connectors/sink/config")
    # What was shown may come back: the password stays.
    shown = json.loads(collector.ask("GET", "/connectors/sink/config"))
    collector.ask("PUT", "/connectors/sink/config", {**shown, "tasks.max": "1"})
    host.wait_running("sink")


def run_failures(collector, host, topic, variable):
    """A task that fails with a secret in its words, and validations that refuse them."""
    broken = {"connector.class": "FileStreamSink", "topics": topic,
              "file": f"/nowhere/{variable}/file"}
    collector.ask("PUT", "/connectors/broken/config", broken)
    host.wait("a failed task", lambda: host.task_states("broken") == ["FAILED"])
    look_everywhere(collector, "broken")
    collector.must_hide("GET /connectors/broken/status")
    wrong = {**broken, "name": "wrong", "tasks.max": variable, "errors.tolerance": variable,
             "consumer.override.ssl.key.password": PASSWORD}
    collector.ask("PUT", "/connector-plugins/FileStreamSink/config/validate", wrong)
    collector.ask("POST", "/connectors", {"name": "wrong", "config": wrong})
    collector.must_hide("PUT /connector-plugins/FileStreamSink/config/validate")
    collector.must_hide("POST /connectors")
    collector.ask("PATCH", "/connectors/broken/config", {"tasks.max": variable})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    options = parser.parse_args()
    tag = f"secrets-{uuid.uuid4().hex[:8]}"
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-se-")))
        secrets = folder / "secrets.properties"
        secrets.write_text(f"provided={FROM_PROVIDER}\nworker={WORKER_SECRET}\n")
        bootstrap = stack.enter_context(shared_broker())
        host = stack.enter_context(SluiceHost(
            options.build, folder / "host", bootstrap,
            {"config.providers": "file",
             "config.providers.file.class":
                 "org.apache.kafka.common.config.provider.FileConfigProvider",
             "config.providers.file.param.allowed.paths": folder,
             "admin.ssl.key.password": f"${{file:{secrets}:worker}}",
             "producer.ssl.key.password": PASSWORD},
            ["--log-level", "DEBUG"])).start()
        collector = Collector(host)
        variable = f"${{file:{secrets}:provided}}"
        try:
            run_sink(collector, host, bootstrap, tag, variable, tag)
            run_failures(collector, host, tag, variable)
            host.stop()
            printed = subprocess.run([host.build / "bin/sluiced", "--config", host.config,
                                      "--print-config"], stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, check=True)
            collector.keep("--print-config", printed.stdout)
            collector.keep("the log", host.log.read_bytes())
            collector.must_hide("the log")
            collector.check()
        except Leak as leak:
            print(f"FAILED: {leak}")
            return 1
        finally:
            pathlib.Path(f"/tmp/{tag}-out").unlink(missing_ok=True)
    print(f"{len(collector.said)} places searched, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
