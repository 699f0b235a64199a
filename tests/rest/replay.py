#!/usr/bin/python3
"""Replays the REST sessions against Apache Kafka Connect 4.3.0 and against sluiced.

    replay.py record                    Apache's replies into golden/ (they come from nowhere else)
    replay.py compare --build DIR       both run live; golden/ must still be what Apache says
    replay.py golden --build DIR        sluiced against golden/, without a Java worker
    replay.py golden --port PORT        the same for a worker that runs and knows no connector
    replay.py show --port PORT          plays against any worker and prints its replies

Sessions may be named (`--session 20-life-of-a-source`); without, all are played, in order.
Replies are compared by status, Content-Type, Location, Allow and body, after normalise.py's rules.
What may differ stands in differences.txt, each with its reason; an entry that no longer differs is
an error, so the list stays true.
"""

import argparse
import contextlib
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from kafka.broker import Broker
from kafka.connect import ConnectStandalone
from rest import differences
from rest.client import play
from rest.session import read_golden, read_session, write_golden
from system.lib.sluice_host import SluiceHost

# MirrorMaker is not part of this host; the oracle runs without it, as a worker may.
_NOT_OURS = ("connect-mirror-",)


@contextlib.contextmanager
def apache():
    """Yields the port of a fresh Java worker with a broker of its own."""
    with Broker() as broker, ConnectStandalone(broker.bootstrap, without_jars=_NOT_OURS) as worker:
        yield worker.port


@contextlib.contextmanager
def ours(build):
    """Yields the port of a fresh sluiced with a broker of its own."""
    settings = {"key.converter": "org.apache.kafka.connect.json.JsonConverter",
                "value.converter": "org.apache.kafka.connect.json.JsonConverter",
                "offset.flush.interval.ms": 1000}
    with Broker() as broker, tempfile.TemporaryDirectory(prefix="sluice-rest-") as folder, \
            SluiceHost(build, folder, broker.bootstrap, settings) as worker:
        yield worker.start().port


@contextlib.contextmanager
def running(port):
    yield port


def sessions(names):
    paths = sorted((HERE / "sessions").glob("*.rest"))
    chosen = [path for path in paths if not names or path.stem in names]
    if not chosen:
        sys.exit(f"no session named {', '.join(names)}; there are: "
                 f"{', '.join(path.stem for path in paths)}")
    return [(path.stem, read_session(path)) for path in chosen]


def play_all(chosen, port):
    """Returns {session: [(Request, Reply)]}."""
    exchanges = {}
    for name, requests in chosen:
        with tempfile.TemporaryDirectory(prefix="sluice-rest-") as folder:
            exchanges[name] = play(requests, port, pathlib.Path(folder))
    return exchanges


def golden_path(name):
    return HERE / "golden" / f"{name}.txt"


def stale_golden(theirs):
    """Complaints about recorded replies that Apache does not give any more."""
    complaints = []
    for name, exchanges in theirs.items():
        recorded = read_golden(golden_path(name))
        for request, reply in exchanges:
            if recorded.get(request.title) != reply:
                complaints.append(f"{name}: {request.title}: golden/ is not what Apache answers; "
                                  "see `replay.py record`")
    return complaints


def compare(theirs, our_exchanges, all_played):
    """Prints differences; returns how many complaints there are."""
    allowed = differences.read(HERE / "differences.txt")
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
    options = parser.parse_args()
    chosen = sessions(options.session)
    if options.action == "compare" and options.build is None:
        parser.error("compare needs --build")
    if options.action == "golden" and (options.build is None) == (options.port is None):
        parser.error("golden needs either --build or --port")
    if options.action == "show" and options.port is None:
        parser.error("show needs --port")

    if options.action == "show":
        for name, exchanges in play_all(chosen, options.port).items():
            for request, reply in exchanges:
                print(f"### {name}: {request.title}", *reply.lines(), sep="\n", end="\n\n")
        return 0
    if options.action == "golden":
        theirs = {name: read_golden(golden_path(name)) for name, _ in chosen}
    else:
        with apache() as port:
            live = play_all(chosen, port)
        if options.action == "record":
            for name, exchanges in live.items():
                write_golden(golden_path(name), exchanges)
            print(f"recorded {sum(map(len, live.values()))} replies")
            return 0
        stale = stale_golden(live)
        print(*stale, sep="\n")
        if stale:
            return 1
        theirs = by_title(live)
    with running(options.port) if options.port else ours(options.build) as port:
        return 1 if compare(theirs, play_all(chosen, port), not options.session) else 0


if __name__ == "__main__":
    sys.exit(main())
