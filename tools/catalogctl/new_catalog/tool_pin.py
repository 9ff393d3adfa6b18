"""Say in a requirement which catalogctl a catalog installs, held to its hash."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import msgspec

from catalogctl.errors import CatalogctlError, OutsideError, UsageError
from catalogctl.fetch.bounded_json import check_cost
from catalogctl.new_catalog.tool_wheel import (
    Wheel,
    own_wheel,
    read_wheel,
    recorded_files,
    version_of,
)
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = re.compile(r"(?P<url>https://[^\s#]+\.whl)#sha256=(?P<sha256>[0-9a-f]{64})")
VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*(?:(?:a|b|rc)[0-9]+)?(?:\.post[0-9]+)?")
INDEX = "https://pypi.org/simple"
"""The package index that `--tool VERSION` asks, unless PIP_INDEX_URL names another."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAX_ANSWER = 16 * 1024 * 1024
_AS_IT_IS: Mapping[str, str] = MappingProxyType({})
_AS_JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
_CONTINUED = " \\\n    "


@dataclass(frozen=True, slots=True)
class ToolPin:
    """The requirement that pins catalogctl, and the wheel if it goes into the repository."""

    requirement: str
    wheel: Wheel | None = None


class _IndexFile(msgspec.Struct):
    filename: str
    hashes: dict[str, str]
    url: str = ""
    yanked: bool | str = False


class _Project(msgspec.Struct):
    files: list[_IndexFile]


def pin_of(tool: str, environ: Mapping[str, str]) -> ToolPin:
    """Return the pin for `--tool`: a wheel's address with its hash, its file, or a version.

    Raise UsageError if it is none of these, or another version than the running one, whose
    workflows and lock are written; OutsideError if the package index gives no answer.
    """
    if match := URL.fullmatch(tool):
        _check_version(version_of(match["url"].rpartition("/")[2]), tool)
        return ToolPin(f"catalogctl @ {match['url']}{_CONTINUED}--hash=sha256:{match['sha256']}")
    if VERSION.fullmatch(tool):
        _check_version(tool, tool)
        return index_pin(tool, environ)
    if tool.endswith(".whl") and "://" not in tool:
        wheel = read_wheel(Path(tool))
        _check_version(wheel.version, tool)
        return wheel_pin(wheel)
    raise UsageError(
        f"--tool {tool} pins nothing: write https://….whl#sha256=<64 hex digits>, the path of a"
        " wheel, or a version; make a wheel of a commit with pip wheel --no-deps git+URL@COMMIT"
    )


def _check_version(version: str | None, tool: str) -> None:
    if version is None:
        raise UsageError(f"--tool {tool} is not a wheel of catalogctl")
    if version != __version__:
        raise UsageError(
            f"--tool {tool}: this is catalogctl {__version__}, and writes its own workflows and"
            f" lock: install {version}, and run the init of that one"
        )


def default_pin(environ: Mapping[str, str]) -> ToolPin:
    """Return the pin of the running catalogctl.

    Where the installer recorded no address (PEP 610), it came from a package index: that release is
    pinned, if the index still has the very files that are installed. Otherwise this is `own_pin`.
    """
    return (_release(own_wheel(), environ) if _recorded_address() is None else None) or own_pin()


def own_pin() -> ToolPin:
    """Return the pin of the running catalogctl without asking an index.

    That is the address that it was installed from, if the installer recorded one with a hash
    (PEP 610), else a wheel of it.
    """
    address = _address_with_hash()
    return pin_of(address, {}) if address else wheel_pin(own_wheel())


def _release(own: Wheel, environ: Mapping[str, str]) -> ToolPin | None:
    """Return the pin of the release that has the files of a wheel, or None if no index has it."""
    try:
        url = _project_url(environ)
        for each in _wheels(_ask(url, environ, _AS_JSON), own.version):
            data = _ask(urljoin(url, each.url), environ)
            is_whole = hashlib.sha256(data).hexdigest() == each.hashes.get("sha256")
            if is_whole and recorded_files(data) == recorded_files(own.data):
                return ToolPin(_exactly(own.version, [each.hashes["sha256"]]))
    except (CatalogctlError, ValueError, RecursionError, msgspec.MsgspecError):
        return None
    return None


def wheel_pin(wheel: Wheel) -> ToolPin:
    """Return the pin of a wheel that lies in the repository."""
    return ToolPin(_exactly(wheel.version, [wheel.sha256]), wheel)


def index_pin(version: str, environ: Mapping[str, str]) -> ToolPin:
    """Return the pin of a release, with the hashes of its wheels in the package index."""
    url = _project_url(environ)
    try:
        wheels = _wheels(_ask(url, environ, _AS_JSON), version)
        found = sorted({each.hashes["sha256"] for each in wheels})
        cause = "" if found else f"{url} has no wheel of version {version}"
    except OutsideError as error:
        cause, found = str(error), []
    except (ValueError, RecursionError, msgspec.MsgspecError):
        cause, found = f"{url} did not answer as a package index does", []
    if cause:
        raise OutsideError(f"{cause}; without the index, name a wheel: --tool PATH")
    return ToolPin(_exactly(version, found))


def _project_url(environ: Mapping[str, str]) -> str:
    """Return the address of catalogctl in the package index."""
    from catalogctl.fetch.address import parse_address

    index = parse_address(environ.get("PIP_INDEX_URL") or INDEX, "PIP_INDEX_URL")
    return f"{index.rstrip('/')}/catalogctl/"


def _ask(url: str, environ: Mapping[str, str], headers: Mapping[str, str] = _AS_IT_IS) -> bytes:
    """Return what an address of the package index has; raise OutsideError without an answer."""
    from catalogctl.fetch.fetcher import Fetcher
    from catalogctl.fetch.response import whole

    with closing(Fetcher(environ)) as fetcher:
        answer = fetcher.read(url, whole, most=_MAX_ANSWER, headers=headers)
    if answer.status != HTTPStatus.OK:
        raise OutsideError(f"{url} answered {answer.status}")
    return answer.body


def _wheels(answer: bytes, version: str) -> list[_IndexFile]:
    """Return a version's wheels in an answer of the index (PEP 691), those that have a hash."""
    check_cost(answer)
    return [
        each
        for each in msgspec.json.decode(answer, type=_Project).files
        if version_of(each.filename) == version
        and not each.yanked
        and _SHA256.fullmatch(each.hashes.get("sha256", ""))
    ]


def _exactly(version: str, hashes: list[str]) -> str:
    return _CONTINUED.join(
        [f"catalogctl=={version}", *(f"--hash=sha256:{digest}" for digest in hashes)]
    )


def _recorded_address() -> str | None:
    """Return what the installer recorded of where catalogctl came from (PEP 610), if anything."""
    try:
        return distribution("catalogctl").read_text("direct_url.json")
    except PackageNotFoundError:
        return ""


def _address_with_hash() -> str:
    """Return the address with hash that the running catalogctl was installed from, or ""."""
    try:
        value = json.loads(_recorded_address() or "{}")
    except ValueError:
        return ""
    sha256 = ((value.get("archive_info") or {}).get("hashes") or {}).get("sha256", "")
    address = f"{value.get('url', '')}#sha256={sha256}"
    return address if URL.fullmatch(address) else ""
