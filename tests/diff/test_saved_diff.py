"""A difference that was kept as JSON is printed again, and nothing else is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from catalogctl.report.difference_comment import MARK
from support.changes import FILES, A, changed, repository
from support.commands import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = repository(tmp_path_factory.mktemp("kept") / "repository")
    update = {A: FILES[A].replace("icon: a", "icon: b")}
    return json.dumps(changed(made, update).to_json())


def test_a_difference_is_printed_again_in_any_format(tmp_path: Path, kept: str) -> None:
    (tmp_path / "diff.json").write_text(kept)
    done = run("diff", "--from", "diff.json", "--format", "markdown", cwd=tmp_path)
    assert (done.code, done.out.startswith(MARK)) == (0, True)
    assert "`/tags/icon`" in done.out


@pytest.mark.parametrize(
    "data",
    [
        "not JSON",
        "[]",
        '{"changes": []}',
        "[" * 100_000,
        pytest.param('{"base": "' + "x" * 5_000_000 + '"}', id="large"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_difference_is_never_rendered(tmp_path: Path, data: str) -> None:
    """R-01: it is data: size and shape are checked before it is used."""
    (tmp_path / "diff.json").write_text(data)
    done = run("diff", "--from", "diff.json", cwd=tmp_path)
    assert (done.code in {2, 3}, done.out, "Traceback" in done.err) == (True, "", False)


def test_a_label_that_is_not_ours_is_no_difference(tmp_path: Path, kept: str) -> None:
    (tmp_path / "diff.json").write_text(json.dumps({**json.loads(kept), "labels": ["approved"]}))
    assert run("diff", "--from", "diff.json", cwd=tmp_path).code == 2
