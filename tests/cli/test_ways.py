"""Every way in and every way out: errors as JSON, stdin, options that count, what was meant."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import click
import pytest

from catalogctl.catalog import Catalog
from catalogctl.cli.main import GROUPS, catalogctl
from support.catalogs import SETTINGS, plugin, write_catalog
from support.commands import COMMAND, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GOOD = {
    "plugins/plugin-good.yaml": plugin("plugin-good", provider="aws", labels="[Compute, EC2]"),
    "plugins/plugin-slack.yaml": plugin("plugin-slack", service_type="notification.Protocol"),
}
BROKEN = "plugins/plugin-zz.yaml"
NOW = {"SOURCE_DATE_EPOCH": "1767225600"}


def in_catalog(
    folder: Path, *arguments: str, files: Mapping[str, str] | None = None, stdin: str = ""
) -> tuple[int, str, str]:
    """Run a command in a catalog outside of git."""
    write_catalog(folder, GOOD if files is None else files)
    return run(*arguments, cwd=folder, env={**os.environ, **NOW}, stdin=stdin)


CALLS = (
    ["get", "plugin-zz"],
    ["get-versions", "plugin-zz"],
    ["list"],
    ["list", "--provider", "aws"],
    ["search", "good"],
    ["stat", "by-state"],
    ["stat", "by-state", "--domain-id", "domain-1"],
    ["register", "--image", "acme/plugin-new", "--name", "N", "--service-type", "a.B"],
    ["update", "plugin-good", "--name", "X"],
    ["update", "plugin-zz", "--name", "X"],
    ["enable", "plugin-zz"],
    ["disable", "plugin-zz"],
    ["disable", "plugin-good"],
    ["deregister", "plugin-good"],
)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: [\n", 1),
        ("name: x\nname: y\nservice_type: a.B\nimage: acme/plugin-zz\n", 2),
        ("image: acme/plugin-zz\n", 1),
    ],
    ids=["unclosed", "duplicate", "incomplete"],
)
def test_a_broken_file_is_named_in_the_json_of_every_call(
    call: list[str], text: str, line: int, tmp_path: Path
) -> None:
    code, out, _ = in_catalog(
        tmp_path, *call, "--format", "json", files={**GOOD, BROKEN: text, "catalog.yaml": SETTINGS}
    )
    answer = json.loads(out)
    assert code == 1
    assert answer.keys() == {"error", "message", "pointer"}
    places = [f"{BROKEN}:{number}" for number in (line, line + 1)]  # an end of file is below it
    assert any(place in answer["message"] for place in places)


def test_every_call_that_has_json_is_tried_on_a_broken_catalog() -> None:
    """A new read or write call is not forgotten above; `repositories` reads no plugin."""
    tried = {call[0] for call in CALLS}
    assert {name for group in ("Read", "Write") for name in GROUPS[group]} - tried == {
        "fmt",
        "import",
        "repositories",
    }


@pytest.mark.parametrize(
    "broken", [{"catalog.yaml": "repository: ["}, {"queries/q.yaml": "kind: ["}], ids=str
)
def test_other_files_are_named_too(broken: dict[str, str], tmp_path: Path) -> None:
    (file,) = broken
    for call in (
        ["stat", "q" if "queries" in file else "by-state"],
        ["update", "plugin-good", "--name", "X"],
    ):
        code, out, _ = in_catalog(tmp_path, *call, "--format", "json", files={**GOOD, **broken})
        assert code == 1
        assert file in json.loads(out)["message"]


@pytest.mark.parametrize(
    "call",
    [
        ["import", "-"],
        ["register", "-f", "-"],
        ["update", "plugin-good", "-f", "-"],
        ["list", "--query", "-"],
        ["stat", "--query", "-"],
        ["query-id", "--query", "-"],
        ["register", "--interactive"],
    ],
    ids=" ".join,
)
def test_a_closed_stdin_is_told_in_one_line(call: list[str], tmp_path: Path) -> None:
    """Q-51."""
    write_catalog(tmp_path, GOOD)
    done = closed(call, tmp_path, 0)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "stdin" in done.stderr or "terminal" in done.stderr


def closed(call: list[str], folder: Path, *streams: int) -> subprocess.CompletedProcess[str]:
    """Run a command with some of its three streams closed."""

    def close() -> None:
        for stream in streams:
            os.close(stream)

    return subprocess.run(
        [*COMMAND, *call],
        cwd=folder,
        env={**os.environ, **NOW},
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=close,
        timeout=60,
    )


@pytest.mark.parametrize("stream", [0, 1, 2])
@pytest.mark.parametrize(
    "call", [["init", "new"], ["list"], ["disable", "plugin-good"], ["get", "plugin-good"]], ids=str
)
def test_a_command_works_with_any_stream_closed(
    call: list[str], stream: int, tmp_path: Path
) -> None:
    """Q-51."""
    write_catalog(tmp_path, GOOD)
    done = closed(call, tmp_path, stream)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_no_module_of_the_command_line_reads_stdin_but_one() -> None:
    """What reads `-` is told alike when stdin is closed."""
    from importlib.resources import files

    readers = {
        each.name
        for each in files("catalogctl.cli").iterdir()
        if each.name.endswith(".py") and "sys.stdin." in each.read_text("utf-8")
    }
    assert readers == {"inputs.py"}


# ---- Options that count


def stat(folder: Path, *arguments: str) -> Any:
    code, out, err = in_catalog(folder, "stat", *arguments, "--format", "json")
    return json.loads(out) if out else (code, err)


def test_a_statistic_by_name_counts_what_is_asked_for(tmp_path: Path) -> None:
    assert stat(tmp_path, "by-provider", "--domain-id", "nonsense") == {"results": []}
    whole = stat(tmp_path, "by-provider")
    assert stat(tmp_path, "by-provider", "--domain-id", "domain-123456789012") == whole
    assert stat(tmp_path, "by-provider", "--repository-id", "repo-123456789012") == whole
    assert stat(tmp_path, "by-provider", "--repository-id", "x")["error"] == "ERROR_NOT_FOUND"


SAVED = {
    "queries/aws.yaml": "kind: list\ntitle: A\nquery: {}\nparams: {provider: aws}\n",
    "queries/ids.yaml": "kind: stat\ntitle: S\nquery: {distinct: plugin_id}\n",
}


def test_a_published_statistic_counts_what_is_asked_for_or_says_that_it_can_t(
    tmp_path: Path,
) -> None:
    write_catalog(tmp_path / "c", {**GOOD, **SAVED})
    env = {**os.environ, **NOW}
    assert run("build", "--out", "../public", cwd=tmp_path / "c", env=env).code == 0
    at = ("--from", "public", "--format", "json")
    for arguments, wanted in (
        (("by-provider", "--domain-id", "x"), '{"results": []}'),
        (("ids", "--repository-id", "repo-123456789012"), None),
    ):
        done = run("stat", *arguments, *at, cwd=tmp_path)
        assert done.code == 0
        if wanted is not None:
            assert json.loads(done.out) == json.loads(wanted)
    assert run("stat", "ids", "--domain-id", "x", *at, cwd=tmp_path).code == 2
    refused = run("stat", "ids", "--repository-id", "x", *at, cwd=tmp_path)
    assert json.loads(refused.out)["error"] == "ERROR_NOT_FOUND"
    listed = json.loads(run("stat", *at, cwd=tmp_path).out)
    names = [row["name"] for row in listed["results"]]
    assert {"by-provider", "ids"} <= set(names)
    assert (names, listed["total_count"]) == (sorted(names), len(names))


def test_a_difference_that_is_only_printed_takes_no_option_of_a_comparison(tmp_path: Path) -> None:
    for option in (("--actor", "@a"), ("--catalog", "."), ("--jobs", "2")):
        done = run("diff", "--from", "x.json", *option, cwd=tmp_path)
        assert done.code == 2
        assert "--base" in done.err


# ---- Saved queries, labels, keywords


def ids(done: tuple[int, str, str]) -> list[str]:
    assert done[0] == 0, done
    return [row["plugin_id"] for row in json.loads(done[1])["results"]]


def test_a_saved_query_s_file_is_a_query(tmp_path: Path) -> None:
    files = {**GOOD, **SAVED}
    listed = in_catalog(tmp_path, "list", "--query", "queries/aws.yaml", files=files)
    assert ids(listed) == ["plugin-good"]
    other = in_catalog(tmp_path, "list", "--query", "queries/aws.yaml", "--provider", "x")
    assert ids(other) == []
    counted = in_catalog(tmp_path, "stat", "--query", "queries/ids.yaml")
    assert json.loads(counted[1])["results"] == ["plugin-good", "plugin-slack"]
    for call, file in (("list", "ids"), ("stat", "aws")):
        code, out, _ = in_catalog(tmp_path, call, "--query", f"queries/{file}.yaml")
        assert code == 1
        assert f"catalogctl {'stat' if call == 'list' else 'list'}" in json.loads(out)["message"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--label", "EC2"), ["plugin-good"]),
        (("--label", "EC2", "--label", "Compute"), ["plugin-good"]),
        (("--label", "EC2", "--label", "Other"), []),
        (("--keyword", "slack"), ["plugin-slack"]),
        (("--keyword", "slack ec2"), ["plugin-good", "plugin-slack"]),
        (("--keyword", "slack", "--label", "EC2"), []),
    ],
)
def test_labels_and_keywords_are_options(
    options: tuple[str, ...], found: list[str], tmp_path: Path
) -> None:
    assert ids(in_catalog(tmp_path, "list", *options)) == found


def test_options_narrow_a_query_further(tmp_path: Path) -> None:
    query = '{"filter": [{"key": "state", "value": "ENABLED", "operator": "eq"}]}'
    done = in_catalog(tmp_path, "list", "--query", "-", "--label", "EC2", stdin=query)
    assert ids(done) == ["plugin-good"]
    twice = in_catalog(tmp_path, "list", "--query", "-", "--keyword", "a", stdin='{"keyword": "b"}')
    assert twice[0] == 2
    wrong = in_catalog(tmp_path, "list", "--query", "-", "--label", "a", stdin='{"filter": 1}')
    assert wrong[0] == 1


# ---- What was meant


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("list", "--provider", "awss"), 'provider "awss": did you mean "aws"?'),
        (("list", "--label", "EC3"), 'the label "EC3": did you mean "EC2"?'),
        (("list", "--service-type", "notification.Protocl"), '"notification.Protocol"?'),
        (("list", "--plugin-id", "slack"), 'did you mean "plugin-slack"?'),
        (("list", "--provider", "zzz"), "; there are aws"),
        (("get", "slack"), 'did you mean \\"plugin-slack\\"?'),
        (("get", "plugin-slak"), 'did you mean \\"plugin-slack\\"?'),
        (("get-versions", "good"), 'did you mean \\"plugin-good\\"?'),
        (("enable", "slack"), 'did you mean \\"plugin-slack\\"?'),
        (("update", "slack", "--name", "x"), 'did you mean \\"plugin-slack\\"?'),
        (("enable", ""), "plugin_id is required"),
        (("resolve", "slack"), 'did you mean "plugin-slack"?'),
        (("stat", "by-providr"), 'did you mean \\"by-provider\\"?'),
        (("stat",), '"name": "by-registry-type"'),
    ],
)
def test_a_value_that_nothing_has_is_answered_with_the_one_that_was_meant(
    call: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    _, out, err = in_catalog(tmp_path, *call)
    assert said in out + err


def test_nothing_is_said_where_the_values_are_there(tmp_path: Path) -> None:
    done = in_catalog(tmp_path, "list", "--provider", "aws", "--label", "Compute")
    assert ids(done) == ["plugin-good"]
    assert "no plugin" not in done[2]


def test_search_is_a_command_and_a_call_of_the_python_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW["SOURCE_DATE_EPOCH"])  # plugins without git dates
    done = in_catalog(tmp_path, "search", "slak", "--format", "json")
    assert ids(done) == ["plugin-slack"]
    assert "slak occurs nowhere" in done[2]
    assert ids(in_catalog(tmp_path, "search", "slak", "--literal", "--format", "json")) == []
    catalog = Catalog.open(tmp_path)
    assert catalog.search("slak")["results"] == [catalog.get("plugin-slack")]
    table = in_catalog(tmp_path, "search", "good", "--format", "table")
    assert table[1].splitlines()[1].startswith("plugin-good")


def test_every_command_says_what_its_options_are_for() -> None:
    context = click.Context(catalogctl)
    for name in [each for names in GROUPS.values() for each in names]:
        command = catalogctl.get_command(context, name)
        assert command is not None
        options = [each for each in command.params if isinstance(each, click.Option)]
        assert [each.name for each in options if not each.help] == []
