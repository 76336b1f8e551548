"""The state behind the routes of one simulated host: what is served, asked, counted and at fault."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lakewright.sandbox.caching import PromptCache
from lakewright.sandbox.credentials import Gatekeeper
from lakewright.sandbox.faults import FaultPlan
from lakewright.sandbox.limits import Meter, RateLimits
from lakewright.sandbox.models import ENDPOINTS, SERVICES, Endpoint
from lakewright.sandbox.records import RequestRecord
from lakewright.sandbox.refusal import Refusal, bad_request

TEXT_OF_MISSING_ENDPOINT = (
    "The given endpoint does not exist, please retry after checking the specified model and version"
    " deployment exists."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What kind of host it is. Times in seconds.

    `flat_errors` never nests an error; `revive_retired` serves models that are gone by now; a prefix
    smaller than `least_cached_tokens` is never cached.
    """

    token_lifetime: float = 3600.0
    flat_errors: bool = False
    gateway: bool = True
    revive_retired: bool = False
    limits: RateLimits = field(default_factory=RateLimits)
    least_cached_tokens: int = 512
    clock: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class Host:
    """One host. `pace` scales the waits between chunks: 1 reads like a brisk model, 0 never waits."""

    knobs: Knobs
    pace: float
    script: str | None
    faults: FaultPlan
    gate: Gatekeeper = field(init=False)
    meter: Meter = field(init=False)
    cache: PromptCache = field(init=False)
    log: list[RequestRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = Gatekeeper(clock=self.knobs.clock, lifetime=self.knobs.token_lifetime)
        self.meter = Meter(self.knobs.limits, self.knobs.clock)
        self.cache = PromptCache(least=self.knobs.least_cached_tokens)

    def endpoint(self, name: str, *, gateway: bool) -> Endpoint:
        """The endpoint of this name, as far as it may be asked. Raises Refusal."""
        found = ENDPOINTS.get(name) or (SERVICES.get(name) if gateway else None)
        if found is None or (found.retired and not self.knobs.revive_retired):
            raise Refusal(404, "RESOURCE_DOES_NOT_EXIST", TEXT_OF_MISSING_ENDPOINT)
        if found.limit_zero:
            text = "The endpoint is temporarily disabled due to a Databricks-set rate limit of 0."
            raise Refusal(403, "PERMISSION_DENIED", f"PERMISSION_DENIED: {text}")
        if found.forbidden:
            raise Refusal(403, "PERMISSION_DENIED", "User does not have access to the endpoint")
        if found.deprecated and not self.knobs.revive_retired:
            raise bad_request(f"This endpoint {found.name} is deprecated")
        if found.ready != "READY":
            raise Refusal(503, "TEMPORARILY_UNAVAILABLE", f"Endpoint {found.name} is not ready.")
        return found
