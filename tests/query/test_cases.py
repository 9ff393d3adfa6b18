from __future__ import annotations

import json

import pytest

from support.queries import Case, ask, case_files, cases, exact, fixture

CASES = cases()


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_a_query_is_answered_as_its_case_says(case: Case) -> None:
    answer = ask(case.kind, case.request, case.infos, case.now)
    assert exact(answer) == exact(case.expected)


def test_the_fixture_and_the_cases_are_what_their_readme_says() -> None:
    keys = [(info["name"], info["plugin_id"]) for info in fixture().infos]
    assert keys == sorted(keys)
    for path in case_files():
        ids = [case["id"] for case in json.loads(path.read_text(encoding="utf-8"))["cases"]]
        assert len(set(ids)) == len(ids), path
    for _, case in CASES:
        given = [case.plugins, case.answer, case.error]
        assert sum(each is not None for each in given) == 1, case.id
