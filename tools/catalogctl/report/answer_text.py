"""Format answers of the read calls as a table, JSON, YAML, CSV or NDJSON.

JSON and YAML contain the answer unchanged, NDJSON each row of it on a line. A table shows what a
person looks for, CSV every member of every row. CSV follows RFC 4180 with two exceptions: lines end
with a bare line feed, because no carriage return may reach a terminal, and no cell starts like a
formula (hardening R-46): a text is prefixed with an apostrophe, a number with a blank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report.cleaning import ascii_only, escaped
from catalogctl.report.safe_output import compact, json_lines, json_text, yaml_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.report.view import Look

FORMATS = ("table", "json", "yaml", "csv", "ndjson")
LIST_COLUMNS = ("plugin_id", "state", "service_type", "provider", "latest_version", "name")
"""The columns of `list` as a table; versions are passed separately, as the API's rows have none."""
_NOTHING = {
    "list": ("plugin", "no plugin is like that; catalogctl list without options shows all"),
    "stat": ("row", "no plugin was counted; catalogctl list shows what is there"),
    "repositories": ("repository", ""),
    "get-versions": ("version", "no versions resolved yet; catalogctl resolve asks the registry"),
}
_EMPTY = '""'
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # and full-width forms


def render_answer(
    call: str,
    answer: JSON,
    format_: str,
    look: Look,
    newest: Mapping[str, str | None] | None = None,
) -> str:
    """Return an answer in one of the FORMATS, ending with a line feed.

    `call` is `get`, `list`, `stat`, `get-versions` or `repositories`; any other answer is shown as
    a sheet of its members. `newest` maps plugin_id to the newest version, for `list` as a table.
    """
    if format_ == "json":
        return json_text(answer, unicode=look.unicode)
    if format_ == "yaml":
        return yaml_text(answer, unicode=look.unicode)
    if format_ == "ndjson":
        return json_lines(_results(call, answer), unicode=look.unicode)
    if format_ == "csv":
        text = _csv(_rows(call, answer))
        return text if look.unicode else ascii_only(text)
    rows = _rows(call, answer)
    if call in _NOTHING:
        return _table(call, rows, look, newest)
    from catalogctl.report import text_tables

    return text_tables.sheet(rows[0] if rows else {}, look)


def closing_line(call: str, answer: JSON, left_out: Sequence[str] = ()) -> str:
    """Return the line on stderr after a table: the number of rows, or what to do if there are none.

    Return "" for an answer that needs none; `left_out` contains the columns that had no room.
    """
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or not isinstance(answer, dict) or call not in _NOTHING:
        return ""
    from catalogctl.report.counts import many

    noun, nothing = _NOTHING[call]
    total = answer.get("total_count")
    if not results and not (isinstance(total, int) and total):
        return nothing
    there = many(len(results), noun)
    if isinstance(total, int) and total > len(results):
        there = f"{len(results)} of {many(total, noun)}"
    without = f"; no room for {', '.join(left_out)}" if left_out else ""
    return f"{there}{without}"


def columns_left_out(
    call: str, answer: JSON, look: Look, newest: Mapping[str, str | None] | None = None
) -> list[str]:
    """Return the columns of a table that do not fit the terminal."""
    if call not in _NOTHING:
        return []
    rows, columns = _columns_of(call, _rows(call, answer), newest)
    from catalogctl.report import text_tables

    return text_tables.left_out(columns, rows, look)


def _rows(call: str, answer: JSON) -> list[JSONObject]:
    """Return an answer's rows; a row that is not an object becomes the only member of one."""
    name = "version" if call == "get-versions" else "value"
    return [row if isinstance(row, dict) else {name: row} for row in _results(call, answer)]


def _results(call: str, answer: JSON) -> list[JSON]:
    """Return the results of an answer; an answer without results is the only one."""
    results = answer.get("results") if isinstance(answer, dict) else None
    if call not in _NOTHING or not isinstance(results, list):
        return [answer]
    return results


def _columns(rows: Sequence[JSONObject]) -> list[str]:
    """Return the members of all rows: those of PluginInfo in its order, then in that of rows."""
    names = _members(rows)
    if "plugin_id" not in names:
        return names
    from catalogctl import schemas

    known = [name for name in schemas.fields("PluginInfo") if name in names]
    return known + [name for name in names if name not in schemas.fields("PluginInfo")]


def _members(rows: Sequence[JSONObject]) -> list[str]:
    """Return the members of all rows in their order, whichever of the rows lack one.

    Each is behind the one that it follows in the row with the most members that has it.
    """
    following: dict[str | None, str | None] = {None: None}
    for members in sorted({tuple(row) for row in rows}, key=lambda each: (-len(each), each)):
        before: str | None = None
        for name in members:
            if name not in following:
                following[name], following[before] = following[before], name
            before = name
    names: list[str] = []
    last: str | None = None
    while (last := following[last]) is not None:
        names.append(last)
    return names


def _table(
    call: str, rows: list[JSONObject], look: Look, newest: Mapping[str, str | None] | None
) -> str:
    if not rows:
        return ""
    rows, columns = _columns_of(call, rows, newest)
    from catalogctl.report import text_tables

    return text_tables.table(columns, rows, look)


def _columns_of(
    call: str, rows: list[JSONObject], newest: Mapping[str, str | None] | None
) -> tuple[list[JSONObject], list[str]]:
    """Return the rows and columns of a table; a list has the columns that help choose a plugin."""
    columns = _columns(rows)
    if call == "list" and {"plugin_id", "name", "state"} <= set(columns):
        if newest is not None:
            rows = [row | {"latest_version": _newest(row, newest)} for row in rows]
        columns = [name for name in LIST_COLUMNS if any(name in row for row in rows)]
    return rows, columns


def _newest(row: JSONObject, newest: Mapping[str, str | None]) -> str:
    return newest.get(str(row.get("plugin_id"))) or ""


def _csv(rows: Sequence[JSONObject]) -> str:
    """Return rows as CSV with a header line."""
    columns = _columns(rows)
    if not columns:
        return ""
    lines = [[_cell(name) for name in columns]]
    lines += [[_cell(row.get(name)) for name in columns] for row in rows]
    # A row with only one empty cell is quoted: an empty line is not a row.
    return "".join(f"{','.join(line) or _EMPTY}\n" for line in lines)


def _cell(value: JSON) -> str:
    """Return a value as a cell: lists and objects as JSON, null as an empty cell."""
    if value is None:
        return ""
    text = escaped(value if isinstance(value, str) else compact(value))
    if text.lstrip().startswith(_FORMULA):
        text = f"'{text}" if isinstance(value, str) else f" {text}"
    if any(character in text for character in ',"') or text != text.strip():
        text = text.replace('"', '""')
        return f'"{text}"'
    return text
