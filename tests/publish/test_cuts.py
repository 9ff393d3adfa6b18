"""Lists are cut where ids say so: one insertion moves few rows (scale: stable bytes)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from catalogctl.publish.cuts import PAGE_OF_ROWS, PART_OF_LIST, CutSizes, cut

SIZES = (PAGE_OF_ROWS, PART_OF_LIST)
IDS = st.lists(st.text("abcdefghij-", min_size=1), unique=True, max_size=300).map(sorted)


@given(IDS, st.sampled_from(SIZES))
def test_every_row_is_in_exactly_one_part_in_order(ids: list[str], sizes: CutSizes) -> None:
    parts = list(cut(ids, sizes, str))
    assert [row for part in parts for row in part] == ids
    assert all(sizes.least <= len(part) <= sizes.most for part in parts[:-1])


def test_one_new_row_changes_few_parts() -> None:
    ids = [f"plugin-{number:05}" for number in range(0, 20_000, 2)]
    for sizes in SIZES:
        before = {tuple(part) for part in cut(ids, sizes, str)}
        changed = []
        for number in range(1, 20_000, 997):
            more = sorted([*ids, f"plugin-{number:05}"])
            changed.append(len({tuple(part) for part in cut(more, sizes, str)} - before))
        assert sum(changed) / len(changed) < 3
        assert max(changed) < 12


def test_the_parts_have_the_sizes_that_the_documentation_names() -> None:
    ids = [f"plugin-{number:05}" for number in range(20_000)]
    pages = list(cut(ids, PAGE_OF_ROWS, str))
    parts = list(cut(ids, PART_OF_LIST, str))
    assert 20 < len(ids) / len(pages) < 25
    assert 220 < len(ids) / len(parts) < 270
