"""200 MB from file to topic to file, for each converter, against Apache Kafka Connect.

Usage: file_roundtrip.py BUILD_FOLDER [--converter NAME] [--mb N]

What our source writes must equal what Apache's writes for the same file and config, record by
record (keys, values, headers, order); what our sink writes must equal the file, byte by byte.
Apache's file source cannot run with ByteArrayConverter; there the values must be the file's lines.
"""

import argparse
import contextlib
import pathlib
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kafka.connect import ConnectStandalone
from system.lib import files, topics
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import SluiceHost, call, wait_until

CONVERTERS = {
    "json": "org.apache.kafka.connect.json.JsonConverter",
    "string": "org.apache.kafka.connect.storage.StringConverter",
    "bytes": "org.apache.kafka.connect.converters.ByteArrayConverter",
}
# Apache's source fails with this one.
WITHOUT_ORACLE = "bytes"
PATIENCE_SECONDS = 240
SEED = 20_26


class Wrong(Exception):
    """The test's verdict; the text says what differs."""


@contextlib.contextmanager
def timed(what):
    start = time.monotonic()
    yield
    print(f"  {time.monotonic() - start:6.1f} s  {what}", flush=True)


def source_config(path, topic, converter):
    return {"connector.class": "FileStreamSource", "file": str(path), "topic": topic,
            "key.converter": converter, "value.converter": converter}


def sink_config(path, topic, converter):
    return {"connector.class": "FileStreamSink", "file": str(path), "topics": topic,
            "key.converter": converter, "value.converter": converter}


def stored_position(url, name):
    offsets = call(url, "GET", f"/connectors/{name}/offsets")["offsets"]
    return offsets[0]["offset"]["position"] if offsets else 0


def failed_task(url, name):
    for task in call(url, "GET", f"/connectors/{name}/status")["tasks"]:
        if task["state"] == "FAILED":
            return task["trace"]
    return None


def run_source(url, name, config, bootstrap, count):
    """Runs a file source until its topic has `count` records; returns once its offsets are stored."""
    call(url, "POST", "/connectors", {"name": name, "config": config})

    def all_there():
        trace = failed_task(url, name)
        if trace:
            raise Wrong(f"{name} failed: {trace}")
        return topics.end_offset(bootstrap, config["topic"]) >= count
    wait_until(f"{count} records from {name}", all_there, PATIENCE_SECONDS, pause=0.2)
    call(url, "PUT", f"/connectors/{name}/stop")


def run_sink(url, name, config, size):
    """Runs a file sink until its file has at least `size` bytes, then stops it."""
    path = pathlib.Path(config["file"])
    call(url, "POST", "/connectors", {"name": name, "config": config})

    def written():
        trace = failed_task(url, name)
        if trace:
            raise Wrong(f"{name} failed: {trace}")
        return path.exists() and path.stat().st_size >= size
    wait_until(f"{name} to write {size} bytes", written, PATIENCE_SECONDS, pause=0.1)
    call(url, "PUT", f"/connectors/{name}/stop")


def must_equal(what, path, other):
    difference = files.first_difference(path, other)
    if difference:
        raise Wrong(f"{what}: {difference}")


def compare_with_oracle(bootstrap, folder, our_topic, oracle_topic):
    for topic, name in ((our_topic, "ours"), (oracle_topic, "apache")):
        topics.dump(bootstrap, topic, folder / name, topics.RECORDS)
    must_equal("records of our source and of Apache's", folder / "ours", folder / "apache")


def round_trip(name, bootstrap, host, apache, folder, lines, count):
    """One converter: source (and Apache's), comparison of the topics, sink, comparison of files."""
    print(f"{name}:", flush=True)
    converter, size = CONVERTERS[name], lines.stat().st_size
    tag = uuid.uuid4().hex[:8]
    topic, oracle_topic = f"roundtrip-{name}-{tag}", f"roundtrip-{name}-{tag}-apache"
    topics.create(bootstrap, topic)
    with timed(f"our source, {size / 1e6:.0f} MB, {count} lines"):
        run_source(host.url, f"source-{tag}", source_config(lines, topic, converter), bootstrap,
                   count)
    # Apache's counts characters here; ours counts bytes, as it resumes by bytes.
    position = stored_position(host.url, f"source-{tag}")
    if position != size:
        raise Wrong(f"the stored position is {position} at the end of {size} bytes")
    if name == WITHOUT_ORACLE:
        with timed("values against lines"):
            topics.dump(bootstrap, topic, folder / "values", topics.VALUES)
            must_equal("values and lines", folder / "values", lines)
    else:
        topics.create(bootstrap, oracle_topic)
        with timed("Apache's source"):
            run_source(apache.url, f"source-{tag}", source_config(lines, oracle_topic, converter),
                       bootstrap, count)
        with timed("records against Apache's"):
            compare_with_oracle(bootstrap, folder, topic, oracle_topic)
    copy = folder / "copy"
    with timed("our sink"):
        run_sink(host.url, f"sink-{tag}", sink_config(copy, topic, converter), size)
    must_equal("the file and its copy", lines, copy)
    copy.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--converter", choices=sorted(CONVERTERS), action="append")
    parser.add_argument("--mb", type=int, default=200)
    options = parser.parse_args()
    chosen = options.converter or list(CONVERTERS)
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-rt-")))
        bootstrap = stack.enter_context(shared_broker())
        lines = folder / "lines.txt"
        with timed("writing the file"):
            count = files.write_lines(lines, options.mb * 1_000_000, SEED)
        with timed("starting the workers"):
            host = stack.enter_context(SluiceHost(options.build, folder / "host", bootstrap)).start()
            apache = None
            if chosen != [WITHOUT_ORACLE]:
                apache = stack.enter_context(ConnectStandalone(bootstrap))
        try:
            for name in chosen:
                round_trip(name, bootstrap, host, apache, folder, lines, count)
        except Wrong as wrong:
            print(f"FAILED: {wrong}\n{host.tail()}")
            return 1
        host.stop()
    print("equal, byte for byte")
    return 0


if __name__ == "__main__":
    sys.exit(main())
