"""A sluiced process on a real broker, its REST API and the processes around it."""

import base64
import json
import os
import pathlib
import select
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from kafka.jvm import die_with_parent, free_ports, write_properties

DEFAULT_PROPERTIES = {
    "key.converter": "org.apache.kafka.connect.storage.StringConverter",
    "value.converter": "org.apache.kafka.connect.storage.StringConverter",
    "offset.flush.interval.ms": "500",
}


class RestError(Exception):
    """A reply of 400 and above."""

    def __init__(self, code, body):
        super().__init__(f"HTTP {code}: {body}")
        self.code = code
        self.body = body


class NotInTime(Exception):
    """What was waited for did not come about; the text says what there was instead."""


def wait_until(what, condition, seconds=30, pause=0.02):
    """Looks every `pause` seconds until `condition` returns something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise NotInTime(f"{what}: not within {seconds} s")
        select.select([], [], [], pause)


class Access:
    """How to be let in by a worker: whom to trust, and as whom to come."""

    def __init__(self, authority=None, user=None, password=None):
        self.context = ssl.create_default_context(cafile=authority) if authority else None
        self.headers = {}
        if user:
            words = base64.b64encode(f"{user}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {words}"


_EVERYBODY = Access()


def call(url, method, path, body=None, timeout=30, access=None, headers=None):
    """One request with a JSON body; the reply's JSON, or None when it has no body."""
    access = access or _EVERYBODY
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, method=method, headers={
        "Content-Type": "application/json", **access.headers, **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=timeout, context=access.context) as reply:
            text = reply.read()
            return json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        with error:
            raise RestError(error.code, error.read().decode(errors="replace")) from None


def parent_of(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
        return int(stat.rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def is_zombie(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def name_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def title_of(pid):
    """The command line that ps shows; empty when the process has ended."""
    try:
        title = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return title.replace(b"\0", b" ").decode(errors="replace").rstrip()


def children_of(pid):
    """Living children, in order of their pids."""
    found = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    return [child for child in sorted(found) if parent_of(child) == pid and not is_zombie(child)]


class SluiceHost:
    """One worker. start() may follow kill() or stop(): same port, same files. Used from one thread.

    `address` is where it serves REST, `launcher` a command that executes what follows it in place;
    with `access` it serves https, to who comes with that.
    """

    def __init__(self, build, folder, bootstrap, properties=None, arguments=(), address="127.0.0.1",
                 launcher=(), access=None):
        self.build = pathlib.Path(build)
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "sluiced.log"
        self.port = free_ports(1)[0]
        self.access = access
        self.url = f"{'https' if access else 'http'}://{address}:{self.port}"
        self.arguments = list(arguments)
        self.launcher = list(launcher)
        settings = {**DEFAULT_PROPERTIES, "bootstrap.servers": bootstrap,
                    "listeners": self.url, "plugin.path": self.build / "plugins",
                    "plugin.cache.dir": self.folder / "cache", **(properties or {})}
        if "offset.storage.topic" not in settings:
            settings.setdefault("offset.storage.file.filename", self.folder / "offsets")
        self.config = self.folder / "worker.properties"
        write_properties(self.config, settings)
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def launch(self, connector_files=()):
        """Starts the process and returns at once."""
        command = [*self.launcher, self.build / "bin/sluiced", "--config", self.config,
                   *self.arguments, *connector_files]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)

    def start(self, connector_files=(), seconds=30):
        """Returns once /health says that the worker is ready."""
        self.launch(connector_files)
        self.wait("a healthy worker", self.healthy, seconds)
        return self

    def wait(self, what, condition, seconds=30):
        """wait_until that fails at once, with the log, when the host has ended."""
        def look():
            if self.process.poll() is not None:
                raise NotInTime(f"{what}: sluiced ended with {self.process.returncode}\n{self.tail()}")
            return condition()
        try:
            return wait_until(what, look, seconds)
        except NotInTime as error:
            raise NotInTime(f"{error}\n{self.tail()}") from None

    def healthy(self):
        try:
            health = call(self.url, "GET", "/health", timeout=2, access=self.access)
            return health["status"] == "healthy"
        except (OSError, RestError):
            return False

    def call(self, method, path, body=None):
        return call(self.url, method, path, body, access=self.access)

    def metrics(self):
        """What GET /metrics says, as text."""
        request = urllib.request.Request(f"{self.url}/metrics",
                                         headers=self.access.headers if self.access else {})
        context = self.access.context if self.access else None
        with urllib.request.urlopen(request, timeout=10, context=context) as reply:
            return reply.read().decode()

    def create(self, name, config, initial_state=None):
        body = {"name": name, "config": config}
        if initial_state:
            body["initial_state"] = initial_state
        return self.call("POST", "/connectors", body)

    def status(self, name):
        return self.call("GET", f"/connectors/{name}/status")

    def task_states(self, name):
        try:
            return [task["state"] for task in self.status(name)["tasks"]]
        except RestError as error:
            if error.code == 404:
                return []
            raise

    def wait_running(self, name, tasks=1, seconds=30):
        self.wait(f"{tasks} RUNNING tasks of {name}",
                  lambda: self.task_states(name) == ["RUNNING"] * tasks, seconds)

    def children(self):
        return children_of(self.process.pid)

    def template(self):
        """Pid of the process that runners are forked from; None while there is none."""
        return next((pid for pid in self.children() if name_of(pid) == "sluice-template"), None)

    def runners(self):
        return [pid for pid in self.children() if name_of(pid) != "sluice-template"]

    def runner_of(self, name):
        """Pid of the runner that ps shows under this name, a connector's or `connector-task`."""
        return next((pid for pid in self.runners()
                     if title_of(pid).rpartition(" ")[2] == name), None)

    def kill(self):
        """SIGKILL to the host alone; returns the pids of the children that it leaves."""
        left = self.children()
        self.process.kill()
        self.process.wait()
        return left

    def stop(self, seconds=30):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise NotInTime(f"sluiced did not end within {seconds} s of SIGTERM\n{self.tail()}") \
                from None

    def tail(self, lines=40):
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def gone(pids):
    """True when none of the processes is left (a zombie that somebody else must reap is gone)."""
    return all(not os.path.exists(f"/proc/{pid}") or is_zombie(pid) for pid in pids)
