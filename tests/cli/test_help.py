"""`--help` of every command reads as a page of a manual: what, how, examples, exit codes."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest

from catalogctl.cli.main import GROUPS, catalogctl, main

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = sorted(name for names in GROUPS.values() for name in names)


def command(name: str) -> click.Command:
    found = catalogctl.get_command(click.Context(catalogctl), name)
    assert found is not None
    return found


def examples(text: str) -> Iterator[str]:
    """Return the lines of the examples that call catalogctl, each from that word on."""
    block = text.partition("Example")[2].partition("\n\n")[0]
    for line in block.splitlines()[1:]:
        for part in line.split("|"):
            if part.strip().startswith("catalogctl "):
                yield part.strip()


@pytest.mark.parametrize("name", NAMES)
def test_a_command_says_what_it_does_shows_examples_and_names_its_exit_codes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: catalogctl {name} ")
    assert "Example" in text
    assert re.search(r"Exit codes: \d ", text)
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_every_option_of_a_command_is_explained(name: str) -> None:
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_commands_that_it_takes(name: str) -> None:
    """Each example's words are read as its options and arguments; none is run."""
    shown = list(examples(command(name).help or ""))
    for example in shown:
        words = re.split(r"\s[#>]", example)[0]
        arguments = shlex.split(words)[1:]
        called = command(arguments[0])
        with called.make_context(arguments[0], arguments[1:], parent=click.Context(catalogctl)):
            pass


def test_the_list_of_commands_names_each_of_them_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for name in NAMES:
        assert len(re.findall(rf"^  {name} ", text, re.MULTILINE)) == 1
