"""A certificate authority of the test, and certificates for servers on loopback."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path


class Authority:
    """An authority; its certificate lies in `ca_file`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ca = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))
        self.ca_pem = self._ca.cert_pem.bytes().decode()

    def context(self, *names: str, not_after: dt.datetime | None = None) -> ssl.SSLContext:
        """Return what a server needs to prove one of these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names, not_after=not_after).configure_cert(context)
        return context

    def files(self, name: str) -> tuple[Path, Path]:
        """Return the paths of a certificate for a name, and of its key."""
        issued = self._ca.issue_cert(name)
        certificate, key = self._folder / "server.pem", self._folder / "server.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(key))
        return certificate, key
