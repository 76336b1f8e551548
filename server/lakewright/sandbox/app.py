"""The routes of the simulated host, joined to one ASGI application."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from lakewright.errors import InputError
from lakewright.sandbox import control
from lakewright.sandbox.chat import answer_chat
from lakewright.sandbox.faults import HEADER
from lakewright.sandbox.host import Host
from lakewright.sandbox.records import RequestRecord
from lakewright.sandbox.refusal import Refusal, bad_request
from lakewright.sandbox.stream import Watched

Handler = Callable[[Host, Request, RequestRecord], Awaitable[Response]]

_KEPT = 1000
"""Requests that the log holds, the newest: with their bodies they would fill a long-lived process."""
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class _Path:
    """A path, what serves it, and how it is guarded."""

    method: str
    path: str
    handler: Handler
    public: bool = False
    gateway: bool = False
    answers_as_model: bool = False


async def _chat(host: Host, request: Request, record: RequestRecord) -> Response:
    return await answer_chat(host, request, record, gateway=False)


async def _gateway_chat(host: Host, request: Request, record: RequestRecord) -> Response:
    return await answer_chat(host, request, record, gateway=True)


async def _unknown(_host: Host, _request: Request, _record: RequestRecord) -> Response:
    raise Refusal(404, "ENDPOINT_NOT_FOUND", "Invalid path")


_PATHS: tuple[_Path, ...] = (
    _Path("POST", "/serving-endpoints/chat/completions", _chat, answers_as_model=True),
    _Path("POST", "/serving-endpoints/{name}/invocations", _chat, answers_as_model=True),
    _Path(
        "POST",
        "/ai-gateway/mlflow/v1/chat/completions",
        _gateway_chat,
        gateway=True,
        answers_as_model=True,
    ),
    _Path("GET", "/ai-gateway/anthropic/v1/models", control.list_anthropic_models, gateway=True),
    _Path("GET", "/api/ai-gateway/v2/endpoints", control.list_gateway_endpoints),
    _Path("GET", "/api/2.0/serving-endpoints", control.list_endpoints),
    _Path("GET", "/api/2.0/serving-endpoints:foundation-models", control.list_foundation_models),
    _Path("GET", "/api/2.0/serving-endpoints/{name}", control.show_endpoint),
    _Path("GET", "/api/2.1/unity-catalog/model-services", control.list_services),
    _Path("GET", "/.well-known/databricks-config", control.show_config, public=True),
    _Path(
        "GET", "/oidc/.well-known/oauth-authorization-server", control.show_authorization_server, public=True
    ),
    _Path("POST", "/oidc/v1/token", control.mint_token, public=True),
    _Path("GET", "/login.html", control.show_login, public=True),
)


def build_app(host: Host) -> Starlette:
    """The application of one host."""
    routes = [
        Route(path.path, _serve(host, path), methods=[path.method])
        for path in _PATHS
        if host.knobs.gateway or "ai-gateway" not in path.path
    ]
    routes.append(Route("/{rest:path}", _serve(host, _Path("", "", _unknown)), methods=_METHODS))
    return Starlette(routes=routes)


def _serve(host: Host, path: _Path) -> Callable[[Request], Awaitable[ASGIApp]]:
    async def serve(request: Request) -> ASGIApp:
        record = RequestRecord(
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            headers=dict(request.headers),
        )
        try:
            record.raw = await request.body()
        except ClientDisconnect:
            record.closed_early = True
            record.finished.set()
            raise
        finally:
            host.log.append(record)
            del host.log[:-_KEPT]
        try:
            if not path.public:
                host.gate.admit(request.headers.get("authorization", ""), gateway=path.gateway)
            response = await _handle(host, path, request, record)
        except Refusal as refusal:
            record.refusal = refusal.message
            response = refusal.response(flat=host.knobs.flat_errors)
        record.status = response.status_code
        return Watched(response, record)

    return serve


async def _handle(host: Host, path: _Path, request: Request, record: RequestRecord) -> Response:
    """The path's own answer; faults of a header strike the control plane as well."""
    named = request.headers.get(HEADER)
    if path.answers_as_model or named is None:
        return await path.handler(host, request, record)
    try:
        strike = host.faults.strike(named)
    except InputError as error:
        raise bad_request(f"{error.message} {error.hint}") from None
    record.faults = strike.names
    for fault in strike.faults:
        if fault.refuse is not None:
            return fault.refuse(request.url.path)
    return await path.handler(host, request, record)
