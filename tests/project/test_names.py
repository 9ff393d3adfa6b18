"""A name says what is meant without the folder that it stands in: it is used once."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2] / "tools/catalogctl"
MODULES = sorted(ROOT.rglob("*.py"))


def repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def test_no_two_modules_have_one_name() -> None:
    names = [path.stem for path in MODULES if path.stem != "__init__"]
    assert repeated(names) == []


def test_no_two_classes_have_one_name() -> None:
    classes = [
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert repeated(classes) == []


PACKAGES = sorted(
    "catalogctl" + "".join(f".{part}" for part in path.relative_to(ROOT).parent.parts)
    for path in MODULES
    if path.name == "__init__.py"
)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_every_name_that_it_exports(package: str) -> None:
    """A name of a table that loads modules late is looked up by no linter."""
    module = importlib.import_module(package)
    exported = getattr(module, "__all__", ())
    assert [name for name in exported if getattr(module, name, None) is None] == []


def test_the_modules_that_the_architecture_names_are_there() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs/architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z0-9_/]+\.py)`", page)
    places = [
        "/" + path.relative_to(root).as_posix() for path in [*MODULES, *root.glob("tools/*.py")]
    ]
    gone = [name for name in named if not any(place.endswith(f"/{name}") for place in places)]
    assert len(named) > 40
    assert gone == []


def test_the_architecture_names_each_module_of_the_ground_floor() -> None:
    root = Path(__file__).parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    ground_floor = project["tool"]["importlinter"]["contracts"][0]["layers"][-1].split(" : ")
    page = (root / "docs/architecture.md").read_text(encoding="utf-8")
    named = {name.removesuffix(".py") for name in re.findall(r"[`*]([a-z_]+(?:\.py)?)/?[`*]", page)}
    assert len(ground_floor) > 20
    assert [name for name in ground_floor if name not in named] == []
