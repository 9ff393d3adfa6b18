"""The check of an options form, in one process of node that answers line by line."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from support.javascript import ROOT, node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON

_SCRIPT = Path(__file__).with_name("form_check.mjs")


class FormCheck:
    """The scripts of a page, asked what they make of a schema."""

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions = questions
        self._answers = answers

    def tell(self, **question: JSON) -> JSON:
        """Return the answer to one question, as form_check.mjs lists them."""
        self._questions.write(json.dumps(question) + "\n")
        self._questions.flush()
        line = self._answers.readline()
        assert line, f"node ended at {question}"
        answer: JSON = json.loads(line)
        assert not (isinstance(answer, dict) and "exception" in answer), answer
        return answer

    def fits(self, schema: JSON, value: JSON) -> bool | None:
        """Return whether a value fits; None where a browser can't tell."""
        answer = self.tell(schema=schema, value=value)
        assert isinstance(answer, dict)
        fits = answer["fits"]
        assert fits is None or isinstance(fits, bool)
        return fits

    def findings(self, schema: JSON, value: JSON) -> JSON:
        """Return [path, text] of each thing that is wrong or can't be told."""
        answer = self.tell(schema=schema, value=value)
        assert isinstance(answer, dict)
        return answer["findings"]


@contextmanager
def form_check() -> Iterator[FormCheck]:
    """Start the process."""
    with subprocess.Popen(
        [node(), str(_SCRIPT), str(ROOT / "site")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield FormCheck(process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(timeout=60)
