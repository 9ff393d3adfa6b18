"""Read the JSON of an answer, refused at its first wrong member.

Only what was asked for is built, and of no more values than an honest answer has: a body of 16 MiB
may hold five million lists (hardening R-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from catalogctl.fetch.fetch_errors import quoted
from catalogctl.resolve.failures import RegistryError, TransientError

if TYPE_CHECKING:
    from catalogctl.resolve.http import RegistryAnswer

Read = TypeVar("Read")
_MOST_VALUES = 300_000
"""More than the most tags of an image (hardening R-22)."""


def read_json(answer: RegistryAnswer, decoder: msgspec.json.Decoder[Read], what: str) -> Read:
    """Return the value in a body; TransientError for a body that is not `what` it should be."""
    if answer.body.count(b",") >= _MOST_VALUES:
        raise RegistryError(f"its answer has more than {_MOST_VALUES} values, not {what}")
    try:
        return decoder.decode(answer.body)
    except msgspec.ValidationError as error:
        raise TransientError(f"its answer is not {what}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        kind = answer.headers.get("content-type", "").partition(";")[0] or "no type"
        raise TransientError(f"its answer is no JSON ({quoted(kind)}), not {what}") from error
