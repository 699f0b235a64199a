"""Reads differences.txt: where sluiced answers otherwise than Apache's worker, on purpose.

    ### short title of the difference
    session: title of a request         (one line for each request that shows it; * at the end
                                         stands for any ending)
    apache: status /pattern/            what Apache answers: a pattern of the whole body
    ours: status /pattern/              what we answer
    only: standalone                    or distributed: the kind of worker, if not both
    reason: one line or more, up to the next title
"""

import dataclasses
import difflib
import fnmatch
import pathlib
import re

_LONG_LINE = 400


@dataclasses.dataclass
class Entry:
    title: str
    requests: list = dataclasses.field(default_factory=list)
    apache: tuple = None
    ours: tuple = None
    reason: str = ""
    only: str = ""
    used: int = 0


class DifferencesError(Exception):
    """differences.txt cannot be read; the text names file and line."""


def _side(text, where):
    found = re.fullmatch(r"(\d+) /(.*)/", text)
    if not found:
        raise DifferencesError(f"{where}: expected 'status /pattern/', found '{text}'")
    return int(found[1]), re.compile(found[2], re.DOTALL)


def read(path, mode=""):
    """Returns the list of entries, of one kind of worker if that is said."""
    entries = []
    for number, line in enumerate(pathlib.Path(path).read_text("utf-8").splitlines(), 1):
        where = f"{path}:{number}"
        if line.startswith("### "):
            entries.append(Entry(line[4:]))
        elif not line or not entries:
            continue
        elif entries[-1].reason:
            entries[-1].reason += f" {line.strip()}"
        else:
            key, _, value = line.partition(": ")
            if key in ("apache", "ours"):
                setattr(entries[-1], key, _side(value, where))
            elif key in ("only", "reason"):
                setattr(entries[-1], key, value)
            else:
                entries[-1].requests.append(line)
    for entry in entries:
        if not (entry.requests and entry.apache and entry.ours and entry.reason):
            raise DifferencesError(f"{path}: '{entry.title}' lacks a request, a side or its reason")
    return [entry for entry in entries if not mode or entry.only in ("", mode)]


def _fits(side, reply):
    status, pattern = side
    return status == reply.status and pattern.fullmatch(reply.body) is not None


def _shortened(line, other):
    """A long line as the neighbourhood of where it parts from `other`."""
    if max(len(line), len(other)) <= _LONG_LINE:
        return line
    at = next((i for i, (x, y) in enumerate(zip(line, other)) if x != y), min(len(line), len(other)))
    start, end = max(0, at - _LONG_LINE // 2), at + _LONG_LINE // 2
    return f"[{at}] …{line[start:end]}…"


def _diff(theirs, ours):
    a, b = theirs.lines(), ours.lines()
    if len(a) == len(b):
        a, b = ([_shortened(x, y) for x, y in zip(one, other)] for one, other in ((a, b), (b, a)))
    return "\n".join(difflib.unified_diff(a, b, "apache", "ours", lineterm="", n=1))


def judge(entries, session, request, theirs, ours):
    """Returns a complaint about one pair of replies, or None when they agree or may differ."""
    name = f"{session}: {request.title}"
    entry = next((entry for entry in entries
                  if any(fnmatch.fnmatchcase(name, glob) for glob in entry.requests)), None)
    if entry is None:
        return None if theirs == ours else f"{name}\n{_diff(theirs, ours)}"
    entry.used += 1
    if theirs == ours:
        return f"{name}\ndoes not differ any more; remove it from '{entry.title}'"
    for side, reply, who in ((entry.apache, theirs, "Apache"), (entry.ours, ours, "we")):
        if not _fits(side, reply):
            return f"{name}\n{who} answered otherwise than '{entry.title}' says:\n{_diff(theirs, ours)}"
    return None
