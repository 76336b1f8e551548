"""What a host serves, and which of it fits a role when the user names none."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lakewright.errors import NetworkError
from lakewright.wire.profiles import Profile, profile_for

LISTING_PATH = "/api/2.0/serving-endpoints"


@dataclass(frozen=True, slots=True)
class ListedEndpoint:
    """`task` is `llm/v1/chat` for what can be talked to, empty when not said. `ready` doesn't
    promise that a call is allowed. `tools` is None when the listing doesn't say.
    """

    name: str
    task: str
    ready: bool
    tools: bool | None


def read_endpoints(body: bytes) -> tuple[ListedEndpoint, ...]:
    """The endpoints in an answer of LISTING_PATH, in its order."""
    try:
        listing = json.loads(body)
    except (ValueError, RecursionError):
        listing = None
    if not isinstance(listing, dict):
        raise NetworkError(
            "The host's list of endpoints isn't the JSON that Databricks sends.",
            hint="Check the host's address: a proxy or another server may have answered.",
        )
    entries = listing.get("endpoints")
    if not isinstance(entries, list):
        return ()
    return tuple(_endpoint(entry) for entry in entries if isinstance(entry, dict) and entry.get("name"))


def best_claude(endpoints: Iterable[ListedEndpoint]) -> str | None:
    """The best Claude for explaining and refactoring, by the `rank` of its profile."""
    return _best(endpoints, lambda profile: profile.rank)


def cheapest_fast(endpoints: Iterable[ListedEndpoint]) -> str | None:
    """The best one for completing, by `fast_rank`: haiku first, then sonnet, nothing dearer."""
    return _best(endpoints, lambda profile: profile.fast_rank)


def _best(endpoints: Iterable[ListedEndpoint], rank: Callable[[Profile], int]) -> str | None:
    # Of two endpoints with one family, Databricks' own comes before a company's; then by name.
    candidates = sorted(
        (-rank(profile_for(endpoint.name)), not endpoint.name.startswith("databricks-"), endpoint.name)
        for endpoint in endpoints
        if endpoint.ready and endpoint.task in ("llm/v1/chat", "")
    )
    return candidates[0][2] if candidates and candidates[0][0] < 0 else None


def _endpoint(entry: dict[str, object]) -> ListedEndpoint:
    state, capabilities, task = entry.get("state"), entry.get("capabilities"), entry.get("task")
    tools = capabilities.get("function_calling") if isinstance(capabilities, dict) else None
    return ListedEndpoint(
        name=str(entry["name"]),
        task=task if isinstance(task, str) else "",
        ready=isinstance(state, dict) and state.get("ready") == "READY",
        tools=tools if isinstance(tools, bool) else None,
    )
