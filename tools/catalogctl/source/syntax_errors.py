"""Explain an error of the YAML parser to an author, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

_NESTED_TOO_DEEP = "exceeded maximum nesting depth"
"""libyaml's message at its own limit. It is far above ours, but libyaml reads ahead."""

_OPEN_QUOTE = "found unexpected end of stream"

_WORDS = (
    (_NESTED_TOO_DEEP, "the levels are nested too deep", ""),
    (
        "mapping values are not allowed",
        '":" is not allowed here',
        'quote the value if it holds ": ", or fix the indentation',
    ),
    (
        "could not find expected ':'",
        "a colon is missing after the key",
        'write "key: value", with a space after the colon',
    ),
    (
        "did not find expected key",
        "a key is expected here",
        "fix the indentation, or quote the value above",
    ),
    (
        "did not find expected '-' indicator",
        'a "-" is expected here',
        "indent the elements of the list alike",
    ),
    (
        "did not find expected ',' or ']'",
        'a "," or "]" is missing in this list',
        'write "," between two elements, or close the list with "]"',
    ),
    (
        "did not find expected ',' or '}'",
        'a "," or "}" is missing in this mapping',
        'write "," between two entries, or close the mapping with "}"',
    ),
    (
        "did not find expected node content",
        "a value is expected here",
        "write one, or quote the text if it starts with a bracket or a comma",
    ),
    (_OPEN_QUOTE, "the quote that opens here is never closed", "add the closing quote"),
    (
        "found character that cannot start any token",
        "this character can't start a value",
        "quote the value",
    ),
    ("found a tab character", "a tab is used where only spaces are allowed", "indent with spaces"),
    (
        "found unknown escape character",
        "unknown escape after a backslash",
        "use single quotes, or write \\\\ for a backslash",
    ),
    (
        "found invalid Unicode character escape code",
        "this escape stands for half a character",
        "write the character itself",
    ),
    (
        "did not find expected comment or line break",
        'text stands on the line of ">" or "|"',
        "begin the text on the next line, or quote the value",
    ),
    (
        "mapping keys are not allowed",
        '"?" is not allowed here',
        'quote the value if it starts with "? "',
    ),
    (
        "found unexpected ':'",
        '":" is not allowed here',
        "write a space after it, or quote the text",
    ),
    ("found undefined tag handle", "an exclamation mark starts a tag here", "quote the value"),
    (
        "did not find expected <document start>",
        "the document ended above: this line does not belong to it",
        "fix the indentation: one file is one mapping",
    ),
    (
        "found incompatible YAML document",
        "this YAML version is not supported",
        'take out the line that starts with "%YAML"',
    ),
    (
        "block sequence entries are not allowed",
        '"-" is not allowed here',
        "put the list on lines of its own, below its key",
    ),
    (
        "did not find expected alphabetic or numeric character",
        "a name is missing after & or *",
        "quote the value if it starts with & or *",
    ),
)


def is_nesting(error: yaml.YAMLError) -> bool:
    """Return whether libyaml gave up because of too many levels."""
    return _NESTED_TOO_DEEP in words_of(error)


def words_of(error: yaml.YAMLError) -> str:
    """Return the parser's own description of an error."""
    return str(getattr(error, "problem", None) or "")


def explain_syntax_error(error: yaml.YAMLError) -> tuple[int, int, str, str]:
    """Return line and column (from 1), message and hint for a parser error."""
    words = words_of(error)
    names = ["problem_mark", "context_mark"]
    if _OPEN_QUOTE in words:  # report where the quote opens rather than the end of the file
        names.reverse()
    mark = next((mark for name in names if (mark := getattr(error, name, None))), None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    for part, message, hint in _WORDS:
        if part in words:
            return line, column, message, hint
    cause = words or "it can't be read"
    return line, column, f"this is not YAML: {cause}", "fix the syntax"
