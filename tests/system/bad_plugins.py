#!/usr/bin/python3
"""Plugins that do every harm native code can do, beside a healthy connector that must not notice.

Usage: bad_plugins.py <build directory> [--only PATTERN]

For each harm in each call: REST answers throughout, the status tells what happened and where, the
process is restarted with backoff and then given up, the healthy connector keeps its pace, and no
process is left behind.
"""

import argparse
import concurrent.futures
import itertools
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import NotInTime, RestError, SluiceHost, call, gone, title_of, wait_until

# What the trace says of each harm; {call} is the ABI call in which it was done.
TRACES = {
    "segv": r"killed by SIGSEGV in {call} \(task 0\)",
    "abort": r"killed by SIGABRT in {call} \(task 0\)",
    "exit": r"exited with (status|code) 0 in {call} \(task 0\)",
    "throw": r"{call}",
    "loop": r"{call} \(task 0\).*task\.stall\.timeout\.ms",
    "deadlock": r"{call} \(task 0\).*task\.stall\.timeout\.ms",
    "oom": r"{call} \(task 0\)",
    "closefds": r"runner",
    "logflood": r"{call} \(task 0\).*task\.stall\.timeout\.ms",
}
CALLS = ("poll", "put", "start", "stop")
# Harms that take seconds, mostly of waiting, each with the next ones in a lane of its own; the others
# have one together. The lanes run side by side: two at most keep a core busy.
LANES = (("loop", "oom"), ("logflood",), ("deadlock",))
RESTARTS = 2
WORKER = {"runner.restart.max": RESTARTS, "runner.restart.backoff.ms": 50,
          "runner.restart.backoff.max.ms": 200, "task.stall.timeout.ms": 1000,
          "task.shutdown.graceful.timeout.ms": 1000, "runner.memory.max": 128 << 20}
HEALTHY, HEALTHY_TOPIC = "healthy", "bad-plugins-healthy"
# A record of 100 B costs about a microsecond and a half: some third of a core.
HEALTHY_RATE = 200_000
P99_MS = 50


class Prober(threading.Thread):
    """Asks the REST API as fast as every 10 ms and keeps how long each answer took."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self._url = url
        self._end = threading.Event()
        self.took_ms, self.failures = [], []

    def run(self):
        while not self._end.wait(0.01):
            began = time.monotonic()
            try:
                call(self._url, "GET", f"/connectors/{HEALTHY}/status", timeout=10)
            except (OSError, RestError) as error:
                self.failures.append(str(error))
            self.took_ms.append((time.monotonic() - began) * 1000)

    def finish(self):
        self._end.set()
        self.join()

    def p99(self):
        return sorted(self.took_ms)[int(0.99 * len(self.took_ms))]


class Pace:
    """How many records the healthy source has brought into its topic."""

    def __init__(self, bootstrap):
        self._bootstrap = bootstrap
        self._since, self._count = time.monotonic(), self.count()

    def count(self):
        done = subprocess.run(["kcat", "-Q", "-b", self._bootstrap, "-t", f"{HEALTHY_TOPIC}:0:-1"],
                              capture_output=True, text=True, check=True)
        return int(done.stdout.split()[-1])

    def share(self):
        """Records since the start over what the rate would give."""
        count, now = self.count(), time.monotonic()
        return (count - self._count) / (HEALTHY_RATE * (now - self._since))


def config_of(call_name, harm):
    kind = "Sink" if call_name == "put" else "Source"
    config = {"connector.class": f"sluice.test.Chaos{kind}Connector", "chaos.where": call_name,
              "chaos.what": harm}
    if kind == "Sink":
        config["topics"] = HEALTHY_TOPIC
    else:
        config["topic"] = "chaos"
    return config


class Case:
    """One harm in one call."""

    def __init__(self, host, call_name, harm):
        self.host, self.call_name, self.harm = host, call_name, harm
        self.name = f"chaos-{call_name}-{harm}"
        self.problems = []
        self.states = set()

    def expect(self, condition, text):
        if not condition:
            self.problems.append(text)

    def task(self):
        tasks = self.host.status(self.name)["tasks"]
        if tasks:
            self.states.add(tasks[0]["state"])
        return tasks[0] if tasks else None

    def run(self):
        try:
            self.host.create(self.name, config_of(self.call_name, self.harm))
            if self.call_name == "stop":
                self.host.wait_running(self.name)
            else:
                self.watch_until_failed()
            self.host.call("DELETE", f"/connectors/{self.name}")
            self.host.wait("the end of its process", lambda: not self.processes())
        except (NotInTime, RestError) as error:
            self.problems.append(str(error))
        return self.problems

    def watch_until_failed(self):
        self.host.wait(f"FAILED for {self.name}",
                       lambda: (self.task() or {}).get("state") == "FAILED", 60)
        trace = self.task().get("trace", "")
        pattern = TRACES[self.harm].format(call=self.call_name)
        self.expect(re.search(pattern, trace), f"the trace says: {trace.splitlines()[:1]}")
        self.expect(trace.startswith("org.apache.kafka.connect.errors."),
                    f"the trace starts with: {trace[:80]}")
        # What a call returns is the connector's answer and is final; `throw` arrives as one.
        if self.harm != "throw":
            self.expect("RESTARTING" in self.states, f"states seen: {sorted(self.states)}")

    def processes(self):
        """Runners that carry this connector's name in their title."""
        return [pid for pid in self.host.runners() if self.name in title_of(pid)]


def plugin_path(build):
    return ",".join(str(build / part) for part in ("plugins", "test-plugins/healthy",
                                                   "test-plugins/chaos"))


def run_in_turn(cases):
    """Returns how many of them failed."""
    failed = 0
    for case in cases:
        began = time.monotonic()
        problems = case.run()
        failed += bool(problems)
        print(f"  {case.name}: {'; '.join(problems) if problems else 'ok'}, "
              f"{time.monotonic() - began:.1f} s\n", end="", flush=True)
    return failed


def in_lanes(cases):
    by_lane = {}
    for case in cases:
        by_lane.setdefault(next((lane for lane in LANES if case.harm in lane), None), []).append(case)
    return by_lane.values()


def run_cases(host, bootstrap, only):
    host.create(HEALTHY, {"connector.class": "sluice.test.PacingSourceConnector",
                          "topic": HEALTHY_TOPIC, "rate": str(HEALTHY_RATE)})
    host.wait_running(HEALTHY)
    wait_until("the healthy connector's records", lambda: topic_has_records(bootstrap))
    prober, pace = Prober(host.url), Pace(bootstrap)
    prober.start()
    cases = [Case(host, call_name, harm) for call_name, harm in itertools.product(CALLS, TRACES)]
    cases = [case for case in cases if not only or re.search(only, case.name)]
    with concurrent.futures.ThreadPoolExecutor(len(LANES) + 1) as beside:
        failed = sum(beside.map(run_in_turn, in_lanes(cases)))
    share = pace.share()
    prober.finish()
    print(f"healthy connector: {share * 100:.2f} % of its pace")
    print(f"REST: {len(prober.took_ms)} answers, p99 {prober.p99():.1f} ms, "
          f"{len(prober.failures)} failures {prober.failures[:3]}")
    return failed == 0 and share >= 0.99 and prober.p99() <= P99_MS and not prober.failures


def topic_has_records(bootstrap):
    try:
        return Pace(bootstrap).count() > 0
    except (subprocess.CalledProcessError, IndexError, ValueError):
        return False


def static_initialisers(build, folder, bootstrap):
    """A worker whose plugin folder is full of files that do harm when they are loaded."""
    path = f"{plugin_path(build)},{build}/test-plugins/static-init"
    with SluiceHost(build, folder / "static", bootstrap, {**WORKER, "plugin.path": path}) as host:
        began = time.monotonic()
        host.start(seconds=90)
        classes = [p["class"] for p in host.call("GET", "/connector-plugins")]
        good = "sluice.test.PacingSourceConnector" in classes
        host.create("beside", {"connector.class": "sluice.test.PacingSourceConnector",
                               "topic": "beside", "rate": "10"})
        host.wait_running("beside")
        named = [harm for harm in TRACES
                 if re.search(rf"static-init/{harm}\.so", host.log.read_text(errors="replace"))]
        print(f"static initialisers: healthy after {time.monotonic() - began:.1f} s, "
              f"log names {named}")
        # closefds and throw may let the file load; all the others must be named with their end.
        good = good and set(named) >= set(TRACES) - {"closefds", "throw", "logflood"}
        return host.stop() == 0 and good


def host_killed_while_plugins_spin(build, folder, bootstrap):
    """SIGKILL of the host while plugin code spins: nothing of ours is left."""
    with SluiceHost(build, folder / "spin", bootstrap,
                    {"plugin.path": plugin_path(build)}) as host:
        host.start()
        for harm in ("loop", "deadlock", "closefds"):
            host.create(f"spin-{harm}", config_of("poll", harm))
        host.wait("three runners", lambda: len(host.runners()) >= 3)
        left = host.kill()
        wait_until("the end of all processes", lambda: gone(left), 10)
        print(f"SIGKILL of the host: all {len(left)} processes are gone")
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", help="regular expression of case names, e.g. poll-segv")
    options = parser.parse_args()
    build = options.build.resolve()
    with tempfile.TemporaryDirectory(prefix="sluice-bad-") as name, shared_broker() as bootstrap:
        folder = pathlib.Path(name)
        with SluiceHost(build, folder / "worker", bootstrap,
                        {**WORKER, "plugin.path": plugin_path(build)}) as host:
            host.start()
            good = run_cases(host, bootstrap, options.only)
            left = host.children()
            good = host.stop() == 0 and gone(left) and good
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            initialised = beside.submit(static_initialisers, build, folder, bootstrap)
            good = host_killed_while_plugins_spin(build, folder, bootstrap) and good
            good = initialised.result() and good
    print("bad plugins: " + ("passed" if good else "FAILED"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
