"""JSON objects that repeat a key, whose last value counts; and what Struct.put refuses."""

from itertools import product

from shapes import (
    BYTES,
    JSON,
    LOGICAL,
    OFF,
    ON,
    STRING,
    case,
    chain,
    converters,
    decimal,
    field,
    j,
    logical,
    named,
    schema,
    smt,
    struct,
)

# A schema, a value that fits, and some that do not: of these Connect finds the first ones when it
# converts the value, the others (text or bytes that are none) when it puts it into a struct.
FITS = [
    (schema("int32"), "1", ["null"]),
    (schema("string"), '"s"', ["null", "5", "{}"]),
    (schema("string", True), '"s"', ["5"]),
    (schema("bytes"), '"AQID"', ["null", '"?"', "true"]),
    (logical("Date"), "19000", ['"x"', "1.5"]),
    (logical("Time"), "5", ["86400001", "[]"]),
    (decimal(2), '"BNI="', ['"?"', "{}", "true"]),
    (schema("array", items=schema("string")), '["a"]', ["[null]", "[5]", "null"]),
    (schema("map", keys=schema("string"), values=schema("string")), '{"k":"v"}', ['{"k":5}', "[]"]),
    (schema("map", keys=schema("int32"), values=schema("string")), '[[1,"v"]]', ["[[1,5]]", "[1]"]),
    (struct(field("x", "int32"), field("y", "string")), '{"x":1,"y":"y"}', ["{}", '{"x":1,"y":5}', "7"]),
]


def members(*pairs):
    return "{" + ",".join(f"{j(name)}:{text}" for name, text in pairs) + "}"


def enveloped(made, payload):
    return '{"schema":%s,"payload":%s}' % (j(made), payload)


def in_structs():
    for made, good, bads in FITS:
        holder = struct(field("a", "int32"), named("b", made), field("c", "string", True))
        for bad in bads:
            for payload in (
                members(("a", "1"), ("b", bad), ("b", good)),
                members(("a", "1"), ("b", good), ("b", bad)),
                members(("b", bad), ("a", "1"), ("b", good), ("c", '"c"')),
                members(("a", "1"), ("b", bad), ("c", '"c"'), ("a", "2"), ("b", good)),
                members(("a", "1"), ("b", good), ("c", "5"), ("a", "null"), ("b", bad)),
            ):
                yield case(ON, value=enveloped(holder, payload))
    two = struct(field("a", "string"), field("b", "int32"))
    for a1, b1, a2, b2 in product(['"x"', "5"], ["1", "null"], ['"y"', "null", "5"], ["2", "null"]):
        payload = members(("a", a1), ("b", b1), ("a", a2), ("b", b2))
        yield case(ON, value=enveloped(two, payload))
    yield case(ON, value=enveloped(two, r'{"a":5,"b":1,"\u0061":"z"}'))
    yield case(ON, value='{"schema":%s,"payload":{"a":5,"b":1,"a":"z"' % j(two))
    yield case(ON, value='{"schema":%s,"payload":{"a":5,"b":1,"u":[1,{"a":2}],"a":"z"}}' % j(two))
    deep, payload = two, members(("a", "5"), ("b", "1"), ("a", '"z"'))
    for depth in range(12):
        deep = struct(field("n", "int32"), named("s", deep), field("m", "string"))
        payload = members(("s", "null"), ("n", "0"), ("s", payload), ("m", "5"), ("m", '"m"'))
        if depth % 4 == 3:
            yield case(ON, value=enveloped(deep, payload))


def in_maps():
    for made, good, bads in FITS:
        by_text = schema("map", keys=schema("string"), values=made)
        by_number = schema("map", keys=schema("int32"), values=made)
        for bad in bads:
            for holder, wrap in (
                (by_text, "%s"),
                (struct(named("m", by_text)), '{"m":%s}'),
                (schema("array", items=by_text), "[%s]"),
            ):
                for payload in (
                    members(("k", bad), ("k", good)),
                    members(("k", good), ("k", bad)),
                    members(("k", bad), ("l", good), ("k", good), ("m", good)),
                    members(("k", good), ("l", bad), ("k", bad)),
                ):
                    yield case(ON, value=enveloped(holder, wrap % payload))
            for pairs in ((bad, good), (good, bad)):
                payload = "[" + ",".join(f"[7,{text}]" for text in pairs) + "]"
                yield case(ON, value=enveloped(struct(named("m", by_number)), '{"m":%s}' % payload))


def elsewhere():
    array = schema("array", items=schema("int32"))
    for payload in ('{"a":1,"b":2,"a":3}', '{"a":null,"b":2,"a":3}', '{"a":1,"b":2,"a":null}', "{}"):
        yield case(ON, value=enveloped(array, payload))
        yield case(ON, value=enveloped(struct(named("f", array)), '{"f":%s}' % payload))
        yield case(OFF, value=payload)
    made = j(struct(field("a", "int32")))
    for text in (
        '{"schema":%s,"payload":{},"payload":{"a":1}}' % made,
        '{"schema":%s,"payload":{"a":1},"payload":{}}' % made,
        '{"schema":{"type":"string"},"payload":{"a":1},"schema":%s}' % made,
        '{"schema":{"type":"nothing"},"payload":{"a":1},"schema":%s}' % made,
        '{"schema":%s,"payload":{"a":1},"schema":{"type":"nothing"}}' % made,
        '{"payload":5,"schema":%s,"payload":{"a":1}}' % made,
        '{"schema":%s,"payload":{},"payload":{"a":1},"x":1}' % made,
        '{"schema":%s,"payload":{},"payload":{"a":1}' % made,
        '{"schema":{"type":"struct","fields":[],"fields":[{"type":"int32","field":"a"}]},'
        '"payload":{"a":1}}',
        '{"schema":{"type":"int32","default":"x","default":5,"optional":false,"optional":true},'
        '"payload":null}',
        '{"schema":{"type":"int32","parameters":{"p":1,"p":"2"}},"payload":1}',
    ):
        yield case(ON, value=text)
    content = {**ON, "value.converter.schema.content": made}
    yield case(content, value='{"a":null,"a":1}')
    yield case(content, value='{"a":1,"a":null}')


def hoisted():
    two = struct(field("a", "int32"), field("b", "string", True))
    value = enveloped(two, '{"a":1,"b":null}')
    for kind in ("partition", "timestamp", "topic", "offset"):
        for mark in ("!", "?", ""):
            insert = smt("InsertField$Value", **{f"{kind}__field": "n" + mark})
            hoist = smt("HoistField$Value", "b", field="h")
            for place in ({"partition": None, "timestamp": None}, {}):
                for direction in ("source", "sink"):
                    base = {"value": value, "direction": direction, **place}
                    yield case(chain(ON, insert), **base)
                    yield case(chain(ON, insert, hoist), **base)
    insert = smt("InsertField$Value", timestamp__field="n!")
    for second in (
        smt("ReplaceField$Value", "b", renames="n:m"),
        smt("ReplaceField$Value", "b", renames="n:b"),
        smt("ReplaceField$Value", "b", renames="b:n"),
        smt("Cast$Value", "b", spec="a:string"),
        smt("Cast$Value", "b", spec="n:int64"),
        smt("Flatten$Value", "b"),
        smt("MaskField$Value", "b", fields="a"),
        smt("MaskField$Value", "b", fields="n"),
        smt("ValueToKey", "b", fields="n"),
        smt("HeaderFrom$Value", "b", fields="n", headers="h", operation="copy"),
        smt("ExtractField$Value", "b", field="n"),
        smt("TimestampConverter$Value", "b", field="n", target__type="string", format="yyyy"),
        smt("InsertField$Value", "b", topic__field="t"),
        smt("SetSchemaMetadata$Value", "b", schema__name="x"),
    ):
        yield case(chain(ON, insert, second), value=value, timestamp=None)


CONTAINERS = [
    (schema("array", items=schema("string")), '["a"]'),
    (schema("array", items=schema("string", True)), '["a",null]'),
    (schema("array", items=schema("int32")), "[1]"),
    (schema("array", items=logical("Date")), "[1]"),
    (schema("array", items=decimal(2)), "[1.5]"),
    (schema("map", keys=schema("string"), values=schema("string", True)), '{"k":null}'),
    (schema("map", keys=schema("string"), values=schema("string")), '{"k":"v"}'),
    (schema("map", keys=schema("int32"), values=schema("string")), '[[1,"v"]]'),
    (struct(field("x", "int32")), '{"x":1}'),
    (struct(field("x", "int32", True)), '{"x":null}'),
    (schema("string", True), "null"),
    (schema("bytes"), '"AQID"'),
    (logical("Timestamp", True), "5"),
    (decimal(1), "1.5"),
]


def renamed():
    for (first, one), (second, two) in product(CONTAINERS, repeat=2):
        made = struct(named("a", first), named("b", second))
        renames = smt("ReplaceField$Value", renames="a:b")
        yield case(chain(ON, renames), value=enveloped(made, '{"a":%s,"b":%s}' % (one, two)))


    three = struct(field("a", "string"), field("b", "int32"), field("c", "int32"))
    for renames in ("a:b,x:c", "x:b,a:c", "b:a,x:c", "a:c,c:b,x:a"):
        yield case(
            chain(ON, smt("ReplaceField$Value", renames=renames)),
            value=enveloped(three, '{"a":"1","b":2,"c":3}'),
        )


def renamed_schemas():
    for made, payload in CONTAINERS:
        for kind in ("Date", "Decimal", "Timestamp"):
            metadata = smt("SetSchemaMetadata$Value", schema__name=LOGICAL + kind)
            for stages in (
                [],
                [smt("HoistField$Value", "b", field="h")],
                [smt("HoistField$Value", "b", field="h"), smt("InsertField$Value", "c", topic__field="t")],
                [smt("ReplaceField$Value", "b", exclude="x")],
                [smt("Cast$Value", "b", spec="x:string")],
                [smt("Flatten$Value", "b")],
            ):
                yield case(chain(ON, metadata, *stages), value=enveloped(made, payload))


def other_converters():
    for name in (BYTES, STRING):
        base = converters(JSON, name, schemas__enable="true")
        for data in (b"word", b"\xff\x00", None):
            for stages in (
                [smt("HoistField$Value", field="h")],
                [smt("HoistField$Value", field="h"), smt("ExtractField$Value", "b", field="h")],
                [smt("Cast$Value", spec="string")],
                [smt("Cast$Value", spec="string"), smt("HoistField$Value", "b", field="h")],
                [smt("SetSchemaMetadata$Value", schema__name=LOGICAL + "Decimal")],
                [
                    smt("SetSchemaMetadata$Value", schema__name=LOGICAL + "Decimal"),
                    smt("HoistField$Value", "b", field="h"),
                ],
                [smt("InsertHeader", header="h", value__literal="1")],
            ):
                yield case(chain(base, *stages), value=data, key='{"schema":null,"payload":1}')


def damaged():
    """What damaged cases have shown."""
    for name in (r"\ud800", r"\ud800b", r"\udc00", r"\ud83d\ude00", r"\ude00\ud83d", r"\ud800\n"):
        yield case(OFF, value='{"%s":1}' % name)
        yield case(OFF, value='["%s"]' % name)
        yield case(ON, value='{"schema":null,"payload":{"a":{"%s":1}}}' % name)
        yield case(ON, value='{"schema":{"type":"string","%s":1},"payload":""}' % name)
    for parts in (
        '"keys":{"type":"nothing"}',
        '"keys":{}',
        '"values":{"type":"nothing"}',
        '"keys":{"type":"nothing"},"values":{"type":"none"}',
        '"keys":{"type":"string"},"values":{}',
    ):
        yield case(ON, value='{"schema":{"type":"map",%s},"payload":{}}' % parts)
    for attribute in ('"type":00', '"type":"int32","version":007', '"type":"int8","default":012'):
        yield case(ON, value='{"schema":{"optional":true,%s},"payload":null}' % attribute)
        content = {"value.converter.schema.content": '{"optional":true,%s}' % attribute}
        yield case({**ON, **content}, value="null")
    for version in ("lat,est", "[4,5", "[[4.3.0", "latls]", "[4.0)", "[9,5.0)", "4.3.0,", "(,)"):
        for key in ("key.converter", "value.converter", "header.converter", "connector"):
            yield case({**OFF, f"{key}.plugin.version": version}, value="1")
    for regex in (r"or\u0064er(.)", r"[\u0061-\u007a]+", r"a\E", r"\Q{o}\E|o.*", r"o\i", r"\Q\u006f\E"):
        for replacement in ("x", "${", '${"a"}', "${a", "$1"):
            router = smt("RegexRouter", regex=regex, replacement=replacement)
            yield case(chain(OFF, router), value="1")


SUITES = {
    "damaged": [damaged],
    "json-repeats": [in_structs, in_maps, elsewhere],
    "struct-put": [hoisted, renamed, renamed_schemas, other_converters],
}
