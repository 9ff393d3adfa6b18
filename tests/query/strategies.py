"""Random plugins and random valid requests, for laws that hold of all of them.

The vocabulary is small, so that values meet: a path is there, two values are equal, a text is
contained. `requests(kind)` yields requests in long names; `respelled(request)` yields the same
request in another spelling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

REPOSITORY: JSONObject = {
    "repository_id": "repo-111122223333",
    "name": "Arboretum",
    "repository_type": "local",
}
NOW = "2023-06-15T12:30:00.000Z"

TEXTS = (
    "",
    "a",
    "A",
    "b",
    "ab",
    "aB",
    "é",
    "É",
    "ß",
    "\u017f",
    "1",
    "Z",
    "z\n",
    "웹",
    "😀",
    "a.b",
    "$a",
)
NUMBERS = (0, 1, 1.0, 2, 2.5, -1, -0.5, 10, 0.1, 0.2)
DAYS = ("2023-01-01", "2023-06-15", "2023-06-12", "2023-06-01", "2022-12-31", "2023-02-10")
TIMES = tuple(
    f"{day}T{clock}.{part}Z"
    for day in DAYS
    for clock, part in (
        ("00:00:00", "000"),
        ("12:30:00", "001"),
        ("23:59:59", "999"),
    )
)
MEMBERS = ("a", "b", "0", "1", "in", "__proto__", "a b")
TEXT_FIELDS = ("plugin_id", "name", "image", "state", "service_type", "provider", "project_id")
DATE_FIELDS = ("created_at", "updated_at")
OBJECT_FIELDS = ("tags", "capability", "template", "registry_config")
OTHER_PATHS = (
    *("labels", "labels.0", "labels.x", "repository.name", "repository_info", "repository_id"),
    *("repository_info.repository_type", "registry_url", "registry_type", "domain_id"),
)
PATTERNS = ("", "a", "^a", "b$", "a|b", "[^a]", "a.b", "^.$", "(a|b)+", "\\d", "a?b", "(?s).", "^$")
TIMEDIFFS = ("now", "now/d", "now/w", "now/m", "now-1d", "now/d - 3d", "now/m+2w", "now+90m")

scalars = st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), st.sampled_from(TEXTS))
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=3),
    ),
    max_leaves=6,
)
objects = st.dictionaries(st.sampled_from(MEMBERS), values, max_size=4)


@st.composite
def infos(draw: st.DrawFn) -> list[JSONObject]:
    """Return up to six PluginInfo objects in base order."""
    found = [_info(draw, number) for number in range(draw(st.integers(0, 6)))]
    return sorted(found, key=lambda info: (info["name"], info["plugin_id"]))


def _info(draw: st.DrawFn, number: int) -> dict[str, Any]:
    text = st.sampled_from(TEXTS)
    info: dict[str, Any] = {
        "plugin_id": f"plugin-{number}",
        "name": draw(text),
        "image": draw(text),
        "registry_url": "registry.hub.docker.com",
        "state": draw(st.sampled_from(("ENABLED", "DISABLED"))),
        "service_type": draw(text),
    }
    for name in ("provider", "project_id"):
        if given := draw(text):
            info[name] = given
    info["registry_type"] = draw(st.sampled_from(("DOCKER_HUB", "AWS_PUBLIC_ECR")))
    info |= {field: draw(objects) for field in OBJECT_FIELDS}
    info["labels"] = draw(st.lists(text, max_size=3))
    info |= {"repository_info": REPOSITORY, "domain_id": draw(text)}
    return info | {field: draw(st.sampled_from(TIMES)) for field in DATE_FIELDS}


members = st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=3).map(".".join)
paths = st.one_of(
    st.sampled_from(TEXT_FIELDS + DATE_FIELDS + OBJECT_FIELDS + OTHER_PATHS),
    st.builds(lambda field, rest: f"{field}.{rest}", st.sampled_from(OBJECT_FIELDS), members),
    st.builds(lambda rest: f"tags.{rest}", members),
)
texts = st.sampled_from(TEXTS)
plain_objects = objects.filter(bool)


@st.composite
def conditions(draw: st.DrawFn) -> JSONObject:
    """Return a condition of `filter` or `filter_or`."""
    path: str = draw(paths)
    operator = draw(st.sampled_from(_OPERATORS_OF_DATES if path in DATE_FIELDS else _OPERATORS))
    return {"key": path, "operator": operator, "value": draw(_bound(operator, path))}


_RANGES = ("lt", "lte", "gt", "gte")
_OPERATORS_OF_DATES = (
    *("eq", "not", "in", "not_in", "exists", "match", *_RANGES),
    *(f"{kind}_{comparison}" for kind in ("datetime", "timediff") for comparison in _RANGES),
)
_OPERATORS = (
    *_OPERATORS_OF_DATES,
    *("contain", "not_contain", "contain_in", "not_contain_in", "regex", "regex_in"),
)


def _bound(operator: str, path: str) -> st.SearchStrategy[Any]:
    no_list = values.filter(lambda value: not isinstance(value, list))
    if path in DATE_FIELDS:
        no_list = st.one_of(
            st.none(), st.booleans(), st.sampled_from(NUMBERS), st.sampled_from(DAYS + TIMES)
        )
    kind, _, comparison = operator.rpartition("_")
    if kind == "timediff":
        return st.sampled_from(TIMEDIFFS)
    if kind == "datetime":
        return st.sampled_from(DAYS + TIMES)
    if comparison in _RANGES:
        return no_list.filter(lambda value: not isinstance(value, dict))
    return {
        "exists": st.booleans(),
        "match": st.dictionaries(members, no_list, min_size=1, max_size=2),
        "in": st.lists(no_list, max_size=3),
        "not_in": st.lists(no_list, max_size=3),
        "contain": texts,
        "not_contain": texts,
        "contain_in": st.lists(texts, min_size=1, max_size=3),
        "not_contain_in": st.lists(texts, min_size=1, max_size=3),
        "regex": st.sampled_from(PATTERNS),
        "regex_in": st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2),
    }.get(operator, no_list)


def _some(**given: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=given)


sort_elements = st.fixed_dictionaries({"key": paths}, optional={"desc": st.booleans()})
sorts = st.one_of(
    sort_elements,
    st.fixed_dictionaries({"keys": st.lists(sort_elements, min_size=1, max_size=3)}),
)
pages = _some(start=st.integers(0, 4), limit=st.integers(0, 4))
_filters = {
    "filter": st.lists(conditions(), max_size=2),
    "filter_or": st.lists(conditions(), max_size=2),
    "keyword": st.lists(texts, max_size=2).map(" ".join),
}
_only = st.one_of(
    st.sampled_from((*TEXT_FIELDS, *DATE_FIELDS, *OBJECT_FIELDS, "labels", "repository.name")),
    st.builds(lambda field, rest: f"{field}.{rest}", st.sampled_from(OBJECT_FIELDS), members),
)
list_queries = _some(
    **_filters,
    sort=sorts,
    page=pages,
    minimal=st.booleans(),
    count_only=st.booleans(),
    only=st.lists(_only, max_size=3),
)

OUTPUTS = ("a", "b", "state", "tags", "x")
stage_paths = st.one_of(paths, st.sampled_from((*OUTPUTS, "a.b", "x.0", "b.a")))


def _named(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Return objects with different names."""
    return st.lists(
        st.tuples(st.sampled_from(OUTPUTS), strategy),
        min_size=1,
        max_size=2,
        unique_by=lambda pair: pair[0],
    ).map(lambda pairs: [{**value, "name": name} for name, value in pairs])


group_conditions = st.fixed_dictionaries(
    {
        "key": stage_paths.filter(lambda path: path not in DATE_FIELDS),
        "operator": st.sampled_from(("eq", "not", *_RANGES)),
        "value": values.filter(lambda value: value is not None),
    }
)
group_keys = _named(st.fixed_dictionaries({"key": stage_paths})) | _named(
    st.fixed_dictionaries(
        {"key": st.sampled_from(DATE_FIELDS), "date_format": st.sampled_from(("year", "%Y-%m"))}
    )
)
group_fields = _named(
    st.one_of(
        st.fixed_dictionaries(
            {"key": stage_paths, "operator": st.sampled_from(("count", "sum", "average"))},
            optional={"conditions": st.lists(group_conditions, max_size=2)},
        ),
        st.fixed_dictionaries(
            {
                "key": stage_paths,
                "operator": st.sampled_from(
                    ("max", "min", "first", "last", "add_to_set", "merge_objects")
                ),
            }
        ),
        st.fixed_dictionaries(
            {
                "operator": st.just("push"),
                "fields": _named(st.fixed_dictionaries({"key": stage_paths})),
            }
        ),
    )
)


@st.composite
def groups(draw: st.DrawFn) -> JSONObject:
    """Return what a group stage has: keys, fields or both, all names different."""
    keys: list[Any] = draw(st.one_of(st.just([]), group_keys))
    taken = {key["name"] for key in keys}
    fields = [field for field in draw(group_fields) if field["name"] not in taken]
    found: JSONObject = {}
    if keys:
        found["keys"] = keys
    if fields or not keys:
        found["fields"] = fields or [{"name": "x", "operator": "count"}]
    return found


project_fields = _named(
    st.fixed_dictionaries(
        {"key": stage_paths},
        optional={"operator": st.sampled_from(("size", "object_to_array", "array_to_object"))},
    )
)
stages: st.SearchStrategy[Any] = st.one_of(
    st.fixed_dictionaries({"unwind": st.fixed_dictionaries({"path": stage_paths})}),
    st.fixed_dictionaries({"group": groups()}),
    st.fixed_dictionaries({"count": st.fixed_dictionaries({"name": st.sampled_from(OUTPUTS)})}),
    st.fixed_dictionaries({"sort": sorts}),
    st.fixed_dictionaries(
        {
            "project": st.fixed_dictionaries(
                {"fields": project_fields}, optional={"exclude_keys": st.booleans()}
            )
        }
    ),
    st.fixed_dictionaries({"limit": st.integers(1, 4)}),
    st.fixed_dictionaries({"skip": st.integers(0, 3)}),
)
stat_queries = st.one_of(
    st.fixed_dictionaries({"distinct": paths}, optional={**_filters, "page": pages}),
    st.fixed_dictionaries(
        {"aggregate": st.lists(stages, min_size=1, max_size=4)},
        optional={**_filters, "page": pages},
    ),
)
_fields = {
    "provider": texts.filter(bool),
    "state": st.sampled_from(("ENABLED", "DISABLED")),
    "domain_id": texts.filter(bool),
}
list_requests = st.fixed_dictionaries({"query": list_queries}, optional=_fields)
stat_requests = st.fixed_dictionaries(
    {"query": stat_queries}, optional={"domain_id": texts.filter(bool)}
)
SHORT = {"key": "k", "value": "v", "operator": "o", "name": "n"}


@st.composite
def respelled(draw: st.DrawFn, request: JSONObject) -> JSONObject:
    """Return the same request, spelled otherwise: names, order of members, numbers, defaults."""
    query = request["query"]
    found = {**request, "query": _respelled(draw, query, short=False)}
    if draw(st.booleans()):
        found |= {"repository_id": str(REPOSITORY["repository_id"])}
    for name in draw(st.lists(st.sampled_from(("keyword", "filter", "page")), unique=True)):
        inner: Any = found["query"]
        inner.setdefault(name, draw(st.sampled_from((None, *_DEFAULTS[name]))))
    return found


_DEFAULTS: dict[str, tuple[JSON, ...]] = {
    "keyword": ("",),
    "filter": ([],),
    "page": ({}, {"start": 0, "limit": None}),
}
_OF_ALIASED = ("filter", "filter_or", "conditions", "keys", "fields")


def _respelled(draw: st.DrawFn, value: Any, *, short: bool, parent: str = "") -> Any:
    if isinstance(value, list):
        return [_respelled(draw, each, short=short, parent=parent) for each in value]
    if isinstance(value, dict):
        items = draw(st.permutations(list(value.items())))
        found = {}
        for name, member in items:
            aliased = short and name in SHORT and draw(st.booleans())
            inner = name in _OF_ALIASED and parent != "sort"
            spelled = SHORT[name] if aliased else name
            is_value = short and name == "value"
            found[spelled] = (
                member if is_value else _respelled(draw, member, short=inner, parent=name)
            )
        return found
    if isinstance(value, int) and not isinstance(value, bool) and draw(st.booleans()):
        return float(value)
    return value
