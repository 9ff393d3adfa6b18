"""The requirement that pins the tool: from an address, a file, or a package index."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl import __version__
from catalogctl.errors import OutsideError, UsageError
from catalogctl.new_catalog import tool_pin
from catalogctl.new_catalog.tool_pin import ToolPin, default_pin, pin_of
from catalogctl.new_catalog.tool_wheel import own_wheel
from support.loopback import Asked, Reply, Server, in_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHEEL = f"catalogctl-{__version__}-py3-none-any.whl"
URL = f"https://files.example.org/{WHEEL}"
ONE, TWO = "0a" * 32, "1b" * 32


def listed(name: str, sha256: str = ONE, **more: Any) -> dict[str, Any]:
    return {"filename": name, "url": f"../{name}", "hashes": {"sha256": sha256}, **more}


def asked(app: Callable[[Asked], Reply]) -> ToolPin:
    """Ask an index for the version at hand."""
    with Server(app) as server:
        return pin_of(__version__, {"PIP_INDEX_URL": f"http://{server.host}/simple/"})


def test_a_release_is_pinned_by_the_hashes_of_its_wheels() -> None:
    requests: list[Asked] = []

    def index(request: Asked) -> Reply:
        requests.append(request)
        files = [
            listed(f"catalogctl-{__version__}.tar.gz", TWO),
            listed("catalogctl-0.0.1-py3-none-any.whl", TWO),
            listed(WHEEL),
        ]
        return in_json({"name": "catalogctl", "files": files})

    pin = asked(index)
    assert pin == ToolPin(f"catalogctl=={__version__} \\\n    --hash=sha256:{ONE}")
    (request,) = requests
    assert request.path == "/simple/catalogctl/"
    assert request.headers["accept"] == "application/vnd.pypi.simple.v1+json"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(404), "answered 404"),
        (in_json({"files": []}), f"has no wheel of version {__version__}"),
        (in_json({"files": [listed(WHEEL, yanked="broken")]}), "has no wheel"),
        (in_json({"files": [listed(WHEEL, "00")]}), "has no wheel"),
        (in_json({"files": 3}), "did not answer as a package index does"),
        (in_json([]), "did not answer as a package index does"),
        (Reply(200, b"<!doctype html>"), "did not answer as a package index does"),
        (Reply(200, b"[" * 5000), "did not answer as a package index does"),
    ],
    ids=["unknown", "empty", "yanked", "short hash", "number", "list", "html", "deep"],
)
def test_an_index_without_the_release_is_told_with_a_way_out(reply: Reply, reason: str) -> None:
    with pytest.raises(OutsideError, match=reason) as caught:
        asked(lambda _: reply)
    assert "without the index, name a wheel: --tool PATH" in str(caught.value)


def test_an_index_that_is_not_there_is_told_with_a_way_out() -> None:
    with pytest.raises(OutsideError, match="can't be reached; without the index, name a wheel"):
        pin_of(__version__, {"PIP_INDEX_URL": "http://127.0.0.1:9/simple"})


def test_an_address_with_a_login_is_not_asked() -> None:
    with pytest.raises(UsageError, match="leave user and password out"):
        pin_of(__version__, {"PIP_INDEX_URL": "https://me:secret@index.example.org/simple"})


def test_a_wheel_is_pinned_by_its_own_hash(tmp_path: Path) -> None:
    wheel = own_wheel()
    (tmp_path / WHEEL).write_bytes(wheel.data)
    pin = pin_of(str(tmp_path / WHEEL), {})
    assert pin.wheel == wheel
    assert pin.requirement.endswith(f"--hash=sha256:{wheel.sha256}")


@pytest.mark.parametrize(
    ("tool", "reason"),
    [
        ("0.0.1", "install 0.0.1, and run the init of that one"),
        (f"{URL.replace(__version__, '0.0.1')}#sha256={ONE}", "run the init of that one"),
        (f"https://files.example.org/other.whl#sha256={ONE}", "is not a wheel of catalogctl"),
    ],
    ids=["release", "address", "another project"],
)
def test_another_version_has_to_begin_its_own_catalogs(tool: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        pin_of(tool, {})


class Installed:
    """An installation with what its installer recorded (PEP 610)."""

    version = __version__

    def __init__(self, direct_url: object) -> None:
        self._text = None if direct_url is None else json.dumps(direct_url)

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self._text


HASH = {"archive_info": {"hashes": {"sha256": ONE}}}


@pytest.mark.parametrize(
    ("direct_url", "is_address"),
    [
        (None, False),
        ({"url": URL, **HASH}, True),
        ({"url": URL, "archive_info": {}}, False),
        ({"url": URL.replace("https:", "http:"), **HASH}, False),
        ({"url": f"file:///tmp/{WHEEL}", **HASH}, False),
        ({"url": "file:///src", "dir_info": {"editable": True}}, False),
        ({"url": "https://git.example.org/x", "vcs_info": {"vcs": "git", "commit_id": ONE}}, False),
    ],
    ids=["index", "address", "no hash", "plain http", "file", "checkout", "commit"],
)
def test_the_pin_is_the_address_that_the_tool_came_from_or_the_tool_itself(
    monkeypatch: pytest.MonkeyPatch, direct_url: object, *, is_address: bool
) -> None:
    """R-02."""
    monkeypatch.setattr(tool_pin, "distribution", lambda _: Installed(direct_url))
    pin = default_pin({"PIP_INDEX_URL": "http://127.0.0.1:9/simple"})
    if is_address:
        assert pin == ToolPin(f"catalogctl @ {URL} \\\n    --hash=sha256:{ONE}")
    else:
        assert pin.wheel == own_wheel()


def zipped(record: str) -> bytes:
    """Return a wheel that says what its files are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"catalogctl-{__version__}.dist-info/RECORD", record)
    return out.getvalue()


def from_an_index(monkeypatch: pytest.MonkeyPatch, wheel: bytes, listed_as: bytes) -> ToolPin:
    """Return the pin of a tool that came from an index, which has a wheel of its version."""

    def index(request: Asked) -> Reply:
        if request.path == f"/simple/{WHEEL}":
            return Reply(200, wheel)
        sha256 = hashlib.sha256(listed_as).hexdigest()
        return in_json({"name": "catalogctl", "files": [listed(WHEEL, sha256)]})

    monkeypatch.setattr(tool_pin, "distribution", lambda _: Installed(None))
    with Server(index) as server:
        return default_pin({"PIP_INDEX_URL": f"http://{server.host}/simple/"})


def test_a_tool_from_an_index_is_pinned_as_its_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-02: the index has the very files that are installed, in a wheel of its own."""
    with zipfile.ZipFile(io.BytesIO(own_wheel().data)) as archive:
        rows = archive.read(f"catalogctl-{__version__}.dist-info/RECORD").decode().splitlines()
    wheel = zipped("".join(f"{row}\n" for row in reversed(rows)))
    digest = hashlib.sha256(wheel).hexdigest()
    assert from_an_index(monkeypatch, wheel, wheel) == ToolPin(
        f"catalogctl=={__version__} \\\n    --hash=sha256:{digest}"
    )


@pytest.mark.parametrize(
    ("wheel", "listed_as"),
    [
        (zipped("catalogctl/other.py,sha256=x,1\n"), None),
        (own_wheel().data, b"another file"),
        (b"no wheel", None),
        (zipped("x" * (1 << 21)), None),
    ],
    ids=["another project", "another hash", "no wheel", "too large"],
)
def test_where_an_index_has_something_else_the_tool_itself_is_pinned(
    monkeypatch: pytest.MonkeyPatch, wheel: bytes, listed_as: bytes | None
) -> None:
    """R-02."""
    assert from_an_index(monkeypatch, wheel, listed_as or wheel).wheel == own_wheel()
