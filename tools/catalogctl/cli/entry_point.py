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
LITTLE_MEMORY = "there is too little memory: raise its limit (ulimit -v), or use a larger machine"
_NOT_LOADED = ("failed to map segment", "cannot allocate memory")
"""What the system says of a library that there is too little memory to load."""


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
    except (MemoryError, ImportError) as error:
        if not is_out_of_memory(error):
            raise
        print(f"catalogctl: {LITTLE_MEMORY}", file=sys.stderr)
        code = 3
    sys.exit(code)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error means that there is too little memory."""
    if isinstance(error, ImportError):
        return any(words in str(error).lower() for words in _NOT_LOADED)
    return isinstance(error, MemoryError)
