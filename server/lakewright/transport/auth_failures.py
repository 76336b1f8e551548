"""The SDK's failures as sentences that say what to run. Its own texts hold settings and answers."""

import re

from lakewright.errors import AuthError, ConfigError, LakewrightError, NetworkError
from lakewright.transport.login import Login

_OAUTH_CODE = re.compile(
    r"\b(invalid_client|invalid_grant|invalid_request|invalid_scope|unauthorized_client|access_denied|"
    r"temporarily_unavailable|AADSTS\d+)\b"
)
_NOT_APPLICABLE = "cannot configure default credentials"
_BY_CLI = "databricks-cli"


def explain_sdk_failure(error: BaseException, login: Login, kind: str) -> LakewrightError | None:
    """The error to raise instead; None when `kind` has nothing to go on here, and the next may."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, LakewrightError):
            return cause
    if any(_NOT_APPLICABLE in str(cause) for cause in causes):
        return None
    if any(isinstance(cause, TimeoutError | ConnectionError) for cause in causes):
        return NetworkError(
            f"The service that gives tokens for {login.host} doesn't answer ({login.origin}).",
            hint="Check the network or VPN and the proxy variables, then try again.",
        )
    if kind == _BY_CLI:
        return _cli_failure(login)
    code = next((found[1] for cause in causes if (found := _OAUTH_CODE.search(str(cause)))), None)
    reason = code or type(causes[-1]).__name__
    return AuthError(
        f"{login.host} gave no token for {login.origin} ({kind}: {reason}).", hint=_HINTS.get(kind, _HINT)
    )


def none_fits(login: Login) -> LakewrightError:
    """No authentication type of the login could be used."""
    if _BY_CLI in login.kinds:
        return ConfigError(
            f"There is no token for {login.host} ({login.origin}), and the Databricks CLI, which could "
            "log in by browser, isn't installed (0.205 or newer).",
            hint=f"Install it and run `{_login_command(login)}`, or put a token into the profile.",
        )
    return ConfigError(
        f"{login.origin} can't log in by {' or '.join(login.kinds)}: something that it needs isn't there.",
        hint=_HINTS.get(login.kinds[-1], _HINT),
    )


def _cli_failure(login: Login) -> LakewrightError:
    return AuthError(
        f"The login for {login.host} has expired, or there was none yet ({login.origin}).",
        hint=f"Run `{_login_command(login)}`.",
    )


def _login_command(login: Login) -> str:
    profile = login.fields.get("profile")
    return f"databricks auth login --host {login.host}" + (f" --profile {profile}" if profile else "")


_HINT = "Check the credentials; `databricks auth login` logs in by browser."
_HINTS = {
    "oauth-m2m": "Check client_id and client_secret: the secret may have been deleted or has expired.",
    "azure-cli": "Run `az login`, and see that your account may use this host.",
    "azure-client-secret": "Check ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_TENANT_ID.",
    "google-credentials": "Check GOOGLE_CREDENTIALS: the JSON of a service account's key, or its path.",
    "google-id": "Run `gcloud auth application-default login`.",
    "metadata-service": "Log in again in the tool that runs the metadata service (the Databricks extension).",
}


def _causes(error: BaseException) -> list[BaseException]:
    """The error, and what it was raised from, outermost first."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found
