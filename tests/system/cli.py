"""The command line `sluice` against our worker and against Apache Kafka Connect's.

Usage: cli.py BUILD_FOLDER [--worker sluice|apache]

Runs every command of docs/cli.md and compares what is shown with what the page says, then what the
page leaves out: sinks, failures, what --wait promises, names that need care.
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kafka.connect import ConnectStandalone
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import SluiceHost, call, wait_until

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/cli.md"
COMMAND_SECONDS = 120
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.M | re.S)


class Wrong(Exception):
    """The test's verdict; the text says what differs."""


def expect(what, actual, wanted):
    if actual != wanted:
        raise Wrong(f"{what}: {actual!r}, expected {wanted!r}")


def expect_in(what, part, text):
    if part not in text:
        raise Wrong(f"{what}: expected {part!r} in {text!r}")


class Cli:
    """Runs `sluice`, and scripts that use it, in one folder against one worker."""

    def __init__(self, build, folder, url):
        self.folder = folder
        self.url = url
        # C.UTF-8: what is compared holds more than ASCII.
        self.environment = {**os.environ, "SLUICE_URL": url, "LC_ALL": "C.UTF-8",
                            "XDG_CONFIG_HOME": str(folder / "config"),
                            "PATH": f"{build / 'bin'}:{os.environ['PATH']}"}

    def script(self, text):
        return subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=self.folder,
                              env=self.environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=COMMAND_SECONDS)

    def __call__(self, *arguments, code=0):
        done = subprocess.run(["sluice", *arguments], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=COMMAND_SECONDS)
        if done.returncode != code:
            raise Wrong(f"sluice {' '.join(arguments)}: exit status {done.returncode}, expected "
                        f"{code}\n{done.stdout}{done.stderr}")
        return done

    def file(self, name, content):
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text)
        return name


def blocks_of(page):
    """Pairs of a script and what it prints: None where the page does not show it."""
    found = BLOCK.findall(page)
    for index, (kind, text) in enumerate(found):
        if kind == "sh":
            follows = found[index + 1] if index + 1 < len(found) else ("", "")
            yield text, follows[1] if follows[0] == "text" else None


def pattern_of(text):
    """`…` stands for anything, blanks for blanks: columns are as wide as this machine's names."""
    parts = [r"\s+".join(re.escape(word) for word in piece.split()) for piece in text.split("…")]
    return r"\s*" + r".*?".join(r"\s*" + part + r"\s*" for part in parts)


def walk_through(cli):
    """Runs the page's scripts and returns how many there are."""
    count = 0
    for script, shown in blocks_of(PAGE.read_text()):
        done = cli.script(script)
        if done.returncode != 0:
            raise Wrong(f"docs/cli.md:\n{script}\nexit status {done.returncode}\n{done.stdout}"
                        f"{done.stderr}")
        if shown is not None and not re.fullmatch(pattern_of(shown), done.stdout, re.S):
            raise Wrong(f"docs/cli.md:\n{script}\nprinted\n{done.stdout}\nexpected\n{shown}")
        count += 1
    if count < 5:
        raise Wrong(f"docs/cli.md has {count} scripts: is the page read rightly?")
    return count


def source(path, topic):
    return {"connector.class": "FileStreamSource", "tasks.max": "1", "file": str(path),
            "topic": topic}


def check_source_and_sink(cli, topic):
    """Offsets of both kinds, as tables and as the worker's own JSON."""
    lines = cli.folder / f"{topic}.in"
    lines.write_text("one\ntwo\n")
    copy = cli.folder / f"{topic}.out"
    cli("apply", "--wait", "-f", cli.file("source.json", {"name": f"{topic}-source",
                                                         **source(lines, topic)}),
        "-f", cli.file("sink.properties", f"name={topic}-sink\nconnector.class=FileStreamSink\n"
                                          f"file={copy}\ntopics={topic}\n"))
    wait_until("the copy", lambda: copy.exists() and copy.read_text() == "one\ntwo\n", 60)
    wait_until("offsets of the sink", lambda: "2" in cli("offsets", f"{topic}-sink").stdout.split(),
               60)
    rows = [line.split() for line in cli("offsets", f"{topic}-sink").stdout.splitlines()]
    expect("offsets of the sink", rows, [["TOPIC", "PARTITION", "OFFSET"], [topic, "0", "2"]])
    wait_until("offsets of the source",
               lambda: json.loads(cli("offsets", f"{topic}-source", "-o", "json").stdout)["offsets"],
               60)
    expect("offsets of the source",
           json.loads(cli("offsets", f"{topic}-source", "-o", "json").stdout),
           {"offsets": [{"partition": {"filename": str(lines)}, "offset": {"position": 8}}]})
    listed = json.loads(cli("get", "-o", "json").stdout)
    expect("connectors", sorted(listed), [f"{topic}-sink", f"{topic}-source"])
    expect("a connector", json.loads(cli("get", f"{topic}-sink", "-o", "json").stdout),
           listed[f"{topic}-sink"])
    if "sluice_version" in call(cli.url, "GET", "/"):  # Apache's has no metrics over HTTP
        shown = cli("top", "-n", "1", "--interval", "200ms")
        expect("complaints of top", shown.stderr, "")
        rates = {row[0]: row[3:5] for row in map(str.split, shown.stdout.splitlines()[1:])}
        expect("whose rates top has", sorted(rates), [f"{topic}-sink", f"{topic}-source"])
        expect("rates that are none", [r for pair in rates.values() for r in pair if r == "-"], [])
    expect("no colours in a pipe", "\x1b" in cli("get").stdout, False)


def check_apply(cli, topic):
    name = f"{topic}-source"
    config = source(cli.folder / f"{topic}.in", topic)
    same = cli("apply", "-f", cli.file("same.json", {"name": name, "config": config}))
    expect("apply of the same", same.stdout, f"{name}: unchanged\n")
    changed = {**config, "batch.size": 7}
    cli.file("changed.json", {"name": name, "config": changed})
    expect("apply of a change", cli("apply", "-f", "changed.json", "--wait").stdout,
           f"{name}: changed\n{name}: RUNNING (tasks: 1 RUNNING)\n")
    expect("the config", call(cli.url, "GET", f"/connectors/{name}/config")["batch.size"], "7")
    cli.file("stopped.json", {"name": f"{topic}-late", "config": config,
                              "initial_state": "STOPPED"})
    expect("apply in a state", cli("apply", "-f", "stopped.json", "--wait").stdout,
           f"{topic}-late: created\n{topic}-late: STOPPED\n")
    expect("restart of a stopped one", cli("restart", f"{topic}-late", "--tasks", "--wait").stdout,
           f"{topic}-late: restart requested\n{topic}-late: STOPPED\n")
    cli("delete", f"{topic}-late")


def check_waiting(cli, topic):
    """What --wait returned from is there at the next look over REST."""
    name = f"{topic}-source"
    for verb, state, tasks in (("pause", "PAUSED", ["PAUSED"]), ("resume", "RUNNING", ["RUNNING"]),
                               ("stop", "STOPPED", []), ("resume", "RUNNING", ["RUNNING"])):
        cli(verb, name, "--wait")
        status = call(cli.url, "GET", f"/connectors/{name}/status")
        expect(f"state after {verb}", status["connector"]["state"], state)
        expect(f"tasks after {verb}", [task["state"] for task in status["tasks"]], tasks)


def check_failures(cli, topic):
    name = f"{topic}-bad"
    cli.file("bad.json", {"name": name, "connector.class": "FileStreamSink", "topics": topic,
                          "file": str(cli.folder / "no such folder/out")})
    failed = cli("apply", "-f", "bad.json", "--wait", code=1)
    expect("what was done", failed.stdout, f"{name}: created\n")
    expect_in("why it failed", "task 0 FAILED", failed.stderr)
    expect_in("why it failed", "Couldn't find or create file", failed.stderr)
    expect_in("the trace", "Couldn't find or create file", cli("describe", name).stdout)
    again = cli("restart", f"{name}/0", "--wait", code=1)
    expect_in("why it failed again", "Couldn't find or create file", again.stderr)
    (cli.folder / "no such folder").mkdir()
    expect("restart of what failed", cli("restart", name, "--failed", "--wait").stdout,
           f"{name}: restart requested\n{name}: RUNNING (tasks: 1 RUNNING)\n")
    cli("delete", name)


def check_refusals(cli, topic):
    nobody = cli("delete", f"{topic}-nobody", f"{topic}-source", code=1)
    expect("the other is deleted", nobody.stdout, f"{topic}-source: deleted\n")
    expect_in("the worker's message", f"Connector {topic}-nobody not found (HTTP 404)",
              nobody.stderr)
    cli.file("wrong.json", {"name": f"{topic}-wrong", "connector.class": "FileStreamSource"})
    expect_in("the worker's message", 'Missing required configuration "topic"',
              cli("apply", "-f", "wrong.json", code=1).stderr)
    expect_in("a level that is none", "loud", cli("logs", "level", "root", "loud", code=1).stderr)
    cli("apply", "-f", "nowhere.json", code=2)
    cli("gett", code=2)
    cli("--url", "ftp://localhost", "get", code=2)
    cli("--url", "http://localhost:1", "get", code=3)
    spaced = f"{topic} with ümläuts"
    cli.file("odd.json", {"name": spaced, **source(cli.folder / f"{topic}.in", topic)})
    cli("apply", "-f", "odd.json", "--wait")
    expect_in("its name", spaced, cli("get", spaced).stdout)
    cli("delete", spaced, f"{topic}-sink")
    expect_in("no connectors", "No connectors", cli("get").stderr)


def check_completion(cli, topic):
    """bash takes the script, and completes commands and connectors with it."""
    name = f"{topic}-complete me"
    cli.file("complete.json", {"name": name, **source(cli.folder / f"{topic}.in", topic)})
    cli("apply", "-f", "complete.json")
    ask = ("source <(sluice completion bash); COMP_WORDS=({words}); COMP_CWORD={last}; _sluice; "
           "printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    for words, wanted in (("sluice des", "describe"), ("sluice offsets res", "reset"),
                          (f"sluice pause {topic}-c", name.replace(" ", "\\ ")),
                          ("sluice apply -f comp", "complete.json")):
        script = ask.format(words=words, last=len(words.split()) - 1)
        expect(f"completion of `{words}`", cli.script(script).stdout.strip(), wanted)
    checked = cli.script("sluice completion bash | bash -n")
    expect("bash -n", (checked.returncode, checked.stderr), (0, ""))
    cli("delete", name)


@contextlib.contextmanager
def worker_of(kind, build, folder, bootstrap):
    if kind == "sluice":
        with SluiceHost(build, folder / "worker", bootstrap) as host:
            host.start()
            yield host.url
            expect("exit status of sluiced", host.stop(), 0)
    else:
        text = "org.apache.kafka.connect.storage.StringConverter"
        with ConnectStandalone(bootstrap, {"key.converter": text, "value.converter": text,
                                           "offset.flush.interval.ms": 500}) as apache:
            yield apache.url


def run(kind, build, bootstrap):
    with tempfile.TemporaryDirectory(prefix="sluice-cli-") as temporary:
        folder = pathlib.Path(temporary)
        with worker_of(kind, build, folder, bootstrap) as url:
            cli = Cli(build, folder, url)
            print(f"{kind}: {walk_through(cli)} scripts of docs/cli.md print what it shows\n", end="",
                  flush=True)
            topic = f"cli-{uuid.uuid4().hex[:8]}"
            for check in (check_source_and_sink, check_apply, check_waiting, check_failures,
                          check_completion, check_refusals):
                check(cli, topic)
                print(f"{kind}: {check.__name__}\n", end="", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--worker", choices=("sluice", "apache"))
    arguments = parser.parse_args()
    kinds = [arguments.worker] if arguments.worker else ["sluice", "apache"]
    with shared_broker() as bootstrap, \
            concurrent.futures.ThreadPoolExecutor(len(kinds)) as beside:
        ends = [beside.submit(run, kind, arguments.build.resolve(), bootstrap) for kind in kinds]
        for end in ends:
            end.result()


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        sys.exit(f"WRONG: {wrong}")
