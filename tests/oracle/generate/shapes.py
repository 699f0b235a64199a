"""What the case generators are written with: configurations, records, schemas."""

import base64
import json

TRANSFORMS = "org.apache.kafka.connect.transforms."
JSON = "org.apache.kafka.connect.json.JsonConverter"
STRING = "org.apache.kafka.connect.storage.StringConverter"
BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter"
SIMPLE = "org.apache.kafka.connect.storage.SimpleHeaderConverter"
LOGICAL = "org.apache.kafka.connect.data."


def converters(key, value=None, header=None, **keys):
    """Converters by class; `keys` with __ for dots go to key and value."""
    config = {"key.converter": key, "value.converter": value or key}
    for name, text in keys.items():
        for role in ("key", "value"):
            config[f"{role}.converter.{name.replace('__', '.')}"] = text
    if header:
        config["header.converter"] = header
    return config


OFF = converters(JSON, schemas__enable="false")  # plain JSON
ON = converters(JSON, schemas__enable="true")  # schema envelopes
TYPED_HEADERS = {"header.converter": JSON, "header.converter.schemas.enable": "true"}


def class_of(name):
    return name if "." in name else TRANSFORMS + name


def smt(name, alias="a", /, **keys):
    """One transform; __ in a key stands for a dot."""
    config = {f"transforms.{alias}.type": class_of(name)}
    for key, text in keys.items():
        config[f"transforms.{alias}.{key.replace('__', '.')}"] = text
    return config


def predicate(label, alias="p", /, **keys):
    config = {f"predicates.{alias}.type": TRANSFORMS + "predicates." + label}
    for key, text in keys.items():
        config[f"predicates.{alias}.{key}"] = text
    return config


def chain(base, *stages):
    """`base` plus the transforms and predicates of `stages`, in their order."""
    config = dict(base)
    for list_key in ("transforms", "predicates"):
        aliases = []
        for stage in stages:
            for key in stage:
                parts = key.split(".")
                if parts[0] == list_key and len(parts) > 1 and parts[1] not in aliases:
                    aliases.append(parts[1])
        if aliases:
            config[list_key] = ",".join(aliases)
    for stage in stages:
        config.update(stage)
    return config


def text_of(value):
    """What stands for bytes in a case: text, {"b64"} or None; dicts and lists become JSON text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return {"b64": base64.b64encode(value).decode()}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def j(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def case(config, value=None, key=None, headers=(), direction="sink", **place):
    record = {
        "topic": place.get("topic", "orders"),
        "partition": place.get("partition", 0),
        "offset": place.get("offset", 5),
        "timestamp": place.get("timestamp", 1700000000123),
        "key": text_of(key),
        "value": text_of(value),
        "headers": [[name, text_of(data)] for name, data in headers],
    }
    return {"config": config, "direction": direction, "record": record}


def schema(kind, optional=False, /, **attributes):
    """A JSON schema; `default_` and `version` and the like as attributes."""
    made = {"type": kind, "optional": optional}
    for name, value in attributes.items():
        made[name.rstrip("_")] = value
    return made


def field(label, kind, optional=False, /, **attributes):
    return {**schema(kind, optional, **attributes), "field": label}


def struct(*fields, optional=False, **attributes):
    return schema("struct", optional, fields=list(fields), **attributes)


def logical(kind, optional=False, **attributes):
    base = {"Decimal": "bytes", "Date": "int32", "Time": "int32", "Timestamp": "int64"}[kind]
    return schema(base, optional, name=LOGICAL + kind, version=1, **attributes)


def decimal(scale, optional=False, **attributes):
    return logical("Decimal", optional, parameters={"scale": str(scale)}, **attributes)


def named(label, made):
    """A schema as the field `label`."""
    return {**made, "field": label}


def envelope(made, payload):
    return {"schema": made, "payload": payload}


# One struct with a field of every type, and a value for it; all fields optional, or none.
def everything(optional=False):
    fields = [
        field(kind_name, kind, optional)
        for kind_name, kind in (
            ("i8", "int8"),
            ("i16", "int16"),
            ("i32", "int32"),
            ("i64", "int64"),
            ("f32", "float"),
            ("f64", "double"),
            ("flag", "boolean"),
            ("text", "string"),
            ("raw", "bytes"),
        )
    ]
    fields += [
        named("dec", decimal(2, optional)),
        named("date", logical("Date", optional)),
        named("time", logical("Time", optional)),
        named("ts", logical("Timestamp", optional)),
        named("list", schema("array", optional, items=schema("int32"))),
        named("map", schema("map", optional, keys=schema("string"), values=schema("int64"))),
        named("pairs", schema("map", optional, keys=schema("int32"), values=schema("string"))),
        named("inner", struct(field("x", "int32"), field("y", "string", True), optional=optional)),
    ]
    return struct(
        *fields,
        optional=optional,
        name="every.Thing",
        version=3,
        doc="all types",
        parameters={"p": "q"},
    )


EVERYTHING = {
    "i8": 8,
    "i16": 1600,
    "i32": 320000,
    "i64": 64000000000,
    "f32": 1.5,
    "f64": 2.25,
    "flag": True,
    "text": "word",
    "raw": "AQID",
    "dec": "BNI=",
    "date": 19000,
    "time": 3723004,
    "ts": 1700000000123,
    "list": [1, 2],
    "map": {"k": 7},
    "pairs": [[1, "one"]],
    "inner": {"x": 1, "y": "why"},
}
NOTHING = {name: None for name in EVERYTHING}


def only(name, optional=False, data=EVERYTHING):
    """An envelope with a struct of that one field of everything()."""
    fields = [made for made in everything(optional)["fields"] if made["field"] == name]
    return envelope(struct(*fields, name="only"), {name: data[name]})


# The same without a schema, as far as JSON has it.
PLAIN = {
    "i": 7,
    "big": 5000000000,
    "f": 2.5,
    "flag": True,
    "text": "word",
    "none": None,
    "list": [1, "two", None],
    "inner": {"x": 1, "deep": {"y": "z"}},
}

# Whole values that no transform of fields can take.
SCALARS = ['"text"', "12", "1.5", "true", "[1,2]", "null", "{}"]
SCALAR_ENVELOPES = [
    envelope(schema("string"), "text"),
    envelope(schema("int32"), 12),
    envelope(schema("boolean", True), None),
    envelope(schema("array", items=schema("int32")), [1, 2]),
    envelope(schema("map", keys=schema("string"), values=schema("int32")), {"k": 1}),
    envelope(logical("Timestamp"), 1700000000123),
    envelope(None, {"a": 1}),
    envelope(None, None),
]


def both_sides(name, config_keys, base, data, **more):
    """The Key and the Value variant of a transform on the same data."""
    yield case(
        chain(base, smt(f"{name}$Value", **config_keys)),
        value=data,
        key='"k"' if base is OFF else None,
        **more,
    )
    yield case(chain(base, smt(f"{name}$Key", **config_keys)), key=data, **more)
