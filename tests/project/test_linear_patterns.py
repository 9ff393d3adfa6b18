"""R-17: every pattern of the tool is linear in the text that it meets.

The patterns are found in the code, so a new one is covered without anyone remembering: those that
modules hold, those that functions write out, and those of the schemas. From each hostile texts are
drawn: a text that it matches, one part of it repeated thousands of times, and an end that does not
fit. A pattern that can't be found this way fails here too. RE2, which is linear by design, is not
tested. What keeps a pattern linear must also mean the same in every Python that the tool supports.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import re
import time
from collections import defaultdict
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from support.schemas import MESSAGES, ROOT, schema, subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    Pattern: TypeAlias = "re.Pattern[str] | re.Pattern[bytes]"

TOOLS = ROOT / "tools"
METHODS = ("fullmatch", "match", "search", "sub", "subn", "split", "findall", "finditer")
SIZES = (12, 21, 600, 8000)
LIMIT = 0.01
"""Seconds for 8,000 characters: a linear pattern needs a twentieth, a quadratic one the double."""
MOST_TEXTS = 300
ESCAPES_AND_SETS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{[0-9,]*\})\+")
ASCII = st.characters(codec="ascii")
ANY = frozenset(("fullmatch", "match", "search"))
MADE_OF_VALUES = {
    "catalogctl.validate.template_patterns": "of an author's pattern, within a budget",
    "catalogctl.publish.file_groups": "of the patterns of the tool's own paths, which end in .+",
    "catalogctl.files.leftovers": "of the escaped name of the tree's folder",
    "catalogctl.query.plugin_search": "of the escaped letters of a word that is searched for",
    "catalogctl.source.secret_places": "of a number of blanks, beside those that the module holds",
}
"""Modules whose functions make a pattern of what they are given, and of what."""
OWN_TEXT = {
    "catalogctl.publish.site.page_templates": "the site's templates: ours or the maintainers'",
    "catalogctl.publish.site.assets": "the site's scripts, which are ours",
    "catalogctl.new_catalog": "the templates of `init`, and a line of a workflow",
}
"""Modules whose patterns meet no author's text."""


class Use(NamedTuple):
    """A pattern, where it stands, and how it is asked."""

    place: str
    pattern: Pattern
    methods: frozenset[str]


@cache
def modules() -> Sequence[tuple[str, ast.Module]]:
    """Return each module of the tool with its syntax tree."""
    files = sorted((TOOLS / "catalogctl").rglob("*.py"))
    parts = {path: path.relative_to(TOOLS).with_suffix("").parts for path in files}
    return [
        (".".join(parts[path]).removesuffix(".__init__"), ast.parse(path.read_text("utf-8")))
        for path in files
        if path.name != "__main__.py"
    ]


def calls_of_re(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Yield each call of a function of `re` that takes a pattern, with what it is asked."""
    chained = {
        id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, method = node.func.value, node.func.attr
            if isinstance(owner, ast.Name) and owner.id == "re" and method in {"compile", *METHODS}:
                asked = chained.get(id(node), method) if method == "compile" else method
                yield node, asked


def written_out(module: str, node: ast.expr) -> list[str | bytes]:
    """Return the patterns that an argument may be: those written out there or held by the module.

    None are returned when it is made of something.
    """
    value: Any = None
    with contextlib.suppress(ValueError):
        value = ast.literal_eval(node)
    owner = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(owner, ast.Name):
        value = getattr(importlib.import_module(module), owner.id, None)
    each = list(value.values()) if isinstance(value, dict) else [value]
    return [pattern for pattern in each if isinstance(pattern, str | bytes)]


@cache
def methods_by_name() -> dict[str, set[str]]:
    """Return how each name in the code is asked: `_MAIL.fullmatch` is {"_MAIL": {"fullmatch"}}."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                owner = node.value
                name = getattr(owner, "id", getattr(owner, "attr", ""))
                found[name].add(node.attr)
        for node in ast.walk(tree):
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
                found[getattr(node.iter, "id", "")] |= found[node.target.id]
    return found


def held(value: Any) -> Iterator[Pattern]:
    """Yield the patterns that a value of a module is, or holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from held(each)
    elif isinstance(value, dict):
        yield from held(list(value.values()))


def calls_in_functions(tree: ast.Module) -> Iterator[tuple[str, ast.Call, str]]:
    """Yield each call of a function of `re` that stands in a function, with that one's name."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for call, method in calls_of_re(function):
                yield function.name, call, method


def uses() -> Iterator[Use]:
    """Yield every pattern of the tool."""
    for name, tree in modules():
        for variable, value in vars(importlib.import_module(name)).items():
            methods = frozenset(methods_by_name().get(variable, ())) or ANY
            for pattern in held(value):
                yield Use(f"{name}.{variable}", pattern, methods)
        for function, call, method in calls_in_functions(tree):
            for text in written_out(name, call.args[0]):
                asked = ANY if method == "compile" else frozenset((method,))
                yield Use(f"{name}.{function}", re.compile(text), asked)
    for message in MESSAGES:
        for pointer, part in subschemas(schema(message)):
            if isinstance(part.get("pattern"), str):
                pattern = re.compile(str(part["pattern"]))
                yield Use(f"{message}{pointer}", pattern, frozenset(("search",)))


@cache
def distinct() -> Sequence[Use]:
    """Return the patterns, each once for each way that it is asked."""
    found: dict[tuple[str | bytes, int, frozenset[str]], Use] = {}
    for use in uses():
        module = use.place.rpartition(".")[0]
        if module not in OWN_TEXT:
            found.setdefault((use.pattern.pattern, use.pattern.flags, use.methods), use)
    return list(found.values())


def samples(pattern: Pattern) -> list[str]:
    """Return texts that a pattern matches, and the characters that it is written with."""
    given_alphabet = {} if isinstance(pattern.pattern, bytes) else {"alphabet": ASCII}
    texts: Any = st.from_regex(pattern, **given_alphabet)  # type: ignore[call-overload]
    found: list[str] = []

    @settings(
        max_examples=10,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(texts)
    def draw(text: str | bytes) -> None:
        found.append(as_text(text))

    with contextlib.suppress(InvalidArgument):  # of one that matches no ASCII
        draw()
    return [*dict.fromkeys(found), as_text(pattern.pattern), "a 0#\n\t\\"]


def as_text(text: str | bytes) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else text


def hostile_texts(pattern: Pattern) -> Iterator[tuple[str, str, str]]:
    """Yield start, part to repeat, and end of texts that are hard for a pattern."""
    seen = set()
    for sample in samples(pattern):
        for width in (1, 2, 3):
            for place in range(min(len(sample), 20)):
                start, unit = sample[:place], sample[place : place + width]
                for text in ((start, unit, "\0"), (start, unit, "\nx"), ("", unit, "\0")):
                    if text not in seen:
                        seen.add(text)
                        yield text


def seconds(pattern: Any, method: str, text: str) -> float:
    """Return the CPU time, the least of three, that a pattern needs for a text."""
    given = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
    ask = getattr(pattern, method)
    arguments = (b"" if isinstance(given, bytes) else "", given) if "sub" in method else (given,)
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        answer = ask(*arguments)
        if method == "finditer":
            list(answer)
        best = min(best, time.process_time() - started)
        if best < LIMIT:
            break
    return best


def slow(use: Use, texts: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Yield each text that takes a pattern too long; a longer one is not tried then."""
    for start, unit, end in texts:
        for method in sorted(use.methods):
            for size in SIZES:
                text = start + unit * (size // len(unit)) + end
                if seconds(use.pattern, method, text) > LIMIT:
                    yield f"{method} of {start!r} + {unit!r} * n + {end!r} at {size} characters"
                    break


ROOMS = [path.name for path in sorted((TOOLS / "catalogctl").glob("[a-z]*/"))]


def room(use: Use) -> str:
    """Return the folder of the code that a pattern is of, "" for a single module or a schema."""
    step = use.place.split(".")[1:2]
    return step[0] if step and step[0] in ROOMS else ""


@pytest.mark.parametrize("name", [*ROOMS, ""])
def test_the_patterns_of_a_room_are_linear_in_every_hostile_text(name: str) -> None:
    """R-17: hostile texts are drawn from each pattern in the code."""
    for use in distinct():
        if room(use) == name:
            texts = list(islice(hostile_texts(use.pattern), MOST_TEXTS))
            assert texts
            found = next(slow(use, texts), None)
            assert found is None, f"{use.place}: {use.pattern.pattern!r}: {found}"


def test_the_patterns_are_found() -> None:
    """Otherwise the rooms would pass for want of patterns."""
    assert len(distinct()) > 200
    assert {room(use) for use in distinct()} > {"", "edit", "query", "source", "validate"}


@pytest.mark.parametrize(
    "pattern", [r"[^@\s]+@[^@\s]+\.[^@\s]+", r"(a|a)*b", r"\?(?:\s|#[^\r\n]*)*\Z", r"(\s*x\s*)*y"]
)
def test_a_pattern_that_is_not_linear_is_found(pattern: str) -> None:
    compiled = re.compile(pattern)
    use = Use("here", compiled, frozenset(("fullmatch", "search")))
    assert next(slow(use, list(islice(hostile_texts(compiled), MOST_TEXTS))), None) is not None


def has_possessive_group(pattern: str | bytes) -> bool:
    """Return whether a pattern repeats a group, not only a character, possessively."""
    return POSSESSIVE_GROUP.search(ESCAPES_AND_SETS.sub("x", as_text(pattern))) is not None


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python 3.11 before 3.11.5 gets `(?:a-+)*+` wrong (gh-106052), but `(?>(?:a-+)*)` right."""
    assert [use.place for use in uses() if has_possessive_group(use.pattern.pattern)] == []


@pytest.mark.parametrize("pattern", ["(?:a-+)*+", r"(\.a){2,}+", b"[)](?:[)]+)?+"])
def test_a_group_repeated_possessively_is_found(pattern: str | bytes) -> None:
    assert has_possessive_group(pattern)


@pytest.mark.parametrize(
    "pattern", ["a++([b]++)+", r"\)*+", "[)]*+", "[])]*+", "(?>(?:a-+)*)", b"(a)*"]
)
def test_other_possessive_repeats_are_not_taken_for_one(pattern: str | bytes) -> None:
    assert not has_possessive_group(pattern)


def test_every_pattern_is_written_out_or_held_by_its_module() -> None:
    """R-17: one that is made in a function of something else would be tested by no one."""
    hidden = [
        f"{name}.{function}"
        for name, tree in modules()
        if name not in MADE_OF_VALUES
        for function, call, _ in calls_in_functions(tree)
        if not written_out(name, call.args[0])
    ]
    assert hidden == []


def test_the_exceptions_are_modules_of_the_tool() -> None:
    names = {name for name, _ in modules()}
    assert {*MADE_OF_VALUES, *OWN_TEXT} <= names
