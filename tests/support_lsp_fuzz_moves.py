"""The moves of the fuzz: what clients, hosts, threads and time may do next, each by its weight."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from lakewright.lsp.text import Span
from support_lsp_fuzz import FILES, Json, World, settle
from support_lsp_fuzz_rules import broken_now

Move = Callable[[World], None]

_NAMES = (*FILES, *("orders.py", "tax.py") * 4, "none.py")
_SETTINGS: tuple[Json | None, ...] = (
    {"limits": {"turns": 2}},
    {"edits": {"preview": "always"}},
    {"complete": {"enabled": False}},
    {"x": 1},
    None,
)
_REFUSED: Json = {"error": {"code": -32603, "message": "no"}}


# what the client asks ------------------------------------------------------------------------------------


def run(world: World) -> None:
    """Start a command that runs a task."""
    rng = world.rng
    command = rng.choice(("explain", "refactor", "refactor", "complete"))
    uri = world.uri(rng.choice(_NAMES))
    argument: Json = {"textDocument": {"uri": uri}, "deliver": rng.choice(("editor", "response"))}
    beside: Json = {}
    if command == "refactor":
        argument["instruction"] = "Rename net"
    if command == "complete" or rng.random() < 0.3:
        at = world.somewhere(uri)
        place = {"line": at.line, "character": at.character}
        argument |= {"position": place, "range": {"start": place, "end": place}}
    if rng.random() < 0.4 and uri in world.versions:
        argument["textDocument"]["version"] = max(1, world.versions[uri] - rng.randrange(3))
    if rng.random() < 0.5:
        argument["partialResultToken"] = _token(world, "partial")
    if rng.random() < 0.6:
        beside["workDoneToken"] = _token(world, "done")
    if rng.random() < 0.3:
        argument["run"] = rng.choice(("one", "two", "three"))
    if rng.random() < 0.1:
        argument["conversation"] = rng.choice(("last", "one", "none"))
    if rng.random() < 0.2:
        argument["thinking"] = rng.choice(("off", "high", 2048))
    _execute(world, command, argument, **beside)


def ask(world: World) -> None:
    """Commands that answer by themselves, and requests about a place."""
    rng = world.rng
    uri = world.uri(rng.choice(_NAMES))
    at = world.somewhere(uri)
    place: Json = {
        "textDocument": {"uri": uri},
        "position": {"line": at.line, "character": at.character},
        "context": {"triggerKind": rng.choice((1, 2, 2))},
    }
    match rng.randrange(10):
        case 0:
            _execute(world, rng.choice(("models", "status", "undo")))
        case 1:
            _execute(world, "undo")
        case 2:
            where = {"start": place["position"], "end": place["position"]}
            world.request(
                "textDocument/codeAction",
                {"textDocument": {"uri": uri}, "range": where, "context": {"diagnostics": []}},
            )
        case 3:
            world.request("textDocument/completion", place)
        case _:
            world.request("textDocument/inlineCompletion", place)


def cancel(world: World) -> None:
    """End runs, in every way but the last one."""
    rng, active = world.rng, world.active
    match rng.randrange(5):
        case 0 if world.open:
            request = rng.choice(list(world.open))
            world.cancelling([one for one in active if one is world.run_of.get(request)])
            world.notify("$/cancelRequest", {"id": request})
        case 1:
            token = rng.choice([*world.tokens, *(one.token for one in active), "none"])
            world.cancelling([one for one in active if one.token == token and token is not None])
            world.notify("window/workDoneProgress/cancel", {"token": token or "none"})
        case 2:
            world.cancelling(active)
            _execute(world, "cancel")
        case 3 if active:
            one = rng.choice(active)
            world.cancelling([one])
            _execute(world, "cancel", {"run": one.id})
        case _:
            world.notify("$/cancelRequest", {"id": rng.choice((1, "1", 999, None))})


def _execute(world: World, command: str, argument: Json | None = None, **beside: Any) -> None:
    params: Json = {"command": f"lakewright.{command}", **beside}
    world.request(
        "workspace/executeCommand", params if argument is None else {**params, "arguments": [argument]}
    )


def _token(world: World, kind: str) -> str:
    token = f"{kind}-{len(world.tokens)}"
    world.tokens.append(token)
    return token


# what the client tells -----------------------------------------------------------------------------------


def edit(world: World) -> None:
    """Type into a document, one change or several."""
    if not world.texts:
        return
    rng = world.rng
    uri = rng.choice(list(world.texts))
    changes = []
    for _ in range(rng.choice((1, 1, 2))):
        start, end = sorted((world.somewhere(uri), world.somewhere(uri)))
        if rng.random() < 0.7:
            end = start
        changes.append((Span(start, end), rng.choice(("x", "\n", "", "    y = 1\n", "\U0001f9fe"))))
    world.change(uri, *changes)


def open_or_close(world: World) -> None:
    uri = world.uri(world.rng.choice(list(FILES)))
    if uri in world.texts:
        world.cancelling([one for one in world.active if one.command == "complete" and one.uri == uri])
        del world.texts[uri], world.versions[uri]
        world.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    else:
        world.show(uri, FILES[uri.rpartition("/")[2]])


def configure(world: World) -> None:
    settings = {"lakewright": world.rng.choice(_SETTINGS)}
    world.notify("workspace/didChangeConfiguration", {"settings": settings})


def answer(world: World) -> None:
    """Answer one of the server's requests, well or badly."""
    if not world.asked:
        return
    rng = world.rng
    request_id = rng.choice(list(world.asked))
    asked = world.asked[request_id]
    if rng.random() < 0.1:
        world.answer(request_id, **_REFUSED)
    elif asked["method"] == "workspace/applyEdit":
        _answer_edit(world, request_id, asked["params"]["edit"])
    else:
        results = _ANSWERS[asked["method"]]
        world.answer(request_id, result=rng.choice(results))


def answer_well(world: World, request_id: str) -> None:
    """Answer as a client does that has nothing against it."""
    asked = world.asked[request_id]
    if asked["method"] == "workspace/applyEdit":
        _answer_edit(world, request_id, asked["params"]["edit"])
    else:
        world.answer(request_id, result=_ANSWERS[asked["method"]][0])


def _answer_edit(world: World, request_id: str, edit: Json) -> None:
    rng = world.rng
    if rng.random() < 0.3:
        world.answer(request_id, result={"applied": rng.random() < 0.3})
        return
    stale = [
        one["textDocument"]
        for one in edit.get("documentChanges", ())
        if "kind" not in one
        and one["textDocument"].get("version") is not None
        and one["textDocument"]["version"] != world.versions.get(one["textDocument"]["uri"])
    ]
    if stale:
        world.answer(request_id, result={"applied": False})
        return
    tell = world.apply(edit)
    if rng.random() < 0.5:
        tell()
        world.answer(request_id, result={"applied": True})
    else:
        world.answer(request_id, result={"applied": True})
        tell()


_ANSWERS: Mapping[str, tuple[Any, ...]] = {
    "window/workDoneProgress/create": (None,),
    "client/registerCapability": (None,),
    "client/unregisterCapability": (None,),
    "workspace/configuration": ([{}], [None], [{"complete": {"asCompletionItems": True}}], [], [{"x": 1}]),
    "window/showDocument": ({"success": True}, {"success": False}),
    "window/showMessageRequest": (None, {"title": "Try again"}),
}


# what the rest of the world does ---------------------------------------------------------------------------


def chunk(world: World) -> None:
    """Hosts go on."""
    for _ in range(world.rng.choice((1, 4, 12))):
        waiting = world.host.waiting
        if waiting:
            world.rng.choice(waiting).step()


def thread(world: World) -> None:
    """Threads come to their ends, in any order."""
    for _ in range(world.rng.choice((1, 3, 8))):
        if world.threads.waiting:
            world.threads.run(world.rng.randrange(len(world.threads.waiting)))


MOVES: Mapping[Move, int] = {
    run: 8, ask: 5, cancel: 5, edit: 6, open_or_close: 2, configure: 1, answer: 14, chunk: 30, thread: 50,
}  # fmt: skip


async def play(world: World, moves: int) -> None:
    """That many moves, with the event loop going round in between, and time passing at times. Each schedule
    has leanings of its own, so that what is seldom together comes together.
    """
    rng = world.rng
    weights = [weight * rng.choice((0.3, 1, 1, 3)) for weight in MOVES.values()]
    for _ in range(moves):
        move = rng.choices(list(MOVES), weights)[0]
        move(world)
        await settle(rng.choice((0, 1, 2, 5, 15)))
        if rng.random() < 0.15:
            await asyncio.sleep(rng.choice((0.01, 0.3, 5.0, 40.0)))
        world.trouble += broken_now(world)
        if world.trouble:
            return
