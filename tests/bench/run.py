"""`./dev bench`: all figures of docs/benchmarks.md in one run, against a broker of its own.

Usage: run.py <build directory> [--only paths|contest|light|failover|scale] [--runs N] [--no-peer]
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import contest
import failover
import light
import paths
import scale
from kafka.broker import Broker
from measure import Report


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", choices=["paths", "contest", "light", "failover", "scale"])
    parser.add_argument("--runs", type=int, default=5, help="pairs per ratio (default 5)")
    parser.add_argument("--streams", type=int, default=failover.STREAMS,
                        help="of the failover: half as many as its tasks")
    parser.add_argument("--no-peer", action="store_true", help="leave out Apache Kafka Connect")
    options = parser.parse_args()
    build = options.build.resolve()
    report = Report()
    # A broker that gets no processor for seconds must not be taken for dead by itself.
    with Broker(extra={"log.segment.bytes": 1 << 30, "broker.session.timeout.ms": 30_000}) as broker:
        if options.only in (None, "light"):
            light.run(report, build, broker.bootstrap)
        if options.only in (None, "paths"):
            paths.run(report, build, broker.bootstrap, options.runs)
        if options.only == "contest" or (options.only is None and not options.no_peer):
            contest.run(report, build, broker.bootstrap, max(1, options.runs // 2))
        if options.only in (None, "scale"):
            scale.run(report, build, broker.bootstrap)
        if options.only in (None, "failover"):
            failover.run(report, build, broker.bootstrap, 4 * options.runs, options.streams)
    report.show()


if __name__ == "__main__":
    main()
