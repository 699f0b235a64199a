"""The broker that `./dev test` started for all system tests, or one of one's own without it."""

import contextlib
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from kafka.broker import Broker


@contextlib.contextmanager
def shared_broker():
    """Yields a bootstrap address. Others use the same broker: take topic names of your own."""
    given = os.environ.get("SLUICE_TEST_BOOTSTRAP")
    if given:
        yield given
        return
    with Broker() as broker:
        yield broker.bootstrap
