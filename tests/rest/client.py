"""Plays a session against one server and returns what it answered."""

import http.client
import re
import time

from rest.normalise import normalise, normalise_headers
from rest.session import COMPARED_HEADERS, Reply

_PATIENCE_SECONDS = 30
# Apache's worker of a cluster says so while work moves, whatever was asked, and does nothing then.
_NOT_NOW = "Request cannot be completed because a rebalance is expected"


class NeverMatched(Exception):
    """A request whose reply did not come to match its `> until`, or that was put off all the time."""


def _prepare_files(request, folder):
    for verb, name, content in request.files:
        with open(folder / name, "wb" if verb == "file" else "ab") as out:
            out.write(content)


def _send(request, port, folder, more_headers):
    path = request.path.replace("${dir}", str(folder))
    body = request.body
    headers = {"Accept": "application/json"}
    if body is not None:
        body = body.replace(b"${dir}", str(folder).encode())
        headers["Content-Type"] = "application/json"
    headers.update(request.headers)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=100)
    try:
        connection.putrequest(request.method, path, skip_accept_encoding=True)
        if body is not None or request.method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body or b"")))
        for name, value in headers.items():
            if value != "-":
                connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "backslashreplace")
        kept = {name: answer.headers[name] for name in (*COMPARED_HEADERS, *more_headers)
                if name in answer.headers}
        return answer.status, kept, text
    finally:
        connection.close()


def play_request(request, port, folder, more_headers=()):
    """Sends one request, again where it is put off or says `> until`; the last reply is returned."""
    _prepare_files(request, folder)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        status, headers, text = _send(request, port, folder, more_headers)
        if _NOT_NOW not in text and re.search(request.until or "", text):
            return Reply(status, normalise_headers(headers, port, folder),
                         normalise(text, port, folder))
        if time.monotonic() > deadline:
            raise NeverMatched(f"'{request.title}' never matched /{request.until or ''}/ in "
                               f"{_PATIENCE_SECONDS} s; the last reply was {status} {text[:2000]}")
        time.sleep(0.05)


def play(requests, ports, folder, more_headers=()):
    """Plays a whole session against (port, admin port); returns [(Request, Reply)]."""
    port, admin = ports
    return [(request, play_request(request, admin if request.admin else port, folder,
                                   more_headers)) for request in requests]
