#!/usr/bin/python3
"""When the static members of sink tasks leave their consumer group, and when they stay.

Usage: sink_members.py <build directory>

A task that ends for good (its connector stopped or deleted, fewer tasks, FAILED) leaves at once and
the others get its partitions; one that is only restarted takes its own over, and nobody else notices.
The session timeout of the consumers, 45 s, is far beyond all deadlines here.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib import topics
from system.lib.groups import members
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import SluiceHost

# Members learn of a rebalance by their heartbeat; with Kafka's default it takes up to 3 s.
HEARTBEAT = {"consumer.override.heartbeat.interval.ms": "300"}
# For what is to happen at once; the session timeout is nine times as long.
AT_ONCE = 5


class Group:
    """The group of one sink connector with two tasks on a topic of two partitions."""

    def __init__(self, host, bootstrap, connector, topic):
        self.host, self.bootstrap = host, bootstrap
        self.connector, self.topic = connector, topic
        self.names = [f"connect-{connector}-{task}" for task in (0, 1)]

    def now(self):
        return members(self.bootstrap, f"connect-{self.connector}")

    def owners(self):
        """Number of the task → its partitions."""
        return {int(name.rpartition("-")[2]): [p.rpartition("-")[2] for p in member.partitions]
                for name, member in self.now().items()}

    def wait(self, what, condition, seconds=AT_ONCE):
        began = time.monotonic()
        try:
            self.host.wait(what, lambda: condition(self.owners()), seconds)
        except Exception as error:
            raise AssertionError(f"{error}\nthe group: {self.now()}") from None
        print(f"  {what}: {time.monotonic() - began:.2f} s", flush=True)

    def wait_both(self):
        self.wait("each task has a partition",
                  lambda owners: sorted(owners) == [0, 1] and all(len(p) == 1 for p in owners.values()),
                  30)

    def wait_one_has_all(self):
        self.wait("one member has both partitions",
                  lambda owners: len(owners) == 1 and list(owners.values()) == [["0", "1"]])

    def wait_empty(self):
        self.wait("the group is empty", lambda owners: not owners)


def produce(bootstrap, topic, partition, text):
    subprocess.run(["kcat", "-P", "-b", bootstrap, "-t", topic, "-p", str(partition)],
                   input=text.encode() + b"\n", check=True)


def fewer_tasks_stop_delete(host, group, config):
    print("fewer tasks, stopped, deleted")
    name = group.connector
    host.create(name, config)
    group.wait_both()
    host.call("PUT", f"/connectors/{name}/config", {**config, "tasks.max": "1"})
    group.wait_one_has_all()
    host.call("PUT", f"/connectors/{name}/config", config)
    group.wait_both()
    host.call("PUT", f"/connectors/{name}/stop")
    group.wait_empty()
    host.call("PUT", f"/connectors/{name}/resume")
    group.wait_both()
    host.call("DELETE", f"/connectors/{name}")
    group.wait_empty()


def killed_runner_takes_over(host, group, config, sink_file):
    """SIGKILL of one task's process: the same member again, no rebalance for the other."""
    print("a killed runner")
    name = group.connector
    host.create(name, {**config, "sluice.runner.isolation": "task"})
    group.wait_both()
    before, owners = group.now(), group.owners()
    victim = host.runner_of(f"{name}-0")
    began = time.monotonic()
    os.kill(victim, signal.SIGKILL)
    produce(group.bootstrap, group.topic, owners[0][0], "after the kill")
    host.wait("the record after the kill",
              lambda: sink_file.exists() and "after the kill" in sink_file.read_text(), 20)
    print(f"  its partition is read again: {time.monotonic() - began:.2f} s")
    host.wait_running(name, 2)
    after = group.now()
    first, second = group.names
    assert after[first].member_id != before[first].member_id, "the task did not join again"
    assert after[first].partitions == before[first].partitions, (before, after)
    assert after[second] == before[second], f"the other member noticed: {before} {after}"
    host.call("DELETE", f"/connectors/{name}")
    group.wait_empty()


def given_up_runner_leaves(host, group, config):
    print("a killed runner that is not restarted")
    name = group.connector
    host.create(name, {**config, "sluice.runner.isolation": "task",
                       "sluice.runner.restart.max": "0"})
    group.wait_both()
    os.kill(host.runner_of(f"{name}-0"), signal.SIGKILL)
    host.wait("FAILED", lambda: sorted(host.task_states(name)) == ["FAILED", "RUNNING"])
    group.wait_one_has_all()
    host.call("POST", f"/connectors/{name}/tasks/0/restart")
    group.wait_both()
    host.call("DELETE", f"/connectors/{name}")
    group.wait_empty()


def failed_task_leaves(host, group, config):
    """Two connectors of one task each share a group; the one that fails leaves all to the other."""
    print("a task that failed")
    name = group.connector
    shared = {"consumer.override.group.id": f"connect-{name}"}
    host.create(name, {**config, **shared, "tasks.max": "1"})
    host.create("failing", {"connector.class": "sluice.test.ChaosSinkConnector",
                            "topics": group.topic, "chaos.where": "put", "chaos.what": "fatal",
                            # Not before both have joined: only records and 5 s of silence count.
                            "chaos.after": "15", **shared, **HEARTBEAT})
    host.wait("two members", lambda: sorted(len(m.partitions) for m in group.now().values()) == [1, 1])
    for number in range(30):
        if "FAILED" in host.task_states("failing"):
            break
        for partition in (0, 1):
            produce(group.bootstrap, group.topic, partition, f"record {number}")
    host.wait("one task FAILED", lambda: "FAILED" in host.task_states("failing"))
    group.wait_one_has_all()
    assert list(group.owners()) == [0] and list(group.now()) == [group.names[0]], group.now()
    host.call("DELETE", "/connectors/failing")
    host.call("DELETE", f"/connectors/{name}")
    group.wait_empty()


def changed_topics_are_read(host, group, config, folder):
    """A broker gives a static member that comes back what it had, whatever it wants by now."""
    print("other topics")
    name, other, out = group.connector, f"{group.topic}-other", folder / "others"
    topics.create(group.bootstrap, other, 2)
    produce(group.bootstrap, other, 0, "from the other topic")
    produce(group.bootstrap, other, 1, "and its second partition")
    host.create(name, {**config, "file": str(out)})
    group.wait_both()
    began = time.monotonic()
    host.call("PUT", f"/connectors/{name}/config",
              {**config, "name": name, "file": str(out), "topics": other})
    host.wait("records of the other topic",
              lambda: out.exists() and "from the other topic" in out.read_text() and
              "and its second partition" in out.read_text(), 20)
    print(f"  they are read after {time.monotonic() - began:.2f} s")
    host.call("DELETE", f"/connectors/{name}")
    group.wait_empty()


def worker_stop_keeps_members(host, group, config):
    """A worker that is restarted goes on with the same members: nobody left."""
    print("a worker that stops")
    host.create(group.connector, config)
    group.wait_both()
    before = group.now()
    assert host.stop() == 0
    assert group.now().keys() == before.keys(), group.now()


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="sluice-members-") as name, \
            shared_broker() as bootstrap:
        folder = pathlib.Path(name)
        run = f"{os.getpid()}-{time.time_ns()}"
        topic = f"members-{run}"
        topics.create(bootstrap, topic, 2)
        sink_file = folder / "out"
        config = {"connector.class": "FileStreamSink", "topics": topic, "tasks.max": "2",
                  "file": str(sink_file), **HEARTBEAT}
        with SluiceHost(build, folder / "worker", bootstrap,
                        {"plugin.path": f"{build}/plugins,{build}/test-plugins/chaos"}) as host:
            host.start()

            def group(what):
                return Group(host, bootstrap, f"{what}-{run}", topic)
            fewer_tasks_stop_delete(host, group("fewer"), config)
            killed_runner_takes_over(host, group("killed"), config, sink_file)
            given_up_runner_leaves(host, group("given-up"), config)
            failed_task_leaves(host, group("failed"), config)
            changed_topics_are_read(host, group("topics"), config, folder)
            worker_stop_keeps_members(host, group("worker"), config)
    print("sink members: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
