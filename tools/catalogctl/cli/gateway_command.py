"""`catalogctl gateway`: serve a published catalog to SpaceONE's own clients."""

from __future__ import annotations

import math
import os
import re
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli import options
from catalogctl.cli.output import note, print_line, say
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from catalogctl.gateway.gateway_options import Tls

_LAST_PORT = 65535


def _port(given: str) -> int | None:
    """Return a port, or None if its protocol is not served. Raise UsageError if it is neither."""
    if given == "none":
        return None
    if re.fullmatch("[0-9]{1,5}", given) and int(given) <= _LAST_PORT:
        return int(given)
    raise UsageError(f"{given} is not a port: write 0 to {_LAST_PORT}, or none")


def _port_option(protocol: str, default: int) -> options.Decorator:
    return click.option(
        f"--{protocol.lower()}-port",
        default=str(default),
        metavar="PORT|none",
        callback=options.checked_by(_port),
        help=f"The port for {protocol}; 0 picks a free one.  [default: {default}]",
    )


def _seconds(given: float) -> float:
    """Return a number of seconds. Raise UsageError if it is none, or has no end."""
    if math.isfinite(given):
        return given
    raise UsageError(f"{given} is not a number of seconds")


def _seconds_option(name: str, default: float, words: str, least: float = 0.1) -> options.Decorator:
    return click.option(
        name,
        type=click.FloatRange(min=least),
        default=default,
        metavar="SECONDS",
        callback=options.checked_by(_seconds),
        help=f"{words}  [default: {default:g}]",
    )


def _count_option(name: str, default: int, words: str) -> options.Decorator:
    kind, words = click.IntRange(min=1), f"{words}  [default: {default}]"
    return click.option(name, type=kind, default=default, metavar="N", help=words)


def _file_option(name: str, words: str) -> options.Decorator:
    return click.option(name, type=click.Path(path_type=Path), metavar="FILE", help=words)


@click.command("gateway")
@click.option(
    "--from",
    "location",
    required=True,
    metavar="DIR|URL",
    help="The built tree, or the published catalog, to serve.",
)
@options.trust
@click.option("--host", default="127.0.0.1", help="The address to listen on.  [default: 127.0.0.1]")
@_port_option("gRPC", 50051)
@_port_option("HTTP", 8080)
@_seconds_option("--refresh", 60, "How often to look for a new edition.")
@_seconds_option("--drain", 5, "How long to answer calls after SIGTERM.", least=0)
@_seconds_option("--time-limit", 5, "How long a call may take.")
@_count_option("--max-calls", 256, "How many calls may be in progress.")
@_count_option("--max-queries", 32, "How many of them may be queries.")
@click.option(
    "--domain-id",
    type=click.Choice(["ignore", "filter"]),
    default="ignore",
    help="What a request's domain_id means: nothing, or a condition.  [default: ignore]",
)
@_file_option("--tls-cert", "Serve TLS with this certificate chain, as PEM.")
@_file_option("--tls-key", "The key of the certificate, as PEM.")
@_file_option("--tls-client-ca", "Require certificates of clients from this authority, as PEM.")
@click.option("--access-log", is_flag=True, help="Log each call to stderr, as a line of JSON.")
def gateway_command(
    location: str, trust: str | None, domain_id: str, access_log: bool, **values: Any
) -> int:
    """Serve a catalog as SpaceONE's repository service does: gRPC and REST.

    SpaceONE's services and spacectl call it without a change. It answers the read calls from
    memory, looks for new editions, and refuses to write. When it listens, it prints a line that
    begins with "ready".

    \b
    Examples:
      catalogctl gateway --from public
      catalogctl gateway --from https://plugins.example.org/ --host 0.0.0.0 \\
        --tls-cert tls.crt --tls-key tls.key

    Exit codes: 0 after SIGTERM or Ctrl-C, 2 wrong usage or no tree, 3 a port is in use, or the
    catalog can't be read.
    """
    from catalogctl.spaceone_grpc import require

    require("catalogctl gateway")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its lines are not JSON, as the log's are
    from catalogctl.gateway.gateway_log import GatewayLog
    from catalogctl.gateway.gateway_options import GatewayOptions
    from catalogctl.gateway.tree_source import open_tree

    tls = _tls(*(values.pop(name) for name in ("tls_cert", "tls_key", "tls_client_ca")))
    how = GatewayOptions(tls=tls, filter_domain=domain_id == "filter", **values)
    if how.grpc_port is None and how.http_port is None:
        raise UsageError("--grpc-port none and --http-port none: nothing would be served")
    tree = open_tree(location, say, options.trusted_root(trust, location))
    log = GatewayLog(note, has_calls=access_log)
    from catalogctl.gateway.lifecycle import serve

    serve(tree, how, log, print_line)
    return 0


def _tls(cert: Path | None, key: Path | None, client_ca: Path | None) -> Tls | None:
    """Return the files for TLS, if any. Raise UsageError if they can't be used."""
    from catalogctl.gateway.gateway_options import Tls

    if cert is None and key is None and client_ca is None:
        return None
    if cert is None or key is None:
        raise UsageError("TLS needs a certificate and its key: give --tls-cert and --tls-key")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key, password=_no_passphrase)
    except OSError as error:
        message = f"{cert} and {key} are not a certificate and its key: {error}"
        raise UsageError(message) from error
    try:
        if client_ca is not None:
            context.load_verify_locations(client_ca)
    except OSError as error:
        raise UsageError(f"{client_ca} is not a certificate of an authority: {error}") from error
    return Tls(cert, key, client_ca)


def _no_passphrase() -> str:
    """Raise UsageError: a service has nobody to ask."""
    raise UsageError("--tls-key is encrypted: give a key without a passphrase")
