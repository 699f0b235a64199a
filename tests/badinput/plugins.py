#!/usr/bin/python3
"""Starts a worker whose plugin.path holds everything that is no plugin (plugins.cases).

Usage: plugins.py <build directory>

Each file is named in the log with what is wrong; the good plugins work, what the bad ones would have
offered is an unknown class, and the worker lives on.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
from kafka.jvm import die_with_parent, free_ports
from system.lib.sluice_host import RestError, call, wait_until

FILE_CONNECTORS = ["org.apache.kafka.connect.file.FileStreamSinkConnector",
                   "org.apache.kafka.connect.file.FileStreamSourceConnector"]
UNKNOWN = "Failed to find any class that implements Connector and which name matches "


def rows(table):
    for line in table.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield tuple(part.strip() for part in line.split("|"))


def make(path, how):
    kind, _, rest = how.partition(" ")
    if kind == "text":
        path.write_text(rest + "\n")
    elif kind == "empty":
        path.touch()
    elif kind == "zeros":
        path.write_bytes(bytes(int(rest)))
    elif kind == "link":
        path.symlink_to(rest)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(str(path))
    elif kind == "library":
        listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True)
        found = next(line.rpartition("=> ")[2] for line in listed.stdout.splitlines() if rest in line)
        shutil.copy(found, path)
    elif kind == "folder":
        path.mkdir()
    elif kind != "none":
        raise ValueError(f"{path.name}: how is `{how}` made?")


def fill(folder, build):
    """Makes all files; what the log must say of each."""
    expected = {}
    for name, how, text in rows(TESTS / "badinput/plugins.cases"):
        make(folder / name, how)
        expected[name] = text.replace("{folder}", str(folder))
    for name, stage, text in rows(TESTS / "abi/malformed.txt"):
        if stage == "load":
            shutil.copy(build / f"test-plugins/malformed/{name}.so", folder)
            expected[f"{name}.so"] = text
    return expected


def refusal(url, class_name):
    try:
        call(url, "POST", "/connectors", {"name": "c", "config": {"connector.class": class_name}})
    except RestError as error:
        return error
    raise AssertionError(f"{class_name} was taken")


def check_rest(url):
    offered = sorted(plugin["class"] for plugin in call(url, "GET", "/connector-plugins"))
    assert offered == FILE_CONNECTORS, offered
    for name in ("sluice.test.MalformedSinkConnector", "sluice.test.MalformedSourceConnector"):
        error = refusal(url, name)
        assert error.code == 400 and UNKNOWN + name in error.body, error
    assert call(url, "GET", "/health")["status"] == "healthy"


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="sluice-badplugins-") as name:
        folder, log_path = pathlib.Path(name, "plugins"), pathlib.Path(name, "log")
        folder.mkdir()
        expected = fill(folder, build)
        url = f"http://127.0.0.1:{free_ports(1)[0]}"
        config = pathlib.Path(name, "worker.properties")
        config.write_text(f"listeners={url}\nplugin.cache.dir={name}/cache\n"
                          f"plugin.path={folder},{folder}/nowhere,{build}/plugins\n")
        with open(log_path, "wb") as log:
            host = subprocess.Popen([build / "bin/sluiced", "--dev", "--config", config], stdout=log,
                                    stderr=log, stdin=subprocess.DEVNULL,
                                    preexec_fn=die_with_parent)
        try:
            def healthy():
                assert host.poll() is None, f"it ended with {host.returncode}:\n{log_path.read_text()}"
                try:
                    return call(url, "GET", "/health", timeout=2)["status"] == "healthy"
                except (OSError, RestError):
                    return False
            wait_until("a healthy worker", healthy, 60)
            lines = log_path.read_text(errors="replace").splitlines()
            missing = [f"{file}: no line `{text}`; there is: "
                       + " / ".join(line for line in lines if file in line)
                       for file, text in expected.items()
                       if not any(file in line and text in line for line in lines)]
            check_rest(url)
            host.send_signal(signal.SIGTERM)
            status = host.wait(30)
        finally:
            host.kill()
            host.wait()
    print("\n".join(missing))
    print(f"{len(expected)} bad files, {len(missing)} not named; exit status {status}")
    return 1 if missing or status != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
