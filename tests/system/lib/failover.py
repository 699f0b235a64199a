"""What happens to all streams of a cluster of ours when something of it dies or falls silent."""

import contextlib
import os
import pathlib
import signal
import time

from system.lib.cluster import Cluster
from system.lib.sluice_host import NotInTime, gone, wait_until
from system.lib.streams import FileWatch, Streams, TopicWatch, pauses, totals, verdicts

# Others must not pause a moment later either; at the moment of a fault all flows.
_BEFORE_S, _AFTER_S = 0.5, 2
# Records are seen a little after they were written.
_LATE_S = 0.5


class Outcome:
    """Of one fault: how long the victim's tasks delivered nothing, and how long the others."""

    def __init__(self, moved, others):
        self.moved = moved  # {connector: seconds from the fault to its first delivery after it}
        self.others = others  # {connector: its longest pause}

    @property
    def worst_moved(self):
        return max(self.moved.values(), default=0)

    @property
    def worst_other(self):
        return max(self.others.values(), default=0)

    def __str__(self):
        slowest = max(self.moved, key=self.moved.get, default="none")
        laziest = max(self.others, key=self.others.get, default="none")
        return (f"{len(self.moved)} tasks deliver elsewhere after {self.worst_moved:.2f} s "
                f"({slowest}); longest pause of the {len(self.others)} others "
                f"{self.worst_other:.2f} s ({laziest})")


class Rig:
    """Three workers, as many sources as sinks, and lines that flow while faults are made."""

    def __init__(self, build, folder, bootstrap, streams, properties=None, workers=3, places=None):
        """`places`: for each worker what SluiceHost shall know of its network."""
        folder = pathlib.Path(folder)
        prefix = f"{folder.name}-{os.getpid()}"
        self.streams = Streams(bootstrap, folder / "streams", prefix, streams)
        self.cluster = Cluster(build, folder, bootstrap, prefix, properties)
        self.workers = [self.cluster.add_sluice(f"w{number}", **place)
                        for number, place in enumerate(places or [{}] * workers)]
        self.files = FileWatch(self.streams)
        self.topics = TopicWatch(self.streams)
        self._watches = contextlib.ExitStack()

    def start(self):
        for worker in self.workers:
            worker.launch()
        for worker in self.workers:
            worker.wait("a healthy worker", worker.healthy)
        self.streams.create_topics()
        self._watches.enter_context(self.topics)
        began = time.monotonic()
        self.streams.create_connectors(self.cluster)
        print(f"  {2 * len(self.streams.names)} connectors created in "
              f"{time.monotonic() - began:.1f} s", flush=True)
        self.wait_even()

    def wait_even(self, seconds=90):
        """All runs, and no worker has more than one task more than another."""
        def uneven():
            counts = [len(self.cluster.tasks_of(worker)) for worker in self.cluster.living()]
            return [] if max(counts) - min(counts) <= 1 else [f"tasks of the workers: {counts}"]
        return self.cluster.wait_healed("an even cluster", seconds, uneven)

    def flowing(self, seconds=60):
        """Each sink's file has a line that was written from now on."""
        marks = dict(self.streams.written)

        def arrived():
            for name in list(marks):
                with open(self.streams.output(name), "ab+") as out:
                    out.seek(max(0, out.tell() - 16384))
                    if b"<%07d %s>" % (marks[name] + 1, name.encode()) in out.read():
                        del marks[name]
            return not marks
        try:
            wait_until("new lines in all files", arrived, seconds)
        except NotInTime as error:
            raise NotInTime(f"{error}: none of {sorted(marks)}{self.cluster.tails()}") from None

    def outcome(self, at, affected):
        """`affected`: the connectors that a fault at Unix time `at` took down.

        What these deliver counts from the end of their pause, as a fault kills a moment later.
        """
        until = time.time() - _LATE_S
        since = at - _BEFORE_S
        moved, others = {}, {}
        for name in self.streams.names:
            for connector, times in ((f"{name}-in", self.topics.written[name]),
                                     (f"{name}-out", self.files.grown[name])):
                if connector in affected:
                    _, end = pauses(times, at - 0.1, until)[0]
                    moved[connector] = end - at
                else:
                    # A sink has nothing to write while its source moves.
                    if connector.endswith("-out") and f"{name}-in" in affected:
                        continue
                    others[connector] = pauses(times, since, until)[0][0]
        return Outcome(moved, others)

    def affected_by(self, worker):
        """The connectors with a task there, once all deliver."""
        self.flowing()
        return {name for name, _ in self.cluster.tasks_of(worker)}

    def after(self, at, affected):
        """Waits until all deliver again, and says how it went."""
        self.flowing()
        time.sleep(_AFTER_S)
        return self.outcome(at, affected)

    def nothing(self):
        """What the others are compared with."""
        self.flowing()
        return self.after(time.time(), set())

    def kill_host(self, victim):
        affected = self.affected_by(victim)
        at = time.time()
        victim.kill()
        return self.after(at, affected)

    def stop_host(self, victim):
        """An orderly end: the cluster waits for scheduled.rebalance.max.delay.ms."""
        affected = self.affected_by(victim)
        at = time.time()
        code = victim.stop()
        assert code == 0, f"{victim.name} ended with {code}"
        return self.after(at, affected)

    def kill_runner(self, connector):
        """Seconds until its sink's file grows again. The worker that has its task starts another."""
        worker = next(w for w in self.workers
                      if w.id == self.cluster.runs_where()[(connector, 0)])
        pid = worker.runner_of(connector)
        self.flowing()
        at = time.time()
        os.kill(pid, signal.SIGKILL)
        return self.after(at, {connector})

    def silence_host(self, victim, session_s, extra_s):
        """SIGSTOP until the session and `extra_s` are over, and then SIGCONT.

        Says when its runners were gone, and the outcome; they must go while it is stopped.
        """
        affected = self.affected_by(victim)
        runners = victim.runners()
        at = time.time()
        victim.suspend()
        wait_until("the end of a silent host's runners", lambda: gone(runners), session_s + 5)
        leases = time.time() - at
        self.flowing(session_s + 60)
        wait_until("the end of its silence", lambda: time.time() - at > session_s + extra_s,
                   session_s + extra_s + 10)
        outcome = self.outcome(at, affected)
        victim.resume()
        return leases, outcome

    def verdict(self):
        self.streams.wait_drained()
        found = verdicts(self.streams)
        topics, files = totals(found)
        print(f"  topics: {topics}\n  files: {files}", flush=True)
        return found

    def close(self):
        self.cluster.close()

    def __enter__(self):
        self._watches.enter_context(self.files)
        return self

    def __exit__(self, *_):
        self._watches.close()
        self.close()
