"""Checks the house of docs/architecture.md against the sources: floors, third parties, sizes.

Usage: check_house.py <repository>. Prints one line per violation; exit 1 if there are any.
"""

import pathlib
import re
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
SOURCES = {".h", ".hpp", ".cpp", ".c"}
# Prefixes of third-party headers; what matches none of them is the standard library or the system.
# What a room may include besides its own row: fmt formats messages everywhere.
EVERYWHERE = ("fmt/",)
THIRD_PARTY = ("fmt/", "tl/", "spdlog/", "rapidjson/", "pcre2", "sluice/", "librdkafka/", "dlfcn.h",
               "httplib.h", "openssl/", "sasl/", "boost/", "CLI/", "gtest/", "gmock/")
SOFT, HARD = 400, 600
# File names in documents that say which file does what.
NAMED_FILE = re.compile(r"`([\w./-]+\.(?:h|hpp|cpp|c|cmake|py|txt|md|cases|rest|properties))`")
TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "config", "dev", "docs",
             "examples", "host", "plugins", "sdk", "tests"}


def read_house(path):
    floors, allowed, edges = {}, {}, set()
    for line in path.read_text().splitlines():
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        if words[0] == "edge":
            edges.add((words[1], words[2]))
        else:
            floors[words[1]] = int(words[0])
            allowed[words[1]] = tuple(words[2:])
    return floors, allowed, edges


def tracked(repo):
    out = subprocess.run(["git", "-C", str(repo), "ls-files", "-z", "--cached", "--others",
                          "--exclude-standard"], capture_output=True, check=True).stdout.decode()
    return [p for p in out.split("\0") if p and (repo / p).is_file()]


def check_host(path, text, house, fail):
    floors, allowed, edges = house
    parts = path.split("/")
    if len(parts) < 3:
        return
    room = parts[1]
    if room not in floors:
        fail(path, f"room {room} is not in tests/architecture/house.txt")
        return
    for quote, header in INCLUDE.findall(text):
        if header.startswith("host/"):
            other = header.split("/")[1]
            if other == room or (room, other) in edges:
                continue
            if other not in floors:
                fail(path, f"includes {header}: no such room")
            elif floors[other] >= floors[room]:
                fail(path, f"includes {header}: floor {floors[other]} is not below {floors[room]}")
        elif quote == '"':
            fail(path, f'includes "{header}": write the path from the root, "host/{room}/…"')
        elif header.startswith(THIRD_PARTY) and not header.startswith(allowed[room] + EVERYWHERE):
            if not (header.startswith("tl/") and room == "base"):
                fail(path, f"includes <{header}>: not a third party of room {room}")


def check_outside(path, text, fail):
    top = path.split("/")[0]
    for _, header in INCLUDE.findall(text):
        if top in ("sdk", "plugins", "examples") and header.startswith("host/"):
            fail(path, f"includes {header}: {top}/ knows nothing of the host")
        # dlfcn.h is the C library's; the fake host of sluice/testing.hpp loads plugins with it.
        own = ("sluice/", "dlfcn.h")
        if top == "sdk" and header.startswith(THIRD_PARTY) and not header.startswith(own):
            fail(path, f"includes <{header}>: the SDK has no third party")


def check_size(path, lines, fail):
    if lines > HARD:
        fail(path, f"{lines} lines, more than {HARD}")


def check_rooms(repo, floors, fail):
    for room in floors:
        folder = repo / "host" / room
        if not folder.is_dir():
            continue
        readme = folder / "README.md"
        if not readme.is_file():
            fail(f"host/{room}", "has no README.md")
        elif len(readme.read_text().splitlines()) > 30:
            fail(f"host/{room}/README.md", "is longer than 30 lines")


def speaks_of_files(path):
    return path == "docs/architecture.md" or path.endswith("README.md")


def check_named_files(repo, path, text, files, fail):
    """A named file is given from the root, or by its last parts where the document is at home."""
    at_home = ("host/", "plugins/") if path.startswith("docs/") else path.removesuffix("README.md")
    for name in sorted(set(NAMED_FILE.findall(text))):
        if (repo / name).exists():
            continue
        if not any(f.startswith(at_home) and f"/{f}".endswith("/" + name) for f in files):
            fail(path, f"names {name}, which does not exist")


def check_repository(repo):
    problems = []

    def fail(path, text):
        problems.append(f"{path}: {text}")

    house = read_house(repo / "tests/architecture/house.txt")
    files = tracked(repo)
    for path in files:
        top = path.split("/")[0]
        if top not in TOP_LEVEL and not top.startswith("."):
            fail(path, "does not belong at the top level")
        if speaks_of_files(path):
            check_named_files(repo, path, (repo / path).read_text(), files, fail)
        if pathlib.PurePath(path).suffix not in SOURCES:
            continue
        text = (repo / path).read_text(errors="replace")
        check_size(path, text.count("\n"), fail)
        if top == "host":
            check_host(path, text, house, fail)
        elif top in ("sdk", "plugins", "examples"):
            check_outside(path, text, fail)
    check_rooms(repo, house[0], fail)
    return problems


def report(check):
    """Prints what `check` finds in the repository of the command line; the exit status."""
    problems = check(pathlib.Path(sys.argv[1]).resolve())
    for problem in problems:
        print(problem)
    print(f"{len(problems)} violations")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(report(check_repository))
