"""The answer of a call is what the catalog publishes once the change is committed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalogctl.cli.main import main
from support.catalogs import SETTINGS, plugin, write_catalog
from support.git import Repository, shown

SEED = Path(__file__).parents[1] / "conformance" / "seed"
CALLS = {
    "register": ["register", "-f", str(SEED / "register-request.json")],
    "update": ["update", "sns", "--set", "tags.a=[1]", "--name", "Another"],
    "disable": ["disable", "sns"],
    "enable": ["enable", "off"],
    "enable what is enabled": ["enable", "sns"],
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository with a catalog of two plugins, committed on the first day of the year."""
    files = {"plugins/sns.yaml": plugin("sns"), "plugins/off.yaml": plugin("off", state="DISABLED")}
    write_catalog(tmp_path / "repository" / "catalog", files, SETTINGS)
    monkeypatch.chdir(tmp_path / "repository")
    made = Repository.new(tmp_path / "repository")
    made.commit("begin")
    return made


@pytest.mark.parametrize("name", CALLS)
def test_the_answer_is_what_get_publishes_after_the_commit(
    name: str,
    repository: Repository,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Product contract, 4: created_at is that of the file, updated_at that of the change."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(repository.time))
    moment = shown(repository.time)
    assert main([*CALLS[name], "--quiet"]) == 0
    answer: dict[str, Any] = json.loads(capfd.readouterr().out)
    if name != "enable what is enabled":
        repository.commit(name)
        assert answer["updated_at"] == moment
    assert main(["build", "--quiet"]) == 0
    published = Path("public/repository/v1/plugin/get") / f"{answer['plugin_id']}.json"
    assert json.loads(published.read_text()) == answer
    assert list(json.loads(published.read_text())) == list(answer)


def test_what_was_deregistered_is_published_no_more(
    repository: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["deregister", "sns", "--quiet"]) == 0
    assert capfd.readouterr().out == "{}\n"
    repository.commit("deregister sns")
    assert main(["build", "--quiet"]) == 0
    assert not Path("public/repository/v1/plugin/get/sns.json").exists()


def test_in_a_shallow_clone_a_call_works_all_the_same(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dates come from the whole history, but a call does not need it."""
    repository.commit("more", {"README": "x"})
    clone, origin = tmp_path / "clone", f"file://{repository.folder}"
    repository.git("clone", "--quiet", "--depth", "1", origin, clone)
    monkeypatch.chdir(clone)
    assert main(["update", "sns", "--name", "Another"]) == 0
    assert "Another" in (clone / "catalog" / "plugins" / "sns.yaml").read_text()
