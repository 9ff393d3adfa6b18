"""Read the stages of `aggregate`; all errors are ERROR_DB_QUERY (query spec 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.did_you_mean import did_you_mean
from catalogctl.errors import ApiError
from catalogctl.query import field_paths
from catalogctl.query.date_formats import DIRECTIVES, DateFormat, unknown_directive
from catalogctl.query.field_paths import FIELDS, Field
from catalogctl.query.model import (
    Count,
    Group,
    GroupCondition,
    GroupField,
    GroupKey,
    Limit,
    Order,
    Project,
    ProjectField,
    Skip,
    SortKey,
    Stage,
    Unwind,
)
from catalogctl.query.operators import COMPARISONS
from catalogctl.query.order import read_sort
from catalogctl.query.query_limits import MAX_DATE_FORMAT, MAX_STAGES
from catalogctl.query.query_times import instant
from catalogctl.wording import listed, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalogctl.query.query_values import Value
    from catalogctl.query.shape import Message

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
    """Return the stages of an `aggregate`; raise ApiError for the first that is wrong."""
    if len(messages) > MAX_STAGES:
        raise _bad(f"an aggregate has at most {MAX_STAGES} stages", messages[MAX_STAGES].pointer)
    reader = _StageReader()
    return tuple(reader.stage(message) for message in messages)


class _StageReader:
    """What the rows are at the stage that is read: documents or flat, and the last group's keys."""

    def __init__(self) -> None:
        self.documents = True
        self.kept: tuple[str, ...] = ()

    def stage(self, message: Message) -> Stage:  # one branch a stage
        for name, read in (
            ("unwind", self.unwind),
            ("group", self.group),
            ("count", self.count),
            ("sort", self.sort),
            ("project", self.project),
        ):
            inner = message.one(name)
            if inner is not None:
                return read(inner)
        limit, skip = message.whole("limit"), message.whole("skip")
        if limit is not None:
            if limit < 1:
                raise _bad(f"limit is {limit}, not 1 or more", message.place("limit"))
            return Limit(limit)
        if skip is not None:
            if skip < 0:
                raise _bad(f"skip is {skip}, not 0 or more", message.place("skip"))
            return Skip(skip)
        raise _bad("a stage is empty", message.pointer)

    def segments(self, text: str, pointer: str) -> tuple[str, ...]:
        """Return the names of a path, `repository` resolved as long as rows are documents."""
        segments = field_paths.split(text, pointer)
        return field_paths.of_documents(segments) if self.documents else segments

    def path(self, message: Message, member: str = "key") -> tuple[str, ...]:
        """Return the names of a path that a message must have."""
        return self.segments(_required(message, member), message.place(member))

    def unwind(self, message: Message) -> Unwind:
        return Unwind(self.path(message, "path"))

    def count(self, message: Message) -> Count:
        name = _name(message, set())
        self.documents = False
        return Count(name)

    def sort(self, message: Message) -> Order:
        keys: tuple[SortKey, ...] = read_sort(message, self.segments, "ERROR_DB_QUERY")
        if not keys:
            raise _bad("a sort stage has no key", message.pointer)
        return Order(keys)

    def group(self, message: Message) -> Group:
        if not message.many("keys") and not message.many("fields"):
            raise _bad("a group has neither keys nor fields", message.pointer)
        names: set[str] = set()
        keys = tuple(self.group_key(key, names) for key in message.many("keys"))
        fields = tuple(self.group_field(field, names) for field in message.many("fields"))
        self.documents = False
        self.kept = tuple(key.name for key in keys)
        return Group(keys, fields, message.pointer)

    def group_key(self, message: Message, names: set[str]) -> GroupKey:
        segments, name = self.path(message), _name(message, names)
        text = message.text("date_format")
        if text is None:
            return GroupKey(segments, name)
        place = message.place("date_format")
        if len(text) > MAX_DATE_FORMAT:
            raise _bad(f"a date format has at most {MAX_DATE_FORMAT} characters", place)
        unknown = unknown_directive(text)
        if unknown is not None:
            hint = f"a date format has {listed(DIRECTIVES)}, or is year, month or day"
            raise _bad(f"there is no {quote(unknown)} in a date format", place, hint)
        return GroupKey(segments, name, DateFormat(text))

    def group_field(self, message: Message, names: set[str]) -> GroupField:
        name = _name(message, names)
        operator = _one_of(message, GROUP_OPERATORS)
        conditions = message.many("conditions")
        if conditions and operator not in _WITH_CONDITIONS:
            hint = f"only {listed(_WITH_CONDITIONS)} have some"
            raise _bad(f"{operator} has no conditions", message.place("conditions"), hint)
        checked = tuple(self.condition(condition) for condition in conditions)
        if operator == "push":
            return GroupField(name, operator, fields=self.push_fields(message))
        if operator == "count":
            return GroupField(name, operator, conditions=checked)
        return GroupField(name, operator, self.path(message), conditions=checked)

    def push_fields(self, message: Message) -> tuple[tuple[tuple[str, ...], str], ...]:
        if not message.many("fields"):
            raise _bad("push has no fields", message.place("fields"), "name what each object has")
        names: set[str] = set()
        return tuple((self.path(field), _name(field, names)) for field in message.many("fields"))

    def condition(self, message: Message) -> GroupCondition:
        segments = self.path(message)
        operator = _one_of(message, _CONDITION_OPERATORS)
        place, value = message.place("value"), message.value("value")
        if value is None:
            raise _bad("the condition of a group's field has no value, or null", place)
        bound: Value = value
        is_date = self.documents and FIELDS.get(".".join(segments)) is Field.DATE
        if is_date and isinstance(value, str):
            moment = instant(value)
            if moment is None:
                raise _bad(f"{quote(value)} is no date", place, 'write "2022-02-01" or the like')
            bound = moment
        return GroupCondition(segments, operator, bound)

    def project(self, message: Message) -> Project:
        if not message.many("fields"):
            raise _bad("a project stage has no fields", message.place("fields"))
        names: set[str] = set()
        fields = tuple(self.project_field(field, names) for field in message.many("fields"))
        kept = () if message.flag("exclude_keys") else self.kept
        self.documents = False
        return Project(tuple(name for name in kept if name not in names), fields, message.pointer)

    def project_field(self, message: Message, names: set[str]) -> ProjectField:
        segments, name = self.path(message), _name(message, names)
        if not message.has("operator"):
            return ProjectField(segments, name)
        return ProjectField(segments, name, _one_of(message, _PROJECT_OPERATORS))


def _required(message: Message, member: str) -> str:
    text = message.text(member)
    if not text:
        what = message.pointer.rpartition("/")[2]
        owner = "an element" if what.isdigit() else what
        raise _bad(f"{owner} has no {member}", message.place(member))
    return text


def _name(message: Message, names: set[str]) -> str:
    """Return the name of an output, and remember it; it may stand there once (D-A6)."""
    name, place = _required(message, "name"), message.place("name")
    if name == "_id" or name.startswith("$") or "." in name:
        hint = 'a name is not "_id", has no "." and does not start with "$"'
        raise _bad(f"{quote(name)} can't be a name here", place, hint)
    if name in names:
        raise _bad(f"the name {quote(name)} stands here twice", place)
    names.add(name)
    return name


def _one_of(message: Message, operators: Iterable[str]) -> str:
    operator, place = _required(message, "operator"), message.place("operator")
    if operator not in operators:
        hint = did_you_mean(operator, operators, f"write {listed(operators)}")
        raise _bad(f"there is no operator {quote(operator)} here", place, hint)
    return operator


def _bad(message: str, pointer: str, hint: str = "") -> ApiError:
    return ApiError("ERROR_DB_QUERY", message, pointer, hint=hint)
