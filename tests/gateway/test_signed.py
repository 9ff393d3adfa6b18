"""A gateway of a signed catalog serves what was signed, and nothing else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.main import main
from support.gateway import API, events, gateway, metric, plugin, repository, tree_of
from support.published import Site
from support.publishing import complete
from support.signed import HOUR, Signing
from support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.gateway import RunningGateway

OWN = repository("own", [plugin("plugin-a")], {"plugin-a": ["1.0"]})

NEVER_QUIET = """
import sys
from dataclasses import replace

from catalogctl.trust import limits

limits.LIMITS = replace(limits.LIMITS, quiet=0)
from catalogctl.cli.main import main

sys.exit(main(sys.argv[1:]))
"""
"""The command, but it asks for signatures more often than once a minute."""


@pytest.fixture
def signing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Signing:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Signing.new(tmp_path / "signing", "repo-own")


@pytest.fixture
def site(signing: Signing) -> Iterator[Site]:
    served = Site(signing.signed_files(complete(tree_of(OWN)), "signed"))
    served.start()
    yield served
    served.stop()


def test_what_is_signed_is_served(site: Site, signing: Signing) -> None:
    with gateway(site.url, "--trust", signing.root) as running:
        assert running.call("Plugin.get", {"plugin_id": "plugin-a"})["name"] == "The plugin-a"
        assert running.call("Plugin.get_versions", {"plugin_id": "plugin-a"})["results"] == ["1.0"]


def test_what_is_not_signed_prevents_the_start(
    site: Site, signing: Signing, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tree_of(repository("own", [plugin("plugin-a", name="Evil")]))
    site.files |= {path: other[path] for path in (f"{API}/list/all.json", "index.json")}
    assert main(["gateway", "--from", site.url, "--trust", str(signing.root)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "signed" in err


def test_an_empty_root_is_not_taken_for_none(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gateway", "--from", site.url, "--trust", ""]) == 2
    assert "--trust is empty" in capsys.readouterr().err


def test_only_what_a_host_serves_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gateway", "--from", str(tmp_path), "--trust", "root.json"]) == 2
    assert "--trust checks what a host serves" in capsys.readouterr().err


def named(name: str) -> dict[str, bytes]:
    """Return the files of an edition whose plugin has a name."""
    return complete(tree_of(repository("own", [plugin("plugin-a", name=name)])))


def name_in(running: RunningGateway) -> object:
    return running.call("Plugin.get", {"plugin_id": "plugin-a"})["name"]


def test_only_new_signed_editions_take_the_place_of_the_old_one(
    site: Site, signing: Signing
) -> None:
    """Each is uploaded in turn: a name, or why the host's files are not believed."""

    def serves(files: dict[str, bytes], name: str) -> None:
        site.files = files
        wait_until(lambda: name_in(running) == name, seconds=60)

    def refuses(files: dict[str, bytes], reason: str) -> None:
        before, name = len(events(running, "refresh failed")), name_in(running)
        site.files = files
        wait_until(lambda: len(events(running, "refresh failed")) > before, seconds=60)
        assert reason in events(running, "refresh failed")[-1]["message"]
        assert name_in(running) == name
        counted = metric(running, "catalogctl_gateway_refresh_failures_total")
        assert counted > before

    first = site.files = signing.signed_files(named("First"), "first", ago=2 * HOUR)
    command = (sys.executable, "-c", NEVER_QUIET)
    options = ("--trust", signing.root, "--refresh", "0.1")
    with gateway(site.url, *options, program=command) as running:
        assert name_in(running) == "First"
        short = signing.signed_files(named("Second"), "second", life=10)
        serves(short, "Second")
        refuses(short, "expired")
        third = signing.signed_files(named("Third"), "third", ago=5)  # two in one second are alike
        serves(third, "Third")
        refuses(first, "older")
        fourth = signing.signed_files(named("Fourth"), "fourth")
        refuses({**fourth, f"{API}/list/all.json": third[f"{API}/list/all.json"]}, "signed")
        serves(fourth, "Fourth")
