"""Which host, and with which login. Both come from one source, and the first that names a host wins.

Pure: everything is read from values; nothing is sent, so no token can reach another source's host.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lakewright.errors import ConfigError
from lakewright.settings.databricks_env import (
    AyeEnv,
    DatabricksEnv,
    base_of,
    read_aye_env,
    read_databricks_env,
)
from lakewright.settings.login_fields import LOGIN_FIELDS, kinds_of
from lakewright.settings.origins import Loaded, Origin, Source
from lakewright.settings.profiles_file import ProfilesFile, read_profiles
from lakewright.settings.tree import ModelEntry
from lakewright.transport.login import Login
from lakewright.wire.routes import Base


@dataclass(frozen=True, slots=True)
class HostChoice:
    """The host to talk to; `login` None is the simulated one."""

    login: Login | None
    forced: bool = False
    """Whether flag or variable name this host for this very call: no model's own address replaces it."""
    endpoint: str | None = None
    """The endpoint that the host's address held, or that came with it."""
    names_model: bool = False
    """Whether that endpoint stands above the roles."""


def choose_host(loaded: Loaded) -> HostChoice:
    """Go through the sources in order. Raises ConfigError: nothing is set up, or what is set is wrong."""
    for source in (Source.FLAG, Source.EDITOR, Source.VARIABLE):
        choice = _set_at(loaded, source)
        if choice is not None:
            return choice
    if loaded.settings.sandbox:
        return HostChoice(None, forced=True)
    return (
        _from_databricks_env(loaded.environ)
        or _from_aye_env(read_aye_env(loaded.environ))
        or _set_at(loaded, Source.USER_FILE)
        or _first_entry(loaded)
        or _default_profile(loaded.environ)
    )


def entry_login(entry: ModelEntry, loaded: Loaded) -> Login | None:
    """The login for a model with an address of its own; None when it lives on the chosen host."""
    if entry.host is None:
        return _entry_on_own_host(entry, loaded)
    if entry.api_key is not None:
        return _with_token(entry.host, entry.api_key.get_secret_value(), _entry_origin(entry, loaded))
    profile = _profile_with_host(read_profiles(loaded.environ), entry.host)
    if profile is not None:
        return profile
    chosen = choose_host(loaded).login
    if chosen is not None and chosen.host == entry.host:
        return chosen
    raise ConfigError(
        f"The model {entry.name!r} has an `apiBase` but no `apiKey`, and no profile is for {entry.host}.",
        hint=f"Add `apiKey: ${{A_VARIABLE}}`, or run `databricks auth login --host {entry.host}`.",
    )


def _entry_on_own_host(entry: ModelEntry, loaded: Loaded) -> Login | None:
    if entry.api_key is None:
        return None
    settings, origins = loaded.settings, loaded.origins
    base = base_of(settings.host, "host") if origins["host"].source is origins["models"].source else None
    if base is not None:
        return _with_token(base.host, entry.api_key.get_secret_value(), _entry_origin(entry, loaded))
    raise ConfigError(
        f"{origins['models'].place}: the model {entry.name!r} has an `apiKey` but no `apiBase`.",
        hint="Add `apiBase` with the address of its host, or remove `apiKey` to use the profile's login.",
    )


def _set_at(loaded: Loaded, source: Source) -> HostChoice | None:
    """What the settings say, of those that come from this source."""
    settings, origins = loaded.settings, loaded.origins
    explicit = Origin(source).explicit
    if source > Source.USER_FILE and settings.sandbox and origins["sandbox"].source is source:
        return HostChoice(None, forced=True)
    host = settings.host if origins["host"].source is source else None
    profile = settings.profile if origins["profile"].source is source else None
    base = base_of(host, origins["host"].place)
    if profile is not None:
        login = _named_profile(loaded.environ, profile, base, named_by=origins["profile"].place)
    elif base is not None:
        login = _for_host(loaded.environ, base, named_by=origins["host"].place, explicit=explicit)
    else:
        return None
    return HostChoice(login, explicit, base.endpoint if base else None, names_model=explicit)


def _named_profile(
    environ: Mapping[str, str], name: str, base: Base | None, *, named_by: str, auth_type: str | None = None
) -> Login:
    file = read_profiles(environ)
    login = _profile_login(file, name, file.get(name, named_by=named_by), base, auth_type=auth_type)
    if base is not None and login.host != base.host:
        raise ConfigError(
            f"{named_by} names the profile {name!r}, which is for {login.host}, beside the host {base.host}.",
            hint="Give one of the two: a profile's credentials only go to its own host.",
        )
    return login


def _profile_login(
    file: ProfilesFile,
    name: str,
    values: Mapping[str, str],
    base: Base | None = None,
    *,
    auth_type: str | None = None,
) -> Login:
    origin = f"profile {name} in {file.path}"
    own = base_of(values.get("host"), f"{file.path}, [{name}]") or base
    if own is None:
        raise ConfigError(
            f"The profile {name!r} in {file.path} has no `host`.",
            hint=f"Add `host = https://…` to it, or run `databricks auth login --profile {name}`.",
        )
    fields = {row.name: values[row.name] for row in LOGIN_FIELDS if row.name in values}
    kinds = kinds_of(own.host, fields, auth_type=auth_type or values.get("auth_type"), origin=origin)
    return Login(own.host, kinds, origin, {**fields, "profile": name})


def _profile_with_host(file: ProfilesFile, host: str) -> Login | None:
    """The profile for a host; the default one when several are. Broken ones of other hosts don't matter."""
    names = sorted(file.profiles, key=lambda name: name != file.default)
    for name in names:
        if _is_for(file.profiles[name], host):
            return _profile_login(file, name, file.profiles[name])
    return None


def _is_for(values: Mapping[str, str], host: str) -> bool:
    try:
        base = base_of(values.get("host"), "profile")
    except ConfigError:
        return False
    return base is not None and base.host == host


def _for_host(environ: Mapping[str, str], base: Base, *, named_by: str, explicit: bool) -> Login:
    """The login for a host that was named without one."""
    login = _profile_with_host(read_profiles(environ), base.host)
    if login is not None:
        return login
    env = read_databricks_env(environ)
    same = env.base is not None and env.base.host == base.host
    if (same and env.has_credential) or (explicit and env.base is None and env.has_own_credential):
        return _env_login(env, base)
    raise ConfigError(
        f"{named_by} names {base.host}, and there are no credentials for it.",
        hint=f"Run `databricks auth login --host {base.host}`, "
        "or set both DATABRICKS_HOST and DATABRICKS_TOKEN for it.",
    )


def _from_databricks_env(environ: Mapping[str, str]) -> HostChoice | None:
    env = read_databricks_env(environ)
    if env.base is not None and env.has_credential:
        return HostChoice(_env_login(env, env.base), endpoint=env.base.endpoint)
    if env.profile is not None:
        login = _named_profile(
            environ, env.profile, env.base, named_by="DATABRICKS_CONFIG_PROFILE", auth_type=env.auth_type
        )
        return HostChoice(login, endpoint=env.base.endpoint if env.base else None)
    if env.base is not None:
        login = _for_host(environ, env.base, named_by="DATABRICKS_HOST", explicit=False)
        return HostChoice(login, endpoint=env.base.endpoint)
    return None


def _env_login(env: DatabricksEnv, base: Base) -> Login:
    kinds = kinds_of(base.host, env.fields, auth_type=env.auth_type, origin="the environment")
    return Login(base.host, kinds, env.origin, env.fields)


def _from_aye_env(env: AyeEnv | None) -> HostChoice | None:
    if env is None:
        return None
    login = _with_token(env.base.host, env.key, "AYE_DBX_API_URL and AYE_DBX_API_KEY")
    return HostChoice(login, endpoint=env.model, names_model=True)


def _first_entry(loaded: Loaded) -> HostChoice | None:
    for entry in loaded.settings.models:
        if entry.host is not None and entry.api_key is not None:
            return HostChoice(entry_login(entry, loaded))
    return None


def _default_profile(environ: Mapping[str, str]) -> HostChoice:
    file = read_profiles(environ)
    if file.default is not None:
        values = file.get(file.default, named_by=f"{file.path}")
        return HostChoice(_profile_login(file, file.default, values))
    if file.profiles:
        names = ", ".join(file.profiles)
        raise ConfigError(
            f"{file.path} has several profiles ({names}), and none is the default.",
            hint="Choose one: `--profile NAME`, LAKEWRIGHT_PROFILE, or `profile:` in your settings.",
        )
    raise ConfigError(
        f"{_half_of_a_pair(environ) or 'No Databricks host is set up'}: "
        "run `databricks auth login --host https://<your host>`, "
        "or set DATABRICKS_HOST and DATABRICKS_TOKEN.",
        hint="To try Lakewright without a host, add `--sandbox` (or `sandbox: true` in your settings).",
    )


def _half_of_a_pair(environ: Mapping[str, str]) -> str | None:
    for one, other in (
        ("DATABRICKS_TOKEN", "DATABRICKS_HOST"),
        ("AYE_DBX_API_KEY", "AYE_DBX_API_URL"),
        ("AYE_DBX_API_URL", "AYE_DBX_API_KEY"),
    ):
        if environ.get(one) and not environ.get(other):
            return f"{one} is set without {other}"
    return None


def _with_token(host: str, token: str, origin: str) -> Login:
    return Login(host, ("pat",), origin, {"token": token})


def _entry_origin(entry: ModelEntry, loaded: Loaded) -> str:
    return f"model {entry.name} in {loaded.origins['models'].place}"
