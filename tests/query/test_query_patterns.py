from __future__ import annotations

import json
import re
import warnings

import pytest

from catalogctl.errors import ApiError
from catalogctl.query.query_limits import StepBudget
from catalogctl.query.query_patterns import compile_pattern
from support.queries import FOLDER

PATTERNS = json.loads((FOLDER / "patterns.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", PATTERNS["accepted"], ids=lambda case: case["pattern"])
def test_a_pattern_finds_what_it_should_and_nothing_else(case: dict[str, str | list[str]]) -> None:
    pattern = compile_pattern(str(case["pattern"]), "")
    assert [text for text in case["finds"] if not pattern.found(text, StepBudget(8))] == []
    assert [text for text in case["misses"] if pattern.found(text, StepBudget(8))] == []


@pytest.mark.parametrize("case", PATTERNS["accepted"], ids=lambda case: case["pattern"])
def test_a_pattern_of_the_dialect_means_the_same_in_python(
    case: dict[str, str | list[str]],
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        compiled = re.compile(str(case["pattern"]), re.IGNORECASE | re.ASCII)
    texts = [text for text in [*case["finds"], *case["misses"]] if text.isascii()]
    if str(case["pattern"]).isascii():
        assert [text for text in texts if compiled.search(text)] == [
            text for text in case["finds"] if text.isascii()
        ]


@pytest.mark.parametrize("text", PATTERNS["refused"], ids=lambda text: text[:30])
def test_what_engines_read_differently_or_slowly_is_refused(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        compile_pattern(text, "/query/filter/0/value")
    assert refused.value.code == "ERROR_DB_QUERY"
    assert refused.value.pointer == "/query/filter/0/value"
