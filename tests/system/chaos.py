#!/usr/bin/python3
"""Random faults in a cluster of three workers while lines flow; after each it must heal by itself.

Usage: chaos.py <build directory> [--faults N | --each] [--seed S] [--only KIND,...]

Healed: all connectors and tasks RUNNING, each exactly once, on workers that live; all workers are
members and agree on configs and statuses; each stream delivers lines that are written from then on.
At the end nothing is lost, and no two writers were at the same stream at once. A host that was silent
beyond its session has no runner left before its work goes elsewhere. The seed is printed; the same
seed makes the same choices (not the same timing).
"""

import argparse
import contextlib
import os
import pathlib
import random
import signal
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kafka.broker import Broker
from system.lib import network
from system.lib.failover import Rig
from system.lib.groups import worker_group
from system.lib.sluice_host import NotInTime, RestError, gone, wait_until
from system.lib.streams import Feeder

WORKERS, RATE = 3, 20
SESSION_S = 3
HEAL_S = 90
SETTINGS = {"session.timeout.ms": SESSION_S * 1000, "heartbeat.interval.ms": 300,
            "runner.restart.max": 1_000_000, "runner.restart.backoff.ms": 50,
            "runner.restart.backoff.max.ms": 500, "task.shutdown.graceful.timeout.ms": 2000}
BROKER = {"group.min.session.timeout.ms": 1000}
# How often each kind is chosen.
WEIGHTS = {"kill": 5, "kill two": 1, "stop": 2, "silence": 2, "doze": 2, "broker": 1, "leader": 3,
           "changes": 2, "runner": 5, "template": 1, "cut": 2, "blink": 2}
NEED_NETWORK = {"cut", "blink"}


class Changes(threading.Thread):
    """Changes connectors' configurations one after another, and remembers what may be in force."""

    def __init__(self, cluster, streams, first, count):
        super().__init__(daemon=True)
        self._cluster, self._streams = cluster, streams
        self._first, self._count = first, count
        self.possible = {}  # connector → markers that may be in force now
        self.refused = 0

    def run(self):
        for number in range(self._first, self._first + self._count):
            name = self._streams.names[number % len(self._streams.names)]
            config = self._streams.source(name) if number % 2 else self._streams.sink(name)
            config["marker"] = str(number)
            try:
                self._cluster.ask("PUT", f"/connectors/{config['name']}/config", config, seconds=20)
                self.possible[config["name"]] = {config["marker"]}
            except (OSError, RestError, ValueError):
                self.refused += 1
                self.possible.setdefault(config["name"], {None}).add(config["marker"])


class Chaos:
    """The rig, the faults, and the check after each."""

    def __init__(self, rig, broker, cables, rng):
        self.rig, self.broker, self.cables, self.rng = rig, broker, cables, rng
        self.cluster = rig.cluster
        self.markers = {}
        self.changed = 0
        self.healing = {}  # kind → seconds

    def _victim(self):
        return self.rng.randrange(WORKERS)

    def _leader(self):
        url = worker_group(self.broker.bootstrap, self.cluster.group).leader_url or ""
        return next((n for n, w in enumerate(self.rig.workers) if w.id in url), 0)

    # Each fault ends when everything that it took away is back. What is random is drawn before
    # anything depends on time.

    def kill(self):
        victim, pause = self.rig.workers[self._victim()], self.rng.uniform(0, 2.5)
        victim.kill()
        time.sleep(pause)
        victim.start()
        return f"{victim.name}, back after {pause:.1f} s"

    def kill_two(self):
        first, pause = self._victim(), self.rng.uniform(0, 2.5)
        victims = [self.rig.workers[first], self.rig.workers[(first + 1) % WORKERS]]
        for victim in victims:
            victim.kill()
        time.sleep(pause)
        for victim in victims:
            victim.start()
        return f"{victims[0].name} and {victims[1].name}, back after {pause:.1f} s"

    def stop(self):
        victim, pause = self.rig.workers[self._victim()], self.rng.uniform(0, 2.5)
        code = victim.stop()
        if code != 0:
            raise NotInTime(f"{victim.name} ended with {code} after SIGTERM{self.cluster.tails()}")
        time.sleep(pause)
        victim.start()
        return f"{victim.name}, back after {pause:.1f} s"

    def _without(self, victim, pause, away, back):
        """`victim` neither hears nor speaks for longer than its session; the others take over."""
        runners = [pid for name in self.cluster.tasks if (pid := victim.runner_of(name))]
        began = time.monotonic()
        away()
        victim.silent = True
        wait_until(f"the end of {victim.name}'s runners when its lease ended",
                   lambda: gone(runners), SESSION_S + 2)
        ended = time.monotonic() - began
        self.heal("without it")
        time.sleep(max(0, SESSION_S + pause - (time.monotonic() - began)))
        back()
        victim.silent = False
        return f"{victim.name}, its {len(runners)} runners gone after {ended:.1f} s"

    def silence(self):
        victim, pause = self.rig.workers[self._victim()], self.rng.uniform(0.5, 2)
        return self._without(victim, pause, victim.suspend, victim.resume)

    def cut(self):
        number, pause = self._victim(), self.rng.uniform(0.5, 2)
        return self._without(self.rig.workers[number], pause, self.cables[number].cut,
                             self.cables[number].mend)

    def doze(self):
        victim, share = self.rig.workers[self._victim()], self.rng.uniform(0.1, 0.6)
        victim.suspend()
        time.sleep(share * SESSION_S)
        victim.resume()
        return f"{victim.name} for {share * SESSION_S:.1f} s"

    def blink(self):
        number, share = self._victim(), self.rng.uniform(0.1, 0.6)
        self.cables[number].cut()
        time.sleep(share * SESSION_S)
        self.cables[number].mend()
        return f"{self.rig.workers[number].name} for {share * SESSION_S:.1f} s"

    def broker_(self):
        self.broker.kill()
        self.broker.start()
        return "the broker"

    def _change(self, count, meanwhile):
        changes = Changes(self.cluster, self.rig.streams, self.changed, count)
        self.changed += count
        changes.start()
        meanwhile()
        changes.join()
        for name, markers in changes.possible.items():
            before = {None} if None not in markers else self.markers.get(name, {None})
            self.markers[name] = (markers - {None}) | (before if None in markers else set())
        return f"{count} changes, {changes.refused} refused"

    def changes(self):
        return self._change(self.rng.randrange(2, 8), lambda: None)

    def leader(self):
        count, pause = self.rng.randrange(2, 8), self.rng.uniform(0, 0.5)
        victim = self.rig.workers[self._leader()]

        def meanwhile():
            time.sleep(pause)
            victim.kill()
        told = self._change(count, meanwhile)
        victim.start()
        return f"{victim.name} among {told}"

    def _runner(self, find):
        victim = self.rig.workers[self._victim()]
        pid = find(victim)
        if pid is None:
            return f"none on {victim.name}"
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return f"of {victim.name}"

    def runner(self):
        names = sorted(self.cluster.tasks)
        self.rng.shuffle(names)
        return self._runner(lambda worker: next(
            (pid for name in names if (pid := worker.runner_of(name))), None))

    def template(self):
        return self._runner(lambda worker: worker.template())

    # -- and after it

    def odd(self):
        """What complaints() does not know: memberships, and which configurations are in force."""
        group = worker_group(self.broker.bootstrap, self.cluster.group)
        want = sorted(worker.url + "/" for worker in self.cluster.living())
        if sorted(group.urls.values()) != want or group.state != "Stable":
            return [f"the group is {group.state} with {sorted(group.urls.values())}"]
        view = self.cluster.view(self.cluster.living()[0])
        return [f"{name} has marker {marker}, not one of {allowed}"
                for name, allowed in self.markers.items()
                if (marker := view[name]["info"]["config"].get("marker")) not in allowed]

    def heal(self, what):
        took = self.cluster.wait_healed(f"healed {what}", HEAL_S, self.odd)
        began = time.monotonic()
        self.rig.flowing(HEAL_S)
        return took + time.monotonic() - began

    def fault(self, kind):
        make = self.broker_ if kind == "broker" else getattr(self, kind.replace(" ", "_"))
        told = make()
        took = self.heal(f"after {kind}: {told}")
        self.healing.setdefault(kind, []).append(took)
        return f"{kind}: {told}; healed in {took:.1f} s"


def plan(options, rng, kinds):
    if options.each:
        chosen = sorted(kinds)
        rng.shuffle(chosen)
        return chosen
    return rng.choices(list(kinds), [WEIGHTS[kind] for kind in kinds], k=options.faults)


def judge(rig):
    for worker in rig.workers:
        assert worker.stop() == 0, worker.tail()
    ok = True
    for name, both in rig.verdict().items():
        for place, verdict in zip(("topic", "file"), both):
            if verdict.missing or verdict.disordered or verdict.jumps:
                print(f"  {name} {place}: {verdict}")
                ok = False
    return ok


def run(options, folder, cables):
    rng = random.Random(options.seed)
    kinds = [kind for kind in WEIGHTS if cables or kind not in NEED_NETWORK]
    if options.only:
        kinds = [kind for kind in kinds if kind in options.only.split(",")]
    where = {"host": network.BRIDGE_ADDRESS} if cables else {}
    with Broker(extra=BROKER, **where) as broker:
        rig = Rig(options.build.resolve(), folder, broker.bootstrap, options.streams, SETTINGS,
                  WORKERS, [{"address": cable.address, "launcher": cable.launcher}
                            for cable in cables] or None)
        with rig:
            rig.start()
            chaos = Chaos(rig, broker, cables, rng)
            began = time.monotonic()
            faults = plan(options, rng, kinds)
            with Feeder(rig.streams, RATE):
                chaos.heal("at the start")
                for number, kind in enumerate(faults, 1):
                    print(f"  {time.monotonic() - began:6.1f} s  {number}/{len(faults)} "
                          f"{chaos.fault(kind)}", flush=True)
            rig.streams.wait_drained(seconds=HEAL_S)
            print(f"{len(faults)} faults in {time.monotonic() - began:.0f} s; the slowest to heal: " +
                  ", ".join(f"{kind} {max(took):.1f} s" for kind, took in chaos.healing.items()))
            return judge(rig)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument("--each", action="store_true", help="each kind of fault once")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--streams", type=int, default=6)
    parser.add_argument("--only", help="kinds of faults, with commas")
    own_network = network.enter()
    options = parser.parse_args()
    count = "--each" if options.each else f"--faults {options.faults}"
    print(f"seed {options.seed}; replay with --seed {options.seed} {count}"
          + ("" if own_network else "; no network namespaces here, so no cable is cut"), flush=True)
    good = False
    net = network.Network(WORKERS) if own_network else None
    with tempfile.TemporaryDirectory(prefix="sluice-chaos-") as name:
        try:
            good = run(options, name, net.cables if net else [])
        except (NotInTime, RestError, AssertionError) as error:
            print(f"FAILED: {error}")
        finally:
            if net:
                net.close()
    print("chaos: " + ("passed" if good else "FAILED"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
