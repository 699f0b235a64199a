"""The simple converters and SimpleHeaderConverter with its text grammar."""

import struct as pack

from shapes import (
    BYTES,
    EVERYTHING,
    JSON,
    NOTHING,
    OFF,
    ON,
    SIMPLE,
    STRING,
    TYPED_HEADERS,
    case,
    chain,
    converters,
    envelope,
    everything,
    j,
    only,
    smt,
)

PACKAGE = "org.apache.kafka.connect.converters."
NUMBERS = {
    "Short": (">h", [0, 1, -1, 32767, -32768]),
    "Integer": (">i", [0, 1, -1, 2**31 - 1, -(2**31)]),
    "Long": (">q", [0, 1, -1, 2**63 - 1, -(2**63)]),
    "Float": (">f", [0.0, 1.5, -0.0, float("inf"), float("nan"), 0.1]),
    "Double": (">d", [0.0, 1.5, -0.0, float("-inf"), float("nan"), 0.1]),
}


def crossed(reader, writer):
    """Values read by one converter and written by another: the value's field moved to the key."""
    return {
        **converters(writer, reader),
        "transforms": "k,x",
        **smt("ValueToKey", "k", fields="f"),
        **smt("ExtractField$Key", "x", field="f"),
    }


def strings():
    for data in (
        "",
        "a",
        "é€😀",
        " ",
        "null",
        b"\xff\xfe",
        b"a\xffb",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf0\x9f",
        "\x00",
        None,
    ):
        yield case(converters(STRING), value=data, key=data)
    for encoding in (
        "UTF-8",
        "utf8",
        "UTF-16",
        "UTF-16LE",
        "UTF-16BE",
        "ISO-8859-1",
        "US-ASCII",
        " UTF-8 ",
        "nope",
        "",
        "latin1",
        "windows-1252",
        None,
    ):
        for data in ("é😀", "é".encode("utf-16"), b"\xe9\x80", None):
            yield case(converters(STRING, converter__encoding=encoding), value=data)
    for keys in (
        {"deserializer__encoding": "UTF-16BE"},
        {"serializer__encoding": "UTF-16BE"},
        {"value__deserializer__encoding": "ISO-8859-1"},
        {"key__serializer__encoding": "UTF-16"},
        {"value__serializer__encoding": "nope"},
        {"unknown": "x"},
        {"converter__type": "bad"},
    ):
        yield case(converters(STRING, **keys), value="é", key="é")
    made = everything(True)
    for name in EVERYTHING:
        for payload in (EVERYTHING, NOTHING):
            config = {**converters(STRING, JSON), "value.converter.schemas.enable": "true"}
            config = chain(
                config, smt("ValueToKey", fields=name), smt("ExtractField$Key", "b", field=name)
            )
            if name != "raw":
                yield case(config, value=only(name, True, payload))
    for text in (
        '{"f":{"b":[1,null,"x"],"a":{"c":1.0}}}',
        '{"f":[]}',
        '{"f":{}}',
        '{"f":1e10}',
        '{"f":true}',
    ):
        yield case({**crossed(JSON, STRING), "value.converter.schemas.enable": "false"}, value=text)
    yield case(
        chain(
            {**converters(STRING, JSON)},
            smt("ValueToKey", fields="inner,i8,flag,ts,dec,none".replace(",none", "")),
        ),
        value=envelope(made, EVERYTHING),
    )


def bytes_converter():
    for data in (b"", b"\x00\xff", "text", None):
        yield case(converters(BYTES), value=data, key=data)
    for name in EVERYTHING:
        yield case(
            chain(
                converters(BYTES, JSON),
                smt("ValueToKey", fields=name),
                smt("ExtractField$Key", "b", field=name),
            ),
            value=only(name, True),
        )
    for text in ('{"f":"x"}', '{"f":1}', '{"f":null}', '{"f":[1]}', '{"f":{}}'):
        yield case({**crossed(JSON, BYTES), "value.converter.schemas.enable": "false"}, value=text)
    yield case(converters(BYTES, unknown="x"), value="a")


def primitives():
    for name, (form, values) in NUMBERS.items():
        config = converters(PACKAGE + name + "Converter")
        for value in values:
            yield case(config, value=pack.pack(form, value))
        for data in (None, b"", b"\x01", b"\x00" * 3, b"\x00" * 9):
            yield case(config, value=data)
            yield case(config, key=data)
        if name in ("Float", "Double"):
            yield case(
                config,
                value=(
                    b"\x7f\xc0\x00\x01" if name == "Float" else b"\x7f\xf8\x00\x00\x00\x00\x00\x01"
                ),
            )
        for field in (
            "i8",
            "i16",
            "i32",
            "i64",
            "f32",
            "f64",
            "flag",
            "text",
            "raw",
            "dec",
            "ts",
            "list",
            "inner",
        ):
            yield case(
                chain(
                    converters(PACKAGE + name + "Converter", JSON),
                    smt("ValueToKey", fields=field),
                    smt("ExtractField$Key", "b", field=field),
                ),
                value=only(field, True),
            )
        yield case(
            {**OFF, "header.converter": name}, headers=[("h", pack.pack(form, 1)), ("g", "x")]
        )
        yield case({**OFF, "value.converter": name}, value=pack.pack(form, 2))
    config = converters(PACKAGE + "BooleanConverter")
    for data in (b"\x00", b"\x01", b"\x02", b"", b"\x01\x01", None, b"\xff"):
        yield case(config, value=data)
        yield case(config, key=data, value=b"\x01")
    for field in ("i8", "flag", "text", "raw", "inner"):
        yield case(
            chain(
                converters(PACKAGE + "BooleanConverter", JSON),
                smt("ValueToKey", fields=field),
                smt("ExtractField$Key", "b", field=field),
            ),
            value=only(field, True),
        )
    for text in ('{"f":true}', '{"f":1}', '{"f":null}'):
        yield case(
            {**crossed(JSON, "Boolean"), "value.converter.schemas.enable": "false"}, value=text
        )
        yield case({**crossed(JSON, "Long"), "value.converter.schemas.enable": "false"}, value=text)


def names():
    for alias in (
        "Json",
        "JsonConverter",
        "String",
        "StringConverter",
        "ByteArray",
        "ByteArrayConverter",
        "Boolean",
        "Simple",
        "SimpleHeaderConverter",
        "json",
        "nope",
        "",
        " Json ",
        "Key",
        "java.lang.String",
        "org.apache.kafka.connect.storage.Converter",
        JSON + " ",
        None,
        "org.apache.kafka.connect.transforms.RegexRouter",
    ):
        yield case(
            {"value.converter": alias, "value.converter.schemas.enable": "false"}, value=b"1"
        )
        yield case({"header.converter": alias, **OFF}, headers=[("h", "1")])
    for version in ("4.3.0", "9.9.9", "latest", "[4.0.0,5.0.0)", "x", "", None):
        yield case({**OFF, "value.converter.plugin.version": version}, value="1")
        yield case(
            {**OFF, "header.converter": SIMPLE, "header.converter.plugin.version": version},
            value="1",
        )


# Texts of the header grammar; results show through a converter that writes their schema.
VALUE_TEXTS = [
    "null",
    "NULL",
    "Null",
    " null ",
    "true",
    "false",
    " true ",
    "True",
    "true}",
    "true,",
    "42",
    "-42",
    "+5",
    "128",
    "-129",
    "32768",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "1.0",
    "1.5",
    "5.",
    "1e3",
    "1E3",
    "1e-3",
    "0.1",
    "3.4028235e38",
    "3.4028236e38",
    "12345678901234567890.5",
    "1.1e40",
    "1e400",
    "-1e400",
    "1e-400",
    ".5",
    "-.5",
    "+.5",
    "-0",
    "-0.0",
    "007",
    "0x1F",
    "-",
    "+",
    "--1",
    "NaN",
    "Infinity",
    "1 2",
    "3,4",
    "8080:foo",
    "1:2",
    "192.168.0.1:8080",
    "123-456",
    "12ab",
    "1f",
    "1d",
    "1L",
    "1_000",
    "٣",
    "１.５",
    '"42"',
    '"a"',
    "a,b",
    "a",
    "",
    " ",
    "  a  ",
    "\t1\n",
    "é",
    "😀",
    "a\\nb",
    "[]",
    "[ ]",
    "[1,128,70000]",
    "[1, 2.5]",
    '[1,"a"]',
    "[1,null]",
    "[null]",
    "[null,null]",
    "[null,1]",
    "[1,2",
    "[a,b]",
    '["a","b"]',
    "[1,]",
    "[,1]",
    "[1,2]x",
    "[1,,2]",
    "[[1],[2]]",
    "[[1],[128]]",
    "[[1],[]]",
    "[true,false]",
    "[true,1]",
    '["a",null]',
    '[" "]',
    '["a\\"b"]',
    '["a","b"',
    "[1 2]",
    "[1e400,1e401]",
    "[1,9223372036854775808]",
    "[1.5,1e300]",
    '["2020-01-02"]',
    '["2020-01-02",1]',
    "[2020-01-02,2020-01-03]",
    '["2020-01-02T10:11:12.345Z","2020-01-02"]',
    "[[]]",
    "[{}]",
    '[{"a":1},{"b":2}]',
    "]",
    "[",
    "[[1]",
    "{}",
    "{ }",
    '{"a":1}',
    '{"a":1}tail',
    "{a:1}",
    '{"a":1 "b":2}',
    '{"a":null}',
    "{1:2}",
    '{"a":1.5,"b":2}',
    '{"a":1,"b":"x"}',
    '{"a":1,"b":128}',
    '{"a":1,}',
    '{"a"}',
    '{"a":}',
    "{:1}",
    '{"a":1,"a":2}',
    '{"a":[1,2],"b":[3]}',
    '{"a":{"b":1}}',
    "{null:1}",
    "{true:1}",
    '{"a":1',
    "{",
    "}",
    '{"a" : 1 , "b" : 2}',
    "{1.5:true}",
    '{"k":"2020-01-02"}',
    '{"x":"true"}',
    '{1:"a","b":2}',
    "2020-01-02",
    "2020-13-45",
    "2020-1-2",
    "20200102",
    "2020-01-02x",
    "2020-01-02 ",
    "10:11:12.345Z",
    "10:11:12",
    "10:11:12Z",
    "1:11:12.345Z",
    "24:00:00.000Z",
    "25:61:61.999Z",
    "10:11:12.345Z ",
    "2020-01-02T10:11:12.345Z",
    "2020-01-02T10:11:12Z",
    "2020-01-02T10:11:12.345",
    "1969-12-31T23:59:59.999Z",
    "1582-10-04",
    "0001-01-01",
    "9999-12-31",
    "2020-02-30T00:00:00.000Z",
    "2020-01-02T24:00:00.000Z",
    "10\\:11\\:12.345Z",
    "1970-01-01",
    "00:00:00.000Z",
    "23:59:59.999Z",
    "-2020-01-02",
    "abc:def",
    "a:b",
    "a{b",
    '"a',
    'a"b',
    '""',
    '"',
    '\\"',
    "a\\",
    "\\",
    "x,y,z",
    '[""]',
    '["a\\\\b"]',
    "AQID",
    "key=value",
    "100%",
    "$1",
    "1/2",
    "1.2.3",
    "1e",
    "1e+5",
    "1E+05",
]


def header_values():
    for text in VALUE_TEXTS:
        yield case(OFF, value="{}", headers=[("h", text)])
        yield case(
            chain({**OFF, **TYPED_HEADERS}, smt("InsertHeader", header="h", value__literal=text)),
            value="{}",
        )
    for data in (None, b"", b"\xff", b"[1,\xff]", b"\xc3\xa9", "1".encode("utf-16"), b"\x00"):
        yield case(OFF, value="{}", headers=[("h", data)])
    yield case(
        OFF, value="{}", headers=[("a", "1"), ("b", "x"), ("a", "2"), ("", "3"), ("é", None)]
    )
    yield case(OFF, value="{}", headers=[("h", "[1,2.50]")], direction="source")
    # What other values look like as header text: fields of a struct moved into headers.
    for name in EVERYTHING:
        for payload in (EVERYTHING, NOTHING):
            yield case(
                chain(ON, smt("HeaderFrom$Value", fields=name, headers="h", operation="copy")),
                value=only(name, True, payload),
            )
    for text in (
        '{"f":"a\\"b"}',
        '{"f":["a\\"b","c\\\\d"]}',
        '{"f":{"x":[1,null,true]}}',
        '{"f":1e10}',
        '{"f":[1.0]}',
        '{"f":null}',
        '{"f":""}',
        '{"f":" "}',
        '{"f":{"b":1,"a":{"c":"d"}}}',
        '{"f":[]}',
        '{"f":{}}',
    ):
        yield case(
            chain(OFF, smt("HeaderFrom$Value", fields="f", headers="h", operation="move")),
            value=text,
        )
    for header in (STRING, BYTES):
        for data in ("text", b"\xff", None, ""):
            yield case({**OFF, "header.converter": header}, value="{}", headers=[("h", data)])
        for literal in ("a", "1", "[1,2]", "null", "2020-01-02"):
            yield case(
                chain(
                    {**OFF, "header.converter": header},
                    smt("InsertHeader", header="h", value__literal=literal),
                ),
                value="{}",
            )


SUITES = {
    "string": [strings],
    "primitives": [bytes_converter, primitives],
    "converter-names": [names],
    "header-values": [header_values],
}
