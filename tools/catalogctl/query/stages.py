"""Read the stages of `aggregate`; all errors are ERROR_DB_QUERY (query spec 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.did_you_mean import did_you_mean
from catalogctl.query import field_paths
from catalogctl.query.conditions import read_bound
from catalogctl.query.date_formats import DIRECTIVES, unknown_directive
from catalogctl.query.field_paths import FIELDS, Field
from catalogctl.query.model import (
    Count,
    Group,
    GroupCondition,
    GroupField,
    GroupKey,
    Order,
    Project,
    ProjectField,
    Slice,
    Stage,
    Unwind,
)
from catalogctl.query.operators import COMPARISONS, operator_hint
from catalogctl.query.order import read_sort
from catalogctl.query.query_errors import bad
from catalogctl.query.query_limits import MAX_DATE_FORMAT, MAX_STAGES
from catalogctl.wording import listed, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from catalogctl.query.field_paths import Segments
    from catalogctl.query.request_messages import Message

GROUP_OPERATORS = (
    "count",
    "sum",
    "average",
    "max",
    "min",
    "first",
    "last",
    "add_to_set",
    "push",
    "merge_objects",
)
_WITH_CONDITIONS = ("count", "sum", "average")
_CONDITION_OPERATORS = ("eq", "not", *COMPARISONS)
_PROJECT_OPERATORS = ("size", "object_to_array", "array_to_object")


def read_stages(messages: Sequence[Message]) -> tuple[Stage, ...]:
    """Return the stages of an `aggregate`; raise ApiError for the first invalid one."""
    if len(messages) > MAX_STAGES:
        raise bad(f"an aggregate has at most {MAX_STAGES} stages", messages[MAX_STAGES].pointer)
    reader = _StageReader()
    return tuple(reader.stage(message) for message in messages)


class _StageReader:
    """Reads stages; tracks whether rows are still documents, and the keys of the last group."""

    def __init__(self) -> None:
        self.documents = True
        self.kept: tuple[str, ...] = ()
        self.readers: dict[str, Callable[[Message], Stage]] = {
            "unwind": lambda message: Unwind(self.path(message, "path")),
            "group": self.group,
            "count": self.count,
            "sort": self.sort,
            "project": self.project,
        }

    def stage(self, message: Message) -> Stage:
        """Return a stage, whose kind is the name of its only member."""
        name = next(iter(message.members), "")
        inner, count = message.one(name), message.whole(name)
        if inner is not None:
            return self.readers[name](inner)
        if count is None:
            raise bad("a stage is empty", message.pointer)
        least = 1 if name == "limit" else 0
        if count < least:
            raise bad(f"{name} is {count}, not {least} or more", message.place(name))
        return Slice(0, count) if name == "limit" else Slice(count, None)

    def segments(self, text: str, pointer: str) -> Segments:
        """Return the names of a path, with `repository` resolved as long as rows are documents."""
        segments = field_paths.split(text, pointer)
        return field_paths.of_documents(segments) if self.documents else segments

    def path(self, message: Message, member: str = "key") -> Segments:
        """Return the names of a path, which the message must have."""
        return self.segments(_required(message, member), message.place(member))

    def count(self, message: Message) -> Count:
        name = _name(message, set())
        self.documents = False
        self.kept = ()
        return Count(name)

    def sort(self, message: Message) -> Order:
        keys = read_sort(message, self.segments, "ERROR_DB_QUERY")
        if not keys:
            raise bad("a sort stage has no key", message.pointer)
        return Order(keys)

    def group(self, message: Message) -> Group:
        if not message.many("keys") and not message.many("fields"):
            raise bad("a group has neither keys nor fields", message.pointer)
        names: set[str] = set()
        keys = tuple(self.group_key(key, names) for key in message.many("keys"))
        fields = tuple(self.group_field(field, names) for field in message.many("fields"))
        self.documents = False
        self.kept = tuple(key.name for key in keys)
        return Group(keys, fields, message.pointer)

    def group_key(self, message: Message, names: set[str]) -> GroupKey:
        segments, name = self.path(message), _name(message, names)
        date_format, place = message.text("date_format"), message.place("date_format")
        if len(date_format or "") > MAX_DATE_FORMAT:
            raise bad(f"a date format has at most {MAX_DATE_FORMAT} characters", place)
        unknown = unknown_directive(date_format or "")
        if unknown is not None:
            hint = f"a date format has {listed(DIRECTIVES)}, or is year, month or day"
            raise bad(f"there is no {quote(unknown)} in a date format", place, hint)
        return GroupKey(segments, name, date_format)

    def group_field(self, message: Message, names: set[str]) -> GroupField:
        name = _name(message, names)
        operator = _one_of(message, GROUP_OPERATORS)
        conditions = message.many("conditions")
        if conditions and operator not in _WITH_CONDITIONS:
            hint = f"only {listed(_WITH_CONDITIONS)} have some"
            raise bad(f"{operator} has no conditions", message.place("conditions"), hint)
        checked = tuple(self.condition(condition) for condition in conditions)
        pushed = self.push_fields(message) if operator == "push" else ()
        segments = () if operator in {"push", "count"} else self.path(message)
        return GroupField(name, operator, segments, pushed, checked)

    def push_fields(self, message: Message) -> tuple[tuple[Segments, str], ...]:
        if not message.many("fields"):
            raise bad("push has no fields", message.place("fields"), "name what each object has")
        names: set[str] = set()
        return tuple((self.path(field), _name(field, names)) for field in message.many("fields"))

    def condition(self, message: Message) -> GroupCondition:
        segments = self.path(message)
        operator = _one_of(message, _CONDITION_OPERATORS, operator_hint)
        place, value = message.place("value"), message.value("value")
        if value is None:
            raise bad("the condition of a group's field has no value, or null", place)
        is_date = self.documents and FIELDS.get(".".join(segments)) is Field.DATE
        return GroupCondition(segments, operator, read_bound(value, place, is_date=is_date))

    def project(self, message: Message) -> Project:
        if not message.many("fields"):
            raise bad("a project stage has no fields", message.place("fields"))
        names: set[str] = set()
        fields = tuple(self.project_field(field, names) for field in message.many("fields"))
        if message.flag("exclude_keys"):
            self.kept = ()
        self.documents = False
        return Project(self.kept, fields, message.pointer)

    def project_field(self, message: Message, names: set[str]) -> ProjectField:
        segments, name = self.path(message), _name(message, names)
        operator = _one_of(message, _PROJECT_OPERATORS) if message.has("operator") else ""
        return ProjectField(segments, name, operator)


def _required(message: Message, member: str) -> str:
    text = message.text(member)
    if not text:
        what = message.pointer.rpartition("/")[2]
        owner = "an element" if what.isdigit() else what
        raise bad(f"{owner} has no {member}", message.place(member))
    return text


def _name(message: Message, names: set[str]) -> str:
    """Return the name of an output, and remember it; raise ApiError if it is used twice (D-A6)."""
    name, place = _required(message, "name"), message.place("name")
    if name == "_id" or name.startswith("$") or "." in name:
        hint = 'a name is not "_id", has no "." and does not start with "$"'
        raise bad(f"{quote(name)} can't be a name here", place, hint)
    if name in names:
        raise bad(f"the name {quote(name)} occurs twice", place)
    names.add(name)
    return name


def _one_of(
    message: Message,
    operators: Iterable[str],
    hint_of: Callable[[str, Iterable[str], str], str] = did_you_mean,
) -> str:
    operator, place = _required(message, "operator"), message.place("operator")
    if operator not in operators:
        hint = hint_of(operator, operators, f"write {listed(operators)}")
        raise bad(f"there is no operator {quote(operator)} here", place, hint)
    return operator
