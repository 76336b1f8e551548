"""Every setting with its default, in one tree. Files and editors spell the names in camelCase.

The descriptions are the documentation: the README's table is made from them.
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_camel

Level = Literal["off", "low", "medium", "high"]
Preview = Literal["otherFiles", "always", "never"]
MIN_BUDGET = 1024
MAX_COMPLETION_LINES = 20
"""Where no setting says how long a completion may be."""


def _thinking(value: Any) -> Any:
    """YAML reads a bare `off` as false and `on` as true; a variable holds a number as text."""
    if isinstance(value, bool):
        return "medium" if value else "off"
    if isinstance(value, str):
        value = value.strip().lower()
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if value in get_args(Level) or (isinstance(value, int) and value >= MIN_BUDGET):
        return value
    raise ValueError(f"should be {', '.join(get_args(Level))} or a number of tokens from {MIN_BUDGET}")


def _shell_line(value: Any) -> Any:
    """Blank means none, so that a flag can switch off what a file says."""
    if isinstance(value, str) and "\0" in value:
        raise ValueError("should be a shell line")
    return (value.strip() or None) if isinstance(value, str) else value


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Thinking = Annotated[Level | int, BeforeValidator(_thinking)]
Text = Annotated[str, Field(min_length=1)]
ShellLine = Annotated[str | None, BeforeValidator(_shell_line)]
Whole = Annotated[int, Field(gt=0)]


class _Node(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )


class ModelEntry(_Node):
    """A model of the `models:` block, reduced to what is used of it."""

    name: Text = Field(description="The name that `--model` and `roles` use.")
    endpoint: Text | None = Field(default=None, description="The serving endpoint.")
    host: Text | None = Field(default=None, description="Its host, when the block gave an address.")
    api_key: SecretStr | None = Field(default=None, description="Its token.")
    uses: tuple[str, ...] = Field(default=(), description="The commands it is meant for; empty means all.")
    thinking: Thinking | None = Field(default=None, description="How much it thinks.")
    max_tokens: Whole | None = Field(default=None, description="The longest answer, in tokens.")


class Roles(_Node):
    """Which model each command uses."""

    explain: Text | None = Field(
        default=None,
        description="Model for explain: an endpoint or a name of `models`; else the best listed.",
    )
    refactor: Text | None = Field(
        default=None,
        description="Model for refactor: an endpoint or a name of `models`; else the best listed.",
    )
    complete: Text | None = Field(
        default=None,
        description="Model for complete: an endpoint or a name of `models`; else the cheapest fast one.",
    )


class LimitSettings(_Node):
    """How far one run may go."""

    turns: Whole = Field(default=25, description="Requests to the model in one run.")
    tokens: Whole = Field(default=2_000_000, description="Tokens in and out over all requests of one run.")
    seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        default=1800.0, description="Wall time of one run, in seconds."
    )


class EditSettings(_Node):
    """What a change of files must pass."""

    verify: ShellLine = Field(
        default=None,
        description="A shell line that must succeed on a copy of the changed tree, else refactor fails; "
        "a project's file can't set it.",
    )
    preview: Preview = Field(
        default="otherFiles",
        description="What an editor asks about before it changes text, where it can: edits outside the "
        "document (otherFiles), always, or never.",
    )


class CompleteSettings(_Node):
    """What completions are like."""

    enabled: bool = Field(default=True, description="Whether an editor gets completions while typing.")
    as_completion_items: bool = Field(
        default=False,
        description="Whether an editor without inline completions gets them as items of its list.",
    )
    max_lines: Whole = Field(default=MAX_COMPLETION_LINES, description="The longest completion, in lines.")


class Settings(_Node):
    """All settings. None means: not set, decided when it is needed."""

    profile: Text | None = Field(
        default=None, description="Profile of `~/.databrickscfg` that names host and credentials."
    )
    host: Text | None = Field(
        default=None, description="Address of the Databricks host, in any spelling; its profile is looked up."
    )
    model: Text | None = Field(
        default=None,
        description="Model for all commands; as flag or variable it beats `roles`.",
    )
    models: tuple[ModelEntry, ...] = Field(
        default=(), description="Models by name, in the shape of Continue's `models:` block."
    )
    roles: Roles = Field(default_factory=Roles)
    thinking: Thinking | None = Field(
        default=None,
        description="How much the model thinks: off, low, medium, high, or a budget of at least 1024 tokens; "
        "else medium.",
    )
    max_tokens: Whole | None = Field(
        default=None, description="The longest answer in tokens, reasoning included; else the model's own."
    )
    limits: LimitSettings = Field(default_factory=LimitSettings)
    edits: EditSettings = Field(default_factory=EditSettings)
    complete: CompleteSettings = Field(default_factory=CompleteSettings)
    ignore: Annotated[tuple[Text, ...], BeforeValidator(_several)] = Field(
        default=(),
        description="Patterns as in `.gitignore` of files that are never read; all sources add up.",
    )
    sandbox: bool = Field(
        default=False, description="Use the simulated host on this machine; no credentials are needed."
    )


def leaves(node: type[BaseModel] = Settings, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every setting by its path in camelCase, as pydantic's description of the field, in order."""
    found: dict[tuple[str, ...], Any] = {}
    for name, field in node.model_fields.items():
        path = (*above, field.alias or name)
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found |= leaves(inner, path)
        else:
            found[path] = field
    return found
