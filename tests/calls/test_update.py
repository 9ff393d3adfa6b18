"""`update`: what changes, what stays, what is refused."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from support.catalogs import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TAGS = "tags:\n    # shown on the page\n    icon: https://icon-path/icon.png\n"
CHANGES = {
    "a name": (["--name", "Jira Cloud"], '"Jira"', '"Jira Cloud"'),
    "a member": (["--set", "tags.icon=none"], "https://icon-path/icon.png", "none"),
    "a member that is JSON": (
        ["--set", 'tags.icon={"a": 4.0}'], " https://icon-path/icon.png\n", "\n        a: 4.0\n",
    ),
    "a member whose name has a dot": (
        ["--set", "/tags/a.b=c"], "icon.png\n", "icon.png\n    a.b: c\n",
    ),
    "an element": (["--set", "labels.1=bugs"], "'issue tracker'", "'bugs'"),
    "a member that goes": (["--unset", "tags.icon"], TAGS, "tags: {}\n"),
    "a field that goes": (["--unset", "tags"], TAGS, ""),
    "a new field": (
        ["--set", "capability.kinds=[1, true]"],
        "image: acme/jira\n",
        "image: acme/jira\ncapability:\n    kinds:\n        - 1\n        - true\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_one_part_of_the_file_changes(case: str, catalog: Path, call: Callable[..., Any]) -> None:
    arguments, before, after = CHANGES[case]
    file = catalog / "plugins" / "jira.yaml"
    old = file.read_text()
    done = call("update", "jira", *arguments)
    assert (done.code, done.err) == (0, "changed catalog/plugins/jira.yaml\n")
    assert file.read_text() == old.replace(before, after)
    assert old.count(before) == 1


def test_the_answer_is_the_plugin_as_it_is_now(call: Callable[..., Any]) -> None:
    answer = call("update", "jira", "--name", "Jira Cloud", "--format", "json").answer
    assert answer == call("get", "jira", "--format", "json").answer
    assert answer["name"] == "Jira Cloud"


def test_each_field_of_a_request_is_replaced_whole(
    catalog: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    request = tmp_path / "request.json"
    fields = {"plugin_id": "jira", "domain_id": "domain-123456789012", "name": "Jira Cloud"}
    request.write_text(json.dumps({**fields, "labels": None, "tags": {"b": 1}}))
    file = catalog / "plugins" / "jira.yaml"
    done = call("update", "jira", "-f", str(request))
    assert done.code == 0
    assert done.answer["labels"] == []
    assert done.answer["tags"] == {"b": 1}
    assert (
        file.read_text()
        == """\
# yaml-language-server: $schema=../../schemas/PluginFile.schema.json
name: "Jira Cloud"   # as on their site
service_type: notification.Protocol
image: acme/jira

tags:
    b: 1
"""
    )


def test_the_request_may_come_from_a_pipe_as_yaml(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"labels: [a]  # one\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert call("update", "jira", "-f", "-").answer["labels"] == ["a"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("{v: 1.10, w: 0x1F, x: '1.10'}", ["v: 1.10", "w: 0x1F", 'x: "1.10"']),
        ("{l: [a, 2.50]}", ["l:", "- a", "- 2.50"]),
        ("{a: &n {b: .5}, c: *n}", ["a:", "b: .5", "c:", "b: .5"]),
    ],
)
def test_a_number_of_a_request_stays_as_written_and_is_told(
    text: str, lines: list[str], catalog: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    request = tmp_path / "request.yaml"
    request.write_text(f"tags: {text}\n")
    done = call("update", "jira", "-f", str(request))
    assert (done.code, "number-rewritten" in done.err) == (0, True)
    _, tags = (catalog / "plugins" / "jira.yaml").read_text().split("tags:\n")
    assert [line.strip() for line in tags.splitlines()] == lines


def test_a_request_that_yaml_reads_in_two_ways_is_told_all_that_is_wrong(
    catalog: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    request = tmp_path / "request.yaml"
    request.write_text("labels: 5\nimage: acme/y\nprovder: aws\nstate: no\ntags: {v: yes}\n")
    before = (catalog / "plugins" / "jira.yaml").read_bytes()
    done = call("update", "jira", "-f", str(request))
    told = [
        "labels is a number",
        "update can't change image",
        'unknown field "provder"',
        "update can't change state",
        "yes is true in YAML 1.1",
    ]
    assert done.code == 1
    assert done.err.count("error[") == len(told)
    assert all(words in done.err for words in told)
    assert " | tags: {v: yes}\n" in done.err
    assert (catalog / "plugins" / "jira.yaml").read_bytes() == before


REFUSED = {
    "another image": (["--set", "image=acme/x"], "/image", "update can't change image"),
    "a state": (["--set", "state=DISABLED"], "/state", "update can't change state"),
    "a field that the catalog fixes": (
        ["--set", "provider=aws"], "/provider", 'update can\'t change "provider"',
    ),
    "a misspelt field": (["--set", "lables=[]"], "/lables", 'update can\'t change "lables"'),
    "a field of the answer": (
        ["--set", "created_at=x"], "/created_at", "the catalog fills this in: take it out",
    ),
    "a wrong type": (
        ["--set", "labels=[1]"],
        "/labels/0",
        "labels[0] is a number; text is expected",
    ),
    "a name that is taken": (
        ["--name", "The sns"], "/name", 'name "The sns" is taken by catalog/plugins/sns.yaml:1',
    ),
    "what is not there": (["--unset", "tags.icno"], "/tags/icno", "there is nothing at /tags/icno"),
    "a secret": (
        ["--set", "tags.key=AKIAIOSFODNN7EXAMPLE"], "/tags/key",
        'a value that starts with "AKIA" looks like a secret',
    ),
    "a control character": (
        ["--set", "tags.a=\u202e"], "/tags/a",
        "this value can't be written at /tags/a: character U+202E is not allowed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_not_be_is_refused_and_nothing_is_written(
    case: str, catalog: Path, call: Callable[..., Any]
) -> None:
    arguments, pointer, message = REFUSED[case]
    file = catalog / "plugins" / "jira.yaml"
    before, state = file.read_bytes(), file.stat()
    done = call("update", "jira", *arguments, "--format", "json")
    assert done.code == 1
    assert done.answer.keys() == {"error", "message", "pointer"}
    assert (done.answer["error"], done.answer["pointer"]) == ("ERROR_INVALID_PARAMETER", pointer)
    assert message in done.answer["message"]  # before it the place, behind it what to do
    assert file.read_bytes() == before
    assert file.stat().st_mtime_ns == state.st_mtime_ns


def test_a_refusal_shows_what_validate_would_show(catalog: Path, call: Callable[..., Any]) -> None:
    refused = call("update", "jira", "--set", "labels=[1]", "--format", "table")
    assert refused.out == ""
    file = catalog / "plugins" / "jira.yaml"
    file.write_text(file.read_text().replace("[jira, 'issue tracker']", "[1]"))
    assert refused.err == call("validate", "-q").out


def test_a_request_about_another_plugin_is_refused(
    call: Callable[..., Any], tmp_path: Path
) -> None:
    request = tmp_path / "request.yaml"
    request.write_text("plugin_id: sns\nname: x\n")
    done = call("update", "jira", "-f", str(request), "--format", "table")
    assert done.code == 1
    assert 'plugin_id of the request is "sns", and that of jira is jira' in done.err


def test_a_request_with_a_domain_that_a_plugin_does_not_have_is_refused(
    catalog: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    (catalog / "catalog.yaml").write_text(SETTINGS.partition("defaults:")[0])
    request = tmp_path / "request.yaml"
    request.write_text("domain_id: domain-1\nname: x\n")
    done = call("update", "jira", "-f", str(request), "--format", "table")
    assert done.code == 1
    assert 'domain_id of the request is "domain-1", and that of jira has none' in done.err


def test_an_unknown_plugin_is_not_found(call: Callable[..., Any]) -> None:
    for plugin_id in ("nope", "../catalog", "JIRA", "jira.yaml"):
        done = call("update", "--name", "x", "--format", "json", "--", plugin_id)
        assert (done.code, done.answer["error"]) == (1, "ERROR_NOT_FOUND"), plugin_id


def test_a_call_that_says_nothing_is_wrong_usage(call: Callable[..., Any]) -> None:
    for arguments in (
        [],
        ["--set", "tags.icon"],
        ["--set", "tags..icon=1"],
        ["-f", "nowhere.json"],
    ):
        assert call("update", "jira", *arguments).code == 2


def test_a_mirror_is_not_written_to(catalog: Path, call: Callable[..., Any]) -> None:
    """Seed, update: only where repository_type is local."""
    settings = catalog / "catalog.yaml"
    settings.write_text(settings.read_text().replace("local", "remote"))
    for arguments in (["update", "jira", "--name", "x"], ["enable", "sns"], ["deregister", "sns"]):
        done = call(*arguments, "--format", "json")
        assert (done.code, done.answer["error"]) == (1, "ERROR_PERMISSION_DENIED")
    assert 'name: "Jira"' in (catalog / "plugins" / "jira.yaml").read_text()


def test_the_catalog_says_what_update_may_change(catalog: Path, call: Callable[..., Any]) -> None:
    with (catalog / "catalog.yaml").open("a") as file:
        file.write("policy: {updatable: [provider]}\n")
    assert call("update", "jira", "--set", "provider=atlassian").answer["provider"] == "atlassian"
    assert call("update", "jira", "--name", "x").code == 1


def test_an_error_in_another_file_is_told_before_anything_is_written(
    catalog: Path, call: Callable[..., Any]
) -> None:
    (catalog / "plugins" / "sns.yaml").write_text("name: x\n")
    before = (catalog / "plugins" / "jira.yaml").read_bytes()
    done = call("update", "jira", "--name", "y", "--format", "table")
    assert done.code == 1
    assert "catalog/plugins/sns.yaml:1:1" in done.err
    assert (catalog / "plugins" / "jira.yaml").read_bytes() == before


VALUES = [
    ("tags.v", "7", 7),
    ("tags.v", "1.5", 1.5),
    ("tags.v", "-3", -3),
    ("tags.v", "true", True),
    ("tags.v", "null", None),
    ("tags.v", '"7"', "7"),
    ("tags.v", '"caf\\u00e9"', "café"),
    ("tags.v", '[1, {"a" : "b  c"}]', [1, {"a": "b  c"}]),
    ("tags.v", '{"a": 1, "b": []}', {"a": 1, "b": []}),
    ("tags.v", "1.10", "1.10"),
    ("tags.v", "2.50", "2.50"),
    ("tags.v", "1234e56", "1234e56"),
    ("tags.v", "5e7", "5e7"),
    ("tags.v", "1e400", "1e400"),
    ("tags.v", "-0", "-0"),
    ("tags.v", "0x1F", "0x1F"),
    ("tags.v", "007", "007"),
    ("tags.v", "NaN", "NaN"),
    ("tags.v", "12345678901234567890", "12345678901234567890"),
    ("tags.v", "9" * 5000, "9" * 5000),
    ("tags.v", "yes", "yes"),
    ("tags.v", " x ", " x "),
    ("tags.v", "", ""),
    ("name", "1.10", "1.10"),
    ("name", "true", "true"),
    ("name", "7", "7"),
    ("name", '"Jira"', '"Jira"'),
    ("labels.0", "7", "7"),
    ("labels.-", "null", "null"),
    ("labels", '["a", "b"]', ["a", "b"]),
]


@pytest.mark.parametrize(("path", "text", "value"), VALUES)
def test_a_value_is_json_only_where_it_stays_the_same_text(
    path: str, text: str, value: object, call: Callable[..., Any]
) -> None:
    """Product contract, 4: a field that is text takes VALUE as text."""
    done = call("update", "jira", "--set", f"{path}={text}", "--format", "json", "-q")
    assert (done.code, done.err) == (0, "")
    got = done.answer
    for name in path.split("."):
        got = got[-1 if name == "-" else int(name)] if isinstance(got, list) else got[name]
    assert json.dumps(got) == json.dumps(value)


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 2}', "[1.10]", '{"a": 1e400}', '["\\/"]', "[" * 5000 + "]" * 5000]
)
def test_what_looks_like_json_and_is_taken_as_text_is_told(
    text: str, call: Callable[..., Any]
) -> None:
    done = call("update", "jira", "--set", f"tags.x={text}", "--format", "json", "-q")
    assert done.answer["tags"]["x"] == text
    assert done.err.startswith("note: --set tags.x: the value is taken as text")
    assert done.err.count("\n") == 1


def test_a_list_that_is_not_there_yet_is_made(catalog: Path, call: Callable[..., Any]) -> None:
    file = catalog / "plugins" / "sns.yaml"
    for path in ("labels.0", "/labels/-"):
        before = file.read_text()
        assert call("update", "sns", "--set", f"{path}=x").answer["labels"] == ["x"]
        assert "labels:\n  - x\n" in file.read_text()
        assert call("update", "sns", "--unset", "labels").code == 0
        assert file.read_text() == before
    refused = call("update", "sns", "--set", "labels.1=x", "--format", "json")
    assert refused.answer["message"] == "/labels is a list of 0: '1' is not a number from 0 to 0"


def test_labels_and_the_description_have_options(catalog: Path, call: Callable[..., Any]) -> None:
    file = catalog / "plugins" / "jira.yaml"
    before = file.read_text()
    done = call("update", "jira", "--add-label", "7", "--add-label", "jira", "--description", "1.0")
    assert done.answer["labels"] == ["jira", "issue tracker", "7"]
    assert done.answer["tags"]["description"] == "1.0"
    undo = ["--remove-label", "7", "--unset", "tags.description"]
    assert call("update", "jira", *undo).answer["labels"] == ["jira", "issue tracker"]
    assert file.read_text() == before
    done = call("update", "jira", "--add-label", "jira", "-q")
    assert (done.code, file.read_text()) == (0, before)
    done = call("update", "jira", "--remove-label", "jirra", "--format", "table")
    assert (done.code, done.out) == (1, "")
    assert done.err == 'catalogctl: there is no label "jirra" (did you mean "jira"?)\n'


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_same_members_in_another_order_change_nothing(
    newline: str, catalog: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    file = catalog / "plugins" / "sns.yaml"
    tags = "tags:\n  icon: x   # the icon\n  docs: {b: 1, a: [{d: 1, c: 2}]}   # the docs"
    file.write_bytes((file.read_text() + tags).replace("\n", newline).encode())
    before = file.read_bytes()
    request = tmp_path / "request.json"
    request.write_text('{"tags": {"docs": {"a": [{"c": 2, "d": 1}], "b": 1}, "icon": "x"}}')
    done = call("update", "sns", "-f", str(request))
    assert (done.code, done.err) == (0, "nothing to change\n")
    assert file.read_bytes() == before


UNUSABLE = {
    "half a character": '"\\ud800"',
    "half a character as a name": '{"\\udfff": 1}',
    "a number without end": "1e400",
    "500 levels": '{"a":' * 500 + "1" + "}" * 500,
    "50,000 levels": "[" * 50_000 + "]" * 50_000,
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_no_file_can_hold_is_refused_in_every_request(
    case: str, catalog: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    """R-10: hostile requests of update, register and import; nothing is written."""
    before = {each: each.read_bytes() for each in (catalog / "plugins").iterdir()}
    request = tmp_path / "request.json"
    fields = '"name": "N", "image": "acme/n", "service_type": "a.B"'
    for command, text in (
        (["update", "jira", "-f"], f'{{"tags": {{"x": {UNUSABLE[case]}}}}}'),
        (["register", "-f"], f'{{{fields}, "tags": {{"x": {UNUSABLE[case]}}}}}'),
        (["import"], f'[{{{fields}, "tags": {{"x": {UNUSABLE[case]}}}}}]'),
    ):
        request.write_text(text)
        done = call(*command, str(request))
        assert done.code == 1, (command, done)
        assert "Traceback" not in done.err
    assert {each: each.read_bytes() for each in (catalog / "plugins").iterdir()} == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--set", "tags" + ".a" * 3000 + "=1"],
        ["--unset", "tags" + ".a" * 3000],
        ["--set", "tags.x=\udcff"],
        ["--set", "tags.\udcff=x"],
        ["--set", 'tags.x="\\ud800"'],
        ["--unset", "tags.\udcff"],
        ["--name", "\udcff"],
        ["--add-label", "\udcff"],
        ["--remove-label", "\udcff"],
        ["--description", "\udcff"],
        ["--set", f"labels.{'9' * 5000}=x"],
        ["--unset", f"labels.{'9' * 5000}"],
    ],
)
def test_what_no_file_can_hold_is_refused_on_the_command_line(
    arguments: list[str], call: Callable[..., Any]
) -> None:
    done = call("update", "jira", *arguments, "--format", "table")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert done.err.startswith("catalogctl: ")


def test_a_refusal_in_a_pipe_is_told_on_stderr_too(call: Callable[..., Any]) -> None:
    """Nobody asked for JSON: a person may be looking."""
    done = call("update", "jira", "--set", "image=acme/x")
    assert done.answer["message"].startswith("update can't change image (")
    assert done.err.startswith("catalogctl: update can't change image (")
    assert call("update", "jira", "--set", "image=acme/x", "--format", "json").err == ""


def test_a_request_that_cannot_be_read_is_refused_in_json_where_json_is_asked_for(
    call: Callable[..., Any], tmp_path: Path
) -> None:
    request = tmp_path / "request.json"
    request.write_text('{"name": "a", "name": "b"}')
    for command in (["update", "jira"], ["register"]):
        done = call(*command, "-f", str(request), "--format", "json")
        assert (done.code, done.err) == (1, "")
        assert done.answer["message"] == '"name" occurs twice in one object'
