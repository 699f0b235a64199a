"""What may differ between two runs without being a difference: ports, folders, build ids, JVM text.

Every rule is a (why, pattern, replacement) applied in order to bodies and Location headers.
"""

import re

RULES = [
    ("stack frames are Java's; a trace is compared by its first line",
     r'("trace":"(?:[^"\\]|\\[^n])*)\\n(?:[^"\\]|\\.)*"', r'\1\\n${frames}"'),
    ("what a key is for is told in our own words",
     r'"documentation":"(?:[^"\\]|\\.)*"', '"documentation":"${documentation}"'),
    ("the commit is that of a build", r'("commit":)"[^"]*"', r'\1"${commit}"'),
    ("our own version is one more field of the root", r',"sluice_version":"[^"]*"', ""),
    ("where a plugin's file lies", r"location='[^']*'", "location='${location}'"),
    ("when a logger was changed", r'("last_modified":)\d+', r'\1"${time}"'),
    ("identity hashes of Java objects", r"@[0-9a-f]{5,8}\b", "@${identity}"),
    ("where in Jackson's input an error was found is told by line and column alone",
     r"\(org\.glassfish\.jersey\.message\.internal\.[A-Za-z$.]+\)", "(${stream})"),
]

# Java keeps the methods in a set, whose order is another in each of its processes.
SETS = ("Access-Control-Allow-Methods",)

_COMPILED = [(re.compile(pattern), replacement) for _, pattern, replacement in RULES]


def normalise(text, port, folder):
    """`port` is the server's own, `folder` the session's ${dir}."""
    text = text.replace(f"127.0.0.1:{port}", "${worker}").replace(str(folder), "${dir}")
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text


def normalise_headers(headers, port, folder):
    return {name: ",".join(sorted(value.split(","))) if name in SETS
            else normalise(value, port, folder) for name, value in headers.items()}
