"""Search plugins by words, the best match first.

This is the site's search without a browser: `site/js/search-engine.js` finds the same plugins in
the same order, and a test compares the two (site contract, 5).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.did_you_mean import edits_to_beginnings
from catalogctl.jsontypes import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalogctl.jsontypes import JSONObject


DESCRIPTION = 120
"""Characters of a description that are searched."""
LONGEST = 200
"""Characters of the search text that are used."""

_MOST_TERMS = 8
_MOST_WORDS = 6
_SHORTEST_WORD = 3
_EDITS = ((8, 2), (4, 1))
"""Pairs: a term of at least so many letters may differ from a word by so many edits."""
_BLANKS = re.compile("[\\s\ufeff]+")
_NO_WORD = re.compile(r"[\W_]+")
_BETWEEN_WORDS = re.compile(r"(?:(?!\n)[\W_])+")
_SHORTEST_WORDS = 3
"""The fewest letters of a term that may be several words written together."""
_MIN_OPEN_ENDED_LETTERS = 5
"""The fewest letters of such a term that need not end where a word ends."""
_IN_NAME_AT_START, _IN_NAME, _IN_LABELS, _IN_KINDS, _IN_TEXT = 2, 3, 4, 5, 6


class SearchResult(NamedTuple):
    """The result of a search; `corrected` has the replacements of each term that occurs nowhere."""

    plugins: list[JSONObject]
    corrected: dict[str, list[str]]


def search(plugins: Sequence[JSONObject], asked: str, *, literal: bool = False) -> SearchResult:
    """Return the plugins in which all words occur; `plugins` must be in base order.

    A word that occurs nowhere is replaced by the nearest ones that do, unless `literal`.
    """
    texts = [_SearchedText.of(each) for each in plugins]
    terms = [_Term.of(each) for each in _terms(asked)]
    nowhere = [] if literal else [term for term in terms if not any(map(term.is_in, texts))]
    words = _count_words(texts) if nowhere else Counter()
    near = ((term.text, _nearest(term.text, words)) for term in nowhere)
    corrected = {term: found for term, found in near if found}
    wanted = [[*map(_Term.of, corrected.get(term.text, ()))] or [term] for term in terms]
    whole = " ".join(term.text for term in terms)
    hits = [
        (not text.enabled, _rank(text, whole, wanted), number)
        for number, text in enumerate(texts)
        if all(any(word.is_in(text) for word in each) for each in wanted)
    ]
    return SearchResult([plugins[number] for *_, number in sorted(hits)], corrected)


def short(text: str, limit: int = 160) -> str:
    """Return the text on one line, cut at the limit."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def plain(text: str) -> str:
    """Return a text normalized for comparison: without combining marks, in lower case, ß as ss."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    kept = "".join(each for each in parts if unicodedata.category(each)[0] != "M")
    return kept.lower().replace("ß", "ss")


def _without_separators(text: str) -> str:
    """Return a text without the characters between its words; line breaks are kept."""
    return _BETWEEN_WORDS.sub("", text)


class _Term(NamedTuple):
    """A search term, which matches as written, or as several words of a text written together.

    `words` matches the latter, from the start of a word; if the term is short, to the end of one.
    """

    text: str
    letters: str
    words: re.Pattern[str] | None

    @classmethod
    def of(cls, text: str) -> _Term:
        letters = _without_separators(text)
        if len(letters) < _SHORTEST_WORDS:
            return cls(text, letters, None)
        end = r"(?![^\W_])" if len(letters) < _MIN_OPEN_ENDED_LETTERS else ""
        spaced = r"(?:(?!\n)[\W_])*".join(map(re.escape, letters))
        return cls(text, letters, re.compile(rf"(?<![^\W_]){spaced}{end}"))

    def is_in(self, text: _SearchedText) -> bool:
        if self.text in text.whole:
            return True
        if self.words is None or self.letters not in text.joined:
            return False
        return self.words.search(text.whole) is not None

    def is_words_of(self, text: str) -> bool:
        return self.words is not None and self.words.search(text) is not None


class _SearchedText(NamedTuple):
    """The normalized texts of a plugin; `joined` is `whole` without what separates its words."""

    plugin_id: str
    name: str
    labels: str
    kinds: str
    description: str
    image: str
    whole: str
    joined: str
    enabled: bool

    @classmethod
    def of(cls, info: JSONObject) -> _SearchedText:
        tags, labels = info.get("tags"), info.get("labels")
        described = as_text(tags.get("description")) if isinstance(tags, dict) else ""
        named = dict.fromkeys(map(as_text, labels if isinstance(labels, list) else ()))
        parts = (
            as_text(info.get("plugin_id")),
            plain(as_text(info.get("name"))),
            plain("\n".join(named)),
            plain(f"{as_text(info.get('provider'))}\n{as_text(info.get('service_type'))}"),
            plain(short(described, DESCRIPTION)),
            plain(as_text(info.get("image"))),
        )
        whole = "\n".join(parts)
        return cls(*parts, whole, _without_separators(whole), info.get("state") == "ENABLED")


def _count_words(texts: Iterable[_SearchedText]) -> Counter[str]:
    """Return the words of all plugins, with the number of plugins in which each occurs."""
    counted: Counter[str] = Counter()
    for text in texts:
        words = set(_NO_WORD.split(text.whole))
        counted.update(word for word in words if len(word) >= _SHORTEST_WORD)
    return counted


def _nearest(term: str, words: Counter[str]) -> list[str]:
    """Return the words that are nearest to a term, the most frequent first."""
    least = next((edits for length, edits in _EDITS if len(term) >= length), 0)
    if least == 0:
        return []
    found: list[tuple[int, str]] = []
    for word, count in words.items():
        far = _distance(term, word, least)
        if far is None:
            continue
        if far < least:
            found, least = [], far
        found.append((-count, word))
    return [word for _, word in sorted(found)[:_MOST_WORDS]]


def _terms(asked: str) -> list[str]:
    terms = _BLANKS.split(plain(asked[:LONGEST]))
    return list(dict.fromkeys(filter(None, terms)))[:_MOST_TERMS]


def _rank(text: _SearchedText, asked: str, wanted: list[list[_Term]]) -> int:
    """Return how well a plugin matches; 0 is best. With corrections, only the places count."""
    if not asked or asked in (text.name, text.plugin_id, text.image):
        return 0
    if text.name.startswith(asked) or text.plugin_id.startswith(asked):
        return 1
    return sum(min(_place(text, word) for word in words if word.is_in(text)) for words in wanted)


def _place(text: _SearchedText, term: _Term) -> int:
    """Return the rank of a term's position: best at the start of a word of the name or id."""
    if term.text in text.name or term.text in text.plugin_id:
        starts = _starts_word(text.name, term.text) or _starts_word(text.plugin_id, term.text)
        return _IN_NAME_AT_START if starts else _IN_NAME
    if term.text in text.labels:
        return _IN_LABELS
    if term.text in text.kinds:
        return _IN_KINDS
    is_words = term.text not in text.whole
    is_named = term.is_words_of(text.name) or term.is_words_of(text.plugin_id)
    return _IN_NAME if is_words and is_named else _IN_TEXT


def _starts_word(text: str, term: str) -> bool:
    place = text.find(term)
    while place > 0 and not _NO_WORD.fullmatch(text[place - 1]):
        place = text.find(term, place + 1)
    return place >= 0


def _distance(term: str, word: str, limit: int) -> int | None:
    """Return the edits from a term to a word or a prefix of it, or None above the limit."""
    wide = min(len(word), len(term) + limit)
    if wide < len(term) - limit:
        return None
    edits = edits_to_beginnings(term, word[:wide], limit)
    best = min(edits[max(0, len(term) - limit) :], default=limit + 1)
    return best if best <= limit else None
