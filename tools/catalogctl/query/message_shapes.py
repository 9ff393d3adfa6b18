"""Define the API's messages that a query consists of, as one table (query spec 2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ShapeKind(Enum):
    """The kind of JSON that a member takes."""

    TEXT = "a string"
    NAME = "a string, also an empty one"
    FLAG = "a boolean"
    WHOLE = "a whole number"
    COUNT = "a whole number that is not negative"
    ANY = "any value"
    TEXTS = "a list of strings"
    ONE = "an object"
    MANY = "a list of objects"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a message: its kind, its message's shape, its short name, its allowed words.

    The last of the words means the same as leaving the member out.
    """

    kind: ShapeKind
    shape: str = ""
    short: str = ""
    words: tuple[str, ...] = ()


_TEXT, _FLAG, _COUNT = Member(ShapeKind.TEXT), Member(ShapeKind.FLAG), Member(ShapeKind.COUNT)
_KEY, _NAME = Member(ShapeKind.NAME, short="k"), Member(ShapeKind.NAME, short="n")
_OPERATOR, _VALUE = Member(ShapeKind.NAME, short="o"), Member(ShapeKind.ANY, short="v")
_FILTERS = Member(ShapeKind.MANY, "Filter")
_SORT, _PAGE = Member(ShapeKind.ONE, "Sort"), Member(ShapeKind.ONE, "Page")

STATES = ("ENABLED", "DISABLED")
REGISTRY_TYPES = ("DOCKER_HUB", "AWS_PUBLIC_ECR")

SHAPES: dict[str, dict[str, Member]] = {
    "PluginQuery": {
        "query": Member(ShapeKind.ONE, "Query"),
        "plugin_id": _TEXT,
        "name": _TEXT,
        "state": Member(ShapeKind.TEXT, words=(*STATES, "NONE")),
        "service_type": _TEXT,
        "provider": _TEXT,
        "registry_type": Member(ShapeKind.TEXT, words=(*REGISTRY_TYPES, "NONE_REGISTRY_TYPE")),
        "repository_id": _TEXT,
        "domain_id": _TEXT,
    },
    "PluginStatQuery": {
        "query": Member(ShapeKind.ONE, "StatisticsQuery"),
        "repository_id": _TEXT,
        "domain_id": _TEXT,
    },
    "Query": {
        "filter": _FILTERS,
        "filter_or": _FILTERS,
        "sort": _SORT,
        "page": _PAGE,
        "minimal": _FLAG,
        "count_only": _FLAG,
        "only": Member(ShapeKind.TEXTS),
        "keyword": _TEXT,
    },
    "StatisticsQuery": {
        "filter": _FILTERS,
        "filter_or": _FILTERS,
        "aggregate": Member(ShapeKind.MANY, "Stage"),
        "page": _PAGE,
        "distinct": _TEXT,
        "keyword": _TEXT,
    },
    "Filter": {"key": _KEY, "value": _VALUE, "operator": _OPERATOR},
    "Sort": {"key": _TEXT, "desc": _FLAG, "keys": Member(ShapeKind.MANY, "SortKey")},
    "SortKey": {"key": _TEXT, "desc": _FLAG},
    "Page": {"start": _COUNT, "limit": _COUNT},
    "Stage": {
        "unwind": Member(ShapeKind.ONE, "Unwind"),
        "group": Member(ShapeKind.ONE, "Group"),
        "count": Member(ShapeKind.ONE, "Count"),
        "sort": _SORT,
        "project": Member(ShapeKind.ONE, "Project"),
        "limit": Member(ShapeKind.WHOLE),
        "skip": Member(ShapeKind.WHOLE),
    },
    "Unwind": {"path": _TEXT},
    "Count": {"name": _TEXT},
    "Group": {
        "keys": Member(ShapeKind.MANY, "GroupKey"),
        "fields": Member(ShapeKind.MANY, "GroupField"),
    },
    "GroupKey": {"key": _KEY, "name": _NAME, "date_format": _TEXT},
    "GroupField": {
        "key": _KEY,
        "name": _NAME,
        "operator": _OPERATOR,
        "fields": Member(ShapeKind.MANY, "SubField"),
        "conditions": _FILTERS,
    },
    "SubField": {"key": _KEY, "name": _NAME},
    "Project": {"fields": Member(ShapeKind.MANY, "ProjectField"), "exclude_keys": _FLAG},
    "ProjectField": {"key": _KEY, "name": _NAME, "operator": _OPERATOR},
}
