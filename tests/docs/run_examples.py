#!/usr/bin/python3
"""Runs the examples of documentation pages and compares what they print.

    run_examples.py --build DIR PAGE...

An example is a block of `sh` followed by a block of `text`, with nothing between them. Each runs in an
empty folder with the build's programs first in PATH; standard output must be the text, exactly.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

EXAMPLE = re.compile(r"^```sh\n(.*?)^```\n\n^```text\n(.*?)^```$", re.M | re.S)
SECONDS = 60


def run(script, bin_folder):
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "TZ": "UTC"}
    with tempfile.TemporaryDirectory(prefix="sluice-docs-") as folder:
        return subprocess.run(["bash", "-c", script], cwd=folder, env=environment, text=True,
                              capture_output=True, timeout=SECONDS, check=False)


def check(page, bin_folder):
    """Returns how many examples the page has, and complaints about them."""
    examples = EXAMPLE.findall(page.read_text(encoding="utf-8"))
    complaints = []
    for number, (script, expected) in enumerate(examples, 1):
        done = run(script, bin_folder)
        if done.stdout != expected:
            complaints.append(f"{page}: example {number} prints\n{done.stdout}{done.stderr}"
                              f"but the page says\n{expected}")
    return len(examples), complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("pages", type=pathlib.Path, nargs="+")
    options = parser.parse_args()
    total, complaints = 0, []
    for page in options.pages:
        count, found = check(page, options.build.resolve() / "bin")
        if count == 0:
            complaints.append(f"{page}: has no example")
        total += count
        complaints += found
    print(*complaints, sep="\n\n")
    print(f"{total} examples run, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
