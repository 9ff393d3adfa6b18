"""Format problems for people, each with its source line, like a compiler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report.cells import ellipsis
from catalogctl.report.cleaning import ascii_only, clean
from catalogctl.report.excerpt import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.problem import Problem
    from catalogctl.report.view import Summary, View

MOST = 50
"""How many problems are shown without `--all`."""
_GROUP_FROM = 3
_PLACES = 3
_WIDTH = 120
_LEAST_WIDTH = 20
_COLORS = {
    "error": "1;31",
    "warning": "1;33",
    "suggestion": "1;36",
    "bold": "1",
    "dim": "1;34",
    "help": "1;36",
}


def render(problems: Sequence[Problem], summary: Summary, view: View) -> str:
    """Return one block for each problem; the same problem in many places is one block."""
    del summary
    groups = list(_groups(problems).values())
    shown = groups if view.show_all else groups[:MOST]
    blocks = ["\n".join(_block(group, view)) for group in shown]
    if hidden := sum(map(len, groups[len(shown) :])):
        blocks.append(f"{ellipsis(unicode=view.unicode)} and {hidden} more (--all)")
    if problems:
        blocks.append(f"`catalogctl explain {clean(problems[0].code)}` tells the rule")
    text = "".join(f"{block}\n\n" for block in blocks)[:-1]
    return text if view.unicode else ascii_only(text)


def _groups(problems: Sequence[Problem]) -> dict[tuple[object, ...], list[Problem]]:
    """Return the problems, grouped if three or more have the same wording."""
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        groups.setdefault(_wording(problem), []).append(problem)
    split: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        wording = _wording(problem)
        key = wording if len(groups[wording]) >= _GROUP_FROM else (problem, len(split))
        split.setdefault(key, []).append(problem)
    return split


def _wording(problem: Problem) -> tuple[object, ...]:
    return problem.severity, problem.code, problem.message, problem.hint


def _block(group: list[Problem], view: View) -> Iterator[str]:
    """Yield the lines for one problem, and the other places where it occurs."""
    problem = group[0]
    severity = problem.severity.value
    label = _paint(f"{severity}[{clean(problem.code)}]", severity, view)
    yield f"{label}{_paint(': ' + clean(problem.message), 'bold', view)}"
    margin = " " * (len(str(problem.line)) + 1)
    yield f"{margin}{_paint('-->', 'dim', view)} {_place(problem)}"
    bar = _paint("|", "dim", view)
    yield from _source(problem, margin, bar, view)
    equals = f"{margin} {_paint('=', 'dim', view)}"
    if problem.hint:
        yield f"{equals} {_paint('help', 'help', view)}: {clean(problem.hint)}"
    for line in _others(group[1:], show_all=view.show_all):
        yield f"{equals} {line}"


def _source(problem: Problem, margin: str, bar: str, view: View) -> Iterator[str]:
    """Yield the source line between bars, with marks under the place."""
    line = view.source_line(problem.file, problem.line)
    if line is None:
        return
    room = max((view.width or _WIDTH) - len(margin) - 3, _LEAST_WIDTH)
    shown = excerpt(line.text, problem.column, width=room, unicode=view.unicode, hidden=line.hidden)
    severity = problem.severity.value
    number = _paint(f"{problem.line:>{len(margin)}}", "dim", view)
    yield f"{margin} {bar}"
    yield f"{number} {bar} {shown.text}".rstrip()
    blanks = len(shown.marks) - len(shown.marks.lstrip())
    marks = _paint(shown.marks[blanks:], severity, view)
    yield f"{margin} {bar} {' ' * blanks}{marks}"


def _others(problems: list[Problem], *, show_all: bool) -> Iterator[str]:
    """Yield the other places of the same problem."""
    if show_all:
        yield from (f"also: {_place(problem)}" for problem in problems)
    elif problems:
        hidden = len(problems) - _PLACES
        places = ", ".join(map(_place, problems[:_PLACES]))
        yield f"also: {places}" + (f" and {hidden} more (--all)" if hidden > 0 else "")


def _place(problem: Problem) -> str:
    return f"{clean(problem.file)}:{problem.line}:{problem.column}"


def _paint(text: str, color: str, view: View) -> str:
    return f"\x1b[{_COLORS[color]}m{text}\x1b[0m" if view.color else text
