"""Topics of a real broker: created over the wire, dumped through kcat."""

import socket
import struct
import subprocess

_CREATE_TOPICS = 19
_CREATE_TOPICS_VERSION = 4
_TOPIC_EXISTS = 36
_TIMEOUT_MS = 30_000


class TopicError(Exception):
    """The broker or kcat refused; the text says what was asked and what came back."""


def _text(value):
    raw = value.encode()
    return struct.pack(">h", len(raw)) + raw


def _call(bootstrap, key, version, body):
    """One request; returns the response's body."""
    host, port = bootstrap.rsplit(":", 1)
    header = struct.pack(">hhi", key, version, 1) + _text("sluice-tests")
    with socket.create_connection((host, int(port)), timeout=_TIMEOUT_MS / 1000) as connection:
        connection.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
        with connection.makefile("rb") as reader:
            (size,) = struct.unpack(">i", reader.read(4))
            return reader.read(size)[4:]


def create(bootstrap, topic, partitions=1, config=None):
    """Creates the topic on a one-broker cluster; one that exists already is an error."""
    entries = b"".join(_text(key) + _text(str(value)) for key, value in (config or {}).items())
    body = (struct.pack(">i", 1) + _text(topic) + struct.pack(">ihi", partitions, 1, 0)
            + struct.pack(">i", len(config or {})) + entries
            + struct.pack(">i?", _TIMEOUT_MS, False))
    reply = _call(bootstrap, _CREATE_TOPICS, _CREATE_TOPICS_VERSION, body)
    # throttle_time_ms, one topic: name, error_code, error_message
    (name_size,) = struct.unpack_from(">h", reply, 8)
    (code,) = struct.unpack_from(">h", reply, 10 + name_size)
    if code != 0:
        why = "it exists already" if code == _TOPIC_EXISTS else f"error code {code}"
        raise TopicError(f"creating topic {topic} with {partitions} partitions: {why}")


def end_offset(bootstrap, topic, partition=0):
    """The offset that the next record of the partition will get."""
    done = subprocess.run(["kcat", "-b", bootstrap, "-Q", "-t", f"{topic}:{partition}:-1"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise TopicError(f"asking for the end of {topic}-{partition}: {done.stderr.strip()}")
    return int(done.stdout.rpartition("offset ")[2])


def dump(bootstrap, topic, path, form, partition=0):
    """Writes a partition's records, from the first to the present last one, in kcat's `form`."""
    with open(path, "wb") as out:
        done = subprocess.run(["kcat", "-b", bootstrap, "-C", "-q", "-e", "-t", topic,
                               "-p", str(partition), "-o", "beginning", "-f", form],
                              stdout=out, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise TopicError(f"reading {topic}-{partition}: {done.stderr.decode().strip()}")


# Every byte of key, value and headers, each with its length: equal dumps mean equal records.
RECORDS = "%K %S %h\n%k%s\n"
# Values as lines.
VALUES = "%s\n"
