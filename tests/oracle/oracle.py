#!/usr/bin/python3
"""Asks Apache Kafka Connect's own jars what becomes of cases.

    oracle.py goldens            evaluates every cases/*.jsonl into its *.golden.jsonl
    oracle.py run CASES RESULTS  evaluates one file

As a module: evaluate().
"""

import argparse
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from kafka.jvm import kafka_home

MAIN = "org.apache.kafka.connect.runtime.WorkerCases"
# What the cases' format promises: UTC, en_US.
JVM = [
    "-Duser.timezone=UTC",
    "-Duser.language=en",
    "-Duser.country=US",
    "-Dfile.encoding=UTF-8",
    "-Dlog4j2.level=OFF",
    "-Xss4m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
]


def class_path():
    """Compiles the program once per content and returns its class path."""
    sources = sorted((HERE / "worker").glob("*.java"))
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    classes = kafka_home() / f"oracle-{key}"
    libs = f"{kafka_home()}/libs/*"
    if not classes.exists():
        with tempfile.TemporaryDirectory(dir=kafka_home()) as folder:
            made = pathlib.Path(folder) / "classes"
            subprocess.run(
                [
                    "javac",
                    "-nowarn",
                    "-XDsuppressNotes",
                    "-proc:none",
                    "-d",
                    made,
                    "-cp",
                    libs,
                    *sources,
                ],
                check=True,
            )
            try:
                os.rename(made, classes)
            except OSError:  # somebody else was quicker
                if not classes.exists():
                    raise
    return f"{libs}:{classes}"


def evaluate(pairs):
    """Evaluates (cases, results) pairs of files, in one JVM."""
    arguments = [str(path) for pair in pairs for path in pair]
    subprocess.run(
        ["java", *JVM, "-cp", class_path(), MAIN, str(kafka_home() / "plugins"), *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
    )


def suites():
    """(cases, goldens) of every suite."""
    return [
        (path, path.with_suffix(".golden.jsonl"))
        for path in sorted((HERE / "cases").glob("*.jsonl"))
        if not path.name.endswith(".golden.jsonl")
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("goldens", help="all of cases/")
    run = actions.add_parser("run", help="one file")
    run.add_argument("cases", type=pathlib.Path)
    run.add_argument("results", type=pathlib.Path)
    options = parser.parse_args()
    evaluate(suites() if options.action == "goldens" else [(options.cases, options.results)])


if __name__ == "__main__":
    main()
