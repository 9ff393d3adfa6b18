"""Time catalogctl's query engine on a list of plugins.

    python ask_catalogctl.py all.json questions.json

Prints {"list": [seconds, rows], "stat": [seconds, rows], …}: the median CPU time of many answers.
Reading the request is included, loading the plugins is not. "… once" queries plugins that no query
has used before; "… by hand" computes the same answer in plain Python.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogctl.query import Documents, answer, base_order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalogctl.jsontypes import JSONObject

REPOSITORY = "repo-123456789012"
NOW = "2026-01-01T00:00:00.000Z"
TIMES = 21


def main() -> None:
    """Answer each question many times and print the medians."""
    plugins = base_order(json.loads(Path(sys.argv[1]).read_bytes())["results"])
    questions = json.loads(Path(sys.argv[2]).read_bytes())
    documents = Documents(plugins)

    def asking(kind: str, asked: Sequence[JSONObject] | Documents) -> Callable[[], JSONObject]:
        request = {"query": questions[kind]["query"]}
        return lambda: answer(kind, request, asked, now=NOW, repository_id=REPOSITORY)

    asked: dict[str, Callable[[], JSONObject]] = {
        "list": asking("list", documents),
        "stat": asking("stat", documents),
        "list once": asking("list", plugins),
        "stat once": asking("stat", plugins),
        "list by hand": lambda: _listed_by_hand(plugins),
        "stat by hand": lambda: _counted_by_hand(plugins),
    }
    print(json.dumps({call: _timed(ask) for call, ask in asked.items()}))


def _listed_by_hand(plugins: list[Any]) -> JSONObject:
    """Return the enabled monitoring plugins of two providers, sorted by name, descending."""
    found = [
        info
        for info in plugins
        if info["state"] == "ENABLED"
        and info.get("provider") in {"aws", "azure"}
        and "monitoring" in info["service_type"].lower()
    ]
    found.sort(key=lambda info: info["name"], reverse=True)
    return {"results": found}


def _counted_by_hand(plugins: list[Any]) -> JSONObject:
    """Return the number of plugins per service_type and state, in descending order."""
    groups = Counter((info["service_type"], info["state"]) for info in plugins)
    found = [
        {"service_type": service_type, "state": state, "count": count}
        for (service_type, state), count in groups.items()
    ]
    found.sort(key=lambda row: (-row["count"], row["service_type"], row["state"]))
    return {"results": [*found]}


def _timed(ask: Callable[[], JSONObject]) -> tuple[float, object]:
    results = ask()["results"]
    taken = []
    for _ in range(TIMES):
        started = time.process_time()
        ask()
        taken.append(time.process_time() - started)
    return statistics.median(taken), results


if __name__ == "__main__":
    main()
