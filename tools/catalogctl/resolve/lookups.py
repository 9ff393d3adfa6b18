"""Look up the manifests of an image's tags: those that are wanted, and that of the latest version.

A tag that the registry lists but does not give out does not stop the others: the registry may have
no manifest for it, or refuse it for a reason of its own, such as a scan that found something. If it
gives out none at all, that is likelier a fault than a fact (decision 161).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from catalogctl.resolve.failures import OutOfTimeError, RegistryError
from catalogctl.resolve.listing import NoManifest, TagManifest
from catalogctl.resolve.threads import by_group

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from catalogctl.resolve.version_order import Version

Answer: TypeAlias = TagManifest | NoManifest

_TAGS_A_THREAD = 8
"""Lookups per thread. Few lookups need one thread only, as other images keep the host busy."""
_MORE_LOOKUPS = 20
"""Tags to look up where no other has a manifest: a registry with a fault is asked for few."""


class Asker(NamedTuple):
    """Asks a registry for the manifest of a tag; at most `threads` of these may ask at once."""

    ask: Callable[[str], Answer]
    threads: int


def look_up(asker: Asker, tags: Sequence[str]) -> dict[str, Answer]:
    """Return the answers for the tags, in their order; without those for which there was no time.

    The first tags are asked for before the others. Raise RegistryError if all of them are refused:
    each of the others would be, too.
    """
    threads = min(asker.threads, max(1, len(tags) // _TAGS_A_THREAD))
    answers = _answers(asker, tags[:_MORE_LOOKUPS], threads)
    if len(answers) == _MORE_LOOKUPS and all(map(_is_refused, answers.values())):
        raise _without_any(answers)
    return {**answers, **_answers(asker, tags[_MORE_LOOKUPS:], threads)}


def _answers(asker: Asker, tags: Sequence[str], threads: int) -> dict[str, Answer]:
    """Return the answers that there was time for, in the order of the tags."""
    answers: dict[str, Answer] = {}

    def answer_for(tag: str) -> tuple[str, Answer]:
        return tag, asker.ask(tag)

    with suppress(OutOfTimeError):
        answers.update(by_group(answer_for, [tags], threads))  # keeps those before an error
    return {tag: answers[tag] for tag in tags if tag in answers}


def first_manifest(
    asker: Asker, tags: Iterable[str], before: dict[str, Answer]
) -> dict[str, Answer]:
    """Return also the answers for the tags up to the first one that has a manifest.

    Raise RegistryError if none of the first tags has one.
    """
    answers = dict(before)
    for tag in list(tags)[:_MORE_LOOKUPS]:
        answers[tag] = asker.ask(tag)
        if isinstance(answers[tag], TagManifest):
            return answers
    raise _without_any(answers)


def latest_manifest(
    asker: Asker, newest_first: Iterable[Version], known: Collection[str], before: dict[str, Answer]
) -> tuple[dict[str, Answer], bool]:
    """Return also the answers for the versions up to the latest one, and whether one was found.

    It is the first version that has a manifest; the tags in `known` have one.
    """
    answers = dict(before)
    more = 0
    for version in candidates(newest_first):
        if version.tag not in answers:
            if version.tag in known:
                return answers, True
            if more == _MORE_LOOKUPS:
                return answers, False
            more += 1
            try:
                answers[version.tag] = asker.ask(version.tag)
            except OutOfTimeError:
                return answers, True
        if isinstance(answers[version.tag], TagManifest):
            return answers, True
    return answers, False


def candidates(newest_first: Iterable[Version]) -> list[Version]:
    """Return the versions in the order in which they may be the latest: pre-releases come last."""
    return sorted(newest_first, key=lambda version: version.prerelease)


def _is_refused(answer: Answer) -> bool:
    return isinstance(answer, NoManifest) and answer.is_refused


def _without_any(answers: dict[str, Answer]) -> RegistryError:
    """Return the error about an image of which no tag has a manifest."""
    refused = [(tag, each) for tag, each in answers.items() if _is_refused(each)]
    for tag, answer in refused[:1]:
        return RegistryError(f"it lists tags, but answered {answer} when asked for {tag}")
    return RegistryError("it lists tags, but has the manifest of none that was asked for")
