"""The code blocks of a document, and a shell that runs them in their order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from support.git import environment

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"(?ms)^(?:<!-- (?P<mark>[^\n]*?) -->\n)?(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)"
    r"^(?P=indent)```$"
)
_NOT_RUN = "not run: "
_END = "== end of a block =="


class CodeBlock(NamedTuple):
    """A block: its place, its language, its text, and the comment in the line above it."""

    place: str
    language: str
    text: str
    mark: str

    @property
    def why_not_run(self) -> str:
        """Return the reason for which no test runs this block, "" if one does."""
        return self.mark.removeprefix(_NOT_RUN) if self.mark.startswith(_NOT_RUN) else ""


def code_blocks(page: str) -> list[CodeBlock]:
    """Return the blocks of a document, named by its path in the project."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        CodeBlock(
            f"{page}:{text.count(chr(10), 0, found.start('language')) + 1}",
            found["language"],
            re.sub(rf"(?m)^{found['indent']}", "", found["text"]),
            found["mark"] or "",
        )
        for found in _BLOCK.finditer(text)
    ]


class Ran(NamedTuple):
    """How a shell ended, and what each block printed (on stdout and stderr)."""

    exit_code: int
    outputs: list[str]


def run(blocks: Iterable[CodeBlock], folder: Path, **environ: str) -> Ran:
    """Run blocks of shell and Python in one shell, which stops at the first that fails."""
    script = "".join(f"{_command(block)}\necho '{_END}'\n" for block in blocks)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"exec 2>&1\n{script}"],
        cwd=folder,
        env={**environment(), "PATH": path, "HOME": str(folder), **environ},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout.split(f"{_END}\n"))


def _command(block: CodeBlock) -> str:
    if block.language == "python":
        return f"python - <<'END_OF_PYTHON'\n{block.text}END_OF_PYTHON"
    return block.text


def not_printed(block: CodeBlock, output: str) -> list[str]:
    """Return the lines of a block of text that an output lacks; `…` stands for anything."""
    lines = [line.strip() for line in block.text.splitlines() if line.strip()]
    patterns = {line: ".*".join(map(re.escape, line.split("…"))) for line in lines}
    return [line for line in lines if not re.search(rf"(?m)^\s*{patterns[line]}$", output)]
