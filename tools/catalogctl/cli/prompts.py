"""Prompt for a request on a terminal, field by field."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from catalogctl.cli.output import note
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog


class Question(NamedTuple):
    """A field to prompt for; an answer is required unless the field is optional."""

    pointer: str
    words: str
    example: str = ""
    optional: bool = True


_FIRST = (
    Question("/name", "Name, as people read it", "AWS SNS Webhook", optional=False),
    Question("/image", "Image, without host and tag", "acme/plugin-sns-webhook", optional=False),
)
_THEN = (
    Question("/provider", "Provider", "aws"),
    Question("/tags/description", "Description, in one sentence"),
    Question("/tags/icon", "Icon", "https://images.example.org/sns.svg"),
    Question("/labels", "Labels, with commas between", "monitoring, webhook"),
)


def ask_for_request(opened: OpenCatalog, given: JSONObject) -> dict[str, JSON]:
    """Return the answers by pointer, each checked as soon as it is entered.

    Fields in `given` are not prompted for. Raise UsageError if there is no terminal.
    """
    from catalogctl.cli.terminal import facts

    if not (facts(sys.stdin).tty and facts(sys.stderr).tty):
        raise UsageError("--interactive asks at a terminal, and there is none: use -f or options")
    answers: dict[str, JSON] = {}
    for question in (*_FIRST, _service_type()):
        _ask(opened, given, answers, question)
    if _choice(given, answers, "/registry_type", ("DOCKER_HUB", "AWS_PUBLIC_ECR")) != "DOCKER_HUB":
        answers["/registry_url"] = "public.ecr.aws"
    if "domain_id" not in opened.settings.defaults:
        _ask(opened, given, answers, Question("/domain_id", "Domain", optional=False))
    for question in _THEN:
        _ask(opened, given, answers, question)
    return answers


def _service_type() -> Question:
    from catalogctl.schemas import schema

    properties = schema("PluginFile")["properties"]
    field = properties["service_type"] if isinstance(properties, dict) else {}
    examples = field.get("examples") if isinstance(field, dict) else None
    known = ", ".join(map(str, examples if isinstance(examples, list) else ()))
    return Question("/service_type", "Service type", known, optional=False)


def _choice(
    given: JSONObject, answers: dict[str, JSON], pointer: str, choices: Sequence[str]
) -> str:
    """Prompt for one of a few choices, by default the first, and return it."""
    name = pointer[1:]
    if name in given:
        return str(given[name])
    chosen: str = click.prompt(
        name, type=click.Choice(choices), default=choices[0], show_choices=True, err=True
    )
    if chosen != choices[0]:
        answers[pointer] = chosen
    return chosen


def _ask(
    opened: OpenCatalog, given: JSONObject, answers: dict[str, JSON], question: Question
) -> None:
    """Prompt until the answer is valid; an empty answer omits an optional field."""
    if question.pointer.split("/")[1] in given:
        return
    words = f"{question.words} ({question.example})" if question.example else question.words
    while True:
        text: str = click.prompt(words, default="", show_default=False, err=True).strip()
        if not text and question.optional:
            return
        value: JSON = text
        if question.pointer == "/labels":
            value = [label.strip() for label in text.split(",") if label.strip()]
        complaint = _complaint(opened, question.pointer, value)
        if complaint is None:
            answers[question.pointer] = value
            return
        note(f"  {complaint}")


def _complaint(opened: OpenCatalog, pointer: str, value: JSON) -> str | None:
    """Return the error that `validate` reports for one field's value; None if it is valid."""
    from catalogctl.edit import set_value
    from catalogctl.errors import ApiError
    from catalogctl.problem import Severity
    from catalogctl.source.document import parse
    from catalogctl.validate import check_plugin

    example = b"name: Example\nservice_type: monitoring.Webhook\nimage: example/example\n"
    try:
        data = set_value(example, pointer, value)
    except ApiError as error:
        return error.message
    for problem in check_plugin(parse("", "example", data), opened.settings)[1]:
        is_about = problem.pointer == pointer or problem.pointer.startswith(f"{pointer}/")
        if is_about and problem.severity is Severity.ERROR and problem.code != "plugin-id-file":
            return f"{problem.message}: {problem.hint}" if problem.hint else problem.message
    return None
