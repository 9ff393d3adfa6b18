"""Patterns of templates: which are regular expressions, and what reading them costs."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.check import check
from catalogctl.validate.template_patterns import (
    MAX_CHARACTERS,
    MAX_PATTERNS,
    MAX_SETS,
    PatternReader,
)
from support.catalogs import PLUGIN, write_catalog

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catalogctl.problem import Problem

SIZE = 240 * 1024


def problems(folder: Path, patterns: Sequence[str]) -> list[Problem]:
    """Return the problems of a plugin whose template has these patterns."""
    members = {f"k{number}": {"pattern": each} for number, each in enumerate(patterns)}
    template = json.dumps({"o": {"schema": {"properties": members}}}, ensure_ascii=False)
    text = f"{PLUGIN}template: {template}\n"
    catalog = write_catalog(folder, {"plugins/plugin-hyperbilling.yaml": text})
    return list(check(catalog, working=catalog).problems)


@pytest.mark.parametrize(
    "pattern",
    [
        *("^[a-z]+$", r"\d{1,3}", "[[a]", "[]", "(?<year>[0-9]+)", r"(?<=a+)b", r"\p{L}+"),
        *(r"[\p{Lu}\p{Nd}_]", r"\P{Script=Greek}", r"\\p{Nonsense}", r"(\p{L}{1,30}){1,30}"),
        *("(?i)^abc$", "(?P<x>a)(?P=x)", r"\A[a-z]\Z", "(?#words)a", "{{name}}", "a]", "(?i:a)"),
    ],
)
def test_what_ecma_262_or_python_reads_is_a_regular_expression(pattern: str) -> None:
    assert PatternReader().flaw(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    ["(a", "[a", "a**", "a{3,1}", "[z-a]", "\\", r"(?<a>x)(?<a>y)", r"\p{Nonsense}", "(?i)(a"],
)
def test_what_neither_of_them_reads_is_none(pattern: str) -> None:
    assert PatternReader().flaw(pattern).startswith("the pattern ")


@pytest.mark.parametrize(("count", "is_told"), [(MAX_PATTERNS, False), (MAX_PATTERNS + 1, True)])
def test_a_file_has_at_most_500_patterns(tmp_path: Path, count: int, is_told: bool) -> None:  # noqa: FBT001
    found = problems(tmp_path, ["a"] * count)
    assert [each.code for each in found] == ["template-pattern"] * is_told
    assert all("more than 500 patterns" in each.message for each in found)


@pytest.mark.parametrize(("count", "is_told"), [(MAX_SETS // 4, False), (MAX_SETS // 4 + 1, True)])
def test_a_file_has_at_most_200_sets_that_only_python_reads(count: int, is_told: bool) -> None:  # noqa: FBT001
    """R-17: reading them costs more than reading those of ECMA-262."""
    reader = PatternReader()
    flaws = [reader.flaw(f"(?P<n{number}>[a][b][c][d])") for number in range(count)]
    assert all(reader.flaw(f"[a][b][c][d]{number}") == "" for number in range(count))
    assert [flaw for flaw in flaws[:-1] if flaw] == []
    assert flaws[-1].startswith("too many of this file's patterns") is is_told


def test_a_file_has_at_most_20_000_characters_of_patterns_that_only_python_reads() -> None:
    """R-17."""
    reader, rest = PatternReader(), "a" * (MAX_CHARACTERS // 4 - len("(?P<n0>)"))
    assert [reader.flaw(f"(?P<n{number}>{rest})") for number in range(4)] == [""] * 4
    assert reader.flaw("(?P<n>a)").startswith("too many of this file's patterns")


UNITS = (
    *(r"\w", r"\p{L}", "(", "[a", "[^", "a|", "a?", "a{1,30}", "{", "(?", r"\1", r"\k<a>"),
    *(r"\p{", "(?:a)", "[a-c\u0100\uffff]", "(?i)", "(?i:[!-\uffff])", r"\A", "]", "(?P<a>"),
    *(r"(\p{L}{1,30}){1,30}", "(?=a)", "[a-", "\\", "a{,9}[!-\uffff]"),
)


@pytest.mark.parametrize("unit", UNITS)
def test_one_long_pattern_is_read_at_once(tmp_path: Path, unit: str) -> None:
    """R-17, R-10: whatever is repeated in it."""
    for start in ("", r"\A(?i:a)", "(?i)"):
        started = time.process_time()
        problems(tmp_path, [start + unit * (SIZE // len(unit.encode()))])
        assert time.process_time() - started < 2


@pytest.mark.parametrize("unit", UNITS)
def test_many_patterns_are_read_at_once(tmp_path: Path, unit: str) -> None:
    """R-10: each of 500 patterns is another one."""
    each = unit * (300 // len(unit.encode()))
    patterns = [rf"{each}{number}" for number in range(MAX_PATTERNS)]
    tracemalloc.start()
    started = time.process_time()
    problems(tmp_path, patterns)
    assert time.process_time() - started < 5
    assert tracemalloc.get_traced_memory()[1] < 200 * 1024 * 1024
    tracemalloc.stop()
