#!/usr/bin/python3
"""One connector of each runner.isolation, real plugins, and what each keeps apart.

Usage: isolation.py <build directory>

In every isolation a file goes through a topic into another file while its connectors are paused,
resumed, stopped and restarted; no line is lost, and only a crash may repeat lines. Then the processes
of two of them are killed: the third, on threads of the host, does not notice.
"""

import os
import pathlib
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib import topics
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import SluiceHost, gone, title_of

# Isolation → processes of one connector with one task.
PROCESSES = {"connector": 1, "task": 2, "none": 0}
QUICK = {"consumer.override.heartbeat.interval.ms": "300"}


class Pipe:
    """File → topic → file, both connectors in one isolation."""

    def __init__(self, host, bootstrap, folder, isolation):
        self.host, self.isolation = host, isolation
        self.source, self.sink = f"{isolation}-source", f"{isolation}-sink"
        self.input, self.output = folder / f"{isolation}.in", folder / f"{isolation}.out"
        self.topic = f"isolation-{isolation}-{os.getpid()}-{time.time_ns()}"
        self.lines = []
        topics.create(bootstrap, self.topic)
        self.input.touch()

    def create(self):
        common = {"sluice.runner.isolation": self.isolation}
        self.host.create(self.source, {"connector.class": "FileStreamSource", "topic": self.topic,
                                       "file": str(self.input), **common})
        self.host.create(self.sink, {"connector.class": "FileStreamSink", "topics": self.topic,
                                     "file": str(self.output), **common, **QUICK})
        for name in (self.source, self.sink):
            self.host.wait_running(name)

    def write(self, text):
        line = f"{self.isolation} {len(self.lines)} {text}"
        self.lines.append(line)
        with open(self.input, "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def arrived(self):
        return self.output.read_text().splitlines() if self.output.exists() else []

    def wait_for_all(self, what):
        """Every line so far is in the output, in order of its first occurrence."""
        self.host.wait(f"{self.isolation}, {what}: the lines",
                       lambda: list(dict.fromkeys(self.arrived())) == self.lines)

    def processes(self):
        return [pid for pid in self.host.runners() if self.title(pid).startswith(f"{self.isolation}-")]

    @staticmethod
    def title(pid):
        return title_of(pid).rpartition(" ")[2]

    def states(self):
        return [status for name in (self.source, self.sink)
                for status in [self.host.status(name)["connector"]["state"],
                               *self.host.task_states(name)]]

    def put(self, action):
        for name in (self.source, self.sink):
            self.host.call("PUT", f"/connectors/{name}/{action}")

    def wait_states(self, state, parts=4):
        self.host.wait(f"{self.isolation}: all {state}", lambda: self.states() == [state] * parts)


def life(pipe):
    pipe.create()
    pipe.write("created")
    pipe.wait_for_all("created")
    count = len(pipe.processes())
    assert count == 2 * PROCESSES[pipe.isolation], f"{pipe.isolation}: {count} processes"

    pipe.put("pause")
    pipe.wait_states("PAUSED")
    pipe.write("while paused")
    pipe.put("resume")
    pipe.wait_states("RUNNING")
    pipe.wait_for_all("resumed")

    for name in (pipe.source, pipe.sink):
        pipe.host.call("POST", f"/connectors/{name}/restart?includeTasks=true")
        pipe.host.call("POST", f"/connectors/{name}/tasks/0/restart")
    pipe.wait_states("RUNNING")
    pipe.write("restarted")
    pipe.wait_for_all("restarted")

    pipe.put("stop")
    pipe.wait_states("STOPPED", 2)
    pipe.write("while stopped")
    pipe.put("resume")
    pipe.wait_states("RUNNING")
    pipe.wait_for_all("resumed after a stop")
    assert pipe.arrived() == pipe.lines, f"{pipe.isolation}: lines twice: {pipe.arrived()}"
    print(f"  {pipe.isolation}: paused, restarted, stopped, resumed; {len(pipe.lines)} lines")


def crash(pipes):
    """SIGKILL to all runners: what has processes comes back, what has none did not notice."""
    host = pipes[0].host
    victims = [pid for pipe in pipes for pid in pipe.processes()]
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    for pipe in pipes:
        pipe.write("after the kill")
    for pipe in pipes:
        pipe.wait_for_all("after the kill")
        pipe.wait_states("RUNNING")
    host.wait("the end of the killed", lambda: gone(victims))
    threads = next(pipe for pipe in pipes if pipe.isolation == "none")
    assert threads.arrived() == threads.lines, "none: lines twice"
    assert "none-" not in "".join(line for line in host.log.read_text().splitlines()
                                  if "killed by SIGKILL" in line)
    print(f"  {len(victims)} runners killed: all lines are there")


def change(pipe, isolation):
    """Another isolation in the connector's config: from its next tasks on."""
    before = pipe.processes()
    for name in (pipe.source, pipe.sink):
        config = pipe.host.call("GET", f"/connectors/{name}/config")
        pipe.host.call("PUT", f"/connectors/{name}/config",
                       {**config, "sluice.runner.isolation": isolation})
    pipe.host.wait(f"{pipe.isolation} → {isolation}",
                   lambda: len(pipe.processes()) == 2 * PROCESSES[isolation] and
                   not set(before) & set(pipe.processes()))
    pipe.wait_states("RUNNING")
    pipe.write(f"now {isolation}")
    pipe.wait_for_all("changed")
    print(f"  {pipe.isolation} → {isolation}")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="sluice-isolation-") as name, \
            shared_broker() as bootstrap:
        folder = pathlib.Path(name)
        with SluiceHost(build, folder / "worker", bootstrap) as host:
            host.start()
            pipes = [Pipe(host, bootstrap, folder, isolation) for isolation in PROCESSES]
            for pipe in pipes:
                life(pipe)
            crash(pipes)
            for pipe, isolation in zip(pipes, ("task", "none", "connector")):
                change(pipe, isolation)
            for pipe in pipes:
                for connector in (pipe.source, pipe.sink):
                    host.call("DELETE", f"/connectors/{connector}")
            host.wait("no runner", lambda: not any(pipe.processes() for pipe in pipes))
            left = host.children()
            assert host.stop() == 0
            assert gone(left)
    print("isolation: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
