"""Every case of the query language, as both protocols read and write it."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message_factory import GetMessageClass

from catalogctl.client.whole_catalog import WholeCatalog, WholeRepository
from catalogctl.errors import ApiError
from catalogctl.gateway import grpc_server, rest
from catalogctl.gateway.encoded_edition import edition_of
from catalogctl.gateway.methods import LIST, STAT
from catalogctl.gateway.plugin_calls import CallContext
from catalogctl.gateway.stop import Stop
from support.queries import Case, cases, fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalogctl.jsontypes import JSONObject

METHODS = {"list": LIST, "stat": STAT}


def of_the_fixture() -> Mapping[str, list[Case]]:
    """Return the cases that ask the plugins of the fixture, by file."""
    found = defaultdict(list)
    for name, case in cases():
        if case.infos is None:
            found[name.partition(":")[0]].append(case)
    return found


CASES = of_the_fixture()


@cache
def context(now: str | None) -> CallContext:
    """Return what calls are answered from: the plugins of the cases."""
    known = fixture()
    info: JSONObject = {"repository_id": known.repository_id}
    repository = WholeRepository(info, known.infos, {})
    edition = edition_of(WholeCatalog(b"", now or known.now, [repository]))
    return CallContext(edition, filter_domain=True, stop=Stop())


def outcome(work: Callable[[], Any]) -> Any:
    """Return an answer, or the code of an error."""
    try:
        return work()
    except ApiError as error:
        return error.code


def expected(case: Case) -> Any:
    """Return what a case expects: an answer, or the code of an error."""
    error = case.expected.get("error")
    return error["code"] if isinstance(error, dict) else case.expected


def by_http(case: Case) -> Any:
    """Return the outcome of a request in JSON."""
    body, method = json.dumps(case.request).encode(), METHODS[case.kind]
    return outcome(lambda: json.loads(rest._answer(method, {}, body, context(case.now))))


def as_message(case: Case) -> bytes | None:
    """Return a request as the bytes of its message, None if it has no such form."""
    descriptor = grpc_server._DESCRIPTORS[f"Plugin.{case.kind}"]
    try:
        message = ParseDict(case.request, GetMessageClass(descriptor.input_type)())
    except (ParseError, ValueError):
        return None
    return message.SerializeToString()


def by_grpc(case: Case, message: bytes) -> Any:
    """Return the outcome of a request as a message."""
    method = METHODS[case.kind]
    found = outcome(lambda: grpc_server._answer(method, message, context(case.now)))
    if isinstance(found, str):
        return found
    kind = GetMessageClass(grpc_server._DESCRIPTORS[method.name].output_type)
    answer = MessageToDict(kind.FromString(found), preserving_proto_field_name=True)
    return {"results": [], "total_count": 0, **answer} if case.kind == "list" else answer


@pytest.mark.parametrize("file", CASES)
def test_a_body_is_answered_as_its_case_says(file: str) -> None:
    found = {case.id: by_http(case) for case in CASES[file]}
    assert found == {case.id: expected(case) for case in CASES[file]}


MESSAGES = [
    (file, case, message)
    for file, found in CASES.items()
    for case in found
    if expected(case) != "ERROR_INVALID_PARAMETER"  # a message can't have a wrong shape
    and (message := as_message(case)) is not None
]


@pytest.mark.parametrize("file", dict.fromkeys(file for file, *_ in MESSAGES))
def test_a_message_is_answered_as_its_case_says(file: str) -> None:
    asked = [(case, message) for name, case, message in MESSAGES if name == file]
    found = {case.id: by_grpc(case, message) for case, message in asked}
    assert found == {case.id: expected(case) for case, _ in asked}


def test_most_cases_can_be_said_in_messages() -> None:
    assert len(MESSAGES) > 0.8 * sum(map(len, CASES.values()))
