#!/usr/bin/python3
"""Group requests over TLS and SASL to a real broker, and what is said when they do not fit.

Usage: secured.py <build directory>. The cases are in tests/secured; this starts their broker.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.lib.secured_broker import SecuredBroker


def main():
    build = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="sluice-secured-") as folder:
        broker = SecuredBroker(folder)
        with broker:
            environment = dict(os.environ, SLUICE_TEST_CERTIFICATES=str(broker.certificates.folder),
                               SLUICE_TEST_PLAINTEXT=str(broker.port))
            for name, port in broker.ports.items():
                environment[f"SLUICE_TEST_{name}"] = str(port)
            done = subprocess.run([build / "bin" / "secured_test", *sys.argv[2:]], env=environment)
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
