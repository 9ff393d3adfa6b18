"""The preview answers files of a tree on this machine, and nothing else."""

from __future__ import annotations

import http.client
import json
import re
import threading
from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.live_sources import LiveOptions
from catalogctl.publish.headers import PICTURE_POLICY
from catalogctl.serve.preview import Preview
from catalogctl.serve.server import Server
from support.catalogs import PLUGIN, plugin, write_catalog
from support.git import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "plugins/plugin-hyperbilling.yaml"


@pytest.fixture
def preview(tmp_path: Path) -> Preview:
    catalog = write_catalog(tmp_path / "catalog", {FILE: PLUGIN})
    environ = {"SOURCE_DATE_EPOCH": "1767225600"}
    return Preview(LiveOptions(catalog, environ, generator="catalogctl", jobs=1))


@pytest.fixture
def server(preview: Preview) -> Iterator[Server]:
    with Server(preview, 0) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


class Answer:
    """What a server answered to one request."""

    def __init__(self, server: Server, path: str, *, method: str = "GET", **headers: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=named)
        response = connection.getresponse()
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()
        connection.close()


def test_pages_and_json_are_answered_with_their_types(preview: Preview, server: Server) -> None:
    preview.rebuild()
    expected = {
        "/": "text/html; charset=utf-8",
        "/plugins/plugin-hyperbilling/": "text/html; charset=utf-8",
        "/repository/v1/plugin/list/all.json?x=1": "application/json",
        "/badges/plugin-hyperbilling.svg": "image/svg+xml",
    }
    for path, kind in expected.items():
        answer = Answer(server, path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        head = Answer(server, path, method="HEAD")
        assert (head.status, head.body) == (200, b"")
        assert Answer(server, path, If_None_Match=str(answer.headers["ETag"])).status == 304


def test_a_picture_of_a_plugin_has_the_policy_that_hosts_are_told_of(
    preview: Preview, server: Server, tmp_path: Path
) -> None:
    """R-44: opened on its own it does nothing but draw."""
    icon = tmp_path / "catalog/icons/plugin-hyperbilling.svg"
    icon.parent.mkdir()
    icon.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>\n')
    preview.rebuild()
    page = Answer(server, "/plugins/plugin-hyperbilling/")
    (path,) = set(re.findall(r'src="[./]*(assets/plugins/[^"]+)"', page.body.decode()))
    assert Answer(server, f"/{path}").headers["Content-Security-Policy"] == PICTURE_POLICY
    assert page.headers["Content-Security-Policy"] is None


def test_a_folder_without_its_slash_leads_to_it_and_never_elsewhere(
    preview: Preview, server: Server
) -> None:
    preview.rebuild()
    answer = Answer(server, "/plugins/plugin-hyperbilling")
    assert answer.status == 302
    assert answer.headers["Location"] == "/plugins/plugin-hyperbilling/"
    assert Answer(server, "//evil.example/stats").status == 404
    slashes = Answer(server, "//stats")
    assert slashes.headers["Location"] == "/stats/"


@pytest.mark.parametrize(
    "path",
    [
        "/../catalog/catalog.yaml",
        "/%2e%2e/catalog/catalog.yaml",
        "/..%2fcatalog%2fcatalog.yaml",
        "/catalog.yaml",
        "/plugins/plugin-hyperbilling.yaml",
        "/plugins/",
        "/plugins/plugin-else/",
        "/assets",
        "/queries/link/index.html",
        "/site/pages/link.md",
        "/nothing",
        "/%ff%00",
        "/" + "a" * 5000,
    ],
)
def test_nothing_but_files_of_a_tree_is_answered_and_no_folder_listed(
    preview: Preview, server: Server, tmp_path: Path, path: str
) -> None:
    """R-47."""
    (tmp_path / "catalog" / "link").symlink_to(tmp_path / "catalog" / "catalog.yaml")
    preview.rebuild()
    answer = Answer(server, path)
    assert answer.status == 404
    assert b"repository_id" not in answer.body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"])
def test_a_request_under_another_name_is_refused(
    preview: Preview, server: Server, host: str
) -> None:
    """R-47: a name of the web that was made to point here reads nothing."""
    preview.rebuild()
    assert Answer(server, "/", Host=host).status == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.0.0.1:80"])
def test_at_port_80_a_name_needs_no_port(
    preview: Preview, server: Server, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """R-47: browsers leave the port of HTTP out."""
    preview.rebuild()
    listening = server.server_port
    client = http.client.HTTPConnection("127.0.0.1", listening, timeout=30)
    monkeypatch.setattr(server, "server_port", 80)
    client.request("GET", "/", headers={"Host": host})
    assert client.getresponse().status == 200
    client.close()


def test_every_page_gets_the_script_that_reloads_it_and_no_file_is_changed_for_it(
    preview: Preview, server: Server
) -> None:
    preview.rebuild()
    assert b"/_preview/reload.js" in Answer(server, "/").body
    files = preview.state.files
    assert files is not None
    assert b"/_preview/" not in (files.read("index.html") or b"")
    script = Answer(server, "/_preview/reload.js")
    assert script.headers["Content-Type"].startswith("text/javascript")


def test_a_broken_file_keeps_the_last_good_tree_and_is_told(
    preview: Preview, server: Server, tmp_path: Path
) -> None:
    preview.rebuild()
    file = tmp_path / "catalog" / FILE
    file.write_text(PLUGIN + "lables: <b>\n")
    preview.rebuild()
    assert Answer(server, "/plugins/plugin-hyperbilling/").status == 200
    state = json.loads(Answer(server, "/_preview/state.json").body)
    assert (state["edition"], state["attempt"]) == (1, 2)
    assert state["problems"][0]["code"] == "unknown-field"
    file.write_text(PLUGIN.replace("Hyperbilling", "Billing again"))
    preview.rebuild()
    assert b"Billing again" in Answer(server, "/plugins/plugin-hyperbilling/").body
    assert json.loads(Answer(server, "/_preview/state.json").body)["problems"] == []


def test_a_page_that_asks_for_news_is_answered_when_there_are_some(
    preview: Preview, server: Server
) -> None:
    preview.rebuild()
    answers: list[Answer] = []
    asking = threading.Thread(
        target=lambda: answers.append(Answer(server, "/_preview/state.json?1"))
    )
    asking.start()
    preview.rebuild()
    asking.join(timeout=30)
    assert json.loads(answers[0].body)["attempt"] == 2


def test_a_catalog_that_never_was_good_shows_its_problems_as_text(
    preview: Preview, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "catalog" / "plugins" / "plugin-a.yaml").write_text(
        plugin("plugin-a", state="'<script>alert(1)</script>'")
    )
    preview.rebuild()
    answer = Answer(server, "/")
    assert answer.status == 503
    assert b"<script>alert" not in answer.body
    assert b"plugin-a.yaml:4:8" in answer.body


def test_a_settings_file_that_went_away_is_an_error_not_the_end(
    preview: Preview, server: Server, tmp_path: Path
) -> None:
    preview.rebuild()
    (tmp_path / "catalog" / "catalog.yaml").unlink()
    preview.rebuild()
    assert Answer(server, "/").status == 200
    assert json.loads(Answer(server, "/_preview/state.json").body)["problems"]


def test_a_wrong_template_is_an_error_and_the_last_good_pages_stay(
    preview: Preview, server: Server, tmp_path: Path
) -> None:
    preview.rebuild()
    template = tmp_path / "catalog" / "site" / "templates" / "foot.html"
    template.parent.mkdir(parents=True)
    template.write_text("{{ absent }}")
    preview.rebuild({template})
    state = json.loads(Answer(server, "/_preview/state.json").body)
    assert (state["edition"], state["attempt"]) == (1, 2)
    assert "site/templates/foot.html:1" in state["error"]
    assert Answer(server, "/plugins/plugin-hyperbilling/").status == 200
    template.write_text("<p>Mended</p>")
    preview.rebuild({template})
    assert b"Mended" in Answer(server, "/plugins/plugin-hyperbilling/").body


def test_a_template_that_fails_on_one_page_shows_why_in_its_place(
    preview: Preview, server: Server, tmp_path: Path
) -> None:
    catalog = write_catalog(
        tmp_path / "catalog", {"plugins/plugin-z.yaml": plugin("plugin-z", name="Zulu")}
    )
    template = catalog / "site" / "templates" / "plugin.html"
    template.parent.mkdir(parents=True)
    template.write_text("{% if name == 'Zulu' %}{{ absent }}{% endif %}")
    preview.rebuild()
    assert Answer(server, "/plugins/plugin-hyperbilling/").status == 200
    failed = Answer(server, "/plugins/plugin-z/")
    assert failed.status == 500
    assert b"site/templates/plugin.html:1" in failed.body


@pytest.mark.parametrize(
    ("name", "does"),
    [
        ("plugin-a.yaml", True),
        ("catalog.yaml", True),
        ("HEAD", True),
        (".hidden", True),
        ("notes.tmp", True),
        (".plugin-a.yaml.swp", False),
        ("plugin-a.yaml~", False),
        ("#plugin-a.yaml#", False),
        (".#plugin-a.yaml", False),
        ("4913", False),
        (".DS_Store", False),
    ],
)
def test_only_what_the_catalog_passes_over_is_no_change(
    preview: Preview, name: str, *, does: bool
) -> None:
    assert preview.is_relevant(f"/some/where/{name}") is does


def test_a_side_file_that_is_a_problem_is_heeded_until_it_is_gone(
    preview: Preview, tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog"
    side_file = catalog / "plugins" / ".plugin-hyperbilling.yaml.swp"
    side_file.write_bytes(b"b0VIM")
    Repository.new(catalog).git("add", "--force", "plugins")
    preview.rebuild()
    assert [each.code for each in preview.state.problems] == ["stray-file"]
    assert preview.is_relevant(str(side_file))


def test_no_other_origin_may_read_an_answer(preview: Preview, server: Server) -> None:
    """R-47: a page elsewhere on the web gets nothing out of the preview."""
    preview.rebuild()
    files = preview.state.files
    assert files is not None
    for path in (
        *(path for path, _ in files.files()),
        "manifest.json",
        "_preview/state.json",
        "_preview/reload.js",
        "nothing.json",
    ):
        headers = Answer(server, f"/{path}", Origin="https://elsewhere.example").headers
        assert headers["Access-Control-Allow-Origin"] is None, path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path


@pytest.mark.parametrize("query", ["", "?x=1", "?x=1&y=%2F..%2F?z", "?next=//evil.example"])
def test_the_way_to_a_folder_keeps_the_query(preview: Preview, server: Server, query: str) -> None:
    preview.rebuild()
    answer = Answer(server, f"/plugins/plugin-hyperbilling{query}")
    assert answer.headers["Location"] == f"/plugins/plugin-hyperbilling/{query}"


def test_problems_are_told_with_place_message_and_hint(
    preview: Preview, server: Server, tmp_path: Path
) -> None:
    preview.rebuild()
    (tmp_path / "catalog" / FILE).write_text(PLUGIN + "lables: x\n")
    preview.rebuild()
    state = json.loads(Answer(server, "/_preview/state.json").body)
    assert "last good build" in state["note"]
    problem = state["problems"][0]
    assert problem["place"].endswith(f"{FILE}:4:1")
    assert "lables" in problem["message"]
    assert "labels" in problem["hint"]


def test_a_catalog_that_never_was_good_shows_place_message_and_hint(
    preview: Preview, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "catalog" / FILE).write_text(PLUGIN + "lables: <b>\n")
    preview.rebuild()
    page = Answer(server, "/").body.decode()
    assert 'href="/_preview/preview.css"' in page
    assert f'{FILE}:4:1</code><p><span class="preview-kind">error[unknown-field]</span>' in page
    assert '<p class="hint">' in page
    assert Answer(server, "/_preview/preview.css").headers["Content-Type"].startswith("text/css")


def test_a_saved_readme_is_shown_at_once(preview: Preview, server: Server, tmp_path: Path) -> None:
    preview.rebuild()
    page = "/plugins/plugin-hyperbilling/"
    file = tmp_path / "catalog/docs/plugin-hyperbilling/README.md"
    file.parent.mkdir(parents=True)
    for text in ("First words.", "Other words."):
        file.write_text(text)
        preview.rebuild({file})
        assert text.encode() in Answer(server, page).body


def test_suggestions_are_for_the_preview_alone(
    preview: Preview, server: Server, tmp_path: Path
) -> None:
    preview.rebuild()
    path = "/_preview/suggestions/plugin-hyperbilling"
    found = {each["code"]: each for each in json.loads(Answer(server, path).body)}
    assert found["no-readme"]["severity"] == "suggestion"
    assert found["no-readme"]["hint"].startswith("write docs/plugin-hyperbilling/README.md")
    for none in ("plugin-none", "../x", ""):
        assert json.loads(Answer(server, f"/_preview/suggestions/{none}").body) == []
    files = preview.state.files
    assert files is not None
    published = files.read("plugins/plugin-hyperbilling/index.html") or b""
    assert b"README.md" not in published
    write_catalog(tmp_path / "catalog", {"docs/plugin-hyperbilling/README.md": "Words."})
    preview.rebuild()
    assert "no-readme" not in Answer(server, path).body.decode()
