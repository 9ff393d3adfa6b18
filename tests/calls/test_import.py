"""`import`: the plugins of another repository, as they were there."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogctl.calls.import_entries import read_entries
from catalogctl.calls.import_plugins import import_plugins
from catalogctl.cli.main import main
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.working_tree import WorkingTree
from catalogctl.source.settings import SiteSettings
from support import samples, site
from support.catalogs import SETTINGS, plugin, write_catalog
from support.published import Site
from support.yaml_texts import TEXTS, VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = Path(__file__).parents[1] / "conformance" / "seed"
LIST = SEED / "list-response.json"
REMOTE = SETTINGS.replace("local", "remote")


def seed_plugins() -> list[dict[str, Any]]:
    plugins: list[dict[str, Any]] = json.loads(LIST.read_text())["results"]
    return plugins


def test_what_a_repository_lists_is_published_as_it_was_there(
    catalog: Path, call: Callable[..., Any]
) -> None:
    done = call("import", str(LIST))
    ids = [each["plugin_id"] for each in seed_plugins()]
    assert (done.code, done.out.split()) == (0, ids)
    assert "2 added, 0 refused" in done.err
    assert call("validate", "-q").code == 0
    for wanted in seed_plugins():
        published = call("get", wanted["plugin_id"]).answer
        assert published.pop("repository_info")["repository_type"] == "local"
        assert published == {k: v for k, v in wanted.items() if k != "repository_info"}
        assert list(published) == [key for key in wanted if key != "repository_info"]
    assert "note: repository_info was" in done.err
    dates = json.loads((catalog / "imported.json").read_text())
    assert dates[ids[0]] == {
        "created_at": "2022-01-01T03:25:10.408Z",
        "updated_at": "2022-01-01T03:25:10.408Z",
        "from": "list-response.json",
    }


def test_a_second_import_finds_everything_there(catalog: Path, call: Callable[..., Any]) -> None:
    call("import", str(LIST))
    before = {path: path.read_bytes() for path in catalog.rglob("*") if path.is_file()}
    done = call("import", str(LIST))
    assert (done.code, done.err) == (0, "0 added, 2 there already, 0 refused\n")
    assert {path: path.read_bytes() for path in catalog.rglob("*") if path.is_file()} == before


def test_what_a_file_says_in_another_layout_is_there(
    catalog: Path, call: Callable[..., Any]
) -> None:
    """The members of a Struct have no order: gRPC clients list them in any."""
    call("import", str(LIST))
    for plugin_id in (str(each["plugin_id"]) for each in seed_plugins()):
        file = catalog / "plugins" / f"{plugin_id}.yaml"
        text = json.dumps(dict(reversed(yaml.safe_load(file.read_text()).items())))
        file.write_text(f"# Ours.\n{text}\n")
    done = call("import", str(LIST), "--check")
    assert (done.code, done.err) == (0, "0 to add, 2 there already, 0 refused\n")


def test_the_dates_hold_until_the_file_changes_here(call: Callable[..., Any]) -> None:
    """Product contract, 2."""
    call("import", str(LIST))
    plugin_id = seed_plugins()[0]["plugin_id"]
    changed = call("update", plugin_id, "--name", "Other").answer
    assert changed["created_at"] == "2022-01-01T03:25:10.408Z"
    assert changed["updated_at"] == "2023-11-14T22:13:20.000Z"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an image name that is too long": ({"image": f"a/{'b' * 41}"}, "has 41 characters"),
    "a secret": ({"registry_config": {"password": "x"}}, "password"),
    "a name that is taken": (
        {"plugin_id": "z", "name": "Jira", "domain_id": "domain-123456789012"},
        'name "Jira" is taken by catalog/plugins/jira.yaml:2',
    ),
    "a name that is taken, by a file that sorts later": (
        {"plugin_id": "a", "name": "Jira", "domain_id": "domain-123456789012"},
        'name "Jira" is taken by catalog/plugins/jira.yaml:2',
    ),
    "an id that is none": ({"plugin_id": "../x"}, '"../x" is not a plugin_id'),
    "no id": ({"plugin_id": None, "image": None}, "it has no plugin_id"),
    "an id that is there": ({"plugin_id": "jira"}, "jira.yaml exists already, and differs"),
    "a control character": ({"tags": {"a": "\u202e"}}, "U+202E is not allowed"),
    "a template that is no schema": ({"template": {"a": {"schema": {"type": "x"}}}}, "type"),
    "a registry that is not listed": ({"registry_url": "r.example.org"}, "is not listed"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_this_catalog_cannot_have_is_listed_and_the_rest_is_written(
    case: str, catalog: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    changes, reason = WRONG[case]
    good, bad = seed_plugins()
    file = tmp_path / "list.json"
    file.write_text(json.dumps({"results": [{**bad, **changes}, good], "total_count": 2}))
    done = call("import", str(file))
    assert done.code == 1
    assert done.out.split() == [good["plugin_id"]]
    refused = [line for line in done.err.splitlines() if line.startswith("refused ")]
    assert len(refused) == 1
    assert reason in refused[0]
    assert call("validate", "-q").code == 0
    assert list(json.loads((catalog / "imported.json").read_text())) == [good["plugin_id"]]


def test_of_two_entries_of_a_plugin_the_one_that_is_imported_counts(
    catalog: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    good = seed_plugins()[0]
    broken = {**good, "created_at": "2020-01-01T00:00:00.000Z", "tags": {"a": "\ud800"}}
    file = tmp_path / "list.json"
    file.write_text(json.dumps({"results": [broken, good], "total_count": 2}))
    done = call("import", str(file))
    assert done.out.split() == [good["plugin_id"]]
    dates = json.loads((catalog / "imported.json").read_text())[good["plugin_id"]]
    assert dates["created_at"] == good["created_at"]


def test_what_is_other_afterwards_is_told(call: Callable[..., Any], tmp_path: Path) -> None:
    first, second = seed_plugins()
    file = tmp_path / "list.json"
    first |= {"docs": {}, "created_at": "long ago", "updated_at": None}
    file.write_text(json.dumps([first, second, second]))
    done = call("import", str(file))
    assert done.code == 1
    told = [line.removeprefix("note: ") for line in done.err.splitlines()]
    plugin_id = first["plugin_id"]
    assert f'{plugin_id}: created_at "long ago" is not a time, and is left out' in told
    assert f"{plugin_id}: docs is left out: a plugin has no such field" in told
    assert f"refused {second['plugin_id']}: it occurs twice: the first one counts" in told


def test_the_later_form_of_managed_plugins_is_taken(
    catalog: Path, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"""\
- plugin_id: plugin-slack
  name: Slack
  image: acme/plugin-slack-noti-protocol
  resource_type: notification.Protocol
  provider: slack
  labels: []
  capability: {supported_schema: []}
  icon: https://icon-path/slack.svg
"""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    done = call("import", "-")
    assert (done.code, done.err) == (0, "1 added, 0 refused\n")
    assert (catalog / "plugins" / "plugin-slack.yaml").read_text().splitlines()[1:] == [
        "plugin_id: plugin-slack",
        "name: Slack",
        "service_type: notification.Protocol",
        "image: acme/plugin-slack-noti-protocol",
        "provider: slack",
        "capability:",
        "  supported_schema: []",
        "tags:",
        "  icon: https://icon-path/slack.svg",
    ]
    assert not (catalog / "imported.json").exists()


def test_a_plugin_whose_name_is_taken_is_refused_whatever_the_folder_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = write_catalog(
        tmp_path / "with space: 1" / "cat alog", {"plugins/sns.yaml": plugin("sns")}
    )
    monkeypatch.chdir(tmp_path)
    deep = json.loads("[" * 70 + "]" * 70)
    fields = {"service_type": "a.B"}
    entries = [
        {"name": "Good", "image": "acme/good", **fields},
        {"name": "The sns", "image": "acme/bad", **fields},
        {"name": "Deep", "image": "acme/deep", "tags": {"x": deep}, **fields},
    ]
    (tmp_path / "list.json").write_text(json.dumps(entries))
    assert main(["import", "list.json", "--catalog", str(folder)]) == 1
    told = capfd.readouterr()
    assert told.out == "good\n"
    assert told.err.endswith("1 added, 2 refused\n")
    assert "refused bad: " in told.err
    assert "refused deep: /tags/x/0/0" in told.err
    assert sorted(each.stem for each in (folder / "plugins").iterdir()) == ["good", "sns"]


def test_check_writes_nothing(catalog: Path, call: Callable[..., Any]) -> None:
    before = sorted(catalog.rglob("*"))
    done = call("import", "--check", str(LIST))
    assert (done.code, done.err.splitlines()[-1]) == (0, "2 to add, 0 refused")
    assert sorted(catalog.rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no plugins"),
        ('{"error": "x"}', "holds no plugins"),
        ("[1]", "element 0 is not a plugin, but a number"),
        ("- a: yes\n", "list:1:6: yes is true in YAML 1.1 and text in YAML 1.2"),
        ("\x00", "U+0000 is not allowed"),
    ],
)
def test_what_is_no_list_of_plugins_is_refused(
    text: str, words: str, call: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "list"
    file.write_text(text)
    done = call("import", str(file))
    assert done.code == 1
    assert words in done.err


def test_errors_that_were_there_before_are_told_and_nothing_is_written(
    catalog: Path, call: Callable[..., Any]
) -> None:
    (catalog / "plugins" / "sns.yaml").write_text("name: x\n")
    done = call("import", str(LIST))
    assert done.code == 1
    assert "catalog/plugins/sns.yaml:1:1" in done.err
    assert len(list((catalog / "plugins").iterdir())) == 2


@contextlib.contextmanager
def served(body: bytes, status: int = 200) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/list"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_url_is_read_and_named(catalog: Path, call: Callable[..., Any]) -> None:
    with served(LIST.read_bytes()) as url:
        assert call("import", url).code == 0
    assert f'"from": "{url}"' in (catalog / "imported.json").read_text()


@pytest.mark.parametrize("above", [1, 10])
def test_an_index_stands_for_the_list_of_its_catalog(
    tmp_path: Path, catalog: Path, call: Callable[..., Any], above: int
) -> None:
    """Whether that list is one file or has parts; from a folder and from a host."""
    build = site.context(site=SiteSettings(list_parts_above=above))
    plugins = [site.plugin(f"plugin-other-{each}", f"Other {each}") for each in "abc"]
    files = site.tree(plugins, build)
    folder = samples.written(files, tmp_path / "other")
    done = call("import", str(folder / "index.json"))
    ids = [f"plugin-other-{each}" for each in "abc"]
    assert (done.code, done.out.split()) == (0, ids), done.err
    host = Site(files)
    host.start()
    done = call("import", "--check", f"{host.url}index.json")
    host.stop()
    assert (done.code, "3 there already" in done.err) == (0, True), done.err
    assert (catalog / "plugins/plugin-other-a.yaml").exists()


def test_a_login_or_a_token_in_a_url_is_refused(catalog: Path, call: Callable[..., Any]) -> None:
    """R-14: and neither shown nor written down."""
    with served(LIST.read_bytes()) as url:
        for secret in (url.replace("//", "//name:secret@"), f"{url}?token=secret"):
            done = call("import", secret)
            assert (done.code, done.out) == (2, "")
            assert "secret" not in done.err
    assert not (catalog / "imported.json").exists()


def test_a_url_that_does_not_answer_is_outside(call: Callable[..., Any]) -> None:
    with served(b"", 404) as url:
        done = call("import", url)
        assert (done.code, "answered 404" in done.err) == (3, True)
    done = call("import", url)
    assert (done.code, "can't be reached" in done.err) == (3, True)


def words(text: str) -> bool:
    return bool(text.strip()) and "\n" not in text and "\t" not in text


PLUGINS = st.fixed_dictionaries(
    {
        "plugin_id": st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
        "name": TEXTS.filter(words),
        "image": st.sampled_from(["a/b", "a/b/c-d", "b"]),
        "registry_url": st.sampled_from(["registry.hub.docker.com", "docker.io"]),
        "state": st.sampled_from(["ENABLED", "DISABLED"]),
        "service_type": st.sampled_from(["a.B", "monitoring.Webhook"]),
        "registry_type": st.just("DOCKER_HUB"),
        "registry_config": st.just({}),
        "capability": st.dictionaries(TEXTS.filter(words), VALUES, max_size=2),
        "template": st.just({}),
        "labels": st.lists(TEXTS.filter(words), max_size=3),
        "tags": st.dictionaries(TEXTS.filter(words), VALUES, max_size=3),
        "domain_id": st.sampled_from(["domain-123456789012", "domain-2"]),
        "created_at": st.just("2021-06-14T08:14:23.175Z"),
        "updated_at": st.just("2022-01-01T08:14:23.175Z"),
    },
    optional={"provider": st.just("aws"), "project_id": st.just("project-1")},
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(PLUGINS)
def test_any_plugin_comes_back_field_by_field_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, info: dict[str, Any]
) -> None:
    catalog = write_catalog(tmp_path_factory.mktemp("catalog"), {})
    entries = read_entries("list", json.dumps({"results": [info]}).encode())
    imported = import_plugins(catalog, entries, "list")
    if imported.refused:
        assert imported.refused[0].reason
        assert list((catalog / "plugins").iterdir()) == []
        return
    published = WorkingTree(open_catalog(catalog)).get(info["plugin_id"])
    del published["repository_info"]
    assert json.dumps(published, sort_keys=True) == json.dumps(info, sort_keys=True)
    assert imported.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        '{"results": [{"image": "a/b"}], "total_count": 250}',
        '{"results": [], "total_count": 1}',
        '{"total_count": 2.0, "results": [{"image": "a/b"}]}',
        "total_count: 250\nresults:\n- image: a/b\n",
    ],
)
def test_one_page_of_a_list_is_refused(catalog: Path, call: Callable[..., Any], text: str) -> None:
    """Nothing is written: the other pages would be taken for plugins that are not there."""
    (catalog.parent / "page").write_text(text)
    for options in ((), ("--check",)):
        done = call("import", *options, "page")
        assert (done.code, done.out) == (1, "")
        assert "is one page of the list" in done.err
    assert sorted(path.name for path in (catalog / "plugins").iterdir()) == [
        "jira.yaml",
        "sns.yaml",
    ]


@pytest.mark.parametrize("total", [1, 0, -1, "250", None, True])
def test_a_list_is_whole_where_its_count_says_nothing_else(total: Any) -> None:
    """The API's own example counts 1 beside several (product contract, 6)."""
    plugins = [{"image": "a/b"}, {"image": "a/c"}]
    read = read_entries("x", json.dumps({"results": plugins, "total_count": total}).encode())
    assert len(read) == 2
