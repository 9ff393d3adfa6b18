"""A published file changes only when what it says changes: two commits, two manifests.

`python -m benchmarks.changes` counts the same for more changes of larger catalogs.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import pytest
from benchmarks.changes import ChangingCatalog, table
from benchmarks.edits import CHANGES

from catalogctl.publish.site.list_pages import LONG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.changes import Change

PLUGINS = LONG + 60
"""Enough for lists that are cut where the ids say so."""
OF_EACH_KIND = 1
"""`benchmarks.changes` looks at more of each."""

MOST_FILES = {
    "a tag's text": 50,
    "new version": 30,
    "labels": 90,
    "state": 100,
    "name": 120,
    "new plugin": 130,
    "plugin gone": 130,
    "a commit beside the catalog": 2,
}
"""How many files a change of each kind may change: the median, in a catalog of any size."""


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Change]]:
    """Return some changes of each kind, one after another in the same catalog."""
    catalog = ChangingCatalog(tmp_path_factory.mktemp("changes"), PLUGINS, commits=4)
    return {kind: [catalog.publish(kind) for _ in range(OF_EACH_KIND)] for kind in CHANGES}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_changes_few_files(kind: str, changes: Mapping[str, list[Change]]) -> None:
    found = changes[kind]
    assert statistics.median(len(each.paths) for each in found) <= MOST_FILES[kind], table(found)


def test_a_commit_beside_the_catalog_changes_the_index_and_the_page_about_the_build(
    changes: Mapping[str, list[Change]],
) -> None:
    """No other file tells the commit or its time (product contract, 5)."""
    for change in changes["a commit beside the catalog"]:
        assert sorted(change.paths) == ["about/index.html", "index.json"]
