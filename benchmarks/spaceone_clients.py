"""Call a gateway with SpaceONE's own clients, unchanged: spaceone-core and spacectl.

This is a script for the packages in `.venv/spaceone-clients`, older ones than those of the tests:

    PYTHONPATH=.venv/spaceone-clients python spaceone_clients.py ENDPOINT < calls > answers

A call is a list in JSON: ["core", method, parameters] or ["spacectl", argument, …]. An answer is a
line of JSON, of text if it is what spacectl prints.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from click.testing import CliRunner
from spacectl.main import cli
from spaceone.core.connector.space_connector import SpaceConnector
from spaceone.core.error import ERROR_BASE
from spaceone.core.transaction import Transaction


def main(endpoint: str) -> None:
    """Answer each line of the input."""
    config = {"endpoints": {"repository": f"{endpoint}/v1"}}
    connector = SpaceConnector(Transaction(), config, service="repository")
    for line in sys.stdin:
        client, *call = json.loads(line)
        if client == "core":
            answer = _called(connector, *call)
        else:
            done = CliRunner().invoke(cli, call)
            answer = done.output if done.exception is None else f"ERROR: {done.exception}"
        print(json.dumps(answer), flush=True)


def _called(connector: SpaceConnector, method: str, parameters: dict[str, Any]) -> Any:
    """Return what the connector returns, or the error that it raises."""
    try:
        return connector.dispatch(method, parameters)
    except ERROR_BASE as error:
        return {"error": error.error_code, "message": error.message.strip()}


main(sys.argv[1])
