"""JsonConverter with schemas: envelopes, types, logical types, structures, defaults."""

from converters_json import PLAIN_TEXTS
from shapes import (
    EVERYTHING,
    JSON,
    LOGICAL,
    NOTHING,
    ON,
    SCALAR_ENVELOPES,
    case,
    chain,
    converters,
    decimal,
    envelope,
    everything,
    field,
    j,
    logical,
    named,
    only,
    schema,
    smt,
    struct,
)


def envelopes():
    for text in PLAIN_TEXTS[:40]:
        yield case(ON, value='{"schema":null,"payload":%s}' % text)
    bad = [
        "",
        " ",
        "null",
        "1",
        "[]",
        "{}",
        '{"schema":null}',
        '{"payload":1}',
        '{"schema":null,"payload":1,"x":2}',
        '{"schema":null,"schema":null}',
        '{"payload":1,"schema":null}',
        '{"schema":{},"payload":1}',
        '{"schema":[],"payload":1}',
        '{"schema":1,"payload":1}',
        '{"schema":"int32","payload":1}',
        '{"schema":{"type":null},"payload":1}',
        "{",
        "x",
        '{"schema":{"type":"foo"},"payload":1}',
        '{"schema":{"type":1},"payload":1}',
        '{"schema":{"type":"INT32"},"payload":1}',
        '{"schema":true,"payload":1}',
        '{"Schema":null,"payload":1}',
        '{"schema":null,"payload":1} x',
        '{"schema":null,"payload":1',
        '{"schema":{"optional":true},"payload":null}',
        '{"schema":{"type":""},"payload":1}',
    ]
    for text in bad:
        yield case(ON, value=text)
        if len(text) > 12:
            yield case(ON, key=text)
    for made in SCALAR_ENVELOPES:
        yield case(ON, value=made)


PAYLOADS = [
    None,
    0,
    1,
    -1,
    300,
    70000,
    5000000000,
    9223372036854775807,
    1e39,
    1.5,
    -1.9,
    1e400,
    True,
    False,
    "",
    "5",
    "true",
    "AQID",
    "not base64!",
    "AQ==",
    "AQ",
    " AQID ",
    "A QID",
    "-_8=",
    [],
    [1],
    [1, None],
    [[1, "a"]],
    [[1]],
    [1, "a"],
    {},
    {"k": 1},
    {"k": None},
    {"x": 1},
    {"x": "1", "z": 3},
]
PAYLOAD_TEXT = {1e39: "1e39", 1e400: "1e400"}


def payload_text(payload):
    return PAYLOAD_TEXT.get(payload, j(payload)) if isinstance(payload, float) else j(payload)


def types_by_payload():
    kinds = [
        schema(kind)
        for kind in (
            "int8",
            "int16",
            "int32",
            "int64",
            "float",
            "double",
            "boolean",
            "string",
            "bytes",
        )
    ]
    kinds += [
        decimal(2),
        decimal(0),
        logical("Date"),
        logical("Time"),
        logical("Timestamp"),
        schema("array", items=schema("int32")),
        schema("array", items=schema("string", True)),
        schema("map", keys=schema("string"), values=schema("int32")),
        schema("map", keys=schema("int32"), values=schema("string", True)),
        struct(field("x", "int32"), field("y", "string", True)),
    ]
    for made in kinds:
        for payload in PAYLOADS:
            yield case(ON, value='{"schema":%s,"payload":%s}' % (j(made), payload_text(payload)))
    for made in kinds:
        yield case(ON, value=envelope({**made, "optional": True}, None))
        yield case(ON, value=envelope(struct(named("f", {**made, "optional": True})), {}))
        yield case(ON, value=envelope(struct(named("f", made)), {}))
        yield case(ON, key=envelope(struct(named("f", made)), {"f": None}))


def schema_faults():
    texts = [
        '{"type":"array"}',
        '{"type":"array","items":null}',
        '{"type":"array","items":{}}',
        '{"type":"array","items":"int32"}',
        '{"type":"map"}',
        '{"type":"map","keys":{"type":"string"}}',
        '{"type":"map","values":{"type":"string"}}',
        '{"type":"struct"}',
        '{"type":"struct","fields":null}',
        '{"type":"struct","fields":{}}',
        '{"type":"struct","fields":[]}',
        '{"type":"struct","fields":[1]}',
        '{"type":"struct","fields":[{}]}',
        '{"type":"struct","fields":[{"type":"int32"}]}',
        '{"type":"struct","fields":[{"type":"int32","field":1}]}',
        '{"type":"struct","fields":[{"type":"int32","field":null}]}',
        '{"type":"struct","fields":[{"type":"int32","field":""}]}',
        '{"type":"struct","fields":[{"field":"a"}]}',
        '{"type":"struct","fields":[{"type":"int32","field":"a"},{"type":"int32","field":"a"}]}',
        '{"type":"int32","parameters":{"a":1}}',
        '{"type":"int32","parameters":[]}',
        '{"type":"int32","parameters":null}',
        '{"type":"int32","parameters":{}}',
        '{"type":"int32","parameters":{"b":"1","a":"2"}}',
        '{"type":"int32","optional":"yes"}',
        '{"type":"int32","optional":1}',
        '{"type":"int32","optional":null}',
        '{"type":"int32","name":5}',
        '{"type":"int32","name":null}',
        '{"type":"int32","name":""}',
        '{"type":"int32","version":"1"}',
        '{"type":"int32","version":1.5}',
        '{"type":"int32","version":3000000000}',
        '{"type":"int32","version":-1}',
        '{"type":"int32","doc":7}',
        '{"type":"int32","doc":"d"}',
        '{"type":"int32","default":"x"}',
        '{"type":"int32","default":1.9}',
        '{"type":"int8","default":300}',
        '{"type":"string","default":5}',
        '{"type":"int32","default":null}',
        '{"type":"int32","optional":true,"default":null}',
        '{"type":"int32","optional":true,"default":5}',
        '{"type":"bytes","default":"AQID"}',
        '{"type":"bytes","default":"??"}',
        '{"type":"boolean","default":"true"}',
        '{"type":"double","default":1}',
        '{"type":"array","items":{"type":"int32"},"default":[1,2]}',
        '{"type":"map","keys":{"type":"string"},"values":{"type":"int32"},"default":{"a":1}}',
        '{"type":"struct","fields":[{"type":"int32","field":"a"}],"default":{"a":1}}',
        '{"type":"int32","name":"org.apache.kafka.connect.data.Date","default":3}',
        '{"type":"int64","name":"org.apache.kafka.connect.data.Date"}',
        '{"type":"int64","name":"org.apache.kafka.connect.data.Timestamp","default":3}',
        '{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal"}',
        '{"type":"bytes","name":"%sDecimal","parameters":{"scale":"x"}}' % LOGICAL,
        '{"type":"bytes","name":"%sDecimal","parameters":{"scale":"2"},"default":"BNI="}' % LOGICAL,
        '{"type":"string","name":"org.apache.kafka.connect.data.Decimal"}',
        '{"type":"int32","name":"org.apache.kafka.connect.data.Time","version":7}',
        '{"type":"int32","name":"my.Unknown","version":2}',
        '{"type":"int32","unknown":1}',
        '{"type":"int32","type":"string"}',
        '{"optional":true,"type":"int32"}',
    ]
    for text in texts:
        for payload in ("1", "null", '{"a":1}' if "struct" in text else '"AQ=="'):
            yield case(ON, value='{"schema":%s,"payload":%s}' % (text, payload))


def logical_values():
    values = {
        "Date": [0, 1, -1, 19000, 2147483647, -2147483648, 2147483648, 1.5, "1"],
        "Time": [0, 1, 86399999, 86400000, 86400001, -1, 1.0],
        "Timestamp": [0, -1, 1700000000123, 9223372036854775807, -9223372036854775808, 1.5],
    }
    for kind, list_of in values.items():
        for value in list_of:
            yield case(ON, value=envelope(logical(kind), value))
            yield case(ON, value=envelope(struct(named("f", logical(kind, True))), {"f": value}))
    numbers = [
        "12.34",
        "12.30",
        "12",
        "12.345",
        "1e3",
        "1E-7",
        "0",
        "0.00",
        "-1.5",
        "1e400",
        '"BNI="',
        '""',
        '"AA=="',
        '"/w=="',
        '"gAAAAAAAAAAA"',
        "true",
        "[]",
        "123456789012345678901234567890.12",
    ]
    for form in ("BASE64", "NUMERIC"):
        config = converters(JSON, schemas__enable="true", decimal__format=form)
        for scale in (2, 0, -2, 10):
            for number in numbers:
                yield case(config, value='{"schema":%s,"payload":%s}' % (j(decimal(scale)), number))
        no_scale = schema("bytes", name=LOGICAL + "Decimal")
        for number in ("12.34", '"BNI="'):
            yield case(config, value='{"schema":%s,"payload":%s}' % (j(no_scale), number))


def structures():
    for optional in (False, True):
        made = everything(optional)
        yield case(ON, value=envelope(made, EVERYTHING), key=envelope(made, EVERYTHING))
        yield case(ON, value=envelope(made, NOTHING))
        yield case(ON, value=envelope(made, {}))
        yield case(ON, value=envelope(made, None))
    deep = schema("int32")
    payload = 7
    for _ in range(40):
        deep = schema("array", items=deep)
        payload = [payload]
    yield case(ON, value=envelope(deep, payload))
    maps = [
        ("string", {"b": 1, "a": 2, "c": None}),
        ("int32", [[2, 1], [1, 2], [2, 3]]),
        ("boolean", [[True, 1], [False, 2]]),
        ("int64", [[None, 1]]),
        ("string", [["a", 1]]),
        ("int32", {"1": 2}),
        ("double", [[1.5, 1], ["x", 2]]),
        ("bytes", [["AQ==", 1]]),
    ]
    for kind, payload in maps:
        for optional in (False, True):
            made = schema("map", keys=schema(kind, optional), values=schema("int32", True))
            yield case(ON, value=envelope(made, payload))
    tuples = [[[1]], [[1, 2, 3]], [1], [{}], [None], [[]], "x", 1, {"a": 1}]
    for payload in tuples:
        made = schema("map", keys=schema("int32"), values=schema("int32"))
        yield case(ON, value=envelope(made, payload))
    sets = j({f"field{i}": i for i in range(30)})
    made = schema("map", keys=schema("string"), values=schema("int32"))
    yield case(ON, value='{"schema":%s,"payload":%s}' % (j(made), sets))


def null_with_default():
    made = struct(
        field("a", "int32", default=7),
        field("b", "string", True, default="dee"),
        field("c", "string", True),
        named("d", decimal(2, True, default="BNI=")),
        named("t", logical("Timestamp", True, default=5)),
    )
    for flag in ("true", "false", "TRUE", "no"):
        for payload in ({"a": 1, "b": "x", "c": "y"}, {"a": None, "b": None}, {"a": 1}, {}, None):
            yield case(
                converters(JSON, schemas__enable="true", replace__null__with__default=flag),
                value=envelope(made, payload),
            )
        for top in (schema("int32", True, default=3), schema("int32", default=3)):
            yield case(
                converters(JSON, schemas__enable="true", replace__null__with__default=flag),
                value=envelope(top, None),
            )


def crossing():
    # What one converter reads and the other writes: a field of the value as the key.
    for name in EVERYTHING:
        for enable in ("true", "false"):
            config = {**ON, "key.converter.schemas.enable": enable}
            yield case(
                chain(
                    config, smt("ValueToKey", fields=name), smt("ExtractField$Key", "b", field=name)
                ),
                value=only(name, True),
            )


SUITES = {
    "json-schema": [envelopes, types_by_payload, schema_faults],
    "json-values": [logical_values, structures, null_with_default, crossing],
}
