"""Define the rule about the values that a catalog's policy lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.did_you_mean import did_you_mean
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.wording import listed, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.source.settings import Settings

_OFFERED = 12
"""Most values of a policy that a hint lists."""


@rule("unlisted-value")
def unlisted_value(entry: Entry, settings: Settings) -> Iterator[Finding]:
    """If the policy lists service_types or providers, a plugin has one of them."""
    for field, allowed, policy in (
        ("service_type", settings.service_types, "service_types"),
        ("provider", settings.providers, "providers"),
    ):
        if not allowed:
            continue
        value = entry.document.text(field)  # a wrong default is reported in catalog.yaml
        if value and value not in allowed:
            yield not_listed(f"/{field}", field, value, policy, allowed)


def not_listed(
    pointer: str, field: str, value: str, policy: str, allowed: Sequence[str]
) -> Finding:
    """Return the finding for a value that the policy does not list."""
    offered = listed(map(verbatim, allowed)) if len(allowed) <= _OFFERED else "one that it lists"
    hint = did_you_mean(value, allowed, f"write {offered}")
    message = f"{field} {verbatim(value)} is not in policy.{policy} of catalog.yaml"
    return Finding(pointer, message, hint)
