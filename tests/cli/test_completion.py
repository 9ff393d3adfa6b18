"""What a real shell offers when a person presses Tab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from catalogctl.codes import all_codes
from support.catalogs import plugin, write_catalog

SCRIPTS = Path(sys.executable).parent

BASH = """
eval "$(catalogctl completion bash)"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_catalogctl_completion catalogctl
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
autoload -Uz compinit && compinit -D -u
compadd() { local name=${@[-1]}; print -rl -- ${(P)name} }
_describe() { local name=${@[-2]}; print -rl -- ${${(P)name}%%:*} }
eval "$(catalogctl completion zsh)"
words=("$@") CURRENT=$#
_catalogctl_completion
"""
FISH = """
catalogctl completion fish | source
complete -C "$argv" | string replace -r '\\t.*' ''
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    queries = {
        "queries/mine.yaml": "kind: stat\ntitle: x\nquery: {distinct: provider}\n",
        "queries/a-list.yaml": "kind: list\ntitle: x\nquery: {}\n",
    }
    plugins = {f"plugins/{name}.yaml": plugin(name) for name in ("aws-sns", "aws-phd", "jira")}
    plugins["plugins/jira.yaml"] += "tags: {icon: x, deep: {er: 1}}\n"
    hostile = {"plugins/aws-$(touch x).yaml": "", "plugins/aws-\n.yaml": ""}
    return write_catalog(tmp_path / "catalog", {**queries, **plugins, **hostile})


OFFERED = {
    "commands": (["de"], ["deregister"]),
    "plugin ids": (["get", "aws"], ["aws-phd", "aws-sns"]),
    "plugin ids of an option": (["list", "--plugin-id", "j"], ["jira"]),
    "fields": (["get", "jira", "--only", "repository_"], ["repository_info"]),
    "paths of a plugin": (["update", "jira", "--unset", "tags.d"], ["tags.deep", "tags.deep.er"]),
    "saved statistics": (["stat", "m"], ["mine"]),
    "codes": (["explain", "image-n"], ["image-name-too-long"]),
    "choices": (["validate", "--format", "s"], ["sarif"]),
    "nothing": (["get", "nope"], []),
}  # fmt: skip


def ask(shell: str, words: list[str], catalog: Path) -> list[str]:
    environ = {**os.environ, "PATH": f"{SCRIPTS}:{os.environ['PATH']}", "HOME": str(catalog)}
    line = ["catalogctl", *words]
    command = {
        "bash": ["bash", "--norc", "-c", BASH, "bash", *line],
        "zsh": ["zsh", "-f", "-c", ZSH, "zsh", *line],
        "fish": ["fish", "--no-config", "-c", FISH, " ".join(line)],
    }[shell]
    done = subprocess.run(
        command, cwd=catalog, env=environ, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stderr == ""
    return sorted(filter(None, done.stdout.splitlines()))


@pytest.mark.parametrize(
    ("shell", "case"),
    [
        *(("bash", case) for case in OFFERED),
        *((shell, case) for shell in ("zsh", "fish") for case in ("plugin ids", "codes")),
    ],
)
def test_a_shell_offers_what_may_come_next(shell: str, case: str, catalog: Path) -> None:
    """R-06: and no file name that a shell would run."""
    if shutil.which(shell) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{shell} is not installed: tools/setup/packages.sh")
        pytest.skip(f"{shell} is not installed (tools/setup/packages.sh)")
    words, wanted = OFFERED[case]
    assert ask(shell, words, catalog) == wanted
    assert not (catalog / "x").exists()


def test_without_a_catalog_nothing_is_offered_and_nothing_is_said(tmp_path: Path) -> None:
    assert ask("bash", ["get", ""], tmp_path) == []
    assert ask("bash", ["explain", "image-"], tmp_path) == sorted(
        code for code in all_codes() if code.startswith("image-")
    )


def test_a_built_tree_is_asked_where_one_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "public" / "repository" / "v1" / "plugin" / "get"
    folder.mkdir(parents=True)
    (folder / "there.json").write_text("{}")
    assert ask("bash", ["get", "--from", "public", "t"], tmp_path) == ["there"]
