"""How little the host needs: time to its first answer, memory and CPU while nothing happens."""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from measure import percentile, run_seconds, total_memory_mib
from system.lib import topics
from system.lib.sluice_host import SluiceHost, call, wait_until

PLUGINS = 50
IDLE_SOURCES = 500
IDLE_SINKS = 100
IDLE_WINDOW_S = 20
# What nobody writes to is looked at more and more rarely during the first minute.
IDLE_SETTLE_S = 60
RESTARTS = 5
EXPAND = "/connectors?expand=status&expand=info"


def first_answer_ms(host):
    """From the start of the process to the first reply of GET /."""
    began = time.monotonic()
    host.launch()

    def answers():
        try:
            return call(host.url, "GET", "/", timeout=1)
        except OSError:
            return None

    host.wait("the first answer", answers)
    took = (time.monotonic() - began) * 1000
    return took


def start_up(report, build, bootstrap, folder):
    plugins = folder / "plugins"
    plugins.mkdir()
    for number in range(PLUGINS):
        one = build / "bench-plugins" / f"bench_plugin_{number}.so"
        (plugins / one.name).symlink_to(one)
    cold, warm = [], []
    for number in range(3):
        host = SluiceHost(build, folder / f"start-{number}", bootstrap, {"plugin.path": plugins})
        for figures in (cold, *[warm] * 3):
            figures.append(first_answer_ms(host))
            host.wait("a healthy worker", host.healthy)
            listed = len(call(host.url, "GET", "/connector-plugins"))
            if listed < PLUGINS:
                raise RuntimeError(f"only {listed} plugins are listed")
            host.stop()
    median = statistics.median(warm)
    report.add(f"start to first REST answer, {PLUGINS} plugins, warm cache, ms", f"{median:.0f}",
               "≤ 100", median <= 100)
    report.add(f"start to first REST answer, {PLUGINS} plugins, cold cache, ms",
               f"{statistics.median(cold):.0f}")


def settle(seconds=3):
    """Idle figures are those of processes that have had time to finish their start."""
    time.sleep(seconds)


def idle_host(report, build, bootstrap, folder):
    with SluiceHost(build, folder / "idle", bootstrap) as host:
        host.start()
        settle()
        pss, private = total_memory_mib([host.pid, *host.children()])
        report.add("idle host and template: PSS, MiB", f"{pss:.1f}", "≤ 15", pss <= 15)
        report.add("idle host and template: private, MiB", f"{private:.1f}")
        host.stop()


def one_more_source(report, build, bootstrap, folder, isolation, goal):
    """Memory of the 10th to 19th idle file source, each."""
    with SluiceHost(build, folder / isolation, bootstrap, {"runner.isolation": isolation}) as host:
        host.start()

        def add(first, count):
            for number in range(first, first + count):
                file = folder / f"{isolation}-{number}"
                file.touch()
                host.create(f"s{number}", {"connector.class": "FileStreamSource",
                                           "file": str(file), "topic": "idle"})
                host.wait_running(f"s{number}")
            settle()
            return total_memory_mib([host.pid, *host.children()])[0]

        before = add(0, 10)
        each = (add(10, 10) - before) / 10
        report.add(f"idle file source, isolation={isolation}: PSS each, MiB", f"{each:.2f}",
                   f"≤ {goal}", each <= goal)
        host.stop()


class Arrivals:
    """Reads all topics of a prefix as they are written, in another process."""

    def __init__(self, bootstrap, prefix, folder):
        self._messages = folder / f"kcat-{prefix}"
        self._kcat = subprocess.Popen(
            ["kcat", "-b", bootstrap, "-G", f"arrivals-{prefix}-{time.time_ns()}", "-u",
             "-X", "auto.offset.reset=earliest", "-f", "%t\n", f"^{prefix}-.*"],
            stdout=subprocess.PIPE, stderr=open(self._messages, "wb"), text=True)
        self._wait_until_reading(bootstrap, f"{prefix}-ready")

    def _wait_until_reading(self, bootstrap, topic):
        """Assigned partitions are not fetched from at once: a record that arrives proves it."""
        wait_until("the reader's partitions", lambda: "assigned" in self._messages.read_text())
        subprocess.run(["kcat", "-b", bootstrap, "-P", "-t", topic], input=b"x\n", check=True)
        if not any(line.strip() == topic for line in self._kcat.stdout):
            raise RuntimeError("the reader of the topics ended")

    def wait_for_topics(self, count):
        seen = set()
        for line in self._kcat.stdout:
            seen.add(line.strip())
            if len(seen) == count:
                return
        raise RuntimeError("the reader of the topics ended")

    def close(self):
        self._kcat.kill()
        self._kcat.wait()


def connector_files(folder, kind, count):
    paths = []
    for number in range(count):
        name = f"{kind}-{number}"
        path = folder / f"{name}.properties"
        if kind == "sources":
            data = folder / f"{name}.txt"
            data.touch()
            text = f"connector.class=FileStreamSource\nfile={data}\ntopic=many-{number}\n"
        else:
            text = (f"connector.class=FileStreamSink\nfile={folder}/{name}.out\n"
                    f"topics=many-{number}\n")
        path.write_text(f"name={name}\ntasks.max=1\n{text}")
        paths.append(path)
    return paths


def append_line(folder, count):
    for number in range(count):
        with open(folder / f"sources-{number}.txt", "a") as out:
            out.write("x\n")


def cpu_share(pids):
    """Share of one core that the processes use while nothing happens, of those that stay."""
    before = {pid: run_seconds(pid) for pid in pids}
    time.sleep(IDLE_WINDOW_S)
    stay = [pid for pid in pids if pathlib.Path(f"/proc/{pid}").exists()]
    return sum(run_seconds(pid) - before[pid] for pid in stay) / IDLE_WINDOW_S


def all_running(host, count):
    reply = host.call("GET", "/connectors?expand=status")
    states = [task["state"] for entry in reply.values() for task in entry["status"]["tasks"]]
    return len(states) == count and set(states) == {"RUNNING"}


def expand_ms(host):
    figures = []
    for _ in range(60):
        began = time.monotonic()
        call(host.url, "GET", EXPAND)
        figures.append((time.monotonic() - began) * 1000)
    return figures[10:]


def many_sources(report, build, bootstrap, folder):
    for number in range(IDLE_SOURCES):
        topics.create(bootstrap, f"many-{number}")
    topics.create(bootstrap, "many-ready")
    files = connector_files(folder, "sources", IDLE_SOURCES)
    with SluiceHost(build, folder / "many", bootstrap) as host:
        host.start(files, 120)
        host.wait("all RUNNING", lambda: all_running(host, IDLE_SOURCES), 120)
        settle(IDLE_SETTLE_S)
        share = cpu_share([host.pid, *host.children()])
        pss, _ = total_memory_mib([host.pid, *host.children()])
        figures = expand_ms(host)
        host.stop(60)
        # The first time the broker's JVM is as new as the topics; it serves the others too.
        arrivals = Arrivals(bootstrap, "many", folder)
        restarts = []
        try:
            for _ in range(RESTARTS):
                restarts.append(restart_to_records(host, files, folder, arrivals))
                after, _ = total_memory_mib([host.pid, *host.children()])
                host.stop(60)
        finally:
            arrivals.close()
    took = statistics.median(restarts)
    p50 = percentile(figures, 0.5)
    report.add(f"{IDLE_SOURCES} idle sources: start to one record of each in its topic, s",
               f"{took:.2f} [{min(restarts):.2f}..{max(restarts):.2f}]", "≤ 3", took <= 3)
    report.add(f"{IDLE_SOURCES} idle sources: PSS before their first record, MiB", f"{pss:.0f}",
               "≤ 500", pss <= 500)
    report.add(f"{IDLE_SOURCES} idle sources: PSS after a record each, MiB", f"{after:.0f}")
    report.add(f"{IDLE_SOURCES} idle sources: CPU, % of a core", f"{share * 100:.2f}", "≤ 1",
               share <= 0.01)
    report.add(f"{IDLE_SOURCES} connectors: GET {EXPAND} p50, ms", f"{p50:.1f}", "≤ 8", p50 <= 8)
    report.add(f"{IDLE_SOURCES} connectors: GET {EXPAND} p99, ms",
               f"{percentile(figures, 0.99):.1f}")


def restart_to_records(host, files, folder, arrivals):
    append_line(folder, IDLE_SOURCES)
    began = time.monotonic()
    host.launch(files)
    arrivals.wait_for_topics(IDLE_SOURCES)
    return time.monotonic() - began


def many_sinks(report, build, bootstrap, folder):
    files = connector_files(folder, "sinks", IDLE_SINKS)
    with SluiceHost(build, folder / "sinks", bootstrap) as host:
        host.start(files, 120)
        host.wait("all RUNNING", lambda: all_running(host, IDLE_SINKS), 120)
        settle(10)
        pids = [host.pid, *host.children()]
        share = cpu_share(pids)
        report.add(f"{IDLE_SINKS} idle sinks: PSS, MiB", f"{total_memory_mib(pids)[0]:.0f}")
        report.add(f"{IDLE_SINKS} idle sinks: CPU, % of a core", f"{share * 100:.2f}")
        host.stop(60)


def run(report, build, bootstrap):
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as name:
        folder = pathlib.Path(name)
        start_up(report, build, bootstrap, folder)
        idle_host(report, build, bootstrap, folder)
        one_more_source(report, build, bootstrap, folder, "connector", 1)
        one_more_source(report, build, bootstrap, folder, "none", 0.3)
        many_sources(report, build, bootstrap, folder)
        many_sinks(report, build, bootstrap, folder)
