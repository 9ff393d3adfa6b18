"""A checkout that came from elsewhere: nothing in its `.git` is run, or changes what is said."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.main import GROUPS
from support.catalogs import plugin, write_catalog
from support.commands import environment, run
from support.git import Repository, at

if TYPE_CHECKING:
    from pathlib import Path

CALLS: dict[str, tuple[str, ...] | None] = {
    "validate": (),
    "build": ("--out", "../public"),
    "list": (),
    "get": ("plugin-a",),
    "get-versions": ("plugin-a",),
    "search": ("plugin",),
    "stat": ("by-state",),
    "diff": ("--base", "HEAD~1"),
    "owners": (),
    "fmt": (),
    "update": ("plugin-a", "--set", "tags.n=1"),
    "disable": ("plugin-a",),
    "enable": ("plugin-a",),
    "register": ("--name", "C", "--image", "acme/plugin-c", "--service-type", "a.B"),
    "deregister": ("plugin-b",),
    "import": ("plugins.json",),
    "init": ("new",),
    "resolve": ("plugin-none",),
    "repositories": (),
    "sync": (),
    "publish": ("../www", "--from", "../public"),
    "verify": ("../public",),
    "trust": ("init", "--keys", "../../keys", "--no-passphrase"),
    "query-id": ("list", "--query", "-"),
    "explain": ("unknown-field",),
    "completion": ("bash",),
    "serve": None,  # builds as `build` does, and then listens
    "gateway": None,  # reads a built tree as `get --from` does, and then listens
}
"""What each command is called with in the checkout."""

PROGRAMS = """
[filter "one"]
    clean = {program}
    smudge = {program}
    required = true
[filter "a.b = c"]
    process = {program}
    required = true
[diff "one"]
    command = {program}
    textconv = {program}
    cachetextconv = true
[diff]
    external = {program}
[merge "one"]
    driver = {program}
[core]
    fsmonitor = {program}
    pager = {program}
    editor = {program}
    sshCommand = {program}
    askPass = {program}
    hooksPath = {hooks}
    alternateRefsCommand = {program}
[pager]
    log = {program}
    diff = {program}
[gpg]
    program = {program}
[log]
    showSignature = true
[credential]
    helper = !{program}
[uploadpack]
    packObjectsHook = {program}
[alias]
    log = !{program}
    config = !{program}
    rev-parse = !{program}
[extensions]
    partialClone = origin
[remote "origin"]
    url = ext::{program}
    promisor = true
[protocol "ext"]
    allow = always
"""
HOOKS = (
    "post-checkout",
    "pre-commit",
    "post-index-change",
    "fsmonitor-watchman",
    "reference-transaction",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Repository:
    """Return a checkout of two commits whose `.git` names a program wherever git runs one."""
    repository = Repository.new(tmp_path / "checkout")
    write_catalog(
        repository.folder / "catalog",
        {"plugins/plugin-a.yaml": plugin("plugin-a"), "plugins/plugin-b.yaml": plugin("plugin-b")},
    )
    repository.commit("start", {"plugins.json": '{"results": [], "total_count": 0}'})
    repository.commit("change", {"catalog/plugins/plugin-b.yaml": plugin("plugin-b", labels="[x]")})
    program, hooks, git = tmp_path / "program", tmp_path / "hooks", repository.folder / ".git"
    program.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{tmp_path}/ran'\ncat\n")
    program.chmod(0o755)
    hooks.mkdir()
    for folder in (hooks, git / "hooks"):
        folder.mkdir(exist_ok=True)
        for name in HOOKS:
            shutil.copy(program, folder / name)
    with (git / "config").open("a") as config:
        config.write(PROGRAMS.format(program=program, hooks=hooks))
    (git / "info").mkdir(exist_ok=True)
    (git / "info/attributes").write_text(
        "* filter=one diff=one merge=one\nplugin-b.yaml filter=a.b\\ =\\ c\n"
    )
    for file in (repository.folder / "catalog/plugins").iterdir():
        os.utime(file, (1, 1))  # so that git would have to look at the content
    return repository


def test_the_table_of_calls_has_every_command() -> None:
    assert set(CALLS) == {name for names in GROUPS.values() for name in names}


@pytest.mark.parametrize("command", [name for name, call in CALLS.items() if call is not None])
def test_no_command_runs_a_program_that_a_checkout_names(
    checkout: Repository, command: str
) -> None:
    """R-18: filters, drivers, hooks and helpers of `.git` are not run."""
    folder = checkout.folder / "catalog"
    done = run(command, *(CALLS[command] or ()), cwd=folder, stdin="{}")
    assert "Traceback" not in done.err
    assert not (checkout.folder.parent / "ran").exists()


SETTINGS = {
    "follow": "[log]\n\tfollow = true\n",
    "log": "[log]\n\tdiffMerges = combined\n\texcludeDecoration = *\n\tdate = relative\n",
    "stat": "[core]\n\tignoreStat = true\n\ttrustctime = false\n\tcheckStat = minimal\n",
    "ends of lines": "[core]\n\tautocrlf = true\n\teol = crlf\n\tsafecrlf = true\n",
    "modes": "[core]\n\tfileMode = false\n\tsymlinks = false\n\tignoreCase = true\n",
    "sparse": "[core]\n\tsparseCheckout = true\n\tsparseCheckoutCone = true\n",
    "diff": "[diff]\n\trenames = copies\n\tnoprefix = true\n\talgorithm = patience\n",
    "output": "[color]\n\tui = always\n[core]\n\tquotePath = false\n\tabbrev = 4\n",
}
ATTRIBUTES = {
    "an encoding": "* working-tree-encoding=UTF-16\n",
    "identifiers": "* ident\n",
    "ends of lines": "* text eol=crlf\n",
}


@pytest.mark.parametrize("changed", [False, True], ids=["as committed", "changed since"])
@pytest.mark.parametrize(
    ("place", "text"),
    [pytest.param("config", text, id=name) for name, text in SETTINGS.items()]
    + [pytest.param("info/attributes", text, id=name) for name, text in ATTRIBUTES.items()],
)
def test_no_setting_of_a_checkout_changes_a_published_byte(
    tmp_path: Path, place: str, text: str, *, changed: bool
) -> None:
    """R-18: the same answer, whatever `.git` says of how to compare and to show."""
    repository = Repository.new(tmp_path / "repository")
    catalog = write_catalog(
        repository.folder / "catalog",
        {"plugins/plugin-a.yaml": plugin("plugin-a", tags="{a: $Id$}")},
    )
    repository.commit("start", {"catalog/plugins/plugin-b.yaml": plugin("plugin-b")})
    repository.commit("beside", {f"src/{number}": "x" for number in range(60)})
    repository.commit("remove", {"catalog/plugins/plugin-b.yaml": None})
    if changed:
        repository.write({"catalog/plugins/plugin-a.yaml": plugin("plugin-a", labels="[x]")})
        os.utime(catalog / "plugins/plugin-a.yaml", (at("2020-01-01"), at("2020-01-01")))
    environ = environment(SOURCE_DATE_EPOCH="1800000000")
    before = run("list", "--format", "json", cwd=catalog, env=environ)
    file = repository.folder / ".git" / place
    file.parent.mkdir(exist_ok=True)
    with file.open("a") as stream:
        stream.write(text)
    assert run("list", "--format", "json", cwd=catalog, env=environ) == before
    assert before.code == 0
