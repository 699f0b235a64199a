#!/usr/bin/python3
"""Writes tests/oracle/cases/*.jsonl from the generators in tests/oracle/generate/."""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "generate"))

import converters_json
import converters_json_schema
import converters_other
import repeats
import smt_fields
import smt_records
import smt_time
import workers

AREAS = [
    converters_json,
    converters_json_schema,
    converters_other,
    repeats,
    smt_fields,
    smt_records,
    smt_time,
    workers,
]


def cases_of(generators):
    """Every case once, in the order of its first appearance."""
    seen = {}
    for generator in generators:
        for made in generator():
            seen.setdefault(json.dumps(made, sort_keys=True), made)
    return seen.values()


def lines():
    """(file name, text) of every suite."""
    for area in AREAS:
        for suite, generators in area.SUITES.items():
            rows = [
                json.dumps(
                    {"id": f"{suite}-{number}", **made}, ensure_ascii=False, separators=(",", ":")
                )
                for number, made in enumerate(cases_of(generators), 1)
            ]
            yield suite, "".join(row + "\n" for row in rows)


def main():
    folder = HERE / "cases"
    folder.mkdir(exist_ok=True)
    total = 0
    for suite, text in lines():
        (folder / f"{suite}.jsonl").write_text(text, encoding="utf-8")
        total += text.count("\n")
        print(f"{suite}: {text.count(chr(10))}")
    print(f"{total} cases")


if __name__ == "__main__":
    main()
