"""One id in three repositories: every way to ask gives the same answer, whichever has it."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.catalog import Catalog
from catalogctl.cli.main import main
from catalogctl.errors import ApiError
from catalogctl.pipeline.build import BuildOptions, build
from catalogctl.pipeline.check import check
from catalogctl.query import UNNAMED
from support import schemas, upstreams
from support.catalogs import plugin, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

API = "repository/v1/plugin"
OWN, ONE, TWO = "repo-123456789012", "repo-one", "repo-two"
FILES: dict[str, str | bytes] = {
    "plugins/plugin-a.yaml": plugin("plugin-a"),
    "plugins/plugin-own.yaml": plugin("plugin-own"),
    "queries/of-one.yaml": "kind: list\ntitle: One\nquery: {only: [plugin_id]}\n"
    "params: {repository_id: repo-one}\n",
    "queries/of-all.yaml": "kind: list\ntitle: All\nquery: {count_only: true}\n"
    "params: {repository_id: '*'}\n",
    **upstreams.files("one", {"plugin-a": ["1.1", "1.0"], "plugin-b": ["2.0-rc1", "1.0"]}),
    **upstreams.files("two", {"plugin-a": ["3.0"], "plugin-b": [], "plugin-c": ["4.0"]}),
}
TIME = "2026-01-01T00:00:00.000Z"
LOCATION = re.compile("<loc>([^<]+)</loc>")
ENVIRON = {"SOURCE_DATE_EPOCH": "1767225600"}


def made(folder: Path, *without: str, site: str = "") -> tuple[Path, Path]:
    """Build a catalog with all but some of the files; return its folder and that of the tree."""
    kept = {path: data for path, data in FILES.items() if path not in without}
    catalog = write_catalog(folder / "catalog", kept, upstreams.settings("one", "two", more=site))
    out = folder / "public"
    built = build(BuildOptions(catalog, out, environ=ENVIRON, base_url="https://c.example/"))
    assert built.published, built.problems
    return catalog, out


@pytest.fixture(scope="module")
def catalog_and_tree(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return made(tmp_path_factory.mktemp("three"))


@pytest.fixture(params=["folder", "tree"])
def catalog(request: pytest.FixtureRequest, catalog_and_tree: tuple[Path, Path]) -> Catalog:
    """The catalog, read from its files and from its tree."""
    folder, tree = catalog_and_tree
    return Catalog.open(folder if request.param == "folder" else tree)


def read(tree: Path, path: str) -> Any:
    return json.loads((tree / path).read_bytes())


def image(answer: Any) -> str:
    return str(answer["image"])


def test_the_first_repository_that_has_a_plugin_answers(catalog: Catalog) -> None:
    assert image(catalog.get("plugin-a")) == "acme/plugin-a"
    assert image(catalog.get("plugin-b")) == "one/plugin-b"
    assert image(catalog.get("plugin-c", repository_id="*")) == "two/plugin-c"
    assert catalog.get_versions("plugin-b") == {"results": ["2.0-rc1", "1.0"], "total_count": 2}
    assert catalog.get_versions("plugin-a") == {"results": [], "total_count": 0}


def test_a_repository_answers_alone_if_it_is_named(catalog: Catalog) -> None:
    for repository_id, expected in ((OWN, "acme"), (ONE, "one"), (TWO, "two")):
        found = catalog.get("plugin-a", repository_id=repository_id)
        assert image(found) == f"{expected}/plugin-a"
        assert found["repository_info"]["repository_id"] == repository_id
    assert catalog.get_versions("plugin-a", repository_id=TWO)["results"] == ["3.0"]
    for plugin_id, repository_id in (("plugin-c", ONE), ("plugin-b", OWN), ("plugin-own", TWO)):
        with pytest.raises(ApiError, match="not in this catalog") as raised:
            catalog.get(plugin_id, repository_id=repository_id)
        assert raised.value.code == "ERROR_NOT_FOUND"


@pytest.mark.parametrize(
    ("plugin_id", "repository_id", "meant"),
    [
        ("Plugin-Own", None, "plugin-own"),
        ("plugin-ownn", None, "plugin-own"),
        ("acme/plugin-c", None, "plugin-c"),
        ("plugin-c.yaml", "*", "plugin-c"),
        ("Plugin-B", ONE, "plugin-b"),
        ("own.yaml", ONE, ""),
    ],
)
def test_a_plugin_that_was_meant_is_one_of_the_repositories_that_were_asked(
    catalog: Catalog, plugin_id: str, repository_id: str | None, meant: str
) -> None:
    for call in (catalog.get, catalog.get_versions):
        with pytest.raises(ApiError, match="is not in this catalog") as raised:
            call(plugin_id, repository_id=repository_id)
        assert raised.value.hint == (f'did you mean "{meant}"?' if meant else "")


def test_a_plugin_that_is_not_named_is_a_missing_parameter(catalog: Catalog) -> None:
    for call in (catalog.get, catalog.get_versions):
        for repository_id in (None, ONE, "repo-x"):
            with pytest.raises(ApiError, match="plugin_id is required") as raised:
                call("", repository_id=repository_id)
            assert raised.value.code == "ERROR_REQUIRED_PARAMETER"


def test_an_unknown_repository_is_not_found(catalog: Catalog) -> None:
    calls = (
        lambda: catalog.get("plugin-a", repository_id="repo-x"),
        lambda: catalog.get_versions("plugin-a", repository_id="repo-x"),
        lambda: catalog.list(repository_id="repo-x"),
        lambda: catalog.stat({"distinct": "name"}, repository_id="repo-x"),
        lambda: catalog.saved("stat", "by-state", repository_id="repo-x"),
    )
    for call in calls:
        with pytest.raises(ApiError, match="no repository") as raised:
            call()
        assert (raised.value.code, raised.value.pointer) == ("ERROR_NOT_FOUND", "/repository_id")


def ids(answer: Any) -> list[tuple[str, str]]:
    return [(each["repository_info"]["repository_id"], each["plugin_id"]) for each in answer]


def test_lists_and_statistics_ask_the_catalog_another_repository_or_all(catalog: Catalog) -> None:
    own = [(OWN, "plugin-a"), (OWN, "plugin-own")]
    one = [(ONE, "plugin-a"), (ONE, "plugin-b")]
    two = [(TWO, "plugin-a"), (TWO, "plugin-b"), (TWO, "plugin-c")]
    assert ids(catalog.list()["results"]) == own
    assert ids(catalog.list(repository_id=OWN)["results"]) == own
    assert ids(catalog.list(repository_id=ONE)["results"]) == one
    assert ids(catalog.list(repository_id="*")["results"]) == own + one + two
    paged = catalog.list({"page": {"start": 4, "limit": 2}}, repository_id="*")
    assert (ids(paged["results"]), paged["total_count"]) == ((one + two)[1:3], 7)
    only = catalog.list({"filter": [{"k": "plugin_id", "v": "plugin-a", "o": "eq"}]})
    assert only["total_count"] == 1
    query: Any = {"aggregate": [{"group": {"keys": [{"k": "repository_id", "n": "id"}]}}]}
    rows = catalog.stat(query, repository_id="*")["results"]
    assert sorted(row["id"] for row in rows) == [OWN, ONE, TWO]
    counted = catalog.saved("stat", "by-label", repository_id=TWO)["results"]
    assert {"label": "shared", "count": 3} in counted


@pytest.mark.parametrize("value", ["", None])
def test_a_field_that_is_empty_is_not_given(catalog: Catalog, value: Any) -> None:
    found = catalog.saved("stat", "by-state", repository_id=value, domain_id=value)
    assert found == catalog.saved("stat", "by-state")
    nothing: Any = "NONE"
    listed = catalog.saved("list", "of-one", provider=value, state=nothing)
    assert listed == catalog.saved("list", "of-one")


def test_a_field_that_a_saved_query_can_t_have_is_an_invalid_parameter(catalog: Catalog) -> None:
    wrong: Any = {"provder": "aws"}
    with pytest.raises(ApiError, match="provder") as raised:
        catalog.saved("list", "of-one", **wrong)
    assert raised.value.code == "ERROR_INVALID_PARAMETER"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--label", "sharde"], 'no plugin has the label "sharde"'),
        (["--label", "sharde", "--repository-id", TWO], 'did you mean "shared"?'),
        (["--label", "sharde", "--repository-id", "*"], 'did you mean "shared"?'),
        (["--label", "x", "--state", "NONE", "--registry-type", "", "--provider", ""], "label"),
    ],
)
def test_a_value_that_was_meant_is_one_of_the_repository_that_was_asked(
    catalog_and_tree: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    said: str,
) -> None:
    assert main(["list", "--from", str(catalog_and_tree[1]), *options]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_statistics_without_a_name_are_not_asked_by_one(catalog: Catalog) -> None:
    names = catalog.saved_names("stat")
    assert "by-state" in names
    for name in UNNAMED:
        assert name not in names
        with pytest.raises(ApiError, match="there is no stat query"):
            catalog.saved("stat", name)


def test_a_saved_query_may_ask_another_repository(catalog: Catalog) -> None:
    answer = catalog.saved("list", "of-one")
    assert [each["plugin_id"] for each in answer["results"]] == ["plugin-a", "plugin-b"]
    assert catalog.saved("list", "of-all")["total_count"] == 7


def test_a_saved_query_of_an_upstream_that_was_never_taken_has_no_plugins(tmp_path: Path) -> None:
    gone = [path for path in FILES if path.startswith("upstream/one/")]
    for place in made(tmp_path, *gone):
        assert Catalog.open(place).saved("list", "of-one") == {"results": [], "total_count": 0}


def test_the_newest_versions_are_those_of_the_repository(catalog: Catalog) -> None:
    _, newest = catalog.list_with_versions(repository_id=ONE)
    assert newest == {"plugin-a": "1.1", "plugin-b": "1.0"}
    _, newest = catalog.list_with_versions(repository_id="*")
    assert newest["plugin-a"] is None
    assert newest["plugin-c"] == "4.0"


def test_the_repositories_are_listed_in_their_order(catalog: Catalog) -> None:
    found = catalog.repositories()
    assert found["total_count"] == 3
    assert [each["repository_id"] for each in found["results"]] == [OWN, ONE, TWO]
    assert found["results"][1] == {
        "repository_id": ONE,
        "name": "Catalog one",
        "repository_type": "remote",
    }


def test_files_answer_as_the_python_api_does(catalog_and_tree: tuple[Path, Path]) -> None:
    """The rule for clients: `get/P.json`, and if it is of another repository, R's own file."""
    folder, tree = catalog_and_tree
    catalog = Catalog.open(folder, now=TIME)
    for repository_id in (OWN, ONE, TWO):
        for plugin_id in ("plugin-a", "plugin-b", "plugin-c", "plugin-own"):
            found = by_files(tree, plugin_id, repository_id)
            try:
                assert found == catalog.get(plugin_id, repository_id=repository_id)
            except ApiError:
                assert found is None
    for each in (ONE, TWO):
        listed = read(tree, f"repositories/{each}/plugin/list/all.json")
        assert listed == catalog.list(repository_id=each)
        by_label = read(tree, f"repositories/{each}/plugin/stat/by-label.json")
        assert by_label == catalog.saved("stat", "by-label", repository_id=each)
    assert read(tree, f"{API}/list/every.json") == catalog.list(repository_id="*")
    assert read(tree, f"{API}/list/all.json") == catalog.list()
    assert read(tree, "repository/v1/repository/list.json") == catalog.repositories()


def by_files(tree: Path, plugin_id: str, repository_id: str) -> Any:
    place = f"plugin/get/{plugin_id}.json"
    for path in (f"repository/v1/{place}", f"repositories/{repository_id}/{place}"):
        if (tree / path).exists():
            found = read(tree, path)
            if found["repository_info"]["repository_id"] == repository_id:
                return found
    return None


def test_only_shadowed_plugins_have_files_in_their_repository(
    catalog_and_tree: tuple[Path, Path],
) -> None:
    _, tree = catalog_and_tree
    found = {path.relative_to(tree).as_posix() for path in tree.glob("repositories/*/plugin/get/*")}
    assert found == {
        f"repositories/{ONE}/plugin/get/plugin-a.json",
        f"repositories/{TWO}/plugin/get/plugin-a.json",
        f"repositories/{TWO}/plugin/get/plugin-b.json",
    }


def test_the_index_names_the_files_of_every_repository(catalog_and_tree: tuple[Path, Path]) -> None:
    _, tree = catalog_and_tree
    index = read(tree, "index.json")
    assert list(schemas.validators("Index").explaining.iter_errors(index)) == []
    assert [each["total_count"] for each in index["repositories"]] == [2, 2, 3]
    assert [each["shadowed"] for each in index["repositories"]] == [
        [],
        ["plugin-a"],
        ["plugin-a", "plugin-b"],
    ]
    assert index["repositories"][1]["source"]["now"] == upstreams.NOW
    assert len(index["plugins"]) == index["total_count"] == 2
    files = [index["lists"]["every"]]
    for each in index["repositories"]:
        assert {"all", "versions", "page/1"} <= set(each["lists"])
        assert len(each["stats"]) == 6
        files += [*each["lists"].values(), *each["stats"].values()]
    for file in files:
        data = (tree / file["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["size"], file["sha256"])


def test_published_numbers_are_those_of_the_upstream(catalog_and_tree: tuple[Path, Path]) -> None:
    _, tree = catalog_and_tree
    assert b'"limit":4.0' in (tree / f"{API}/get/plugin-c.json").read_bytes()


@pytest.mark.parametrize(
    ("removed", "answers"),
    [
        ("plugins/plugin-a.yaml", "one"),
        ("upstream/one/plugins/plugin-a.json", "acme"),
        ("upstream/two/plugins/plugin-a.json", "acme"),
    ],
)
def test_removed_from_one_repository_the_others_answer(
    tmp_path: Path, removed: str, answers: str
) -> None:
    folder, tree = made(tmp_path, removed)
    assert image(read(tree, f"{API}/get/plugin-a.json")) == f"{answers}/plugin-a"
    for catalog in (Catalog.open(folder), Catalog.open(tree)):
        assert image(catalog.get("plugin-a")) == f"{answers}/plugin-a"
    page = (tree / "plugins/plugin-a/index.html").read_text()
    assert ("upstream/one/" in page) == (answers == "one")


@pytest.mark.parametrize("call", ["disable", "deregister", "update"])
def test_a_plugin_of_an_upstream_is_not_changed_here(
    catalog_and_tree: tuple[Path, Path], capsys: pytest.CaptureFixture[str], call: str
) -> None:
    folder, _ = catalog_and_tree
    change = ["--set", "tags.a=b"] if call == "update" else []
    asked = [call, "plugin-b", *change, "--catalog", str(folder), "--format", "json"]
    assert main(asked) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"] == "ERROR_PERMISSION_DENIED"
    assert "upstream one" in answer["message"]


def test_the_repositories_are_a_table(
    catalog_and_tree: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = catalog_and_tree
    assert main(["repositories", "--catalog", str(folder), "--format", "table"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["repository_id", OWN, ONE, TWO]
    asked = ["get", "plugin-a", "--catalog", str(folder), "--repository-id", TWO, "--format"]
    assert main([*asked, "json"]) == 0
    assert json.loads(capsys.readouterr().out)["image"] == "two/plugin-a"


def test_hosts_are_told_what_the_files_of_upstreams_are(
    catalog_and_tree: tuple[Path, Path],
) -> None:
    text = (catalog_and_tree[1] / "_headers").read_text()
    block = text[text.index("/repositories/*\n") :].partition("\n/")[0]
    assert "Access-Control-Allow-Origin: *" in block
    assert "/upstream/*\n" in text


def test_the_pages_of_all_plugins_are_in_the_sitemap(catalog_and_tree: tuple[Path, Path]) -> None:
    _, tree = catalog_and_tree
    text = (tree / "sitemap.xml").read_text()
    found = [place for place in LOCATION.findall(text) if "/plugins/" in place]
    ids = sorted(page.parent.name for page in tree.glob("plugins/*/index.html"))
    assert found == [f"https://c.example/plugins/{each}/" for each in ids]
    assert ids == ["plugin-a", "plugin-b", "plugin-c", "plugin-own"]


def test_a_shadowed_plugin_is_a_warning(catalog_and_tree: tuple[Path, Path]) -> None:
    found = check(catalog_and_tree[0], working=catalog_and_tree[0]).problems
    assert {(each.file, each.code) for each in found} == {
        ("upstream/one/plugins/plugin-a.json", "upstream-shadowed"),
        ("upstream/two/plugins/plugin-a.json", "upstream-shadowed"),
        ("upstream/two/plugins/plugin-b.json", "upstream-shadowed"),
    }
    assert "upstream one has plugin-b" in next(
        each.message for each in found if "two/plugins/plugin-b" in each.file
    )


def test_long_lists_of_all_repositories_have_the_parts_of_each(tmp_path: Path) -> None:
    folder, tree = made(tmp_path, site="site: {list_parts_above: 2}\n")
    index = read(tree, "index.json")
    assert index["schema_version"] == 2
    parts = index["lists"]["every"]["parts"]
    assert [part["count"] for part in parts] == [2, 2, 3]
    assert [part["path"].partition("/")[0] for part in parts] == [
        "repository",
        "repositories",
        "parts",
    ]
    assert not (tree / f"{API}/list/every.json").exists()
    catalog = Catalog.open(tree)
    assert catalog.list(repository_id="*") == Catalog.open(folder, now=TIME).list(repository_id="*")


def test_without_upstreams_there_is_the_list_of_versions_alone(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path / "catalog", {"plugins/plugin-a.yaml": plugin("plugin-a")})
    build(BuildOptions(catalog, tmp_path / "public", environ=ENVIRON))
    tree = tmp_path / "public"
    assert read(tree, f"{API}/list/versions.json") == {
        "results": [{"plugin_id": "plugin-a", "results": []}],
        "total_count": 1,
    }
    assert "repositories" not in read(tree, "index.json")
    for path in ("repositories", "repository/v1/repository", "upstream", f"{API}/list/every.json"):
        assert not (tree / path).exists()
    found = Catalog.open(tree).repositories()
    assert [each["repository_id"] for each in found["results"]] == [OWN]
