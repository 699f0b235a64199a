"""Replays the recorded sessions of tests/rest against a worker with fake runners.

usage: replay_golden.py <rest_fake_worker> <session>...

What needs real connectors (failures and their traces) is left to the system test.
"""

import pathlib
import subprocess
import sys

REPLAY = pathlib.Path(__file__).parent.parent / "rest" / "replay.py"


def main():
    program, *sessions = sys.argv[1:]
    worker = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        port = worker.stdout.readline().strip()
        chosen = [argument for name in sessions for argument in ("--session", name)]
        result = subprocess.run([sys.executable, REPLAY, "golden", "--port", port, *chosen],
                                check=False)
    finally:
        worker.stdin.close()
        stopped = worker.wait(timeout=20)
    return result.returncode or stopped


if __name__ == "__main__":
    sys.exit(main())
