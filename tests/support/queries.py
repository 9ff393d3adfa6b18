"""The cases of the query language, for tests: the fixture, each case, and what it must answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.errors import ApiError
from catalogctl.query import answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query import Documents

FOLDER = Path(__file__).parents[1] / "query"


@dataclass(frozen=True, slots=True)
class Fixture:
    """The plugins that the cases ask, by their short names in base order."""

    repository_id: str
    now: str
    plugins: dict[str, JSONObject]

    @property
    def infos(self) -> list[JSONObject]:
        return list(self.plugins.values())


@cache
def fixture() -> Fixture:
    """Return the fixture; nobody changes it."""
    return Fixture(**json.loads((FOLDER / "fixture.json").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a file, as tests/query/README.md says."""

    id: str
    kind: str
    request: JSONObject
    now: str | None = None
    infos: list[JSONObject] | None = None
    plugins: list[str] | None = None
    total_count: int | None = None
    answer: JSONObject | None = None
    error: JSONObject | None = None

    @property
    def expected(self) -> JSONObject:
        """Return the answer, or `{"error": {code, pointer}}`."""
        if self.error is not None:
            return {"error": self.error}
        if self.answer is not None:
            return self.answer
        assert self.plugins is not None, f"{self.id} expects nothing"
        results: list[JSON] = [fixture().plugins[name] for name in self.plugins]
        total = len(results) if self.total_count is None else self.total_count
        return {"results": results, "total_count": total}


def case_files() -> list[Path]:
    """Return the files of cases."""
    return sorted((FOLDER / "cases").glob("*.json"))


def cases() -> list[tuple[str, Case]]:
    """Return every case with its name, file and id."""
    return [
        (f"{path.stem}: {case['id']}", Case(**case))
        for path in case_files()
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]


def ask(
    kind: str,
    request: JSONObject,
    plugins: Sequence[JSONObject] | Documents | None = None,
    now: str | None = None,
) -> JSONObject:
    """Return the engine's answer, or `{"error": {code, pointer}}`."""
    known = fixture()
    asked = known.infos if plugins is None else plugins
    moment = now or known.now
    try:
        return answer(kind, request, asked, now=moment, repository_id=known.repository_id)
    except ApiError as error:
        return {"error": {"code": error.code, "pointer": error.pointer}}


def exact(value: JSON) -> JSON:
    """Return a value in which 1 and true differ and 1 and 1.0 do not, for Python's «==»."""
    if isinstance(value, bool):
        return ["a boolean", str(value)]
    if isinstance(value, dict):
        return {name: exact(member) for name, member in value.items()}
    if isinstance(value, list):
        return [exact(element) for element in value]
    return value
