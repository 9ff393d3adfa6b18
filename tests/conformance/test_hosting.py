"""The built tree below a path of Debian's nginx, with the very settings of docs/hosting.md."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

import pytest
import requests
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate as validate_openapi

from catalogctl import Catalog
from catalogctl.publish.verify_url import verify_url
from support import nginx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject

BRIEFLY = "public, max-age=60, must-revalidate"
FOREVER = "public, max-age=31536000, immutable"
NOT_FETCHED = re.compile(r"/(?:\.[^/]*|_headers)$")


@pytest.fixture(scope="module")
def openapi(built_tree: Path) -> dict[str, Any]:
    """Return the description of the tree."""
    document: dict[str, Any] = json.loads((built_tree / "openapi.json").read_text("utf-8"))
    return document


@pytest.fixture(scope="module")
def base_url(openapi: dict[str, Any]) -> str:
    """Return the address that the tree was built for."""
    (server,) = openapi["servers"]
    return f"{server['url'].rstrip('/')}/"


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """Return one connection for all requests."""
    with requests.Session() as opened:
        yield opened


class Links(HTMLParser):
    """Finds what a page leads to and what it loads, and what can be led to in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        for name, value in attrs:
            if name in {"href", "src", "action", "data-index", "data-href"} and value:
                self.targets.add(value)
            if name == "id" and value:
                self.anchors.add(value)


def links_of(tree: str, url: str, answer: requests.Response) -> set[str]:
    """Return the addresses that a file names, by the kind of the file; JSON names paths."""
    kind = answer.headers["Content-Type"].partition(";")[0]
    found: set[str] = set()
    if kind == "text/html":
        found = Links(answer.text).targets
    elif kind == "text/css":
        found = set(re.findall(r"url\([\"']?([^\"')]+)", answer.text))
    elif kind in {"application/atom+xml", "text/xml"}:
        found = set(re.findall(r"(?:href=\"|<loc>)([^\"<]+)", answer.text))
    elif url.endswith("/index.json"):
        return {tree + path for path in paths_in(answer.json())}
    return {urljoin(url, target) for target in found}


def paths_in(value: Any) -> set[str]:
    """Return every `path` that a JSON document names."""
    if isinstance(value, dict):
        own = {value["path"]} if isinstance(value.get("path"), str) else set()
        return own.union(*map(paths_in, value.values()))
    return set().union(*map(paths_in, value)) if isinstance(value, list) else set()


def test_every_link_leads_somewhere_and_every_page_is_led_to(
    built_tree: Path, address: str, base_url: str, session: requests.Session
) -> None:
    """No 404 below a sub-path: from pages, styles, feeds, sitemap and the JSON indexes."""
    answers: dict[str, requests.Response] = {}
    anchors: set[tuple[str, str]] = set()
    waiting = [address, address + "sitemap.xml"]
    while waiting:
        url = waiting.pop()
        if url not in answers:
            answers[url] = session.get(url, timeout=30)
            links = links_of(address, url, answers[url])
            targets = [urldefrag(link.replace(base_url, address)) for link in links]
            inside = [(link, anchor) for link, anchor in targets if link.startswith(address)]
            waiting += [link for link, _ in inside]
            anchors.update(inside)
    assert [url for url, answer in answers.items() if answer.status_code != 200] == []
    pages = {url: Links(answer.text).anchors for url, answer in answers.items() if is_page(answer)}
    # With «=» or «:» it is the state of a script.
    named = [(url, to) for url, to in anchors if to and not {*"=:"} & {*to}]
    assert [(url, to) for url, to in named if url in pages and to not in pages[url]] == []
    written = {path.parent.relative_to(built_tree) for path in built_tree.rglob("index.html")}
    assert {address + ("" if str(path) == "." else f"{path}/") for path in written} <= set(pages)


def is_page(answer: requests.Response) -> bool:
    return answer.headers["Content-Type"].startswith("text/html")


def test_all_that_the_manifest_names_is_served_byte_for_byte(address: str) -> None:
    assert list(verify_url(address)) == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("plugins/plugin-aws-sns-mon-webhook/", "text/html; charset=utf-8"),
        ("index.json", "application/json"),
        ("openapi.json", "application/json"),
        ("repository/v1/plugin/list/all.json", "application/json"),
        ("repository/v1/plugin/get/plugin-aws-sns-mon-webhook.json", "application/json"),
        ("schemas/PluginInfo.schema.json", "application/schema+json"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("sitemap.xml", "text/xml; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("badges/plugin-aws-sns-mon-webhook.svg", "image/svg+xml"),
        ("query.js", "application/javascript; charset=utf-8"),
        ("assets/site.*.css", "text/css; charset=utf-8"),
        ("assets/theme.*.js", "application/javascript; charset=utf-8"),
    ],
)
def test_a_file_has_its_type_its_cache_class_and_its_readers(
    built_tree: Path, address: str, session: requests.Session, path: str, kind: str
) -> None:
    """What the page says of caches, types and readers of other sites, file by file."""
    real = next(built_tree.glob(path)).relative_to(built_tree).as_posix() if "*" in path else path
    answer = session.get(address + real, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == (FOREVER if "assets/" in path else BRIEFLY)
    read_by_all = path.endswith(".json") or path.startswith(("badges/", "assets/", "query.js"))
    assert answer.headers.get("Access-Control-Allow-Origin") == ("*" if read_by_all else None)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"


def test_what_has_not_changed_is_not_sent_again(address: str, session: requests.Session) -> None:
    first = session.get(address + "index.json", timeout=30)
    again = session.get(
        address + "index.json", headers={"If-None-Match": first.headers["ETag"]}, timeout=30
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "a/b/c/",
        "repository/v1/plugin/get/plugin-x.json",
        "assets/nothing.css",
        "schemas/No.schema.json",
        ".nojekyll",
        "_headers",
        "%2e%2e/nginx.conf",
    ],
)
def test_what_is_not_there_is_a_404_with_the_page_that_says_so(
    built_tree: Path, address: str, session: requests.Session, path: str
) -> None:
    answer = session.get(address + path, timeout=30)
    assert answer.status_code in ({404, 400} if "%" in path else {404})
    if answer.status_code == 404 and "%" not in path:
        assert answer.content == (built_tree / "404.html").read_bytes()
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Cache-Control"] == BRIEFLY


def test_a_folder_without_its_slash_leads_to_it_below_the_path(
    address: str, session: requests.Session
) -> None:
    answer = session.get(address + "stats", timeout=30, allow_redirects=False)
    assert answer.status_code == 301
    assert urljoin(address, answer.headers["Location"]) == address + "stats/"


# The same answers


ASKED: dict[str, Callable[[Catalog], object]] = {
    "get": lambda catalog: catalog.get("plugin-aws-sns-mon-webhook"),
    "get --only": lambda catalog: catalog.get("plugin-aws-sns-mon-webhook", ["tags.icon"]),
    "get-versions": lambda catalog: catalog.get_versions("plugin-aws-sns-mon-webhook"),
    "list": lambda catalog: catalog.list(),
    "list --query": lambda catalog: catalog.list({"keyword": "billing"}, provider="aws"),
    "stat": lambda catalog: catalog.stat({"distinct": "provider"}),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_a_url_and_a_tree_answer_alike(
    built_tree: Path,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Catalog], JSONObject],
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert ask(Catalog.open(address)) == ask(Catalog.open(built_tree))


# OpenAPI


def test_openapi_is_valid_3_1(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"].startswith("3.1")
    validate_openapi(openapi)


def test_each_path_of_openapi_answers_with_what_it_says(
    openapi: dict[str, Any], address: str, session: requests.Session
) -> None:
    """With the example of each parameter; the answer is held against the schema of the path."""
    for template, item in openapi["paths"].items():
        operation = item["get"]
        path = template
        for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        answer = session.get(address + path.lstrip("/"), timeout=30)
        assert (answer.status_code, "{" in path) == (200, False), path
        content = operation["responses"]["200"]["content"]
        kind = answer.headers["Content-Type"].partition(";")[0]
        assert kind in content, (path, kind)
        if "json" in kind and "schema" in content[kind]:
            checker = checker_of(openapi, content[kind]["schema"])
            assert [error.message for error in checker.iter_errors(answer.json())] == [], path
    assert len(openapi["paths"]) >= 8


def checker_of(openapi: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """Return what holds a value against a schema that points into the description."""
    return Draft202012Validator({**schema, "components": openapi["components"]})


def test_the_settings_of_the_page_are_used_as_they_stand() -> None:
    http, server = nginx.settings(nginx.PAGE)
    assert http.count("map ") == 3
    assert server.startswith("location /some/prefix/ {\n")
