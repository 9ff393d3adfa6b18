"""One value for each way of being wrong that a schema knows; all else about it is right."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, NamedTuple

import pytest
from jsonschema import Draft7Validator

from support.schemas import schema, validators

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject


class Case(NamedTuple):
    """A change of a schema's example: at these steps, this value."""

    message: str
    steps: str
    value: JSON


FILE, SETTINGS, LOCK = "PluginFile", "CatalogSettings", "Lock"
HEX = "sha256:" + "a" * 64
WRONG = (
    Case(FILE, "name", 7),
    Case(FILE, "name", None),
    Case(FILE, "image", ["acme/a"]),
    Case(FILE, "state", "enabled"),
    Case(FILE, "state", "NONE"),
    Case(FILE, "registry_type", "HARBOR"),
    Case(FILE, "registry_config", []),
    Case(FILE, "capability", "none"),
    Case(FILE, "labels", "jira"),
    Case(FILE, "labels", ["jira", ""]),
    Case(FILE, "labels", [None]),
    Case(FILE, "lables", []),
    Case(FILE, "repository_info", {}),
    Case(FILE, "domain_id", " "),
    Case(FILE, "versions", {"patterns": "v"}),
    Case(FILE, "versions", "v.*"),
    Case(FILE, "maintainers", "@me"),
    Case(FILE, "deprecated", {}),
    Case(FILE, "deprecated", "yes"),
    Case(FILE, "deprecated", {"reason": "  "}),
    Case(FILE, "deprecated", {"reason": "Old", "until": "2022"}),
    Case("CreatePluginRequest", "state", "ENABLED"),
    Case("CreatePluginRequest", "plugin_id", "plugin-a"),
    Case("CreatePluginRequest", "registry_url", "ghcr.io"),
    Case("CreatePluginRequest", "tags", None),
    Case("UpdatePluginRequest", "image", "acme/b"),
    Case("UpdatePluginRequest", "state", "DISABLED"),
    Case("PluginRequest", "repository_id", "repo-1"),
    Case("GetRepositoryPluginRequest", "only", "image"),
    Case("PluginQuery", "order", "name"),
    Case("PluginQuery", "state", "enabled"),
    Case("PluginQuery", "query", []),
    Case("PluginStatQuery", "query", None),
    Case("PluginStatQuery", "state", "ENABLED"),
    Case("Query", "filter", {}),
    Case("Query", "filter", [None]),
    Case("Query", "filter", [{"key": "name", "op": "eq"}]),
    Case("Query", "page", {"start": -1}),
    Case("Query", "page", {"limit": 1.5}),
    Case("Query", "only", [1]),
    Case("Query", "aggregate", []),
    Case("StatisticsQuery", "sort", {"key": "name"}),
    Case("StatisticsQuery", "aggregate", [{"match": {}}]),
    Case("StatisticsQuery", "aggregate", [{"limit": "1"}]),
    Case("SavedQuery", "kind", "get"),
    Case("SavedQuery", "title", None),
    Case("SavedQuery", "chart", "pie"),
    Case("SavedQuery", "query", {"only": ["name"]}),
    Case("SavedQuery", "query", []),
    Case("SavedQuery", "params", {"labels": "aws"}),
    Case(SETTINGS, "repository", None),
    Case(SETTINGS, "repository/repository_type", "managed"),
    Case(SETTINGS, "repository/domain_id", "domain-1"),
    Case(SETTINGS, "defaults/state", "DISABLED"),
    Case(SETTINGS, "defaults/registry_type", "HARBOR"),
    Case(SETTINGS, "registries", ["ghcr.io"]),
    Case(SETTINGS, "registries/ghcr.io", {"password": "x"}),
    Case(SETTINGS, "registries/ghcr.io", {"insecure": "yes"}),
    Case(SETTINGS, "policy/image_name_max_length", 0),
    Case(SETTINGS, "policy/image_name_max_length", 40.5),
    Case(SETTINGS, "policy/updatable", ["colour"]),
    Case(SETTINGS, "policy/auto_merge/locks", "false"),
    Case(SETTINGS, "policy/auto_merge/locks", "@bot\n@eve"),
    Case(SETTINGS, "policy/auto_merge/owners", []),
    Case(SETTINGS, "site/page_size", 0),
    Case(SETTINGS, "site/page_size", "100"),
    Case(SETTINGS, "site/list_parts_above", 0),
    Case(SETTINGS, "site/links", [{"text": "Docs"}]),
    Case(SETTINGS, "site/colour", "red"),
    Case(SETTINGS, "upstreams", {}),
    Case(SETTINGS, "upstreams", [{"name": "Market place", "repository_id": "repo-a"}]),
    Case(SETTINGS, "upstreams", [{"name": "a"}]),
    Case(SETTINGS, "upstreams", [{"name": "a", "repository_id": "repo-a", "max_plugins": 0}]),
    Case(SETTINGS, "upstreams", [{"name": "a", "repository_id": "repo-a", "git": "x"}]),
    Case(SETTINGS, "policy/auto_merge/upstream", "@bot"),
    Case(SETTINGS, "locks", {}),
    Case(LOCK, "lock_version", 2),
    Case(LOCK, "lock_version", "1"),
    Case(LOCK, "resolved_via", "magic"),
    Case(LOCK, "latest", "1.2.2\n"),
    Case(LOCK, "latest", ""),
    Case(LOCK, "latest", 1.2),
    Case(LOCK, "total_count", -1),
    Case(LOCK, "versions", {}),
    Case(LOCK, "versions", [{"tag": "../x"}]),
    Case(LOCK, "versions", [{"tag": ".hidden"}]),
    Case(LOCK, "versions", [{"tag": "a" * 129}]),
    Case(LOCK, "versions", [{"digest": HEX}]),
    Case(LOCK, "versions", [{"tag": "1.0", "digest": HEX + "a"}]),
    Case(LOCK, "versions", [{"tag": "1.0", "digest": HEX[:-1] + "\n"}]),
    Case(LOCK, "versions", [{"tag": "1.0", "digest": HEX.upper()}]),
    Case(LOCK, "versions", [{"tag": "1.0", "size": -1}]),
    Case(LOCK, "other_tags", {"<b>": None}),
    Case(LOCK, "other_tags", {"latest": "sha1:0"}),
    Case(LOCK, "source/image", None),
    Case(LOCK, "checked_at", "2022-01-01"),
    Case("PluginInfo", "state", None),
    Case("PluginInfo", "provider", None),
    Case("PluginInfo", "versions", {}),
    Case("PluginInfo", "created_at", "2022-01-01T08:02:38Z"),
    Case("PluginInfo", "created_at", "2022-01-01T08:02:38.094Z\n"),
    Case("PluginInfo", "repository_info/extra", 1),
    Case("PluginsInfo", "total_count", "2"),
    Case("PluginsInfo", "results", [{"colour": "red"}]),
    Case("VersionsInfo", "results", [1]),
    Case("Index", "schema_version", 3),
    Case("Index", "lists/all/parts", []),
    Case("Index", "lists/all/parts", [{"path": "parts/x.json"}]),
    Case("Index", "shards", []),
    Case("Index", "lists/all", {"path": "/etc/passwd", "size": 1, "sha256": "0" * 64}),
    Case("Manifest", "files", [{"path": "a", "size": 1, "sha256": "0" * 63}]),
    Case("Imported", "plugin-a", {"created_at": "yesterday"}),
    Case("Imported", "plugin-a", {}),
    Case("Empty", "plugin_id", "plugin-a"),
)

RIGHT = (
    Case(FILE, "provider", None),
    Case(FILE, "template", {"options": {"schema": {"minLength": 4.0}}, "other": None}),
    Case(FILE, "tags", {"tier": 1, "owner": None, "links": [{"rel": "docs"}]}),
    Case(FILE, "deprecated", {"reason": "Old", "successor": None}),
    Case(FILE, "labels", ["aws", "aws"]),
    Case(SETTINGS, "registries/ghcr.io", None),
    Case(SETTINGS, "site", None),
    Case(SETTINGS, "site/page_size", 1),
    Case("Query", "filter", [{"k": "provider", "v": None, "o": "eq"}]),
    Case("Query", "sort", None),
    Case("PluginQuery", "state", "NONE"),
    Case("PluginQuery", "query", None),
    Case("UpdatePluginRequest", "tags", None),
    Case(LOCK, "latest", None),
    Case(
        LOCK, "versions", [{"tag": "1.0", "digest": HEX, "size": 0, "platforms": ["linux/amd64"]}]
    ),
    Case(LOCK, "other_tags", {"latest": None, "_x": HEX}),
    Case("PluginsInfo", "results", [{"plugin_id": "plugin-a", "tags": {}}]),
)


def changed(case: Case) -> JSONObject:
    """Return the schema's first example with the change."""
    examples = schema(case.message)["examples"]
    assert isinstance(examples, list)
    value = deepcopy(examples[0])
    place = value
    *before, last = case.steps.split("/")
    for step in before:
        assert isinstance(place, dict)
        place = place.setdefault(step, {})
    assert isinstance(place, dict)
    place[last] = case.value
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("case", WRONG, ids=str)
def test_a_wrong_value_is_refused(case: Case) -> None:
    assert not validators(case.message).accept(changed(case))


@pytest.mark.parametrize("case", RIGHT, ids=str)
def test_an_unusual_value_is_fine(case: Case) -> None:
    assert validators(case.message).accept(changed(case))


@pytest.mark.parametrize("case", [*WRONG, *RIGHT], ids=str)
def test_an_editor_that_knows_only_draft_7_says_the_same(case: Case) -> None:
    if case.message in {FILE, SETTINGS, "SavedQuery"}:
        older = {**schema(case.message), "$schema": "http://json-schema.org/draft-07/schema#"}
        value = changed(case)
        assert Draft7Validator(older).is_valid(value) is validators(case.message).accept(value)
