#!/usr/bin/python3
"""Two workers of a cluster behind https, users and roles: what they ask of each other, and `sluice`.

Usage: secured_rest.py <build directory>
"""

import base64
import pathlib
import re
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from system.cli import Cli, Wrong, expect, expect_in
from system.lib.cluster import Cluster
from system.lib.secured_broker import Certificates
from system.lib.shared_broker import shared_broker
from system.lib.sluice_host import Access, RestError, call, wait_until

USERS = {"ann": "ann-secret", "monitor": "monitor-secret", "root": "root-secret"}
_AUTH = "org.apache.kafka.connect.rest.basic.auth.extension"
CONNECTORS = 4


def settings(folder, certificates):
    users = folder / "users.properties"
    users.write_text("".join(f"{name}={password}\n" for name, password in USERS.items()))
    login = folder / "jaas.conf"
    login.write_text(f'KafkaConnect {{ {_AUTH}.PropertyFileLoginModule required file="{users}"; }};\n')
    tls = {"keystore.type": "PEM", "keystore.location": certificates / "broker.pem",
           "truststore.type": "PEM", "truststore.location": certificates / "ca.pem"}
    return {**{f"listeners.https.ssl.{key}": value for key, value in tls.items()},
            "rest.extension.classes": f"{_AUTH}.BasicAuthSecurityRestExtension",
            "java.security.auth.login.config": login, "rest.users.read.only": "monitor",
            "rest.users.admin": "root", "rest.rebalance.wait.ms": "0"}


def refused(worker, *arguments, **options):
    """(status, body) of a request that must be refused, and not only while the cluster rebalances."""
    def answer():
        try:
            call(worker.url, *arguments, **options)
        except RestError as error:
            return error.code != 409 and (error.code, error.body)
        raise Wrong(f"{arguments} was not refused")
    return wait_until(f"an answer to {arguments}", answer, 20)


def served(worker, method, path, status):
    """How many such requests the worker's log has; `path` is a pattern."""
    return len(re.findall(rf'"{method} {path}(?:\?\S*)?" {status} ', worker.log.read_text()))


def check_forwarding(cluster, leader, follower):
    """Who does not lead gives requests to who does, over https and as the same user."""
    config = {"connector.class": "FileStreamSink", "topics": "none", "file": "/dev/null",
              "tasks.max": "1"}
    cluster.ask("POST", "/connectors", {"name": "carried", "config": config}, via=follower)
    expect("requests that came to the leader", served(leader, "POST", "/connectors", 201), 1)
    expect_in("whose request that was", ' ann "POST /connectors?forward=true"',
              leader.log.read_text())
    cluster.ask("PUT", "/connectors/carried/config", {**config, "tasks.max": "2"}, via=follower)
    expect("requests that came to the leader",
           served(leader, "PUT", "/connectors/carried/config", 200), 1)
    cluster.tasks["carried"] = 2
    cluster.wait_healed()
    cluster.ask("DELETE", "/connectors/carried", via=follower)
    expect("requests that came to the leader",
           served(leader, "DELETE", "/connectors/carried", 204), 1)
    del cluster.tasks["carried"]
    nobody = refused(follower, "DELETE", "/connectors/carried", access=follower.access)
    expect_in("the leader's words", "Connector carried not found", nobody[1])


def check_signatures(cluster, leader, follower):
    """A connector object of the follower has its tasks written by the leader, who knows its hand."""
    for number in range(CONNECTORS):
        cluster.create(f"c{number}", {"connector.class": "FileStreamSink", "topics": "none",
                                      "file": "/dev/null", "tasks.max": "1"})
    cluster.wait_spread([leader, follower])
    objects = [name for (name, task), where in cluster.runs_where().items()
               if task is None and where == follower.id]
    if not objects:
        raise Wrong(f"{follower.name} has no connector object: {cluster.runs_where()}")
    for name in objects:
        if not served(leader, "POST", f"/connectors/{name}/tasks", 204):
            raise Wrong(f"{leader.name} was not told the tasks of {name}\n{leader.tail()}")
    path = f"/connectors/{objects[0]}/tasks"
    code, body = refused(leader, "POST", path, [], access=Access(cluster.authority))
    expect("an unsigned request", code, 400)
    expect_in("an unsigned request", "Internal request missing required signature", body)
    forged = {"X-Connect-Authorization": base64.b64encode(bytes(32)).decode(),
              "X-Connect-Request-Signature-Algorithm": "HmacSHA256"}
    code, body = refused(leader, "POST", path, [], headers=forged, access=Access(cluster.authority))
    expect("a forged request", code, 403)
    expect_in("a forged request", "Internal request contained invalid signature.", body)
    cluster.wait_healed()


def check_users(cli, follower, authority, other):
    """`sluice` with the right password, a wrong one, none, and one that may only read."""
    trust = ("--cacert", str(authority))
    cli.environment["SLUICE_PASSWORD"] = USERS["ann"]
    expect_in("the list", "c0", cli(*trust, "--user", "ann", "get").stdout)
    shown = cli(*trust, "--user", "ann", "top", "-n", "1", "--interval", "200ms")
    expect("complaints of top, which asks both workers", shown.stderr, "")
    expect("tasks that top shows", len(shown.stdout.splitlines()), 1 + CONNECTORS)
    cli(*trust, "context", "set", "safe", "--url", cli.url, "--user", "ann")
    expect_in("the list", "c0", cli("-c", "safe", "get").stdout)
    cli.environment["SLUICE_PASSWORD"] = "wrong"
    for user in (("--user", "ann"), ("--user", "nobody"), ()):
        denied = cli(*trust, *user, "get", code=1).stderr
        expect_in("what to do", "give --user NAME or SLUICE_USER, and SLUICE_PASSWORD", denied)
    cli.environment["SLUICE_PASSWORD"] = USERS["monitor"]
    reader = (*trust, "--user", "monitor")
    expect_in("the list", "c0", cli(*reader, "get").stdout)
    expect_in("why not", "User monitor may only read (rest.users.read.only)",
              cli(*reader, "pause", "c0", code=1).stderr)
    expect("state", follower.status("c0")["connector"]["state"], "RUNNING")
    cli.environment["SLUICE_PASSWORD"] = USERS["ann"]
    expect_in("why not", "rest.users.admin",
              cli(*trust, "--user", "ann", "logs", "level", "sluice.rest", "DEBUG", code=1).stderr)
    cli.environment["SLUICE_PASSWORD"] = USERS["root"]
    cli(*trust, "--user", "root", "logs", "level", "sluice.rest", "INFO")

    cli.environment["SLUICE_PASSWORD"] = USERS["ann"]
    user = ("--user", "ann")
    untrusted = f"{cli.url} shows a certificate that is not trusted"
    for options, setting in (((), "--cacert or SSL_CERT_FILE"), (("--cacert", str(other)), "--cacert")):
        said = cli(*options, *user, "get", code=3).stderr
        expect_in("an untrusted certificate", untrusted, said)
        expect_in("what to do", f"the right authority in {setting}\n", said)
    missing = cli("--cacert", "/nowhere.pem", *user, "get", code=2).stderr
    expect_in("what to look at", "--cacert /nowhere.pem", missing)
    plain = cli("--url", cli.url.replace("https", "http"), *user, "get", code=3).stderr
    expect_in("what to do", "https", plain)


def check_rebalance(cli, cluster, leader, follower):
    """What is refused while the cluster rebalances is tried again: it does once it has."""
    follower.suspend()
    try:
        # The others wait for it: nobody leads until it has joined, or its session has ended.
        leader.call("PUT", "/connectors/late/config", {
            "connector.class": "FileStreamSink", "topics": "none", "file": "/dev/null"})
        cluster.tasks["late"] = 1
        restart = "/connectors/c0/restart"

        def conflicts():
            return served(leader, "POST", restart, 409)

        def refuses():
            try:
                leader.call("POST", restart)
            except RestError as error:
                return error.code == 409
            return False
        wait_until("a rebalance that is under way", refuses, 10)
        before = conflicts()
        asking = subprocess.Popen(
            [cluster.build / "bin/sluice", "--url", leader.url, "--cacert", str(cluster.authority), "--user", "ann",
             "restart", "c0"], env=cli.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, text=True)
        wait_until("sluice has been refused twice", lambda: conflicts() >= before + 2, 10)
    finally:
        follower.resume()
    said, complaints = asking.communicate(timeout=60)
    expect("what sluice did", (asking.returncode, said, complaints),
           (0, "c0: restart requested\n", ""))
    cluster.wait_healed()


def check_death(cluster, leader, follower):
    """The end of a process is seen through TLS, and from whom is asked for a password."""
    def told():
        return re.search(r"Worker '\S+' is dead; what it ran is taken over", leader.log.read_text())
    expect("whether anybody was taken for dead", told(), None)
    follower.kill()
    wait_until("its work is taken over long before its session ends", told, 5)
    cluster.wait_healed()


def check(build):
    with shared_broker() as bootstrap, tempfile.TemporaryDirectory(prefix="sluice-rest-") as base:
        folder = pathlib.Path(base)
        certificates = Certificates(folder / "certificates").folder
        authority = certificates / "ca.pem"
        access = Access(authority, "ann", USERS["ann"])
        group = f"secured-rest-{uuid.uuid4().hex[:8]}"
        with Cluster(build, folder, bootstrap, group, settings(folder, certificates)) as cluster:
            cluster.authority = authority
            workers = [cluster.add_sluice(name, access=access) for name in ("a", "b")]
            for worker in workers:
                worker.launch()
            for worker in workers:
                worker.wait("a healthy worker", worker.healthy)
            cluster.wait_healed("both workers agree")
            url = wait_until("both know the same leader", lambda: (
                workers[0].leader() == workers[1].leader() and workers[0].leader()))
            leader, follower = sorted(workers, key=lambda worker: worker.url != url)
            expect("the leader's URL", leader.url, url)
            cli = Cli(build, folder, follower.url)
            for name, run in (
                    ("forwarding", lambda: check_forwarding(cluster, leader, follower)),
                    ("signatures", lambda: check_signatures(cluster, leader, follower)),
                    ("users", lambda: check_users(cli, follower, authority,
                                                  certificates / "other-ca.pem")),
                    ("a rebalance", lambda: check_rebalance(cli, cluster, leader, follower)),
                    ("a death", lambda: check_death(cluster, leader, follower))):
                run()
                print(f"  {name}", flush=True)


if __name__ == "__main__":
    try:
        check(pathlib.Path(sys.argv[1]).resolve())
    except Wrong as wrong:
        sys.exit(f"WRONG: {wrong}")
