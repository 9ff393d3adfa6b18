"""How much a query may ask for: every bound in one place, and the steps that one answer may take.

A saved query is written by a stranger and answered in every build, so it has to end. The bounds
are counts, never times: the same query gives the same answer on a slow machine as on a fast one.
"""

from __future__ import annotations

from catalogctl.query.query_errors import bad

MAX_DEPTH = 64
"""How deep the collections of a request may nest; the request itself is 1."""
MAX_NODES = 2_000_000
"""How many values a request may hold, those of its lists and objects counted."""
MAX_CONDITIONS = 10_000
"""How many conditions `filter` and `filter_or` may hold together."""
MAX_SEGMENTS = 64
"""How many names a path may have."""
MAX_PATTERN = 1_000
"""How many characters a regular expression may have."""
MAX_PATTERN_SIZE = 1_000
"""How many characters and sets a regular expression may have once its repeats are written out."""
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
"""How many steps an answer may take, besides those for each plugin; a step is a look at a value."""
STEPS_PER_PLUGIN = 1_000
"""How many steps more an answer may take for each plugin that is asked."""
NEW_VALUE = 10
"""How many steps it takes to make a value that stays: of a row, of a list. It bounds the memory."""

CONTAIN_STEP = 16
"""How many characters of a text that `contain` looks through count as one step."""
REGEX_STEP = 32
"""How many moves of a pattern (its size times the characters of a text) count as one step."""
JSON_STEP = 8
"""How many characters of the JSON by which an object is compared count as one step."""

REGEX_BYTES = 16 << 20
"""Memory that the automaton of one regular expression may take."""


class StepBudget:
    """The steps that are left to one answer; spending more than there are ends the query."""

    __slots__ = ("allowed", "left")

    def __init__(self, plugins: int) -> None:
        self.allowed = self.left = STEPS + STEPS_PER_PLUGIN * plugins

    def spend(self, steps: int) -> None:
        """Take steps off; raise ApiError when none are left (hardening R-15)."""
        self.left -= steps
        if self.left < 0:
            hint = "filter first, and look at fewer or smaller values"
            raise bad(f"the query takes more than {self.allowed:,} steps", "/query", hint)

    def make(self, values: int) -> None:
        """Take off the steps of making values."""
        self.spend(values * NEW_VALUE)
