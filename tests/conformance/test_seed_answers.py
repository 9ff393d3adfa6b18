"""A catalog of the API's own examples, built, answers what they show, field by field.

It is the shipped catalog, in which two service types are spelled right, with the examples' own;
where an example has no description, the catalog's own is expected. Not compared: the dates, which
are those of this repository's history, and repository_info, which is this catalog's own. The
example of get_versions counts 1 beside five versions: a slip.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.build import BuildOptions, build
from support import seed
from support.schemas import ROOT, validators

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

API = "repository/v1/plugin"
BASE_URL = "https://plugins.example.org/below/"
OWN = ("repository_info", "created_at", "updated_at")


def _row(position: int) -> JSONObject:
    rows = seed.read("list-response")["results"]
    assert isinstance(rows, list)
    row = rows[position]
    assert isinstance(row, dict)
    return row


EXAMPLES = {
    "plugin-jira-noti-protocol": seed.read("register-response"),
    "plugin-aws-sns-mon-webhook": seed.read("get-response"),
    "plugin-api-direct-mon-webhook": _row(0),
    "plugin-aws-hyperbilling-cost-datasource": _row(1),
}


@pytest.fixture(scope="module")
def built_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the tree; what is misspelt in the examples is valid text."""
    folder = tmp_path_factory.mktemp("seed")
    catalog = Path(shutil.copytree(ROOT / "catalog", folder / "catalog"))
    for plugin_id, example in EXAMPLES.items():
        file = catalog / "plugins" / f"{plugin_id}.yaml"
        text = file.read_text("utf-8")
        line = f"service_type: {example['service_type']}\n"
        file.write_text(re.sub(r"(?m)^service_type: .*\n", line, text), "utf-8")
    built = build(
        BuildOptions(
            catalog,
            folder / "public",
            environ={"SOURCE_DATE_EPOCH": "1767225600"},
            generator="catalogctl",
            base_url=BASE_URL,
            allow_shallow=True,
            durable=False,
        )
    )
    assert {problem.code for problem in built.problems} == {"similar-value"}
    return folder / "public"


@pytest.mark.parametrize("plugin_id", EXAMPLES)
def test_get_answers_what_the_example_shows(built_tree: Path, plugin_id: str) -> None:
    answer = _read(built_tree / API / "get" / f"{plugin_id}.json")
    assert _compared(answer) == _described(_compared(EXAMPLES[plugin_id]), answer)
    assert list(answer) == list(EXAMPLES[plugin_id])
    assert validators("PluginInfo").accept(answer)


@pytest.mark.parametrize("plugin_id", EXAMPLES)
def test_list_holds_the_very_object_that_get_answers(built_tree: Path, plugin_id: str) -> None:
    answer = _read(built_tree / API / "list" / "all.json")
    rows = answer["results"]
    assert isinstance(rows, list)
    assert answer["total_count"] == len(rows)
    assert validators("PluginsInfo").accept(answer)
    found = [row for row in rows if isinstance(row, dict) and row["plugin_id"] == plugin_id]
    assert found == [_read(built_tree / API / "get" / f"{plugin_id}.json")]


def test_numbers_are_published_as_they_were_written(built_tree: Path) -> None:
    text = (built_tree / API / "get" / "plugin-jira-noti-protocol.json").read_text("utf-8")
    assert '"minLength":4.0' in text


def test_get_versions_answers_the_versions_of_the_example(built_tree: Path) -> None:
    path = built_tree / API / "get-versions" / "plugin-aws-sns-mon-webhook.json"
    assert _read(path) == {**seed.read("get-versions-response"), "total_count": 5}
    assert validators("VersionsInfo").accept(_read(path))


@pytest.mark.parametrize("plugin_id", sorted(EXAMPLES.keys() - {"plugin-aws-sns-mon-webhook"}))
def test_a_plugin_without_a_lock_has_no_versions(built_tree: Path, plugin_id: str) -> None:
    answer = _read(built_tree / API / "get-versions" / f"{plugin_id}.json")
    assert answer == {"results": [], "total_count": 0}


@pytest.mark.parametrize(
    ("message", "pattern"),
    [
        ("Index", "index.json"),
        ("Manifest", "manifest.json"),
        ("PluginInfo", f"{API}/get/*.json"),
        ("VersionsInfo", f"{API}/get-versions/*.json"),
        ("PluginsInfo", f"{API}/list/all.json"),
        ("PluginsInfo", f"{API}/list/*/**/*.json"),
        ("VersionsList", f"{API}/list/versions.json"),
        ("StatResult", f"{API}/stat/*.json"),
        ("Answer", f"{API}/answers/*.json"),
        ("Lock", "versions/*.json"),
        ("Badge", "badges/*.json"),
    ],
)
def test_every_published_file_is_what_its_schema_says(
    built_tree: Path, message: str, pattern: str
) -> None:
    files = sorted(built_tree.glob(pattern))
    assert files
    for file in files:
        assert validators(message).accept(_read(file)), file


def _read(path: Path) -> JSONObject:
    answer: JSONObject = json.loads(path.read_text(encoding="utf-8"))
    return answer


def _compared(info: JSONObject) -> dict[str, JSON]:
    return {name: value for name, value in info.items() if name not in OWN}


def _described(example: dict[str, JSON], answer: JSONObject) -> dict[str, JSON]:
    """Return an example with the description of the answer, if it has none of its own."""
    tags, own = example["tags"], answer["tags"]
    assert isinstance(tags, dict)
    assert isinstance(own, dict)
    return {**example, "tags": {"description": own["description"], **tags}}
