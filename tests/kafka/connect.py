#!/usr/bin/python3
"""Apache Kafka Connect's workers, the oracle that this project is compared with.

As a module: ConnectStandalone, ConnectDistributed. As a program:
`connect.py run --bootstrap HOST:PORT [--distributed] [key=value ...]` prints
`rest=http://127.0.0.1:PORT` when the worker is ready and serves until SIGTERM, SIGINT or the death
of its parent.
"""

import argparse
import json
import pathlib
import shutil
import signal
import sys
import tempfile
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from kafka.jvm import (JavaProcess, StartError, archive_options, die_with_parent, free_ports,
                       kafka_home, write_properties)

# For some hundred requests or lines: what is left of a JVM's start is what counts.
_BRIEF_JVM = ["-Xms128M", "-Xmx1G", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
# Without discovery by reflection the worker finds the same plugins, as the lists of plugins show that
# are recorded in tests/rest/golden.
_BRIEF_WORKER = {"plugin.discovery": "service_load"}
# What the distribution's connect-standalone.sh gives the JVM.
_DISTRIBUTION_JVM = ["-Xms256M", "-Xmx2G", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
                    "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent",
                    "-XX:MaxInlineLevel=15"]


def answers_health(url):
    """True when the worker behind `url` says that it has started."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as reply:
            return json.load(reply)["status"] == "healthy"
    except (OSError, ValueError, urllib.error.HTTPError):
        return False


class ConnectStandalone:
    """One worker on a free REST port with JsonConverter and the file connectors.

    `extra` adds or replaces worker keys, `jvm_options` add to those of a JVM for a brief life;
    `connectors` are dicts given as files on the command line; `ready(url)` says whether it has
    started. `as_shipped`: JVM and search for plugins are the distribution's, for measurements.
    start() returns when the worker has started; its files live in a temporary folder until close().
    """

    main_class = "org.apache.kafka.connect.cli.ConnectStandalone"

    def __init__(self, bootstrap, extra=None, connectors=(), jvm_options=(),
                 without_jars=(), ready=answers_health, as_shipped=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-connect-"))
        self._bootstrap = bootstrap
        self._extra = {**({} if as_shipped else _BRIEF_WORKER), **(extra or {})}
        self._connectors = connectors
        common = _DISTRIBUTION_JVM if as_shipped else [*_BRIEF_JVM, *archive_options()]
        self._jvm_options = [*common, *jvm_options]
        self._without_jars = without_jars
        self._ready = ready
        self._java = None
        self.port = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self._java.pid

    @property
    def log(self):
        return self.folder / "connect.log"

    def _settings(self):
        settings = {
            "bootstrap.servers": self._bootstrap,
            "key.converter": "org.apache.kafka.connect.json.JsonConverter",
            "value.converter": "org.apache.kafka.connect.json.JsonConverter",
            "offset.flush.interval.ms": 1000,
            "plugin.path": kafka_home() / "plugins",
            "listeners": self.url,
        }
        settings.update(self.store_settings())
        settings.update(self._extra)
        return settings

    def store_settings(self):
        """Where this kind of worker keeps its state."""
        return {"offset.storage.file.filename": self.folder / "offsets"}

    def _launch(self):
        (self.port,) = free_ports(1)
        worker = self.folder / "worker.properties"
        write_properties(worker, self._settings())
        arguments = [worker]
        for number, config in enumerate(self._connectors):
            path = self.folder / f"connector-{number}.properties"
            write_properties(path, config)
            arguments.append(path)
        self._java = JavaProcess(self.main_class, arguments,
                                 self.log, self._jvm_options, self._without_jars)
        self._java.start()
        self._java.wait_until(lambda: self._ready(self.url), "healthy worker")

    def start(self):
        for attempts_left in (2, 1, 0):
            try:
                self._launch()
                return self
            except StartError as error:
                # Another program may take the chosen port before the worker binds it.
                if attempts_left == 0 or "Address already in use" not in str(error):
                    raise
        raise AssertionError("not reached")

    def stop(self):
        """Orderly end: connectors stop and offsets are written."""
        return self._java.stop(60)

    def kill(self):
        self._java.kill()

    def running(self):
        return self._java is not None and self._java.running()

    def close(self):
        if self._java is not None:
            self._java.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()


class ConnectDistributed(ConnectStandalone):
    """One worker of a cluster whose topics live in `group`, with one replica each."""

    main_class = "org.apache.kafka.connect.cli.ConnectDistributed"

    def __init__(self, bootstrap, group="connect-cluster", **options):
        super().__init__(bootstrap, **options)
        self._group = group

    def store_settings(self):
        settings = {"group.id": self._group}
        for topic in ("config", "offset", "status"):
            settings[f"{topic}.storage.topic"] = f"{self._group}-{topic}s"
            settings[f"{topic}.storage.replication.factor"] = 1
        return settings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["run"])
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--distributed", action="store_true")
    parser.add_argument("settings", nargs="*", metavar="key=value", help="worker keys")
    options = parser.parse_intermixed_args()
    die_with_parent(signal.SIGTERM)
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, lambda *_: sys.exit(0))
    extra = dict(entry.split("=", 1) for entry in options.settings)
    kind = ConnectDistributed if options.distributed else ConnectStandalone
    with kind(options.bootstrap, extra=extra) as worker:
        print(f"rest={worker.url}", flush=True)
        print(f"log={worker.log}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
