"""Cast, ExtractField, Flatten, HoistField, MaskField, ReplaceField."""

from shapes import (
    EVERYTHING,
    NOTHING,
    OFF,
    ON,
    PLAIN,
    SCALARS,
    SCALAR_ENVELOPES,
    case,
    chain,
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

TYPES = ["int8", "int16", "int32", "int64", "float32", "float64", "boolean", "string"]


def sides(name, keys, base, data, **more):
    """The Value and the Key variant on the same data."""
    yield case(chain(base, smt(f"{name}$Value", **keys)), value=data, key=None, **more)
    yield case(chain(base, smt(f"{name}$Key", **keys)), key=data, value=None, **more)


def wrong_types(name, keys):
    for text in SCALARS + [None]:
        yield from sides(name, keys, OFF, text)
    for made in SCALAR_ENVELOPES + [None]:
        yield from sides(name, keys, ON, made)


def config_faults(name, good, faults):
    for keys in faults:
        yield case(chain(OFF, smt(f"{name}$Value", **{**good, **keys})), value=j(PLAIN))
    for key in good:
        missing = {other: text for other, text in good.items() if other != key}
        yield case(chain(OFF, smt(f"{name}$Key", **missing)), key=j(PLAIN))


def cast():
    for field_name in EVERYTHING:
        for target in TYPES:
            yield case(
                chain(ON, smt("Cast$Value", spec=f"{field_name}:{target}")), value=only(field_name)
            )
    yield case(
        chain(ON, smt("Cast$Value", spec="i8:string")), value=envelope(everything(True), NOTHING)
    )
    whole = [
        schema("int8"),
        schema("int64"),
        schema("double"),
        schema("string"),
        schema("boolean"),
        schema("bytes"),
        decimal(2),
        logical("Date"),
        logical("Timestamp"),
        schema("int32", True, default=5, doc="d", name="n"),
    ]
    payloads = [8, 1 << 40, 300.75, "12", True, "AQID", "BNI=", 19000, 1700000000123, None]
    for made, payload in zip(whole, payloads):
        for target in TYPES:
            yield case(chain(ON, smt("Cast$Value", spec=target)), value=envelope(made, payload))
    for target in TYPES:
        yield case(chain(ON, smt("Cast$Key", spec=target)), key=envelope(schema("int16"), 777))
        yield case(chain(OFF, smt("Cast$Key", spec=target)), key="12")
    texts = [
        "1",
        "+1",
        "-1",
        "007",
        "128",
        "-129",
        "32768",
        "9223372036854775808",
        "1.0",
        "1.5",
        " 1",
        "1 ",
        "1e3",
        "",
        "true",
        "TRUE",
        " true",
        "yes",
        "1f",
        "1d",
        "0x1p3",
        "NaN",
        "Infinity",
        "-Infinity",
        "1_0",
        "٣",
        "0x10",
        "abc",
        "1e400",
        "null",
    ]
    for text in texts:
        for target in TYPES[:7]:
            yield case(chain(OFF, smt("Cast$Value", spec=f"a:{target}")), value={"a": text})
    numbers = [
        "300",
        "-1",
        "0.5",
        "-0.5",
        "1e30",
        "-1e30",
        "0",
        "9223372036854775807",
        "1e-30",
        "3.9",
        "-3.9",
        "true",
        "false",
        "1e400",
        "16777217",
        "0.1",
        "1e21",
        "100.0",
        "null",
        "[1]",
        '{"b":1}',
        "[]",
    ]
    for text in numbers:
        for target in TYPES:
            yield case(
                chain(OFF, smt("Cast$Value", spec=f"a:{target}")), value='{"a":%s,"b":"x"}' % text
            )
    for text in numbers[:16]:
        for target in ("int8", "boolean", "string", "float32"):
            yield case(chain(OFF, smt("Cast$Value", spec=target)), value=text)
    for spec in (
        "a:int8,b:string",
        "a:int8,a:string",
        "zz:int8",
        " a : int8 ",
        "a:INT8",
        "a:Int8,b:float64",
    ):
        yield case(chain(OFF, smt("Cast$Value", spec=spec)), value='{"a":"5","b":1.5}')
        yield case(
            chain(ON, smt("Cast$Value", spec=spec)),
            value=envelope(
                struct(field("a", "string"), field("b", "double")), {"a": "5", "b": 1.5}
            ),
        )
    defaults = struct(
        field("a", "int32", True, default=300, doc="d", name="n", version=2),
        field("b", "string", default="x"),
        named("d", decimal(2, True, default="BNI=")),
    )
    for spec in ("a:int8", "a:string", "b:int32", "b:boolean", "d:string", "d:float64"):
        for flag in ("true", "false"):
            for payload in ({"a": 1, "b": "2", "d": None}, {"a": None, "b": None}):
                yield case(
                    chain(ON, smt("Cast$Value", spec=spec, replace__null__with__default=flag)),
                    value=envelope(defaults, payload),
                )
    yield from wrong_types("Cast", {"spec": "a:int8"})
    yield from config_faults(
        "Cast",
        {"spec": "a:int8"},
        [
            {"spec": text}
            for text in (
                "",
                " ",
                ",",
                "a:b:c",
                "a:foo",
                "foo",
                "a:",
                ":int8",
                ":",
                "a:int8::",
                "int8,int16",
                "a:int8,int16",
                "int8,a:int16",
                "a:bytes",
                "a:array",
                "bytes",
                "struct",
                "a:int8,",
                ",a:int8",
                "a:int8,,b:int8",
                None,
            )
        ]
        + [{"replace__null__with__default": text} for text in ("x", "", "TRUE", None)],
    )


def extract_field():
    for name in EVERYTHING:
        yield case(chain(ON, smt("ExtractField$Value", field=name)), value=only(name))
        yield case(chain(ON, smt("ExtractField$Key", field=name)), key=only(name, True, NOTHING))
    for name in list(PLAIN) + ["zz", "", "inner.deep", "inner.deep.y"]:
        yield from sides("ExtractField", {"field": name}, OFF, PLAIN)
    nested = struct(
        named(
            "a",
            struct(
                named("b", struct(field("c", "int32", True, default=9), optional=True)),
                field("b.c", "string", True),
                optional=True,
            ),
        ),
        field("a.b", "string", True),
        field("`x", "string", True),
        field("", "string", True),
    )
    payloads = [
        {"a": {"b": {"c": 1}, "b.c": "bc"}, "a.b": "ab", "`x": "tick", "": "empty"},
        {"a": {"b": None}},
        {"a": None},
        {},
    ]
    paths = [
        "a",
        "a.b",
        "a.b.c",
        "`a.b`",
        "a.`b.c`",
        "a.b.",
        "a.",
        ".a",
        ".",
        "",
        "a..b",
        "`abc",
        "a.`b",
        "ab`cd",
        "`a\\`.b`",
        "a.`b`c.d`",
        "`a`.`b`.`c`",
        "``",
        "`x",
        "a.zz",
        "zz.a",
        "a.b.c.d",
        " a ",
        "`a``b`",
        "`a`b",
    ]
    for path in paths:
        for version in ("V1", "V2"):
            for payload in payloads[:3]:
                yield case(
                    chain(
                        ON, smt("ExtractField$Value", field=path, field__syntax__version=version)
                    ),
                    value=envelope(nested, payload),
                )
            yield case(
                chain(OFF, smt("ExtractField$Value", field=path, field__syntax__version=version)),
                value=payloads[0],
            )
    for text in ('{"a":1}', '{"a":"x"}', '{"a":[1]}', '{"a":null}', "null", '"s"', None):
        yield case(
            chain(OFF, smt("ExtractField$Value", field="a.b", field__syntax__version="v2")),
            value=text,
        )
    for flag in ("true", "false"):
        made = struct(field("a", "int32", True, default=7))
        for payload in ({"a": None}, {"a": 1}):
            yield case(
                chain(ON, smt("ExtractField$Value", field="a", replace__null__with__default=flag)),
                value=envelope(made, payload),
            )
    yield from wrong_types("ExtractField", {"field": "a"})
    yield from wrong_types("ExtractField", {"field": "a.b", "field__syntax__version": "V2"})
    yield from config_faults(
        "ExtractField",
        {"field": "i"},
        [
            {"field": None},
            {"field__syntax__version": "V3"},
            {"field__syntax__version": ""},
            {"field__syntax__version": None},
            {"field__syntax__version": " V2 "},
            {"replace__null__with__default": "x"},
            {"spec": "unknown"},
        ],
    )


def flatten():
    yield from sides(
        "Flatten",
        {},
        ON,
        envelope(
            struct(
                field("a", "int32"),
                named(
                    "b",
                    struct(
                        field("c", "string", True),
                        named(
                            "d",
                            struct(
                                field("e", "int64"),
                                named("f", schema("array", items=schema("string"))),
                            ),
                        ),
                    ),
                ),
                name="n",
                version=2,
                doc="doc",
            ),
            {"a": 1, "b": {"c": "x", "d": {"e": 5, "f": ["y"]}}},
        ),
    )
    inner = struct(
        field("x", "int32"),
        field("y", "string", True, default="dee"),
        field("z", "int32", default=3),
        optional=True,
    )
    for payload in (
        {"i": {"x": 1, "y": None}},
        {"i": None},
        {},
        {"i": {"x": 1, "y": "q", "z": 9}},
        None,
    ):
        yield case(
            chain(ON, smt("Flatten$Value")),
            value=envelope(struct(named("i", inner), optional=True), payload),
        )
    for delimiter in ("_", "", " ", " - ", "::", "é", None, "."):
        yield from sides("Flatten", {"delimiter": delimiter}, OFF, PLAIN)
        yield case(
            chain(ON, smt("Flatten$Value", delimiter=delimiter)),
            value=envelope(struct(named("i", inner)), {"i": {"x": 1}}),
        )
    for name in EVERYTHING:
        made = struct(
            named("o", struct(*[f for f in everything()["fields"] if f["field"] == name]))
        )
        yield case(
            chain(ON, smt("Flatten$Value")), value=envelope(made, {"o": {name: EVERYTHING[name]}})
        )
    for text in (
        '{"a":{}}',
        '{"a":{"b":{}},"c":1}',
        '{"a":[{"b":1}]}',
        '{"a":{"b":1},"a.b":2}',
        '{"a.b":2,"a":{"b":1}}',
        '{"a":{"b":null}}',
        '{"a":null}',
        '{"":{"":1}}',
        '{"c":1,"b":{"z":1,"y":2},"a":{"x":{"w":[1]}}}',
        "{}",
    ):
        yield from sides("Flatten", {}, OFF, text)
    clash = struct(named("a", struct(field("b", "int32"))), field("a.b", "int32"))
    yield case(chain(ON, smt("Flatten$Value")), value=envelope(clash, {"a": {"b": 1}, "a.b": 2}))
    yield from wrong_types("Flatten", {})


def hoist_field():
    for name in ("f", "", " a b ", "é.x"):
        for text in SCALARS + [None, j(PLAIN)]:
            yield from sides("HoistField", {"field": name}, OFF, text)
    for made in SCALAR_ENVELOPES + [
        None,
        envelope(everything(), EVERYTHING),
        envelope(everything(True), None),
    ]:
        yield from sides("HoistField", {"field": "f"}, ON, made)
    yield from config_faults(
        "HoistField", {"field": "f"}, [{"field": None}, {"replace__null__with__default": "x"}]
    )


def mask_field():
    for name in EVERYTHING:
        for replacement in (None, "12", "xx", "300", "1e400", "1.5"):
            keys = (
                {"fields": name}
                if replacement is None
                else {"fields": name, "replacement": replacement}
            )
            yield case(chain(ON, smt("MaskField$Value", **keys)), value=only(name))
    for name in list(PLAIN) + ["zz"]:
        for replacement in (None, "12", "xx"):
            keys = (
                {"fields": name}
                if replacement is None
                else {"fields": name, "replacement": replacement}
            )
            yield from sides("MaskField", keys, OFF, PLAIN)
    yield case(
        chain(
            ON,
            smt(
                "MaskField$Value",
                fields=",".join(EVERYTHING).replace(",raw", "").replace(",inner", ""),
            ),
        ),
        value=envelope(everything(), EVERYTHING),
    )
    yield case(
        chain(ON, smt("MaskField$Value", fields="text,i8")),
        value=envelope(everything(True), NOTHING),
    )
    for flag in ("true", "false"):
        made = struct(field("a", "int32", True, default=7), field("b", "string", True))
        for payload in ({"a": None, "b": None}, {"a": 1, "b": "x"}):
            yield case(
                chain(ON, smt("MaskField$Value", fields="a,b", replace__null__with__default=flag)),
                value=envelope(made, payload),
            )
    yield case(
        chain(ON, smt("MaskField$Value", fields="d")),
        value=envelope(struct(named("d", decimal(0))), {"d": "BA=="}),
    )
    yield from wrong_types("MaskField", {"fields": "a"})
    yield from config_faults(
        "MaskField",
        {"fields": "text"},
        [{"fields": text} for text in ("", " ", "a,", "a,a", ",", None, "a,,b")]
        + [{"replacement": text} for text in ("", " ", None)]
        + [{"replace__null__with__default": "x"}],
    )


def replace_field():
    variants = [
        {"exclude": "i8"},
        {"include": "i8,text"},
        {"renames": "i8:a,text:b"},
        {"exclude": "i8", "include": "i8,i16"},
        {"include": "zz"},
        {"exclude": "zz"},
        {"renames": "zz:a"},
        {"renames": "i8:i16"},
        {"renames": "i8:i16,i16:i8"},
        {"include": "i8", "renames": "i8:x,i16:y"},
        {},
        {"exclude": ",".join(EVERYTHING)},
        {"renames": "zz:i8"},
        {"renames": "i8:a,i8:b"},
        {"renames": "i8: a , text :b"},
        {"exclude": " i8 , i16 "},
        {"renames": "i8:"},
    ]
    for keys in variants:
        yield case(
            chain(ON, smt("ReplaceField$Value", **keys)), value=envelope(everything(), EVERYTHING)
        )
        yield case(
            chain(ON, smt("ReplaceField$Key", **keys)), key=envelope(everything(True), NOTHING)
        )
    plain = [
        {"exclude": "i,big"},
        {"include": "flag,text"},
        {"renames": "i:a,text:b"},
        {"renames": "zz:a"},
        {},
        {"renames": "i:text"},
        {"include": "inner", "renames": "inner:outer"},
        {"exclude": "none"},
    ]
    for keys in plain:
        yield from sides("ReplaceField", keys, OFF, PLAIN)
    letters = {c: i for i, c in enumerate("abcdefgh")}
    for keys in ({"exclude": "b,c,e,f,g"}, {"include": "a,d,h"}, {"renames": "a:h1,h:a1"}):
        yield case(chain(OFF, smt("ReplaceField$Value", **keys)), value=letters)
    for flag in ("true", "false"):
        made = struct(field("a", "int32", True, default=7), field("b", "string", True))
        yield case(
            chain(ON, smt("ReplaceField$Value", exclude="b", replace__null__with__default=flag)),
            value=envelope(made, {"a": None}),
        )
    yield from wrong_types("ReplaceField", {"exclude": "a"})
    yield from config_faults(
        "ReplaceField",
        {"exclude": "i"},
        [{"renames": text} for text in ("b", "a:b:c", ":", "", "a:,", ":b", None, "a:b,c")]
        + [{"exclude": text} for text in ("", "a,a", "a,", ",", None)]
        + [{"include": text} for text in ("", "a,a", "a,,b", None)]
        + [{"blacklist": "i"}, {"whitelist": "i"}, {"replace__null__with__default": ""}],
    )


SUITES = {
    "cast": [cast],
    "extract-field": [extract_field],
    "flatten": [flatten],
    "hoist-field": [hoist_field],
    "mask-field": [mask_field],
    "replace-field": [replace_field],
}
