#!/usr/bin/python3
"""Compares what `sluice try --cases` makes of tests/oracle/cases with the worker's answers.

    compare.py SLUICE [SUITE ...]   all suites, or some; exit status 1 if anything differs

Lines must be equal byte for byte, but for two things, which are counted: a floating-point number
that the oracle's JDK prints with more digits than needed is compared by its value, and the
differences that differences.txt lists must differ. Each entry there is a row of
docs/differences.md.
"""

import argparse
import fnmatch
import json
import pathlib
import re
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
NUMBER = re.compile(r"-?\d+\.\d+(?:E-?\d+)?")
# The text of a byte array is an address in Java.
BYTES_TEXT = re.compile(r"\[B@[0-9a-f]{1,8}(?![0-9A-Za-z])")

# Texts of the oracle's that stand for ours: rows of docs/differences.md.
LISTED_TEXTS = [
    ("java.util.LinkedHashMap", "java.util.HashMap"),
    ("org.apache.kafka.connect.data.SchemaBuilder@HASH", "Schema{MAP}"),
]


def as_float32(text):
    try:
        return struct.pack(">f", float(text))
    except OverflowError:
        return None


def same_number(ours, theirs):
    """Equal as doubles or as floats, and ours is not the longer one."""
    same = float(ours) == float(theirs) or as_float32(ours) == as_float32(theirs) is not None
    return same and len(ours) <= len(theirs)


def same_but_digits(ours, theirs):
    if NUMBER.sub("", ours) != NUMBER.sub("", theirs):
        return False
    return all(map(same_number, NUMBER.findall(ours), NUMBER.findall(theirs)))


def verdict(ours, theirs):
    """`same`, `digits` or `differs`."""
    ours = BYTES_TEXT.sub("[B@HASH", ours)
    if ours == theirs:
        return "same"
    return "digits" if same_but_digits(ours, theirs) else "differs"


def lines_of(text):
    return text.removesuffix("\n").split("\n")


def in_our_words(theirs):
    for text, ours in LISTED_TEXTS:
        theirs = theirs.replace(text, ours)
    return theirs


def run_sluice(sluice, cases):
    done = subprocess.run([sluice, "try", "--cases", cases], stdout=subprocess.PIPE, check=True)
    return lines_of(done.stdout.decode())


def known_differences():
    """(pattern of ids, row of docs/differences.md) of differences.txt."""
    known = []
    for line in (HERE / "differences.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, row = line.split(" ", 1)
            known.append((pattern, row.strip()))
    return known


def undocumented(known):
    """Entries without a row in docs/differences.md."""
    rows = (HERE.parent.parent / "docs" / "differences.md").read_text()
    return sorted({row for _, row in known if f"| {row} |" not in rows})


class Comparison:
    def __init__(self, known):
        self._known = known
        self.counts = {"same": 0, "digits": 0, "listed": 0, "differs": 0, "stale": 0}
        self.faults = []

    def add(self, case, ours, theirs):
        name = json.loads(case)["id"]
        listed = [row for pattern, row in self._known if fnmatch.fnmatchcase(name, pattern)]
        found = verdict(ours, theirs)
        if listed:
            found = "listed" if found == "differs" else "stale"
        elif found == "differs" and verdict(ours, in_our_words(theirs)) != "differs":
            found = "listed"
        self.counts[found] += 1
        if found in ("differs", "stale"):
            self.faults.append((name, found, case, ours, theirs))

    def add_file(self, cases, ours, theirs):
        lines = lines_of(cases.read_text())
        theirs = lines_of(theirs.read_text())
        if not len(lines) == len(ours) == len(theirs):
            raise SystemExit(
                f"{cases}: {len(lines)} cases, {len(ours)} results, {len(theirs)} answers"
            )
        for case, mine, answer in zip(lines, ours, theirs):
            self.add(case, mine, answer)

    def summary(self):
        return ", ".join(f"{count} {what}" for what, count in self.counts.items() if count)

    def print_faults(self, limit):
        for name, found, case, ours, theirs in self.faults[:limit]:
            print(f"{name}: {found}\n  case   {case}\n  sluice {ours}\n  oracle {theirs}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sluice")
    parser.add_argument("suites", nargs="*")
    parser.add_argument("--limit", type=int, default=20, help="how many differences to show")
    options = parser.parse_args()
    known = known_differences()
    missing = undocumented(known)
    total = Comparison(known)
    for cases in sorted((HERE / "cases").glob("*.jsonl")):
        suite = cases.name.removesuffix(".jsonl")
        if suite.endswith(".golden") or (options.suites and suite not in options.suites):
            continue
        part = Comparison(known)
        part.add_file(cases, run_sluice(options.sluice, cases), cases.with_suffix(".golden.jsonl"))
        print(f"{suite}: {part.summary()}")
        for what, count in part.counts.items():
            total.counts[what] += count
        total.faults += part.faults
    total.print_faults(options.limit)
    print(f"all: {total.summary()}")
    for row in missing:
        print(f"docs/differences.md has no row '{row}'")
    sys.exit(1 if total.faults or missing or not total.counts["same"] else 0)


if __name__ == "__main__":
    main()
