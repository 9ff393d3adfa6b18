"""Time mongomock on a list of plugins.

    python ask_mongomock.py all.json questions.json

Prints {"list": [seconds, rows], "stat": [seconds, rows]}: the median CPU time of a few answers,
with the plugins already inserted. Runs in its own environment, without catalogctl.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 5


def main() -> None:
    """Answer each question a few times and print the medians."""
    collection: Any = importlib.import_module("mongomock").MongoClient().catalog.plugins
    collection.insert_many(json.loads(Path(sys.argv[1]).read_bytes())["results"])
    questions = json.loads(Path(sys.argv[2]).read_bytes())

    def listed() -> list[Any]:
        question = questions["list"]
        return list(collection.find(question["find"], {"_id": 0}).sort(question["sort"]))

    def counted() -> list[Any]:
        return list(collection.aggregate(questions["stat"]["pipeline"]))

    print(json.dumps({"list": _timed(listed), "stat": _timed(counted)}))


def _timed(answer: Callable[[], list[Any]]) -> tuple[float, list[Any]]:
    results = answer()
    taken = []
    for _ in range(TIMES):
        started = time.process_time()
        answer()
        taken.append(time.process_time() - started)
    return statistics.median(taken), results


if __name__ == "__main__":
    main()
