"""A simulated host for tests: no waits, and a client that speaks to it over a real socket."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from lakewright.sandbox.host import Knobs
from lakewright.sandbox.server import SandboxServer

ENDPOINT = "databricks-claude-sonnet-4-5"

Body = dict[str, Any]

THINKING: Mapping[str, Any] = {"type": "enabled", "budget_tokens": 1024}


def quick_sandbox(*faults: str, script: str | None = None, knobs: Knobs | None = None) -> SandboxServer:
    """A host that never waits between chunks."""
    return SandboxServer(faults, pace=0, script=script, knobs=knobs)


@asynccontextmanager
async def client_of(server: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has the host's address and token. Certificates, never needed, cost time to load."""
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(
        base_url=server.host, headers=headers, trust_env=False, verify=False
    ) as client:
        yield client


def tool(name: str, /, **properties: str) -> Body:
    """A tool as a request offers it; `properties` maps names to JSON types, all required."""
    schema = {
        "type": "object",
        "properties": {key: {"type": kind} for key, kind in properties.items()},
        "required": list(properties),
    }
    return {
        "type": "function",
        "function": {"name": name, "description": f"The tool {name}.", "parameters": schema},
    }


READ_TOOLS = (
    tool("read_file", path="string"),
    tool("outline", path="string"),
    tool("find_symbol", name="string"),
)


def body_of(*messages: Body, **parameters: Any) -> Body:
    """A request: a question of the user when no messages are given; thinking and streaming off."""
    return {
        "messages": list(messages) or [user("Hello, what are you?")],
        "max_tokens": 4096,
        **parameters,
    }


def user(content: Any) -> Body:
    return {"role": "user", "content": content}


def result_of(call: Mapping[str, Any], content: str) -> Body:
    return {"role": "tool", "tool_call_id": call["id"], "content": content}


def echo(message: Body) -> Body:
    """A whole answer as it goes back: empty content, which nobody may send, is left out."""
    return {key: value for key, value in message.items() if value != ""}


async def post(
    client: httpx.AsyncClient, body: Body, *, endpoint: str = ENDPOINT, **headers: str
) -> httpx.Response:
    """Ask an endpoint by its own route."""
    return await client.post(f"/serving-endpoints/{endpoint}/invocations", json=body, headers=headers)


async def answer_of(client: httpx.AsyncClient, body: Body, *, endpoint: str = ENDPOINT) -> Body:
    """The message of a whole answer; the request must be taken."""
    response = await post(client, body, endpoint=endpoint)
    assert response.status_code == 200, response.text
    message = response.json()["choices"][0]["message"]
    assert isinstance(message, dict)
    return message


def events_of(text: str) -> list[Body]:
    """The chunks of a stream, [DONE] left out."""
    rows = [row.removeprefix("data: ") for row in text.split("\n\n") if row.startswith("data: ")]
    return [json.loads(row) for row in rows if row != "[DONE]"]


def text_of(message: Mapping[str, Any]) -> str:
    """The visible text of a whole answer."""
    content = message["content"]
    if isinstance(content, str):
        return content
    return "".join(block["text"] for block in content if block["type"] == "text")


def complaint_of(response: httpx.Response) -> str:
    """What a refusal says, taken out of its envelopes."""
    message = response.json()["message"]
    try:
        return str(json.loads(message)["message"])
    except ValueError:
        return str(message)
