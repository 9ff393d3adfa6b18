"""A gateway of a signed catalog serves what was signed, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.main import main
from support.gateway import API, gateway, plugin, repository, tree_of
from support.published import Site
from support.publishing import complete
from support.signed import Signing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWN = repository("own", [plugin("plugin-a")], {"plugin-a": ["1.0"]})


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


def test_only_what_a_host_serves_is_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gateway", "--from", str(tmp_path), "--trust", "root.json"]) == 2
    assert "--trust checks what a host serves" in capsys.readouterr().err
