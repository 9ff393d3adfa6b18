"""Every kind of bad file, in every command that reads it: in time, in memory, and in words."""

from __future__ import annotations

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
from support.hostile_runs import ID, check, committed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACES: dict[str, tuple[str, bytes | Callable[[], bytes]]] = {
    **{kind: (f"plugins/{ID}.yaml", make(MAX_YAML_SIZE)) for kind, make in PLUGINS.items()},
    **{kind: ("catalog.yaml", data) for kind, data in SETTINGS_FILES.items()},
    **{kind: ("queries/saved.yaml", data) for kind, data in QUERIES.items()},
    **{kind: ("imported.json", data) for kind, data in IMPORTED.items()},
    **{kind: (f"versions/{ID}.json", make) for kind, make in LOCKS.items()},
}


@pytest.mark.parametrize("kind", PLACES)
def test_a_hostile_file_ends_in_time_and_in_words(tmp_path: Path, kind: str) -> None:
    """R-10, R-17: five seconds, 400 MB and no traceback, in each command that reads the file."""
    path, data = PLACES[kind]
    catalog = committed(tmp_path)
    file = catalog / path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data())
    check(catalog, 1)


def test_at_least_sixty_kinds_are_tried() -> None:
    """R-10."""
    assert len(PLACES) + len(TEXTS) * len(plugin_fields()) >= 60
