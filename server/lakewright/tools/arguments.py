"""A tool's arguments as one table: the schema that the model sees and the check of what it sends.

The schema holds types and descriptions only: families differ in which other keywords they take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lakewright.errors import ToolFailedError


@dataclass(frozen=True, slots=True)
class Field:
    """One argument. Integers count from 1."""

    name: str
    kind: Literal["string", "integer"]
    description: str
    required: bool = True


def schema(fields: Sequence[Field]) -> dict[str, object]:
    """The JSON schema of an object with these fields."""
    return {
        "type": "object",
        "properties": {
            field.name: {"type": field.kind, "description": field.description} for field in fields
        },
        "required": [field.name for field in fields if field.required],
    }


@dataclass(frozen=True, slots=True)
class Arguments:
    """Checked arguments. Fields that weren't sent, or were null, are absent."""

    values: Mapping[str, str | int]

    def text(self, name: str) -> str:
        return str(self.values[name])

    def optional_text(self, name: str) -> str | None:
        return str(self.values[name]) if name in self.values else None

    def number(self, name: str) -> int | None:
        return int(self.values[name]) if name in self.values else None


def check(tool: str, fields: Sequence[Field], arguments: Mapping[str, object]) -> Arguments:
    """The arguments as the fields want them, or ToolFailedError with a sentence that names the field."""
    known = {field.name: field for field in fields}
    unknown = next((name for name in arguments if name not in known), None)
    if unknown is not None:
        raise ToolFailedError(f"{tool} takes no argument `{unknown[:40]}`; it takes {_listed(list(known))}.")
    values: dict[str, str | int] = {}
    for field in fields:
        value = arguments.get(field.name)
        if value is None:
            if field.required:
                raise ToolFailedError(f"{tool} needs `{field.name}`: {field.description}")
            continue
        values[field.name] = (
            _text(tool, field, value) if field.kind == "string" else _count(tool, field, value)
        )
    return Arguments(values)


def _text(tool: str, field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise ToolFailedError(f"`{field.name}` of {tool} must be a string, not {_kind(value)}.")
    if field.required and not value.strip():
        raise ToolFailedError(f"`{field.name}` of {tool} must not be empty.")
    return value


def _count(tool: str, field: Field, value: object) -> int:
    """A number from 1. Digits in a string and `3.0` are understood: some families send them."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ToolFailedError(f"`{field.name}` of {tool} must be a whole number, not {_kind(value)}.")
    if value < 1:
        raise ToolFailedError(f"`{field.name}` of {tool} must be 1 or more: lines are counted from 1.")
    return value


def _kind(value: object) -> str:
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a fraction",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "this")


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
