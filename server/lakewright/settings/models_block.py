"""Continue's `models:` block, read to what we use of it; nothing of it is ever sent as it stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from lakewright.errors import ConfigError
from lakewright.settings.tree import ModelEntry
from lakewright.wire.routes import split_base

Describe = Callable[[tuple[str, ...]], str]
"""From a path to its `file:line`."""

# What Continue calls its uses, in our commands. An entry that names none is for chat and edits there.
_USES: Mapping[str, tuple[str, ...]] = {
    "chat": ("explain", "refactor"),
    "edit": ("refactor",),
    "apply": ("refactor",),
    "autocomplete": ("complete",),
    "explain": ("explain",),
    "refactor": ("refactor",),
    "complete": ("complete",),
}
_WITHOUT_ROLES = ("explain", "refactor")
_EFFORTS: Mapping[str, str] = {"xhigh": "high", "max": "high", "minimal": "low", "none": "off"}
_READ = frozenset(
    ("name", "title", "provider", "model", "apiBase", "apiKey", "roles", "thinking", "maxTokens")
)
_OPTION_NODES = ("completionOptions", "defaultCompletionOptions", "extra_body", "extraBody")
_READ_OPTIONS = frozenset(
    (
        *("thinking", "reasoning", "reasoningBudgetTokens", "output_config"),
        *("maxTokens", "max_tokens", "max_completion_tokens"),
        "stream",
    )
)


@dataclass(slots=True)
class Block:
    """The entries of a block, and the names of what it held beyond our use."""

    entries: list[ModelEntry] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """Entries of other providers."""

    def notes(self, place: str) -> list[str]:
        """One sentence for all keys, one for all entries that were left out."""
        found = []
        if self.unused:
            keys = ", ".join(dict.fromkeys(self.unused))
            found.append(f"{place}: of the `models` block, these are not used and never sent: {keys}.")
        if self.elsewhere:
            names = ", ".join(self.elsewhere)
            found.append(f"{place}: models of other providers were left out: {names}.")
        return found


def read_block(block: Any, describe: Describe) -> Block:
    """Read the value of `models:`. Raises ConfigError that names file, line and key."""
    if not isinstance(block, list):
        raise _wrong(describe, ("models",), "should be a list of models")
    found = Block()
    for number, entry in enumerate(block):
        path = ("models", str(number))
        if not isinstance(entry, Mapping):
            raise _wrong(describe, path, "should be a mapping with `name` and `model`")
        _read_entry(entry, path, describe, found)
    _refuse_same_names(found.entries, describe)
    return found


def _read_entry(entry: Mapping[str, Any], path: tuple[str, ...], describe: Describe, block: Block) -> None:
    name = entry.get("name") or entry.get("title") or entry.get("model")
    if not isinstance(name, str) or not name.strip():
        raise _wrong(describe, path, "needs a `name`")
    if not _is_ours(entry):
        block.elsewhere.append(name)
        return
    host, endpoint = _address(entry, path, describe)
    options, unused = _options(entry)
    block.unused += unused
    values = {
        "name": name.strip(),
        "endpoint": endpoint,
        "host": host,
        "apiKey": _text_or_none(entry.get("apiKey")),
        "uses": _uses(entry.get("roles"), path, describe),
        "thinking": _thinking(options),
        "maxTokens": _first(options, "maxTokens", "max_tokens", "max_completion_tokens"),
    }
    try:
        block.entries.append(ModelEntry.model_validate(values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = str(first["loc"][0]) if first["loc"] else "name"
        raise _wrong(describe, (*path, _where(entry, key)), first["msg"].removeprefix("Input ")) from None


def _is_ours(entry: Mapping[str, Any]) -> bool:
    """Other clients reach Databricks through its OpenAI or Anthropic routes, too."""
    provider = str(entry.get("provider") or "databricks").lower()
    if provider == "databricks":
        return True
    base = str(entry.get("apiBase") or "")
    return any(sign in base for sign in ("/serving-endpoints", "/ai-gateway", "databricks"))


def _address(
    entry: Mapping[str, Any], path: tuple[str, ...], describe: Describe
) -> tuple[str | None, str | None]:
    """Host and endpoint. The endpoint in an address wins: it is where other clients send to."""
    model = _text_or_none(entry.get("model"))
    if model is not None and model.upper() == "AUTODETECT":
        model = None
    base_text = _text_or_none(entry.get("apiBase"))
    if base_text is None:
        return None, model
    try:
        base = split_base(base_text)
    except ConfigError as error:
        place = _place(describe, (*path, "apiBase"))
        raise ConfigError(f"{place}: {error.message}", hint=error.hint) from None
    return base.host, base.endpoint or model


def _options(entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """All options of an entry lifted to one level, and the names of those we don't use."""
    options = {key: entry[key] for key in ("thinking", "maxTokens") if entry.get(key) is not None}
    unused = [key for key in entry if key not in _READ and key not in _OPTION_NODES]
    for node in _OPTION_NODES:
        inner = entry.get(node)
        if not isinstance(inner, Mapping):
            continue
        nested = inner.get("extra_body") or inner.get("extraBody")
        flat = {**inner, **nested} if isinstance(nested, Mapping) else dict(inner)
        for key, value in flat.items():
            if key in _READ_OPTIONS:
                options.setdefault(key, value)
            elif key not in ("extra_body", "extraBody"):
                unused.append(f"{node}.{key}")
    return options, unused


def _thinking(options: Mapping[str, Any]) -> Any:
    given = options.get("thinking")
    if isinstance(given, Mapping):
        kind = given.get("type")
        if kind == "disabled":
            return "off"
        budget = _first(given, "budget_tokens", "budgetTokens")
        return budget if kind != "adaptive" and budget is not None else _effort(options)
    if given is not None:
        return given
    if options.get("reasoning") is False:
        return "off"
    if options.get("reasoningBudgetTokens") is not None or options.get("reasoning") is True:
        return _first(options, "reasoningBudgetTokens") or "medium"
    return _effort(options) if isinstance(options.get("output_config"), Mapping) else None


def _effort(options: Mapping[str, Any]) -> str:
    config = options.get("output_config")
    effort = str(config.get("effort") or "medium") if isinstance(config, Mapping) else "medium"
    return _EFFORTS.get(effort, effort)


def _uses(roles: Any, path: tuple[str, ...], describe: Describe) -> tuple[str, ...]:
    if roles is None:
        return _WITHOUT_ROLES
    if not isinstance(roles, list):
        raise _wrong(describe, (*path, "roles"), "should be a list such as [chat, edit]")
    found = (use for role in roles for use in _USES.get(str(role), ()))
    return tuple(dict.fromkeys(found))


def _refuse_same_names(entries: Iterable[ModelEntry], describe: Describe) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            raise _wrong(describe, ("models",), f"has two models with the name {entry.name!r}")
        seen.add(entry.name)


def _where(entry: Mapping[str, Any], key: str) -> str:
    if key in entry:
        return key
    return next((node for node in _OPTION_NODES if isinstance(entry.get(node), Mapping)), "name")


def _first(options: Mapping[str, Any], *keys: str) -> Any:
    return next((options[key] for key in keys if options.get(key) is not None), None)


def _text_or_none(value: Any) -> str | None:
    return str(value).strip() or None if value is not None else None


def _place(describe: Describe, path: tuple[str, ...]) -> str:
    return f"{describe(path)}: `{'.'.join(path)}`"


def _wrong(describe: Describe, path: tuple[str, ...], why: str) -> ConfigError:
    return ConfigError(
        f"{_place(describe, path)} {why}.", hint="The README's settings section shows a block that works."
    )
