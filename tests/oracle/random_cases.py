#!/usr/bin/python3
"""Compares Sluice with the released worker on random cases.

    random_cases.py SLUICE [--mutated] [--seed N] [--count N] [--keep FOLDER]

Configurations and records are drawn from everything that the generators of cases/ know, most of them
valid, some broken; with --mutated they are those of cases/, damaged. The seed is printed; the same
seed gives the same cases.
"""

import argparse
import json
import pathlib
import random
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "generate"))

import compare
import oracle
import random_parts
from mutations import Mutations


def write_cases(path, draw, seed, count):
    rng = random.Random(seed)
    with open(path, "w", encoding="utf-8") as file:
        for number in range(1, count + 1):
            made = {"id": f"random-{seed}-{number}", **draw(rng)}
            file.write(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sluice")
    parser.add_argument("--mutated", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50000)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for cases and results")
    parser.add_argument("--limit", type=int, default=20, help="how many differences to show")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        cases, answers = folder / "cases.jsonl", folder / "answers.jsonl"
        draw = random_parts.case
        if options.mutated:
            draw = Mutations([path for path, _ in oracle.suites()]).case
        write_cases(cases, draw, options.seed, options.count)
        oracle.evaluate([(cases, answers)])
        result = compare.Comparison([])
        result.add_file(cases, compare.run_sluice(options.sluice, cases), answers)
    result.print_faults(options.limit)
    print(f"seed {options.seed}, {options.count} random cases: {result.summary()}")
    sys.exit(1 if result.faults else 0)


if __name__ == "__main__":
    main()
