#!/usr/bin/python3
"""Runs files.cases: bad worker and connector files against the program that reads them.

Usage: files.py <build directory> [PATTERN]
"""

import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kafka.jvm import free_ports

CASES = pathlib.Path(__file__).with_name("files.cases")
GOOD = """bootstrap.servers=localhost:9092
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
offset.storage.file.filename=offsets
"""


class Case:
    def __init__(self, title):
        self.title = title
        self.files = {}
        self.arguments, self.status, self.expected = None, None, []

    def take(self, line):
        """One line of the case file."""
        if line.startswith("--- file "):
            self._lines = self.files.setdefault(line[9:], [])
        elif line.startswith("--- sluiced "):
            command, _, status = line[12:].rpartition(" => ")
            self.arguments, self.status, self._lines = command.split(), int(status), self.expected
        elif line.strip():
            self._lines.append(line)

    def write(self, folder):
        for name, lines in self.files.items():
            text = "".join(GOOD if line == "%good" else line + "\n" for line in lines)
            raw = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())
            (folder / name).write_bytes(raw)

    def problems(self, status, output):
        found = [] if status == self.status else [f"exit status {status}, not {self.status}"]
        rest = iter(output.splitlines())
        for wanted in self.expected:
            pattern = wanted[1:-1] if wanted.startswith("/") else None
            if not any(re.fullmatch(pattern, line) if pattern else wanted in line for line in rest):
                found.append(f"no line `{wanted}`")
        return found

    def run(self, program):
        with tempfile.TemporaryDirectory(prefix="sluice-badinput-") as name:
            self.write(pathlib.Path(name))
            # Workers that get so far as to listen do it where nobody else does.
            if "--dev" in self.arguments and "--config" not in self.arguments:
                pathlib.Path(name, "dev").write_text(f"listeners=http://127.0.0.1:{free_ports(1)[0]}\n")
                self.arguments += ["--config", "dev"]
            done = subprocess.run([program, *self.arguments], cwd=name, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                                  check=False)
            output = done.stdout.decode(errors="replace")
            problems = self.problems(done.returncode, output)
            return [*problems, *output.splitlines()[-8:]] if problems else []


def read_cases():
    cases = []
    for line in CASES.read_text().splitlines():
        if line.startswith("=== "):
            cases.append(Case(line[4:]))
        elif cases:
            cases[-1].take(line)
    return cases


def main():
    program = pathlib.Path(sys.argv[1]).resolve() / "bin/sluiced"
    cases = [case for case in read_cases() if len(sys.argv) < 3 or re.search(sys.argv[2], case.title)]
    failed = 0
    for case in cases:
        problems = case.run(program)
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok    '} {case.title}")
        for problem in problems:
            print(f"         {problem}")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
