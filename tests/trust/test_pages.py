"""What a signed catalog's own site says of its signatures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.main import main
from support.catalogs import plugin, write_catalog
from support.published import sha256
from support.publishing import files_in

if TYPE_CHECKING:
    from pathlib import Path

ROOT = b'{"the": "first root"}'


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    return write_catalog(tmp_path / "catalog", {"plugins/plugin-a.yaml": plugin("plugin-a")})


def built(catalog: Path) -> dict[str, bytes]:
    """Return the files of a build, each with the cache of the last."""
    out = catalog.parent / "public"
    cache = catalog.parent / "cache"
    options = ["--now", "2026-01-01T00:00:00Z", "--base-url", "https://plugins.example.org/"]
    build = ["build", "--catalog", str(catalog), "--out", str(out), "--cache", str(cache)]
    assert main([*build, *options, "--quiet"]) == 0
    return files_in(out)


def test_a_signed_catalogs_site_says_how_to_pin_it(catalog: Path) -> None:
    """From a file that is in git with the catalog, so that a build needs no signature."""
    before = built(catalog)
    (catalog / "trust").mkdir()
    (catalog / "trust/1.root.json").write_bytes(ROOT)
    after = built(catalog)
    pages = {"about/index.html", "api/index.html"}
    assert {path for path, data in after.items() if before.get(path) != data} == {
        *pages,
        "manifest.json",
    }
    for page in pages:
        assert b"sha256:" not in before[page]
        assert f"sha256:{sha256(ROOT)}".encode() in after[page]
    pin = (
        f"catalogctl get plugin-a --from https://plugins.example.org/ --trust sha256:{sha256(ROOT)}"
    )
    assert pin.encode() in after["api/index.html"]


def test_signing_changes_no_byte_of_the_build(catalog: Path, tmp_path: Path) -> None:
    keys = ["--keys", str(tmp_path / "keys"), "--no-passphrase"]
    assert main(["trust", "init", "--catalog", str(catalog), *keys]) == 0
    before = built(catalog)
    (public, roots) = (str(tmp_path / "public"), str(catalog / "trust"))
    sign = ["trust", "sign", public, "--roots", roots, "--key", str(tmp_path / "keys/online.pem")]
    assert main(sign) == 0
    assert {path: data for path, data in built(catalog).items() if path in before} == before
    version = json.loads((tmp_path / "public/trust/metadata/timestamp.json").read_bytes())
    assert version["signed"]["version"] > 1_700_000_000
