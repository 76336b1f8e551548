"""Which model a command uses, on which host, and with which options. Pure, like the choice of the host."""

from dataclasses import dataclass
from typing import Literal

from lakewright.core.request import Thinking
from lakewright.errors import ConfigError
from lakewright.settings.credentials import HostChoice, choose_host, entry_login
from lakewright.settings.origins import Loaded, Source
from lakewright.settings.tree import ModelEntry
from lakewright.transport.login import Login

Role = Literal["explain", "refactor", "complete"]
ROLES: tuple[Role, ...] = ("explain", "refactor", "complete")
_THINKING: dict[Role, Thinking] = {"explain": "medium", "refactor": "medium", "complete": "off"}


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """`endpoint` None: the best that the host lists. `login` None: the simulated host."""

    login: Login | None
    endpoint: str | None
    why: str
    """Where the model was named, as a phrase."""
    thinking: Thinking
    max_tokens: int | None
    named: bool
    """Whether flag or variable named the model: then it is used, or it is an error."""


def choose_model(loaded: Loaded, role: Role, model: str | None = None) -> ModelChoice:
    """A model named by `model`, flag or variable; else what came with the host, the roles, the user's
    `model` (an editor's before any roles but its own), the `models` block, an endpoint in the host's
    address; else none, and the host's list decides.

    Raises ConfigError.
    """
    host = _host_if_any(loaded)
    wish = _wish(loaded, role, model, host if isinstance(host, HostChoice) else None)
    entry = wish.entry
    return ModelChoice(
        login=_login(loaded, role, wish, host),
        endpoint=entry.endpoint if entry else wish.name,
        why=wish.why,
        thinking=_thinking(loaded, role, entry),
        max_tokens=_max_tokens(loaded, entry),
        named=wish.named,
    )


@dataclass(frozen=True, slots=True)
class _Wish:
    name: str | None
    why: str
    named: bool = False
    entry: ModelEntry | None = None
    by_project: bool = False


def _host_if_any(loaded: Loaded) -> HostChoice | ConfigError:
    """A model may have an address of its own: then it doesn't matter that nothing else is set up."""
    try:
        return choose_host(loaded)
    except ConfigError as error:
        if any(loaded.origins[key].explicit for key in ("host", "profile")):
            raise
        return error


def _wish(loaded: Loaded, role: Role, model: str | None, host: HostChoice | None) -> _Wish:
    explicit = _explicit_wish(loaded, model, host)
    if explicit is not None:
        return explicit
    settings, by = loaded.settings, loaded.origins["model"]
    if settings.model is not None and loaded.origins[f"roles.{role}"].source < by.source is Source.EDITOR:
        return _by_name(loaded, settings.model, f"model ({by.place})")
    if loaded.origins[f"roles.{role}"].source is Source.PROJECT_FILE:
        return _Wish(getattr(settings.roles, role), "roles of the project's file", by_project=True)
    own = _own_wish(loaded, role)
    if own is not None:
        return own
    if host is not None and host.endpoint is not None:
        return _Wish(host.endpoint, "the host's address")
    return _Wish(None, "the best that the host lists")


def _explicit_wish(loaded: Loaded, model: str | None, host: HostChoice | None) -> _Wish | None:
    """What was said for this very call."""
    settings, origin = loaded.settings, loaded.origins["model"]
    if model is not None:
        return _by_name(loaded, model, "the call", named=True)
    if settings.model is not None and origin.explicit:
        return _by_name(loaded, settings.model, origin.place, named=True)
    if host is not None and host.endpoint is not None and host.names_model:
        return _Wish(host.endpoint, "the host's address", named=True)
    return None


def _own_wish(loaded: Loaded, role: Role) -> _Wish | None:
    """What the user's own settings say, as if there were no project file."""
    settings, origins = loaded.settings, loaded.origins
    from_role = loaded.own_roles.get(role)
    if from_role is not None:
        return _by_name(loaded, from_role, f"roles.{role}")
    if settings.model is not None:
        return _by_name(loaded, settings.model, f"model ({origins['model'].place})")
    entry = next((found for found in settings.models if role in found.uses), None)
    if entry is not None:
        return _Wish(entry.name, f"models ({origins['models'].place})", entry=entry)
    return None


def _by_name(loaded: Loaded, name: str, why: str, *, named: bool = False) -> _Wish:
    entry = next((found for found in loaded.settings.models if found.name == name), None)
    return _Wish(name, why, named, entry)


def _login(loaded: Loaded, role: Role, wish: _Wish, host: HostChoice | ConfigError) -> Login | None:
    if isinstance(host, HostChoice) and host.forced:
        return host.login
    entry = wish.entry
    if wish.by_project:
        # A project names endpoints, never hosts: its endpoint is asked for where the user's own would be.
        own = _own_wish(loaded, role)
        entry = own.entry if own else None
    login = entry_login(entry, loaded) if entry else None
    if login is not None:
        return login
    if isinstance(host, ConfigError):
        raise host
    return host.login


def _thinking(loaded: Loaded, role: Role, entry: ModelEntry | None) -> Thinking:
    given = loaded.settings.thinking
    if given is not None and loaded.origins["thinking"].explicit:
        return given
    if entry is not None and entry.thinking is not None:
        return entry.thinking
    # Completion has a few seconds: it thinks only when asked to for itself.
    return given if given is not None and role != "complete" else _THINKING[role]


def _max_tokens(loaded: Loaded, entry: ModelEntry | None) -> int | None:
    given = loaded.settings.max_tokens
    if entry is None or entry.max_tokens is None or loaded.origins["maxTokens"].explicit:
        return given
    return entry.max_tokens
