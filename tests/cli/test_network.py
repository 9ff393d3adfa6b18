"""Every command that reads a web address ends in time and in little memory, and shows no secret."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.main import main
from catalogctl.fetch import fetch_limits
from catalogctl.fetch.fetch_limits import FetchLimits
from support.commands import COMMAND, environment
from support.wire import Line, Play, answer, host, says

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMMANDS = {
    "get": ["get", "plugin-a", "--from"],
    "get-versions": ["get-versions", "plugin-a", "--from"],
    "list": ["list", "--from"],
    "list of some": ["list", "--provider", "aws", "--from"],
    "list as a table": ["list", "--format", "table", "--from"],
    "stat": ["stat", "by-state", "--from"],
    "verify": ["verify"],
    "import": ["import", "--check"],
}
EACH_COMMAND = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is kept in a folder of the test; no proxy of this machine is asked."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


def kept(tmp_path: Path) -> list[Path]:
    """Return what was put into the cache."""
    return [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


# Time


def drip_a_body(line: Line) -> None:
    """Send the start of a long answer, and then a byte now and then."""
    line.request()
    line.send(answer(b"{", "Content-Length: 1000000", length=False))
    line.drip()


def drip_headers(line: Line) -> None:
    """Send a header now and then."""
    line.request()
    line.send(b"HTTP/1.1 200 OK\r\n")
    line.drip(b"X: y\r\n")


@EACH_COMMAND
@pytest.mark.parametrize("play", [drip_a_body, drip_headers])
def test_a_host_that_drips_ends_the_command(
    command: list[str],
    play: Play,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Q-44: exit 3, after the time of one read, though most commands would read several files."""
    monkeypatch.setattr(fetch_limits, "LIMITS", FetchLimits(seconds=0.5))
    began = time.monotonic()
    with host(play) as address:
        assert main([*command, f"http://{address}/"]) == 3
    assert time.monotonic() - began < 5
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "did not answer within 0.5 s" in err
    assert kept(tmp_path) == []


# Size


MANY = 20_000_000
"""Enough empty lists to take more than a gigabyte, in 60 MB of text."""

BOMBS: dict[str, Callable[[], bytes]] = {
    "a gzip of a gzip": lambda: gzip.compress(bytes(300_000_000)),
    "a gzip of blanks": lambda: b" " * 300_000_000,
    "many values": lambda: b'{"results": [' + b"[]," * MANY + b"[]]}",
    "many objects": lambda: b'[{"a":{}' + b',"a":{}' * 9_000_000 + b"}]",
    "a deep value": lambda: b"[" * 60_000_000,
}


@pytest.fixture(scope="module", params=BOMBS)
def bomb(request: pytest.FixtureRequest) -> tuple[bytes, str]:
    """Return the body of an answer and its coding."""
    body = gzip.compress(BOMBS[request.param](), 1)
    return body, "gzip, gzip" if request.param == "a gzip of a gzip" else "gzip"


@pytest.mark.parametrize("name", ["get", "list", "verify", "import"])
def test_a_bomb_takes_little_memory(name: str, bomb: tuple[bytes, str], tmp_path: Path) -> None:
    """Q-44, R-34: less than 400 MB, and nothing of it is kept."""
    body, coding = bomb
    folder = tmp_path / "catalog"
    (folder / "plugins").mkdir(parents=True)
    (folder / "catalog.yaml").write_text(
        "repository: {repository_id: repo-1, name: x, repository_type: local}\n"
    )
    with host(says(answer(body, f"Content-Encoding: {coding}"))) as address:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *COMMAND, *COMMANDS[name], f"http://{address}/"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment(XDG_CACHE_HOME=str(tmp_path / "cache")),
            timeout=120,
        )
    code, kilobytes = map(int, done.stdout.split())
    assert "Traceback" not in done.stderr
    assert code == 3 or (code == 1 and name in {"verify", "import"})
    assert kilobytes < 400 * 1024
    assert kept(tmp_path) == []


MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize("depth", [80, 101, 300, 900, 5000])
@EACH_COMMAND
def test_a_deep_answer_is_no_traceback(
    command: list[str], depth: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """R-34: valid JSON, deeper than anything that a catalog publishes."""
    deep = "[" * depth + "]" * depth
    body = f'{{"schema_version": 1, "endpoints": {deep}, "results": [], "total_count": 0}}'
    with host(says(answer(body.encode()))) as address:
        code = main([*command, f"http://{address}/"])
    assert code != 0 or "import" in command  # which passes over what it does not know
    assert "Traceback" not in capfd.readouterr().err


# Where to


@EACH_COMMAND
def test_a_redirect_to_another_host_is_not_followed(
    command: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """R-34: exit 3, and the target is named; nothing is sent there, nothing kept."""
    asked: list[str] = []

    def note(line: Line) -> None:
        asked.append(line.request())

    with host(note) as other:
        moved = answer(b"", f"Location: http://{other}/x?sig=S3cret", status="302 Found")
        with host(says(moved)) as address:
            assert main([*command, f"http://{address}/"]) == 3
    err = capfd.readouterr().err
    assert f"redirects to http://{other}/x, which is not followed" in err
    assert "S3cret" not in err
    assert (asked, kept(tmp_path)) == ([], [])


# What is no address


@EACH_COMMAND
@pytest.mark.parametrize(
    "text",
    [
        *("https://[::1", "https://", "https://a..b/", "https://a b/", "ftp://a/", "https:/a"),
        *("http://a:70000/", "https://me:S3cret@127.0.0.1:1/x", "http://127.0.0.1:1/?t=S3cret"),
        *("http://127.0.0.1:1/#S3cret", "https://me:S3cret@[::1", "HTTPS://a:S3cret/"),
    ],
)
def test_what_is_no_address_is_wrong_usage(
    command: list[str], text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """R-14: one line in our own words, and no secret in it."""
    assert main([*command, text]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert re.fullmatch(r"catalogctl: [^\n]+\n", err)
    assert "S3cret" not in err


# What an import reads


def test_a_page_from_a_host_is_no_list(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    body = json.dumps({"results": [], "total_count": 3}).encode()
    with host(says(answer(body))) as address:
        assert main(["import", "--check", f"http://{address}/plugins.json"]) == 1
    assert "is one page of the list" in capfd.readouterr().err
    assert kept(tmp_path) == []
