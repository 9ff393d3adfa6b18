"""Look up the codes of problems, with their meaning and a wrong and a right example.

Reports, `catalogctl explain` and docs/problems.md all read the table in `codes/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from catalogctl import resources
from catalogctl.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


class ExampleFile(StrEnum):
    """The kind of file that an example shows, by its usual name."""

    PLUGIN = "plugins/plugin-hyperbilling.yaml"
    SETTINGS = "catalog.yaml"
    LOCK = "versions/plugin-hyperbilling.json"
    QUERY = "queries/webhooks.yaml"
    IMPORTED = "imported.json"
    README = "docs/plugin-hyperbilling/README.md"
    ICON = "icons/plugin-hyperbilling.svg"
    FILES = "the folder plugins/"

    @property
    def is_yaml(self) -> bool:
        """Whether an example is YAML; others would be broken by a caret line, so they are text."""
        return self.value.endswith(".yaml")


@dataclass(frozen=True, slots=True)
class Code:
    """A code of problems: `meaning` is its rule in a sentence or two, `source` its origin.

    `section` is the section of docs/problems.md.
    """

    code: str
    section: str
    meaning: str
    source: str
    file: ExampleFile
    severity: Severity

    @property
    def wrong(self) -> str:
        """An example with the problem, or "" if there is none."""
        return self._example("wrong")

    @property
    def right(self) -> str:
        """The same example without the problem, or "" if there is none."""
        return self._example("right")

    def _example(self, name: str) -> str:
        path = resources.folder("codes") / self.code / name
        path = path.with_suffix(".yaml" if self.file.is_yaml else ".txt")
        return path.read_text(encoding="utf-8") if path.exists() else ""


@cache
def all_codes() -> Mapping[str, Code]:
    """Return all codes by name, in the order of docs/problems.md."""
    import tomllib

    table = tomllib.loads(resources.read_text("codes/codes.toml"))
    return {
        name: Code(
            code=name,
            section=section,
            meaning=row["meaning"],
            source=row["source"],
            file=ExampleFile[row.get("file", "plugin").upper()],
            severity=Severity(row.get("severity", Severity.ERROR)),
        )
        for section, rows in table.items()
        for name, row in rows.items()
    }
