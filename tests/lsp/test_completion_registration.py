"""How clients come to ask for suggestions: each by what it declares, and as the settings say."""

from pathlib import Path
from typing import Any

import pytest

from lakewright.sandbox.server import SandboxServer
from support_lsp_client import Json, LspClient, in_process, repository, uses_host
from support_lsp_runs import eventually

ACCEPTED = "lakewright.completionAccepted"
INLINE, ITEMS = "textDocument/inlineCompletion", "textDocument/completion"
DYNAMIC = {"dynamicRegistration": True}
AS_ITEMS = {"complete": {"asCompletionItems": True}}
TEXT = "def total(items):\n    \n"


def _capabilities(**document: Any) -> Json:
    return {"textDocument": document}


async def _told(client: LspClient, root: Path, capabilities: Json, options: Any = None) -> Json:
    answer: Json = await client.initialize(root, capabilities=capabilities, options=options)
    found: Json = answer["capabilities"]
    return found


@pytest.mark.parametrize(
    ("capabilities", "options", "inline", "items"),
    [
        (_capabilities(inlineCompletion={}), None, True, False),
        (_capabilities(inlineCompletion={}), AS_ITEMS, True, False),
        (_capabilities(inlineCompletion=DYNAMIC), None, False, False),
        (_capabilities(completion={}), None, False, False),
        (_capabilities(completion={}), AS_ITEMS, False, True),
        (_capabilities(completion={}), {"lakewright": AS_ITEMS}, False, True),
        (_capabilities(completion=DYNAMIC), AS_ITEMS, False, False),
        ({}, None, False, False),
    ],
)
async def test_the_capabilities_say_what_cannot_be_registered(
    tmp_path: Path, capabilities: Json, options: Any, *, inline: bool, items: bool
) -> None:
    """Inline completions to a client that has them, items to one that asked for them; the command of an
    accepted suggestion to clients that check it.
    """
    async with in_process() as client:
        told = await _told(client, repository(tmp_path, {}), capabilities, options)
        assert (INLINE in told, "inlineCompletionProvider" in told) == (False, inline)
        assert ("completionProvider" in told) == items
        commands = told["executeCommandProvider"]["commands"]
        assert (ACCEPTED in commands) == ("inlineCompletion" in capabilities.get("textDocument", {}))
        await client.quiet()
        registered = [
            one["method"]
            for params in client.received("client/registerCapability")
            for one in params["registrations"]
        ]
        assert (INLINE in registered) == (capabilities == _capabilities(inlineCompletion=DYNAMIC))


async def test_clients_that_register_follow_the_settings(tmp_path: Path) -> None:
    """Items are registered when the setting is on, and taken back when it is off, without a restart."""
    settings: list[Json] = [AS_ITEMS]
    capabilities = {**_capabilities(completion=DYNAMIC), "workspace": {"configuration": True}}
    async with in_process() as client:
        client.replies["workspace/configuration"] = lambda _: settings
        await _told(client, repository(tmp_path, {}), capabilities)
        params = await client.wait_for("client/registerCapability")
        (entry,) = params["registrations"]
        assert (entry["method"], entry["registerOptions"]) == (ITEMS, {"documentSelector": None})
        settings[0] = {"complete": {"asCompletionItems": True, "enabled": False}}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        gone = await client.wait_for("client/unregisterCapability")
        assert gone["unregisterations"] == [{"id": entry["id"], "method": ITEMS}]
        settings[0] = AS_ITEMS
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        again = await client.wait_for("client/registerCapability", 2)
        assert again == params


async def test_inline_completions_are_taken_back_once_they_are_seen_to_be_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are registered before any setting was read; the first request finds out, and asks no host."""
    settings: list[Json] = [{"complete": {"enabled": False}}]
    capabilities = {**_capabilities(inlineCompletion=DYNAMIC), "workspace": {"configuration": True}}
    root = repository(tmp_path, {"cart.py": TEXT})
    uri = (root / "cart.py").as_uri()
    request = {
        "textDocument": {"uri": uri},
        "position": {"line": 1, "character": 4},
        "context": {"triggerKind": 1},
    }
    async with SandboxServer(pace=0) as host:
        for name, value in uses_host(host).items():
            monkeypatch.setenv(name, value)
        async with in_process() as client:
            client.replies["workspace/configuration"] = lambda _: settings
            await _told(client, root, capabilities)
            await client.wait_for("client/registerCapability")
            assert client.received("workspace/configuration") == []
            client.open(uri, TEXT)
            assert await client.ask(INLINE, request) is None
            await client.wait_for("client/unregisterCapability")
            settings[0] = {}
            client.notify("workspace/didChangeConfiguration", {"settings": None})
            await client.wait_for("client/registerCapability", 2)
            assert host.log == []
            assert (await client.ask(INLINE, request))["items"]


async def test_inline_completions_follow_a_change_at_once(tmp_path: Path) -> None:
    """Switched off and on again, they are taken back and registered without waiting for a request."""
    settings: list[Json] = [{"complete": {"enabled": False}}]
    capabilities = {**_capabilities(inlineCompletion=DYNAMIC), "workspace": {"configuration": True}}
    async with in_process() as client:
        client.replies["workspace/configuration"] = lambda _: settings
        await _told(client, repository(tmp_path, {}), capabilities)
        await client.wait_for("client/registerCapability")
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await client.wait_for("client/unregisterCapability")
        settings[0] = {}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await client.wait_for("client/registerCapability", 2)


async def test_a_client_that_was_told_they_are_off_registers_nothing(tmp_path: Path) -> None:
    """`complete.enabled: false` in `initializationOptions`."""
    async with in_process() as client:
        options = {"complete": {"enabled": False}}
        await _told(client, repository(tmp_path, {}), _capabilities(inlineCompletion=DYNAMIC), options)
        await client.quiet()
        assert client.received("client/registerCapability") == []


async def test_a_client_that_refuses_is_left_in_peace(tmp_path: Path) -> None:
    """One line in its log; life goes on."""

    async def refusal(client: LspClient, root: Path) -> None:
        client.open((root / "a.py").as_uri(), TEXT)
        await client.quiet()

    root = repository(tmp_path, {})
    async with in_process() as client:
        client.send = _refusing(client.send)  # type: ignore[method-assign]
        await _told(client, root, _capabilities(inlineCompletion=DYNAMIC))
        await eventually(lambda: bool(client.received("window/logMessage")))
        assert "could not be registered" in client.received("window/logMessage")[0]["message"]
        await refusal(client, root)


def _refusing(send: Any) -> Any:
    """Every answer becomes an error."""

    def refuse(message: Json) -> None:
        if "method" not in message:
            message = {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32603, "message": "No."}}
        send(message)

    return refuse
