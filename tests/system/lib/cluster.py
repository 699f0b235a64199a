"""Workers of one group on one broker, each Apache's or ours, and what they say of each other."""

import os
import pathlib
import re
import signal
import time

from kafka.connect import ConnectDistributed
from system.lib.sluice_host import (NotInTime, RestError, SluiceHost, call, children_of,
                                    wait_until)

# One broker holds all; few partitions, since each costs time at every start.
TOPICS = {"config.storage.replication.factor": "1", "offset.storage.replication.factor": "1",
          "offset.storage.partitions": "3", "status.storage.replication.factor": "1",
          "status.storage.partitions": "2"}
# Both kinds of worker read and write lines as they are, commit often, and wait alike for who left.
COMMON = {"key.converter": "org.apache.kafka.connect.storage.StringConverter",
          "value.converter": "org.apache.kafka.connect.storage.StringConverter",
          "offset.flush.interval.ms": "500", "scheduled.rebalance.max.delay.ms": "1000"}
_LOCAL_TASK = re.compile(
    r'kafka_connect_connector_task_metrics_batch_size_avg\{connector="([^"]+)",task="(\d+)"\}')
_LEADER = re.compile(r'_rebalance_metrics_leader_name\{leader_name="(.+)/"\}')
# A worker that rebalances, or whose coordinator or leader has just gone, refuses for a while.
_REFUSALS = (409, 500, 503)


def group_settings(group):
    names = {f"{what}.storage.topic": f"{group}-{plural}" for what, plural in
             (("config", "configs"), ("offset", "offsets"), ("status", "statuses"))}
    return {"group.id": group, **names, **TOPICS, **COMMON}


class _Member:
    """What workers of both kinds are to their cluster."""

    access = None

    @property
    def id(self):
        return self.url.partition("//")[2]

    def suspend(self):
        """SIGSTOP to the host alone, as if it had fallen silent."""
        os.kill(self.pid, signal.SIGSTOP)
        self.silent = True

    def resume(self):
        os.kill(self.pid, signal.SIGCONT)
        self.silent = False


class SluiceWorker(_Member, SluiceHost):
    """One of ours. start() may follow kill() or stop()."""

    kind = "sluice"

    def __init__(self, name, build, folder, bootstrap, properties, **options):
        super().__init__(build, folder, bootstrap, properties, **options)
        self.name = name
        self.silent = False
        self.wanted = False  # started, and neither stopped nor killed by the test

    def launch(self, connector_files=()):
        super().launch(connector_files)
        self.wanted = True

    def stop(self, seconds=30):
        self.wanted = False
        return super().stop(seconds)

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.silent = self.wanted = False
        return super().kill()

    def local_tasks(self):
        """The tasks that have a loop in this very worker: {(connector, number)}."""
        return {(name, int(number)) for name, number in _LOCAL_TASK.findall(self.metrics())}

    def leader(self):
        """The URL of the group's leader, as this worker knows it."""
        return _LEADER.search(self.metrics())[1]


class JavaWorker(_Member):
    """One of Apache's. start() may follow kill() or stop(); its port is another one then."""

    kind = "java"

    def __init__(self, name, bootstrap, group, properties):
        self.name = name
        self.silent = False
        self.wanted = False
        self._worker = ConnectDistributed(bootstrap, group, extra=properties)

    @property
    def url(self):
        return self._worker.url

    @property
    def pid(self):
        return self._worker.pid

    def running(self):
        return self._worker.running()

    def start(self):
        self._worker.start()
        self.wanted = True
        return self

    def stop(self):
        """SIGTERM; 0 if it ended by itself."""
        self.wanted = False
        return 0 if self._worker.stop() else 1

    def kill(self):
        self.silent = self.wanted = False
        self._worker.kill()
        return []

    def children(self):
        return children_of(self.pid)

    def local_tasks(self):
        return None  # only over JMX

    def tail(self, lines=40):
        if not self._worker.log.exists():
            return ""
        return "\n".join(self._worker.log.read_text(errors="replace").splitlines()[-lines:])

    def close(self):
        self._worker.close()


class Cluster:
    """The workers of one group, and the connectors that were created through it.

    Its end kills all workers. Used from one thread, but for ask() and of_living().
    """

    def __init__(self, build, folder, bootstrap, group, properties=None):
        self.build, self.folder = build, pathlib.Path(folder)
        self.bootstrap, self.group = bootstrap, group
        self.settings = {**group_settings(group), **(properties or {})}
        self.workers = []
        self.tasks = {}  # connector → how many tasks it shall have

    def add_sluice(self, name, properties=None, **options):
        worker = SluiceWorker(name, self.build, self.folder / name, options.pop(
            "bootstrap", self.bootstrap), {**self.settings, **(properties or {})}, **options)
        self.workers.append(worker)
        return worker

    def add_java(self, name, properties=None):
        worker = JavaWorker(name, self.bootstrap, self.group, {**self.settings, **(properties or {})})
        self.workers.append(worker)
        return worker

    def add(self, kind, name, properties=None):
        return self.add_java(name, properties) if kind == "java" else \
            self.add_sluice(name, properties)

    def living(self):
        return [worker for worker in self.workers if worker.running() and not worker.silent]

    # -- REST

    def ask(self, method, path, body=None, via=None, seconds=30):
        """One request to `via`, or to the living workers in turn until one of them does it."""
        deadline = time.monotonic() + seconds
        turn = 0
        while True:
            workers = [via] if via else self.living() or self.workers
            worker = workers[turn % len(workers)]
            turn += 1
            try:
                return call(worker.url, method, path, body, timeout=max(1, min(10, seconds)),
                            access=worker.access)
            except RestError as error:
                if error.code not in _REFUSALS or time.monotonic() > deadline:
                    raise
            except OSError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.05)  # it refuses only while something moves

    def create(self, name, config, tasks=1):
        reply = self.ask("PUT", f"/connectors/{name}/config", config)
        self.tasks[name] = tasks
        return reply

    def delete(self, name):
        self.ask("DELETE", f"/connectors/{name}")
        del self.tasks[name]

    @staticmethod
    def view(worker):
        """What a worker says of all connectors: {name: {"info": ..., "status": ...}}."""
        return call(worker.url, "GET", "/connectors?expand=status&expand=info", timeout=10,
                    access=worker.access)

    def runs_where(self, via=None):
        """{(connector, task number or None for the connector itself): worker id}."""
        view = self.view(via or self.living()[0])
        found = {}
        for name, entry in view.items():
            found[(name, None)] = entry["status"]["connector"]["worker_id"]
            for task in entry["status"]["tasks"]:
                found[(name, task["id"])] = task["worker_id"]
        return found

    def tasks_of(self, worker):
        """The tasks that run on a worker, as the others know it: [(connector, number)]."""
        return sorted(item for item, where in self.runs_where().items()
                      if where == worker.id and item[1] is not None)

    # -- is all well?

    def complaints(self):
        """What is not as it shall be, as sentences; none when all runs, once, and all agree."""
        workers = self.living()
        views, told = [], []
        for worker in workers:
            try:
                views.append(self.view(worker))
            except (OSError, RestError, ValueError) as error:
                return [f"{worker.name} does not answer: {error}"]
        ids = {worker.id for worker in workers}
        for worker, view in zip(workers, views):
            told += [f"{worker.name}: {text}" for text in self._odd_in(view, ids)]
        for worker, view in zip(workers[1:], views[1:]):
            told += [f"{workers[0].name} and {worker.name} disagree on {name}: "
                     f"{views[0].get(name)} and {view.get(name)}"
                     for name in sorted({*views[0], *view}) if views[0].get(name) != view.get(name)]
        return told or self._doubled(workers)

    def _odd_in(self, view, ids):
        if set(view) != set(self.tasks):
            yield f"has {sorted(set(view) ^ set(self.tasks))} too many or too few"
        for name, entry in view.items():
            status = entry["status"]
            numbers = [task["id"] for task in status["tasks"]]
            if numbers != list(range(self.tasks.get(name, 0))):
                yield f"{name} has the tasks {numbers}"
            for what, one in [(name, status["connector"]),
                              *((f"{name}-{task['id']}", task) for task in status["tasks"])]:
                if one["state"] != "RUNNING" or one["worker_id"] not in ids:
                    yield f"{what} is {one['state']} on {one['worker_id']}"

    def _doubled(self, workers):
        """Tasks that have a loop in two workers, or in none."""
        found = {}
        for worker in workers:
            try:
                local = worker.local_tasks()
            except OSError as error:
                return [f"{worker.name} does not answer: {error}"]
            if local is None:
                return []
            for task in local:
                found.setdefault(task, []).append(worker.name)
        wanted = {(name, number) for name, count in self.tasks.items() for number in range(count)}
        return [f"{task} runs on {found.get(task, [])}" for task in sorted(wanted | set(found))
                if len(found.get(task, [])) != 1 or task not in wanted]

    def wait_healed(self, what="all connectors and tasks RUNNING once, all workers agree",
                    seconds=60, extra=lambda: []):
        """Returns the seconds that it took."""
        began = time.monotonic()
        last = []

        def healed():
            for worker in self.workers:
                if worker.wanted and not worker.running():
                    raise NotInTime(f"{worker.name} has ended by itself")
            last[:] = self.complaints() or extra()
            return not last
        try:
            wait_until(what, healed, seconds, 0.05)
        except NotInTime as error:
            raise NotInTime("\n  ".join([str(error), *last[:20]]) + self.tails()) from None
        return time.monotonic() - began

    def wait_spread(self, workers, seconds=60):
        """All runs, and each of these workers has a task."""
        def idle():
            busy = set(self.runs_where().values())
            return [f"{worker.name} has nothing to do" for worker in workers
                    if worker.id not in busy]
        return self.wait_healed("work on each worker", seconds, idle)

    def tails(self, lines=30):
        def last(worker):
            text = worker.tail(4000).splitlines()
            return "\n".join([line for line in text if "sluice.rest" not in line][-lines:])
        return "".join(f"\n--- {worker.name} ({worker.kind})\n{last(worker)}"
                       for worker in self.workers)

    def close(self):
        for worker in self.workers:
            worker.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
