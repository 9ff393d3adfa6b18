"""What one row of the table of codes holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalogctl.problem import Severity

HEAD = """\
name: Hyperbilling
service_type: cost_analysis.DataSource
image: acme/plugin-hyperbilling
"""
"""A plugin file that has all it must have; the examples start with it."""


REPOSITORY = """\
repository:
  repository_id: repo-123456789012
  name: Marketplace
  repository_type: local
"""
"""A catalog.yaml that has all it must have."""


class Where(StrEnum):
    """The kind of file that an example shows."""

    PLUGIN = "plugins/plugin-hyperbilling.yaml"
    SETTINGS = "catalog.yaml"
    LOCK = "versions/plugin-hyperbilling.json"
    QUERY = "queries/webhooks.yaml"
    IMPORTED = "imported.json"
    FILES = "the folder plugins/"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of problem: `meaning` is its rule in a sentence or two, `source` where it is from.

    `wrong` and `right` are texts of the kind of file that `where` names; for `Where.FILES` lines
    of file names, where `a -> b` is a symbolic link and a name that ends in `/` a folder. Two
    plugins in one example are divided by a line `--- plugins/<plugin_id>.yaml`.
    """

    code: str
    meaning: str
    source: str
    wrong: str
    right: str
    where: Where = Where.PLUGIN
    severity: Severity = Severity.ERROR
