"""What a worker does around transforms: predicates, chains, configurations, tolerance, places."""

from shapes import (
    EVERYTHING,
    OFF,
    ON,
    PLAIN,
    STRING,
    TRANSFORMS,
    case,
    chain,
    converters,
    envelope,
    everything,
    field,
    j,
    predicate,
    schema,
    smt,
    struct,
)

HEADERS = [("h", "1"), ("g", "x")]
TAG = {"header": "tag", "value__literal": "yes"}


def tagged(*predicates, **keys):
    return chain(OFF, smt("InsertHeader", **TAG, **keys), *predicates)


def predicates():
    tests = [
        predicate("HasHeaderKey", name="h"),
        predicate("HasHeaderKey", name="zz"),
        predicate("HasHeaderKey", name=" h "),
        predicate("RecordIsTombstone"),
        predicate("TopicNameMatches", pattern="ord.*"),
        predicate("TopicNameMatches", pattern="ord"),
        predicate("TopicNameMatches", pattern=".*\\d"),
    ]
    for test in tests:
        for negate in (None, "true", "false", "TRUE", " true ", "x", ""):
            keys = {"predicate": "p"} if negate is None else {"predicate": "p", "negate": negate}
            for value in ("{}", None, "null"):
                yield case(tagged(test, **keys), value=value, headers=HEADERS)
    for direction in ("sink", "source"):
        yield case(
            chain(OFF, smt("Filter", predicate="p"), predicate("RecordIsTombstone")),
            direction=direction,
        )
        yield case(
            chain(OFF, smt("Filter", predicate="p"), predicate("RecordIsTombstone")),
            value="1",
            direction=direction,
        )
    faults = [
        (predicate("HasHeaderKey"), {}),
        (predicate("HasHeaderKey", name=""), {}),
        (predicate("HasHeaderKey", name=" "), {}),
        (predicate("HasHeaderKey", name=None), {}),
        (predicate("TopicNameMatches"), {}),
        (predicate("TopicNameMatches", pattern=""), {}),
        (predicate("TopicNameMatches", pattern="("), {}),
        (predicate("TopicNameMatches", pattern=None), {}),
        ({}, {}),
        ({"predicates": "p"}, {}),
        (predicate("Nope"), {}),
        ({"predicates.p.type": "RecordIsTombstone"}, {}),
        ({"predicates.p.type": "java.lang.String"}, {}),
        ({"predicates.p.type": TRANSFORMS + "RegexRouter"}, {}),
        (predicate("RecordIsTombstone", unknown="x"), {}),
        (predicate("RecordIsTombstone"), {"predicate": " p "}),
        (predicate("RecordIsTombstone"), {"predicate": ""}),
        (predicate("RecordIsTombstone"), {"predicate": "q"}),
        (predicate("RecordIsTombstone"), {"predicate": None}),
        (predicate("RecordIsTombstone"), {"negate": None}),
        ({"predicates.p.type": None}, {}),
        ({"predicates.p.type": ""}, {}),
    ]
    for test, keys in faults:
        yield case(tagged(test, **{"predicate": "p", **keys}), value="{}")
    yield case(chain(OFF, smt("InsertHeader", negate="true", **TAG)), value="{}")
    yield case(
        {**tagged(predicate("RecordIsTombstone"), predicate="p"), "predicates": "p,p"}, value="{}"
    )
    yield case(
        {**tagged(predicate("RecordIsTombstone"), predicate="p"), "predicates": None}, value="{}"
    )
    yield case(
        {**tagged(predicate("RecordIsTombstone"), predicate="p"), "predicates": "q,p"}, value="{}"
    )


def chains():
    made = everything(True)
    stages = [
        [
            smt("ExtractField$Value", "a", field="inner"),
            smt("HoistField$Value", "b", field="outer"),
            smt("Flatten$Value", "c", delimiter="_"),
        ],
        [
            smt("ValueToKey", "a", fields="i8,text"),
            smt("ExtractField$Key", "b", field="text"),
            smt("ReplaceField$Value", "c", exclude="i8,text"),
        ],
        [
            smt("InsertField$Value", "a", topic__field="t", timestamp__field="ts2"),
            smt(
                "TimestampConverter$Value",
                "b",
                field="ts2",
                target__type="string",
                format="yyyy-MM-dd",
            ),
            smt("Cast$Value", "c", spec="i8:string,i64:int8"),
            smt("RegexRouter", "d", regex="(.*)", replacement="$1-out"),
            smt("SetSchemaMetadata$Value", "e", schema__name="final", schema__version="9"),
        ],
        [
            smt("ReplaceField$Value", "a", renames="i8:a,i16:b"),
            smt("MaskField$Value", "b", fields="text"),
            smt("HeaderFrom$Value", "c", fields="a,b", headers="ha,hb", operation="move"),
            smt("DropHeaders", "d", headers="ha"),
        ],
        [smt("Flatten$Value", "a"), smt("ReplaceField$Value", "b", include="inner.x,text")],
        [
            smt("TimestampRouter", "a"),
            smt("RegexRouter", "b", regex="(.*)-(\\d{4})(.*)", replacement="$2.$1"),
            smt("InsertField$Value", "c", topic__field="topic"),
        ],
        [smt("Cast$Value", "a", spec="text:int8"), smt("Filter", "b")],
        [smt("Filter", "a"), smt("Cast$Value", "b", spec="text:int8")],
        [
            smt("HoistField$Value", "a", field="x"),
            smt("HoistField$Value", "b", field="y"),
            smt("ExtractField$Value", "c", field="y.x", field__syntax__version="V2"),
        ],
        [
            smt("InsertHeader", "a", header="n", value__literal="1"),
            smt("InsertHeader", "b", header="n", value__literal="x"),
            smt("DropHeaders", "c", headers="h", predicate="p", negate="false"),
            predicate("HasHeaderKey", name="n"),
        ],
        [
            smt("ReplaceField$Value", "a", exclude="map,pairs"),
            smt("Flatten$Value", "b"),
            smt("Cast$Value", "c", spec="inner.x:string"),
            smt("MaskField$Value", "d", fields="inner.y", replacement="***"),
            smt("ValueToKey", "e", fields="inner.x,inner.y"),
        ],
    ]
    for stage in stages:
        for direction in ("sink", "source"):
            yield case(
                chain(ON, *stage),
                value=envelope(made, EVERYTHING),
                key=envelope(schema("string"), "k"),
                headers=HEADERS,
                direction=direction,
            )
            yield case(
                chain(OFF, *stage),
                value=EVERYTHING,
                key='"k"',
                headers=HEADERS,
                direction=direction,
            )
            yield case(chain(OFF, *stage), value=None, headers=HEADERS, direction=direction)


def configs():
    base = {**OFF, "transforms": "a", **smt("RegexRouter", regex="o(.*)", replacement="x$1")}
    changes = [
        {"transforms": ""},
        {"transforms": None},
        {"transforms": "a,a"},
        {"transforms": "a,b"},
        {"transforms": " a "},
        {"transforms": ","},
        {"transforms": "a,"},
        {"transforms.a.type": None},
        {"transforms.a.type": ""},
        {"transforms.a.type": "Nope"},
        {"transforms.a.type": "RegexRouter"},
        {"transforms.a.type": " RegexRouter "},
        {"transforms.a.type": "Value"},
        {"transforms.a.type": TRANSFORMS + "Cast"},
        {"transforms.a.type": TRANSFORMS + "Cast.Value"},
        {"transforms.a.type": "java.lang.String"},
        {"transforms.a.type": TRANSFORMS + "Transformation"},
        {"transforms.a.type": TRANSFORMS + "predicates.RecordIsTombstone"},
        {"transforms.a.type": "Cast$Value"},
        {"transforms.a.type": TRANSFORMS + "InsertField"},
        {"transforms.a.type": TRANSFORMS + "HoistField"},
        {"transforms.a.type": "org.apache.kafka.connect.json.JsonConverter"},
        {"transforms.a.plugin.version": "4.3.0"},
        {"transforms.a.plugin.version": "9.9.9"},
        {"transforms.a.plugin.version": "latest"},
        {"transforms.a.plugin.version": ""},
        {"transforms.a.unknown": "x"},
        {"transforms.b.type": "Nope"},
        {"name": ""},
        {"name": None},
        {"name": "a\nb"},
        {"name": "é / %"},
        {"tasks.max": "0"},
        {"tasks.max": "x"},
        {"tasks.max": "2"},
        {"tasks.max": None},
        {"tasks.max": ""},
        {"tasks.max.enforce": "x"},
        {"errors.tolerance": "some"},
        {"errors.tolerance": "ALL"},
        {"errors.tolerance": ""},
        {"errors.tolerance": None},
        {"errors.retry.timeout": "x"},
        {"errors.retry.timeout": "-1"},
        {"errors.retry.delay.max.ms": "x"},
        {"errors.log.enable": "x"},
        {"errors.log.enable": "true"},
        {"errors.log.include.messages": "2"},
        {"config.action.reload": "now"},
        {"connector.class": "FileStreamSink"},
        {"connector.class": "FileStreamSource"},
        {"connector.plugin.version": "9.9.9"},
        {"unknown.key": "x"},
        {"unknown.key": None},
        {"file": None},
        {"value.converter": "Nope"},
        {"key.converter": ""},
        {"topics": "a,b"},
        {"topics": None},
        {"topics.regex": "("},
        {"errors.deadletterqueue.topic.name": ""},
        {"errors.deadletterqueue.topic.name": None},
        {"errors.deadletterqueue.topic.replication.factor": "x"},
        {"errors.deadletterqueue.context.headers.enable": "x"},
        {
            "topic.creation.default.partitions": "0",
            "topic.creation.default.replication.factor": "1",
        },
        {"topic.creation.default.partitions": "1"},
        {"topic.creation.groups": "g,g"},
        {"topic.creation.groups": "g"},
        {"exactly.once.support": "maybe"},
        {"transaction.boundary": "x"},
        {"transaction.boundary.interval.ms": "-1"},
        {"offsets.storage.topic": ""},
        {"name": "a", "transforms.a.regex": "("},
        {"transforms.a.regex": None},
        {"transforms": "a.b", "transforms.a.b.type": "Filter"},
        {"transforms": "é", "transforms.é.type": "Filter"},
        {"transforms": "a,c", "transforms.c.type": "Filter", "transforms.a.regex": "["},
        {
            "transforms.a.negate": "maybe",
            "transforms.a.predicate": "p",
            "predicates": "p",
            "predicates.p.type": "RecordIsTombstone",
        },
    ]
    for change in changes:
        for direction in ("sink", "source"):
            yield case({**base, **change}, value="{}", direction=direction)
    for direction in ("sink", "source"):
        yield case({}, value=envelope(None, 1), direction=direction)
        yield case({}, direction=direction)
    yield case({"transforms": "a"}, value="{}")
    yield case({"transforms.a.type": "Filter"}, value=j(envelope(None, 1)))
    two = {
        "transforms": "x,y",
        "transforms.x.type": "Nope",
        "transforms.y.type": TRANSFORMS + "Cast$Value",
    }
    yield case({**OFF, **two}, value="{}")
    yield case(
        {**OFF, "transforms": "y,x", **{k: v for k, v in two.items() if k != "transforms"}},
        value="{}",
    )
    yield case({**OFF, **two, "value.converter": "Nope"}, value="{}")
    yield case(
        {
            **OFF,
            "transforms": "y",
            "transforms.y.type": TRANSFORMS + "Cast$Value",
            "transforms.y.spec": "a:b:c",
            "key.converter": "Nope",
        },
        value="{}",
    )


def tolerance():
    bad = chain(OFF, smt("Cast$Value", spec="a:int8"))
    for text in ("all", "none"):
        for value in ('{"a":"x"}', "{", '"s"', '{"a":"5"}'):
            for direction in ("sink", "source"):
                yield case({**bad, "errors.tolerance": text}, value=value, direction=direction)
        yield case({**OFF, "errors.tolerance": text}, key="{", value="{")
        yield case(
            {**ON, "errors.tolerance": text, **converters(STRING, ON["value.converter"])},
            value="{}",
            key="x",
        )
        yield case(
            chain(
                {**OFF, "errors.tolerance": text},
                smt("TimestampConverter$Value", target__type="Date"),
            ),
            value="5",
        )
    # Which error is told when several parts are wrong.
    for key, value, headers in (("{", "{", []), ("1", "{", [("h", "[")]), ("{", "1", [])):
        yield case(OFF, key=key, value=value, headers=headers)
        yield case(
            {**OFF, "header.converter": ON["key.converter"]},
            key=key,
            value=value,
            headers=[("h", "{")],
        )


def places():
    for stamp in (None, -1, -2, 0, 1, 9223372036854775807):
        for direction in ("sink", "source"):
            yield case(OFF, value="1", timestamp=stamp, direction=direction)
    for partition in (0, 7, 2147483647):
        for direction in ("sink", "source"):
            yield case(OFF, value="1", partition=partition, direction=direction)
    yield case(OFF, value="1", partition=None, direction="source")
    for topic in ("t", "a.b-c_d", "é😀", " ", "", "x" * 300):
        for direction in ("sink", "source"):
            yield case(OFF, value="1", topic=topic, direction=direction)
    yield case(OFF, value="1", offset=9223372036854775807)
    yield case(chain(OFF, smt("InsertField$Value", offset__field="o")), value="{}", offset=0)
    yield case(
        chain(OFF, smt("RegexRouter", regex=".*", replacement="")), value="{}", direction="source"
    )
    for headers in (
        [],
        [("a", None)],
        [("a", "1"), ("a", "2")],
        [("", "")],
        [("é", "é")],
        [("b", "2"), ("a", "1")],
    ):
        yield case(OFF, value="{}", headers=headers)


SUITES = {
    "predicates": [predicates],
    "chains": [chains],
    "connector-config": [configs],
    "tolerance": [tolerance, places],
}
