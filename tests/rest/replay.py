#!/usr/bin/python3
"""Replays the REST sessions against Apache Kafka Connect 4.3.0 and against sluiced.

    replay.py record                    Apache's replies into golden/ (they come from nowhere else)
    replay.py compare --build DIR       both run live; golden/ must still be what Apache says
    replay.py golden --build DIR        sluiced against golden/, without a Java worker
    replay.py golden --port PORT        the same for a worker that runs and knows no connector
    replay.py show --port PORT          plays against any worker and prints its replies

`--mode distributed` does the same with a worker of a cluster of one, and golden/distributed/.
A worker that runs already gets only the sessions that need no settings of it.
Sessions may be named (`--session 20-life-of-a-source`); without, all are played, in order.
Replies are compared by status, Content-Type, Location, Allow and body, after normalise.py's rules.
What may differ stands in differences.txt, each with its reason; an entry that no longer differs is
an error, so the list stays true.
"""

import argparse
import concurrent.futures
import contextlib
import dataclasses
import pathlib
import sys
import tempfile
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from kafka.broker import Broker
from kafka.connect import ConnectDistributed, ConnectStandalone
from kafka.jvm import OPTIONAL_JARS, die_with_parent, free_ports
from rest import differences
from rest.client import play
from rest.session import read_golden, read_session, read_setup, write_golden
from system.lib.sluice_host import SluiceHost

# MirrorMaker is not part of this host; the oracle runs without it, as a worker may.
_NOT_OURS = OPTIONAL_JARS

_CONVERTERS = {"key.converter": "org.apache.kafka.connect.json.JsonConverter",
               "value.converter": "org.apache.kafka.connect.json.JsonConverter",
               "offset.flush.interval.ms": 1000}


def _is_up(url):
    """True when the worker has started, also one that wants to know who asks."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        with error:
            return error.code == 401
    except OSError:
        return False


@contextlib.contextmanager
def prepared(setup):
    """Yields (fill, admin port): the setup's files are there, fill() puts values into its texts."""
    with tempfile.TemporaryDirectory(prefix="sluice-rest-") as folder:
        (admin,) = free_ports(1)

        def fill(text):
            return text.replace("${setup}", folder).replace("${admin}", str(admin))
        for name, text in setup.files:
            (pathlib.Path(folder) / name).write_text(fill(text), "latin-1")
        yield fill, admin


def _settings(lines, fill):
    return dict(fill(line).split("=", 1) for line in lines)


def _group(setup):
    """A cluster of its own for each setup on one broker."""
    return "connect-cluster" if setup.plain else f"connect-cluster-{abs(hash(setup))}"


@contextlib.contextmanager
def apache(bootstrap, setup, mode):
    """Yields the ports, REST and admin, of a fresh Java worker."""
    with prepared(setup) as (fill, admin):
        options = {"extra": _settings(setup.worker, fill),
                   "without_jars": _NOT_OURS,
                   "jvm_options": [fill(option) for option in setup.jvm],
                   "ready": _is_up}
        if mode == "distributed":
            worker = ConnectDistributed(bootstrap, _group(setup), **options)
        else:
            worker = ConnectStandalone(bootstrap, **options)
        with worker:
            yield worker.port, admin


@contextlib.contextmanager
def ours(build, bootstrap, setup, mode):
    """Yields the ports of a fresh sluiced."""
    with prepared(setup) as (fill, admin), \
            tempfile.TemporaryDirectory(prefix="sluice-rest-") as folder:
        settings = {**_CONVERTERS, **_settings(setup.worker + setup.ours, fill)}
        if mode == "distributed":
            settings = {**ConnectDistributed(bootstrap, _group(setup)).store_settings(), **settings}
        with SluiceHost(build, folder, bootstrap, settings) as worker:
            worker.launch()
            worker.wait("a worker that has started", lambda: _is_up(worker.url))
            yield worker.port, admin


@contextlib.contextmanager
def running(port):
    yield port, port


def sessions(names, mode):
    """Returns [(name, Setup, [Request])] of this kind of worker."""
    paths = sorted((HERE / "sessions").glob("*.rest"))
    chosen = [path for path in paths if not names or path.stem in names]
    if not chosen:
        sys.exit(f"no session named {', '.join(names)}; there are: "
                 f"{', '.join(path.stem for path in paths)}")
    read = [(path.stem, read_setup(path), read_session(path)) for path in chosen]
    return [one for one in read if one[1].only in ("", mode)]


def play_all(chosen, worker):
    """Plays each session against worker(setup), one for all of the same setup.

    Returns {session: [(Request, Reply)]}.
    """
    exchanges = {}
    for setup in dict.fromkeys(dataclasses.replace(one[1], only="", header=()) for one in chosen):
        with worker(setup) as ports:
            for name, own, requests in chosen:
                if dataclasses.replace(own, only="", header=()) == setup:
                    with tempfile.TemporaryDirectory(prefix="sluice-rest-") as folder:
                        exchanges[name] = play(requests, ports, pathlib.Path(folder), own.header)
    return {name: exchanges[name] for name, _, _ in chosen}


def play_apache(chosen, mode):
    with Broker() as broker:
        return play_all(chosen, lambda setup: apache(broker.bootstrap, setup, mode))


def play_sluice(chosen, mode, build):
    with Broker() as broker:
        return play_all(chosen, lambda setup: ours(build, broker.bootstrap, setup, mode))


def play_both(chosen, mode, build):
    """Returns what Apache answered and what sluiced did, which are asked at the same time."""
    with concurrent.futures.ProcessPoolExecutor(1, initializer=die_with_parent) as beside:
        our_exchanges = beside.submit(play_sluice, chosen, mode, build)
        return play_apache(chosen, mode), our_exchanges.result()


def golden_path(name, mode):
    folder = HERE / "golden" / ("distributed" if mode == "distributed" else "")
    return folder / f"{name}.txt"


def stale_golden(theirs, mode):
    """Complaints about recorded replies that Apache does not give any more."""
    complaints = []
    for name, exchanges in theirs.items():
        recorded = read_golden(golden_path(name, mode))
        for request, reply in exchanges:
            if recorded.get(request.title) != reply:
                complaints.append(f"{name}: {request.title}: golden/ is not what Apache answers, "
                                  f"{reply.status} {reply.body[:500]}; see `replay.py record`")
    return complaints


def compare(theirs, our_exchanges, all_played, mode):
    """Prints differences; returns how many complaints there are."""
    allowed = differences.read(HERE / "differences.txt", mode)
    complaints, compared = [], 0
    for name, exchanges in our_exchanges.items():
        for request, reply in exchanges:
            compared += 1
            complaint = differences.judge(allowed, name, request, theirs[name][request.title], reply)
            if complaint:
                complaints.append(complaint)
    if all_played:
        complaints += [f"differences.txt: '{entry.title}' names no request of any session"
                       for entry in allowed if not entry.used]
    for complaint in complaints:
        print(complaint, end="\n\n")
    print(f"{compared} requests compared, {len(complaints)} differ, "
          f"{sum(entry.used for entry in allowed)} differ as differences.txt allows")
    return len(complaints)


def by_title(exchanges):
    return {name: {request.title: reply for request, reply in pairs}
            for name, pairs in exchanges.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["record", "compare", "golden", "show"])
    parser.add_argument("--build", type=pathlib.Path, help="build folder with bin/ and plugins/")
    parser.add_argument("--port", type=int)
    parser.add_argument("--session", action="append", default=[])
    parser.add_argument("--mode", choices=["standalone", "distributed"], default="standalone")
    options = parser.parse_args()
    chosen = sessions(options.session, options.mode)
    if options.action == "compare" and options.build is None:
        parser.error("compare needs --build")
    if options.action == "golden" and (options.build is None) == (options.port is None):
        parser.error("golden needs either --build or --port")
    if options.action == "show" and options.port is None:
        parser.error("show needs --port")
    if options.port:
        chosen = [one for one in chosen if one[1].plain]

    if options.action == "record":
        recorded = play_apache(chosen, options.mode)
        for name, exchanges in recorded.items():
            write_golden(golden_path(name, options.mode), exchanges)
        print(f"recorded {sum(map(len, recorded.values()))} replies")
        return 0
    if options.action == "compare":
        live, our_exchanges = play_both(chosen, options.mode, options.build)
        stale = stale_golden(live, options.mode)
        print(*stale, sep="\n")
        if stale:
            return 1
        theirs = by_title(live)
    else:
        our_exchanges = (play_all(chosen, lambda _: running(options.port)) if options.port
                         else play_sluice(chosen, options.mode, options.build))
        if options.action == "show":
            for name, exchanges in our_exchanges.items():
                for request, reply in exchanges:
                    print(f"### {name}: {request.title}", *reply.lines(), sep="\n", end="\n\n")
            return 0
        theirs = {name: read_golden(golden_path(name, options.mode)) for name, _, _ in chosen}
    all_played = not options.session and not options.port
    return 1 if compare(theirs, our_exchanges, all_played, options.mode) else 0


if __name__ == "__main__":
    sys.exit(main())
