"""What `list` and `stat` answer, as plainly as it can be said: slow, and nothing of the engine.

It takes valid requests in long names, and answers them sentence by sentence of docs/query.md.
`Refused` is raised where only the rows show that a query can't be answered.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSONObject

OBJECTS = ("registry_config", "capability", "template", "tags")
MINIMAL = ("plugin_id", "name", "state", "image", "service_type", "registry_type", "provider")
NEGATIVE = {
    "not": "eq",
    "not_in": "in",
    "not_contain": "contain",
    "not_contain_in": "contain_in",
}


class Refused(Exception):  # noqa: N818  (an answer of the query language, not a fault)
    """The rows have a value that a stage can't take."""


class Missing:
    """There is no such member."""


class Date(NamedTuple):
    """An instant."""

    at: datetime


MISSING = Missing()


# Documents and paths


def date(text: str) -> Date:
    """Return the instant of a full text or of a day."""
    at = datetime.fromisoformat(text)
    return Date(at if at.tzinfo else at.replace(tzinfo=UTC))


def document(info: JSONObject) -> dict[str, Any]:
    """Return the query document of a PluginInfo."""
    row: dict[str, Any] = {"provider": None, "project_id": None, "labels": [], **info}
    for field in OBJECTS:
        row.setdefault(field, {})
    row["repository_id"] = row["repository_info"]["repository_id"]
    row["created_at"], row["updated_at"] = date(row["created_at"]), date(row["updated_at"])
    return row


def names(path: str, *, alias: bool = True) -> list[str]:
    """Return the names of a path."""
    found = path.split(".")
    if alias and found[0] == "repository" and len(found) > 1:
        found[0] = "repository_info"
    return found


def reached(value: Any, path: list[str]) -> list[Any]:
    """Return what a path of a condition or a sort reaches."""
    if not path:
        return [value]
    name, rest = path[0], path[1:]
    if isinstance(value, dict):
        return reached(value.get(name, MISSING), rest)
    if isinstance(value, list):
        found = []
        if re.fullmatch("[0-9]+", name) and int(name) < len(value):
            found += reached(value[int(name)], rest)
        objects = [element for element in value if isinstance(element, dict)]
        return found + [each for one in objects for each in reached(one.get(name, MISSING), rest)]
    return reached(MISSING, rest)


def candidates(values: list[Any]) -> list[Any]:
    """Return the values and, for those that are lists, their elements."""
    return values + [element for value in values if isinstance(value, list) for element in value]


def stage_value(value: Any, path: list[str]) -> Any:
    """Return the one value at a path of a stage."""
    if not path:
        return value
    if isinstance(value, dict):
        return stage_value(value.get(path[0], MISSING), path[1:])
    if isinstance(value, list):
        found = [stage_value(element, path) for element in value if isinstance(element, dict)]
        return [each for each in found if each is not MISSING]
    return MISSING


# Values


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def rank(value: Any) -> int:
    """Return the place of a value's type among the types."""
    if value is MISSING:
        return 0
    if value is None:
        return 1
    if is_number(value):
        return 2
    if isinstance(value, bool):
        return 6
    return {str: 3, dict: 4, list: 5, Date: 7}[type(value)]


def order(value: Any) -> Any:
    """Return what the values of all types are ordered by; it is equal when they are."""
    kind = rank(value)
    if kind in {0, 1}:
        return (kind,)
    if isinstance(value, list):
        return (kind, [order(element) for element in value])
    if isinstance(value, dict):
        return (kind, text_of(value))
    return (kind, float(value) if is_number(value) else value)


def text_of(value: Any) -> str:
    """Return the canonical text of an object."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """Return a value with its dates as text, and whole numbers as such."""
    if isinstance(value, Date):
        at = value.at.astimezone(UTC)
        return at.strftime("%Y-%m-%dT%H:%M:%S") + f".{at.microsecond // 1000:03d}Z"
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(element) for element in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def same(one: Any, other: Any) -> bool:
    return bool(order(one) == order(other))


def fold(text: str) -> str:
    """Return a text with simple case folding: one character for one."""
    return "".join(
        next(folded for folded in (char.casefold(), char.lower(), char) if len(folded) == 1)
        for char in text
    )


# Conditions


def holds(condition: JSONObject, row: dict[str, Any], now: str) -> bool:
    operator: Any = condition["operator"]
    if operator in NEGATIVE:
        return not holds({**condition, "operator": NEGATIVE[operator]}, row, now)
    path, bound = names(str(condition["key"])), condition["value"]
    values = reached(row, path)
    if operator == "exists":
        return any(value is not MISSING for value in values) is bound
    if operator == "match":
        return any(matches(value, bound) for value in values if isinstance(value, list))
    if path[0] in {"created_at", "updated_at"} and not operator.startswith("timediff"):
        bound = dated(bound)
    return any(test(operator, value, bound, now) for value in candidates(values))


def dated(bound: Any) -> Any:
    if isinstance(bound, list):
        return [dated(element) for element in bound]
    return date(bound) if isinstance(bound, str) else bound


def matches(elements: list[Any], members: Any) -> bool:
    return any(
        all(
            any(equals(found, value) for found in candidates(reached(element, name.split("."))))
            for name, value in members.items()
        )
        for element in elements
        if isinstance(element, dict)
    )


def equals(value: Any, bound: Any) -> bool:
    """Return whether a candidate equals a value; null is missing too."""
    if bound is None:
        return value is None or value is MISSING
    return same(value, bound)


def test(operator: str, value: Any, bound: Any, now: str) -> bool:
    """Return whether a candidate satisfies a positive operator."""
    if operator == "eq":
        return equals(value, bound)
    if operator == "in":
        return any(equals(value, element) for element in bound)
    if operator in {"contain", "contain_in"}:
        texts = bound if isinstance(bound, list) else [bound]
        return isinstance(value, str) and any(fold(text) in fold(value) for text in texts)
    if operator in {"regex", "regex_in"}:
        patterns = bound if isinstance(bound, list) else [bound]
        flags = re.IGNORECASE | re.ASCII
        return isinstance(value, str) and any(re.search(text, value, flags) for text in patterns)
    kind, _, comparison = operator.rpartition("_")
    if kind == "timediff":
        bound = seen_from(now, bound)
    elif kind == "datetime" and isinstance(bound, str):
        bound = date(bound)
    return compares(comparison, value, bound)


def compares(comparison: str, value: Any, bound: Any) -> bool:
    if bound is None:
        return comparison in {"lte", "gte"} and equals(value, None)
    if rank(value) != rank(bound):
        return False
    return ordered(comparison, value, bound)


def ordered(comparison: str, value: Any, bound: Any) -> bool:
    one, other = order(value), order(bound)
    return bool(
        {"lt": one < other, "lte": one <= other, "gt": one > other, "gte": one >= other}[comparison]
    )


def seen_from(now: str, expression: str) -> Date:
    found = re.fullmatch(r"\s*(now(?:/[dwm])?)\s*(?:([+-])\s*([0-9]+)([smhdw])\s*)?", expression)
    assert found is not None, expression
    at = date(now).at
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    start = {
        "now": at,
        "now/d": midnight,
        "now/w": midnight - timedelta(days=midnight.weekday()),
        "now/m": midnight.replace(day=1),
    }[found[1]]
    if not found[2]:
        return Date(start)
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[found[4]]
    offset = timedelta(**{unit: int(found[3])})
    return Date(start - offset if found[2] == "-" else start + offset)


def passing(request: JSONObject, infos: list[JSONObject], now: str) -> list[dict[str, Any]]:
    """Return the query documents that pass the filters of a request."""
    query: Any = request.get("query") or {}
    every, some = list(query.get("filter", [])), list(query.get("filter_or", []))
    for name, value in request.items():
        if name not in {"query", "repository_id"}:
            every.append({"key": name, "operator": "eq", "value": value})
    words = [word for word in query.get("keyword", "").strip().split(" ") if word]
    if words:
        some += [
            {"key": field, "operator": "contain_in", "value": words}
            for field in ("plugin_id", "name", "provider", "labels")
        ]
    return [
        row
        for row in map(document, infos)
        if all(holds(each, row, now) for each in every)
        and (not some or any(holds(each, row, now) for each in some))
    ]


# Sort, page, rows


def sort_keys(sort: Any) -> list[Any]:
    if sort and sort.get("key"):
        return [sort]
    return list((sort or {}).get("keys", []))


def sorted_rows(rows: list[Any], keys: list[Any], *, alias: bool = True) -> list[Any]:
    for key in reversed(keys):
        desc = bool(key.get("desc"))

        def weight(row: Any, key: Any = key, *, desc: bool = desc) -> Any:
            found: list[Any] = []
            for value in reached(row, names(key["key"], alias=alias)):
                if isinstance(value, list) and value:
                    found += value
                else:
                    found.append(None if value is MISSING or value == [] else value)
            weights = [order(each) for each in found]
            return (max if desc else min)(weights, default=order(None))

        rows = sorted(rows, key=weight, reverse=desc)
    return rows


def paged(rows: list[Any], page: Any) -> list[Any]:
    limit = (page or {}).get("limit") or 0
    start = (page or {}).get("start") or 1
    return rows[start - 1 : start - 1 + limit] if limit else rows


def only(info: Any, paths: list[list[str]]) -> Any:
    """Return the part of an object at some paths, in its own order."""
    cut = {}
    for name, value in info.items():
        below = [path[1:] for path in paths if path[0] == name]
        if [] in below:
            cut[name] = value
        elif below and isinstance(value, dict):
            cut[name] = only(value, below)
        elif below and isinstance(value, list):
            cut[name] = [only(element, below) for element in value if isinstance(element, dict)]
    return cut


def answer_list(request: JSONObject, infos: list[JSONObject], now: str) -> JSONObject:
    query: Any = request.get("query") or {}
    keys = sort_keys(query.get("sort"))
    rows = sorted_rows(passing(request, infos, now), keys)
    shown = [] if query.get("count_only") else paged(rows, query.get("page"))
    by_id = {info["plugin_id"]: info for info in infos}
    results: list[Any] = [by_id[row["plugin_id"]] for row in shown]
    if query.get("minimal"):
        results = [{name: info[name] for name in MINIMAL if name in info} for info in results]
    elif query.get("only"):
        wanted = [names(path) for path in query["only"]]
        wanted += [names(key["key"]) for key in keys] or [["name"]]
        kept = [path if path[0] in OBJECTS else path[:1] for path in wanted]
        results = [only(info, kept) for info in results]
    return {"results": results, "total_count": len(rows)}


# Stages


def answer_stat(request: JSONObject, infos: list[JSONObject], now: str) -> JSONObject:
    query: Any = request["query"]
    rows: list[Any] = passing(request, infos, now)
    if query.get("aggregate"):
        rows = aggregated(rows, query["aggregate"])
    else:
        found = [value for row in rows for value in reached(row, names(query["distinct"]))]
        rows = distinct(
            [each for value in found for each in (value if isinstance(value, list) else [value])]
        )
    shown = [plain(row) for row in paged(rows, query.get("page"))]
    limited = bool((query.get("page") or {}).get("limit"))
    return {"results": shown, "total_count": len(rows)} if limited else {"results": shown}


def distinct(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value is not MISSING and not any(same(value, other) for other in found):
            found.append(value)
    return sorted(found, key=order)


def aggregated(rows: list[Any], stages: list[Any]) -> list[Any]:
    documents, keys = True, []
    for stage in stages:
        ((name, what),) = stage.items()
        if name == "unwind":
            rows = list(unwound(rows, names(what["path"], alias=documents)))
        elif name == "group":
            rows = grouped(rows, what, alias=documents)
            documents, keys = False, [key["name"] for key in what.get("keys", [])]
        elif name == "count":
            rows, documents, keys = [{what["name"]: len(rows)}] if rows else [], False, []
        elif name == "sort":
            rows = sorted_rows(rows, sort_keys(what), alias=documents)
        elif name == "project":
            keys = [] if what.get("exclude_keys") else keys
            rows = [projected(row, what["fields"], keys, alias=documents) for row in rows]
            documents = False
        else:
            rows = rows[:what] if name == "limit" else rows[what:]
    return rows


def unwound(rows: list[Any], path: list[str]) -> Iterator[Any]:
    for row in rows:
        value = row
        for name in path:
            value = value.get(name, MISSING) if isinstance(value, dict) else MISSING
        if isinstance(value, list):
            for element in value:
                yield replaced(row, path, element)
        elif value is not MISSING and value is not None:
            yield row


def replaced(row: Any, path: list[str], value: Any) -> Any:
    name, rest = path[0], path[1:]
    return {**row, name: replaced(row[name], rest, value) if rest else value}


def grouped(rows: list[Any], group: Any, *, alias: bool) -> list[Any]:
    groups: list[tuple[list[Any], list[Any]]] = []
    for row in rows:
        values = [key_value(row, key, alias=alias) for key in group.get("keys", [])]
        for known, members in groups:
            if all(map(same, known, values)):
                members.append(row)
                break
        else:
            groups.append((values, [row]))
    groups.sort(key=lambda each: [order(value) for value in each[0]])
    found = []
    for values, members in groups:
        named = zip(group.get("keys", []), values, strict=True)
        row = {key["name"]: value for key, value in named if value is not MISSING}
        for field in group.get("fields", []):
            row[field["name"]] = accumulated(members, field, alias=alias)
        found.append(row)
    return found


def key_value(row: Any, key: Any, *, alias: bool) -> Any:
    value = stage_value(row, names(key["key"], alias=alias))
    if "date_format" not in key:
        return value
    if value is MISSING or value is None:
        return None
    if not isinstance(value, Date):
        raise Refused
    if key["date_format"] in {"year", "month", "day"}:
        return getattr(value.at, key["date_format"])
    return value.at.strftime(key["date_format"])


def accumulated(rows: list[Any], field: Any, *, alias: bool) -> Any:
    operator = field["operator"]

    def value_of(row: Any, path: str) -> Any:
        return stage_value(row, names(path, alias=alias))

    def met(row: Any) -> bool:
        return all(
            condition_met(value_of(row, each["key"]), each["operator"], bound_of(each, alias))
            for each in field.get("conditions", [])
        )

    if operator == "count":
        return sum(met(row) for row in rows)
    if operator == "push":
        pairs = [(each["name"], each["key"]) for each in field["fields"]]
        return [
            {name: found for name, key in pairs if (found := value_of(row, key)) is not MISSING}
            for row in rows
        ]
    values = [value_of(row, field["key"]) if met(row) else 0 for row in rows]
    return ACCUMULATORS[operator](values)


def bound_of(condition: Any, documents: bool) -> Any:  # noqa: FBT001  (it is what alias says)
    """Return the value of a condition: on a date of a document, a text is a date."""
    is_date = documents and condition["key"] in {"created_at", "updated_at"}
    return dated(condition["value"]) if is_date else condition["value"]


def condition_met(value: Any, operator: str, bound: Any) -> bool:
    if operator in {"eq", "not"}:
        return same(value, bound) is (operator == "eq")
    return ordered(operator, value, bound)


def added(numbers: list[Any]) -> float:
    total = 0.0
    for number in numbers:
        total += number
    return total


def merged(values: list[Any]) -> Any:
    found: dict[str, Any] = {}
    for value in values:
        if value is not None and value is not MISSING:
            if not isinstance(value, dict):
                raise Refused
            found |= value
    return found


def present(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None and value is not MISSING]


def average(values: list[Any]) -> Any:
    numbers = [value for value in values if is_number(value)]
    return added(numbers) / len(numbers) if numbers else None


ACCUMULATORS: dict[str, Any] = {
    "sum": lambda values: added([value for value in values if is_number(value)]),
    "average": average,
    "max": lambda values: max(present(values), key=order, default=None),
    "min": lambda values: min(present(values), key=order, default=None),
    "first": lambda values: None if values[0] is MISSING else values[0],
    "last": lambda values: None if values[-1] is MISSING else values[-1],
    "add_to_set": distinct,
    "merge_objects": merged,
}


def projected(row: Any, fields: list[Any], keys: list[str], *, alias: bool) -> Any:
    found = {name: row[name] for name in keys if name in row}
    for field in fields:
        value = stage_value(row, names(field["key"], alias=alias))
        value = converted(value, field.get("operator"))
        if value is not MISSING:
            found[field["name"]] = value
    return found


def converted(value: Any, operator: str | None) -> Any:
    if operator is None:
        return value
    if operator == "size":
        if not isinstance(value, list):
            raise Refused
        return len(value)
    if value is None or value is MISSING:
        return None
    if operator == "object_to_array":
        if not isinstance(value, dict):
            raise Refused
        return [{"k": name, "v": member} for name, member in value.items()]
    return object_of(value)


def object_of(value: Any) -> Any:
    if not isinstance(value, list):
        raise Refused
    if all(isinstance(each, dict) and set(each) == {"k", "v"} for each in value):
        pairs = [(each["k"], each["v"]) for each in value]
    elif all(isinstance(each, list) and len(each) == 2 for each in value):
        pairs = [(each[0], each[1]) for each in value]
    else:
        raise Refused
    if not all(isinstance(name, str) for name, _ in pairs):
        raise Refused
    return dict(pairs)
