"""Serve the calls over gRPC, as SpaceONE 1.10 to 1.12 have them, with reflection and health."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health
from grpc_reflection.v1alpha import reflection
from spaceone.api.repository.v1 import plugin_pb2

from catalogctl.errors import ApiError, OutsideError
from catalogctl.gateway.error_codes import status_of
from catalogctl.gateway.gateway_options import (
    LAST_CALLS,
    MAX_METADATA,
    MAX_REQUEST,
    SMALL_REQUEST,
    address_of,
)
from catalogctl.gateway.methods import GET, LIST, METHODS, SERVICES, STAT, UNSUPPORTED, unsupported
from catalogctl.jsontypes import as_object
from catalogctl.spaceone_grpc.messages import (
    UnfitValueError,
    from_message,
    read_message,
    to_message,
    to_struct,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from grpc.aio import ServicerContext

    from catalogctl.gateway.admission import Admission
    from catalogctl.gateway.encoded_edition import EncodedEdition
    from catalogctl.gateway.gateway_options import Tls
    from catalogctl.gateway.methods import Method
    from catalogctl.gateway.plugin_calls import CallContext
    from catalogctl.jsontypes import JSONObject

PROTOCOL = "grpc"
_OPTIONS = (
    ("grpc.so_reuseport", 0),  # with it, a second server shares the port silently
    ("grpc.max_receive_message_length", MAX_REQUEST),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_metadata_size", MAX_METADATA),
    ("grpc.absolute_max_metadata_size", MAX_METADATA),
)
_LONGEST_DETAILS = 2000
"""Most characters of the details of an error, which clients accept as metadata."""
_DESCRIPTORS = {
    f"{service}.{method.name}": method
    for service, descriptor in SERVICES.items()
    for method in descriptor.methods
}


class GrpcServer:
    """The server of one gateway; make it where the event loop runs that answers its calls."""

    def __init__(self, admission: Admission) -> None:
        self._server = grpc.aio.server(options=_OPTIONS)
        self._health = health.HealthServicer()
        names = [descriptor.full_name for descriptor in SERVICES.values()]
        self._server.add_generic_rpc_handlers(tuple(_handlers(admission)))
        # SpaceONE's clients import the module of each service that is listed, and fail on others.
        reflection.enable_server_reflection(names, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self._names = names

    def listen(self, host: str, port: int, tls: Tls | None) -> int:
        """Listen on a port, 0 for any free one, and return it; raise OutsideError if that fails."""
        address = address_of(host, port)
        try:
            if tls is None:
                return self._server.add_insecure_port(address)
            return self._server.add_secure_port(address, _credentials(tls))
        except RuntimeError as error:
            message = f"can't listen on {address} for gRPC: is the port in use?"
            raise OutsideError(message) from error

    async def start(self) -> None:
        """Begin to answer calls."""
        for name in self._names:
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        await self._server.start()

    async def say_not_serving(self) -> None:
        """Answer health checks with NOT_SERVING from now on, and calls as before."""
        await self._health.enter_graceful_shutdown()

    async def stop(self) -> None:
        """Refuse new calls, and end when those in progress have been answered."""
        await self._server.stop(LAST_CALLS)


def _credentials(tls: Tls) -> grpc.ServerCredentials:
    client_ca = tls.client_ca.read_bytes() if tls.client_ca is not None else None
    pair = tls.key.read_bytes(), tls.cert.read_bytes()
    return grpc.ssl_server_credentials([pair], client_ca, client_ca is not None)


def _handlers(admission: Admission) -> list[grpc.GenericRpcHandler]:
    """Return the handlers of both services; messages are passed as bytes."""
    found: dict[str, dict[str, Any]] = {service: {} for service in SERVICES}
    for name in (*METHODS, *UNSUPPORTED):
        service, _, method = name.partition(".")
        behaviour = _behaviour(admission, name)
        found[service][method] = grpc.unary_unary_rpc_method_handler(behaviour)
    return [
        grpc.method_handlers_generic_handler(SERVICES[service].full_name, handlers)
        for service, handlers in found.items()
    ]


def _behaviour(admission: Admission, name: str) -> Callable[..., Any]:
    """Return what answers a method: bytes in, bytes out."""
    method = METHODS.get(name)

    async def answer(request: bytes, context: ServicerContext[bytes, bytes]) -> bytes:
        try:
            with admission.call(PROTOCOL, name):
                if method is None:
                    raise unsupported(name)
                at_once = not method.is_query and len(request) <= SMALL_REQUEST
                async with admission.time_limit():
                    return await admission.run(partial(_answer, method, request), at_once=at_once)
        except ApiError as error:
            status = grpc.StatusCode[status_of(error.code).grpc]
            await context.abort(status, _details(error))

    return answer


def _details(error: ApiError) -> str:
    """Return an error as SpaceONE's clients take it apart: at the first colon."""
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    return f"{error.code}: {message}"[:_LONGEST_DETAILS]


def _answer(method: Method, request: bytes, context: CallContext) -> bytes:
    """Return the bytes of an answer to the bytes of a request."""
    descriptor = _DESCRIPTORS[method.name]
    try:
        asked = from_message(read_message(request, GetMessageClass(descriptor.input_type)))
    except UnfitValueError as error:
        raise ApiError("ERROR_INVALID_PARAMETER", str(error)) from error
    answer = method.answer(asked, context)
    if method is GET and (encoded := context.edition.encoded(answer)) is not None:
        return encoded.message
    if method is LIST:
        return _plugins_info(answer, context.edition)
    if method is STAT:
        return to_struct(answer).SerializeToString()
    return to_message(answer, GetMessageClass(descriptor.output_type)).SerializeToString()


def _plugins_info(answer: JSONObject, edition: EncodedEdition) -> bytes:
    """Return a PluginsInfo, joined from parts: joined messages are merged."""
    pieces: list[bytes] = []
    results = answer["results"]
    for info in map(as_object, results if isinstance(results, list) else ()):
        encoded = edition.encoded(info)
        if encoded is not None:
            pieces += (encoded.head, encoded.message)
        else:
            message = to_message(info, plugin_pb2.PluginInfo)
            pieces.append(plugin_pb2.PluginsInfo(results=[message]).SerializeToString())
    total = plugin_pb2.PluginsInfo(total_count=answer["total_count"])
    return b"".join([*pieces, total.SerializeToString()])
