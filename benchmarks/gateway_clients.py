"""Call a gateway as a client does, and print how long the calls took, as JSON.

    python benchmarks/gateway_clients.py GRPC HTTP NAME COUNT

`rate` calls from 32 tasks at a time, `watch` until its input ends; the others call one by one.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import grpc
import urllib3
from google.protobuf.json_format import ParseDict
from spaceone.api.repository.v1 import plugin_pb2

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVICE = "/spaceone.api.repository.v1.Plugin/"
_AT_ONCE = 32
_ANY_SIZE = (("grpc.max_receive_message_length", -1),)
_QUERIES: dict[str, dict[str, Any]] = {
    "list 20": {"query": {"page": {"limit": 20}, "sort": {"key": "created_at", "desc": True}}},
    "keyword": {"query": {"keyword": "webhook", "page": {"limit": 20}}},
    "all": {},
}
_STAT = {
    "query": {
        "aggregate": [
            {
                "group": {
                    "keys": [{"key": "provider", "name": "provider"}],
                    "fields": [{"name": "count", "operator": "count"}],
                }
            },
        ],
    },
}


def _encoded(kind: Any, request: dict[str, Any]) -> bytes:
    encoded: bytes = ParseDict(request, kind()).SerializeToString()
    return encoded


def _get(plugin_id: str) -> bytes:
    return _encoded(plugin_pb2.GetRepositoryPluginRequest, {"plugin_id": plugin_id})


def _first_id(channel: grpc.Channel) -> str:
    request = {"query": {"page": {"limit": 1}, "only": ["plugin_id"]}}
    call: Any = channel.unary_unary(f"{_SERVICE}list")
    answer = call(_encoded(plugin_pb2.PluginQuery, request))
    plugin_id: str = plugin_pb2.PluginsInfo.FromString(answer).results[0].plugin_id
    return plugin_id


def _call(name: str, channel: grpc.Channel, http: str) -> Callable[[], object]:
    """Return the function that makes one call."""
    plugin_id = _first_id(channel)
    if name == "get by HTTP":
        pool = urllib3.HTTPConnectionPool(http)
        return lambda: pool.request("GET", f"/repository/v1/plugins/{plugin_id}").data
    if name == "stat":
        method, request = "stat", _encoded(plugin_pb2.PluginStatQuery, _STAT)
    elif name in _QUERIES:
        method, request = "list", _encoded(plugin_pb2.PluginQuery, _QUERIES[name])
    else:
        method, request = "get", _get(plugin_id)
    call: Any = channel.unary_unary(f"{_SERVICE}{method}")
    return lambda: call(request)


def _timed(call: Callable[[], object], has_more: Callable[[int], bool]) -> list[float]:
    for _ in range(5):
        call()
    taken: list[float] = []
    while has_more(len(taken)):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def _rate(grpc_address: str, request: bytes, count: int) -> float:
    """Return how many calls a second are answered."""
    async with grpc.aio.insecure_channel(grpc_address) as channel:
        call: Any = channel.unary_unary(f"{_SERVICE}get")
        await call(request)
        began = time.perf_counter()

        async def some() -> None:
            for _ in range(count // _AT_ONCE):
                await call(request)

        await asyncio.gather(*(some() for _ in range(_AT_ONCE)))
        return count // _AT_ONCE * _AT_ONCE / (time.perf_counter() - began)


def _wait_for_end(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


def main() -> None:
    """Make the calls and print the figures."""
    grpc_address, http, name, count = *sys.argv[1:4], int(sys.argv[4])
    channel = grpc.insecure_channel(grpc_address, options=_ANY_SIZE)
    if name == "rate":
        found = asyncio.run(_rate(grpc_address, _get(_first_id(channel)), max(count, _AT_ONCE)))
        print(json.dumps({"rate": found}))
        return
    over = threading.Event()
    if name == "watch":
        threading.Thread(target=_wait_for_end, args=(over,), daemon=True).start()
    taken = _timed(
        _call(name, channel, http),
        (lambda _: not over.is_set()) if name == "watch" else (lambda made: made < count),
    )
    p99 = statistics.quantiles(taken, n=100)[98] if len(taken) > 1 else taken[0]
    print(json.dumps({"p50": statistics.median(taken), "p99": p99, "max": max(taken)}))


if __name__ == "__main__":
    main()
