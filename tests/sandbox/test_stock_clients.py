"""Clients that other people wrote work with the simulated host as they are."""

import asyncio
import json
import sys
from typing import Any

import httpx
import pytest
from openai import APIStatusError, AsyncOpenAI, DefaultAsyncHttpxClient

from lakewright.sandbox.credentials import CLIENT_ID, CLIENT_SECRET
from lakewright.sandbox.server import SandboxServer
from support_sandbox import ENDPOINT, READ_TOOLS, THINKING, quick_sandbox

_CODE = "1\tdef total(lines):\n2\t    if not lines:\n3\t        raise ValueError\n4\t    return sum(lines)"


def _openai(server: SandboxServer) -> AsyncOpenAI:
    return AsyncOpenAI(
        base_url=f"{server.host}/serving-endpoints",
        api_key=server.token,
        max_retries=0,
        http_client=DefaultAsyncHttpxClient(trust_env=False),
    )


async def _turn(client: AsyncOpenAI, messages: list[Any]) -> dict[str, Any]:
    """One streamed turn, put together as the wire description says: reasoning, text, calls by index."""
    stream: Any = await client.chat.completions.create(
        model=ENDPOINT,
        messages=messages,
        tools=list(READ_TOOLS),  # type: ignore[arg-type]
        max_tokens=8000,
        stream=True,
        extra_body={"thinking": dict(THINKING)},
    )
    thought, signature, text = "", "", ""
    calls: dict[int, dict[str, Any]] = {}
    async for chunk in stream:
        delta = chunk.choices[0].delta
        content: Any = delta.content
        if isinstance(content, list):
            item = content[0]["summary"][0]
            thought += item["text"]
            signature = item["signature"] or signature
        else:
            text += content or ""
        for call in delta.tool_calls or []:
            opened = calls.setdefault(call.index, {"id": call.id, "name": "", "arguments": ""})
            assert call.function is not None
            opened["name"] += call.function.name or ""
            opened["arguments"] += call.function.arguments or ""
    summary = [{"type": "summary_text", "text": thought, "signature": signature}]
    blocks: list[dict[str, Any]] = [{"type": "reasoning", "summary": summary}]
    message: dict[str, Any] = {
        "role": "assistant",
        "content": blocks + ([{"type": "text", "text": text}] if text else []),
    }
    if calls:
        message["tool_calls"] = [
            {
                "id": call["id"],
                "type": "function",
                "function": {"name": call["name"], "arguments": call["arguments"]},
            }
            for call in calls.values()
        ]
    return message


async def test_openais_sdk_streams_a_thinking_conversation_with_tools() -> None:
    """Reasoning, parallel calls, results, and an answer about the code, with the SDK as it is."""
    async with quick_sandbox() as server, _openai(server) as client:
        messages: list[Any] = [{"role": "user", "content": "Explain the file `src/orders.py`."}]
        turns = 0
        while "tool_calls" in (message := await _turn(client, messages)):
            turns += 1
            messages.append(message)
            messages += [
                {"role": "tool", "tool_call_id": call["id"], "content": _CODE}
                for call in message["tool_calls"]
            ]
    assert turns == 2
    assert "raises `ValueError`" in message["content"][1]["text"].lower().replace("valueerror", "ValueError")


async def test_openais_sdk_meets_a_refusal_as_a_status_error() -> None:
    """It is raised, with the body in its message."""
    async with quick_sandbox("503") as server, _openai(server) as client:
        with pytest.raises(APIStatusError, match="503"):
            await client.chat.completions.create(model=ENDPOINT, messages=[{"role": "user", "content": "Hi"}])


SIGN_IN = """
import json, sys
from databricks.sdk.core import Config

host, client_id, client_secret = sys.argv[1:]
config = Config(
    host=host,
    client_id=client_id,
    client_secret=client_secret,
    auth_type="oauth-m2m",
    config_file="/dev/null",
)
print(json.dumps(dict(config.authenticate())))
"""
"""In a process of its own: ours replaces what the SDK sends requests with, theirs is to be stock."""


async def test_databricks_sdk_signs_in_as_a_service_principal() -> None:
    """Its own discovery and grant lead to a token that opens the host."""
    async with quick_sandbox() as server:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            SIGN_IN,
            server.host,
            CLIENT_ID,
            CLIENT_SECRET,
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await program.communicate()
        headers = json.loads(printed)
        async with httpx.AsyncClient(base_url=server.host, headers=headers, trust_env=False) as client:
            assert (await client.get("/api/2.0/serving-endpoints")).status_code == 200
    assert headers["Authorization"].startswith("Bearer sandbox-minted-")
