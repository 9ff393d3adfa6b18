"""docs/tutorials/: each command is run in its order, and prints what the page says."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.main import main
from catalogctl.pipeline.build import BuildOptions, build
from support.code_blocks import ROOT, code_blocks, not_printed, run
from support.git import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CATALOG = "https://git.example.org/acme/plugins"
LANGUAGES = {"sh", "python", "text", "console"}


def follow(page: str, folder: Path, **environ: str) -> None:
    """Run a tutorial as its reader would; what it shows must be printed by the block above."""
    blocks = code_blocks(f"docs/tutorials/{page}")
    assert {block.language for block in blocks} <= LANGUAGES
    commands = [block for block in blocks if block.language in ("sh", "python")]
    ran = run(commands, folder, **environ)
    assert ran.exit_code == 0, f"after {commands[len(ran.outputs) - 1].place}: {ran.outputs[-1]}"
    position = -1
    for block in blocks:
        position += block in commands
        if block.language == "text":
            assert not_printed(block, ran.outputs[position]) == [], block.place


@pytest.fixture
def catalog_url(tmp_path: Path) -> Iterator[str]:
    """The address of the shipped catalog, built and served."""
    out = tmp_path / "public"
    options = BuildOptions(
        ROOT / "catalog", out, environ={}, generator="catalogctl", allow_shallow=True, durable=False
    )
    assert build(options).published
    files = partial(_Quiet, directory=str(out))
    with ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def test_an_author_can_follow_the_tutorial(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "acme"), "--domain-id", "domain-123456789012"]) == 0
    acme = Repository(tmp_path / "acme")
    acme.git("add", "--all")
    acme.git("commit", "--quiet", "--message", "Start")
    bare = tmp_path / "acme.git"
    acme.git("clone", "--quiet", "--bare", ".", bare)
    (tmp_path / "gitconfig").write_text(f'[url "{bare}"]\n\tinsteadOf = {CATALOG}\n')
    work = tmp_path / "work"
    work.mkdir()
    follow("author.md", work, GIT_CONFIG_GLOBAL=str(tmp_path / "gitconfig"))
    assert "grafana-webhook" in Repository(bare).git("branch", "--list", "grafana-webhook")


def test_a_maintainer_can_follow_the_tutorial(tmp_path: Path) -> None:
    follow("maintainer.md", tmp_path)
    assert (tmp_path / "www" / "index.json").is_file()


def test_a_consumer_can_follow_the_tutorial(tmp_path: Path, catalog_url: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    follow("consumer.md", work, CATALOG_URL=catalog_url)


def test_output_that_differs_is_noticed() -> None:
    (block,) = [
        each for each in code_blocks("docs/tutorials/author.md") if "registers" in each.text
    ]
    assert not_printed(block, "updates plugin-grafana-mon-webhook\n") == [
        "registers plugin-grafana-mon-webhook"
    ]
