"""Q-09: a signal while Python imports a module or ends, where an exception may be lost."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import os, signal, sys, time
from catalogctl.cli.signal_handlers import Terminated, install_signal_handlers

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "a_module_that_nobody_has":
            try:
                os.kill(os.getpid(), signal.{name})
                time.sleep(0.1)
            except BaseException:  # as the compiler does
                print("lost")

install_signal_handlers()
sys.meta_path.insert(0, Finder())
try:
    try:
        import a_module_that_nobody_has
    except ImportError:
        print("imported")
    time.sleep(30)
except (KeyboardInterrupt, Terminated) as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("name", "error"), [("SIGINT", "KeyboardInterrupt"), ("SIGTERM", "Terminated")]
)
def test_a_signal_during_an_import_is_delivered_after_it(name: str, error: str) -> None:
    """Q-09."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("{name}", name)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["imported", error]


def test_a_signal_at_the_end_of_a_run_is_not_left_to_a_timer(tmp_path: Path) -> None:
    """Q-09: when Python ends, it forgets the timer's handler, and SIGALRM would kill it."""
    (tmp_path / "catalogctl_end.py").write_text(
        "import os, signal; os.kill(os.getpid(), signal.SIGINT)"
    )
    script = """
import sys
from catalogctl.cli import entry_point, main
def start():
    import catalogctl_end
    return 0
main.start = start
entry_point.run()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False, cwd=tmp_path, timeout=60
    )
    assert (done.returncode, done.stderr) == (130, b"")


def test_signals_are_handled_before_anything_heavy_is_imported() -> None:
    """Q-09."""
    script = "import sys; from catalogctl.cli import entry_point; print('click' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"


def test_an_ignored_interrupt_stays_ignored() -> None:
    """As of a command that a shell runs in the background."""
    script = """
import os, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
from catalogctl.cli.signal_handlers import install_signal_handlers
install_signal_handlers()
os.kill(os.getpid(), signal.SIGINT)
print("goes on")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "goes on\n"
