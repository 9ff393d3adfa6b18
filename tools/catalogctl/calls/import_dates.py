"""The dates that imported plugins shall have in; the change of imported.json out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from catalogctl.calls.call_errors import RefusedError
from catalogctl.files import Replacement
from catalogctl.problem import Problem
from catalogctl.source.folder import IMPORTED_FILE, MAX_IMPORTED_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog


def dates_change(opened: OpenCatalog, dates: Mapping[str, JSONObject]) -> tuple[Replacement, ...]:
    """Return what makes imported.json hold these dates; without any the file goes."""
    if dates == opened.imported:
        return ()
    before: bytes | Problem | None = None
    if opened.top_folder.has(IMPORTED_FILE):
        before = opened.top_folder.read(IMPORTED_FILE, MAX_IMPORTED_SIZE)
    if isinstance(before, Problem):
        raise RefusedError((before,))
    text = json.dumps(dict(sorted(dates.items())), indent=2, ensure_ascii=False) + "\n"
    return (Replacement(IMPORTED_FILE, before, text.encode() if dates else None),)
