"""Start a gateway, refresh what it serves, and end it without dropping a call."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
import sys
import traceback
from typing import TYPE_CHECKING, Any

from catalogctl.errors import CatalogctlError, OutsideError
from catalogctl.gateway.admission import Admission
from catalogctl.gateway.edition_refresh import read_edition, read_newer
from catalogctl.gateway.gateway_options import address_of
from catalogctl.gateway.grpc_server import GrpcServer
from catalogctl.gateway.http_server import HttpServer
from catalogctl.gateway.metrics import Metrics
from catalogctl.gateway.rest import application

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.client.published_catalog import PublishedCatalog
    from catalogctl.gateway.encoded_edition import EncodedEdition
    from catalogctl.gateway.gateway_log import GatewayLog
    from catalogctl.gateway.gateway_options import GatewayOptions

_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_SWITCH_SECONDS = 0.002
"""How long the thread of queries may keep the event loop waiting each time; a call waits several
times, and Python's own 5 ms would then be most of the time that a `get` takes beside a query. With
1 ms, calls without a query beside them take longer."""


def serve(
    catalog: PublishedCatalog,
    options: GatewayOptions,
    log: GatewayLog,
    ready: Callable[[str], None],
) -> None:
    """Serve a catalog until the process gets SIGTERM or SIGINT; `ready` gets the ready line.

    Raise OutsideError if the catalog can't be read or a port can't be listened on.
    """
    edition = read_edition(catalog)
    sys.setswitchinterval(_SWITCH_SECONDS)
    asyncio.run(_Gateway(catalog, edition, options, log).run(ready))


class _Gateway:
    """A gateway in its event loop."""

    def __init__(
        self,
        catalog: PublishedCatalog,
        edition: EncodedEdition,
        options: GatewayOptions,
        log: GatewayLog,
    ) -> None:
        self._catalog = catalog
        self._options = options
        self._log = log
        self._metrics = Metrics()
        self._admission = Admission(edition, options, self._metrics, log)

    async def run(self, ready: Callable[[str], None]) -> None:
        """Serve until a signal arrives and the calls in progress have been answered."""
        signals = self._signals()
        asyncio.get_running_loop().set_exception_handler(self._log_fault)
        grpc, grpc_address = self._grpc()
        http, http_address = self._http()
        servers = [server for server in (grpc, http) if server is not None]
        for server in servers:
            await server.start()
        if self._options.tls is None and not _is_loopback(self._options.host):
            self._log.event("warning", message="the gateway is not on loopback and has no TLS")
        edition = self._admission.edition
        counts = f"repositories={len(edition.repositories)} plugins={len(edition.every)}"
        ready(f"ready grpc={grpc_address} http={http_address} {counts}")
        refreshing = asyncio.create_task(self._refresh_again_and_again())
        await signals.acquire()
        self._log.event("draining", seconds=self._options.drain)
        self._admission.is_serving = False
        if grpc is not None:
            await grpc.say_not_serving()
        await _wait(signals, self._options.drain)
        refreshing.cancel()
        self._catalog.stop()  # its thread would be waited for
        await asyncio.gather(*(server.stop() for server in servers))
        self._admission.close()

    def _signals(self) -> asyncio.Semaphore:
        """Return a semaphore that each signal to end releases."""
        signals, loop = asyncio.Semaphore(0), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, signals.release)
        return signals

    def _log_fault(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log what fails outside all calls, such as a connection that can't be accepted."""
        error = context.get("exception")
        cause = f"{type(error).__name__}: {error}" if error else ""
        self._log.event("error", message=str(context["message"]), cause=cause)

    def _grpc(self) -> tuple[GrpcServer | None, str]:
        """Return the gRPC server and its address, if it is to be served."""
        options = self._options
        if options.grpc_port is None:
            return None, "none"
        _listen(options.host, options.grpc_port, "gRPC").close()  # gRPC does not tell the cause
        server = GrpcServer(self._admission)
        port = server.listen(options.host, options.grpc_port, options.tls)
        return server, address_of(options.host, port)

    def _http(self) -> tuple[HttpServer | None, str]:
        """Return the HTTP server and its address, if it is to be served."""
        options = self._options
        if options.http_port is None:
            return None, "none"
        listener = _listen(options.host, options.http_port, "HTTP")
        names = _LOOPBACK_NAMES | {options.host} if _is_loopback(options.host) else None
        app = application(self._admission, self._metrics, names)
        port = listener.getsockname()[1]
        return HttpServer(app, listener, options.tls), address_of(options.host, port)

    async def _refresh_again_and_again(self) -> None:
        """Replace the edition whenever there is a newer one."""
        while True:
            await asyncio.sleep(self._options.refresh)
            try:
                await self._refresh()
            except Exception as error:  # noqa: BLE001  (whatever it is, the next one may succeed)
                self._metrics.count_refresh_failure()
                self._log.event("refresh failed", message=_reason(error))

    async def _refresh(self) -> None:
        """Replace the edition if there is a newer one; raise OutsideError if that is broken."""
        edition = self._admission.edition
        newer = await asyncio.to_thread(read_newer, self._catalog, edition)
        self._metrics.confirm_edition()
        if newer is not None:
            self._admission.edition = newer
            self._log.event("edition", plugins=len(newer.every), index=newer.index_sha256)


def _reason(error: Exception) -> str:
    """Return why a refresh failed: a message, or for a fault of ours the traceback."""
    if isinstance(error, CatalogctlError):
        return str(error)
    return "".join(traceback.format_exception(error))


async def _wait(signals: asyncio.Semaphore, seconds: float) -> None:
    """Wait for some seconds, or for another signal."""
    try:
        await asyncio.wait_for(signals.acquire(), seconds)
    except TimeoutError:
        return


def _listen(host: str, port: int, protocol: str) -> socket.socket:
    """Return a socket that listens for a protocol; raise OutsideError if that fails."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        where = f"{address_of(host, port)} for {protocol}"
        raise OutsideError(f"can't listen on {where}: {cause}") from error
    # Its connections inherit this: without it, the second packet of an answer waits for 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
