"""`validate --suggest`: what a valid plugin lacks, in every format, and never an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.catalogs import LOCK, PLUGIN, write_catalog
from support.commands import run

if TYPE_CHECKING:
    from pathlib import Path

FILE = "plugins/plugin-hyperbilling.yaml"
COMPLETE = """\
maintainers: ['@ann']
tags:
  description: Reads the costs of a month
  license: Apache-2.0
  source: https://git.example/hyperbilling
template:
  options:
    schema: {properties: {currency: {title: Currency}}}
"""
BESIDE = {
    "docs/plugin-hyperbilling/README.md": "Words.",
    "icons/plugin-hyperbilling.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "versions/plugin-hyperbilling.json": LOCK,
}


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return write_catalog(tmp_path, {FILE: PLUGIN})


def test_they_are_made_only_if_asked_for_and_are_no_errors(catalog: Path) -> None:
    plain = run("validate", "--format", "json", cwd=catalog)
    assert json.loads(plain.out)["problems"] == []
    done = run("validate", "--suggest", "--format", "json", cwd=catalog)
    answer = json.loads(done.out)
    assert (done.code, answer["errors"], answer["warnings"]) == (0, 0, 0)
    assert answer["suggestions"] == len(answer["problems"]) == 7
    assert {each["severity"] for each in answer["problems"]} == {"suggestion"}
    assert json.loads(run("validate", "--format", "json", cwd=catalog).out) == json.loads(plain.out)


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("text", "suggestion[no-license]: the plugin does not say"),
        ("github", "::notice file="),
        ("sarif", '"level": "note"'),
    ],
)
def test_each_format_tells_them_apart(catalog: Path, format_: str, expected: str) -> None:
    done = run("validate", "--suggest", "--format", format_, cwd=catalog)
    assert done.code == 0
    assert expected in done.out
    assert "warning" not in done.out
    assert "7 suggestions in 1 of 2 files" in done.err


def test_a_plugin_that_says_it_all_gets_none(tmp_path: Path) -> None:
    write_catalog(tmp_path, {FILE: PLUGIN + COMPLETE, **BESIDE})
    done = run("validate", "--suggest", "--format", "json", cwd=tmp_path)
    assert json.loads(done.out)["problems"] == []


@pytest.mark.parametrize("more", ["deprecated: {reason: It is old}\n", "labels: 3\n"])
def test_a_plugin_that_is_deprecated_or_broken_gets_none(tmp_path: Path, more: str) -> None:
    write_catalog(tmp_path, {FILE: PLUGIN + more})
    done = run("validate", "--suggest", cwd=tmp_path)
    assert "suggestion[" not in done.out


def test_explain_knows_them() -> None:
    assert "suggestion[no-icon]" in run("explain", "no-icon").out
