"""How golden files are held and kept: `make golden`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support import golden

if TYPE_CHECKING:
    from pathlib import Path

MADE = {"a.txt": "one\n", "b/c.txt": "two\n"}


def test_golden_files_are_held_against_what_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDEN", "accept")
    golden.check(tmp_path, MADE)
    monkeypatch.delenv("GOLDEN")
    golden.check(tmp_path, MADE)
    for other in ({**MADE, "a.txt": "other\n"}, {"a.txt": "one\n"}, {**MADE, "d.txt": ""}):
        with pytest.raises(AssertionError, match="make golden"):
            golden.check(tmp_path, other)


def test_a_golden_file_that_is_made_no_more_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDEN", "accept")
    golden.check(tmp_path, MADE)
    golden.check(tmp_path, {"a.txt": "new\n"})
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.txt"]
