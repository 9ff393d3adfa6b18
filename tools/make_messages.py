"""The schemas of `schemas/` in, `tools/catalogctl/messages.py` out: the schemas are the source.

`python tools/make_messages.py` writes it; with `--check`, it exits 1 when the module is not what
the schemas say.
"""

from __future__ import annotations

import json
import keyword
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "schemas"
MODULE = ROOT / "tools" / "catalogctl" / "messages.py"
WIDTH = 100

MESSAGES = (
    "State",
    "PublicRegistryType",
    "RepositoryInfo",
    "PluginInfo",
    "PluginsInfo",
    "VersionsInfo",
    "StatResult",
    "CreatePluginRequest",
    "UpdatePluginRequest",
    "PluginRequest",
    "RepositoryPluginRequest",
    "GetRepositoryPluginRequest",
    "PluginFile",
    "Lock",
    "Index",
    "IndexShard",
    "Manifest",
)
"""What becomes a type, in the order of the module. Queries have none: they are read by member."""

HEAD = '''\
"""The messages of the API and of our own files, as types: what the schemas say, in Python.

Made by `tools/make_messages.py` from `schemas/`: change the schema, then run that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypeAlias, TypedDict

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
'''

SCALARS = {"string": "str", "boolean": "bool", "integer": "int", "number": "float", "null": "None"}


def schema(message: str) -> Schema:
    """Return the schema of a message."""
    text = (SCHEMAS / f"{message}.schema.json").read_text(encoding="utf-8")
    loaded: Schema = json.loads(text)
    return loaded


class Types:
    """The classes of one message: its own, and one for each object inside it, inner ones first."""

    def __init__(self, message: str) -> None:
        """Read the schema of the message; nothing is made yet."""
        self._message = message
        self._schema = schema(message)
        self.classes: dict[str, str] = {}

    def make(self) -> str:
        """Make the classes and return the type of the message itself."""
        return self._type(self._schema, self._message)

    def _type(self, part: Schema, name: str) -> str:
        """Return the type that a schema stands for; `name` is what its class would be called."""
        if "$ref" in part:
            return self._referred(part["$ref"])
        if "anyOf" in part:
            found = (self._type(each, name) for each in part["anyOf"])
            return " | ".join(dict.fromkeys(found))
        if "const" in part:
            return f"Literal[{_literal(part['const'])}]"
        if "enum" in part:
            values = [value for value in part["enum"] if value is not None]
            made = f"Literal[{', '.join(map(_literal, values))}]"
            return f"{made} | None" if None in part["enum"] else made
        kinds = part.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        return " | ".join(self._of_kind(kind, part, name) for kind in kinds) or "JSON"

    def _of_kind(self, kind: str, part: Schema, name: str) -> str:
        if kind == "array":
            return f"list[{self._type(part['items'], name.removesuffix('s'))}]"
        if kind != "object":
            return SCALARS[kind]
        if part.get("properties"):
            return self._class(part, name)
        members = part.get("additionalProperties")
        return f"dict[str, {self._type(members, name)}]" if members else "JSONObject"

    def _referred(self, reference: str) -> str:
        """Return the type behind a reference: another message, or a definition in this file."""
        file, _, pointer = reference.partition("#/$defs/")
        message = file.removesuffix(".schema.json") or self._message
        if not pointer:
            return message
        if message != self._message:
            return f"{message}{pointer}"
        return self._type(self._schema["$defs"][pointer], f"{self._message}{pointer}")

    def _class(self, part: Schema, name: str) -> str:
        required = part.get("required", [])
        fields = {
            field: self._type(inner, f"{self._message}{_camel(field)}")
            for field, inner in part["properties"].items()
        }
        members = {
            field: made if field in required else f"NotRequired[{made}]"
            for field, made in fields.items()
        }
        self.classes.setdefault(name, _written(name, part["description"], members))
        return name


def _written(name: str, description: str, members: dict[str, str]) -> str:
    """Return the text of a class; a member named like a keyword takes the other form."""
    if any(map(keyword.iskeyword, members)):
        pairs = "".join(f'        "{field}": {made},\n' for field, made in members.items())
        return f'{name} = TypedDict(\n    "{name}",\n    {{\n{pairs}    }},\n)\n'
    lines = [f"class {name}(TypedDict):", *_docstring(description), ""]
    lines += [f"    {field}: {made}" for field, made in members.items()]
    return "\n".join(lines) + "\n"


def _docstring(description: str) -> list[str]:
    """Return a docstring: the first sentence, then the others, within the width."""
    first, _, rest = re.sub(r"\s+", " ", description).partition(". ")
    if not rest and len(first) + 10 <= WIDTH:
        return [f'    """{first}"""']
    if len(first) + 8 > WIDTH:
        raise ValueError(f"the first sentence is too long for a docstring: {first}")
    more = textwrap.wrap(rest, WIDTH - 4)
    return [f'    """{first.rstrip(".")}.', "", *(f"    {line}" for line in more), '    """']


def _tuple(name: str, values: list[str]) -> str:
    return f"{name} = ({', '.join(map(_literal, values))},)\n"


def _literal(value: object) -> str:
    return json.dumps(value)


def _camel(field: str) -> str:
    return "".join(word.capitalize() for word in field.split("_"))


def _constant(message: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", message).upper()


def module() -> str:
    """Return the text of the module."""
    aliases: list[str] = []
    classes: dict[str, str] = {}
    tuples: list[str] = []
    for message in MESSAGES:
        types = Types(message)
        made = types.make()
        own = schema(message)
        if made != message:
            aliases.append(f"{message}: TypeAlias = {made}\n")
            tuples.append(_tuple(f"{_constant(message)}_VALUES", own["enum"]))
        else:
            tuples.append(_tuple(f"{_constant(message)}_FIELDS", list(own["properties"])))
        classes |= types.classes
    return _formatted("\n\n".join([HEAD, "".join(aliases), *classes.values(), "".join(tuples)]))


def _formatted(text: str) -> str:
    """Return a module's text in the one layout, as `make format` would have it."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "format",
        "--quiet",
        "--stdin-filename",
        str(MODULE),
        "-",
    ]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)  # noqa: S603  (our own tool and text)
    return done.stdout


def main(arguments: list[str]) -> int:
    """Write the module, or with --check only hold it against the schemas."""
    text = module()
    if arguments == ["--check"]:
        same = MODULE.read_text(encoding="utf-8") == text
        print(f"{MODULE.name} is {'what the schemas say' if same else 'old: run make_messages.py'}")
        return 0 if same else 1
    MODULE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
