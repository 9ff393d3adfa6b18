"""docs/reference/ is made from the schemas and the commands, and says all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from catalogctl.cli.main import GROUPS

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_the_pages_are_what_schemas_and_commands_say() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "make_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("page", "message"),
    [("plugin-file.md", "PluginFile"), ("catalog-yaml.md", "CatalogSettings")],
)
def test_every_field_and_option_has_a_heading_and_a_meaning(page: str, message: str) -> None:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    schema = json.loads((ROOT / "schemas" / f"{message}.schema.json").read_text(encoding="utf-8"))
    for name, field in schema["properties"].items():
        assert f"\n## `{name}`\n" in text
        for inner, option in field.get("properties", {}).items():
            _, _, section = text.partition(f"\n### `{name}.{inner}`\n")
            assert option["description"].split()[0] in section.partition("\n#")[0]


def test_every_command_has_a_heading() -> None:
    text = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    for name in (name for names in GROUPS.values() for name in names):
        assert f"\n### {name}\n\n```text\nUsage: catalogctl {name} " in text
