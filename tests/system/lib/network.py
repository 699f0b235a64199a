"""Network namespaces on one bridge, so that a worker's cable can be pulled.

All in a namespace of the test's own, which goes with its processes; nothing of the machine's
network is touched.
"""

import os
import subprocess
import sys

from kafka.jvm import die_with_parent
from system.lib.sluice_host import wait_until

_INSIDE = "SLUICE_TEST_NETWORK"
BRIDGE_ADDRESS = "10.77.0.1"


def enter():
    """Executes the program again in a network of its own. False when that is not allowed here."""
    if os.environ.get(_INSIDE):
        return True
    own = ["unshare", "-n"] if os.getuid() == 0 else ["unshare", "-rn"]
    try:
        subprocess.run([*own, "ip", "link", "add", "probe", "type", "bridge"], check=True,
                       capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    os.environ[_INSIDE] = "1"
    os.execvp(own[0], [*own, sys.executable, *sys.argv])


def _run(*command):
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


class Cable:
    """From the bridge to a namespace; what is launched by `launcher` lives behind it."""

    def __init__(self, number):
        self._name = f"cable{number}"
        self.address = f"10.77.0.{number + 2}"
        ours = os.readlink("/proc/self/ns/net")
        self._holder = subprocess.Popen(["unshare", "-n", "sleep", "infinity"],
                                        preexec_fn=die_with_parent)
        pid = self._holder.pid
        wait_until("a namespace", lambda: os.readlink(f"/proc/{pid}/ns/net") != ours, 10)
        self.launcher = ["nsenter", "-n", "-t", str(pid)]
        _run("ip", "link", "add", self._name, "type", "veth", "peer", "name", "eth0", "netns", pid)
        _run("ip", "link", "set", self._name, "master", "bridge", "up")
        _run(*self.launcher, "ip", "link", "set", "lo", "up")
        _run(*self.launcher, "ip", "addr", "add", f"{self.address}/24", "dev", "eth0")
        _run(*self.launcher, "ip", "link", "set", "eth0", "up")

    def cut(self):
        _run("ip", "link", "set", self._name, "down")

    def mend(self):
        _run("ip", "link", "set", self._name, "up")

    def close(self):
        self._holder.kill()
        self._holder.wait()


class Network:
    """The bridge, with as many cables; for a program that has entered its own namespace."""

    def __init__(self, cables):
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", "bridge", "type", "bridge")
        _run("ip", "addr", "add", f"{BRIDGE_ADDRESS}/24", "dev", "bridge")
        _run("ip", "link", "set", "bridge", "up")
        self.cables = [Cable(number) for number in range(cables)]

    def close(self):
        for cable in self.cables:
            cable.close()
