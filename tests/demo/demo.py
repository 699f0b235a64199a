"""What `./dev demo` shows: a file, through a topic, into another file, by two isolated connectors.

Usage: demo.py <build directory>. Uses the host's in-memory broker; needs no Kafka. Runs until Ctrl-C;
with DEMO_EXIT=1 it ends by itself, with status 0 only if the copy equals the original.
"""

import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TOPIC = "demo-lines"
DEADLINE_S = 60
LIVE_LINES = 40
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


class DemoFailed(Exception):
    pass


def say(text):
    print(f"{BOLD}demo:{PLAIN} {text}", flush=True)


def wait_for(what, condition):
    """Polls until `condition` gives something true; a demo may look twenty times a second."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        select.select([], [], [], 0.05)
    raise DemoFailed(f"{what} did not happen within {DEADLINE_S} s")


class Host:
    """The sluiced process of the demo, and its REST API."""

    def __init__(self, build, folder):
        self.log = open(folder / "sluiced.log", "wb")
        command = [build / "bin/sluiced", "--dev", "--dev-topic", f"{TOPIC}:1"]
        say("starting " + " ".join(str(part) for part in command))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        self.url = self.read_banner(folder)

    def read_banner(self, folder):
        for line in self.process.stdout:
            print(f"  {DIM}{line.rstrip()}{PLAIN}")
            found = re.search(r"REST API\s+(http://\S+)", line)
            if found:
                return found.group(1)
        raise DemoFailed(f"the host ended before its REST API was up; see {folder}/sluiced.log")

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                text = reply.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise DemoFailed(f"{method} {path}: {error.code} {error.read().decode()}") from None
        except OSError as error:
            raise DemoFailed(f"{method} {self.url}{path}: {error}") from None

    def states(self):
        reply = self.call("GET", "/connectors?expand=status")
        return {name: [task["state"] for task in entry["status"]["tasks"]]
                for name, entry in reply.items()}

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)
        self.log.close()


def create_connectors(host, source, sink):
    configs = {
        "demo-source": {"connector.class": "FileStreamSource", "file": str(source), "topic": TOPIC},
        "demo-sink": {"connector.class": "FileStreamSink", "file": str(sink), "topics": TOPIC},
    }
    for name, config in configs.items():
        host.call("POST", "/connectors", {"name": name, "config": config})
        say(f"created {name}: {json.dumps(config)}")
    wait_for("RUNNING tasks", lambda: all(host.states().get(name) == ["RUNNING"]
                                          for name in configs))
    say("both tasks are RUNNING, each connector in a process of its own")


def append_live(source, sink):
    """Appends what this machine is doing, a line at a time, and prints the lines as they arrive."""
    shown = sink.stat().st_size
    for number in range(LIVE_LINES):
        with open(source, "a") as out:
            load = pathlib.Path("/proc/loadavg").read_text().split()[0]
            out.write(f"{time.strftime('%H:%M:%S')} live line {number + 1}, load {load}\n")
        size = source.stat().st_size
        wait_for("a live line", lambda: sink.stat().st_size >= size)
        with open(sink) as copy:
            copy.seek(shown)
            if number % 8 == 0:
                print(f"  arrived: {copy.readline().rstrip()}")
            shown = size


def run(build, folder):
    source, sink = folder / "input.txt", folder / "output.txt"
    source.write_bytes(b"".join((REPOSITORY / name).read_bytes() for name in ("README.md", "LICENSE")))
    host = Host(build, folder)
    try:
        create_connectors(host, source, sink)
        size = source.stat().st_size
        say(f"{source} has {size} bytes (README.md and LICENSE); waiting for them in {sink}")
        wait_for("the copy", lambda: sink.exists() and sink.stat().st_size >= size)
        say(f"they are there; now {LIVE_LINES} lines are appended one by one")
        append_live(source, sink)
        if source.read_bytes() != sink.read_bytes():
            raise DemoFailed(f"{sink} differs from {source}")
        say(f"{BOLD}output equals input{PLAIN}: {sink.stat().st_size} bytes, byte for byte")
        if os.environ.get("DEMO_EXIT") == "1":
            return
        print(f"""
The host keeps running at {BOLD}{host.url}{PLAIN}. Try, in another terminal:
  echo 'one more line' >> {source}; tail -n 1 {sink}
  curl -s {host.url}/connectors?expand=status
  curl -s {host.url}/connectors/demo-source/offsets
  curl -s -X PUT {host.url}/connectors/demo-source/pause
  pkill -SEGV -f 'sluice-runner demo-sink'; curl -s {host.url}/connectors/demo-sink/status
Ctrl-C ends it; nothing is kept.""", flush=True)
        host.process.wait()
        raise DemoFailed(f"the host ended; see {folder}/sluiced.log")
    finally:
        host.stop()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="sluice-demo-") as folder:
        try:
            run(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))
        except KeyboardInterrupt:
            say("stopped")
        except DemoFailed as failure:
            print(f"demo: failed: {failure}", file=sys.stderr)
            log = pathlib.Path(folder) / "sluiced.log"
            if log.exists():
                print(log.read_text(errors="replace")[-4000:], file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
