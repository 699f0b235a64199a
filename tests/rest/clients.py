#!/usr/bin/python3
"""Drives the life of a connector with clients of others, unchanged.

    clients.py --build DIR              sluiced, standalone and distributed
    clients.py --apache                 Apache's workers: what the scripts expect is what they do
    clients.py --port PORT              a worker that runs and knows no connector
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from kafka.broker import Broker
from rest.replay import apache, ours
from rest.session import Setup

_PATIENCE_SECONDS = 300


def drive(port):
    """Both clients against one worker."""
    fetched = subprocess.run([HERE / "clients" / "clients.sh"], check=True, stdout=subprocess.PIPE,
                             text=True).stdout.strip()
    python = {**os.environ, "PYTHONPATH": f"{fetched}/python"}
    node = {**os.environ, "NODE_PATH": f"{fetched}/node_modules"}
    with tempfile.TemporaryDirectory(prefix="sluice-rest-") as folder:
        for command, environment in (
                (["/usr/bin/python3", HERE / "clients" / "life.py", f"http://127.0.0.1:{port}",
                  folder], python),
                (["node", HERE / "clients" / "life.js", str(port), folder], node)):
            subprocess.run(command, check=True, env=environment, timeout=_PATIENCE_SECONDS)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--build", type=pathlib.Path)
    which.add_argument("--apache", action="store_true")
    which.add_argument("--port", type=int)
    options = parser.parse_args()
    if options.port:
        return drive(options.port)
    with Broker() as broker:
        for mode in ("standalone", "distributed"):
            worker = apache(broker.bootstrap, Setup(), mode) if options.apache else \
                ours(options.build, broker.bootstrap, Setup(), mode)
            with worker as (port, _):
                print(mode, flush=True)
                drive(port)


if __name__ == "__main__":
    main()
