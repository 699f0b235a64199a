#!/usr/bin/python3
"""A Java worker and our stores on the same config and status topics, each reading what the other writes.

Usage: worker_stores.py <build directory>

The Java worker creates a connector: our stores must see it as its REST API shows it. Then a connector
is added through our stores, as another leader would: the Java worker must start it, paused, and show
its configuration, its task and the topic that it uses.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kafka.connect import ConnectDistributed
from system.lib.shared_broker import shared_broker

_DEADLINE = 60


def ask(url, method="GET", body=None):
    """The reply's JSON; None for an error, which is an answer that comes too early here."""
    request = urllib.request.Request(url, method=method, headers={"Content-Type": "application/json"},
                                     data=None if body is None else json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read() or "true")
    except urllib.error.HTTPError:
        return None


def wait(what, condition):
    deadline = time.monotonic() + _DEADLINE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {_DEADLINE} s: {what}")
        time.sleep(0.05)


class Probe:
    """Our stores, as a program."""

    def __init__(self, build, bootstrap, group):
        self._program = str(build / "bin" / "store_probe")
        self._cluster = [bootstrap, group]

    def _run(self, what, *arguments):
        done = subprocess.run([self._program, what, *self._cluster, *arguments], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=_DEADLINE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def dump(self):
        return json.loads(self._run("dump"))

    def write(self, connector, file, topic):
        self._run("write", connector, str(file), topic)


def states(status):
    return [status["connector"]["state"]] + [task["state"] for task in status["tasks"]]


def java_writes(worker, probe, folder, run):
    print("what the Java worker writes")
    (folder / "in").write_text("a line\n")
    config = {"connector.class": "FileStreamSource", "tasks.max": "1", "file": str(folder / "in"),
              "topic": f"stores-{run}", "note": "ä€😀 \"quoted\""}
    url = f"{worker.url}/connectors/java"
    # The worker refuses while it still rebalances.
    wait("the connector", lambda: ask(f"{worker.url}/connectors", "POST", {"name": "java", "config": config}))
    status = wait("RUNNING", lambda: (s := ask(f"{url}/status")) and states(s) == ["RUNNING", "RUNNING"] and s)
    wait("its topic", lambda: ask(f"{url}/topics")["java"]["topics"])

    seen = probe.dump()
    connector = seen["connectors"]["java"]
    assert connector["config"] == ask(f"{url}/config"), seen
    assert connector["tasks"] == [task["config"] for task in ask(f"{url}/tasks")], seen
    assert connector["target_state"] == "STARTED" and not connector["inconsistent"], seen
    assert seen["session_key_bytes"] == 32 and seen["skipped"] == 0, seen
    statuses = seen["statuses"]["java"]
    assert statuses["connector"]["state"] == "RUNNING" and statuses["0"]["state"] == "RUNNING", seen
    assert statuses["0"]["worker_id"] == status["tasks"][0]["worker_id"], (seen, status)
    assert statuses["0"]["version"] == status["tasks"][0]["version"], (seen, status)
    assert statuses["topics"] == [f"stores-{run}"], seen


def our_stores_write(worker, probe, folder, run):
    print("what our stores write")
    before = probe.dump()["offset"]
    probe.write("ours", folder / "other", f"ours-{run}")
    url = f"{worker.url}/connectors/ours"
    wait("PAUSED", lambda: (s := ask(f"{url}/status")) and states(s) == ["PAUSED", "PAUSED"])
    seen = probe.dump()
    assert seen["offset"] > before and seen["skipped"] == 0, seen
    connector = seen["connectors"]["ours"]
    assert connector["target_state"] == "PAUSED", seen
    assert ask(f"{url}/config") == connector["config"], seen
    assert [task["config"] for task in ask(f"{url}/tasks")] == connector["tasks"], seen
    assert ask(f"{url}/topics")["ours"]["topics"] == [f"ours-{run}"]
    assert seen["statuses"]["ours"]["0"]["state"] == "PAUSED", seen
    ask(url, "DELETE")
    wait("the end of it", lambda: "ours" not in probe.dump()["connectors"])


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="sluice-stores-") as name, shared_broker() as bootstrap:
        folder = pathlib.Path(name)
        run = f"{os.getpid()}-{time.time_ns()}"
        group = f"stores-cluster-{run}"
        topics = {"config.storage.topic": f"{group}-configs", "status.storage.topic": f"{group}-statuses"}
        with ConnectDistributed(bootstrap, group, extra=topics) as worker:
            probe = Probe(build, bootstrap, group)
            java_writes(worker, probe, folder, run)
            our_stores_write(worker, probe, folder, run)
    print("worker stores: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
