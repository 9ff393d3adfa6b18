"""The query language's JavaScript engine, in one process of node that answers line by line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from support.queries import fixture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.jsontypes import JSON, JSONObject

ROOT = Path(__file__).parents[2]
_SCRIPT = Path(__file__).with_name("javascript.mjs")
_EXACT = 2**53


class JavaScript:
    """The engine; it asks the fixture's plugins unless others are given."""

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions = questions
        self._answers = answers
        self._plugins: Sequence[JSONObject] | None = None

    def tell(self, question: JSONObject) -> JSON:
        """Return the answer to one question, as javascript.mjs lists them."""
        self._questions.write(json.dumps(question) + "\n")
        self._questions.flush()
        line = self._answers.readline()
        assert line, f"node ended at {question}"
        answer: JSON = json.loads(line)
        return answer

    def ask(
        self,
        kind: str,
        request: JSON,
        plugins: Sequence[JSONObject] | None = None,
        now: str | None = None,
    ) -> JSON:
        """Return the engine's answer, or `{"error": {code, pointer}}`, like `queries.ask`."""
        known = fixture()
        asked = known.infos if plugins is None else plugins
        if asked is not self._plugins:
            self.tell({"plugins": list(asked)})
            self._plugins = asked
        return self.tell(
            {
                "kind": kind,
                "request": request,
                "now": now or known.now,
                "repository_id": known.repository_id,
            }
        )


def node() -> str:
    """Return the program; skip the test where it can't be had, but not in CI."""
    found = shutil.which("node")
    if found is None:
        reason = "the JavaScript engine needs node: apt-get install nodejs"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def javascript() -> Iterator[JavaScript]:
    """Start the engine."""
    command = [node(), str(_SCRIPT), str(ROOT / "site")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield JavaScript(process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(timeout=60)


def doubles(value: JSON) -> JSON:
    """Return a value with integers beyond ±2**53 as the doubles that JavaScript makes of them."""
    if isinstance(value, dict):
        return {name: doubles(member) for name, member in value.items()}
    if isinstance(value, list):
        return [doubles(element) for element in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        return float(value)
    return value
