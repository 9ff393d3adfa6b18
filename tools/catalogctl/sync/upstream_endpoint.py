"""Read the plugins of a running SpaceONE repository over gRPC; it has no manifest and no hashes."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from catalogctl.client.tree_reader import CONNECTIONS
from catalogctl.errors import OutsideError
from catalogctl.fetch.fetch_errors import quoted
from catalogctl.fetch.fetch_limits import LIMITS, MIB
from catalogctl.fetch.ip_addresses import is_public
from catalogctl.files import cause
from catalogctl.jsontypes import as_text
from catalogctl.spaceone_grpc import require
from catalogctl.sync.upstream_edition import Hashes, ReadPlugin, WrongEditionError
from catalogctl.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.source.settings import UpstreamSettings
    from catalogctl.sync.upstream_edition import UpstreamEdition

PAGE = 500
"""The number of plugins that are asked for at once."""
_MAX_MESSAGE = 256 * MIB
_NO_HASHES = Hashes(None, None)
_PORTS = {"grpc": 50051, "grpc+ssl": 443}
Read = TypeVar("Read")


def read_endpoint(
    upstream: UpstreamSettings,
    catalog: Path,
    environ: Mapping[str, str],
    use: Callable[[UpstreamEdition], Read],
) -> Read:
    """Return the result of `use` on what an upstream's service answers now.

    Raise UsageError without the packages for gRPC, WrongEditionError if it is not a repository,
    and OutsideError if it fails.
    """
    require(f"upstream {upstream.name}")
    with closing(_channel(upstream, catalog)) as channel:
        return use(EndpointEdition(_Service(upstream, channel, environ)))


class EndpointEdition:
    """What a running repository answers."""

    def __init__(self, service: _Service) -> None:
        self._service = service
        self.url = service.url
        self.repository_info = service.repository()
        self.commit: str | None = None
        self.now: str | None = None
        self.manifest_sha256: str | None = None
        self.total_count = 0

    def hashes(self, plugin_id: str) -> Hashes:
        """Return no hashes: a service has none."""
        del plugin_id
        return _NO_HASHES

    def plugins(self, known: Mapping[str, Hashes]) -> dict[str, ReadPlugin]:
        """Return all plugins by id; which of them changed is seen when they are compared."""
        del known
        import msgspec

        infos: dict[str, JSONObject] = {}
        twice: set[str] = set()
        for number, info in enumerate(self._service.plugins(), start=1):
            plugin_id = as_text(info.get("plugin_id")) or f"row {number}"
            if plugin_id in infos:
                twice.add(plugin_id)
            infos.setdefault(plugin_id, info)
        self.total_count = len(infos)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            versions = [*pool.map(self._service.versions, infos)]
        return {
            plugin_id: ReadPlugin(
                msgspec.json.encode(info),
                tags,
                _NO_HASHES,
                "it is listed twice" if plugin_id in twice else "",
            )
            for (plugin_id, info), tags in zip(infos.items(), versions, strict=True)
        }


class _Service:
    """The calls of a running repository."""

    def __init__(
        self, upstream: UpstreamSettings, channel: Any, environ: Mapping[str, str]
    ) -> None:
        from spaceone.api.repository.v1 import plugin_pb2_grpc, repository_pb2_grpc

        self.url = upstream.endpoint
        self._repository_id = upstream.repository_id
        self._plugins = plugin_pb2_grpc.PluginStub(channel)
        self._repositories = repository_pb2_grpc.RepositoryStub(channel)
        self._metadata = _token(upstream, environ)

    def repository(self) -> dict[str, str]:
        """Return the RepositoryInfo of the service's own repository."""
        from spaceone.api.repository.v1 import repository_pb2

        from catalogctl.spaceone_grpc.messages import from_message

        answer = self._ask(self._repositories.list, repository_pb2.RepositoryQuery())
        infos = [self._json(from_message, each) for each in answer.results]
        local = [each for each in infos if each.get("repository_type") == "local"]
        named = [each for each in local if each.get("repository_id") == self._repository_id]
        if not local:
            raise WrongEditionError(f"{self.url} names no repository of its own")
        info = (named or local)[0]
        return {
            name: as_text(info.get(name)) for name in ("repository_id", "name", "repository_type")
        }

    def plugins(self) -> Iterator[JSONObject]:
        """Yield the PluginInfo of each plugin, page by page."""
        from spaceone.api.repository.v1 import plugin_pb2

        from catalogctl.spaceone_grpc.messages import plugin_info, to_message

        start = 1
        while True:
            query: JSONObject = {
                "repository_id": self._repository_id,
                "query": {"page": {"start": start, "limit": PAGE}, "sort": {"key": "plugin_id"}},
            }
            request = to_message(query, plugin_pb2.PluginQuery)
            answer = self._ask(self._plugins.list, request)
            yield from (_with_times(self._json(plugin_info, each)) for each in answer.results)
            start += PAGE
            if len(answer.results) < PAGE:
                return

    def versions(self, plugin_id: str) -> tuple[str, ...]:
        """Return the versions of a plugin."""
        from spaceone.api.repository.v1 import plugin_pb2

        request = plugin_pb2.RepositoryPluginRequest(
            plugin_id=plugin_id, repository_id=self._repository_id
        )
        return tuple(self._ask(self._plugins.get_versions, request).results)

    def _json(self, convert: Callable[[Any], JSONObject], message: Any) -> JSONObject:
        """Return a message as JSON. Raise WrongEditionError if it has no such form."""
        from catalogctl.spaceone_grpc.messages import UnfitValueError

        try:
            return convert(message)
        except UnfitValueError as error:
            message = f"{self.url} answered with what is not JSON: {quoted(error)}"
            raise WrongEditionError(message) from None

    def _ask(self, call: Any, request: Any) -> Any:
        import grpc

        try:
            return call(request, timeout=LIMITS.seconds, metadata=self._metadata)
        except grpc.RpcError as error:
            answer = f"{error.code().name}: {quoted(error.details())}"
            raise OutsideError(f"{self.url} answered {answer}") from None


def _with_times(info: JSONObject) -> JSONObject:
    """Return a PluginInfo with its times in the API's format, if they are times."""
    for name in ("created_at", "updated_at"):
        given = as_text(info.get(name))
        info[name] = parse_time(given) or given
    return info


def _token(upstream: UpstreamSettings, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the metadata with an upstream's token, if it needs one."""
    from catalogctl.sync.upstream_tree import token_of

    token = token_of(upstream, environ)
    return (("token", token),) if token else ()


def _channel(upstream: UpstreamSettings, catalog: Path) -> Any:
    """Return a channel to an address of the upstream's host that may be asked.

    The address is looked up once, so that what was checked is what is asked.
    """
    import grpc

    parts = urlsplit(upstream.endpoint)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    address = _address(upstream, host, port)
    target = f"ipv6:[{address}]:{port}" if ":" in address else f"ipv4:{address}:{port}"
    options = [
        ("grpc.max_receive_message_length", _MAX_MESSAGE),
        ("grpc.default_authority", f"{host}:{port}"),
    ]
    if parts.scheme == "grpc":
        return grpc.insecure_channel(target, options=options)
    certificates = None
    if upstream.ca_file:
        try:
            certificates = (catalog / upstream.ca_file).read_bytes()
        except OSError as error:
            place = catalog / upstream.ca_file
            raise OutsideError(f"can't read {place}: {cause(error)}") from error
    options.append(("grpc.ssl_target_name_override", host))
    return grpc.secure_channel(target, grpc.ssl_channel_credentials(certificates), options=options)


def _address(upstream: UpstreamSettings, host: str, port: int) -> str:
    """Return an address of a host. Raise OutsideError if it has none, or a private one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OutsideError(f"{upstream.endpoint}: {error.strerror or error}") from None
    addresses = [str(each[4][0]) for each in found]
    for address in addresses:
        if not (upstream.allow_private or is_public(address)):
            message = f"{host} is at {address}, no public address (allow_private: true allows it)"
            raise OutsideError(message)
    return addresses[0]
