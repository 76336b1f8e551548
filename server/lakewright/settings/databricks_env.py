"""The variables of Databricks' own tools, and of the Aye plugin, as sources of a login."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lakewright.errors import ConfigError
from lakewright.settings.login_fields import LOGIN_FIELDS, holds_credential
from lakewright.wire.routes import Base, split_base

_OIDC_TOKEN = "DATABRICKS_OIDC_TOKEN"  # noqa: S105 - the variable's name


@dataclass(frozen=True, slots=True)
class DatabricksEnv:
    """What `DATABRICKS_*` (and `ARM_*`, `GOOGLE_CREDENTIALS`) say, put together but not judged."""

    base: Base | None
    profile: str | None
    auth_type: str | None
    fields: Mapping[str, str] = field(repr=False)

    @property
    def has_credential(self) -> bool:
        """Whether there is anything to log in with."""
        return holds_credential(self.fields) or bool(self.auth_type)

    @property
    def has_own_credential(self) -> bool:
        """Whether a variable of Databricks' own holds one: another cloud's is for no host in particular."""
        own = {row.name for row in LOGIN_FIELDS if (row.variable or "").startswith("DATABRICKS_")}
        return holds_credential({name: value for name, value in self.fields.items() if name in own})

    @property
    def origin(self) -> str:
        """The variables that make the login, as a phrase."""
        used = [row.variable for row in LOGIN_FIELDS if row.name in self.fields and row.group]
        names = ["DATABRICKS_HOST" if self.base else None, *used]
        return " and ".join(name for name in names if name) or "the environment"


@dataclass(frozen=True, slots=True)
class AyeEnv:
    """`AYE_DBX_API_URL`, `_KEY` and `_MODEL` of the Aye Chat plugin, complete."""

    base: Base
    key: str = field(repr=False)
    model: str | None


def read_databricks_env(environ: Mapping[str, str]) -> DatabricksEnv:
    """Raises ConfigError when DATABRICKS_HOST is no address."""
    fields = {
        row.name: value
        for row in LOGIN_FIELDS
        if row.variable and (value := environ.get(row.variable, "").strip())
    }
    if environ.get(_OIDC_TOKEN) and "client_secret" not in fields and "oidc_token_env" not in fields:
        # The SDK looks there by itself; said outright it is one of the credentials.
        fields["oidc_token_env"] = _OIDC_TOKEN
    return DatabricksEnv(
        base=base_of(environ.get("DATABRICKS_HOST"), "DATABRICKS_HOST"),
        profile=environ.get("DATABRICKS_CONFIG_PROFILE", "").strip() or None,
        auth_type=environ.get("DATABRICKS_AUTH_TYPE", "").strip() or None,
        fields=fields,
    )


def read_aye_env(environ: Mapping[str, str]) -> AyeEnv | None:
    """None unless both the address and the key are set."""
    key = environ.get("AYE_DBX_API_KEY", "").strip()
    base = base_of(environ.get("AYE_DBX_API_URL"), "AYE_DBX_API_URL") if key else None
    if base is None or not key:
        return None
    return AyeEnv(base, key, environ.get("AYE_DBX_MODEL") or base.endpoint)


def base_of(text: str | None, place: str) -> Base | None:
    """The address in `text`, None for none. Raises ConfigError that names the place."""
    if not text or not text.strip():
        return None
    try:
        return split_base(text)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error.message}", hint=error.hint) from None
