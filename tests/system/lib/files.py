"""Input files that are the same for the same seed, and comparison of large files."""

import random

_ALPHABET = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,;:-_+*/\\\"'{}[]<>&%$"
_ODD = ["", " ", "\t", "null", "{}", '{"schema":null,"payload":1}', "\\u0000", "é", "漢字", "😀",
        "a\u2028b", "\u007f", "\x00\x01\x1f", "x" * 10_000, "trailing space ", "\ufeffBOM"]


def _line_pool(seed, count):
    """Lines of 0 to about 2,000 characters, among them everything that a converter may trip over."""
    dice = random.Random(seed)
    lines = []
    for _ in range(count):
        length = int(dice.paretovariate(1.1) * 120) % 2_000
        lines.append("".join(dice.choices(_ALPHABET, k=length)))
    return [line.encode() for line in _ODD + lines]


def write_lines(path, size, seed):
    """Writes whole lines of UTF-8 (no CR), at least `size` bytes of them; returns their number."""
    pool = _line_pool(seed, 5_000)
    dice = random.Random(seed)
    written = count = 0
    with open(path, "wb", buffering=1 << 20) as out:
        while written < size:
            # A number makes each line its own, so that a swapped or lost one cannot hide.
            line = b"%d %s\n" % (count, pool[dice.randrange(len(pool))])
            if line.count(b"\n") != 1:
                raise AssertionError("a line of the pool has a line end of its own")
            out.write(line)
            written += len(line)
            count += 1
    return count


def first_difference(path, other):
    """None when the files are equal; else a text that says where they part and how."""
    position = 0
    with open(path, "rb") as a, open(other, "rb") as b:
        while True:
            ours, theirs = a.read(1 << 20), b.read(1 << 20)
            if ours == theirs:
                if not ours:
                    return None
                position += len(ours)
                continue
            at = next((i for i, (x, y) in enumerate(zip(ours, theirs)) if x != y),
                      min(len(ours), len(theirs)))
            return (f"{path} and {other} differ at byte {position + at}: "
                    f"{ours[max(0, at - 40):at + 40]!r} and {theirs[max(0, at - 40):at + 40]!r}")
