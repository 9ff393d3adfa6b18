"""Format values with the site's table of texts."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import TemplateRuntimeError
from markupsafe import Markup, escape

from catalogctl.publish.site.own_texts import PLACEHOLDER, built_in
from catalogctl.publish.site.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalogctl.jsontypes import JSONObject
    from catalogctl.publish.site.own_texts import Text

_SHOWN = {
    "ENABLED": "enabled",
    "DISABLED": "disabled",
    "DOCKER_HUB": "docker_hub",
    "AWS_PUBLIC_ECR": "aws_public_ecr",
}
"""API values with a different display text, with the keys of their texts."""

_GB, _MB, _KB = 999_950_000, 999_950, 1000
"""Thresholds in bytes for each unit; below its threshold, a size rounds to under 1000.0."""
_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
_HUNDREDTH = Decimal("0.01")
_EXACT = Context(prec=400)
"""Enough digits for any float."""
_DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])T?")
_CODE = re.compile(r"`([^`]+)`")


class TemplateText(Markup):
    """A text for templates: `{{ t.feed }}`, `{{ t.built_from(link=…, time=…) }}`."""

    __slots__ = ()

    def __call__(self, **values: object) -> Markup:
        """Return the text with its placeholders filled in, escaping values that are not markup."""
        filled = PLACEHOLDER.sub(lambda found: escape(values[found[1]]), self)
        return Markup(filled)  # noqa: S704  (each value was escaped)


class TemplateTexts:
    """The object `t` in templates; an unknown key raises an error that names it."""

    def __init__(self, texts: Mapping[str, TemplateText]) -> None:
        vars(self).update(texts)

    def __getattr__(self, key: str) -> TemplateText:
        """Raise TemplateRuntimeError for a text that does not exist."""
        if key.startswith("_"):
            raise AttributeError(key)
        raise TemplateRuntimeError(f"no text is called {key}")


def _template_text(text: str) -> TemplateText:
    """Return a text as ASCII HTML, with text between backticks as code."""
    escaped = str(escape(text)).replace("&#39;", "'")
    shown = _CODE.sub(r"<code>\1</code>", escaped)
    return TemplateText(shown.encode("ascii", "xmlcharrefreplace").decode())


class Texts:
    """The texts of a site: `t("feed")`; a catalog's own texts take precedence.

    `names` has display texts by API value that replace the default ones, `words` what service types
    and providers are called.
    """

    def __init__(
        self,
        own: Mapping[str, Text] | None = None,
        names: Mapping[str, str] | None = None,
        words: Words | None = None,
    ) -> None:
        self._own = own
        self.words = words or Words()
        self._texts: dict[str, Text] = {**built_in(), **(own or {})}
        self._plain = {
            key: text if isinstance(text, str) else text["other"]
            for key, text in self._texts.items()
        }
        # The text up to the first placeholder, its name, the text up to the next one, …
        self._parts = {key: PLACEHOLDER.split(text) for key, text in self._plain.items()}
        self._day = lru_cache(maxsize=10_000)(self._written_out)
        self._shown = {value: self(key) for value, key in _SHOWN.items()} | dict(names or {})
        self._months = self("months").split()
        marks = {",": self("thousands"), ".": self("decimal")}
        self._marks = str.maketrans(marks) if any(a != b for a, b in marks.items()) else None

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a text with its placeholders filled in."""
        if not values:
            return self._plain[key]
        parts = [*self._parts[key]]
        parts[1::2] = [str(values[name]) for name in parts[1::2]]
        return "".join(parts)

    def counted(self, key: str, number: int) -> str:
        """Return «1 plugin» or «1,204 plugins»; plural forms are chosen only here."""
        text = self._texts[key]
        if not isinstance(text, str):
            text = text.get("one" if number == 1 else "other", text["other"])
        return text.replace("{count}", self.number(number))

    def of(self, keys: Iterable[str]) -> JSONObject:
        """Return texts as written in the table, including plural forms."""
        return {
            key: text if isinstance(text := self._texts[key], str) else dict(text) for key in keys
        }

    def number(self, number: float) -> str:
        """Return a number with thousands separators and at most two decimals.

        `number` in site/js/site.js formats it the same way, from the same digits.
        """
        if isinstance(number, int):
            return self._marked(f"{number:,}")
        text = f"{Decimal(repr(number)).quantize(_HUNDREDTH, ROUND_HALF_UP, _EXACT):,f}"
        return self._marked(text.rstrip("0").rstrip("."))

    def _marked(self, text: str) -> str:
        """Return a number with the separators of the site's language."""
        return text if self._marks is None else text.translate(self._marks)

    def showing(self, names: Mapping[str, str]) -> Texts:
        """Return the same texts with other display texts for some API values."""
        return Texts(self._own, names, self.words)

    def shown(self, value: str) -> str:
        """Return the display text of an API value."""
        return self._shown.get(value, value)

    def day(self, time: str | None) -> str:
        """Return the day of an ISO time, «1 Jan 2022»; return any other text unchanged."""
        return (self._day(time[:11]) or time) if time else ""

    def month(self, number: int, year: int) -> str:
        """Return a month as «Jan 2022»; `number` counts from 1."""
        return self("month", month=self._months[number - 1], year=year)

    def whole_month(self, number: int, year: int) -> str:
        """Return a month as «January 2022»; `number` counts from 1."""
        return self("month", month=self("whole_months").split()[number - 1], year=year)

    def short_month(self, number: int) -> str:
        """Return the short name of a month, which counts from 1."""
        return self._months[number - 1]

    def size(self, count: float | None) -> str:
        """Return a number of bytes in a readable form, «12.3 MB», or "" if unknown."""
        if count is None:
            return ""
        if count < _KB:
            return self.counted("count_bytes", int(count))
        one, unit = _UNITS[0] if count >= _GB else _UNITS[1] if count >= _MB else _UNITS[2]
        tenths = (int(count) * 10 + one // 2) // one
        return self._marked(f"{tenths // 10:,}.{tenths % 10} {unit}")

    def for_templates(self) -> TemplateTexts:
        """Return the texts for templates; those with plural forms are only used by `counted`."""
        texts = {key: text for key, text in self._texts.items() if isinstance(text, str)}
        return TemplateTexts({key: _template_text(text) for key, text in texts.items()})

    def _written_out(self, date: str) -> str:
        """Return the day of an ISO date, which may end with T, or "" for any other text."""
        found = _DATE.fullmatch(date)
        if not found:
            return ""
        year, month, number = found.groups()
        return self("day", day=int(number), month=self._months[int(month) - 1], year=year)
