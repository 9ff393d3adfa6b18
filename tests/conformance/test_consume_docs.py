"""docs/consume.md: every recipe is run as it stands there, against the served catalog."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from catalogctl import Catalog
from support.javascript import node
from support.schemas import ROOT

if TYPE_CHECKING:
    from catalogctl import PluginInfo

PAGE = (ROOT / "docs/consume.md").read_text(encoding="utf-8")
RECIPES: dict[str, str] = dict(re.findall(r"(?ms)^<!-- test: (\w+) -->\n```\w+\n(.*?)^```$", PAGE))
ADDRESS = "https://plugins.example.org"
JSONATA = ROOT / ".venv/jsonata/node_modules/jsonata/jsonata.js"
DUCKDB = "import duckdb, sys; print(duckdb.sql(sys.stdin.read()).fetchall())"
EVALUATE = """
const jsonata = require(process.argv[1]);
const { transform, answers } = JSON.parse(require("fs").readFileSync(0, "utf8"));
Promise.all(answers.map((answer) => jsonata(transform).evaluate(answer))).then((made) =>
  console.log(JSON.stringify(made)),
);
"""

MISSING = [name for name in ("curl", "jq") if shutil.which(name) is None]
if MISSING and not os.environ.get("CI"):
    pytest.skip(f"not installed: {', '.join(MISSING)}", allow_module_level=True)


def run(*command: str | Path, folder: Path, text: str = "") -> str:
    """Run a command in a folder and return what it prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Reader:
    """Somebody with a folder, who reads the catalog at an address."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address.rstrip("/")
        self.folder = folder

    def recipe(self, name: str) -> str:
        """Return a recipe for the address of the test."""
        return RECIPES[name].replace(ADDRESS, self.address)

    def shell(self, name: str) -> str:
        """Run a recipe of the shell and return what it prints."""
        return run("bash", "-euo", "pipefail", "-c", self.recipe(name), folder=self.folder)

    def python(self, name: str) -> str:
        """Run a recipe in Python and return what it prints."""
        return run(sys.executable, "-", folder=self.folder, text=self.recipe(name))


@pytest.fixture
def reader(address: str, tmp_path: Path) -> Reader:
    return Reader(address, tmp_path)


@pytest.fixture(scope="module")
def plugins(built_tree: Path) -> list[PluginInfo]:
    return Catalog.open(built_tree).list()["results"]


def test_every_block_of_the_page_is_tested() -> None:
    assert len(RECIPES) == PAGE.count("\n```") // 2
    tested = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in RECIPES if f'"{name}"' not in tested] == []


def test_curl_and_jq_read_the_newest_version(reader: Reader, built_tree: Path) -> None:
    versions = Catalog.open(built_tree).get_versions("plugin-aws-sns-mon-webhook")
    assert reader.shell("version") == f"{versions['results'][0]}\n"


def test_curl_and_jq_read_all_plugins(reader: Reader, plugins: list[PluginInfo]) -> None:
    shown = reader.shell("plugins").splitlines()
    aws = [plugin for plugin in plugins if plugin.get("provider") == "aws"]
    assert shown == [f"{plugin['plugin_id']}\t{plugin['image']}" for plugin in aws]
    lines = (reader.folder / "plugins.ndjson").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == plugins
    command = f"catalogctl list --format ndjson --from {ADDRESS}/"
    assert f"`{command}`" in PAGE
    asked = command.replace(ADDRESS, reader.address).split()
    printed = run(*asked, folder=reader.folder).splitlines()
    assert [json.loads(line) for line in printed] == plugins


def test_curl_reads_a_list_in_parts(reader: Reader) -> None:
    """The expression of jq finds the parts where there are some."""
    expression = re.search(r"jq -r '(\.lists[^']*)'", RECIPES["plugins"])
    assert expression is not None
    index = {"lists": {"all": {"parts": [{"path": "parts/a.json"}, {"path": "parts/b.json"}]}}}
    paths = run("jq", "-r", expression[1], folder=reader.folder, text=json.dumps(index))
    assert paths.split() == ["parts/a.json", "parts/b.json"]


def test_curl_and_jq_read_the_versions_of_all_plugins(reader: Reader, built_tree: Path) -> None:
    catalog = Catalog.open(built_tree)
    shown = [line.split("\t") for line in reader.shell("versions").splitlines()]
    ids = sorted(each["plugin_id"] for each in catalog.list()["results"])
    newest = {each: [*catalog.get_versions(each)["results"], "none"][0] for each in ids}
    assert shown == [[each, newest[each]] for each in ids]


def test_what_has_not_changed_is_not_read_again(reader: Reader) -> None:
    reader.shell("changed")
    index = reader.folder / "index.json"
    first = index.read_bytes()
    assert json.loads(first)["schema_version"] == 1
    index.write_text("as it was")
    reader.shell("changed")
    assert index.read_text() == "as it was"
    (reader.folder / "etag").write_text('"another"')
    reader.shell("changed")
    assert index.read_bytes() == first


def written(folder: Path, plugins: list[PluginInfo]) -> None:
    lines = "".join(f"{json.dumps(plugin)}\n" for plugin in plugins)
    (folder / "plugins.ndjson").write_text(lines, encoding="utf-8")


def test_duckdb_counts_labels(reader: Reader, built_tree: Path, plugins: list[PluginInfo]) -> None:
    written(reader.folder, plugins)
    printed = run(sys.executable, "-c", DUCKDB, folder=reader.folder, text=RECIPES["duckdb"])
    rows = Catalog.open(built_tree).saved("stat", "by-label")["results"]
    counted = sorted((-row["count"], row["label"]) for row in rows if row["label"])
    assert printed.strip() == str([(label, -count) for count, label in counted[:5]])


def test_pandas_counts_service_types(reader: Reader, plugins: list[PluginInfo]) -> None:
    written(reader.folder, plugins)
    counts: dict[str, int] = {}
    for plugin in plugins:
        counts[plugin["service_type"]] = counts.get(plugin["service_type"], 0) + 1
    rows = [line.split() for line in reader.python("pandas").splitlines()[1:]]
    assert [(kind, int(count)) for kind, count in rows] == sorted(counts.items())


def transformed(transform: str, answers: list[Any]) -> list[Any]:
    """Return what JSONata makes of answers."""
    if not JSONATA.exists():
        reason = "JSONata needs node and npm: apt-get install nodejs npm, then make test"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    question = json.dumps({"transform": transform, "answers": answers})
    printed = run(node(), "-e", EVALUATE, str(JSONATA), folder=ROOT, text=question)
    made: list[Any] = json.loads(printed)
    return made


def test_renovate_gets_the_versions_of_the_plugins_that_a_file_names(reader: Reader) -> None:
    """Of its custom datasource: the address, and the transformation; of its manager: the match."""
    settings = json.loads(reader.recipe("renovate"))
    source = settings["customDatasources"]["catalog"]
    (manager,) = settings["customManagers"]
    (pattern,) = manager["matchStrings"]
    found = re.search(pattern.replace("(?<", "(?P<"), RECIPES["used"])
    assert found is not None
    assert found["currentValue"] == "1.2.1"
    assert re.search(manager["managerFilePatterns"][0].strip("/"), "some/folder/plugins.yaml")
    assert manager["datasourceTemplate"] == "custom.catalog"
    address = source["defaultRegistryUrlTemplate"].replace("{{packageName}}", found["depName"])
    (transform,) = source["transformTemplates"]
    (made,) = transformed(transform, [requests.get(address, timeout=30).json()])
    assert {"version": found["currentValue"]} in made["releases"]
    assert len(made["releases"]) > 1


@pytest.mark.parametrize("versions", [[], ["1.0"], ["2.0", "1.0"]], ids=["none", "one", "two"])
def test_renovate_gets_a_list_of_however_many_versions(versions: list[str]) -> None:
    (transform,) = json.loads(RECIPES["renovate"])["customDatasources"]["catalog"][
        "transformTemplates"
    ]
    answer = {"results": versions, "total_count": len(versions)}
    assert transformed(transform, [answer]) == [{"releases": [{"version": v} for v in versions]}]


def test_a_badge_is_what_shields_reads(reader: Reader, built_tree: Path) -> None:
    addresses = re.findall(r"\((\S+)\)", RECIPES["badge"])
    (asked,) = parse_qs(urlsplit(addresses[0]).query)["url"]
    badge = requests.get(asked.replace(ADDRESS, reader.address), timeout=30).json()
    newest = Catalog.open(built_tree).get_versions("plugin-aws-sns-mon-webhook")["results"][0]
    assert (badge["schemaVersion"], badge["message"]) == (1, newest)
    assert set(badge) <= {"schemaVersion", "label", "message", "color", "isError"}
    picture = requests.get(addresses[1].replace(ADDRESS, reader.address), timeout=30)
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert newest in picture.text


def test_a_script_reads_the_feed_of_releases(reader: Reader) -> None:
    lines = reader.python("feed").splitlines()
    assert lines
    assert all(re.fullmatch(r"20\d\d-\S+Z https://\S+/plugins/plugin-\S+", line) for line in lines)
    assert lines == sorted(lines, key=lambda line: line.partition(" ")[0], reverse=True)


def test_a_mirror_is_the_catalog_file_by_file(reader: Reader, built_tree: Path) -> None:
    reader.shell("mirror")
    mirror = reader.folder / "mirror"
    copied = {
        path.relative_to(mirror): path.read_bytes() for path in mirror.rglob("*") if path.is_file()
    }
    assert copied == {
        path.relative_to(built_tree): path.read_bytes()
        for path in built_tree.rglob("*")
        if path.is_file() and path.name not in {"_headers", ".nojekyll"}
    }
    assert len(copied) > 100
