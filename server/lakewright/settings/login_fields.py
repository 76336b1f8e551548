"""The attributes that choose a Databricks login, and which kind of login they make. Facts in tables.

Source: `databricks.sdk.config.Config` and the order of `DefaultCredentials` in version 0.156.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from lakewright.errors import ConfigError


@dataclass(frozen=True, slots=True)
class LoginField:
    """An attribute of the SDK's Config: its variable, and the group of credentials it belongs to."""

    name: str
    variable: str | None
    group: str | None = None
    secret: bool = False


LOGIN_FIELDS: tuple[LoginField, ...] = (
    LoginField("token", "DATABRICKS_TOKEN", "pat", secret=True),
    LoginField("username", "DATABRICKS_USERNAME", "basic"),
    LoginField("password", "DATABRICKS_PASSWORD", "basic", secret=True),
    LoginField("client_id", "DATABRICKS_CLIENT_ID", "oauth"),
    LoginField("client_secret", "DATABRICKS_CLIENT_SECRET", "oauth", secret=True),
    LoginField("oidc_token_env", "DATABRICKS_OIDC_TOKEN_ENV", "env-oidc"),
    LoginField("oidc_token_filepath", "DATABRICKS_OIDC_TOKEN_FILEPATH", "file-oidc"),
    LoginField("metadata_service_url", "DATABRICKS_METADATA_SERVICE_URL", "metadata-service", secret=True),
    LoginField("azure_client_id", "ARM_CLIENT_ID", "azure"),
    LoginField("azure_client_secret", "ARM_CLIENT_SECRET", "azure", secret=True),
    LoginField("azure_workspace_resource_id", "DATABRICKS_AZURE_RESOURCE_ID", "azure"),
    LoginField("azure_tenant_id", "ARM_TENANT_ID", "azure"),
    LoginField("azure_use_msi", "ARM_USE_MSI", "azure"),
    LoginField("google_credentials", "GOOGLE_CREDENTIALS", "google", secret=True),
    LoginField("google_service_account", "DATABRICKS_GOOGLE_SERVICE_ACCOUNT", "google"),
    LoginField("azure_environment", "ARM_ENVIRONMENT"),
    LoginField("account_id", "DATABRICKS_ACCOUNT_ID"),
    LoginField("workspace_id", "DATABRICKS_WORKSPACE_ID"),
    LoginField("cloud", "DATABRICKS_CLOUD"),
    LoginField("discovery_url", "DATABRICKS_DISCOVERY_URL"),
    LoginField("token_audience", "DATABRICKS_TOKEN_AUDIENCE"),
    LoginField("databricks_cli_path", "DATABRICKS_CLI_PATH"),
    LoginField("scopes", None),
)
_GROUPS = {field.name: field.group for field in LOGIN_FIELDS if field.group}

# The kind that a complete group makes: the first row whose fields are all there.
_KINDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("pat", ("token",), ("pat",)),
    ("basic", ("username", "password"), ("basic",)),
    ("metadata-service", ("metadata_service_url",), ("metadata-service",)),
    ("oauth", ("client_id", "client_secret"), ("oauth-m2m",)),
    ("env-oidc", ("oidc_token_env",), ("env-oidc",)),
    ("file-oidc", ("oidc_token_filepath",), ("file-oidc",)),
    ("oauth", ("client_id",), ("github-oidc", "azure-devops-oidc")),
    ("azure", ("azure_client_id", "azure_client_secret"), ("azure-client-secret",)),
    ("azure", ("azure_client_id",), ("github-oidc-azure", "azure-cli")),
    ("azure", (), ("azure-cli",)),
    ("google", ("google_credentials",), ("google-credentials",)),
    ("google", ("google_service_account",), ("google-id",)),
)
_AZURE_ZONES = (".azuredatabricks.net", ".databricks.azure.us", ".databricks.azure.cn")
_BY_PERSON = ("databricks-cli",)
"""Nothing but a host is known: somebody may have logged in with a command line program."""


def kinds_of(host: str, fields: Mapping[str, str], *, auth_type: str | None, origin: str) -> tuple[str, ...]:
    """The SDK's authentication types for these attributes, in the order to try.

    Raises ConfigError when they mean two logins, or half a one.
    """
    if auth_type:
        return (auth_type,)
    groups = sorted({_GROUPS[name] for name in fields if name in _GROUPS})
    if len(groups) > 1:
        raise _ambiguous(groups, fields, origin)
    if not groups:
        on_azure = (urlsplit(host).hostname or "").endswith(_AZURE_ZONES)
        return ("azure-cli", *_BY_PERSON) if on_azure else _BY_PERSON
    for group, needed, kinds in _KINDS:
        if group == groups[0] and all(name in fields for name in needed):
            return kinds
    raise ConfigError(
        f"The credentials of {origin} are incomplete: only {_names(fields)} is set.",
        hint="Add what is missing, or run `databricks auth login` for a login by browser.",
    )


def holds_credential(fields: Mapping[str, str]) -> bool:
    """Whether any of the attributes is part of a credential."""
    return any(name in _GROUPS for name in fields)


def _ambiguous(groups: list[str], fields: Mapping[str, str], origin: str) -> ConfigError:
    kinds = [kinds[0] for group, needed, kinds in _KINDS if group in groups and set(needed) <= set(fields)]
    choose = " or ".join(f"`{kind}`" for kind in dict.fromkeys(kinds)) or "the one you mean"
    return ConfigError(
        f"The credentials of {origin} are ambiguous: {_names(fields)} belong to different logins.",
        hint=f"Remove all but one, or set DATABRICKS_AUTH_TYPE (in a profile: auth_type) to {choose}.",
    )


def _names(fields: Mapping[str, str]) -> str:
    return ", ".join(name for name in fields if name in _GROUPS)
