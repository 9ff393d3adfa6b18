"""A list of plugins and the questions in, what catalogctl's query engine takes for each out.

    python ask_catalogctl.py all.json questions.json

Prints {"list": [seconds, rows], "stat": [seconds, rows]}: CPU, the median of many answers. Reading
a request is part of an answer; loading the plugins is not.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.query import answer_list, answer_stat, parse_list, parse_stat
from catalogctl.query.documents import Documents, base_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.jsontypes import JSONObject

REPOSITORY = "repo-123456789012"
NOW = "2026-01-01T00:00:00.000Z"
TIMES = 21


def main() -> None:
    """Answer each question many times and print the medians."""
    plugins = base_order(json.loads(Path(sys.argv[1]).read_bytes())["results"])
    questions = json.loads(Path(sys.argv[2]).read_bytes())
    documents = Documents(plugins)

    def listed() -> JSONObject:
        query = parse_list({"query": questions["list"]["query"]}, repository_id=REPOSITORY)
        return answer_list(query, documents, now=NOW)

    def counted() -> JSONObject:
        query = parse_stat({"query": questions["stat"]["query"]}, repository_id=REPOSITORY)
        return answer_stat(query, documents, now=NOW)

    print(json.dumps({"list": _timed(listed), "stat": _timed(counted)}))


def _timed(answer: Callable[[], JSONObject]) -> tuple[float, object]:
    results = answer()["results"]
    taken = []
    for _ in range(TIMES):
        started = time.process_time()
        answer()
        taken.append(time.process_time() - started)
    return statistics.median(taken), results


if __name__ == "__main__":
    main()
