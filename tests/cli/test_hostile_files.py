"""Every kind of bad file, in `validate` and in one of the others: in time, in memory, in words.

All of them read files with the same code, so the others take turns.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from catalogctl.source.folder import MAX_YAML_SIZE
from support.hostile_files import (
    IMPORTED,
    LOCKS,
    PLUGINS,
    QUERIES,
    SETTINGS_FILES,
    TEXTS,
    plugin_fields,
)
from support.hostile_runs import COMMANDS, ID, check, committed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACES: dict[str, tuple[str, Callable[[], bytes]]] = {
    **{
        kind: (f"plugins/{ID}.yaml", partial(make, MAX_YAML_SIZE)) for kind, make in PLUGINS.items()
    },
    **{kind: ("catalog.yaml", make) for kind, make in SETTINGS_FILES.items()},
    **{kind: ("queries/saved.yaml", make) for kind, make in QUERIES.items()},
    **{kind: ("imported.json", make) for kind, make in IMPORTED.items()},
    **{kind: (f"versions/{ID}.json", make) for kind, make in LOCKS.items()},
}


@pytest.mark.parametrize("kind", PLACES)
def test_a_hostile_file_ends_in_time_and_in_words(tmp_path: Path, kind: str) -> None:
    """R-10, R-17: five seconds, 400 MB and no traceback, in `validate` and in another command."""
    path, make = PLACES[kind]
    catalog = committed(tmp_path)
    file = catalog / path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(make())
    others = [each for each in COMMANDS if each != "validate"]
    check(catalog, 1, ("validate", others[list(PLACES).index(kind) % len(others)]))


def test_at_least_sixty_kinds_are_tried() -> None:
    """R-10."""
    assert len(PLACES) + len(TEXTS) * len(plugin_fields()) >= 60
