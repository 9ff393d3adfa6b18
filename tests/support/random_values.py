"""Random values and plugins: what the two engines of the query language are compared on.

The values, of vocabulary.json, are those on which languages differ: characters beyond 16 bits and
halves of them, special case foldings, numbers at the edge of a double, names like «404» and
«__proto__», dates that are none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from support.queries import FOLDER, fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

T = TypeVar("T")

REPOSITORY = fixture().repository_id
OBJECTS = ("tags", "capability", "template", "registry_config")
WORDS: dict[str, Any] = json.loads((FOLDER / "vocabulary.json").read_text(encoding="utf-8"))


class Values:
    """Makes random values, the same ones for the same seed."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def one(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def words(self, kind: str) -> list[Any]:
        """Return the words of one kind."""
        found: list[Any] = WORDS[kind]
        return found

    def word(self, kind: str) -> Any:
        """Return a word of the vocabulary."""
        return self.one(WORDS[kind])

    def often(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def some(self, make: Callable[[], T], most: int, least: int = 0) -> list[T]:
        return [make() for _ in range(self.random.randint(least, most))]

    def plugin(self, number: int) -> dict[str, Any]:
        """Return a PluginInfo with a plugin_id of its own."""
        year, month, day, hour = (self.random.randrange(1, 4) for _ in range(4))
        created = f"202{year}-0{month}-1{day}"
        info: dict[str, Any] = {
            "plugin_id": f"plugin-{number:03}",
            "name": self.word("texts") or "x",
            "image": f"acme/{self.one('abXYZ')}",
            "registry_url": "registry.hub.docker.com",
            "state": self.one(("ENABLED", "DISABLED")),
            "service_type": self.one(("inventory.Collector", "monitoring.Webhook")),
            "registry_type": self.one(("DOCKER_HUB", "AWS_PUBLIC_ECR")),
            "labels": self.some(lambda: self.word("texts"), 3),
            "repository_info": {
                "repository_id": REPOSITORY,
                "name": "R",
                "repository_type": "local",
            },
            "domain_id": "domain-1",
            "created_at": f"{created}T0{hour}:00:00.{year}00Z",
            "updated_at": f"{created}T2{hour}:59:59.999Z",
        }
        for field in OBJECTS:
            if self.often(0.9):
                info[field] = self.object(3)
        for field, values in (
            ("provider", ("aws", "AWS", "", "\u017f")),
            ("project_id", ("p", "")),
        ):
            if self.often(0.7):
                info[field] = self.one(values)
        return info

    def value(self, depth: int) -> Any:
        """Return any JSON value."""
        kind = self.random.randrange(10 if depth else 7)
        if kind < 3:
            return self.word("texts")
        if kind < 5:
            return self.word("numbers")
        if kind == 5:
            return self.one((None, None, True, False))
        if kind == 6:
            return self.one((self.word("dates"), self.word("halves"), [], {}))
        return self.list(depth) if kind < 9 else self.object(depth)

    def list(self, depth: int) -> list[Any]:
        if self.often(0.4):
            return self.some(lambda: self.object(depth - 1), 3)
        return self.some(lambda: self.value(depth - 1), 3)

    def object(self, depth: int) -> dict[str, Any]:
        found = {
            self.word("names"): self.value(max(depth - 1, 0))
            for _ in range(self.random.randrange(5))
        }
        if self.often(0.3):
            found["list"] = self.list(max(depth - 1, 0))
        return found
