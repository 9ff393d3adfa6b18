"""Define the options of the gateway, and its limits that are not options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_REQUEST = 1024 * 1024
"""Most bytes of a request."""
MAX_METADATA = 16 * 1024
"""Most bytes of the metadata of a gRPC call, and of the head of an HTTP request."""
SMALL_REQUEST = 4096
"""Most bytes of a request that is answered at once if its answer is only looked up."""
LAST_CALLS = 10
"""Seconds for the calls that are in progress when the gateway ends."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The certificate and key of the server, and the authority that clients must prove, if any."""

    cert: Path
    key: Path
    client_ca: Path | None = None


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """Where to listen, what to serve, and how much.

    A port is None if its protocol is not served, 0 for any free one. `refresh`, `drain` and
    `time_limit` are seconds. With `filter_domain`, a request's domain_id is a condition.
    """

    host: str = "127.0.0.1"
    grpc_port: int | None = 50051
    http_port: int | None = 8080
    refresh: float = 60
    drain: float = 5
    time_limit: float = 5
    max_calls: int = 256
    max_queries: int = 32
    filter_domain: bool = False
    tls: Tls | None = None


def address_of(host: str, port: int) -> str:
    """Return a host and a port as they are written in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
