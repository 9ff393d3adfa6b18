"""Every code of problem: what it means, where the rule comes from, a wrong and a right example.

The one table that reports, `catalogctl explain` and docs/problems.md are made from. A caret line
(`# ^ code`) in a wrong example points at the place of the line above that the report names, and
`# <- code` at the column where it begins; the tests hold them there.
"""

from __future__ import annotations

from catalogctl.codes.calls import CALL_CODES
from catalogctl.codes.catalog import CATALOG_CODES
from catalogctl.codes.plugin import PLUGIN_CODES
from catalogctl.codes.reading import READING_CODES
from catalogctl.codes.table import Code, Where

CODES: dict[str, Code] = {
    code.code: code for code in (*READING_CODES, *PLUGIN_CODES, *CATALOG_CODES, *CALL_CODES)
}

__all__ = ["CODES", "Code", "Where"]
