"""`fmt`: which files, what is told, what is left alone."""

from __future__ import annotations

import re
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from catalogctl.cli.main import main
from support.catalogs import plugin

if TYPE_CHECKING:
    from collections.abc import Callable

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


def test_check_names_what_fmt_would_change_and_fmt_changes_it_once(
    catalog: Path, call: Callable[..., Any]
) -> None:
    file = catalog / "plugins" / "jira.yaml"
    before = file.read_bytes()
    named, told = "catalog/plugins/jira.yaml\n", "2 files looked at, 1 "
    done = call("fmt", "--check")
    assert (done.code, done.out, done.err) == (1, named, f"{told}to change\n")
    assert file.read_bytes() == before
    done = call("fmt")
    assert (done.code, done.out, done.err) == (0, named, f"{told}changed\n")
    assert call("fmt", "--check", "-q").code == 0
    assert call("get", "jira").answer["name"] == "Jira"


@pytest.mark.parametrize("path", ["catalog/plugins/sns.yaml", "catalog/plugins", "catalog", "."])
def test_paths_say_which_files(path: str, catalog: Path, call: Callable[..., Any]) -> None:
    before = (catalog / "plugins" / "jira.yaml").read_bytes()
    assert call("fmt", path, "-q").code == 0
    assert ((catalog / "plugins" / "jira.yaml").read_bytes() == before) is path.endswith(".yaml")


def test_one_file_is_counted_as_one(call: Callable[..., Any]) -> None:
    done = call("fmt", "--check", "catalog/plugins/sns.yaml")
    assert done.err == "1 file looked at, 0 to change\n"


@pytest.mark.parametrize("path", ["catalog/catalog.yaml", "nowhere", "catalog/plugins/x.yaml"])
def test_a_path_that_is_no_plugin_file_is_wrong_usage(path: str, call: Callable[..., Any]) -> None:
    done = call("fmt", path)
    assert done.code == 2
    assert f"{path} is not a plugin file of this catalog" in done.err


HOSTILE = {
    "comments behind a question mark": (
        "? " + "#" * 60 + "\n  &a name\n: X\nservice_type: a.B\nimage: acme/sns\n"
    ),
    "an alias as a key": plugin("sns") + "tags:\n  x: &k word\n  *k : value\n",
    "a null byte": plugin("sns") + "tags: {x: \0}\n",
    "65 levels": plugin("sns") + "tags: " + "{a: " * 65 + "}" * 65 + "\n",
    "an alias without its anchor": plugin("sns") + "tags: {x: *a}\n",
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize(
    "command", [["fmt"], ["update", "sns", "--set", "tags.word=1"], ["disable", "sns"]]
)
def test_a_hostile_file_ends_soon_and_without_a_traceback(
    command: list[str], case: str, catalog: Path, call: Callable[..., Any]
) -> None:
    """R-10, R-17: in fmt, update and disable."""
    (catalog / "plugins" / "sns.yaml").write_text(HOSTILE[case])
    start = time.process_time()
    done = call(*command)
    assert time.process_time() - start < 2
    assert done.code in {0, 1}
    assert "Traceback" not in done.err
    assert call("fmt", "catalog/plugins/jira.yaml", "-q").code == 0


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_laid_out(
    catalog: Path, call: Callable[..., Any]
) -> None:
    broken = catalog / "plugins" / "sns.yaml"
    broken.write_text("name: yes\n")
    done = call("fmt", "-q")
    assert done.code == 1
    assert "catalog/plugins/sns.yaml:1:7" in done.err
    assert done.out == "catalog/plugins/jira.yaml\n"
    assert broken.read_text() == "name: yes\n"


def test_the_hooks_run_commands_that_exist_on_the_files_that_they_name(catalog: Path) -> None:
    hooks = yaml.safe_load(HOOKS.read_text())
    files = ["catalog/catalog.yaml", "catalog/plugins/jira.yaml"]
    for hook in hooks:
        program, *arguments = shlex.split(hook["entry"])
        matching = [file for file in files if re.search(hook.get("files", ""), file)]
        assert program == "catalogctl"
        assert "catalog/plugins/jira.yaml" in matching
        passed = matching if hook.get("pass_filenames", True) else []
        assert main([*arguments, *passed]) == 0
    assert [path.name for path in catalog.iterdir()] == ["catalog.yaml", "plugins"]
