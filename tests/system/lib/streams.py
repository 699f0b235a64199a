"""Lines that flow from files through topics into files: written, watched and judged.

A stream is `NAME.in` → connector `NAME-in` → topic `PREFIX-NAME` → connector `NAME-out` → `NAME.out`.
Its lines are numbered, so that a lost, a doubled and an out-of-order one are all seen.
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import threading
import time

from kafka.jvm import die_with_parent
from system.lib import topics
from system.lib.sluice_host import wait_until

_WATCH_S = 0.01


def line_of(name, number):
    return b"<%07d %s>\n" % (number, name.encode())


def numbers_in(text, name):
    """Numbers of the stream's whole lines, in their order; torn ones do not count."""
    return [int(found) for found in re.findall(rb"<(\d{7}) %s>" % name.encode(), text)]


class Streams:
    """A number of streams with their files in one folder and their topics behind one prefix."""

    def __init__(self, bootstrap, folder, prefix, count):
        self.bootstrap, self.folder, self.prefix = bootstrap, pathlib.Path(folder), prefix
        self.folder.mkdir(parents=True, exist_ok=True)
        # A sink's group is named after it alone, and other tests use the same broker at this time.
        self.names = [f"s{os.getpid()}-{number:03}" for number in range(count)]
        self.written = dict.fromkeys(self.names, 0)
        for name in self.names:
            self.input(name).touch()

    def topic(self, name):
        return f"{self.prefix}-{name}"

    def input(self, name):
        return self.folder / f"{name}.in"

    def output(self, name):
        return self.folder / f"{name}.out"

    def create_topics(self):
        for name in self.names:
            topics.create(self.bootstrap, self.topic(name))

    def source(self, name):
        return {"name": f"{name}-in", "connector.class": "FileStreamSource", "tasks.max": "1",
                "file": str(self.input(name)), "topic": self.topic(name)}

    def sink(self, name):
        return {"name": f"{name}-out", "connector.class": "FileStreamSink", "tasks.max": "1",
                "file": str(self.output(name)), "topics": self.topic(name)}

    def create_connectors(self, cluster):
        for name in self.names:
            for config in (self.source(name), self.sink(name)):
                cluster.create(config["name"], config)

    def topic_text(self, name):
        """All of it; call it when nobody writes, for kcat ends only where nothing follows."""
        done = subprocess.run(["kcat", "-b", self.bootstrap, "-C", "-q", "-e", "-p", "0", "-o",
                               "beginning", "-f", "%s\n", "-t", self.topic(name)],
                              capture_output=True, check=True)
        return done.stdout

    def wait_drained(self, what="the last line of each stream in its file", seconds=60):
        """Call it when nobody writes any more."""
        def behind(name):
            size = self.output(name).stat().st_size if self.output(name).exists() else 0
            with open(self.output(name), "ab+") as out:
                out.seek(max(0, size - 65536))
                return line_of(name, self.written[name] - 1) not in out.read()
        left = [name for name in self.names if self.written[name]]

        def drained():
            left[:] = [name for name in left if behind(name)]
            return not left
        try:
            wait_until(what, drained, seconds)
        except Exception as error:
            raise type(error)(f"{error}; missing in {left}") from None


class _Beside(threading.Thread):
    """Does something with the streams beside the test, from `with` until its end or finish()."""

    def __init__(self, streams):
        super().__init__(daemon=True)
        self._streams = streams
        self._end = threading.Event()

    def finish(self):
        self._end.set()
        self.join()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.finish()


class Feeder(_Beside):
    """Appends a line to each stream's file, `rate` times a second, until finish()."""

    def __init__(self, streams, rate):
        super().__init__(streams)
        self._rate = rate

    def run(self):
        files = {name: open(self._streams.input(name), "ab", buffering=0)
                 for name in self._streams.names}
        began, turn = time.monotonic(), 0
        while not self._end.wait(max(0, began + turn / self._rate - time.monotonic())):
            for name, out in files.items():
                out.write(line_of(name, self._streams.written[name]))
                self._streams.written[name] += 1
            turn += 1
        for out in files.values():
            out.close()


class FileWatch(_Beside):
    """Notes when each stream's output grows, to a hundredth of a second."""

    def __init__(self, streams):
        super().__init__(streams)
        self.grown = {name: [] for name in streams.names}  # Unix times

    def run(self):
        sizes = {}
        paths = {name: str(self._streams.output(name)) for name in self._streams.names}
        while not self._end.wait(_WATCH_S):
            for name, path in paths.items():
                try:
                    size = os.stat(path).st_size
                except FileNotFoundError:
                    continue
                if sizes.get(name, 0) != size:
                    sizes[name] = size
                    self.grown[name].append(time.time())


class TopicWatch(threading.Thread):
    """Notes the times of all records of the streams' topics, as their producers set them."""

    def __init__(self, streams):
        super().__init__(daemon=True)
        self._streams = streams
        self._kcat = None
        self.written = {name: [] for name in streams.names}  # Unix times

    def run(self):
        names = {self._streams.topic(name): name for name in self._streams.names}
        for line in self._kcat.stdout:
            topic, stamp = line.split()
            self.written[names[topic]].append(int(stamp) / 1000)

    def __enter__(self):
        """The topics exist by now."""
        prefix = self._streams.prefix
        self._kcat = subprocess.Popen(
            ["kcat", "-b", self._streams.bootstrap, "-G", f"watch-{prefix}", "-q", "-u",
             "-X", "auto.offset.reset=earliest", "-f", "%t %T\n", f"^{prefix}-s[0-9-]+"],
            stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        self.start()
        return self

    def __exit__(self, *_):
        self._kcat.kill()
        self._kcat.wait()
        self.join()


def pauses(times, since, until):
    """(length, end) of the time between events from `since` to `until`, longest first."""
    inside = sorted(moment for moment in times if since <= moment <= until)
    return sorted(((b - a, b) for a, b in zip([since, *inside], [*inside, until])), reverse=True)


@dataclasses.dataclass
class Verdict:
    """One place of a stream against what was written to it."""
    lines: int
    missing: int
    disordered: int  # first occurrences after that of a later line
    duplicates: int
    steps_back: int  # a writer that resumes makes one
    jumps: int  # over lines; one writer at a time makes none, two at once make many

    def __str__(self):
        return (f"{self.lines} lines, {self.missing} missing, {self.disordered} out of order, "
                f"{self.duplicates} duplicates, {self.steps_back} steps back, {self.jumps} jumps")

    def __add__(self, other):
        return Verdict(*(getattr(self, field.name) + getattr(other, field.name)
                         for field in dataclasses.fields(self)))


def judge(numbers, count):
    seen, highest, disordered, back, jumps = set(), -1, 0, 0, 0
    last = -1
    for number in numbers:
        if number not in seen:
            seen.add(number)
            disordered += number < highest
            highest = max(highest, number)
        back += number <= last
        jumps += number > last + 1
        last = number
    return Verdict(count, count - len(seen), disordered, len(numbers) - len(seen), back,
                   jumps)


def verdicts(streams):
    """{name: (of its topic, of its file)}."""
    return {name: (judge(numbers_in(streams.topic_text(name), name), streams.written[name]),
                   judge(numbers_in(streams.output(name).read_bytes(), name), streams.written[name]))
            for name in streams.names}


def totals(found):
    """(all topics together, all files together)."""
    zero = Verdict(0, 0, 0, 0, 0, 0)
    return sum((t for t, _ in found.values()), zero), sum((f for _, f in found.values()), zero)
