"""Apache Kafka's Java programs as child processes that never outlive the test that started them."""

import ctypes
import functools
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
# MirrorMaker's, which some tests do without.
OPTIONAL_JARS = ("connect-mirror-",)
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class StartError(Exception):
    """A program did not come up; the text ends with the tail of what it printed."""


def die_with_parent(how=signal.SIGKILL):
    """Asks for signal `how` to the calling process once its parent is gone. Fit for preexec_fn."""
    _libc.prctl(_PR_SET_PDEATHSIG, how)


@functools.cache
def kafka_home():
    """Folder with libs/ and plugins/ of the pinned Apache Kafka, fetched when missing."""
    done = subprocess.run([str(HERE / "jars.sh")], check=True, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(done.stdout.strip())


def class_path(without_jars=()):
    """`without_jars`: beginnings of the names of jars to leave out."""
    # The class path of whoever leaves some out begins like everybody's, as a class archive needs it.
    jars = sorted((kafka_home() / "libs").glob("*.jar"),
                  key=lambda jar: (jar.name.startswith(OPTIONAL_JARS), jar.name))
    return ":".join(str(jar) for jar in jars if not jar.name.startswith(tuple(without_jars)))


def archive_of(home):
    """Where class_archive.py keeps what this machine's JVM maps; it need not be there."""
    java = pathlib.Path(shutil.which("java")).resolve()
    key = f"{java} {java.stat().st_size} {java.stat().st_mtime_ns}"
    return home / f"classes-{hashlib.sha256(key.encode()).hexdigest()[:16]}.jsa"


def archive_options():
    """For JVMs whose start is not what a test is about."""
    archive = archive_of(kafka_home())
    return [f"-XX:SharedArchiveFile={archive}"] if archive.exists() else []


def free_ports(count):
    """Ports of 127.0.0.1 that nobody listens on now; a start that loses the race must retry."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def write_properties(path, entries):
    """Writes a properties file; keys and values must need no escape but the backslash's."""
    lines = [f"{key}={str(value)}".replace("\\", "\\\\") for key, value in entries.items()]
    path.write_text("\n".join(lines) + "\n")


class JavaProcess:
    """One JVM. start() launches it, wait_until() watches a condition, stop() and kill() end it.

    Used from one thread. Standard output and error go to `log`, appended over restarts.
    """

    def __init__(self, main_class, args, log, jvm_options, without_jars=()):
        # The file connectors read and write in the JVM's encoding, which must not be the shell's.
        self._command = ["java", *jvm_options, "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8",
                         f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
                         "-cp", class_path(without_jars), main_class, *map(str, args)]
        self._main_class = main_class
        self.log = pathlib.Path(log)
        self._process = None

    @property
    def pid(self):
        return self._process.pid

    def start(self):
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=log, preexec_fn=die_with_parent)

    def wait_until(self, ready, what, seconds=90):
        """Returns once ready() is true; StartError when the JVM ends first or time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            try:
                code = self._process.wait(0.05)
                raise StartError(f"{self._main_class} ended with {code} before {what}:\n{self.tail()}")
            except subprocess.TimeoutExpired:
                pass
            if time.monotonic() > deadline:
                raise StartError(f"{self._main_class}: no {what} in {seconds} s:\n{self.tail()}")

    def wait(self):
        """Waits for the JVM to end by itself and returns its exit code."""
        return self._process.wait()

    def tail(self, lines=30):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def running(self):
        return self._process is not None and self._process.poll() is None

    def stop(self, seconds=30):
        """SIGTERM, then SIGKILL when it does not end in time. True if it ended by itself."""
        if not self.running():
            return True
        self._process.terminate()
        try:
            self._process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            self.kill()
            return False

    def kill(self):
        if self.running():
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def suspend(self):
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.pid, signal.SIGCONT)
