"""Run the HTTP application of a gateway in its event loop."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from catalogctl.gateway.gateway_options import LAST_CALLS, MAX_METADATA

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from starlette.types import ASGIApp

    from catalogctl.gateway.gateway_options import Tls

_KEEP_ALIVE = 75
"""Seconds that an idle connection is kept: more than nginx keeps one, which then never fails."""
_BACKLOG = 128
"""Connections that wait to be accepted. If none can be, asyncio reports it once for each."""
_STEP = 0.01


class _Uvicorn(uvicorn.Server):
    """A server that leaves the signals to the gateway."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class HttpServer:
    """Serves an application on a socket that listens."""

    def __init__(self, app: ASGIApp, listener: socket.socket, tls: Tls | None) -> None:
        self._listener = listener
        self._server = _Uvicorn(
            uvicorn.Config(
                app,
                loop="none",
                http="h11",
                ws="none",
                lifespan="off",
                backlog=_BACKLOG,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=_KEEP_ALIVE,
                timeout_graceful_shutdown=LAST_CALLS,
                h11_max_incomplete_event_size=MAX_METADATA,
                ssl_certfile=tls.cert if tls else None,
                ssl_keyfile=tls.key if tls else None,
                ssl_ca_certs=tls.client_ca if tls else None,
                ssl_cert_reqs=ssl.CERT_REQUIRED if tls and tls.client_ca else ssl.CERT_NONE,
            )
        )

    async def start(self) -> None:
        """Begin to answer requests."""
        self._task = asyncio.create_task(self._server.serve([self._listener]))
        while not self._server.started:
            await asyncio.wait([self._task], timeout=_STEP)
            if self._task.done():
                await self._task

    async def stop(self) -> None:
        """Refuse new requests, and end when those in progress have been answered."""
        self._server.should_exit = True
        await self._task
