"""A token server for a docker-registry, as the distribution project describes it.

It signs with a key whose certificate the registry trusts; `users` may read, or all when it is None.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from support.loopback import Asked, Reply, in_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ISSUER, SERVICE = "tests", "registry"


class TokenServer:
    """The app of the server, and the registry's configuration that trusts it."""

    def __init__(self, folder: Path, users: Mapping[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.users = users
        self.actions = "pull"
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tokens of the tests")])
        now = dt.datetime.now(dt.UTC)
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self._bundle = folder / "trusted.pem"
        self._bundle.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def trusted(self, realm: str) -> dict[str, Any]:
        """Return the `auth` part of a registry's configuration."""
        return {
            "token": {
                "realm": realm,
                "service": SERVICE,
                "issuer": ISSUER,
                "rootcertbundle": str(self._bundle),
            }
        }

    def __call__(self, asked: Asked) -> Reply:
        """Answer with a token for the scopes that were asked for."""
        user = self._user(asked)
        if user is None:
            return in_json({"errors": [{"code": "UNAUTHORIZED", "message": "who are you"}]}, 401)
        access = []
        for scope in asked.query.get("scope", []):
            kind, name, _ = scope.split(":")
            access.append({"type": kind, "name": name, "actions": self.actions.split(",")})
        return in_json({"token": self.token(access, user), "expires_in": 60})

    def _user(self, asked: Asked) -> str | None:
        if self.users is None:
            return ""
        scheme, _, pair = asked.headers.get("authorization", "").partition(" ")
        name, _, password = base64.b64decode(pair).decode().partition(":")
        return name if scheme == "Basic" and self.users.get(name) == password else None

    def token(self, access: list[dict[str, Any]], user: str = "") -> str:
        """Return a signed token (JWT, ES256, the certificate in its header)."""
        der = self._certificate.public_bytes(serialization.Encoding.DER)
        head = {"typ": "JWT", "alg": "ES256", "x5c": [base64.b64encode(der).decode()]}
        now = int(dt.datetime.now(dt.UTC).timestamp())
        claims = {
            "iss": ISSUER,
            "sub": user,
            "aud": SERVICE,
            "exp": now + 60,
            "nbf": now - 10,
            "iat": now,
            "jti": str(now),
            "access": access,
        }
        signed = ".".join(_part(json.dumps(each).encode()) for each in (head, claims))
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_part(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
