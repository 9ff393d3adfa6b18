"""The hooks of pre-commit look at the files of a catalog, and at no others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OTHERS = [
    "tests/validate/cases/plugins/blank.yaml",
    "tests/plugins/x.yaml",
    "README.md",
    "docs/ci.md",
    "my-catalog/plugins/x.yaml",
    "xcatalog.yaml",
]
PLUGINS = ["catalog/plugins/plugin-a.yaml"]
FILES = [
    *PLUGINS,
    "catalog/plugins/plugin-a.yml",
    "catalog/plugins/deep/x.yaml",
    "catalog/versions/plugin-a.json",
    "catalog/queries/x.yaml",
    "catalog/catalog.yaml",
    "catalog/imported.json",
    "catalog/site/strings.yaml",
]


def hooks(file: str) -> dict[str, Any]:
    """Return the hooks that a file of pre-commit defines, by id."""
    value = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))
    rows = value if isinstance(value, list) else [h for r in value["repos"] for h in r["hooks"]]
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize(
    ("file", "at_the_top"),
    [
        (".pre-commit-hooks.yaml", True),
        (".pre-commit-config.yaml", False),
        ("starter/.pre-commit-config.yaml", False),
    ],
)
def test_a_hook_takes_the_files_of_the_catalog_alone(file: str, *, at_the_top: bool) -> None:
    found = hooks(file)
    assert set(found) == {"catalogctl-fmt", "catalogctl-validate"}
    wanted = {"catalogctl-fmt": PLUGINS, "catalogctl-validate": FILES}
    top = [path.removeprefix("catalog/") for path in FILES if "/site/" not in path]
    for name, paths in wanted.items():
        pattern = re.compile(found[name]["files"])
        expected = {*paths, *(path.removeprefix("catalog/") for path in paths if at_the_top)}
        everything = {*FILES, *top, *OTHERS}
        assert {path for path in everything if pattern.search(path)} == expected & everything


@pytest.mark.parametrize("file", [".pre-commit-config.yaml", "starter/.pre-commit-config.yaml"])
def test_the_shipped_hooks_run_the_tool_of_the_virtual_environment(file: str) -> None:
    for hook in hooks(file).values():
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/catalogctl ")


def test_the_lines_for_other_repositories_name_our_hooks() -> None:
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    match = re.search(r"<!-- test: pre-commit -->\n```yaml\n(.*?)```\n", page, re.DOTALL)
    assert match is not None
    (repo,) = yaml.safe_load(match[1])["repos"]
    assert [hook["id"] for hook in repo["hooks"]] == list(hooks(".pre-commit-hooks.yaml"))
