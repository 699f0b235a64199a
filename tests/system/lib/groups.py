"""Consumer groups of a real broker, as its coordinator describes them over the wire."""

import dataclasses
import struct

from system.lib.sluice_host import wait_until
from system.lib.topics import TopicError, _call, _text

_DESCRIBE_GROUPS = 15
_DESCRIBE_GROUPS_VERSION = 4
# The coordinator is loading, not available, not (yet) this broker.
_NOT_NOW = (14, 15, 16)


@dataclasses.dataclass(frozen=True)
class Member:
    member_id: str
    instance_id: str
    partitions: tuple  # of "topic-partition"


class _Reader:
    """Kafka's primitive types of the non-flexible versions, one after another."""

    def __init__(self, data):
        self._data, self._at = data, 0

    def number(self, form):
        (value,) = struct.unpack_from(">" + form, self._data, self._at)
        self._at += struct.calcsize(form)
        return value

    def raw(self, size):
        self._at += max(size, 0)
        return None if size < 0 else self._data[self._at - size:self._at]

    def text(self):
        raw = self.raw(self.number("h"))
        return None if raw is None else raw.decode()

    def blob(self):
        return self.raw(self.number("i")) or b""


def _partitions(assignment):
    """Of a consumer's assignment; empty while the group rebalances."""
    if not assignment:
        return ()
    reader = _Reader(assignment)
    reader.number("h")
    found = []
    for _ in range(reader.number("i")):
        topic = reader.text()
        found += [f"{topic}-{reader.number('i')}" for _ in range(reader.number("i"))]
    return tuple(sorted(found))


@dataclasses.dataclass(frozen=True)
class WorkerGroup:
    """A group of Connect workers: its state, the leader's REST address, and each one's by member id."""
    state: str
    leader_url: str
    urls: dict


def _described(bootstrap, group):
    """A reader behind the group's id. Every broker of a cluster of one coordinates."""
    body = struct.pack(">i", 1) + _text(group) + struct.pack(">?", False)

    def ask():
        reader = _Reader(_call(bootstrap, _DESCRIBE_GROUPS, _DESCRIBE_GROUPS_VERSION, body))
        reader.number("i")  # throttle time
        reader.number("i")  # one group
        error = reader.number("h")
        if error in _NOT_NOW:
            return None
        if error != 0:
            raise TopicError(f"describing group {group}: error code {error}")
        return reader
    reader = wait_until(f"the coordinator of group {group}", ask)
    reader.text()
    return reader


def worker_group(bootstrap, group):
    """As its coordinator and the leader's last assignment have it (contract 7.2)."""
    reader = _described(bootstrap, group)
    state = reader.text()
    reader.text(), reader.text()  # protocol type, protocol
    urls, leader_url = {}, None
    for _ in range(reader.number("i")):
        member_id = reader.text()
        for _ in range(3):  # instance id, client id, client host
            reader.text()
        metadata, assignment = _Reader(reader.blob()), _Reader(reader.blob())
        try:
            metadata.number("h")
            urls[member_id] = metadata.text()
            assignment.number("h"), assignment.number("h"), assignment.text()
            leader_url = assignment.text()
        except struct.error:
            pass  # a member has none of these while the group rebalances
    return WorkerGroup(state, leader_url, urls)


def members(bootstrap, group):
    """The group's members by their static names."""
    reader = _described(bootstrap, group)
    for _ in range(3):  # state, protocol type, protocol
        reader.text()
    found = {}
    for _ in range(reader.number("i")):
        member_id, instance_id = reader.text(), reader.text()
        reader.text()  # client id
        reader.text()  # client host
        reader.blob()  # metadata
        found[instance_id] = Member(member_id, instance_id, _partitions(reader.blob()))
    return found
