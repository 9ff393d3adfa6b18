"""A real browser before a served site: no foreign request, no console error, in every test."""

from __future__ import annotations

import functools
import http
import http.server
import importlib.resources
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.publish.headers import content_policy
from catalogctl.upload.host_headers import host_rules
from support import samples, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import ConsoleMessage, Dialog, Page, Route

CHROMIUMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
"""Debian's, the quicker first: without windows a page opens in a quarter of the time."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
REFUSED = ("Refused to ", "Failed to load resource")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a tree below /repo/ as a strict host does: 404.html for what is not there."""

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix("/repo") if path.startswith("/repo/") else "/outside/of/it"
        return super().translate_path(inside)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", f"{content_policy(())}; frame-ancestors 'none'")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != http.HTTPStatus.NOT_FOUND or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def chromium() -> Path:
    """Return the first Chromium that is installed, or where it would be."""
    return next((path for path in CHROMIUMS if path.exists()), CHROMIUMS[0])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, where there is no browser; in CI that is a failure instead."""
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    missing = not chromium().exists() and not os.environ.get("CI")
    for item in here:
        # Of pytest-base-url, which comes with pytest-playwright: none of our fixtures is meant.
        item.add_marker(pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as"))
        if missing:
            item.add_marker(pytest.mark.skip(reason=f"no browser at {chromium()}"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Take the system's Chromium."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    return {
        **browser_type_launch_args,
        "executable_path": str(chromium()),
        "args": [*arguments, "--disable-background-networking"],
    }


class HandlerWithHeaders(Handler):
    """Serves a tree with the headers that its `_headers` names, and no others."""

    def end_headers(self) -> None:
        rules = (Path(self.directory) / "_headers").read_text()
        for pattern, name, value in host_rules(rules):
            path = self.path.removeprefix("/repo")
            if path == pattern or (pattern.endswith("*") and path.startswith(pattern[:-1])):
                self.send_header(name, value)
        http.server.SimpleHTTPRequestHandler.end_headers(self)


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Return a function that serves a folder and returns its address, which ends in /repo/."""
    yield from _serving(Handler)


@pytest.fixture(scope="session")
def serve_with_headers() -> Iterator[Callable[[Path], str]]:
    """Return a function that does the same with the headers that the tree names."""
    yield from _serving(HandlerWithHeaders)


def _serving(handler: type[Handler]) -> Iterator[Callable[[Path], str]]:
    servers = []

    def start(folder: Path) -> str:
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(handler, directory=str(folder))
        )
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/repo/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site on disk."""
    saved = [
        site.answer("types", [{"type": "a.B", "n": 2}, {"type": "c.D", "n": 1}], title="Types"),
        site.answer("days", [{"day": "a", "n": 2}, {"day": "b", "n": 5}], chart="line"),
        site.answer("newest", [{"name": "Usual 01", "plugin_id": "plugin-usual-01"}], kind="list"),
    ]
    about = {"about": samples.OWN_PAGE}
    files = site.tree(samples.plugins(), site.context(), saved=saved, own_pages=about)
    return samples.written(files, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def address(folder: Path, serve: Callable[[Path], str]) -> str:
    """The address of the sample site."""
    return serve(folder)


@pytest.fixture(scope="session")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site made of attacks on disk."""
    own = {"repository_id": "repo-1", "name": "Own", "repository_type": "local"}
    build = site.context(repository_info=own, upstreams=[samples.hostile_upstream()])
    files = site.tree(samples.hostile(), build)
    return samples.written(files, tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="session")
def hostile_address(hostile_folder: Path, serve: Callable[[Path], str]) -> str:
    """The address of the site made of attacks."""
    return serve(hostile_folder)


@pytest.fixture(scope="session")
def axe_source() -> str:
    """Return axe-core's script."""
    script = importlib.resources.files("axe_playwright_python") / "axe.min.js"
    return script.read_text(encoding="utf-8")


@pytest.fixture
def violations(axe_source: str) -> Callable[..., list[Any]]:
    """Return a function that lists what axe finds wrong on a page, but for the `without` rules."""

    def find(page: Page, *, without: tuple[str, ...] = ()) -> list[Any]:
        # Through the debugger, for the policy refuses a script tag, as it should.
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(axe_source)
        rules = {rule: {"enabled": False} for rule in without}
        options = {"runOnly": RULES, "rules": rules, "resultTypes": ["violations"]}
        found = page.evaluate("options => axe.run(document, options)", options)
        return [
            (one["id"], [node["html"][:150] for node in one["nodes"][:3]])
            for one in found["violations"]
        ]

    return find


class Guard:
    """What a test's pages asked of other hosts, and what they complained about."""

    def __init__(self) -> None:
        self.foreign: list[str] = []
        self.noise: list[str] = []

    def watch(self, page: Page) -> None:
        """Note what the page does from now on; requests elsewhere are stopped."""
        page.context.route("**/*", self._gate)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.on("dialog", self._dismiss)

    def _gate(self, route: Route) -> None:
        if route.request.url.startswith(("http://127.0.0.1:", "file:///")):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.noise.append(message.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.noise.append(f"dialog {dialog.message}")
        dialog.dismiss()


@pytest.fixture(autouse=True)
def guard(page: Page) -> Iterator[Guard]:
    """Fail the test whose page asked another host for anything, or logged an error."""
    watching = Guard()
    watching.watch(page)
    yield watching
    assert not watching.foreign
    assert not watching.noise


@pytest.fixture
def forgiving(guard: Guard) -> Iterator[None]:
    """Let «not found» miss its script: only one of the ways to it can be the right one."""
    yield
    guard.noise[:] = [text for text in guard.noise if not text.startswith(REFUSED)]
