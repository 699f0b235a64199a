#!/usr/bin/python3
"""One Apache Kafka broker (KRaft, combined roles) on free ports, in a folder of its own.

As a module: Broker. As a program: `broker.py run [--dir D]` prints `bootstrap=HOST:PORT` when it is
ready and serves until SIGTERM, SIGINT or the death of its parent; its data is removed then.
"""

import argparse
import pathlib
import shutil
import signal
import socket
import struct
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from kafka.jvm import (JavaProcess, StartError, archive_options, die_with_parent, free_ports,
                       write_properties)

_CLUSTER_ID = "c2x1aWNlLXRlc3RiZW5jaA"
_JVM = ["-Xms512m", "-Xmx512m", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
        "-XX:+ExplicitGCInvokesConcurrent"]
# ApiVersions v0 with correlation id 1 and no client id: what a broker answers only when it serves.
_API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)


def answers_api_versions(port, host="127.0.0.1"):
    """True when a broker on host:port takes part in its cluster and serves requests."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(_API_VERSIONS)
            head = connection.recv(8, socket.MSG_WAITALL)
            return len(head) == 8 and struct.unpack(">ii", head)[1] == 1
    except OSError:
        return False


class Broker:
    """A formatted broker. Same data and ports over kill() and start(); close() removes everything.

    `extra` adds or replaces lines of its server.properties, `format_arguments` go to the tool that
    formats its data (`--add-scram`); `host` is its address. Used from one thread.
    """

    def __init__(self, folder=None, extra=None, format_arguments=(), host="127.0.0.1"):
        self._own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="sluice-kafka-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._extra = extra or {}
        self._format_arguments = list(format_arguments)
        self._host = host
        self._java = None
        self.port = None

    @property
    def bootstrap(self):
        return f"{self._host}:{self.port}"

    @property
    def log(self):
        return self.folder / "broker.log"

    def _settings(self, port, controller_port):
        listeners = f"PLAINTEXT://{self._host}:{port}"
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller_port}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"{listeners},CONTROLLER://127.0.0.1:{controller_port}",
            "advertised.listeners": listeners,
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self.folder / "data",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            # A killed broker may register again only when its old registration has lapsed.
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
            "num.partitions": 1,
        }
        settings.update(self._extra)
        return settings

    def _format(self):
        """Chooses ports, writes the config and formats the data folder."""
        self.port, controller_port = free_ports(2)
        config = self.folder / "server.properties"
        write_properties(config, self._settings(self.port, controller_port))
        tool = JavaProcess("kafka.tools.StorageTool",
                           ["format", "--standalone", "-t", _CLUSTER_ID, "-c", config,
                            *self._format_arguments],
                           self.folder / "format.log",
                           ["-Xmx128m", "-XX:TieredStopAtLevel=1", *archive_options()])
        tool.start()
        if tool.wait() != 0:
            raise StartError(f"the broker's data could not be formatted:\n{tool.tail()}")
        self._java = JavaProcess("kafka.Kafka", [config], self.log, [*_JVM, *archive_options()])

    def start(self):
        """Starts, or starts again on the same data, and returns when requests are served."""
        if self._java is not None:
            return self._serve()
        for attempts_left in (2, 1, 0):
            self._format()
            try:
                return self._serve()
            except StartError as error:
                # Another program may take a chosen port before the broker binds it.
                if attempts_left == 0 or "Address already in use" not in str(error):
                    raise
                shutil.rmtree(self.folder / "data")
        raise AssertionError("not reached")

    def _serve(self):
        self._java.start()
        self._java.wait_until(lambda: answers_api_versions(self.port, self._host), "answer")
        return self

    def kill(self):
        """SIGKILL; data and ports stay for the next start()."""
        self._java.kill()

    def stop(self):
        """Orderly end; data and ports stay for the next start()."""
        return self._java.stop()

    def suspend(self):
        self._java.suspend()

    def resume(self):
        self._java.resume()

    @property
    def pid(self):
        return self._java.pid

    def close(self):
        if self._java is not None:
            self._java.kill()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["run"])
    parser.add_argument("--dir", help="keep data and log here instead of a temporary folder")
    options = parser.parse_args()
    die_with_parent(signal.SIGTERM)
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, lambda *_: sys.exit(0))
    with Broker(options.dir) as broker:
        print(f"bootstrap={broker.bootstrap}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
