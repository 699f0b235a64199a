"""TimestampConverter: sources, targets, formats, precisions."""

from shapes import OFF, ON, case, chain, envelope, field, logical, named, schema, smt, struct
from smt_fields import config_faults, sides, wrong_types

TARGETS = ["string", "unix", "Date", "Time", "Timestamp"]
SOURCES = {
    "string": (schema("string", True), "2023-11-14 22:13:20"),
    "unix": (schema("int64", True), 1700000000123),
    "Date": (logical("Date", True), 19675),
    "Time": (logical("Time", True), 3723004),
    "Timestamp": (logical("Timestamp", True), 1700000000123),
}
FORMAT = "yyyy-MM-dd HH:mm:ss"


def keys_of(target, **more):
    return {"target__type": target, "format": FORMAT, **more}


def sources_to_targets():
    for made, payload in SOURCES.values():
        for target in TARGETS:
            for precision in ("milliseconds", "seconds"):
                keys = keys_of(target, unix__precision=precision)
                yield case(
                    chain(ON, smt("TimestampConverter$Value", **keys)),
                    value=envelope(made, payload),
                )
                yield case(
                    chain(ON, smt("TimestampConverter$Value", field="f", **keys)),
                    value=envelope(
                        struct(
                            named("f", made),
                            field("g", "int32", default=2),
                            name="n",
                            optional=True,
                        ),
                        {"f": payload, "g": 1},
                    ),
                )
            yield case(
                chain(ON, smt("TimestampConverter$Key", field="f", **keys_of(target))),
                key=envelope(struct(named("f", made)), {"f": None}),
            )
            yield case(
                chain(ON, smt("TimestampConverter$Value", **keys_of(target))),
                value=envelope(made, None),
            )
    for text in ('"2023-11-14 22:13:20"', "1700000000123", "1.5", "true", "null", "[]", "{}"):
        for target in TARGETS:
            yield case(chain(OFF, smt("TimestampConverter$Value", **keys_of(target))), value=text)
            yield case(
                chain(OFF, smt("TimestampConverter$Value", field="f", **keys_of(target))),
                value='{"f":%s,"g":1}' % text,
            )


def precisions():
    for precision in ("milliseconds", "seconds", "microseconds", "nanoseconds"):
        for number in (
            0,
            1,
            -1,
            -1500,
            1499999,
            1700000000,
            1700000000123456789,
            9223372036854775807,
            -9223372036854775808,
        ):
            for target in ("unix", "string", "Timestamp", "Time", "Date"):
                yield case(
                    chain(
                        OFF if target in ("unix", "string") else ON,
                        smt(
                            "TimestampConverter$Value", **keys_of(target, unix__precision=precision)
                        ),
                    ),
                    value=(
                        str(number)
                        if target in ("unix", "string")
                        else envelope(schema("int64"), number)
                    ),
                )


def formats():
    texts = [
        ("yyyy-MM-dd", "2020-01-02"),
        ("yyyy-MM-dd", "2020-13-45xyz"),
        ("yyyy-MM-dd", "xx"),
        ("yyyy-MM-dd", ""),
        ("yyyy-MM-dd", " 2020-01-02"),
        ("yyyy-MM-dd", "20-1-2"),
        ("yy-MM-dd", "20-01-02"),
        ("yy-MM-dd", "99-01-02"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2020-01-02T03:04:05.5"),
        ("yyyy-MM-dd'T'HH:mm:ssZ", "2020-01-02T03:04:05+0130"),
        ("yyyy-MM-dd'T'HH:mm:ssX", "2020-01-02T03:04:05Z"),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2020-01-02T03:04:05-08:00"),
        ("yyyy-MM-dd HH:mm z", "2020-01-02 03:04 GMT"),
        ("yyyy-MM-dd HH:mm z", "2020-01-02 03:04 UTC"),
        ("MMM d, yyyy", "Jan 2, 2020"),
        ("MMMM d yyyy", "january 2 2020"),
        ("EEE MMM dd yyyy", "Thu Jan 02 2020"),
        ("EEEE", "Friday"),
        ("hh:mm a", "03:04 PM"),
        ("hh:mm a", "13:04 am"),
        ("HH:mm", "25:61"),
        ("D yyyy", "60 2020"),
        ("yyyyMMdd", "20200102"),
        ("yyyyMMddHHmmss", "20200102030405"),
        ("dd/MM/yy", "31/12/69"),
        ("S", "123456"),
        ("G yyyy", "BC 0044"),
        ("G y", "AD 2020"),
        ("k", "24"),
        ("K a", "0 PM"),
        ("u", "1"),
        ("w yyyy", "2 2020"),
        ("'at' yyyy", "at 2020"),
        ("yyyy''MM", "2020'05"),
        ("yyyy", "-5"),
        ("yyyy-MM-dd", "0001-01-01"),
        ("yyyy-MM-dd", "1582-10-10"),
        ("yyyy-MM-dd", "1500-02-29"),
        ("yyyy-MM-dd", "9999-12-31"),
        ("YYYY-ww-u", "2020-01-1"),
        ("H:m", "1:2:3"),
        ("yyyy-MM-dd", "２０２０-01-02"),
        ("LLL yyyy", "Mar 2020"),
        ("MM", "5"),
    ]
    for pattern, text in texts:
        for target in ("Timestamp", "unix"):
            yield case(
                chain(ON, smt("TimestampConverter$Value", target__type=target, format=pattern)),
                value=envelope(schema("string"), text),
            )
    stamps = [0, 1700000000123, -1, -62135769600000, -12219292800001, 253402300800000, 951782400000]
    patterns = [
        "yyyy-MM-dd",
        "G yyyy MM dd HH:mm:ss.SSS",
        "EEE, d MMM yyyy HH:mm:ss Z",
        "EEEE MMMM LLLL",
        "yy y yyy yyyyy",
        "D F w W u",
        "a h K k H",
        "m s S SSSS",
        "z zzzz X XX XXX",
        "YYYY YY",
        "'it''s' yyyy",
        "MM M d dd ddd",
        "E EE",
        "EEEEE MMMMM",
    ]
    for pattern in patterns:
        for stamp in stamps:
            yield case(
                chain(ON, smt("TimestampConverter$Value", target__type="string", format=pattern)),
                value=envelope(logical("Timestamp"), stamp),
            )
    for stamp in (-(2**63), 2**63 - 1, -9 * 10**18, -62198755200000, -72198755200000):
        for pattern in ("w", "yyyy-MM-dd HH:mm:ss.SSS", "W D E F u G", "YYYY"):
            yield case(
                chain(ON, smt("TimestampConverter$Value", target__type="string", format=pattern)),
                value=envelope(logical("Timestamp"), stamp),
            )


def fields():
    made = struct(
        field("a", "int32"),
        named("t", logical("Timestamp", True, default=5)),
        named("u", schema("int64", default=9)),
    )
    for name in ("t", "u", "a", "zz", ""):
        for target in ("unix", "string", "Date"):
            yield case(
                chain(ON, smt("TimestampConverter$Value", field=name, **keys_of(target))),
                value=envelope(made, {"a": 1, "t": 86400000, "u": 1000}),
            )
        yield case(
            chain(OFF, smt("TimestampConverter$Value", field=name, **keys_of("string"))),
            value='{"a":1,"t":86400000}',
        )
    for flag in ("true", "false"):
        for name in ("t", "u"):
            yield case(
                chain(
                    ON,
                    smt(
                        "TimestampConverter$Value",
                        field=name,
                        replace__null__with__default=flag,
                        **keys_of("unix"),
                    ),
                ),
                value=envelope(made, {"a": 1, "t": None}),
            )
    for target in ("Date", "Time", "Timestamp"):
        yield case(
            chain(
                OFF,
                smt("TimestampConverter$Value", field="f", target__type=target),
                smt("TimestampConverter$Value", "b", field="f", target__type="unix"),
            ),
            value='{"f":1700000000123}',
        )
        yield case(
            chain(
                OFF,
                smt("TimestampConverter$Value", field="f", target__type=target),
                smt("Flatten$Value", "b"),
            ),
            value='{"f":1700000000123}',
        )
        yield case(
            chain(
                OFF,
                smt("TimestampConverter$Value", field="f", target__type=target),
                smt("Cast$Value", "b", spec="f:string"),
            ),
            value='{"f":1700000000123}',
        )
        yield case(
            chain(
                OFF,
                smt("TimestampConverter$Value", field="f", target__type=target),
                smt("HeaderFrom$Value", "b", fields="f", headers="h", operation="move"),
            ),
            value='{"f":1700000000123}',
        )
    for direction in ("Time", "Date"):
        yield case(
            chain(ON, smt("TimestampConverter$Value", target__type=direction)),
            value=envelope(schema("int64"), -1),
        )
    for text in ("2023", None):
        yield case(
            chain(OFF, smt("TimestampConverter$Value", target__type="unix")),
            value=f'"{text}"' if text else None,
        )
    yield from wrong_types("TimestampConverter", keys_of("string"))
    yield from wrong_types("TimestampConverter", keys_of("Timestamp", field="a"))
    yield from sides("TimestampConverter", keys_of("unix"), OFF, "5")


def faults():
    yield from config_faults(
        "TimestampConverter",
        {"target__type": "unix"},
        [{"target__type": text} for text in ("date", "", "UNIX", None, " unix ")]
        + [{"format": text} for text in ("bogus", "yyyy'", "", " ", None, "'ok'")]
        + [{"unix__precision": text} for text in ("ms", "", "SECONDS", None, " seconds ")]
        + [
            {"target__type": "string"},
            {"target__type": "string", "format": ""},
            {"target__type": "string", "format": "b"},
            {"field": None},
            {"replace__null__with__default": "x"},
        ],
    )


SUITES = {
    "timestamp-converter": [sources_to_targets, precisions, fields, faults],
    "timestamp-formats": [formats],
}
