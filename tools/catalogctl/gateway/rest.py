"""Serve the calls over HTTP: the paths of the API's reference, and those of SpaceONE 1.10."""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from catalogctl.errors import ApiError
from catalogctl.fetch.bounded_json import decode
from catalogctl.gateway.error_codes import status_of
from catalogctl.gateway.gateway_options import MAX_METADATA, MAX_REQUEST, SMALL_REQUEST
from catalogctl.gateway.methods import (
    GET,
    GET_REPOSITORY,
    GET_VERSIONS,
    LIST,
    LIST_REPOSITORIES,
    STAT,
    unsupported,
)
from catalogctl.gateway.metrics import CONTENT_TYPE
from catalogctl.wording import json_kind, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from catalogctl.gateway.admission import Admission
    from catalogctl.gateway.methods import Method
    from catalogctl.gateway.metrics import Metrics
    from catalogctl.gateway.plugin_calls import CallContext
    from catalogctl.jsontypes import JSON, JSONObject

PROTOCOL = "http"
API = "/repository/v1"
PATHS: dict[str, dict[str, Method | str]] = {
    "/plugin/get": {"POST": GET},
    "/plugin/get-versions": {"POST": GET_VERSIONS},
    "/plugin/list": {"POST": LIST},
    "/plugin/stat": {"POST": STAT},
    "/plugin/register": {"POST": "Plugin.register"},
    "/plugin/update": {"POST": "Plugin.update"},
    "/plugin/deregister": {"POST": "Plugin.deregister"},
    "/plugin/enable": {"POST": "Plugin.enable"},
    "/plugin/disable": {"POST": "Plugin.disable"},
    "/repository/get": {"POST": GET_REPOSITORY},
    "/repository/list": {"POST": LIST_REPOSITORIES},
    "/repository/register": {"POST": "Repository.register"},
    "/repository/update": {"POST": "Repository.update"},
    "/repository/deregister": {"POST": "Repository.deregister"},
    "/repository/stat": {"POST": "Repository.stat"},
    "/plugins": {"GET": LIST, "POST": "Plugin.register"},
    "/plugins/search": {"POST": LIST},
    "/plugins/stat": {"POST": STAT},
    "/plugins/{plugin_id}": {"GET": GET},
    "/plugins/{plugin_id}/versions": {"GET": GET_VERSIONS},
    "/plugin/{plugin_id}": {"PUT": "Plugin.update", "DELETE": "Plugin.deregister"},
    "/plugin/{plugin_id}/enable": {"PUT": "Plugin.enable"},
    "/plugin/{plugin_id}/disable": {"PUT": "Plugin.disable"},
    "/repositories": {"GET": LIST_REPOSITORIES, "POST": "Repository.register"},
    "/repositories/search": {"POST": LIST_REPOSITORIES},
    "/repositories/stat": {"POST": "Repository.stat"},
    "/repositories/{repository_id}": {"GET": GET_REPOSITORY},
    "/repository/{repository_id}": {"PUT": "Repository.update", "DELETE": "Repository.deregister"},
}
"""What each path answers, by method: a method of the API, or the name of an unsupported one."""
_PORT = re.compile(r":[0-9]+$")
_REPEATED = "only"
"""The parameter of a GET request that may be given more than once."""
_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}


def application(admission: Admission, metrics: Metrics, names: frozenset[str] | None) -> ASGIApp:
    """Return the application; `names` are the values of the Host header that it accepts, if any.

    A page elsewhere on the web must not read what listens on loopback only (R-47).
    """

    async def check(_: Request) -> Response:
        status = HTTPStatus.OK if admission.is_serving else HTTPStatus.SERVICE_UNAVAILABLE
        return _json({"status": "SERVING" if admission.is_serving else "NOT_SERVING"}, status)

    async def measured(_: Request) -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    routes = [
        Route(API + path, partial(_endpoint, admission, methods), methods=[*methods])
        for path, methods in PATHS.items()
    ]
    routes += [Route("/check", check), Route("/metrics", measured)]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _no_such_path})
    app.router.redirect_slashes = False
    return _guarded(app, names)


def _guarded(app: ASGIApp, names: frozenset[str] | None) -> ASGIApp:
    """Return an application that answers only to these names, and no request with a large head."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope, names)
        await (app if refusal is None else refusal)(scope, receive, send)

    return answer


def _refusal(scope: Scope, names: frozenset[str] | None) -> Response | None:
    """Return the answer to a request that no path gets to see, None if it may pass."""
    size = len(scope["path"]) + len(scope["query_string"])
    size += sum(len(name) + len(value) for name, value in scope["headers"])
    if size > MAX_METADATA:
        message = f"the head of a request has at most {MAX_METADATA:,} bytes"
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        return _detail("ERROR_REQUEST_TOO_LARGE", message, status)
    if names is None or _PORT.sub("", Headers(scope=scope).get("host", "").lower()) in names:
        return None
    message = "this gateway answers on this machine only: call it by its address"
    return _detail("ERROR_INVALID_PARAMETER", message, HTTPStatus.MISDIRECTED_REQUEST)


async def _endpoint(
    admission: Admission, methods: Mapping[str, Method | str], request: Request
) -> Response:
    """Answer a request to one of the paths."""
    method = methods["GET" if request.method == "HEAD" else request.method]
    name = method if isinstance(method, str) else method.name
    try:
        with admission.call(PROTOCOL, name):
            if isinstance(method, str):
                raise unsupported(method)
            async with admission.time_limit():
                body = b"" if request.method in {"GET", "HEAD"} else await _body(request)
                work = partial(_answer, method, _parameters(request), body)
                at_once = not method.is_query and len(body) <= SMALL_REQUEST
                return Response(await admission.run(work, at_once=at_once), headers=_HEADERS)
    except ApiError as error:
        message = f"{error.message} ({error.hint})" if error.hint else error.message
        return _detail(error.code, message, status_of(error.code).http)


async def _body(request: Request) -> bytes:
    """Return the body of a request; raise ApiError if it is too large or breaks off."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_REQUEST:
                message = f"a request has at most {MAX_REQUEST:,} bytes"
                raise ApiError("ERROR_REQUEST_TOO_LARGE", message)
    except ClientDisconnect as error:
        raise ApiError("ERROR_INVALID_PARAMETER", "the request broke off") from error
    return bytes(body)


def _parameters(request: Request) -> JSONObject:
    """Return the parameters in the address; raise ApiError if one is there twice."""
    found: JSONObject = {**request.path_params}
    for name, value in request.query_params.multi_items():
        if name == _REPEATED:
            only = found.setdefault(_REPEATED, [])
            if isinstance(only, list):
                only.append(value)
        elif name in found:
            raise ApiError("ERROR_INVALID_PARAMETER", f"{quote(name)} is given twice", f"/{name}")
        else:
            found[name] = value
    return found


def _answer(method: Method, parameters: JSONObject, body: bytes, context: CallContext) -> bytes:
    """Return the JSON of an answer to a request: its body, or the parameters in its address."""
    try:
        given = decode(body) if body else {}
    except ValueError as error:
        raise ApiError("ERROR_INVALID_PARAMETER", f"the body can't be read: {error}") from error
    if not isinstance(given, dict):
        message = f"the body is {json_kind(given)}, not an object"
        raise ApiError("ERROR_INVALID_PARAMETER", message)
    return msgspec.json.encode(method.answer({**given, **parameters}, context))


async def _no_such_path(_: Request, error: Exception) -> Response:
    """Answer a request to no path, or with a method that its path does not have."""
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
    headers = error.headers if isinstance(error, HTTPException) else None
    code = "ERROR_NOT_FOUND" if status == HTTPStatus.NOT_FOUND else "ERROR_UNSUPPORTED_API"
    message = f"{HTTPStatus(status).phrase.lower()}: docs/gateway.md names the paths"
    return _detail(code, message, status, headers)


def _detail(
    code: str, message: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error as SpaceONE's service answers it."""
    return _json({"detail": {"code": code, "message": message}}, status, headers)


def _json(value: JSON, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(value), status, {**_HEADERS, **(headers or {})})
