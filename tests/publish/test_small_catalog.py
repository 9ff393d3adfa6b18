"""The JSON of a small catalog, whole, as kept: what a consumer sees, in one place to read.

The catalog has each kind of thing once: a lock, a disabled plugin, a deprecated one, values that
need care in a path, a saved list and a saved stat.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from catalogctl.pipeline.build import BuildOptions, build
from support import golden
from support.catalogs import LOCK, PLUGIN, SETTINGS, plugin, write_catalog

KEPT = Path(__file__).parent / "golden" / "small-catalog"
BASE_URL = "https://plugins.example.org/below/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
FILES = {
    "plugins/plugin-hyperbilling.yaml": PLUGIN + "labels: [billing, Ä/b, billing]\nprovider: aws\n"
    "tags: {description: 'Costs & <more>', limit: 4.0}\n",
    "plugins/plugin-off.yaml": plugin("plugin-off", name="a webhook", state="DISABLED"),
    "plugins/plugin-old.yaml": plugin(
        "plugin-old",
        deprecated="{reason: replaced, successor: plugin-off}",
        registry_type="AWS_PUBLIC_ECR",
        registry_url="public.ecr.aws",
        maintainers='["@alice"]',
    ),
    "versions/plugin-hyperbilling.json": LOCK,
    "queries/off.yaml": "kind: list\ntitle: Off now\n"
    "query: {minimal: true}\nparams: {state: DISABLED}\n",
    "queries/types.yaml": "kind: stat\ntitle: Types\nquery: {distinct: service_type}\n",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    settings = SETTINGS + "site: {page_size: 2}\n"
    catalog = write_catalog(folder / "catalog", FILES, settings)
    environ = {"SOURCE_DATE_EPOCH": "1767225600"}
    out = folder / "public"
    asked = BuildOptions(catalog, out, environ=environ, generator="catalogctl", base_url=BASE_URL)
    assert build(asked).published
    return out


def test_golden_files_of_the_small_catalog(tree: Path) -> None:
    paths = [*tree.glob("repository/**/*.json"), *tree.glob("badges/*.json"), tree / "index.json"]
    made = {path.relative_to(tree).as_posix(): pretty(path) for path in paths}
    for name in (
        "feed.atom",
        "releases.atom",
        "releases.json",
        "health.json",
        "_headers",
        "robots.txt",
    ):
        made[name] = (tree / name).read_text()
    golden.check(KEPT, made)


def pretty(path: Path) -> str:
    """Return a JSON file as a person reads it."""
    return json.dumps(json.loads(path.read_text()), indent=2, ensure_ascii=False) + "\n"


def test_the_index_names_the_bytes_of_what_it_points_at(tree: Path) -> None:
    index = json.loads((tree / "index.json").read_text())
    named = [
        *index["lists"].values(),
        *index["stats"].values(),
        *index["saved"].values(),
        *(each for values in index["facets"].values() for each in values.values()),
        *index["plugins"],
    ]
    assert len(named) > 20
    for each in named:
        data = (tree / each["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == each["sha256"], each["path"]
        assert each.get("size", len(data)) == len(data)


def test_above_the_shard_size_the_plugins_move_into_shards(tmp_path: Path) -> None:
    files = {f"plugins/plugin-{n}.yaml": plugin(f"plugin-{n}") for n in range(5)}
    settings = SETTINGS + "site: {index_shard_size: 2}\n"
    catalog = write_catalog(tmp_path / "catalog", files, settings)
    asked = BuildOptions(catalog, tmp_path / "public", environ={}, generator="catalogctl")
    build(asked)
    index = json.loads((tmp_path / "public/index.json").read_text())
    assert "plugins" not in index
    (shard,) = index["shards"]
    assert (shard["path"], shard["count"]) == ("index/001.json", 5)
    part = json.loads((tmp_path / "public" / shard["path"]).read_text())
    assert [each["plugin_id"] for each in part["plugins"]] == [f"plugin-{n}" for n in range(5)]


def test_feeds_and_sitemap_are_well_formed_and_name_absolute_addresses(tree: Path) -> None:
    feed = ET.parse(tree / "feed.atom").getroot()
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 3
    for link in feed.iter(f"{ATOM}link"):
        assert link.get("href", "").startswith(BASE_URL)
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == 3
    sitemap = ET.parse(tree / "sitemap.xml").getroot()
    places = {str(place.text) for place in sitemap.iter(f"{SITEMAP}loc")}
    assert f"{BASE_URL}plugins/plugin-off/" in places
    for place in places:
        path = place.removeprefix(BASE_URL)
        assert (tree / path / "index.html").is_file() if not path or path.endswith("/") else False


def test_without_an_address_there_is_no_feed_sitemap_or_schema_id(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path / "catalog", {"plugins/plugin-hyperbilling.yaml": PLUGIN})
    build(BuildOptions(catalog, tmp_path / "public", environ={}, generator="catalogctl"))
    public = tmp_path / "public"
    assert not list(public.rglob("*.atom"))
    assert not (public / "sitemap.xml").exists()
    schema = json.loads((public / "schemas/PluginInfo.schema.json").read_text())
    assert "$id" not in schema
