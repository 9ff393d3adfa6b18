"""One answer in every way: files, Python, the command line, and the gateway by both protocols."""

from __future__ import annotations

import json
import shutil
from functools import partial
from typing import TYPE_CHECKING, Any

from catalogctl import ApiError, Catalog
from catalogctl.cli.main import main
from support.catalogs import SETTINGS, plugin, write_catalog
from support.gateway import POSTS, gateway
from support.upstreams import files, settings
from support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pytest

    from catalogctl.jsontypes import JSONObject
    from support.gateway import RunningGateway

SHARED = "plugin-shared"
OWN = "repo-123456789012"
EDITIONS = (("own", "one", "two"), ("one", "two"), ("two",), ())
"""The repositories that have the shared plugin: it is removed from one after the other."""
QUERIES: list[JSONObject] = [
    {},
    {"sort": {"key": "plugin_id"}, "only": ["plugin_id", "repository_info"]},
    {"keyword": "two"},
    {"filter": [{"k": "provider", "v": "aws", "o": "eq"}], "page": {"start": 2, "limit": 2}},
]
COUNTS: JSONObject = {
    "aggregate": [
        {
            "group": {
                "keys": [{"key": "repository_id", "name": "repository"}],
                "fields": [{"name": "n", "operator": "count"}],
            }
        }
    ]
}


def build(folder: Path, having: Sequence[str]) -> Path:
    """Build a catalog of three repositories, of which some have the shared plugin."""
    shutil.rmtree(folder / "catalog", ignore_errors=True)
    written: dict[str, str | bytes] = {"plugins/plugin-own.yaml": plugin("plugin-own")}
    if "own" in having:
        written[f"plugins/{SHARED}.yaml"] = plugin(SHARED)
    for name in ("one", "two"):
        shared = {SHARED: (f"{name}.1",)} if name in having else {}
        written |= files(name, {**shared, f"plugin-{name}": ("1.0",)})
    catalog = write_catalog(folder / "catalog", written, settings("one", "two"))
    command = ["build", "--catalog", str(catalog), "--out", str(folder / "public"), "--no-cache"]
    assert main([*command, "--quiet"]) == 0
    return folder / "public"


def repository_of(info: Any) -> str:
    """Return the id of a plugin's repository."""
    return str(info["repository_info"]["repository_id"])


class Ways:
    """The ways to get one plugin, to list plugins and to count them."""

    def __init__(
        self, tree: Path, running: RunningGateway, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._catalog = Catalog.open(tree)
        self._tree = tree
        self._running = running
        self._capsys = capsys

    def get(self, repository_id: str | None) -> Iterator[Any]:
        """Yield the shared plugin as each way returns it, None if it is not there."""
        try:
            yield self._catalog.get(SHARED, repository_id=repository_id)
        except ApiError:
            yield None
        given = ["--repository-id", repository_id] if repository_id else []
        yield self._printed("get", SHARED, *given)
        request: JSONObject = {"plugin_id": SHARED}
        if repository_id:
            request["repository_id"] = repository_id
        yield from self._called("Plugin.get", request)

    def list(self, query: JSONObject, repository_id: str) -> Iterator[Any]:
        """Yield the answer to a query over a repository as each way returns it."""
        yield self._catalog.list(query, repository_id=repository_id)
        file = self._tree.parent / "query.json"
        file.write_text(json.dumps(query))
        yield self._printed("list", "--query", str(file), "--repository-id", repository_id)
        yield from self._called("Plugin.list", {"query": query, "repository_id": repository_id})

    def stat(self) -> Iterator[Any]:
        """Yield the plugins of each repository as each way counts them."""
        yield self._catalog.stat(COUNTS, repository_id="*")
        yield from self._called("Plugin.stat", {"query": COUNTS})

    def _printed(self, *arguments: str) -> Any:
        self._capsys.readouterr()
        code = main([*arguments, "--from", str(self._tree), "--format", "json"])
        printed = json.loads(self._capsys.readouterr().out)
        assert (code == 0) is ("error" not in printed)
        return printed if code == 0 else None

    def _called(self, call: str, request: JSONObject) -> Iterator[Any]:
        status, answer = self._running.ask("POST", POSTS[call], request)
        if status != 200:
            assert answer["detail"]["code"] == "ERROR_NO_PLUGIN"
            assert self._running.refusal(call, request).code == "ERROR_NO_PLUGIN"
            yield None
            return
        yield answer
        by_grpc = self._running.call(call, request)
        at_defaults = {"results": [], "total_count": 0} if call == "Plugin.list" else {}
        yield {**at_defaults, **by_grpc}


def the_one(answers: Iterator[Any]) -> Any:
    """Return what all ways answer."""
    first, *others = answers
    assert others
    assert all(each == first for each in others), (first, others)
    return first


def test_all_ways_answer_alike_while_a_plugin_is_removed_from_one_repository_after_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = build(tmp_path, EDITIONS[0])
    with gateway(tree, "--refresh", "0.1") as running:
        for number, having in enumerate(EDITIONS):
            if number:
                build(tmp_path, having)
                wait_until(partial(has_served, running, number))
            ways = Ways(tree, running, capsys)
            ids = {"own": OWN, "one": "repo-one", "two": "repo-two"}
            found = the_one(ways.get(None))
            if having:
                assert repository_of(found) == ids[having[0]]
                file = tree / "repository/v1/plugin/get" / f"{SHARED}.json"
                assert json.loads(file.read_bytes()) == found
            else:
                assert found is None
            for name, repository_id in ids.items():
                one = the_one(ways.get(repository_id))
                assert (repository_of(one) if one else None) == (
                    repository_id if name in having else None
                )
            for query in QUERIES[: 1 if number else None]:
                for repository_id in ("*", *ids.values()):
                    the_one(ways.list(query, repository_id))
            counted = the_one(ways.stat())["results"]
            assert {row["repository"]: row["n"] for row in counted} == {
                repository_id: 1 + (name in having) for name, repository_id in ids.items()
            }


def has_served(running: RunningGateway, editions: int) -> bool:
    """Return whether a gateway has served so many new editions."""
    return sum('"event": "edition"' in line for line in running.log) == editions


def test_what_is_imported_from_a_gateway_is_what_it_serves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The round trip: a tree, a gateway of it, `import`, and the tree of what was imported."""
    given = {
        "plugins/plugin-a.yaml": plugin(
            "plugin-a",
            provider="aws",
            labels="[a, b]",
            tags="{limit: 4.0, deep: [{n: 1, none: null}]}",
            template="{options: {schema: {type: object, properties: {n: {minimum: 0.5}}}}}",
            capability="{supported_schema: [aws]}",
        ),
        "plugins/plugin-b.yaml": plugin("plugin-b", state="DISABLED", project_id="project-1"),
    }
    original = write_catalog(tmp_path / "catalog", given)
    trees = [tmp_path / name for name in ("first", "second")]
    now = ["--quiet", "--no-cache"]
    assert main(["build", "--catalog", str(original), "--out", str(trees[0]), *now]) == 0
    imported = write_catalog(tmp_path / "imported", {}, SETTINGS)
    with gateway(trees[0]) as running:
        url = f"http://{running.http}/repository/v1/plugins"
        assert main(["import", url, "--catalog", str(imported)]) == 0
        by_grpc = running.call("Plugin.list", {})["results"]
    assert main(["build", "--catalog", str(imported), "--out", str(trees[1]), *now]) == 0
    capsys.readouterr()
    first, second = (Catalog.open(tree).list()["results"] for tree in trees)
    assert second == first
    assert by_grpc == first
