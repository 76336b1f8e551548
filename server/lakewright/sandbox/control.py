"""The control plane: what a client asks about before it talks to a model."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from lakewright.sandbox.host import TEXT_OF_MISSING_ENDPOINT, Host
from lakewright.sandbox.models import ENDPOINTS, SERVICES, Endpoint
from lakewright.sandbox.records import RequestRecord
from lakewright.sandbox.refusal import Refusal, bad_request

_ACCOUNT = "11111111-2222-3333-4444-555555555555"
_PAGE_SIZES = range(10, 101)


async def list_endpoints(host: Host, _request: Request, _record: RequestRecord) -> Response:
    return JSONResponse({"endpoints": [_listed(endpoint) for endpoint in _visible(host, ENDPOINTS)]})


async def show_endpoint(host: Host, request: Request, _record: RequestRecord) -> Response:
    endpoint = ENDPOINTS.get(request.path_params["name"])
    if endpoint is None or not _is_served(host, endpoint):
        raise Refusal(404, "RESOURCE_DOES_NOT_EXIST", TEXT_OF_MISSING_ENDPOINT)
    return JSONResponse({**_listed(endpoint), "capabilities": {"function_calling": endpoint.row is not None}})


async def list_foundation_models(host: Host, _request: Request, _record: RequestRecord) -> Response:
    entities = [
        {
            "name": endpoint.name,
            "config": {
                "served_entities": [
                    {
                        "foundation_model": {
                            "api_types": ["mlflow/v1/chat/completions"],
                            "ai_gateway_v2_supported": host.knobs.gateway,
                        }
                    }
                ]
            },
        }
        for endpoint in _visible(host, ENDPOINTS)
        if endpoint.row is not None
    ]
    return JSONResponse({"endpoints": entities})


async def list_anthropic_models(host: Host, _request: Request, _record: RequestRecord) -> Response:
    names = [
        endpoint.name
        for endpoint in _visible(host, ENDPOINTS)
        if endpoint.name.startswith("databricks-claude")
    ]
    return JSONResponse({"data": [{"id": name} for name in names]})


async def list_gateway_endpoints(_host: Host, _request: Request, _record: RequestRecord) -> Response:
    return JSONResponse({"endpoints": []})


async def list_services(host: Host, request: Request, _record: RequestRecord) -> Response:
    """Model services in pages of 10 to 100; another size gets the empty 499 that the service gives."""
    size = request.query_params.get("page_size", "")
    if not size.isdigit() or int(size) not in _PAGE_SIZES:
        return Response(status_code=499)
    if request.query_params.get("parent") != "schemas/system.ai":
        raise bad_request("parent: expected schemas/system.ai")
    names = [name for name, endpoint in SERVICES.items() if _is_served(host, endpoint)]
    start = request.query_params.get("page_token", "0")
    first = int(start) if start.isdigit() else 0
    page: dict[str, object] = {
        "model_services": [{"name": f"model-services/{name}"} for name in names[first : first + int(size)]]
    }
    if first + int(size) < len(names):
        page["next_page_token"] = str(first + int(size))
    return JSONResponse(page)


async def show_config(_host: Host, request: Request, _record: RequestRecord) -> Response:
    return JSONResponse(
        {
            "oidc_endpoint": f"{_base(request)}/oidc",
            "account_id": _ACCOUNT,
            "workspace_id": "123",
            "cloud": "azure",
            "token_federation_default_oidc_audiences": [_ACCOUNT],
        }
    )


async def show_authorization_server(_host: Host, request: Request, _record: RequestRecord) -> Response:
    base = _base(request)
    return JSONResponse(
        {
            "authorization_endpoint": f"{base}/oidc/v1/authorize",
            "token_endpoint": f"{base}/oidc/v1/token",
        }
    )


async def mint_token(host: Host, request: Request, record: RequestRecord) -> Response:
    return JSONResponse(host.gate.mint(request.headers.get("authorization", ""), record.raw))


async def show_login(_host: Host, _request: Request, _record: RequestRecord) -> Response:
    return HTMLResponse("<html><head><title>Sign in</title></head><body>Please sign in.</body></html>")


def _visible(host: Host, endpoints: Mapping[str, Endpoint]) -> list[Endpoint]:
    return [endpoint for endpoint in endpoints.values() if endpoint.listed or _is_revived(host, endpoint)]


def _is_served(host: Host, endpoint: Endpoint) -> bool:
    return not endpoint.retired or host.knobs.revive_retired


def _is_revived(host: Host, endpoint: Endpoint) -> bool:
    return endpoint.retired and host.knobs.revive_retired


def _listed(endpoint: Endpoint) -> dict[str, object]:
    state = {"ready": endpoint.ready, "config_update": "NOT_UPDATING"}
    return {"name": endpoint.name, "task": endpoint.task, "state": state}


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
