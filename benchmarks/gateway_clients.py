"""Call a gateway as a client does, and print how long the calls took, as JSON.

    python benchmarks/gateway_clients.py GRPC HTTP NAME COUNT

`rate` calls from 32 tasks at a time, `watch…` until its input ends, `heavy` from COUNT clients
until it is killed; the others call one by one.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import grpc
import urllib3
from google.protobuf.json_format import ParseDict
from spaceone.api.repository.v1 import plugin_pb2

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVICE = "/spaceone.api.repository.v1.Plugin/"
_AT_ONCE = 32
_UNTIL_END = "watch"
_ANY_SIZE = (("grpc.max_receive_message_length", -1),)
_QUERIES: dict[str, dict[str, Any]] = {
    "list 20": {"query": {"page": {"limit": 20}}},
    "list 20, sorted": {"query": {"page": {"limit": 20}, "sort": {"key": "created_at"}}},
    "keyword": {"query": {"keyword": "webhook", "page": {"limit": 20}}},
    "all": {},
    "watch lists": {},
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
    if name.endswith("by HTTP"):
        pool = urllib3.HTTPConnectionPool(http)
        return lambda: _checked(pool.request("GET", f"/repository/v1/plugins/{plugin_id}"))
    if name == "stat":
        method, request = "stat", _encoded(plugin_pb2.PluginStatQuery, _STAT)
    elif name in _QUERIES:
        method, request = "list", _encoded(plugin_pb2.PluginQuery, _QUERIES[name])
    else:
        method, request = "get", _get(plugin_id)
    call: Any = channel.unary_unary(f"{_SERVICE}{method}")
    return lambda: call(request)


def _checked(response: urllib3.BaseHTTPResponse) -> bytes:
    """Return an answer; raise RuntimeError if it is an error."""
    if response.status != HTTPStatus.OK:
        raise RuntimeError(f"{response.status}: {response.data!r}")
    return response.data


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


async def _heavy(grpc_address: str, clients: int) -> None:
    """Keep so many clients busy, each on a connection of its own, until the process ends."""
    request = _encoded(plugin_pb2.PluginQuery, _QUERIES["keyword"])
    own = [("grpc.use_local_subchannel_pool", 1)]

    async def ask() -> None:
        async with grpc.aio.insecure_channel(grpc_address, own) as channel:
            call: Any = channel.unary_unary(f"{_SERVICE}list")
            while True:
                await call(request)

    tasks = [asyncio.create_task(ask()) for _ in range(clients)]
    await asyncio.sleep(0.5)
    print("busy", flush=True)
    await asyncio.gather(*tasks)


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
    if name == "heavy":
        asyncio.run(_heavy(grpc_address, count))
    over = threading.Event()
    if name.startswith(_UNTIL_END):
        threading.Thread(target=_wait_for_end, args=(over,), daemon=True).start()
    taken = _timed(
        _call(name, channel, http),
        lambda made: not over.is_set() if name.startswith(_UNTIL_END) else made < count,
    )
    p99 = statistics.quantiles(taken, n=100)[98] if len(taken) > 1 else taken[0]
    figures = {"p50": statistics.median(taken), "p99": p99, "max": max(taken)}
    print(json.dumps({**figures, "calls": len(taken)}))


if __name__ == "__main__":
    main()
