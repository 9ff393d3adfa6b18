from __future__ import annotations

import subprocess
import sys

import pytest

from catalogctl import messages
from support.schemas import ROOT, schema

TOOL = ROOT / "tools" / "make_messages.py"


def test_the_types_are_what_the_schemas_say() -> None:
    done = subprocess.run(
        [sys.executable, TOOL, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


FIELDS = {
    "PluginInfo": messages.PLUGIN_INFO_FIELDS,
    "CreatePluginRequest": messages.CREATE_PLUGIN_REQUEST_FIELDS,
    "UpdatePluginRequest": messages.UPDATE_PLUGIN_REQUEST_FIELDS,
    "PluginFile": messages.PLUGIN_FILE_FIELDS,
    "Lock": messages.LOCK_FIELDS,
}


@pytest.mark.parametrize("message", FIELDS)
def test_the_fields_of_a_message_stand_in_the_order_of_its_schema(message: str) -> None:
    properties = schema(message)["properties"]
    assert isinstance(properties, dict)
    assert FIELDS[message] == tuple(properties)
