"""JsonConverter: texts without a schema, its keys, and as a header converter."""

from shapes import JSON, OFF, ON, case, converters, envelope, j, schema, struct, field

PLAIN_TEXTS = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "007",
    "00",
    "-007",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "1.0",
    "1.5",
    "-0.0",
    "0.1",
    "100.0",
    "1e0",
    "1E5",
    "1e-5",
    "1e10",
    "1e21",
    "1e22",
    "1.7976931348623157e308",
    "1e400",
    "-1e400",
    "1e-400",
    "-1e-400",
    "4.9e-324",
    "2.5e-324",
    "123456.789",
    "1234567.0",
    "9999999.0",
    "10000000.0",
    "0.001",
    "0.0009999",
    "3.141592653589793",
    "0.30000000000000004",
    "5e-1",
    "1.10",
    "1e+3",
    '""',
    '"a"',
    '"a b"',
    r'"\""',
    r'"\\"',
    r'"\/"',
    r'"\b\f\n\r\t"',
    r'"\u0041"',
    r'"\u00e9"',
    '"é"',
    '"€"',
    '"😀"',
    r'"\ud83d\ude00"',
    r'"\ud83d"',
    r'"\ude00"',
    r'"\ud83dx"',
    r'"\u0000"',
    '"\u007f"',
    r'"\u001f"',
    r'"\u2028"',
    '"a/b"',
    "[]",
    "[1]",
    "[1,2,3]",
    '[1,"a",null,true,1.5]',
    "[[1],[2,[3]]]",
    "[{}]",
    "{}",
    '{"a":1}',
    '{"a":1,"a":2}',
    '{"b":1,"a":2}',
    '{"":1}',
    '{"a":{"b":{"c":null}}}',
    '{"a b":1,"é":2,"😀":3}',
    '{"a":[1,{"b":2}]}',
    " 1",
    "1 ",
    "\t[ 1 , 2 ]\n",
    '{ "a" : 1 }',
    " ",
    "",
    "1 2",
    "{} x",
    "{}x",
    '"a""b"',
    "1 // a",
    "[1]]",
    "1,",
    "1x",
    "truex",
    "nul",
    "tru",
    "NULL",
    "True",
    "nan",
    "NaN",
    "Infinity",
    "-",
    "+1",
    ".5",
    "1.",
    "1.e1",
    "1e",
    "1e+",
    "--1",
    "0x10",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{",
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    "{a:1}",
    "{'a':1}",
    '{"a" 1}',
    '{"a":1 "b":2}',
    "{1:2}",
    '"',
    '"a',
    r'"\x"',
    r'"\u00"',
    r'"\u00g0"',
    '"\n"',
    '"\t"',
    "]",
    "}",
    ":",
    ",",
    "'a'",
    "/* c */ 1",
    "// c\n1",
    "# 1",
    "\x00",
    "1\x00",
    "\ufeff1",
    "\ufeff",
    "\u00a01",
    "<a/>",
    "hello",
    "t",
    "undefined",
    j({c: i for i, c in enumerate("abcdefghijklm")}),
    j({f"key{i}": i for i in range(26)}),
    j({"connector.class": 1, "name": 2, "tasks.max": 3, "file": 4, "topic": 5}),
    j({"FB": 1, "Ea": 2, "x": 3}),
    j({"group": 1, "topic": 2, "partition": 3}),
    "[" * 30 + "]" * 30,
    "[" * 1001 + "]" * 1001,
    "1" * 1000,
    "1" * 1001,
    "1e2147483647",
]
RAW_TEXTS = [
    b"\xff",
    b'"\xff"',
    b'"\xc3"',
    b'"\xc0\x80"',
    b'"\xed\xa0\x80"',
    b'"\xf4\x90\x80\x80"',
    b'"\xe2\x82"',
    b'{"\xff":1}',
    "1".encode("utf-16"),
    '{"a":"é"}'.encode("utf-16-le"),
    '{"a":"é"}'.encode("utf-16-be"),
    '"a"'.encode("utf-32-le"),
    '"a"'.encode("utf-32-be"),
    b"\xef\xbb\xbf{}",
    b"\xef\xbb",
    b"\xfe\xff",
    b"\x80",
    b'"\xf0\x9f\x98\x80"',
    b'"\xf8\x88"',
]


def plain():
    for text in PLAIN_TEXTS + RAW_TEXTS:
        yield case(OFF, value=text)
    for text in ("", " ", "null", "1", "{", '{"a":1}', b"\xff"):
        yield case(OFF, key=text, value="{}")
        yield case({}, key=text, value=j(envelope(None, 1)))
    yield case(OFF)
    yield case(ON)
    yield case({})
    for text in ("1.5", "1.50", "1e3", "0.1", "-0.0", "1e400"):
        for form in ("BASE64", "NUMERIC", "numeric"):
            yield case(converters(JSON, schemas__enable="false", decimal__format=form), value=text)


def schema_content():
    content = [
        j(struct(field("a", "int32"), field("b", "string", True))),
        j(schema("string", True)),
        j(schema("int32")),
        "",
        " ",
        "null",
        "{",
        "foo",
        '{"type":"foo"}',
        "{}",
        "[]",
        "5",
        '{"type":"array","items":{"type":"string"}}',
    ]
    for text in content:
        for enable in ("true", "false"):
            config = converters(JSON, schemas__enable=enable, schema__content=text)
            for value in (
                '{"a":1,"b":"x"}',
                '{"b":1}',
                "",
                "null",
                '"s"',
                None,
                '{"schema":null,"payload":1}',
            ):
                yield case(config, value=value)


def config_faults():
    for keys in (
        {"schemas__enable": "maybe"},
        {"schemas__enable": ""},
        {"schemas__enable": None},
        {"schemas__enable": " TRUE "},
        {"decimal__format": "hex"},
        {"decimal__format": ""},
        {"decimal__format": None},
        {"decimal__format": " base64 "},
        {"schemas__cache__size": "x"},
        {"schemas__cache__size": "-1"},
        {"schemas__cache__size": "0"},
        {"schemas__cache__size": "1.5"},
        {"schemas__cache__size": "99999999999"},
        {"schemas__cache__size": None},
        {"replace__null__with__default": "1"},
        {"converter__type": "key"},
        {"converter__type": "nope"},
        {"unknown__key": "x"},
        {"schema__content": None},
        {"schemas__enable": "x", "decimal__format": "y"},
    ):
        config = converters(JSON, **keys)
        yield case(config, value=envelope(schema("int32"), 1))
        yield case({k: v for k, v in config.items() if not k.startswith("value.")}, key="1")
        yield case(
            {
                "header.converter": JSON,
                **OFF,
                **{
                    k.replace("key.", "header."): v
                    for k, v in config.items()
                    if k.startswith("key.converter.")
                },
            },
            value="1",
            headers=[("h", "1")],
        )


def as_header():
    for enable in ("true", "false"):
        config = {**OFF, "header.converter": JSON, "header.converter.schemas.enable": enable}
        for text in (
            "1",
            "null",
            '"a"',
            '{"a":[1]}',
            "",
            "x",
            None,
            '{"schema":{"type":"int8"},"payload":300}',
            '{"schema":null,"payload":null}',
            b"\xff",
        ):
            yield case(
                config, value="{}", headers=[("h", text), ("h", "2" if enable == "false" else text)]
            )


SUITES = {"json-plain": [plain], "json-config": [schema_content, config_faults, as_header]}
