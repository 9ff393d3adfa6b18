"""Define all limits of a query in one place, and the steps that one answer may take.

A saved query is written by a stranger and answered in every build, so it must terminate. The
limits are counts, never times: a query has the same answer on a slow machine and on a fast one.
"""

from __future__ import annotations

from catalogctl.query.query_errors import bad

MAX_DEPTH = 64
"""How deep the collections of a request may nest; the request itself is level 1."""
MAX_NODES = 2_000_000
"""How many values a request may contain, including those in its lists and objects."""
MAX_CONDITIONS = 10_000
"""How many conditions `filter` and `filter_or` may have together."""
MAX_SEGMENTS = 64
"""How many names a path may have."""
MAX_PATTERN = 1_000
"""How many characters a regular expression may have."""
MAX_PATTERN_SIZE = 1_000
"""How many characters and sets a regular expression may have with its repeats written out."""
MAX_REPEAT = 1_000
"""How often a regular expression may repeat a part by a number: `a{1000}`."""
MAX_GROUPS = 50
"""How deep the groups of a regular expression may nest."""
MAX_PATTERNS = 200
"""How many regular expressions a query may have."""
MAX_SUB_KEYS = 100
"""How many sub-keys the value of `match` may have."""
MAX_STAGES = 100
"""How many stages an `aggregate` may have."""
MAX_DATE_FORMAT = 100
"""How many characters a `date_format` may have."""
STEPS = 5_000_000
"""How many steps an answer may take, besides those per plugin; a step is a look at a value."""
STEPS_PER_PLUGIN = 1_000
"""How many additional steps an answer may take for each plugin that is queried."""
NEW_VALUE = 10
"""How many steps it takes to create a value of a row or list, which limits the memory used."""

CONTAIN_STEP = 16
"""How many characters of a text that `contain` searches count as one step."""
REGEX_STEP = 32
"""How much matching (a pattern's size times the characters of a text) counts as one step."""
JSON_STEP = 8
"""How many characters of the JSON that an object is compared by count as one step."""

REGEX_BYTES = 16 << 20
"""Memory that the automaton of one regular expression may take, in bytes."""


class StepBudget:
    """The steps that are left for one answer; spending more than that ends the query."""

    __slots__ = ("_least", "allowed", "left")

    def __init__(self, plugins: int) -> None:
        self.allowed = self.left = STEPS + STEPS_PER_PLUGIN * plugins
        self._least = 0

    def spend(self, steps: int) -> None:
        """Subtract steps; raise ApiError if none are left (hardening R-15)."""
        self.left -= steps
        if self.left < self._least:
            hint = "filter first, and look at fewer or smaller values"
            raise bad(f"the query takes more than {self.allowed:,} steps", "/query", hint)

    def make(self, values: int) -> None:
        """Subtract the steps of creating values; raise ApiError if none are left."""
        self.spend(values * NEW_VALUE)

    def end(self) -> None:
        """Let the query end at its next step, whatever is left; also from another thread."""
        self._least = self.allowed + 1
