"""Transforms that move things between parts of a record, and the routers."""

from shapes import (
    EVERYTHING,
    JSON,
    NOTHING,
    OFF,
    ON,
    PLAIN,
    TYPED_HEADERS,
    case,
    chain,
    converters,
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
from smt_fields import config_faults, sides, wrong_types


def drop_headers():
    headers = [("a", "1"), ("b", "2"), ("a", "3"), ("", "4")]
    for names in ("a", "b", "a,b", "zz", " a , b ", "A"):
        for direction in ("sink", "source"):
            yield case(
                chain(OFF, smt("DropHeaders", headers=names)),
                value="{}",
                headers=headers,
                direction=direction,
            )
    yield case(chain(OFF, smt("DropHeaders", headers="a")), value="{}")
    for text in ("", " ", ",", "a,a", "a,", None):
        yield case(chain(OFF, smt("DropHeaders", headers=text)), value="{}", headers=headers)
    yield case(chain(OFF, smt("DropHeaders")), value="{}")
    yield case(chain(OFF, smt("DropHeaders$Value", headers="a")), value="{}")


def header_from():
    for operation in ("move", "copy"):
        for name in EVERYTHING:
            yield case(
                chain(
                    {**ON, **TYPED_HEADERS},
                    smt("HeaderFrom$Value", fields=name, headers="h", operation=operation),
                ),
                value=only(name),
            )
        yield case(
            chain(
                {**ON, **TYPED_HEADERS},
                smt("HeaderFrom$Key", fields="text,i8", headers="a,a", operation=operation),
            ),
            key=envelope(everything(True), NOTHING),
        )
        for fields in ("i", "text,none", "zz", "inner", "list", "i,i"):
            count = fields.count(",") + 1
            yield from sides(
                "HeaderFrom",
                {"fields": fields, "headers": ",".join(["h"] * count), "operation": operation},
                OFF,
                PLAIN,
                headers=[("h", "old")],
            )
        yield case(
            chain(ON, smt("HeaderFrom$Value", fields="zz", headers="h", operation=operation)),
            value=envelope(everything(), EVERYTHING),
        )
        for flag in ("true", "false"):
            made = struct(field("a", "int32", True, default=7), field("b", "string", True))
            yield case(
                chain(
                    {**ON, **TYPED_HEADERS},
                    smt(
                        "HeaderFrom$Value",
                        fields="a",
                        headers="h",
                        operation=operation,
                        replace__null__with__default=flag,
                    ),
                ),
                value=envelope(made, {"a": None, "b": "x"}),
            )
    yield from wrong_types("HeaderFrom", {"fields": "a", "headers": "h", "operation": "copy"})
    yield from wrong_types("HeaderFrom", {"fields": "a", "headers": "h", "operation": "move"})
    good = {"fields": "i", "headers": "h", "operation": "move"}
    yield from config_faults(
        "HeaderFrom",
        good,
        [
            {"operation": "MOVE"},
            {"operation": ""},
            {"operation": None},
            {"operation": " copy "},
            {"fields": ""},
            {"headers": ""},
            {"fields": "a,b"},
            {"headers": "a,b"},
            {"fields": None},
            {"fields": "a,"},
            {"headers": None},
            {"replace__null__with__default": "x"},
            {"fields": "a,a", "headers": "b,b"},
        ],
    )


def insert_field():
    everything_keys = {
        "topic__field": "t",
        "partition__field": "p",
        "timestamp__field": "ts",
        "static__field": "s",
        "static__value": "sv",
    }
    variants = [
        {"topic__field": "t"},
        {"topic__field": "t!"},
        {"topic__field": "t?"},
        {"partition__field": "p!"},
        {"partition__field": "p"},
        {"offset__field": "o"},
        {"offset__field": "o!"},
        {"timestamp__field": "ts"},
        {"timestamp__field": "ts!"},
        {"static__field": "s", "static__value": "v"},
        {"static__field": "s!", "static__value": ""},
        {"static__field": "s?", "static__value": " v "},
        everything_keys,
        {"topic__field": "i8"},
        {"topic__field": ""},
        {"topic__field": "!"},
        {"topic__field": "a!!"},
        {"topic__field": "x", "static__field": "x", "static__value": "v"},
    ]
    small = struct(field("i8", "int32"), name="n", version=1, optional=True)
    for keys in variants:
        for direction in ("sink", "source"):
            for place in (
                {},
                (
                    {"partition": None, "timestamp": None}
                    if direction == "source"
                    else {"timestamp": None}
                ),
            ):
                yield case(
                    chain(ON, smt("InsertField$Value", **keys)),
                    value=envelope(small, {"i8": 1}),
                    direction=direction,
                    **place
                )
                yield case(
                    chain(OFF, smt("InsertField$Value", **keys)),
                    value='{"i8":1}',
                    direction=direction,
                    **place
                )
        yield case(chain(ON, smt("InsertField$Key", **keys)), key=envelope(small, {"i8": 1}))
        yield case(chain(OFF, smt("InsertField$Value", **keys)), value=None)
    defaults = struct(field("a", "int32", True, default=7))
    for flag in ("true", "false"):
        yield case(
            chain(
                ON, smt("InsertField$Value", topic__field="t", replace__null__with__default=flag)
            ),
            value=envelope(defaults, {"a": None}),
        )
    yield from wrong_types("InsertField", {"topic__field": "t"})
    yield from wrong_types("InsertField", {"static__field": "s!", "static__value": "v"})
    yield from config_faults(
        "InsertField",
        {"topic__field": "t"},
        [
            {"static__field": "s"},
            {"static__value": "v"},
            {"topic__field": None},
            {"replace__null__with__default": "x"},
            {"static__field": "s", "static__value": None},
        ],
    )
    yield case(chain(OFF, smt("InsertField$Value")), value="{}")
    yield case(chain(OFF, smt("InsertField$Value", static__field="s")), value="{}")


def insert_header():
    for literal in (
        "1",
        "1.0",
        "true",
        "null",
        "[1,2]",
        '{"a":1}',
        " x ",
        "",
        "2020-01-02",
        '"q"',
        "1,2",
        "٣",
    ):
        yield case(
            chain(
                {**OFF, **TYPED_HEADERS}, smt("InsertHeader", header="h", value__literal=literal)
            ),
            value="{}",
            headers=[("h", '{"schema":null,"payload":1}')],
        )
        yield case(
            chain(OFF, smt("InsertHeader", header="h", value__literal=literal)),
            value=None,
            direction="source",
        )
    for header in ("", " h ", "é"):
        yield case(chain(OFF, smt("InsertHeader", header=header, value__literal="1")), value="{}")
    for keys in (
        {"header": "h"},
        {"value__literal": "1"},
        {},
        {"header": None, "value__literal": "1"},
        {"header": "h", "value__literal": None},
    ):
        yield case(chain(OFF, smt("InsertHeader", **keys)), value="{}")


def regex_router():
    variants = [
        ("(.*)-(.*)", "$2-$1"),
        (".*", "x"),
        (".*?", "x"),
        ("o.*", "new"),
        ("nope", "x"),
        ("(?<a>o)(.*)", "${a}-$2"),
        ("orders-(\\d+)", "o$1"),
        ("(.*)", "$1$1"),
        ("(.*)", "$2"),
        ("(.*)", "$"),
        ("(.*)", "a$b"),
        ("(.*)", "\\$1"),
        ("(.*)", "a\\"),
        ("(?<m>.*)", "${x}"),
        ("(?<m>.*)", "${m"),
        ("(?i)ORDERS.*", "ci"),
        ("orders-(1|2)", "${1}"),
        ("(a)?orders.*", "[$1]"),
        ("", "x"),
        ("o(?=r).*", "look"),
        ("(.)\\1*.*", "$1"),
        ("[a-z]++-\\d+", "poss"),
        ("\\p{Alpha}+-\\p{Digit}+", "posix"),
        ("orders-1", ""),
        (" orders-1 ", " sp "),
        ("(.*)", "$0!"),
        ("(.*)", "$10"),
        ("orders\\Q-1\\E", "quoted"),
        ("(?s).*", "é😀"),
        ("^orders-1$", "anchored"),
        ("orders|orders-1", "alt"),
        ("(?x) orders - 1 ", "free"),
        ("[\\w&&[^a]]+-1", "inter"),
    ]
    for regex, replacement in variants:
        for topic in ("orders-1", "aé"):
            yield case(
                chain(OFF, smt("RegexRouter", regex=regex, replacement=replacement)),
                value="{}",
                topic=topic,
            )
    for regex in (
        "(",
        "[",
        "*",
        "a{2,1}",
        "(?<1>a)",
        "\\",
        "(?<a>x)(?<a>y)",
        "a**",
        "\\p{Nope}",
        "(?z)",
        "x{",
        None,
    ):
        yield case(chain(OFF, smt("RegexRouter", regex=regex, replacement="x")), value="{}")
    for keys in ({"regex": "a"}, {"replacement": "a"}, {}, {"regex": ".*", "replacement": None}):
        yield case(chain(OFF, smt("RegexRouter", **keys)), value="{}", direction="source")


def set_schema_metadata():
    made = struct(
        field("a", "int32", True, default=7),
        optional=True,
        name="old",
        version=1,
        doc="d",
        parameters={"p": "q"},
    )
    for keys in (
        {"schema__name": "new"},
        {"schema__version": "5"},
        {"schema__name": "new", "schema__version": "-1"},
        {"schema__name": ""},
        {"schema__name": " x "},
        {"schema__version": " 7 "},
        {"schema__version": "+7"},
    ):
        for payload in ({"a": 1}, {"a": None}, None):
            yield from sides("SetSchemaMetadata", keys, ON, envelope(made, payload))
    for flag in ("true", "false"):
        yield case(
            chain(
                ON,
                smt("SetSchemaMetadata$Value", schema__name="n", replace__null__with__default=flag),
            ),
            value=envelope(made, {"a": None}),
        )
    nested = struct(named("i", struct(field("x", "int32"), name="inner")), name="outer")
    yield case(
        chain(ON, smt("SetSchemaMetadata$Value", schema__name="n")),
        value=envelope(nested, {"i": {"x": 1}}),
    )
    yield case(
        chain(ON, smt("SetSchemaMetadata$Value", schema__name="n")),
        value=envelope(everything(), EVERYTHING),
    )
    yield from wrong_types("SetSchemaMetadata", {"schema__name": "n"})
    yield from config_faults(
        "SetSchemaMetadata",
        {"schema__name": "n"},
        [
            {"schema__version": "x"},
            {"schema__version": ""},
            {"schema__version": "1.5"},
            {"schema__version": "9999999999"},
            {"schema__version": None},
            {"schema__name": None},
            {"replace__null__with__default": "x"},
        ],
    )


def timestamp_router():
    for topic_format in (
        "${topic}-${timestamp}",
        "${timestamp}",
        "${topic}",
        "x",
        "",
        "${topic}${topic}-${timestamp}-${timestamp}",
        "$1\\${topic}",
        "${Topic}",
        " ${topic} ",
    ):
        for stamp in (0, 1700000000123, -1, 253402300800000):
            yield case(
                chain(OFF, smt("TimestampRouter", topic__format=topic_format)),
                value="{}",
                timestamp=stamp,
            )
    for stamp_format in (
        "yyyy",
        "yyyyMMddHHmmss",
        "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
        "''",
        "'q'yy",
        "EEE, d MMM yyyy",
        "G",
        "u",
        "D",
        "F",
        "w W",
        "YYYY-'W'ww",
        "hh:mm a",
        "k K",
        "z",
        "X",
        "XX",
        "XXX",
        "S",
        "SSSSS",
        "yy",
        "yyy",
        "yyyyy",
        "M",
        "MMM",
        "MMMM",
        "LLLL",
        "d",
        "EEEE",
        "",
        " ",
        "bogus",
        "'open",
        "yyyy'",
        "é",
        "yyyy/MM",
        "H",
        "mm:ss",
    ):
        yield case(
            chain(OFF, smt("TimestampRouter", timestamp__format=stamp_format)),
            value="{}",
            timestamp=1700000000123,
        )
    for stamp in (-62135769600000, -12219292800001, -12219292800000, 951782400000, 1):
        yield case(
            chain(OFF, smt("TimestampRouter", timestamp__format="G yyyy-MM-dd HH:mm:ss.SSS")),
            value="{}",
            timestamp=stamp,
        )
    for direction in ("sink", "source"):
        yield case(
            chain(OFF, smt("TimestampRouter")),
            value='{"a":1}',
            key='"k"',
            headers=[("h", "1")],
            timestamp=None,
            direction=direction,
        )
        yield case(
            chain(ON, smt("TimestampRouter")),
            value=envelope(everything(True), {"i8": 1, "text": "x"}),
            timestamp=None,
            direction=direction,
        )
    for keys in ({"topic__format": None}, {"timestamp__format": None}):
        yield case(chain(OFF, smt("TimestampRouter", **keys)), value="{}")


def value_to_key():
    for fields in ("i8", "i8,text", "text,i8", "inner", "zz", "i8,zz", "list,map", " i8 , dec "):
        yield case(
            chain(ON, smt("ValueToKey", fields=fields)),
            value=envelope(everything(True), EVERYTHING),
            key=envelope(None, 1),
        )
        yield case(
            chain(ON, smt("ValueToKey", fields=fields)), value=envelope(everything(True), NOTHING)
        )
    for fields in ("i", "i,text", "zz", "inner,list", "none"):
        yield case(chain(OFF, smt("ValueToKey", fields=fields)), value=PLAIN, key='"old"')
    yield case(
        chain(OFF, smt("ValueToKey", fields="a,d,h")),
        value={c: i for i, c in enumerate("abcdefgh")},
    )
    for flag in ("true", "false"):
        made = struct(field("a", "int32", True, default=7))
        yield case(
            chain(ON, smt("ValueToKey", fields="a", replace__null__with__default=flag)),
            value=envelope(made, {"a": None}),
        )
    for text in ('"x"', "1", "null", "[1]", None):
        yield case(chain(OFF, smt("ValueToKey", fields="a")), value=text)
    for made in (
        envelope(schema("int32"), 1),
        envelope(schema("string", True), None),
        None,
        envelope(struct(field("a", "int32"), optional=True), None),
        envelope(None, {"a": 1}),
    ):
        yield case(chain(ON, smt("ValueToKey", fields="a")), value=made)
    for text in ("", " ", "a,a", "a,", None):
        yield case(chain(OFF, smt("ValueToKey", fields=text)), value=PLAIN)
    yield case(chain(OFF, smt("ValueToKey")), value=PLAIN)
    yield case(chain(OFF, smt("ValueToKey$Key", fields="i")), value=PLAIN)


def filtered():
    for direction in ("sink", "source"):
        yield case(chain(OFF, smt("Filter")), value="{}", direction=direction)
        yield case(chain(OFF, smt("Filter", unknown="x")), value=None, direction=direction)


SUITES = {
    "headers": [drop_headers, header_from, insert_header],
    "insert-field": [insert_field],
    "regex-router": [regex_router],
    "set-schema-metadata": [set_schema_metadata],
    "timestamp-router": [timestamp_router],
    "value-to-key": [value_to_key, filtered],
}
