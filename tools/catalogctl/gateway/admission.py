"""Take calls of both protocols: limit, answer, time, count and log them.

Answers that are only looked up are given at once. Queries wait for one thread, so that they take
turns with each other but leave the event loop free for the others.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from catalogctl.errors import ApiError
from catalogctl.gateway.plugin_calls import CallContext
from catalogctl.gateway.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalogctl.gateway.encoded_edition import EncodedEdition
    from catalogctl.gateway.gateway_log import GatewayLog
    from catalogctl.gateway.gateway_options import GatewayOptions
    from catalogctl.gateway.metrics import Metrics


class Admission:
    """Answers calls from the newest edition, within the limits of the options."""

    def __init__(
        self, edition: EncodedEdition, options: GatewayOptions, metrics: Metrics, log: GatewayLog
    ) -> None:
        self.edition = edition
        self.is_serving = True
        self._options = options
        self._metrics = metrics
        self._log = log
        self._calls = 0
        self._queries = 0
        self._thread = ThreadPoolExecutor(1, "query")

    @contextmanager
    def call(self, protocol: str, name: str) -> Iterator[None]:
        """Take a call for as long as the context lasts; raise ApiError if there are too many.

        What is raised in the context is counted by its code; what is not an ApiError is logged and
        becomes one.
        """
        started, code = time.perf_counter(), "OK"
        self._calls += 1
        try:
            _check_room("calls", self._calls - 1, self._options.max_calls)
            yield
        except ApiError as error:
            code = error.code
            raise
        except TimeoutError:
            code = "ERROR_REQUEST_TIMEOUT"
            limit = f"the call took more than {self._options.time_limit:g} s"
            raise ApiError(code, limit) from None
        except asyncio.CancelledError:
            code = "CANCELLED"
            raise
        except Exception as error:
            code = "ERROR_UNKNOWN"
            fault = "".join(traceback.format_exception(error))
            self._log.event("error", call=name, traceback=fault)
            raise ApiError(code, "the gateway failed; its log says why") from error
        finally:
            self._calls -= 1
            seconds = time.perf_counter() - started
            self._metrics.count(protocol, name, code, seconds)
            self._log.call(protocol, name, code, seconds)

    def time_limit(self) -> asyncio.Timeout:
        """Return the context in which a call must end; it raises TimeoutError."""
        return asyncio.timeout(self._options.time_limit)

    async def run(self, work: Callable[[CallContext], bytes], *, at_once: bool) -> bytes:
        """Return the result of answering a call; `at_once` if it takes no time."""
        stop = Stop()
        context = CallContext(self.edition, self._options.filter_domain, stop)
        if at_once:
            return work(context)
        _check_room("queries", self._queries, self._options.max_queries)
        self._queries += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, work, context)
        finally:
            stop.request()
            self._queries -= 1

    def close(self) -> None:
        """End the thread; queries that wait for it are not answered."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _check_room(what: str, count: int, most: int) -> None:
    """Raise ApiError if as many calls as may be are in progress."""
    if count >= most:
        message = f"{most} {what} are in progress already"
        raise ApiError("ERROR_RESOURCE_EXHAUSTED", message, hint="try again soon")
