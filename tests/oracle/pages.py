#!/usr/bin/python3
"""Runs the scripts of documentation pages and compares what they print with what the page shows.

    pages.py FOLDER_OF_PROGRAMS PAGE...

The ```sh blocks of a page are run in one folder; a ```text block behind one is what it must
print, where a line `…` stands for anything.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.M | re.S)


def scripts_of(page):
    found = BLOCK.findall(page.read_text())
    for index, (kind, text) in enumerate(found):
        if kind == "sh":
            follows = found[index + 1] if index + 1 < len(found) else ("", "")
            yield text, follows[1] if follows[0] == "text" else None


def matches(shown, printed):
    parts = [re.escape(part) for part in shown.split("…\n")]
    return re.fullmatch("(?:.*\n)*".join(parts), printed) is not None


def run_page(page, programs):
    """The number of scripts; SystemExit at the first that prints something else."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PATH": f"{programs}:{os.environ['PATH']}"}
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for script, shown in scripts_of(page):
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder,
                                  env=environment, text=True, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
            if done.returncode != 0:
                sys.exit(f"{page}:\n{script}\nexit status {done.returncode}\n{done.stdout}")
            if shown is not None and not matches(shown, done.stdout):
                sys.exit(f"{page}:\n{script}\nprinted\n{done.stdout}\nexpected\n{shown}")
            count += 1
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("pages", type=pathlib.Path, nargs="+")
    options = parser.parse_args()
    for page in options.pages:
        count = run_page(page, options.programs.resolve())
        if count == 0:
            sys.exit(f"{page} has no script: is it read rightly?")
        print(f"{page}: {count} scripts print what the page shows")


if __name__ == "__main__":
    main()
