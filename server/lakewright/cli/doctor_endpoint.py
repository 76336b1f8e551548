"""The checks of what the host says of itself: are the credentials taken, is the endpoint there and ready."""

import asyncio
import difflib

from lakewright.cli.doctor_report import Finding
from lakewright.cli.doctor_visit import Visit
from lakewright.errors import AuthError, EndpointError, LakewrightError, NetworkError
from lakewright.serving import Learned, ServingEndpoint, list_endpoints
from lakewright.transport.retry import RetryPolicy
from lakewright.wire.listing import best_claude

_ONCE = RetryPolicy(fault_waits=(), rate_limit_waits=(), gateway_timeouts=0)
"""Nothing is repeated: a hop's first word is what its check shows."""

_LISTING = 30.0  # seconds


async def credentials(visit: Visit) -> Finding:
    """Get headers, and see whether the host takes them for its list of endpoints."""
    assert visit.host is not None
    client, login = visit.host.client, visit.host.credentials
    await login.headers()
    try:
        async with asyncio.timeout(_LISTING):
            visit.listing = await list_endpoints(client, login, policy=_ONCE)
    except AuthError:
        raise
    except TimeoutError:
        visit.listing = NetworkError(
            f"{login.host} gave no list of its endpoints within {_LISTING:g} s.",
            hint="Try again; if it stays, ask who runs the network or the proxy.",
        )
        return Finding(login.origin)
    except LakewrightError as error:  # the next check's matter
        visit.listing = error
        return Finding(login.origin)
    return Finding(f"{login.origin}; the host takes them")


async def listed(visit: Visit) -> Finding:
    """Choose the endpoint, and find it in the host's list."""
    assert visit.choice is not None
    assert visit.host is not None
    listing, named, why = visit.listing, visit.choice.endpoint, visit.choice.why
    if isinstance(listing, LakewrightError):
        if named is None or not isinstance(listing, EndpointError) or listing.status not in (403, 404):
            raise _unlistable(listing)
        _take(visit, named)
        return Finding(f"{named} ({why}): the host doesn't list its endpoints for you", ok=None)
    names = [endpoint.name for endpoint in listing]
    if visit.host.simulated and not visit.choice.named and named not in names:
        named, why = None, "the best that the host lists"
    endpoint = named or best_claude(listing)
    if endpoint is None:
        raise EndpointError(
            f"{visit.host.credentials.host} lists no Claude model that is ready.",
            hint="`lakewright models --all` shows what there is; choose with `--model` or `roles`.",
        )
    _take(visit, endpoint)
    if endpoint in names:
        return Finding(f"{endpoint} ({why})")
    if "." in endpoint:
        return Finding(
            f"{endpoint} ({why}): a service of the Unity Catalog, which isn't in the list", ok=None
        )
    near = difflib.get_close_matches(endpoint, names, n=3)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    raise EndpointError(
        f"{visit.host.credentials.host} lists no endpoint {endpoint} ({why}).",
        hint=f"{meant}`lakewright models` shows what there is.",
    )


async def ready(visit: Visit) -> Finding:
    """Read its state from the list."""
    assert visit.model is not None
    rows = () if isinstance(visit.listing, LakewrightError) else visit.listing
    found = next((row for row in rows if row.name == visit.model.endpoint), None)
    if found is None:
        return Finding("not told: it isn't in the list", ok=None)
    if not found.ready:
        raise EndpointError(
            f"The endpoint {found.name} is not ready.",
            hint="Wait until it has started, see its page under Serving, or choose another with `--model`.",
        )
    if found.task not in ("llm/v1/chat", ""):
        raise EndpointError(
            f"The endpoint {found.name} is for {found.task}: it can't be talked to.",
            hint="Choose one that `lakewright models` lists.",
        )
    return Finding(f"yes ({found.task})" if found.task else "yes")


def _take(visit: Visit, endpoint: str) -> None:
    assert visit.host is not None
    visit.model = ServingEndpoint(
        endpoint, visit.host.client, visit.host.credentials, policy=_ONCE, learned=Learned()
    )


def _unlistable(error: LakewrightError) -> LakewrightError:
    if isinstance(error, EndpointError) and error.status in (403, 404):
        error.hint = "The host doesn't list its models for you: name one with `--model` or `roles`."
    return error
