"""End a command on Ctrl-C and SIGTERM with an exception, so that everything in progress cleans up.

While Python imports a module, such an exception may be lost: the compiler discards the errors of
what it only tries. A signal that arrives then is therefore delivered again a moment later.
"""

from __future__ import annotations

import atexit
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_MOMENT = 0.01
"""Seconds until a signal is delivered again."""
_IMPORT = "<frozen importlib"
"""The prefix of the file names of Python's import system in frames."""


class Terminated(BaseException):
    """Raised on SIGTERM."""


def install_signal_handlers() -> None:
    """Raise Terminated on SIGTERM, and KeyboardInterrupt on SIGINT, unless that is ignored."""
    signal.signal(signal.SIGTERM, _raising(Terminated))
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _raising(KeyboardInterrupt))
    atexit.register(_ignore_signals)  # what is registered first is called last


def remove_signal_handlers() -> None:
    """Raise the error of a signal that waits to be delivered again; a later one ends at once.

    When Python ends, it forgets all handlers, and a timer that is still set would kill the process.
    """
    waiting, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    again = signal.getsignal(signal.SIGALRM)
    if waiting and callable(again):
        again(signal.SIGALRM, None)


def _ignore_signals() -> None:
    """Leave the exit code as it is: Python is about to forget all handlers but this one."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _end(number: int, _: FrameType | None) -> None:
    """End the process as a shell reports it, without the rest of Python's own end."""
    os._exit(128 + number)


def _raising(error: type[BaseException]) -> Callable[[int, FrameType | None], None]:
    """Return a handler that raises an error, as soon as no module is being imported."""

    def handle(_: int, frame: FrameType | None) -> None:
        if not _is_importing(frame):
            raise error
        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, _MOMENT)

    return handle


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORT):
            return True
        frame = frame.f_back
    return False
