"""Compile regular expressions that search in linear time (query spec 3.2, D-F12).

RE2 searches with an automaton, so no pattern and no text can make it slow. `dialect.py` defines
the syntax.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import re2

from catalogctl.query.dialect import NoPatternError, translate
from catalogctl.query.query_errors import bad
from catalogctl.query.query_limits import REGEX_BYTES, REGEX_STEP
from catalogctl.wording import quote

if TYPE_CHECKING:
    from catalogctl.query.query_limits import StepBudget
    from catalogctl.regexps import Regexp


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern, and its size as counted by `dialect.py`."""

    compiled: Regexp[bytes]
    size: int

    def found(self, text: str, budget: StepBudget) -> bool:
        """Return whether the pattern is found in a text, ignoring case."""
        budget.spend(1 + len(text) * self.size // REGEX_STEP)
        return self.compiled.search(text.encode("utf-8", "surrogatepass")) is not None


def compile_pattern(text: str, pointer: str) -> Pattern:
    """Return a compiled pattern; raise ApiError if the text is not a pattern of the dialect."""
    try:
        translated, size, _ = translate(text)
        return Pattern(_compile(translated), size)
    except NoPatternError as error:
        raise bad(f"{quote(text)} is not a regular expression: {error}", pointer) from error


def _compile(translated: str) -> Regexp[bytes]:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.never_capture = True
    options.max_mem = REGEX_BYTES
    try:
        compiled: Regexp[bytes] = re2.compile(translated.encode(), options)
    except re2.error as error:
        raise NoPatternError("it is too large") from error
    return compiled
