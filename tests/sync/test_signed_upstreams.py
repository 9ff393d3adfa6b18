"""An upstream whose root is pinned is only taken as its catalog signed it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from catalogctl.sync import upstream_tree
from catalogctl.sync.sync_outcome import UpstreamState
from support.catalogs import plugin, write_catalog
from support.published import Reply, Site
from support.signed import Signing, flipped
from support.upstream_hosts import IDS, THEIRS, Pair, plugin_files, published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Signing:
    return Signing.new(tmp_path_factory.mktemp("signing"), THEIRS)


@pytest.fixture(scope="module")
def signed(
    signing: Signing, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("trees")
    first = published(folder, plugin_files(*IDS))
    later = published(folder, plugin_files(*IDS[:-1]), epoch=1_767_300_000)
    return {
        "first": signing.signed_files(first, "first", ago=600),
        "later": signing.signed_files(later, "later", ago=60),
    }


@pytest.fixture
def pair(
    tmp_path: Path,
    signing: Signing,
    signed: dict[str, dict[str, bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Pair]:
    monkeypatch.setattr(upstream_tree, "_PAUSE", 0)
    host = Site(dict(signed["first"]))
    host.start()
    catalog = write_catalog(tmp_path / "catalog", {"plugins/plugin-own.yaml": plugin("plugin-own")})
    shutil.copy(signing.root, catalog / "theirs.root.json")
    made = Pair(catalog, host)
    made.configure(trust="theirs.root.json")
    yield made
    host.stop()


def test_a_signed_edition_is_taken_and_so_is_the_next(
    pair: Pair, signed: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    environ = {"HOME": str(tmp_path)}
    assert pair.outcome(environ=environ).state is UpstreamState.CHANGED
    pair.host.files = dict(signed["later"])
    found = pair.outcome(environ=environ)
    assert (found.state, found.removed) == (UpstreamState.CHANGED, ["plugin-f"])
    pair.host.files = dict(signed["first"])
    assert pair.outcome(environ=environ).state is UpstreamState.FAILED, "a rollback"


def test_the_signatures_are_asked_for_with_the_token_too(pair: Pair, tmp_path: Path) -> None:
    pair.configure(trust="theirs.root.json", token_env="THEIR_TOKEN")
    token = "Bearer s3cret"
    pair.host.spoil = lambda request: (
        None if request.headers.get("Authorization") == token else Reply(401)
    )
    environ = {"HOME": str(tmp_path), "THEIR_TOKEN": "s3cret"}
    assert pair.outcome(environ=environ).state is UpstreamState.CHANGED


@pytest.mark.parametrize("path", ["index.json", "manifest.json"])
def test_other_bytes_than_the_signed_ones_are_not_taken(
    pair: Pair, tmp_path: Path, path: str
) -> None:
    data = pair.host.files[path]
    pair.host.files[path] = flipped(data, len(data) // 2)
    found = pair.outcome(environ={"HOME": str(tmp_path)})
    assert found.state is not UpstreamState.CHANGED
    assert pair.files() == {}


def test_without_signatures_nothing_is_taken(pair: Pair, tmp_path: Path) -> None:
    pair.host.files = {
        path: data for path, data in pair.host.files.items() if not path.startswith("trust/")
    }
    assert pair.outcome(environ={"HOME": str(tmp_path)}).state is UpstreamState.FAILED
    assert pair.files() == {}
