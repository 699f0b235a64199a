#!/usr/bin/python3
"""The classes that Apache's programs load, parsed and verified once, for JVMs to map at their start.

`class_archive.py` makes the archive (JEP 310) beside the jars that it is made of, unless it is there:
broker and worker run once for it. JVMs start without it too, for twice the processor time.
"""

import fcntl
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from kafka.broker import Broker
from kafka.connect import ConnectDistributed
from kafka.jvm import OPTIONAL_JARS, archive_of, class_path, die_with_parent, kafka_home
from system.lib.sluice_host import call, wait_until


def _work(bootstrap, folder):
    """What tests let a worker do: it moves lines, tells of them, and ends in order."""
    lines, copy = folder / "lines", folder / "copy"
    lines.write_text("one\ntwo\n")
    kind = "FileStream{}"
    with ConnectDistributed(bootstrap) as worker:
        for name, config in (("in", {"connector.class": kind.format("Source"), "topic": "lines"}),
                             ("out", {"connector.class": kind.format("Sink"), "topics": "lines"})):
            file = lines if name == "in" else copy
            call(worker.url, "PUT", f"/connectors/{name}/config", {**config, "file": str(file)})
        wait_until("the lines' copy", lambda: copy.exists() and copy.stat().st_size > 0)
        for path in ("/connectors?expand=status&expand=info", "/connectors/in/offsets",
                     "/connector-plugins", "/admin/loggers"):
            call(worker.url, "GET", path)
        call(worker.url, "DELETE", "/connectors/in")
        worker.stop()


def _loaded_classes(folder):
    """Runs the programs and returns what classes they loaded, as lines that the JVM reads again."""
    os.environ["JDK_JAVA_OPTIONS"] = f"-XX:DumpLoadedClassList={folder}/%p.classes"
    with Broker(folder / "broker") as broker:
        _work(broker.bootstrap, folder)
        broker.stop()
    del os.environ["JDK_JAVA_OPTIONS"]
    return {line: None for path in sorted(folder.glob("*.classes"))
            for line in path.read_text().splitlines() if not line.startswith("#")}


def _make(archive):
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix="classes-") as name:
        folder = pathlib.Path(name)
        (folder / "all").write_text("\n".join(_loaded_classes(folder)) + "\n")
        subprocess.run(["java", "-Xshare:dump", "-XX:+UseG1GC", "-Xlog:disable", "-Xlog:all=error",
                        f"-XX:SharedClassListFile={folder}/all",
                        f"-XX:SharedArchiveFile={folder}/archive", "-cp", class_path(OPTIONAL_JARS)],
                       check=True, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)
        (folder / "archive").rename(archive)


def main():
    archive = archive_of(kafka_home())
    with open(kafka_home() / "classes.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not archive.exists():
            print("kafka: archiving the classes of Apache's programs (once)", file=sys.stderr)
            _make(archive)


if __name__ == "__main__":
    main()
