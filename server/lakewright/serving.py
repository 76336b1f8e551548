"""An endpoint as a `Model`: a dialect of `wire/` over the HTTP of `transport/`, with what both can't know
alone: refreshed tokens, the other route, what refusals teach, and repeats that the reader sees.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field

from lakewright.core.events import Event, Noticed, Retrying, UsageReported
from lakewright.core.request import ModelRequest
from lakewright.errors import ConfigError, LakewrightError, NetworkError
from lakewright.transport.http import HttpClient, HttpResponse
from lakewright.transport.login import Credentials
from lakewright.transport.retry import Attempts, RetryPolicy
from lakewright.wire.base import Decoder, Dialect
from lakewright.wire.failures import is_route_absent, is_token_refused, read_failure
from lakewright.wire.listing import LISTING_PATH, ListedEndpoint, read_endpoints
from lakewright.wire.profiles import Profile, profile_for
from lakewright.wire.refusals import answer_room, learn, within
from lakewright.wire.registry import DIALECTS
from lakewright.wire.routes import Route, chat_routes

_MAX_WHOLE = 64 * 1024 * 1024  # bytes of an answer that isn't streamed
_GRACE = 1.0  # seconds for what follows a finish reason: usage, `[DONE]`, the end of the body
_LESSONS = 8  # corrections of one request: a service that refuses more than that means something else


@dataclass(slots=True)
class Learned:
    """What refusals taught about endpoints, for as long as its owner keeps it: one for a process.

    Keys are (host, endpoint).
    """

    profiles: dict[tuple[str, str], Profile] = field(default_factory=dict)
    routes: dict[tuple[str, str], Route] = field(default_factory=dict)


class ServingEndpoint:
    """Implements `core.ports.Model`.

    `profile` and `routes` override what the endpoint's name says; what `learned` holds beats both.
    """

    def __init__(
        self,
        endpoint: str,
        client: HttpClient,
        credentials: Credentials,
        *,
        profile: Profile | None = None,
        routes: Sequence[Route] | None = None,
        policy: RetryPolicy | None = None,
        learned: Learned | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._client = client
        self._credentials = credentials
        self._given_profile = profile or profile_for(endpoint)
        self._given_routes = tuple(routes or chat_routes(endpoint))
        self._policy = policy or RetryPolicy()
        self._learned = learned or Learned()
        self._key = (credentials.host, endpoint)
        self._noted: set[str] = set()

    @property
    def endpoint(self) -> str:
        return self._endpoint

    @property
    def profile(self) -> Profile:
        """The facts that the next request is built by."""
        return self._learned.profiles.get(self._key, self._given_profile)

    @property
    def context_window(self) -> int:
        return self.profile.context_window

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Event, None]:
        """The events of one turn, as they come. A repeat is announced by `Retrying` before its wait.

        Raises the last try's LakewrightError. Closing the generator closes the socket at once.
        """
        attempts, lessons, routes = Attempts(), 0, self._routes()
        room: int | None = None  # tokens for the answer, once the host said what this prompt leaves
        while True:
            shown, profile = False, self.profile
            try:
                async with aclosing(self._ask(request, within(profile, room), routes[0])) as events:
                    async for event in events:
                        shown = shown or not isinstance(event, Noticed | UsageReported)
                        yield event
            except _RefusedError as refused:
                failure = refused
            except LakewrightError as error:
                failure = _RefusedError(error)
            else:
                return
            if failure.route_absent and len(routes) > 1:
                routes = routes[1:]
                continue
            left = _room_left(failure.error, room)
            if not shown and lessons < _LESSONS and (self._learn(profile, failure.error) or left != room):
                lessons, room = lessons + 1, left
                continue
            delay, attempts = _repeat_or_raise(self._policy, failure, attempts)
            yield Retrying(failure.error.message, delay, restart=shown)
            await asyncio.sleep(delay)

    async def _ask(
        self, request: ModelRequest, profile: Profile, route: Route
    ) -> AsyncGenerator[Event, None]:
        dialect = _dialect(profile)
        body = dialect.encode(request, profile, self._endpoint)
        for note in dialect.notes(request, profile, self._endpoint):
            if note not in self._noted:
                self._noted.add(note)
                yield Noticed(note)
        if route.model_in_body:
            body["model"] = self._endpoint
        asked = _answer_to(
            self._client,
            self._credentials,
            route.path,
            body=_encoded(body),
            accept="text/event-stream",
            endpoint=self._endpoint,
        )
        async with asked as response:
            if route != self._given_routes[0]:
                self._learned.routes[self._key] = route
            if response.content_type == "text/event-stream":
                async with aclosing(_streamed(response, dialect.decoder())) as events:
                    async for event in events:
                        yield event
            elif response.content_type == "application/json":
                for event in dialect.whole(await response.read(_MAX_WHOLE)):
                    yield event
            else:
                raise _failure(response, await response.read(), self._endpoint)

    def _routes(self) -> tuple[Route, ...]:
        remembered = self._learned.routes.get(self._key)
        return self._given_routes if remembered is None else (remembered,)

    def _learn(self, profile: Profile, error: LakewrightError) -> bool:
        """Whether the refusal of a request built by `profile` taught something."""
        if error.status != 400:
            return False
        corrected = learn(profile, error.message)
        if corrected is None:
            return False
        self._learned.profiles[self._key] = corrected
        return True


async def list_endpoints(
    client: HttpClient, credentials: Credentials, *, policy: RetryPolicy | None = None
) -> tuple[ListedEndpoint, ...]:
    """What the host serves. Faults are repeated without a word; 429 isn't, by the default policy."""
    policy, attempts = policy or RetryPolicy(rate_limit_waits=()), Attempts()
    while True:
        try:
            async with _answer_to(client, credentials, LISTING_PATH, accept="application/json") as response:
                if response.content_type != "application/json":
                    raise _failure(response, await response.read(), "")
                return read_endpoints(await response.read(_MAX_WHOLE))
        except _RefusedError as refused:
            failure = refused
        except LakewrightError as error:
            failure = _RefusedError(error)
        delay, attempts = _repeat_or_raise(policy, failure, attempts)
        await asyncio.sleep(delay)


class _RefusedError(Exception):
    """A failed try, with what only its answer told."""

    def __init__(self, error: LakewrightError, *, route_absent: bool = False) -> None:
        super().__init__(error.message)
        self.error = error
        self.route_absent = route_absent


@asynccontextmanager
async def _answer_to(
    client: HttpClient,
    credentials: Credentials,
    path: str,
    *,
    body: bytes | None = None,
    accept: str,
    endpoint: str = "",
) -> AsyncIterator[HttpResponse]:
    """The response with status 200; a refused token is refreshed and the request repeated once."""
    method, kind = ("GET", {}) if body is None else ("POST", {"content-type": "application/json"})
    for renewed in (False, True):
        headers = {"accept": accept, **kind, **await credentials.headers(force_refresh=renewed)}
        async with client.stream(method, credentials.host + path, headers=headers, body=body) as response:
            if response.status == 200:
                yield response
                return
            refusal = await response.read()
        if renewed or not is_token_refused(response.status, refusal):
            raise _failure(response, refusal, endpoint)


def _failure(response: HttpResponse, body: bytes, endpoint: str) -> _RefusedError:
    return _RefusedError(
        read_failure(response.status, response.headers, body, endpoint=endpoint),
        route_absent=is_route_absent(response.status, body),
    )


async def _streamed(response: HttpResponse, decoder: Decoder) -> AsyncGenerator[Event, None]:
    """The events of a stream. One that breaks off, or goes silent, after its finish reason is complete
    all the same.
    """
    broken: NetworkError | None = None
    async with aclosing(response.chunks()) as chunks:
        try:
            async for data in chunks:
                events = decoder.feed(data)
                for event in events:
                    yield event
                if decoder.is_complete:
                    for event in await _the_rest(chunks, decoder):
                        yield event
                    break
        except NetworkError as error:
            broken = error
    try:
        last = decoder.finish()
    except NetworkError as error:
        raise (broken or error) from None
    for event in last:
        yield event


async def _the_rest(chunks: AsyncIterator[bytes], decoder: Decoder) -> list[Event]:
    """What comes shortly after the finish reason: usage, `[DONE]`, the body's end, which keeps the
    connection.
    """
    events: list[Event] = []
    with suppress(NetworkError, TimeoutError):
        async with asyncio.timeout(_GRACE):
            async for data in chunks:
                events += decoder.feed(data)
    return events


def _room_left(error: LakewrightError, room: int | None) -> int | None:
    """`room`, or less of it when the refusal of a request that had it says so."""
    left = answer_room(error.message) if error.status == 400 else None
    return left if left is not None and (room is None or left < room) else room


def _repeat_or_raise(
    policy: RetryPolicy, failure: _RefusedError, attempts: Attempts
) -> tuple[float, Attempts]:
    repeat = policy.next_delay(failure.error, attempts)
    if repeat is not None:
        return repeat
    if attempts.repeats:
        tried = f"It was tried {attempts.repeats + 1} times."
        failure.error.hint = f"{tried} {failure.error.hint}" if failure.error.hint else tried
    raise failure.error from failure.error.__cause__


def _dialect(profile: Profile) -> Dialect:
    kind = DIALECTS.get(profile.dialect)
    if kind is None:
        known = ", ".join(sorted(DIALECTS))
        raise ConfigError(f"There is no dialect {profile.dialect!r}.", hint=f"Known are: {known}.")
    return kind()


def _encoded(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
