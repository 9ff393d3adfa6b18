"""`catalogctl list`, `stat` and `query-id` with a query: where it comes from, what is told."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.cli.main import main
from catalogctl.cli.query_input import read_query_of
from catalogctl.errors import ApiError
from support.catalogs import plugin, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

FILTER = {"filter": [{"k": "provider", "v": "aws", "o": "eq"}]}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog of three plugins, of which two have a provider."""
    return write_catalog(
        tmp_path_factory.mktemp("catalog"),
        {
            "plugins/plugin-a.yaml": plugin("plugin-a", provider="aws"),
            "plugins/plugin-b.yaml": plugin("plugin-b", provider="azure"),
            "plugins/plugin-c.yaml": plugin("plugin-c"),
        },
    )


def run(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run catalogctl to its end."""
    return subprocess.run(
        [sys.executable, "-m", "catalogctl", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        input=stdin,
        timeout=120,
    )


def ids(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [info["plugin_id"] for info in json.loads(done.stdout)["results"]]


def test_a_query_is_read_from_json_yaml_or_stdin(catalog: Path, tmp_path: Path) -> None:
    (tmp_path / "q.json").write_text(json.dumps(FILTER))
    (tmp_path / "q.yaml").write_text("filter:\n  - {k: provider, v: aws, o: eq}\n")
    ask = ("list", "--catalog", catalog, "--query")
    for source in (tmp_path / "q.json", tmp_path / "q.yaml"):
        assert ids(run(*ask, source)) == ["plugin-a"]
    assert ids(run(*ask, "-", stdin=json.dumps(FILTER))) == ["plugin-a"]
    assert ids(run(*ask, "-", stdin="keyword: plugin-c\n")) == ["plugin-c"]


def test_options_and_a_query_all_hold(catalog: Path) -> None:
    ask = ("list", "--catalog", catalog, "--query", "-", "--state", "ENABLED")
    assert ids(run(*ask, stdin=json.dumps(FILTER))) == ["plugin-a"]
    assert ids(run(*ask, "--provider", "azure", stdin=json.dumps(FILTER))) == []


REFUSED: dict[str, tuple[list[str], Any, str, str]] = {
    "an operator": (
        ["list"],
        {"filter": [{"k": "name", "v": "x", "o": "contains"}]},
        "ERROR_DB_QUERY",
        "/query/filter/0/o",
    ),
    "a shape": (["list"], {"colour": 1}, "ERROR_INVALID_PARAMETER", "/query/colour"),
    "no object": (["list"], [1], "ERROR_INVALID_PARAMETER", "/query"),
    "another repository": (
        ["list", "--repository-id", "repo-x"],
        {},
        "ERROR_NOT_FOUND",
        "/repository_id",
    ),
    "a stat of nothing": (["stat"], {}, "ERROR_REQUIRED_PARAMETER", "/query"),
    "a stage": (
        ["stat"],
        {"aggregate": [{"limit": 0}]},
        "ERROR_DB_QUERY",
        "/query/aggregate/0/limit",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_query_that_can_t_be_answered_ends_with_1(name: str, catalog: Path) -> None:
    command, query, code, pointer = REFUSED[name]
    ask: list[str | Path] = [*command, "--catalog", catalog, "--query", "-"]
    done = run(*ask, "--format", "json", stdin=json.dumps(query))
    refused = json.loads(done.stdout)
    assert (done.returncode, refused["error"], refused["pointer"]) == (1, code, pointer)
    assert set(refused) == {"error", "message", "pointer"}
    told = run(*ask, "--format", "table", stdin=json.dumps(query))
    assert (told.returncode, told.stdout) == (1, "")
    message, _, hint = refused["message"].partition(" (")
    place = f", at {pointer}" if pointer.startswith("/query/") else ""
    told_ = f"catalogctl: {message}{place}{f' ({hint}' if hint else ''}"
    assert told.stderr.splitlines()[-1] == told_
    assert "Traceback" not in done.stderr + told.stderr


@pytest.mark.parametrize(
    "text",
    ["{", "filter: [", "a: 1\na: 2\n", "\x00", "", "3"],
    ids=["half JSON", "half YAML", "a key twice", "a control", "nothing", "a number"],
)
def test_a_text_that_is_no_query_can_t_be_answered(text: str, catalog: Path) -> None:
    done = run("list", "--catalog", catalog, "--query", "-", "--format", "table", stdin=text)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("catalogctl: ")
    assert "Traceback" not in done.stderr


def test_a_query_that_is_not_there_is_wrong_usage(catalog: Path, tmp_path: Path) -> None:
    done = run("stat", "--catalog", catalog, "--query", tmp_path / "nothing.yaml")
    assert done.returncode == 2
    assert "nothing.yaml" in done.stderr


def test_a_query_has_one_id_however_it_is_spelled() -> None:
    ask = ("query-id", "list", "--query", "-")
    one = run(*ask, stdin=json.dumps(FILTER))
    other = run(*ask, stdin="filter: [{operator: eq, value: aws, key: provider}]\npage: {}\n")
    assert one.returncode == 0
    assert one.stdout == other.stdout
    text = run(*ask, "--canonical", stdin=json.dumps(FILTER)).stdout.removesuffix("\n")
    assert text == (
        '{"kind":"list","query":{"filter":[{"key":"provider","operator":"eq","value":"aws"}]}}'
    )
    assert one.stdout == hashlib.sha256(text.encode()).hexdigest() + "\n"


def test_a_saved_query_is_named_by_its_file(tmp_path: Path) -> None:
    saved = tmp_path / "saved.yaml"
    saved.write_text("kind: list\ntitle: AWS\nparams: {provider: aws}\nquery: {}\n")
    named = run("query-id", "--query", saved)
    assert named.stdout == run("query-id", "--query", "-", stdin=json.dumps(FILTER)).stdout
    form = run("query-id", "--canonical", "--query", "-", stdin='{"distinct": "name"}').stdout
    assert form == '{"kind":"stat","query":{"distinct":"name"}}\n'


WRONG_FILES: dict[str, tuple[str, str, str]] = {
    "a list for a text": (
        "kind: list\nparams: {provider: [aws]}\nquery: {count_only: true}\n",
        "/provider",
        "provider is a list, not a string",
    ),
    "a number for a text": (
        "kind: list\nparams: {provider: 5}\nquery: {}\n",
        "/provider",
        "provider is a number, not a string",
    ),
    "a param that is no field": (
        "kind: list\nparams: {provder: aws}\nquery: {}\n",
        "/provder",
        'the request has no member "provder" (did you mean "provider"?)',
    ),
    "a query in the params": (
        "kind: list\nparams: {query: {}}\nquery: {}\n",
        "/query",
        'the request has no member "query"',
    ),
    "a param that is a word of Python": (
        "kind: list\nparams: {self: aws}\nquery: {}\n",
        "/self",
        'the request has no member "self"',
    ),
    "a list of params": (
        "kind: list\nparams: [provider]\nquery: {}\n",
        "/query",
        "params of a saved query is a list, not an object",
    ),
    "a misspelt member": (
        "kind: list\nparms: {provider: aws}\nquery: {}\n",
        "/query",
        'a saved query has no member "parms" (did you mean "params"?)',
    ),
    "a condition beside the query": (
        "kind: list\nfilter: []\nquery: {}\n",
        "/query",
        'a saved query has no member "filter"',
    ),
    "a repository of a stat": (
        "kind: stat\nparams: {repository_id: 5}\nquery: {distinct: name}\n",
        "/repository_id",
        "repository_id is a number, not a string",
    ),
    "a field of a list in a stat": (
        "kind: stat\nparams: {provider: aws}\nquery: {distinct: name}\n",
        "/provider",
        'the request has no member "provider"',
    ),
    "a number that JSON does not have": (
        '{"filter": [{"k": "name", "v": NaN, "o": "eq"}]}',
        "/query",
        "the query is not JSON: invalid character (byte 31)",
    ),
    "a number too large for JSON": (
        '\n { "filter": [{"k": "name", "v": 1e400, "o": "eq"}]}',
        "/query",
        "the query is not JSON: number out of range (it is not YAML either: ",
    ),
    "a number that JSON does not have after a byte order mark": (
        '\ufeff{"filter": [{"k": "name", "v": NaN, "o": "not"}], "count_only": true}',
        "/query",
        "the query is not JSON: invalid character (byte 31) (write null, or quote NaN if",
    ),
    "a word of Python in a text that is YAML but for it": (
        '{"filter": [{"k": "name", "v": None, "o": "eq"},]} # all',
        "/query",
        "the query is not JSON: ",
    ),
    "neither JSON nor YAML": (
        '{"keyword": aws',
        "/query",
        "q:1:1: the mapping that opens here is never closed",
    ),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_file_that_is_not_quite_a_query_is_an_invalid_parameter(
    name: str, tmp_path: Path
) -> None:
    text, pointer, message = WRONG_FILES[name]
    (tmp_path / "q").write_text(text)
    with pytest.raises(ApiError) as refused:
        read_query_of("stat" if "kind: stat" in text else "list", str(tmp_path / "q"))
    error = refused.value.to_json()
    assert (error["error"], error["pointer"]) == ("ERROR_INVALID_PARAMETER", pointer)
    assert message in error["message"]


@pytest.mark.parametrize(
    "text",
    [
        '{"keyword": "aws", "count_only": true} # as asked by ann',
        '{"keyword": "aws", "count_only": true,}',
        '{"keyword": "aws", count_only: true}',
        '{"keyword": aws, "count_only": true}',
        '\ufeff{"keyword": "aws", "count_only": true}',
        "\ufeffkeyword: aws\ncount_only: true\n",
        '{"kind": list, "title": "AWS", "query": {"keyword": aws, "count_only": true}} # None',
    ],
)
def test_yaml_may_begin_as_json(text: str, tmp_path: Path) -> None:
    (tmp_path / "q").write_text(text)
    query, _ = read_query_of("list", str(tmp_path / "q"))
    assert query == {"keyword": "aws", "count_only": True}


def test_a_quoted_word_of_python_is_text_in_yaml(tmp_path: Path) -> None:
    (tmp_path / "q").write_text('{"keyword": "None"} # not null')
    assert read_query_of("list", str(tmp_path / "q"))[0] == {"keyword": "None"}


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("csv", "total_count\n3\n"),
        ("table", "total_count  3\n"),
        ("ndjson", ""),
        ("json", '{\n  "results": [],\n  "total_count": 3\n}\n'),
    ],
)
def test_a_count_is_shown_where_there_are_no_rows(
    catalog: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], format_: str, expected: str
) -> None:
    (tmp_path / "q.json").write_text('{"count_only": true}')
    ask = ["list", "--catalog", str(catalog), "--query", str(tmp_path / "q.json")]
    assert main([*ask, "--format", format_]) == 0
    printed = capsys.readouterr()
    assert printed.out == expected
    assert "0 of" not in printed.err


def test_the_params_of_a_saved_query_are_part_of_the_request(catalog: Path) -> None:
    text = "kind: list\nparams: {provider: aws, state: null}\nquery: {}\n"
    assert ids(run("list", "--catalog", catalog, "--query", "-", stdin=text)) == ["plugin-a"]


def test_the_id_of_a_query_with_an_unknown_member_is_refused() -> None:
    done = run("query-id", "stat", "--query", "-", stdin='{"sort": {}}')
    assert done.returncode == 1
    assert "sort" in done.stderr


def test_a_saved_statistic_in_place_of_a_built_in_one_is_named_once(tmp_path: Path) -> None:
    saved = "kind: stat\ntitle: Schemas\nquery:\n  distinct: state\n"
    catalog = write_catalog(
        tmp_path,
        {"plugins/plugin-a.yaml": plugin("plugin-a"), "queries/credential-schemas.yaml": saved},
    )
    done = run("stat", "--catalog", catalog, "--format", "csv")
    assert done.stdout.split().count("credential-schemas") == 1, done.stderr


def test_a_plugin_with_an_error_names_the_error_and_no_warning(tmp_path: Path) -> None:
    text = plugin("plugin-a", service_type="webhook", labels="[1]")
    catalog = write_catalog(tmp_path, {"plugins/plugin-a.yaml": text})
    done = run("get", "plugin-a", "--catalog", catalog)
    assert done.returncode == 1
    message = json.loads(done.stdout)["message"]
    assert message.startswith("the catalog has 1 error, the first in ")
    assert "labels[0] is a number" in message
