"""Give each published file the headers that a host should send with it.

The rules are those of the tree's own `_headers`, which describes the tree it belongs to. It gives
no types that hosts know anyway: those follow from the ending of a file's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.headers import BRIEFLY, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TYPE = "Content-Type"
CACHE = "Cache-Control"


class HostHeaders:
    """The rules of a `_headers` file, by path and by the folder that begins a path."""

    def __init__(self, text: str) -> None:
        """Read the rules; a line that is none is ignored, as hosts do."""
        self._files: dict[str, dict[str, str]] = {}
        self._folders: dict[str, dict[str, str]] = {}
        for pattern, name, value in host_rules(text):
            path = pattern.removeprefix("/")
            is_folder = path.endswith("*")
            rules = self._folders if is_folder else self._files
            rules.setdefault(path.rstrip("*"), {})[name] = value

    def of(self, path: str) -> Mapping[str, str]:
        """Return the type of a file and how long it may be cached."""
        headers = {TYPE: type_of(path), CACHE: BRIEFLY}
        for rule in (*map(self._folders.get, _beginnings(path)), self._files.get(path)):
            headers.update(rule or {})
        return {name: headers[name] for name in (TYPE, CACHE)}

    def is_named_by_content(self, path: str) -> bool:
        """Return whether a file never changes, because its name is the hash of its content."""
        return "immutable" in self.of(path)[CACHE]


def host_rules(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each header of a `_headers` file: the pattern above it, its name and its value."""
    pattern = ""
    for line in text.splitlines():
        name, colon, value = line.strip().partition(": ")
        if line.startswith("/"):
            pattern = line.strip()
        elif colon and pattern:
            yield pattern, name, value


def _beginnings(path: str) -> Iterator[str]:
    """Yield the folders above a path from the top, each with its "/", beginning with ""."""
    yield ""
    for place, letter in enumerate(path):
        if letter == "/":
            yield path[: place + 1]
