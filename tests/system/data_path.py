"""Ten connectors with transforms on Apache Kafka Connect and on ours, compared record by record.

Usage: data_path.py BUILD_FOLDER [NAME ...]

Five sources read the same lines into a topic each, five sinks read the same topic into a file and a
dead letter queue each, with chains of two to five transforms, predicates and headers. Topics, files
and dead letters must be equal: keys, values, headers in their order, and of sinks timestamps.
"""

import argparse
import concurrent.futures
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kafka.connect import ConnectStandalone
from system.dead_letters import Wrong, letters, must_equal
from system.lib import topics
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import SluiceHost, call, wait_until

PATIENCE_SECONDS = 60
TRANSFORMS = "org.apache.kafka.connect.transforms."
JSON = "org.apache.kafka.connect.json.JsonConverter"
STRING = "org.apache.kafka.connect.storage.StringConverter"
PLAIN = {"value.converter": JSON, "value.converter.schemas.enable": "false"}
TYPED = {"value.converter": JSON, "value.converter.schemas.enable": "true"}


def chain(*stages, **predicates):
    """Transforms by (class, keys); predicates by alias, each (class, keys)."""
    config = {"transforms": ",".join(f"t{number}" for number in range(len(stages)))}
    for number, (name, keys) in enumerate(stages):
        config[f"transforms.t{number}.type"] = TRANSFORMS + name
        config.update({f"transforms.t{number}.{key}": text for key, text in keys.items()})
    if predicates:
        config["predicates"] = ",".join(predicates)
    for alias, (name, keys) in predicates.items():
        config[f"predicates.{alias}.type"] = TRANSFORMS + "predicates." + name
        config.update({f"predicates.{alias}.{key}": text for key, text in keys.items()})
    return config


LINES = [
    "1",
    "-7",
    "300",
    "twelve",
    "",
    "ünïcode 😀",
    '{"json":true}',
    "a,b;c",
    "2.5",
    " spaces ",
    "null",
    "x" * 2000,
    "42",  # the last one passes everywhere: Apache commits no offset of a skipped record
]

# Name, what the config adds, the end of the name of the topic that is written.
SOURCES = [
    (
        "hoist-insert-route",
        {
            **TYPED,
            **chain(
                ("HoistField$Value", {"field": "line"}),
                ("InsertField$Value", {"static.field": "site", "static.value": "north"}),
                ("InsertHeader", {"header": "kind", "value.literal": "[1,2]"}),
                ("RegexRouter", {"regex": "(.*)", "replacement": "$1-routed"}),
            ),
        },
        "-routed",
    ),
    (
        "line-as-key",
        {
            **PLAIN,
            "key.converter": STRING,
            **chain(
                ("HoistField$Value", {"field": "line"}),
                ("ValueToKey", {"fields": "line"}),
                ("ExtractField$Key", {"field": "line"}),
                (
                    "InsertHeader",
                    {"header": "never", "value.literal": "x", "predicate": "any", "negate": "true"},
                ),
                any=("TopicNameMatches", {"pattern": ".*"}),
            ),
        },
        "",
    ),
    (
        "numbers-only",
        {
            **TYPED,
            "errors.tolerance": "all",
            **chain(("Cast$Value", {"spec": "int16"}), ("HoistField$Value", {"field": "number"})),
        },
        "",
    ),
    (
        "year-in-header",
        {
            **TYPED,
            "header.converter": STRING,
            **chain(
                ("HoistField$Value", {"field": "line"}),
                ("InsertField$Value", {"timestamp.field": "at"}),
                (
                    "TimestampConverter$Value",
                    {"field": "at", "target.type": "string", "format": "yyyy"},
                ),
                ("HeaderFrom$Value", {"fields": "at", "headers": "year", "operation": "move"}),
                ("ReplaceField$Value", {"renames": "line:text"}),
            ),
        },
        "",
    ),
    (
        "nest-and-flatten",
        {
            **TYPED,
            **chain(
                ("HoistField$Value", {"field": "inner"}),
                ("HoistField$Value", {"field": "outer"}),
                ("Flatten$Value", {"delimiter": "_"}),
                ("SetSchemaMetadata$Value", {"schema.name": "a.Line", "schema.version": "4"}),
            ),
        },
        "",
    ),
]

ORDER = {
    "type": "struct",
    "optional": False,
    "name": "shop.Order",
    "fields": [
        {"type": "int32", "optional": False, "field": "id"},
        {"type": "string", "optional": True, "field": "amount"},
        {"type": "string", "optional": True, "field": "day", "default": "2020-01-02"},
        {
            "type": "struct",
            "optional": True,
            "field": "buyer",
            "fields": [
                {"type": "string", "optional": True, "field": "name"},
                {"type": "array", "optional": True, "field": "tags", "items": {"type": "string"}},
            ],
        },
    ],
}
PAYLOADS = [
    {"id": 1, "amount": "12.50", "day": "2023-11-14", "buyer": {"name": "Ann", "tags": ["a", "b"]}},
    {"id": 2, "amount": "much", "day": "2023-02-30", "buyer": {"name": "Böb", "tags": []}},
    {"id": 3, "amount": None, "day": "yesterday", "buyer": None},
    {"id": 4, "amount": "1e3", "day": None, "buyer": {"name": None, "tags": None}},
    {"id": 5, "amount": " 7 ", "buyer": {"name": "😀"}},
]
HEADERS = [
    [("trace", "1"), ("trace", "2")],
    [],
    [("day", "2020-01-02"), ("skip", "true")],
    [("n", "null")],
    [("skip", "false")],
]


def orders(form):
    """(key, value, headers): the orders, a tombstone and what is no order; None is Kafka's null."""
    for payload, headers in zip(PAYLOADS, HEADERS):
        document = {"schema": ORDER, "payload": payload} if form == "typed" else payload
        yield f"k{payload['id']}", json.dumps(document, ensure_ascii=False), headers
    yield "gone", None, [("trace", "9")]
    yield "broken", '{"id":', [("trace", "8")]
    yield None, '"text"', []


# Name, form of the topic's values, what the config adds.
SINKS = [
    (
        "cast-amounts",
        "plain",
        {
            **PLAIN,
            **chain(
                ("Cast$Value", {"spec": "amount:float64,id:string"}),
                ("InsertField$Value", {"topic.field": "topic", "offset.field": "offset"}),
            ),
        },
    ),
    (
        "buyers-name",
        "typed",
        {
            **TYPED,
            **chain(
                ("Filter", {"predicate": "gone"}),
                ("ExtractField$Value", {"field": "buyer.name", "field.syntax.version": "V2"}),
                ("HoistField$Value", {"field": "buyer"}),
                gone=("RecordIsTombstone", {}),
            ),
        },
    ),
    (
        "headers-both-ways",
        "typed",
        {
            **TYPED,
            **chain(
                ("Filter", {"predicate": "gone"}),
                (
                    "HeaderFrom$Value",
                    {"fields": "day,amount", "headers": "day,amount", "operation": "move"},
                ),
                ("DropHeaders", {"headers": "trace", "predicate": "skip", "negate": "true"}),
                ("InsertHeader", {"header": "seen", "value.literal": "2020-01-02"}),
                gone=("RecordIsTombstone", {}),
                skip=("HasHeaderKey", {"name": "skip"}),
            ),
        },
    ),
    (
        "days",
        "plain",
        {
            **PLAIN,
            **chain(
                (
                    "TimestampConverter$Value",
                    {"field": "day", "target.type": "unix", "format": "yyyy-MM-dd"},
                ),
                ("MaskField$Value", {"fields": "amount", "replacement": "***"}),
                ("ReplaceField$Value", {"renames": "day:since", "exclude": "buyer"}),
            ),
        },
    ),
    (
        "five-steps",
        "typed",
        {
            **TYPED,
            **chain(
                ("Flatten$Value", {"delimiter": "."}),
                ("ValueToKey", {"fields": "id,buyer.name"}),
                ("SetSchemaMetadata$Value", {"schema.name": "flat.Order"}),
                ("Cast$Value", {"spec": "amount:int8"}),
                ("RegexRouter", {"regex": ".*", "replacement": "elsewhere"}),
            ),
        },
    ),
]


def produce(bootstrap, topic, form):
    for key, value, headers in orders(form):
        command = ["kcat", "-b", bootstrap, "-P", "-t", topic, "-p", "0", "-Z", "-D", "\x01"]
        for name, text in headers:
            command += ["-H", f"{name}={text}"]
        if key is not None:
            command += ["-K", "\x02"]
        data = (f"{key}\x02" if key is not None else "") + (value or "")
        subprocess.run(command, input=data.encode(), check=True)


class Side:
    """One connector on one worker."""

    def __init__(self, url, name, config):
        self.url, self.name, self.config = url, name, config
        call(url, "POST", "/connectors", {"name": name, "config": config})

    def task(self):
        tasks = call(self.url, "GET", f"/connectors/{self.name}/status")["tasks"]
        return tasks[0] if tasks else {"state": "NONE"}

    def wait(self, what, over):
        def look():
            task = self.task()
            if task["state"] == "FAILED":
                raise Wrong(f"{self.name} failed: {task['trace']}")
            return over()

        wait_until(f"{self.name}: {what}", look, PATIENCE_SECONDS, pause=0.2)

    def offset(self, key):
        offsets = call(self.url, "GET", f"/connectors/{self.name}/offsets")["offsets"]
        return offsets[0]["offset"][key] if offsets and offsets[0]["offset"] else 0

    def remove(self):
        call(self.url, "DELETE", f"/connectors/{self.name}")


def without_time(records):
    return [{**record, "timestamp": None} for record in records]


def compare_source(name, extra, suffix, urls, bootstrap, folder):
    tag = uuid.uuid4().hex[:8]
    file = folder / f"lines-{tag}"
    text = "".join(line + "\n" for line in LINES)
    file.write_bytes(text.encode())
    # Apache's position counts Java's characters, ours bytes.
    ends = {"ours": len(text.encode()), "apache": len(text.encode("utf-16-le")) // 2}
    found = {}
    for which, url in urls.items():
        topic = f"path-{tag}-{which}"
        topics.create(bootstrap, topic + suffix)
        side = Side(
            url,
            f"path-{tag}-{which}",
            {
                "connector.class": "FileStreamSource",
                "file": str(file),
                "topic": topic,
                "key.converter": JSON,
                "key.converter.schemas.enable": "false",
                **extra,
            },
        )
        end = ends[which]
        side.wait("reads its file", lambda: side.offset("position") == end)
        found[which] = without_time(letters(bootstrap, topic + suffix))
        side.remove()
    must_equal(name, found["ours"], found["apache"])
    if not found["apache"]:
        raise Wrong(f"{name}: nothing was written")
    return f"{len(found['ours'])} records"


def compare_sink(name, form, extra, urls, bootstrap, folder):
    tag = uuid.uuid4().hex[:8]
    topic = f"path-{tag}"
    topics.create(bootstrap, topic)
    produce(bootstrap, topic, form)
    count = sum(1 for _ in orders(form))
    found = {}
    for which, url in urls.items():
        own = f"path-{tag}-{which}"
        side = Side(
            url,
            f"path-{tag}",
            {
                "connector.class": "FileStreamSink",
                "file": str(folder / own),
                "topics": topic,
                "key.converter": STRING,
                "errors.tolerance": "all",
                "errors.deadletterqueue.topic.name": own,
                "errors.deadletterqueue.topic.replication.factor": "1",
                "errors.deadletterqueue.context.headers.enable": "true",
                # The same connector on two workers: each in a group of its own.
                "consumer.override.group.id": own,
                **extra,
            },
        )
        side.wait("reads its topic", lambda: side.offset("kafka_offset") == count)
        written = folder / own
        found[which] = {
            "letters": letters(bootstrap, own),
            "file": written.read_text().splitlines(),
        }
        side.remove()
    must_equal(name, found["ours"], found["apache"])
    if not found["apache"]["letters"] or not found["apache"]["file"]:
        raise Wrong(f"{name}: no letters or no lines")
    return f"{len(found['ours']['letters'])} letters, {len(found['ours']['file'])} lines"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("names", nargs="*", help="only these")
    options = parser.parse_args()
    failed = 0
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="sluice-path-"))
        )
        bootstrap = stack.enter_context(shared_broker())
        host = stack.enter_context(SluiceHost(options.build, folder / "host", bootstrap)).start()
        apache = stack.enter_context(ConnectStandalone(bootstrap))
        urls = {"ours": host.url, "apache": apache.url}
        scenarios = [(compare_source, *scenario) for scenario in SOURCES]
        scenarios += [(compare_sink, *scenario) for scenario in SINKS]
        if options.names:
            scenarios = [one for one in scenarios if one[1] in options.names]

        def outcome(scenario):
            compare, name, *details = scenario
            try:
                equal = compare(name, *details, urls, bootstrap, folder)
                return True, f"{name}: {equal} are equal"
            except Wrong as wrong:
                return False, f"{name} FAILED: {wrong}"

        # They mostly wait: for offsets to be committed, and for Apache's source to end its poll.
        with concurrent.futures.ThreadPoolExecutor(len(scenarios)) as beside:
            for good, text in beside.map(outcome, scenarios):
                print(text, flush=True)
                failed += not good
        if failed:
            print(host.tail())
        host.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
