"""Cases of cases/ with their texts damaged, from one random.Random."""

import json

SNIPPETS = [
    '"',
    "\\u0000",
    "\\ud800",
    "9" * 25,
    "[[",
    '{"a":',
    ",",
    "null",
    "-1e999",
    ".",
    "true",
    "1.50",
    "e5",
    "2020-01-02",
]
CHARACTERS = '{}[]",:\\0123456789-+.eEnull $%()*?aé😀'
WORDS = ["int32", "string", "optional", '"type"', "payload", "int64", "struct", "false", "field"]
OTHERS = ["int64", "struct", "map", "field", "default", "array", "boolean", "int8", "true"]


class Mutations:
    """Draws from the cases of `paths`."""

    def __init__(self, paths):
        self._cases = [json.loads(line) for path in paths for line in path.read_text().splitlines()]
        self._texts = [text for made in self._cases for text in texts_of(made["record"])]

    def case(self, rng):
        made = json.loads(json.dumps(rng.choice(self._cases)))
        del made["id"]
        config, record = made["config"], made["record"]
        keys = [key for key, text in config.items() if text and may_change(key)]
        if keys and rng.random() < 0.3:
            key = rng.choice(keys)
            config[key] = self._damaged(rng, config[key])
        for part in ("key", "value"):
            if isinstance(record.get(part), str) and rng.random() < 0.8:
                record[part] = self._damaged(rng, record[part])
        for header in record.get("headers") or []:
            if isinstance(header[1], str) and rng.random() < 0.8:
                header[1] = self._damaged(rng, header[1])
        return made

    def _damaged(self, rng, text):
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            at = rng.randrange(len(text) + 1)
            kind = rng.randrange(5)
            if kind == 0:
                text = text[:at] + rng.choice(CHARACTERS) + text[at + 1 :]
            elif kind == 1:
                text = text[:at] + text[at + rng.randrange(1, 6) :]
            elif kind == 2:
                text = text[:at] + rng.choice(SNIPPETS) + text[at:]
            elif kind == 3:
                other = rng.choice(self._texts)
                begin = rng.randrange(len(other) + 1)
                piece = other[begin : begin + rng.randrange(1, 12)]
                text = text[:at] + piece + text[at + rng.randrange(9) :]
            else:
                text = text.replace(rng.choice(WORDS), rng.choice(OTHERS), 1)
        return text


def texts_of(record):
    texts = [record.get("key"), record.get("value")]
    texts += [text for _, text in record.get("headers") or []]
    return [text for text in texts if isinstance(text, str)]


def may_change(key):
    """Names of classes are only good or bad."""
    return not key.endswith((".type", "converter", "connector.class"))
