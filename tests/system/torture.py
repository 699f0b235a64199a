#!/usr/bin/python3
"""Kills host, template, runners and broker at random while lines flow from a file to a file.

Usage: torture.py <build directory> [--kills N] [--seed S] [--rate LINES_PER_S]

At the end every line must be in the topic and in the sink's file at least once, and their first
occurrences in order. Duplicates and torn fragments are only allowed where a kill explains them. The
seed is printed; the same seed makes the same choices (not the same timing).
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kafka.broker import Broker
from system.lib.sluice_host import NotInTime, SluiceHost, gone, wait_until

TOPIC = "torture"
SOURCE, SINK = "torture-source", "torture-sink"
# How long all must have healed after the last kill; a killed broker is back after some seconds.
HEAL_S = 90
WORKER = {"runner.restart.max": 1_000_000, "runner.restart.backoff.ms": 50,
          "runner.restart.backoff.max.ms": 500, "offset.flush.interval.ms": 200,
          "offset.storage.topic": "torture-offsets", "offset.storage.replication.factor": 1,
          "offset.storage.partitions": 3, "task.shutdown.graceful.timeout.ms": 5000}


class Generator(threading.Thread):
    """Appends numbered lines to a file at a steady rate until it is told to end.

    Every hundredth piece ends within a line, so that the source meets partial lines too.
    """

    def __init__(self, path, rate):
        super().__init__(daemon=True)
        self._path, self._rate = path, rate
        self._end = threading.Event()
        self.written = 0

    def run(self):
        pieces_per_s = 50
        per_piece = max(1, self._rate // pieces_per_s)
        with open(self._path, "ab", buffering=0) as out:
            piece = 0
            while not self._end.wait(1 / pieces_per_s):
                lines = b"".join(line_of(self.written + n) for n in range(per_piece))
                piece += 1
                if piece % 100 == 0:
                    out.write(lines[:-7])
                    out.write(lines[-7:])
                else:
                    out.write(lines)
                self.written += per_piece

    def finish(self):
        self._end.set()
        self.join()


def line_of(number):
    return b"%09d %s\n" % (number, b"payload-" * (1 + number % 12))


class Rig:
    """Broker, worker, connectors and generator of one run."""

    def __init__(self, build, folder, broker, rate):
        self.folder, self.broker = folder, broker
        self.input, self.output = folder / "in.txt", folder / "out.txt"
        self.input.touch()
        self.host = SluiceHost(build, folder / "worker", broker.bootstrap, WORKER)
        self.files = [self._connector_file(SOURCE, "FileStreamSource", file=self.input, topic=TOPIC),
                      self._connector_file(SINK, "FileStreamSink", file=self.output, topics=TOPIC)]
        self.generator = Generator(self.input, rate)
        self.kills = {"host": 0, "template": 0, "source": 0, "sink": 0, "broker": 0}
        self.in_flight = 0

    def _connector_file(self, name, kind, **config):
        path = self.folder / f"{name}.properties"
        entries = {"name": name, "connector.class": kind, "tasks.max": 1, **config}
        path.write_text("".join(f"{key}={value}\n" for key, value in entries.items()))
        return path

    def start(self):
        self.host.start(self.files, HEAL_S)
        self.wait_running()
        self.generator.start()

    def wait_running(self):
        for name in (SOURCE, SINK):
            self.host.wait_running(name, seconds=HEAL_S)

    def behind(self):
        """Lines that were written to the source's file and have not reached the sink's."""
        arrived = 0
        if self.output.exists():
            with open(self.output, "rb") as copy:
                copy.seek(max(0, self.output.stat().st_size - 4096))
                whole = copy.read().rpartition(b"\n")[0]
            last = whole.rpartition(b"\n")[2][:9]
            arrived = int(last) + 1 if len(last) == 9 and last.isdigit() else 0
        return self.generator.written - arrived

    def kill(self, victim):
        """One SIGKILL; True when there was something to kill."""
        in_flight = self.behind() > 0
        if victim == "host":
            left = self.host.kill()
            wait_until("the end of the host's children", lambda: gone(left), 10)
            self.host.start(self.files, HEAL_S)
        elif victim == "broker":
            self.broker.kill()
            self.broker.start()
        else:
            pid = self.host.template() if victim == "template" else \
                self.host.runner_of(SOURCE if victim == "source" else SINK)
            if pid is None:
                return False
            subprocess.run(["kill", "-KILL", str(pid)], check=False)
        self.kills[victim] += 1
        self.in_flight += in_flight
        return True

    def drain(self):
        """Ends the generator and waits until the last line is in the sink's file."""
        self.generator.finish()
        last = line_of(self.generator.written - 1)

        def arrived():
            with open(self.output, "rb") as copy:
                copy.seek(max(0, self.output.stat().st_size - 65536))
                return last in copy.read()

        self.host.wait("the last line in the sink's file", arrived, HEAL_S)


def choose(rng):
    return rng.choices(["host", "template", "source", "sink", "broker"], [4, 2, 6, 6, 2])[0]


def kill_repeatedly(rig, rng, count):
    done = 0
    while done < count:
        victim = choose(rng)
        pause = rng.uniform(0.0, 1.2)
        time.sleep(pause)  # the random moment is what this test is about
        if rig.kill(victim):
            done += 1
            print(f"  kill {done}/{count}: {victim}, {rig.behind()} lines behind", flush=True)


def first_occurrences(lines, count):
    """Checks `lines` against 0..count-1; returns (missing, out of order, duplicates, fragments)."""
    expected = {line_of(number)[:-1]: number for number in range(count)}
    seen, highest, disordered, duplicates, fragments = set(), -1, 0, 0, 0
    for line in lines:
        number = expected.get(line)
        if number is None:
            fragments += 1
        elif number in seen:
            duplicates += 1
        else:
            seen.add(number)
            disordered += number < highest
            highest = max(highest, number)
    return count - len(seen), disordered, duplicates, fragments


def topic_lines(bootstrap):
    done = subprocess.run(["kcat", "-C", "-b", bootstrap, "-t", TOPIC, "-p", "0", "-e", "-q"],
                          capture_output=True, check=True)
    return done.stdout.splitlines()


def verdict(rig):
    count = rig.generator.written
    ok = True
    killed_any = sum(rig.kills.values()) > 0
    for what, lines in (("topic", topic_lines(rig.broker.bootstrap)),
                        ("file", rig.output.read_bytes().splitlines())):
        missing, disordered, duplicates, fragments = first_occurrences(lines, count)
        print(f"{what}: {count} lines written, {missing} missing, {disordered} out of order, "
              f"{duplicates} duplicates, {fragments} torn fragments")
        ok = ok and missing == 0 and disordered == 0
        ok = ok and (killed_any or duplicates == 0)
        # A torn line can only be where its writer was killed while it wrote.
        ok = ok and fragments <= (rig.kills["sink"] + rig.kills["host"] if what == "file" else 0)
    return ok


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--rate", type=int, default=5_000, help="lines a second")
    options = parser.parse_args()
    print(f"seed {options.seed}; replay with --seed {options.seed} --kills {options.kills}")
    with tempfile.TemporaryDirectory(prefix="sluice-torture-") as name, Broker() as broker:
        rig = Rig(options.build.resolve(), pathlib.Path(name), broker, options.rate)
        try:
            rig.start()
            kill_repeatedly(rig, random.Random(options.seed), options.kills)
            rig.drain()
            good = verdict(rig)
            print(f"kills: {rig.kills}, of them {rig.in_flight} with records in flight")
            code = rig.host.stop()
            print(f"sluiced ended with {code} after SIGTERM")
            good = good and code == 0
        except NotInTime as error:
            print(f"FAILED: {error}\n{rig.host.tail(100)}")
            good = False
        finally:
            rig.host.close()
    print("torture: " + ("passed" if good else "FAILED"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
