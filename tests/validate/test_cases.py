"""Every sentence about what stands in a file (product contract, 2, 3 and 8), as a file.

A case is a plugin file, a catalog.yaml or a saved query; its name is the sentence. Carets point at
the problems that it has, and a case without one is a good file.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogctl.pipeline.check import check
from support.catalogs import PLUGIN, carets, plugin, write_catalog

CASES = Path(__file__).parent / "cases"
SETTINGS = """\
repository:
  repository_id: repo-123456789012
  name: Marketplace
  repository_type: local
defaults:
  domain_id: domain-123456789012
registries:
  registry.example.org: {}
  registry.example.org:5000: {}
"""
WHOLE = PLUGIN + "domain_id: domain-1\nregistry_url: docker.io\n"
OTHER = {"plugins/plugin-other.yaml": plugin("plugin-other", name="Other")}
PLACES = {"plugins": "plugins/plugin-x.yaml", "queries": "queries/saved.yaml"}


def case_id(case: Path) -> str:
    """Return the sentence, and the kind of file that it is about."""
    return f"{case.parent.name}: {case.stem.replace('-', ' ')}"


@pytest.mark.parametrize("case", sorted(CASES.glob("*/*.yaml")), ids=case_id)
def test_a_file_has_exactly_the_problems_its_carets_point_at(case: Path, tmp_path: Path) -> None:
    data = case.read_bytes()
    if case.parent.name == "settings":
        files = {"plugins/plugin-hyperbilling.yaml": WHOLE}
        catalog = write_catalog(tmp_path, files, settings=data.decode())
        place = "catalog.yaml"
    else:
        place = PLACES[case.parent.name]
        catalog = write_catalog(tmp_path, {**OTHER, place: data}, settings=SETTINGS)
    found = [(p.file, p.line, p.column, p.code) for p in check(catalog, working=catalog).problems]
    assert found == [(place, *caret) for caret in carets(data.decode())]


def test_every_folder_of_cases_is_read() -> None:
    assert {folder.name for folder in CASES.iterdir()} == {"plugins", "settings", "queries"}
