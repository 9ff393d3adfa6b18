"""Start the command line. Nothing heavy is imported before signals are handled."""

from __future__ import annotations

import sys
from typing import NoReturn

from catalogctl.cli.signal_handlers import (
    Terminated,
    install_signal_handlers,
    remove_signal_handlers,
)

TERMINATED = 143
INTERRUPTED = 130


def run() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    install_signal_handlers()
    try:
        from catalogctl.cli.main import start

        code = start()
        remove_signal_handlers()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Terminated:
        code = TERMINATED
    sys.exit(code)
