"""`enable`, `disable` and `deregister`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from support.catalogs import plugin
from support.git import Repository
from support.pictures import png

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_disable_adds_a_line_and_enable_takes_it_out(
    catalog: Path, call: Callable[..., Any]
) -> None:
    file = catalog / "plugins" / "jira.yaml"
    before = file.read_text()
    assert call("disable", "jira").answer["state"] == "DISABLED"
    assert file.read_text() == before + "state: DISABLED\n"
    assert call("enable", "jira").answer["state"] == "ENABLED"
    assert file.read_text() == before


STATES = {
    "none": "",
    "the default": "state: ENABLED\n",
    "with its comments": "# live since May\nstate: ENABLED   # for good\n",
    "in quotes": 'state: "ENABLED"\n',
    "null": "state:\n",
    "with a text below": "capability:\n  x: |\n    a\n",
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("case", STATES)
def test_disable_and_enable_leave_no_trace(
    case: str,
    *,
    first: bool,
    ends: bool,
    newline: str,
    catalog: Path,
    call: Callable[..., Any],
) -> None:
    """Q-21: line ends and a missing last one stay, too."""
    file = catalog / "plugins" / "jira.yaml"
    text = STATES[case] + file.read_text() if first else file.read_text() + STATES[case]
    before = (text if ends else text.removesuffix("\n")).replace("\n", newline).encode()
    file.write_bytes(before)
    Repository.new(catalog.parent).commit()
    assert call("disable", "jira").answer["state"] == "DISABLED"
    assert file.read_bytes() != before
    assert call("enable", "jira").answer["state"] == "ENABLED"
    assert file.read_bytes() == before


def test_what_changed_between_disable_and_enable_stays(
    catalog: Path, call: Callable[..., Any]
) -> None:
    file = catalog / "plugins" / "jira.yaml"
    before = file.read_text()
    Repository.new(catalog.parent).commit()
    for command in (["disable", "jira"], ["update", "jira", "--name", "Other"], ["enable", "jira"]):
        assert call(*command).code == 0
    assert file.read_text() == before.replace('"Jira"', '"Other"')


def test_a_state_that_an_author_placed_stays_where_it_is(
    catalog: Path, call: Callable[..., Any]
) -> None:
    file = catalog / "plugins" / "sns.yaml"
    file.write_text("state: DISABLED  # until May\n" + plugin("sns"))
    assert call("enable", "sns").code == 0
    assert file.read_text() == "state: ENABLED  # until May\n" + plugin("sns")


def test_a_state_that_is_there_already_is_not_written_again(
    catalog: Path, call: Callable[..., Any]
) -> None:
    for command, plugin_id in (("enable", "jira"), ("disable", "sns")):
        file = catalog / "plugins" / f"{plugin_id}.yaml"
        before = file.stat().st_mtime_ns
        done = call(command, plugin_id)
        assert (done.code, done.err) == (0, "nothing to change\n")
        assert done.answer["plugin_id"] == plugin_id
        assert file.stat().st_mtime_ns == before


def test_deregister_takes_the_plugin_and_its_lock(catalog: Path, call: Callable[..., Any]) -> None:
    from support.catalogs import LOCK

    versions = catalog / "versions"
    versions.mkdir()
    (versions / "sns.json").write_text(LOCK.replace("plugin-hyperbilling", "sns"))
    done = call("deregister", "sns")
    assert (done.code, done.out) == (0, "{}\n")
    assert done.err == "removed catalog/versions/sns.json\nremoved catalog/plugins/sns.yaml\n"
    assert list(versions.iterdir()) == []
    assert [each.name for each in (catalog / "plugins").iterdir()] == ["jira.yaml"]


def test_a_plugin_that_is_registered_again_has_no_imported_dates(
    catalog: Path, call: Callable[..., Any]
) -> None:
    """Product contract, 2: they are those of a plugin that was taken over."""
    dates = {"created_at": "2020-01-01T00:00:00.000Z"}
    (catalog / "imported.json").write_text(json.dumps({"sns": dates, "jira": dates}))
    assert call("get", "sns").answer["created_at"] == dates["created_at"]
    assert call("deregister", "sns").code == 0
    assert json.loads((catalog / "imported.json").read_text()) == {"jira": dates}
    request = ["--plugin-id", "sns", "--name", "x", "--image", "a/sns", "--service-type", "a.B"]
    assert call("register", *request).answer["created_at"] == "2023-11-14T22:13:20.000Z"
    assert call("deregister", "jira").code == 0
    assert not (catalog / "imported.json").exists()


def test_deregister_takes_documents_and_the_icon(catalog: Path, call: Callable[..., Any]) -> None:
    own = ("docs/sns/README.md", "docs/sns/a.png", "icons/sns.svg")
    other = "docs/jira/README.md"
    for path in (*own, other):
        (catalog / path).parent.mkdir(exist_ok=True, parents=True)
        (catalog / path).write_bytes(png(1, 1) if path.endswith(".png") else b"![](a.png)"[:0])
    (catalog / "icons/sns.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert call("deregister", "sns").code == 0
    assert [path for path in own if (catalog / path).exists()] == []
    assert not (catalog / "docs/sns").exists()
    assert (catalog / other).exists()
    assert call("validate").code == 0


def test_deregister_leaves_what_it_does_not_know(catalog: Path, call: Callable[..., Any]) -> None:
    """Q-20: a stray file beside the documents is somebody's; nothing is removed."""
    stray = catalog / "docs/sns/notes.txt"
    stray.parent.mkdir(parents=True)
    stray.write_text("mine")
    assert call("deregister", "sns").code == 1
    assert stray.exists()
    assert (catalog / "plugins/sns.yaml").exists()


@pytest.mark.parametrize("format_", ["table", "json", "yaml"])
def test_the_answer_of_deregister_is_empty(format_: str, call: Callable[..., Any]) -> None:
    """Seed, deregister: the response is Empty."""
    assert call("deregister", "sns", "--format", format_).out == "{}\n"


@pytest.mark.parametrize("command", ["enable", "deregister"])
def test_a_read_only_file_is_refused(command: str, catalog: Path, call: Callable[..., Any]) -> None:
    """Q-21."""
    file = catalog / "plugins" / "sns.yaml"
    file.chmod(0o444)
    done = call(command, "sns")
    assert (done.code, done.out) == (3, "")
    assert done.err.endswith("sns.yaml: the file is read-only\n")
    assert done.err.count("\n") == 1
    assert "DISABLED" in file.read_text()


def test_what_another_plugin_names_as_its_successor_stays(
    catalog: Path, call: Callable[..., Any]
) -> None:
    with (catalog / "plugins" / "jira.yaml").open("a") as file:
        file.write("deprecated: {reason: old, successor: sns}\n")
    done = call("deregister", "sns", "--format", "table")
    assert done.code == 1
    assert 'successor "sns" is not in this catalog' in done.err
    assert "name a plugin of this catalog, or none" in done.err
    assert (catalog / "plugins" / "sns.yaml").exists()
