"""The REST session files and the recorded replies: both plain text, read and written here.

A session is a list of requests, in order, against a worker that knows no connector. Before the first
one may stand what the session needs of that worker; sessions with the same needs share it:

    @worker topic.tracking.enable=false    a worker key, one per line
    @only standalone                       or distributed: the kind of worker, if not both
    @jvm -Dname=value                      for the JVM of Apache's worker
    @ours key=value                        a worker key of sluiced alone
    @file users.properties ann=secret\n    a file in ${setup}, with Python's escapes
    @header Vary                           a header that is compared too

${setup} is a folder of that worker, ${admin} a free port, in all of these. The requests:

    ### title of the request, unique in its file
    # comment
    > file in.txt one\\ntwo\\n          before the request: writes ${dir}/in.txt
    > append in.txt three\\n            before the request: appends to it
    > admin                            goes to port ${admin}
    > until "state":"FAILED"           repeats the request until its reply matches this pattern
    > body \\xff\\xfe                    the body, with Python's escapes, instead of plain text
    PUT /connectors/c/config
    Content-Type: text/plain           replaces the default application/json; `-` sends none

    {"body": "everything up to the next title, without the last line's end"}

${dir} is a fresh folder. Recorded replies (golden/) repeat title and request line, then status,
the headers that are compared, and the body as it came but for normalise.py's rules.
"""

import dataclasses
import pathlib
import re

COMPARED_HEADERS = ("Content-Type", "Location", "Allow")


class SessionError(Exception):
    """A session or golden file that cannot be read; the text names file and line."""


@dataclasses.dataclass
class Request:
    """One request of a session, with ${dir} not yet filled in."""
    title: str
    method: str = ""
    path: str = ""
    headers: dict = dataclasses.field(default_factory=dict)
    body: bytes = None
    until: str = None
    admin: bool = False
    files: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Reply:
    """What a server answered, normalised."""
    status: int
    headers: dict
    body: str

    def lines(self):
        heads = [f"{name}: {value}" for name, value in self.headers.items()]
        return [str(self.status), *heads, "", *self.body.split("\n")]


def _directive(request, line, where):
    verb, _, rest = line[1:].strip().partition(" ")
    if verb in ("file", "append"):
        name, _, text = rest.partition(" ")
        request.files.append((verb, name, _unescape(text)))
    elif verb == "admin":
        request.admin = True
    elif verb == "until":
        re.compile(rest)
        request.until = rest
    elif verb == "body":
        request.body = _unescape(rest)
    else:
        raise SessionError(f"{where}: unknown directive '{verb}'")


def _unescape(text):
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")


def _parse_request(title, lines, path):
    """`lines` are (number, text) from the line after the title up to the next title."""
    request = Request(title)
    rest = iter(lines)
    for number, line in rest:
        where = f"{path}:{number}"
        if not line and request.method:
            break
        if not line or line.startswith("#"):
            continue
        if line.startswith(">"):
            _directive(request, line, where)
        elif not request.method:
            request.method, _, request.path = line.partition(" ")
        else:
            name, colon, value = line.partition(":")
            if not colon:
                raise SessionError(f"{where}: expected 'Header: value', found '{line}'")
            request.headers[name] = value.strip()
    body = "\n".join(line for _, line in rest).strip("\n")
    if body:
        request.body = body.encode()
    if not request.method or not request.path:
        raise SessionError(f"{path}: '{title}' has no request line")
    return request


def _sections(path):
    """Yields (title, [(line number, line)]) of a file with ### titles."""
    title, lines = None, []
    for number, line in enumerate(path.read_text("utf-8").split("\n")[:-1], 1):
        if line.startswith("### "):
            if title is not None:
                yield title, lines
            title, lines = line[4:].strip(), []
        elif title is not None:
            lines.append((number, line))
    if title is not None:
        yield title, lines


def read_session(path):
    path = pathlib.Path(path)
    requests = [_parse_request(title, lines, path) for title, lines in _sections(path)]
    titles = [request.title for request in requests]
    twice = {title for title in titles if titles.count(title) > 1}
    if twice:
        raise SessionError(f"{path}: titles used twice: {sorted(twice)}")
    return requests


@dataclasses.dataclass(frozen=True)
class Setup:
    """What a session needs of its worker."""
    only: str = ""
    worker: tuple = ()
    ours: tuple = ()
    jvm: tuple = ()
    files: tuple = ()
    header: tuple = ()

    @property
    def plain(self):
        """True when any worker will do."""
        return not (self.worker or self.ours or self.jvm or self.files)


def read_setup(path):
    found = {field.name: [] for field in dataclasses.fields(Setup)}
    for number, line in enumerate(pathlib.Path(path).read_text("utf-8").splitlines(), 1):
        if line.startswith("### "):
            break
        if not line.startswith("@"):
            continue
        verb, _, rest = line[1:].partition(" ")
        if verb == "file":
            name, _, text = rest.partition(" ")
            found["files"].append((name, _unescape(text).decode("latin-1")))
        elif verb in ("worker", "ours", "jvm", "header", "only"):
            found[verb].append(rest.strip())
        else:
            raise SessionError(f"{path}:{number}: unknown '@{verb}'")
    only = found.pop("only")
    return Setup(only=only[0] if only else "", **{name: tuple(v) for name, v in found.items()})


def write_golden(path, exchanges):
    """`exchanges` are (Request, Reply)."""
    with open(path, "w", encoding="utf-8") as out:
        for request, reply in exchanges:
            text = "\n".join(reply.lines())
            out.write(f"### {request.title}\n{request.method} {request.path}\n{text}\n\n")


def read_golden(path):
    """Returns {title: Reply}."""
    replies = {}
    for title, numbered in _sections(pathlib.Path(path)):
        lines = [line for _, line in numbered]
        end_of_head = lines.index("")
        headers = dict(line.split(": ", 1) for line in lines[2:end_of_head])
        replies[title] = Reply(int(lines[1]), headers, "\n".join(lines[end_of_head + 1:-1]))
    return replies
