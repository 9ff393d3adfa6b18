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
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pytest

    from catalogctl.jsontypes import JSONObject
    from support.gateway import RunningGateway

SHARED = "plugin-shared"
OWN = "repo-123456789012"
IDS = {"own": OWN, "one": "repo-one", "two": "repo-two"}
VERSIONS: Mapping[str, Sequence[str]] = {"own": [], "one": ["one.1"], "two": ["two.1"]}
NOWHERE = (
    ("plugin-unknown", None),
    ("plugin-unknown", "repo-one"),
    ("plugin-two", "repo-one"),
    (SHARED, "repo-unknown"),
)
"""Plugins, and repositories that don't have them; None are all."""
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
    """The ways to ask: files, Python, the command line, and the gateway by both protocols."""

    def __init__(
        self, tree: Path, running: RunningGateway, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._catalog = Catalog.open(tree)
        self._tree = tree
        self._running = running
        self._capsys = capsys

    def one(self, call: str, plugin_id: str, repository_id: str | None) -> Iterator[Any]:
        """Yield what each way answers to `get` or `get_versions`, None if it is not there."""
        yield self._file(call, plugin_id, repository_id)
        ask = getattr(self._catalog, call)
        yield _answered(partial(ask, plugin_id, repository_id=repository_id))
        given = ["--repository-id", repository_id] if repository_id else []
        yield self._printed(call.replace("_", "-"), plugin_id, *given)
        request: JSONObject = {"plugin_id": plugin_id}
        if repository_id:
            request["repository_id"] = repository_id
        yield from self._called(f"Plugin.{call}", request)

    def many(self, call: str, query: JSONObject, repository_id: str) -> Iterator[Any]:
        """Yield what each way answers to `list` or `stat`, None if there is no such repository."""
        if call == "list" and not query:
            yield self._list_file(repository_id)
        ask = getattr(self._catalog, call)
        yield _answered(partial(ask, query, repository_id=repository_id))
        file = self._tree.parent / "query.json"
        file.write_text(json.dumps(query))
        yield self._printed(call, "--query", str(file), "--repository-id", repository_id)
        request: JSONObject = {"query": query, "repository_id": repository_id}
        yield from self._called(f"Plugin.{call}", request)

    def _file(self, call: str, plugin_id: str, repository_id: str | None) -> Any:
        """Return the answer in files, by the rule of repositories for those who have HTTP alone."""
        folder = call.replace("_", "-")
        places = [f"repository/v1/plugin/{{}}/{plugin_id}.json"]
        if repository_id not in {None, "*"}:
            places.append(f"repositories/{repository_id}/plugin/{{}}/{plugin_id}.json")
        for place in places:
            info = self._read(place.format("get"))
            if info and (repository_id in {None, "*"} or repository_of(info) == repository_id):
                return self._read(place.format(folder))
        return None

    def _list_file(self, repository_id: str) -> Any:
        name = "every" if repository_id == "*" else "all"
        is_own = repository_id in {"*", OWN}
        folder = "repository/v1" if is_own else f"repositories/{repository_id}"
        return self._read(f"{folder}/plugin/list/{name}.json")

    def _read(self, path: str) -> Any:
        file = self._tree / path
        return json.loads(file.read_bytes()) if file.exists() else None

    def _printed(self, *arguments: str) -> Any:
        self._capsys.readouterr()
        code = main([*arguments, "--from", str(self._tree), "--format", "json"])
        printed = json.loads(self._capsys.readouterr().out)
        assert code == 0 or printed["error"] == "ERROR_NOT_FOUND"
        return printed if code == 0 else None

    def _called(self, call: str, request: JSONObject) -> Iterator[Any]:
        status, answer = self._running.ask("POST", POSTS[call], request)
        if status != 200:
            is_one = call in {"Plugin.get", "Plugin.get_versions"}
            code = "ERROR_NO_PLUGIN" if is_one else "ERROR_NOT_FOUND"
            assert answer["detail"]["code"] == code
            assert self._running.refusal(call, request).code == code
            yield None
            return
        yield answer
        by_grpc = self._running.call(call, request)
        has_count = call in {"Plugin.list", "Plugin.get_versions"}
        at_defaults = {"results": [], "total_count": 0} if has_count else {}
        yield {**at_defaults, **by_grpc}


def _answered(ask: Callable[[], Any]) -> Any:
    """Return what the Python API answers, None if it is not there."""
    try:
        return ask()
    except ApiError as error:
        if error.code != "ERROR_NOT_FOUND":
            raise
        return None


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
            look_at(Ways(tree, running, capsys), having, QUERIES[: 1 if number else None])


def look_at(ways: Ways, having: Sequence[str], queries: Sequence[JSONObject]) -> None:
    """Ask all calls in all ways; `having` are the repositories that have the shared plugin."""
    for repository_id, name in (
        (None, ""),
        ("*", ""),
        *((each, name) for name, each in IDS.items()),
    ):
        info = the_one(ways.one("get", SHARED, repository_id))
        tags = the_one(ways.one("get_versions", SHARED, repository_id))
        first = next((each for each in having if name in {"", each}), None)
        assert (info and repository_of(info)) == (first and IDS[first])
        assert (tags and tags["results"]) == (first and VERSIONS[first])
    for plugin_id, nowhere in NOWHERE:
        assert the_one(ways.one("get", plugin_id, nowhere)) is None
        assert the_one(ways.one("get_versions", plugin_id, nowhere)) is None
    for asked in ("*", *IDS.values()):
        for query in queries:
            assert the_one(ways.many("list", query, asked)) is not None
        counted = the_one(ways.many("stat", COUNTS, asked))["results"]
        assert {row["repository"]: row["n"] for row in counted} == {
            each: 1 + (name in having) for name, each in IDS.items() if asked in {"*", each}
        }
    assert the_one(ways.many("list", {}, "repo-unknown")) is None
    assert the_one(ways.many("stat", COUNTS, "repo-unknown")) is None


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
