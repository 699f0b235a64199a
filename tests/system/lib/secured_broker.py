"""A broker with a listener for each kind of security, and the certificates for it.

All keys are made here, with the `openssl` program, in a folder that goes with the broker.
"""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from kafka.broker import Broker
from kafka.jvm import free_ports

STORE_PASSWORD = "store-secret"
KEY_PASSWORD = "key-secret"
USER, PASSWORD = "alice", "alice-secret"

_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
_OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"

# Name of the listener → its protocol. EXPIRED shows a certificate that has expired; MTLS wants one.
LISTENERS = {"TLS": "SSL", "MTLS": "SSL", "EXPIRED": "SSL", "SASL": "SASL_PLAINTEXT",
             "SCRAM": "SASL_PLAINTEXT", "BOTH": "SASL_SSL"}


def _openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


class Certificates:
    """`ca.pem`, `other-ca.pem`, and for each name a key and a certificate by that authority."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        for authority in ("ca", "other-ca"):
            _openssl(self.folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
                     "-subj", f"/CN=sluice test {authority}", "-keyout", f"{authority}.key",
                     "-out", f"{authority}.pem")
        (self.folder / "index.txt").touch()
        (self.folder / "serial").write_text("01\n")
        (self.folder / "ca.cnf").write_text(
            "[ca]\ndefault_ca = own\n[own]\ndir = .\ndatabase = index.txt\nserial = serial\n"
            "new_certs_dir = .\ncertificate = ca.pem\nprivate_key = ca.key\ndefault_md = sha256\n"
            "policy = any\nunique_subject = no\nx509_extensions = names\n[any]\ncommonName = supplied\n"
            "[names]\nsubjectAltName = IP:127.0.0.1\n")
        self._issue("broker", "20200101000000Z", "20990101000000Z")
        self._issue("expired", "20200101000000Z", "20200201000000Z")
        self._issue("client", "20200101000000Z", "20990101000000Z")
        self._issue("expired-client", "20200101000000Z", "20200201000000Z")
        _openssl(self.folder, "pkcs12", "-export", "-in", "client.crt", "-inkey", "client.key",
                 "-passout", f"pass:{STORE_PASSWORD}", "-out", "client.p12")
        _openssl(self.folder, "pkcs8", "-topk8", "-in", "client.key", "-passout",
                 f"pass:{KEY_PASSWORD}", "-out", "locked.key")
        self._join("locked.pem", "locked.key", "client.crt")

    def _issue(self, name, start, end):
        _openssl(self.folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                 "-keyout", f"{name}.key", "-out", f"{name}.csr")
        _openssl(self.folder, "ca", "-batch", "-config", "ca.cnf", "-notext", "-startdate", start,
                 "-enddate", end, "-in", f"{name}.csr", "-out", f"{name}.crt")
        self._join(f"{name}.pem", f"{name}.key", f"{name}.crt")

    def _join(self, out, *parts):
        text = "".join((self.folder / part).read_text() for part in parts)
        (self.folder / out).write_text(text)


class SecuredBroker(Broker):
    """PLAINTEXT beside all of LISTENERS, on 127.0.0.1."""

    def __init__(self, folder):
        self.certificates = Certificates(pathlib.Path(folder) / "certificates")
        super().__init__(pathlib.Path(folder) / "broker", format_arguments=[
            "--add-scram", f"SCRAM-SHA-256=[name={USER},password={PASSWORD}]",
            "--add-scram", f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"])
        self.ports = {}

    def _settings(self, port, controller_port):
        settings = super()._settings(port, controller_port)
        self.ports = dict(zip(LISTENERS, free_ports(len(LISTENERS))))
        more = "".join(f",{name}://127.0.0.1:{number}" for name, number in self.ports.items())
        settings["listeners"] += more
        settings["advertised.listeners"] += more
        settings["listener.security.protocol.map"] += "".join(
            f",{name}:{protocol}" for name, protocol in LISTENERS.items())
        for name in ("TLS", "MTLS", "EXPIRED", "BOTH"):
            prefix = f"listener.name.{name.lower()}."
            settings[prefix + "ssl.keystore.type"] = "PEM"
            settings[prefix + "ssl.keystore.location"] = self.certificates.folder / (
                "expired.pem" if name == "EXPIRED" else "broker.pem")
        settings["listener.name.mtls.ssl.client.auth"] = "required"
        settings["listener.name.mtls.ssl.truststore.type"] = "PEM"
        settings["listener.name.mtls.ssl.truststore.location"] = self.certificates.folder / "ca.pem"
        for name, mechanisms in (("sasl", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER"),
                                 ("scram", "SCRAM-SHA-512"), ("both", "SCRAM-SHA-512")):
            prefix = f"listener.name.{name}."
            settings[prefix + "sasl.enabled.mechanisms"] = mechanisms
            for mechanism in mechanisms.lower().split(","):
                settings[f"{prefix}{mechanism}.sasl.jaas.config"] = {
                    "plain": f'{_PLAIN} required user_{USER}="{PASSWORD}";',
                    "oauthbearer": f'{_OAUTH} required unsecuredLoginStringClaim_sub="broker";',
                }.get(mechanism, f"{_SCRAM} required;")
        # Whoever stays longer must show his credentials again (KIP-368).
        settings["listener.name.both.scram-sha-512.connections.max.reauth.ms"] = 1500
        return settings
