"""A problem stands at the same place in every format that `validate` prints."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from support.catalogs import PLUGIN, write_catalog
from support.commands import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "catalog/plugins/plugin-hyperbilling.yaml"


def _in_text(out: str) -> list[tuple[str, int, int]]:
    found = re.findall(r"--> (.*):(\d+):(\d+)$", out, re.MULTILINE)
    return [(file, int(line), int(column)) for file, line, column in found]


def _in_json(out: str) -> list[tuple[str, int, int]]:
    return [(each["file"], each["line"], each["column"]) for each in json.loads(out)["problems"]]


def _in_github(out: str) -> list[tuple[str, int, int]]:
    found = re.findall(r"^::error file=(.*),line=(\d+),col=(\d+),", out, re.MULTILINE)
    return [(file, int(line), int(column)) for file, line, column in found]


def _in_sarif(out: str) -> list[tuple[str, int, int]]:
    places = [
        each["locations"][0]["physicalLocation"] for each in json.loads(out)["runs"][0]["results"]
    ]
    return [
        (at["artifactLocation"]["uri"], at["region"]["startLine"], at["region"]["startColumn"])
        for at in places
    ]


READ: dict[str, Callable[[str], list[tuple[str, int, int]]]] = {
    "text": _in_text,
    "json": _in_json,
    "github": _in_github,
    "sarif": _in_sarif,
}


@pytest.mark.parametrize("format_", READ)
@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("provider:aws\nlabels: [a]\n", [(4, 1)]),
        ("tags:\n  icon x\n  docs: y\n", [(5, 3)]),
        ("labels: [a, b\ntags:\n  a: 1\n", [(4, 9)]),
        ("<<<<<<< HEAD\nprovider: a\n=======\nprovider: b\n>>>>>>> topic\n", [(4, 1)]),
        ("provider\uff1aaws\nlabels: [' ']\n", [(4, 9), (5, 10)]),
        ("tags:\n\u00a0\u00a0icon: x\n", [(5, 1)]),
        ("tags:\n\ticon: x\n", [(5, 1)]),
        ("lables: [a]\nstate: off\n", [(4, 1), (5, 8)]),
    ],
)
def test_a_mistake_stands_at_one_place_in_each_format(
    tmp_path: Path, text: str, places: list[tuple[int, int]], format_: str
) -> None:
    write_catalog(tmp_path / "catalog", {"plugins/plugin-hyperbilling.yaml": PLUGIN + text})
    done = run("validate", "--format", format_, "--color", "never", cwd=tmp_path)
    assert done.code == 1
    assert READ[format_](done.out) == [(FILE, *place) for place in places]
