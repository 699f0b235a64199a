"""Random configurations and records, from one random.Random."""

from converters_json import PLAIN_TEXTS
from converters_other import PACKAGE, VALUE_TEXTS
from shapes import BYTES, JSON, LOGICAL, SIMPLE, STRING, TRANSFORMS, class_of, j, text_of

NAMES = ["a", "b", "c", "d", "a.b", "id", "é", "x y"]
TYPES = ["int8", "int16", "int32", "int64", "float", "double", "boolean", "string", "bytes"]
CAST_TYPES = ["int8", "int16", "int32", "int64", "float32", "float64", "boolean", "string"]
TEXTS = [
    "",
    "x",
    "12",
    "-7",
    "1.5",
    "true",
    "null",
    "é€",
    "😀",
    "2020-01-02",
    "AQID",
    "a,b",
    " sp ",
    "NaN",
    "1e3",
]
FORMATS = [
    "yyyy-MM-dd",
    "yyyy-MM-dd HH:mm:ss.SSS",
    "yyyyMMdd",
    "EEE d MMM yyyy",
    "HH:mm",
    "w",
    "",
    "bad",
]
STAMPS = [0, 1, 1700000000123, 86399999, 86400000, 951782400000, -1, 253402300800000]


def number(rng):
    """JSON text of a number."""
    return rng.choice(
        [
            lambda: str(rng.randint(-300, 300)),
            lambda: str(rng.randint(-(2**40), 2**40)),
            lambda: str(rng.choice([2**31, 2**63 - 1, 2**63, -(2**63), 10**20])),
            lambda: repr(rng.uniform(-1000, 1000)),
            lambda: f"{rng.randint(-99999, 99999)}e{rng.randint(-30, 30)}",
            lambda: f"{rng.randint(0, 999)}.{rng.randint(0, 99)}0",
            lambda: repr(rng.random() * 10 ** rng.randint(-320, 300)),
        ]
    )()


def plain(rng, depth=0):
    """JSON text of any value."""
    kind = rng.randint(0, 9 if depth < 3 else 6)
    if kind <= 2:
        return number(rng)
    if kind == 3:
        return rng.choice(["true", "false", "null"])
    if kind <= 6:
        return j(rng.choice(TEXTS))
    if kind == 7:
        return "[" + ",".join(plain(rng, depth + 1) for _ in range(rng.randint(0, 3))) + "]"
    names = rng.sample(NAMES, rng.randint(0, 5))
    return "{" + ",".join(f"{j(name)}:{plain(rng, depth + 1)}" for name in names) + "}"


def plain_object(rng):
    names = rng.sample(NAMES, rng.randint(1, 6))
    return "{" + ",".join(f"{j(name)}:{plain(rng, 1)}" for name in names) + "}"


def logical(rng):
    kind = rng.choice(["Decimal", "Date", "Time", "Timestamp"])
    base = {"Decimal": "bytes", "Date": "int32", "Time": "int32", "Timestamp": "int64"}[kind]
    made = {"type": base, "name": LOGICAL + kind, "version": 1}
    if kind == "Decimal":
        made["parameters"] = {"scale": str(rng.choice([0, 2, 2, 10, -1]))}
    return made


def schema(rng, depth=0):
    """A schema as a dict; its payload by payload()."""
    kind = rng.randint(0, 11 if depth < 3 else 7)
    if kind <= 5:
        made = {"type": rng.choice(TYPES)}
    elif kind <= 7:
        made = logical(rng)
    elif kind == 8:
        made = {"type": "array", "items": schema(rng, depth + 1)}
    elif kind == 9:
        key = {"type": rng.choice(["string", "string", "int32", "int64", "boolean"])}
        made = {"type": "map", "keys": {**key, "optional": False}, "values": schema(rng, depth + 1)}
    else:
        made = struct(rng, depth)
    made.setdefault("optional", rng.random() < 0.5)
    if rng.random() < 0.1:
        made["doc"] = rng.choice(TEXTS)
    if "name" not in made and rng.random() < 0.1:
        made.update(name="n." + rng.choice("xyz"), version=rng.randint(1, 3))
    return made


def struct(rng, depth=0):
    fields = []
    for name in rng.sample(NAMES, rng.randint(1, 6)):
        field = schema(rng, depth + 1)
        if (
            rng.random() < 0.1
            and field["type"] in ("int32", "int64", "string")
            and "name" not in field
        ):
            field["default"] = (
                rng.choice(TEXTS) if field["type"] == "string" else rng.randint(0, 99)
            )
        fields.append({**field, "field": name})
    return {"type": "struct", "fields": fields, "optional": rng.random() < 0.5}


INTEGERS = {"int8": 2**7, "int16": 2**15, "int32": 2**31, "int64": 2**63}


def logical_payload(rng, name):
    if name.endswith("Decimal"):
        return rng.choice(['"BNI="', '"AA=="', '"/w=="', '"AQIDBAUGBwgJ"', "12.34", "5"])
    if name.endswith("Time"):
        return str(rng.choice([0, 1, 3723004, 86399999, 86400000]))
    if name.endswith("Date"):
        return str(rng.choice([0, 1, -1, 19000, -719162, 2932896]))
    return str(rng.choice(STAMPS))


def payload(rng, made):
    """JSON text of a value for the schema, now and then of the wrong type."""
    if rng.random() < 0.02:
        return plain(rng, 2)
    if made["optional"] and rng.random() < 0.15:
        return "null"
    kind = made["type"]
    if made.get("name", "").startswith(LOGICAL):
        return logical_payload(rng, made["name"])
    if kind in INTEGERS:
        return str(rng.choice([rng.randint(-100, 100), INTEGERS[kind] - 1, -INTEGERS[kind]]))
    if kind in ("float", "double"):
        return number(rng)
    if kind == "boolean":
        return rng.choice(["true", "false"])
    if kind == "string":
        return j(rng.choice(TEXTS))
    if kind == "bytes":
        return rng.choice(['""', '"AQID"', '"/+8="'])
    if kind == "array":
        return "[" + ",".join(payload(rng, made["items"]) for _ in range(rng.randint(0, 3))) + "]"
    if kind == "map":
        return map_payload(rng, made)
    members = [
        f"{j(field['field'])}:{payload(rng, field)}"
        for field in made["fields"]
        if rng.random() < 0.97
    ]
    if rng.random() < 0.05:  # a key that comes again
        field = rng.choice(made["fields"])
        again = payload(rng, field) if rng.random() < 0.5 else plain(rng, 2)
        members.insert(rng.randint(0, len(members)), f"{j(field['field'])}:{again}")
    return "{" + ",".join(members) + "}"


def map_payload(rng, made):
    entries = [
        (payload(rng, made["keys"]), payload(rng, made["values"])) for _ in range(rng.randint(0, 4))
    ]
    if made["keys"]["type"] == "string":
        return "{" + ",".join(f"{k if k[0] == chr(34) else j(k)}:{v}" for k, v in entries) + "}"
    return "[" + ",".join(f"[{k},{v}]" for k, v in entries) + "]"


def some(rng, options, low=1, high=3):
    return ",".join(rng.sample(options, min(len(options), rng.randint(low, high))))


def flag(rng):
    return (
        {}
        if rng.random() < 0.8
        else {"replace.null.with.default": rng.choice(["true", "false", "x"])}
    )


def insert_field(rng):
    keys = {}
    for key in ("topic", "partition", "offset", "timestamp", "static"):
        if rng.random() < 0.4:
            keys[f"{key}.field"] = rng.choice(NAMES[:4] + ["t", "n!", "o?"])
    if "static.field" in keys and rng.random() < 0.95:
        keys["static.value"] = rng.choice(TEXTS)
    return keys


def header_from(rng):
    count = rng.randint(1, 2)
    return {
        "fields": ",".join(rng.sample(NAMES, count)),
        "headers": ",".join(
            rng.sample(["h", "g", "i"], count if rng.random() < 0.95 else 3 - count)
        ),
        "operation": rng.choice(
            ["move", "copy", "copy", "move", "MOVE"][: rng.choice([4, 4, 4, 5])]
        ),
    }


def replace_field(rng):
    keys = {}
    for key in ("include", "exclude"):
        if rng.random() < 0.4:
            keys[key] = some(rng, NAMES)
    if rng.random() < 0.5:
        keys["renames"] = ",".join(
            f"{old}:{rng.choice(NAMES + ['new'])}" for old in rng.sample(NAMES, 2)
        )
    return keys


def timestamp_converter(rng):
    keys = {"target.type": rng.choice(["string", "unix", "Date", "Time", "Timestamp"])}
    if rng.random() < 0.7:
        keys["field"] = rng.choice(NAMES)
    if rng.random() < 0.8:
        keys["format"] = rng.choice(FORMATS)
    if rng.random() < 0.3:
        keys["unix.precision"] = rng.choice(
            ["seconds", "milliseconds", "microseconds", "nanoseconds"]
        )
    return keys


def set_metadata(rng):
    keys = {}
    if rng.random() < 0.8:
        keys["schema.name"] = rng.choice(["n", "x.Y", "", LOGICAL + "Date"])
    if rng.random() < 0.5:
        keys["schema.version"] = rng.choice(["1", "7", "-1", "x"])
    return keys


def cast(rng):
    if rng.random() < 0.15:
        return {"spec": rng.choice(CAST_TYPES)}
    fields = rng.sample(NAMES, rng.randint(1, 3))
    return {"spec": ",".join(f"{name}:{rng.choice(CAST_TYPES)}" for name in fields)}


def extract_field(rng):
    keys = {"field": rng.choice(NAMES + ["a.b.c", "`a.b`", "b.c"])}
    if rng.random() < 0.5:
        keys["field.syntax.version"] = rng.choice(["V1", "V2"])
    return keys


SIDED = {
    "Cast": cast,
    "ExtractField": extract_field,
    "Flatten": lambda rng: rng.choice([{}, {"delimiter": rng.choice(["_", "", ".", "::"])}]),
    "HeaderFrom": header_from,
    "HoistField": lambda rng: {"field": rng.choice(NAMES)},
    "InsertField": insert_field,
    "MaskField": lambda rng: {
        "fields": some(rng, NAMES),
        **rng.choice([{}, {}, {"replacement": rng.choice(TEXTS)}]),
    },
    "ReplaceField": replace_field,
    "SetSchemaMetadata": set_metadata,
    "TimestampConverter": timestamp_converter,
}
UNSIDED = {
    "DropHeaders": lambda rng: {"headers": some(rng, ["h", "g", "i"])},
    "Filter": lambda rng: {},
    "InsertHeader": lambda rng: {
        "header": rng.choice("hgi"),
        "value.literal": rng.choice(VALUE_TEXTS),
    },
    "RegexRouter": lambda rng: {
        "regex": rng.choice(["(.*)", "or(.*)", "(o)(.*?)s", "x", "([a-z]+).*"]),
        "replacement": rng.choice(["$1", "new-$1", "$1$2", "t", "\\$1"]),
    },
    "TimestampRouter": lambda rng: {"timestamp.format": rng.choice(FORMATS)},
    "ValueToKey": lambda rng: {"fields": some(rng, NAMES)},
}
NO_NULL_KEY = {
    "Flatten",
    "HoistField",
    "DropHeaders",
    "Filter",
    "InsertHeader",
    "RegexRouter",
    "TimestampRouter",
}


def transform(rng, alias):
    if rng.random() < 0.75:
        name = rng.choice(list(SIDED))
        keys, class_name = (
            SIDED[name](rng),
            f"{name}${rng.choice(['Value', 'Value', 'Value', 'Key'])}",
        )
    else:
        name = class_name = rng.choice(list(UNSIDED))
        if name == "Filter" and rng.random() < 0.7:
            name = class_name = "InsertHeader"
        keys = UNSIDED[name](rng)
    if name not in NO_NULL_KEY:
        keys.update(flag(rng))
    if keys and rng.random() < 0.01:
        keys.pop(rng.choice(list(keys)))
    config = {f"transforms.{alias}.{key}": text for key, text in keys.items()}
    config[f"transforms.{alias}.type"] = class_of(class_name)
    if rng.random() < 0.2:
        config[f"transforms.{alias}.predicate"] = "p"
        if rng.random() < 0.5:
            config[f"transforms.{alias}.negate"] = rng.choice(["true", "false"])
    return config


def predicate(rng):
    name, keys = rng.choice(
        [
            ("HasHeaderKey", {"name": rng.choice("hgi")}),
            ("RecordIsTombstone", {}),
            ("TopicNameMatches", {"pattern": rng.choice(["o.*", "orders", "x"])}),
        ]
    )
    config = {f"predicates.p.{key}": text for key, text in keys.items()}
    return {"predicates": "p", "predicates.p.type": TRANSFORMS + "predicates." + name, **config}


def json_converter(rng, role, enable):
    config = {f"{role}.converter": JSON, f"{role}.converter.schemas.enable": enable}
    if rng.random() < 0.1:
        config[f"{role}.converter.decimal.format"] = rng.choice(["NUMERIC", "BASE64", "numeric"])
    if rng.random() < 0.05:
        config[f"{role}.converter.replace.null.with.default"] = "false"
    return config


def converter(rng, role):
    roll = rng.random()
    if roll < 0.47:
        return json_converter(rng, role, "false")
    if roll < 0.9:
        return json_converter(rng, role, "true")
    if roll < 0.97:
        return {f"{role}.converter": rng.choice([STRING, BYTES])}
    return {
        f"{role}.converter": PACKAGE
        + rng.choice(["Long", "Integer", "Boolean", "Double"])
        + "Converter"
    }


def data(rng, config, role):
    """Bytes that the role's converter likes, most of the time."""
    if rng.random() < 0.06:
        return None
    if rng.random() < 0.02:
        return rng.choice(PLAIN_TEXTS)
    name = config[f"{role}.converter"]
    if name == JSON and config[f"{role}.converter.schemas.enable"] == "true":
        made = struct(rng) if rng.random() < 0.85 else schema(rng)
        return f'{{"schema":{j(made)},"payload":{payload(rng, made)}}}'
    if name == JSON:
        return plain_object(rng) if rng.random() < 0.85 else plain(rng)
    if name in (STRING, BYTES):
        return rng.choice(TEXTS)
    return bytes(rng.randint(0, 255) for _ in range(rng.choice([1, 4, 8])))


def case(rng):
    config = {**converter(rng, "key"), **converter(rng, "value")}
    if rng.random() < 0.3:
        config["header.converter"] = rng.choice([SIMPLE, STRING, BYTES])
    aliases = [chr(ord("a") + i) for i in range(rng.choice([0, 1, 1, 1, 1, 2, 2, 3, 4, 5]))]
    for alias in aliases:
        config.update(transform(rng, alias))
    if aliases:
        config["transforms"] = ",".join(aliases)
    if any(key.endswith(".predicate") for key in config):
        config.update(predicate(rng))
    if rng.random() < 0.05:
        config["errors.tolerance"] = "all"
    direction = rng.choice(["sink", "sink", "source"])
    record = {
        "topic": rng.choice(["orders", "orders", "t-1"]),
        "partition": rng.choice([0, 3, None if direction == "source" else 1]),
        "offset": rng.randint(0, 99),
        "timestamp": rng.choice(STAMPS + [None]),
        "key": text_of(data(rng, config, "key")),
        "value": text_of(data(rng, config, "value")),
        "headers": [
            [rng.choice("hgi"), rng.choice(VALUE_TEXTS + [None])]
            for _ in range(rng.choice([0, 0, 1, 2]))
        ],
    }
    return {"config": config, "direction": direction, "record": record}
