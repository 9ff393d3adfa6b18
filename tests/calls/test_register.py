"""`register`: by file, by options, by questions."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.catalogs import SETTINGS, write_catalog

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = Path(__file__).parents[1] / "conformance" / "seed"
LINE = "# yaml-language-server: $schema="
NEW = ["--name", "New", "--image", "acme/new", "--service-type", "monitoring.Webhook"]


def test_the_seeds_request_is_taken_as_it_stands(catalog: Path, call: Callable[..., Any]) -> None:
    """Seed, register: the example's request gives the example's response."""
    done = call("register", "-f", str(SEED / "register-request.json"))
    assert (done.code, done.err) == (0, "added catalog/plugins/plugin-jira-noti-protocol.yaml\n")
    wanted = json.loads((SEED / "register-response.json").read_text())
    own = {"repository_info", "created_at", "updated_at"}
    assert {name: value for name, value in done.answer.items() if name not in own} == {
        name: value for name, value in wanted.items() if name not in own
    }
    assert done.answer["created_at"] == done.answer["updated_at"] == "2023-11-14T22:13:20.000Z"
    text = (catalog / "plugins" / "plugin-jira-noti-protocol.yaml").read_text()
    assert text.splitlines()[:5] == [
        f"{LINE}../../schemas/PluginFile.schema.json",
        "name: JIRA Issue notification",
        "service_type: notification.Procotol",
        "image: pyengine/plugin-jira-noti-protocol",
        "provider: atlassian",
    ]
    assert "minLength: 4.0" in text
    assert call("fmt", "--check", "catalog/plugins/plugin-jira-noti-protocol.yaml").code == 0


def test_the_request_may_come_from_a_pipe(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (SEED / "register-request.json").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert call("register", "-f", "-").answer["plugin_id"] == "plugin-jira-noti-protocol"


def test_a_request_in_yaml_keeps_its_comments(
    catalog: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    request = tmp_path / "request.yaml"
    request.write_text(
        "image: acme/new  # ours\n# shown\nname: New\nservice_type: a.B\nstate: null\n"
    )
    assert call("register", "-f", str(request), "--provider", "acme").code == 0
    assert (catalog / "plugins" / "new.yaml").read_text() == (
        f"{LINE}../../schemas/PluginFile.schema.json\n"
        "# shown\nname: New\nservice_type: a.B\nimage: acme/new  # ours\nprovider: acme\n"
        "state: null\n"
    )


def test_a_request_that_yaml_reads_in_two_ways_is_told_all_that_is_wrong(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = b"name:X\nservice_type: a.B\nimage: acme/x:1\nprovder: aws\ntags: {v: yes}\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(request)))
    done = call("register", "-f", "-", "--label", "a", "--format", "table")
    told = ["a space is missing", "has a tag", 'unknown field "provder"', "yes is true in YAML 1.1"]
    assert done.code == 1
    assert done.err.count("error[") == len(told)
    assert all(words in done.err for words in told)
    assert " | tags: {v: yes}\n" in done.err


def test_options_make_a_plugin(catalog: Path, call: Callable[..., Any]) -> None:
    more = ["--plugin-id", "other", "--label", "a", "--label", "yes", "--set", "tags.n=[1]"]
    answer = call("register", *NEW, *more, "--registry-type", "AWS_PUBLIC_ECR",
                  "--registry-url", "public.ecr.aws").answer  # fmt: skip
    assert (answer["plugin_id"], answer["labels"]) == ("other", ["a", "yes"])
    assert (answer["tags"], answer["registry_url"]) == ({"n": [1]}, "public.ecr.aws")
    assert (
        (catalog / "plugins" / "other.yaml")
        .read_text()
        .endswith('labels:\n  - a\n  - "yes"\ntags:\n  n:\n    - 1\n')
    )


REFUSED = {
    "nothing but a name": (["--name", "x"], "missing-field", "image is required"),
    "a blank name": ([*NEW, "--name", " "], "blank", "name is blank"),
    "capital letters": ([*NEW, "--image", "a/B"], "image-shape", 'image "a/B" has capital letters'),
    "a path as an id": (
        [*NEW, "--plugin-id", "../x"], "plugin-id-shape", 'plugin_id "../x" is not well formed',
    ),
    "a name that is taken": ([*NEW, "--name", "Jira"], "name-taken", 'name "Jira" is taken by'),
    "an unknown field": ([*NEW, "--set", "lables=[]"], "unknown-field", 'unknown field "lables"'),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_request_is_refused_with_the_problems_of_the_file_it_would_be(
    case: str, catalog: Path, call: Callable[..., Any]
) -> None:
    arguments, code, message = REFUSED[case]
    done = call("register", *arguments, "--format", "table")
    assert done.code == 1
    assert done.out == ""
    assert f"error[{code}]: {message}" in done.err
    assert "--> catalog/plugins/" in done.err
    assert sorted(path.name for path in catalog.rglob("*.yaml")) == [
        "catalog.yaml",
        "jira.yaml",
        "sns.yaml",
    ]


def test_an_id_that_is_there_already_is_refused(catalog: Path, call: Callable[..., Any]) -> None:
    before = (catalog / "plugins" / "jira.yaml").read_bytes()
    done = call("register", *NEW, "--plugin-id", "jira", "--format", "json")
    assert (done.code, done.answer["error"]) == (1, "ERROR_NOT_UNIQUE")
    assert (catalog / "plugins" / "jira.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1]", "holds no object"),
        ('{"name": 1, "name": 2}', '"name" occurs twice in one object'),
        ('{"name": NaN}', "NaN is not a number in JSON"),
        ("name: yes\n", "yes is true in YAML 1.1 and text in YAML 1.2"),
        ('{"name": "a\\u202eb", "image": "a/b", "service_type": "a.B"}', "U+202E is not allowed"),
    ],
)
def test_a_request_of_two_meanings_is_refused(
    text: str, words: str, call: Callable[..., Any], tmp_path: Path
) -> None:
    request = tmp_path / "request"
    request.write_text(text)
    done = call("register", "-f", str(request), "--format", "table")
    assert done.code == 1
    assert words in done.err


def test_without_a_request_it_says_what_to_give(call: Callable[..., Any]) -> None:
    done = call("register")
    assert (done.code, done.err) == (
        2,
        "catalogctl: say what to register: -f, options such as --image, or --interactive\n",
    )


def test_it_never_asks_where_there_is_no_terminal(call: Callable[..., Any]) -> None:
    done = call("register", "--interactive", *NEW)
    assert done.code == 2
    assert "there is none" in done.err


def asked(answers: str, *arguments: str) -> tuple[subprocess.CompletedProcess[bytes], str]:
    """Run `register -i` at a terminal with these answers; return the result and what was shown."""
    master, slave = os.openpty()
    os.write(master, answers.encode())
    done = subprocess.run(
        [sys.executable, "-m", "catalogctl", "register", "-i", *arguments],
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=slave,
        check=False,
        timeout=60,
    )
    shown = os.read(master, 65536).decode()
    os.close(slave)
    os.close(master)
    return done, shown


@pytest.mark.parametrize("option", ["--registry-type=DOCKER_HUB", "--set=registry_type=DOCKER_HUB"])
def test_at_a_terminal_the_default_registry_may_be_given_as_an_option(
    catalog: Path, option: str
) -> None:
    done, shown = asked("\n\n\n\n", *NEW, option, "--catalog", str(catalog))
    assert done.returncode == 0, shown
    assert json.loads(done.stdout)["registry_url"] == "registry.hub.docker.com"


def test_at_a_terminal_it_asks_until_an_answer_is_fine(catalog: Path) -> None:
    answers = (
        "\nNew one\nacme/New\nacme/new\nmonitoring.Webhook\n\naws\nWatches, and tells\n\na, b\n"
    )
    done, shown = asked(answers, "--catalog", str(catalog))
    assert done.returncode == 0, shown
    assert "name is blank" in shown
    assert 'image "acme/New" has capital letters' in shown
    assert json.loads(done.stdout)["tags"] == {"description": "Watches, and tells"}
    assert (catalog / "plugins" / "new.yaml").read_text() == (
        f"{LINE}../../schemas/PluginFile.schema.json\n"
        "name: New one\nservice_type: monitoring.Webhook\nimage: acme/new\nprovider: aws\n"
        "labels:\n  - a\n  - b\ntags:\n  description: Watches, and tells\n"
    )


def test_the_line_for_editors_names_a_schema_that_is_there(
    tmp_path: Path, call: Callable[..., Any]
) -> None:
    published = "site: {base_url: 'https://plugins.example.org'}\n"
    for number, (settings, file, line) in enumerate(
        [
            (SETTINGS, "", ""),
            (
                SETTINGS + published,
                "",
                "https://plugins.example.org/schemas/PluginFile.schema.json",
            ),
            (SETTINGS, "schemas/PluginFile.schema.json", "../../schemas/PluginFile.schema.json"),
        ]
    ):
        top = tmp_path / str(number)
        catalog = write_catalog(top / "catalog", {}, settings)
        if file:
            (top / file).parent.mkdir()
            (top / file).write_text("{}")
        assert call("register", *NEW, "--catalog", str(catalog)).code == 0
        first = (catalog / "plugins" / "new.yaml").read_text().splitlines()[0]
        assert first == (f"{LINE}{line}" if line else "name: New")
