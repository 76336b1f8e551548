"""The routes of the simulated host, joined to one ASGI application."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from lakewright.sandbox.chat import answer_chat
from lakewright.sandbox.host import Host
from lakewright.sandbox.records import RequestRecord
from lakewright.sandbox.refusal import Refusal
from lakewright.sandbox.stream import Watched

Handler = Callable[[Host, Request, RequestRecord], Awaitable[Response]]


def build_app(host: Host) -> Starlette:
    """The application of one host."""

    async def chat(host: Host, request: Request, record: RequestRecord) -> Response:
        host.gate.admit(request.headers.get("authorization", ""), gateway=False)
        return await answer_chat(host, request, record, gateway=False)

    return Starlette(
        routes=[
            Route("/serving-endpoints/{name}/invocations", _logged(host, chat), methods=["POST"]),
            Route("/{rest:path}", _logged(host, _unknown), methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
        ]
    )


def _logged(host: Host, handler: Handler) -> Callable[[Request], Awaitable[ASGIApp]]:
    async def serve(request: Request) -> ASGIApp:
        record = RequestRecord(
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            headers=dict(request.headers),
        )
        host.log.append(record)
        record.raw = await request.body()
        try:
            response = await handler(host, request, record)
        except Refusal as refusal:
            record.refusal = refusal.message
            response = refusal.response(flat=host.knobs.flat_errors)
        record.status = response.status_code
        return Watched(response, record)

    return serve


async def _unknown(host: Host, request: Request, record: RequestRecord) -> Response:  # noqa: ARG001 (a Handler)
    return JSONResponse({"error_code": "ENDPOINT_NOT_FOUND", "message": "Invalid path"}, status_code=404)
