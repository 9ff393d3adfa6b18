"""What a stream can show: read once, from the stream and the environment."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.source_lines import source_line
from catalogctl.cli.terminal import Facts, facts

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.TextIOWrapper):
    """A terminal that can't be asked for its width."""

    def isatty(self) -> bool:
        return True


def stream(kind: type[io.TextIOWrapper], encoding: str = "utf-8") -> io.TextIOWrapper:
    return kind(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("environ", "color", "expected"),
    [
        ({}, "auto", True),
        ({"NO_COLOR": ""}, "auto", True),
        ({"NO_COLOR": "1"}, "auto", False),
        ({"TERM": "dumb"}, "auto", False),
        ({"NO_COLOR": "1", "TERM": "dumb"}, "always", True),
        ({}, "never", False),
    ],
)
def test_a_terminal_has_colour_unless_it_is_not_wanted(
    environ: dict[str, str], color: str, *, expected: bool
) -> None:
    assert facts(stream(Terminal), color, environ).color is expected


@pytest.mark.parametrize(
    ("columns", "width"),
    [("100", 100), ("7", 20), ("", 80), ("0", 80), ("wide", 80), ("\u0661\u0662\u0663", 80)],
)
def test_a_terminal_has_a_width(columns: str, width: int) -> None:
    assert facts(stream(Terminal), "auto", {"COLUMNS": columns}).width == width


def test_a_pipe_has_no_width_and_no_colour() -> None:
    found = facts(stream(io.TextIOWrapper), "auto", {"COLUMNS": "100"})
    assert found == Facts(tty=False, color=False, unicode=True, width=None)


@pytest.mark.parametrize(
    ("encoding", "unicode"), [("utf-8", True), ("ascii", False), ("latin-1", False)]
)
def test_signs_need_utf_8(encoding: str, *, unicode: bool) -> None:
    assert facts(stream(Terminal, encoding), "auto", {}).unicode is unicode


def test_a_closed_stream_shows_nothing() -> None:
    """Q-51."""
    closed = stream(Terminal)
    closed.close()
    for each in (None, closed):
        assert facts(each, "auto", {}).unicode is (each is not None)


def test_a_line_of_source_is_found_whatever_ends_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("\ufeffone\r\ntwo\rthree\n".encode() + b"caf\xe9")
    lines = [source_line(str(file), number) for number in range(6)]
    assert [line and line.text for line in lines] == [
        None,
        "one",
        "two",
        "three",
        "caf\N{REPLACEMENT CHARACTER}",
        None,
    ]


def test_a_file_that_can_t_be_read_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "link.yaml").symlink_to("/etc/passwd")
    assert source_line(str(tmp_path / "link.yaml"), 1) is None
    assert source_line(str(tmp_path / "nothing.yaml"), 1) is None
