"""The shipped catalog is whole: what it lists, and how its files are laid out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from catalogctl import schemas
from support import seed
from support.schemas import ROOT

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = ROOT / "catalog"
PLUGINS = sorted((CATALOG / "plugins").iterdir())
OF_THE_EXAMPLES = {
    "plugin-jira-noti-protocol",
    "plugin-aws-sns-mon-webhook",
    "plugin-api-direct-mon-webhook",
    "plugin-aws-hyperbilling-cost-datasource",
}
EACH = pytest.mark.parametrize("file", PLUGINS, ids=lambda file: file.stem)


def test_it_has_the_four_plugins_of_the_examples_and_22_real_ones() -> None:
    assert {file.stem for file in PLUGINS} > OF_THE_EXAMPLES
    assert len(PLUGINS) == 26


@EACH
def test_a_plugin_file_helps_the_editor_and_keeps_the_order_of_the_fields(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../../schemas/PluginFile.schema.json"
    assert (file.parent / first.partition("=")[2]).resolve().is_file()
    fields = list(yaml.safe_load(text))
    assert fields == [name for name in schemas.fields("PluginFile") if name in fields]
    assert text.endswith("\n")


@EACH
def test_a_plugin_says_what_it_does(file: Path) -> None:
    description = yaml.safe_load(file.read_text(encoding="utf-8"))["tags"]["description"]
    assert 20 <= len(description) <= 120
    assert not description.endswith(".")


def test_settings_and_queries_help_the_editor_too() -> None:
    for file in (CATALOG / "catalog.yaml", *(CATALOG / "queries").iterdir()):
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# yaml-language-server: $schema=../")
        assert (file.parent / first.partition("=")[2]).resolve().is_file()


def test_the_one_lock_holds_the_versions_of_the_example_and_no_invented_digest() -> None:
    (file,) = (CATALOG / "versions").iterdir()
    text = file.read_text(encoding="utf-8")
    lock = json.loads(text)
    assert file.name == "plugin-aws-sns-mon-webhook.json"
    assert text == json.dumps(lock, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert set(lock) == set(schemas.fields("Lock"))
    assert [row["tag"] for row in lock["versions"]] == seed.read("get-versions-response")["results"]
    assert {row["digest"] for row in lock["versions"]} == {None}
    assert (lock["resolved_via"], lock["latest"], lock["total_count"]) == ("manual", "1.2.2", 5)


def test_it_shows_a_deprecated_plugin_with_its_successor_and_a_disabled_one() -> None:
    plugins = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in PLUGINS}
    deprecated = [plugin["deprecated"] for plugin in plugins.values() if "deprecated" in plugin]
    assert [each["successor"] in plugins for each in deprecated] == [True]
    assert [plugin["state"] for plugin in plugins.values() if "state" in plugin] == ["DISABLED"]
    # The examples of the API show their plugins enabled.
    assert not any("state" in plugins[name] for name in OF_THE_EXAMPLES)


def test_several_plugins_are_described_at_length() -> None:
    described = {file.parent.name for file in CATALOG.glob("docs/*/README.md")}
    assert len(described) >= 3
    assert described <= {file.stem for file in PLUGINS}
