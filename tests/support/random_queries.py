"""Random requests of list and stat: most are right, some are wrong in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.random_values import OBJECTS, REPOSITORY, Values

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


class Requests(Values):
    """Makes random requests, and the plugins that they ask."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.free: list[str] = []

    def request(self, kind: str) -> dict[str, Any]:
        """Return a PluginQuery or a PluginStatQuery, a wrong one now and then."""
        query = self.query(kind)
        request: dict[str, Any] = {"query": query}
        if self.often(0.1):
            request["domain_id"] = self.one(("domain-1", "x", ""))
        if kind == "list" and self.often(0.1):
            request[self.one(("state", "provider", "registry_type", "name"))] = self.one(
                ("ENABLED", "aws", "NONE", "", "DOCKER_HUB")
            )
        if self.often(0.5):
            request["repository_id"] = REPOSITORY if self.often(0.98) else "repo-2"
        if self.often(0.12):
            self.spoil(request)
        return request

    def query(self, kind: str) -> dict[str, Any]:
        query: dict[str, Any] = {}
        if self.often(0.5 if kind == "list" else 0.2):
            query["filter"] = self.some(self.condition, 2)
        if self.often(0.3):
            query["filter_or"] = self.some(self.condition, 3)
        if self.often(0.1):
            query["keyword"] = " ".join(self.some(lambda: self.word("texts"), 3))
        if self.often(0.3):
            query["page"] = {"limit": self.random.randrange(9), "start": self.random.randrange(4)}
        if kind == "list":
            self.shape_rows(query)
        elif self.often(0.2):
            query["distinct"] = self.path() if self.often(0.9) else self.word("texts")
        else:
            query["aggregate"] = self.some(self.stage, 4, 1)
        return query

    def shape_rows(self, query: dict[str, Any]) -> None:
        if self.often(0.5):
            query["sort"] = self.sort()
        if self.often(0.2):
            query["only"] = self.some(self.path, 3)
        if self.often(0.1):
            query[self.one(("minimal", "count_only"))] = self.often()

    def sort(self) -> dict[str, Any]:
        keys = [{"key": self.path(), **self.desc()} for _ in range(self.random.randint(1, 3))]
        return {"keys": keys} if self.often() else keys[0]

    def desc(self) -> dict[str, bool]:
        return {"desc": self.often()} if self.often() else {}

    def path(self) -> str:
        field: str = self.word("fields")
        if field in OBJECTS:
            names = self.some(lambda: self.one((*self.words("names"), "list", "list")), 3)
            return ".".join([field, *names])
        if field == "labels" and self.often(0.3):
            return f"labels.{self.word('names')}"
        if field == "repository_info" and self.often(0.8):
            return self.one(("repository.name", "repository_info.repository_id", "repository"))
        return field

    def aliased(self, **members: Any) -> dict[str, Any]:
        """Return members under long or short names, in any order."""
        names = {"key": "k", "value": "v", "operator": "o", "name": "n"}
        found = [(names[name] if self.often() else name, value) for name, value in members.items()]
        self.random.shuffle(found)
        return dict(found)

    def condition(self) -> dict[str, Any]:
        operator, path = self.word("operators"), self.path()
        if operator == "match":
            path = f"{self.one(OBJECTS)}.list"
        return self.aliased(key=path, operator=operator, value=self.operand(operator, path))

    def operand(self, operator: str, path: str) -> Any:
        if self.often(0.03):
            return self.value(2)
        if operator == "exists":
            return self.often()
        if operator.startswith("datetime"):
            return self.word("dates") if self.often(0.95) else self.word("no_dates")
        if operator.startswith("timediff"):
            return self.word("diffs") if self.often(0.95) else self.word("no_diffs")
        if operator == "match":
            return {self.word("names"): self.value(1) for _ in range(self.random.randint(1, 2))}
        if operator.startswith("regex"):
            return self.listed(self.pattern, operator)
        if "contain" in operator:
            return self.listed(lambda: self.word("texts"), operator)
        if path in {"created_at", "updated_at"}:
            return self.listed(lambda: self.word("dates"), operator)
        if operator[0] in "lg":
            return self.value(0)
        return self.listed(lambda: self.value(2), operator)

    def listed(self, make: Callable[[], Any], operator: str) -> Any:
        if operator.endswith("in") and operator not in {"contain", "not_contain"}:
            return self.some(make, 3)
        value = make()
        return value if not isinstance(value, list) or self.often(0.1) else self.word("texts")

    def pattern(self) -> str:
        """Return a regular expression, or what is nearly one."""
        return "".join(self.some(lambda: self.word("pattern_pieces"), 4, 1))

    # Stages

    def stage(self) -> dict[str, Any]:
        kind = self.one(("unwind", "group", "group", "group", "sort", "sort", "project", "limit"))
        self.free = [*"10", "10", "__proto__", *"gfedcba"] if self.often(0.2) else [*"10hgfedcba"]
        self.random.shuffle(self.free)
        if kind == "limit":
            return self.one(
                ({kind: 12}, {kind: 30}, {"skip": 2}, {"count": {"name": "a"}}, {kind: 0})
            )
        if kind == "unwind":
            return {
                kind: {"path": self.one(("labels", "tags.list", "capability.list", self.column()))}
            }
        if kind == "sort":
            return {kind: {"keys": [{"key": self.column(), **self.desc()} for _ in range(2)]}}
        if kind == "project":
            return {
                kind: {"fields": self.some(self.project_field, 3, 1), "exclude_keys": self.often()}
            }
        return {
            kind: {"keys": self.some(self.group_key, 2), "fields": self.some(self.group_field, 3)}
        }

    def column(self) -> str:
        """Return a path of a stage: of a document, or of a row that a stage has made."""
        if self.often(0.4):
            return self.path()
        return ".".join(self.some(lambda: self.one("abcdef01"), 2, 1))

    def name(self) -> str:
        """Return a name that its stage does not have yet, as a rule."""
        if self.often(0.04):
            return self.one(("a", "_id", "a.b", "$a", ""))
        return self.free.pop() if self.free else "x"

    def group_key(self) -> dict[str, Any]:
        if self.often(0.2):
            key = self.aliased(key=self.one(("created_at", "updated_at", "a")), name=self.name())
            return {
                **key,
                "date_format": self.one((*self.words("formats"), *self.words("formats"), "%q")),
            }
        return self.aliased(key=self.column(), name=self.name())

    def group_field(self) -> dict[str, Any]:
        operator = self.word("accumulators")
        path = self.one(OBJECTS) if operator == "merge_objects" else self.column()
        field = self.aliased(key=path, name=self.name(), operator=operator)
        if operator == "push":
            field["fields"] = self.some(
                lambda: self.aliased(key=self.column(), name=self.name()), 3, 1
            )
        if operator in {"count", "sum", "average"} and self.often(0.4):
            field["conditions"] = self.some(self.group_condition, 2)
        return field

    def group_condition(self) -> dict[str, Any]:
        path, operator = self.column(), self.one(("eq", "not", "lt", "lte", "gt", "gte"))
        value = self.word("dates") if path.endswith("_at") else self.value(1)
        return self.aliased(key=path, operator=operator, value=value)

    def project_field(self) -> dict[str, Any]:
        field = self.aliased(key=self.column(), name=self.name())
        if self.often(0.3):
            field["operator"] = self.one(("size", "object_to_array", "array_to_object"))
            if field["operator"] == "object_to_array" and self.often(0.8):
                field["k" if "k" in field else "key"] = self.one(OBJECTS)
        return field

    # Mistakes

    def spoil(self, request: dict[str, Any]) -> None:
        """Make one place of a request wrong, or only unusual."""
        places: list[Any] = [request]
        for place in places:
            inner = place.values() if isinstance(place, dict) else place
            places += [value for value in inner if isinstance(value, (dict, list)) and value]
        place = self.one(places)
        if isinstance(place, list):
            place[self.random.randrange(len(place))] = self.value(1)
        elif self.often(0.3):
            place[self.one(("", "K", "key", "name", "v", "o", "$x", "filters", "limit", "1"))] = (
                self.value(1)
            )
        elif self.often(0.3):
            place.pop(self.one(list(place)))
        else:
            place[self.one(list(place))] = self.value(1)
