"""Every field of a plugin file, full of every hostile text: in time, in memory, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.hostile_files import TEXTS, fields_full_of, plugin_fields
from support.hostile_runs import check, committed

if TYPE_CHECKING:
    from pathlib import Path

PARTS = 4
COMMANDS = ("validate",)
"""The other commands read fields as it does; test_hostile_files.py has them, too."""


@pytest.mark.parametrize("text", TEXTS)
def test_a_field_full_of_a_hostile_text_ends_in_time_and_in_words(
    tmp_path: Path, text: str
) -> None:
    """R-10, R-17: 256 KiB of each text in a quarter of the fields, a few of them in a catalog."""
    files = [*fields_full_of(TEXTS[text])][list(TEXTS).index(text) % 4 :: 4]
    for part in range(PARTS):
        catalog, some = committed(tmp_path / str(part)), files[part::PARTS]
        for name, data in some:
            (catalog / f"plugins/plugin-{name.replace('_', '-')}.yaml").write_bytes(data)
        check(catalog, len(some), COMMANDS)


def test_each_field_is_tried() -> None:
    assert len([*fields_full_of(TEXTS["blanks"])]) > len(plugin_fields())
    assert len(TEXTS) >= 3
