#!/usr/bin/python3
"""TLS and SASL to a real broker, and what is said when they do not fit.

Usage: secured.py <build directory>. The cases of group requests are in tests/secured; this starts
their broker, and then workers of a cluster against it.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib.cluster import Cluster
from system.lib.secured_broker import PASSWORD, USER, SecuredBroker
from system.lib.sluice_host import RestError, call, wait_until

_SCRAM = ('org.apache.kafka.common.security.scram.ScramLoginModule required '
          f'username="{USER}" password="%s";')
CLIENTS = ("", "producer.", "consumer.", "admin.")


def settings(broker, protocol, password=None, authority="ca.pem"):
    """For the worker and all clients of its connectors."""
    keys = {"security.protocol": protocol}
    if "SSL" in protocol:
        keys["ssl.truststore.type"] = "PEM"
        keys["ssl.truststore.location"] = str(broker.certificates.folder / authority)
    if password:
        keys["sasl.mechanism"] = "SCRAM-SHA-512"
        keys["sasl.jaas.config"] = _SCRAM % password
    return {prefix + key: value for prefix in CLIENTS for key, value in keys.items()}


def health_of(worker):
    try:
        return call(worker.url, "GET", "/health")["message"]
    except RestError as error:
        return error.body
    except OSError:
        return ""  # does not listen yet


def check_refusals(build, folder, broker):
    """A worker that is not let in says why in /health, by the key to look at."""
    cases = [
        ("BOTH", settings(broker, "SASL_SSL", "wrong"),
         "look at sasl.jaas.config (user name and password)"),
        ("EXPIRED", settings(broker, "SSL"), "/CN=expired expired at 2020-02-01"),
        ("TLS", settings(broker, "SSL", authority="other-ca.pem"),
         "which is not in ssl.truststore.location"),
        ("TLS", {}, "look at security.protocol"),
    ]
    for number, (listener, keys, wanted) in enumerate(cases):
        with Cluster(build, folder / f"refused-{number}", f"127.0.0.1:{broker.ports[listener]}",
                     f"refused-{number}", keys) as cluster:
            worker = cluster.add_sluice("w")
            worker.launch()
            wait_until(f"{wanted!r} in /health", lambda: wanted in health_of(worker), 20)
            print(f"{listener}: {wanted}")


def check_worker(build, folder, broker):
    """SCRAM over TLS, by a broker that wants to see credentials again every 1.5 s."""
    with Cluster(build, folder / "good", f"127.0.0.1:{broker.ports['BOTH']}", "good",
                 settings(broker, "SASL_SSL", PASSWORD)) as cluster:
        cluster.add_sluice("w").start()
        lines, copy = folder / "lines", folder / "copy"
        lines.write_text("".join(f"line {i}\n" for i in range(1000)))
        cluster.create("source", {"connector.class": "FileStreamSource", "file": str(lines),
                                  "topic": "secured"})
        cluster.create("sink", {"connector.class": "FileStreamSink", "file": str(copy),
                                "topics": "secured"})
        wait_until("all lines through the topic",
                   lambda: copy.exists() and copy.read_text() == lines.read_text(), 30)
        print("SCRAM over TLS: 1000 lines through a worker of a cluster")


def main():
    build = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="sluice-secured-") as folder:
        broker = SecuredBroker(folder)
        with broker:
            environment = dict(os.environ, SLUICE_TEST_CERTIFICATES=str(broker.certificates.folder),
                               SLUICE_TEST_PLAINTEXT=str(broker.port))
            for name, port in broker.ports.items():
                environment[f"SLUICE_TEST_{name}"] = str(port)
            done = subprocess.run([build / "bin" / "secured_test", *sys.argv[2:]], env=environment)
            if done.returncode:
                sys.exit(done.returncode)
            check_refusals(build, pathlib.Path(folder), broker)
            check_worker(build, pathlib.Path(folder), broker)


if __name__ == "__main__":
    main()
