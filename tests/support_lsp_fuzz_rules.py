"""What must hold of every schedule, each rule a list of what breaks it."""

from collections import defaultdict
from collections.abc import Iterator

from support_lsp_fuzz import Json, World

_SHOWN = ("workspace/applyEdit", "window/showDocument", "window/showMessage", "window/showMessageRequest")
_DELIVERED = ("workspace/applyEdit", "window/showDocument")
_SOCKET = 0.1
"""Seconds in which a cancelled run is over, its socket first."""


def broken_now(world: World) -> Iterator[str]:
    """Rules of each moment: the sockets of cancelled runs are closed in time, and so are the runs, once the
    threads that they wait for have ended.
    """
    now = world.loop.time()
    if world.threads.waiting:
        world.busy_at = now
    if now <= max([world.done_at, *(ended.at for ended in world.ended.values())]) + _SOCKET:
        return
    left = [run for number, run in enumerate(world.runs) if number not in world.ended and not run.task.done()]
    if len(world.host.waiting) > len(left):
        yield f"{len(world.host.waiting)} questions are open for {left}"
    if now > world.busy_at + _SOCKET:
        cancelled = [world.runs[number] for number in world.ended]
        yield from (f"{run} goes on after it was cancelled" for run in cancelled if not run.task.done())


def broken(world: World) -> list[str]:
    """All that a schedule broke, once it has come to its end."""
    rules = (_answered, _quiet, _paired, _streamed, _no_defects, _in_sync)
    return [*world.trouble, *(problem for rule in rules for problem in rule(world))]


def _answered(world: World) -> Iterator[str]:
    """Every request has exactly one answer."""
    for said in world.said:
        if said.by_client and "id" in said.message and "method" in said.message:
            count = len(world.answers[said.message["id"]])
            if count != 1:
                yield f"{count} answers to {said.message}"


def _quiet(world: World) -> Iterator[str]:
    """Nothing is applied, opened or said by a run after it was cancelled, and what is delivered was handed
    over.
    """
    for index, said in enumerate(world.said):
        if said.by_client or said.run is None or said.method not in _SHOWN:
            continue
        if _is_about_settings(said.message):
            continue
        ended = world.ended.get(said.run)
        if ended is not None and index >= ended.index:
            yield f"{said.method} of {world.runs[said.run]}, which was cancelled"
        if said.method in _DELIVERED and not world.runs[said.run].handed_over:
            yield f"{said.method} of {world.runs[said.run]}, which was not handed over"


def _is_about_settings(message: Json) -> bool:
    """A warning of the session's, whichever run was the first to read them."""
    return str(message["params"].get("message")).startswith("editor settings: ")


def _paired(world: World) -> Iterator[str]:
    """On each work-done token one begin, then reports, then one end."""
    kinds: dict[object, list[str]] = defaultdict(list)
    for said in world.said:
        if said.method == "$/progress" and not said.by_client:
            kinds[said.message["params"]["token"]].append(said.message["params"]["value"]["kind"])
    for token, found in kinds.items():
        if found[0] == "begin" or "end" in found:
            middle = set(found[1:-1])
            if found[0] != "begin" or found[-1] != "end" or len(found) < 2 or middle - {"report"}:
                yield f"progress of {token}: {found}"
        elif found[0] != "started" or found[-1] != "finished" or {"started", "finished"} & set(found[1:-1]):
            yield f"partial results of {token}: {found}"


def _streamed(world: World) -> Iterator[str]:
    """What was streamed, put together, is what the outcome says; a cancelled one has that state."""
    values: dict[tuple[object, int | None], list[Json]] = defaultdict(list)
    for said in world.said:
        if said.method == "$/progress" and not said.by_client:
            values[said.message["params"]["token"], said.run].append(said.message["params"]["value"])
    for (token, number), found in values.items():
        if found[0]["kind"] != "started" or found[-1]["kind"] != "finished":
            continue
        outcome = found[-1]["outcome"]
        if number in world.ended and outcome["state"] != "cancelled":
            yield f"{world.runs[number]} was cancelled and is {outcome['state']}"
        kept: list[Json] = []
        for value in found:
            if value["kind"] == "retry":
                kept = kept[: len(kept) - value["voids"]]
            elif value["kind"] in {"reasoning", "text"}:
                kept.append(value)
        for kind, key in (("reasoning", "reasoning"), ("text", "answer")):
            streamed = "".join(value["text"] for value in kept if value["kind"] == kind)
            if streamed != (outcome.get(key) or ""):
                yield f"{token}: {kind} {streamed!r} is not {outcome.get(key)!r}"


def _no_defects(world: World) -> Iterator[str]:
    """No defect of ours is an answer or a message."""
    for said in world.said:
        if not said.by_client and "has a defect" in str(said.message):
            yield f"{said.message}"


def _in_sync(world: World) -> Iterator[str]:
    """The server has the documents as the client has them."""
    for uri, text in world.texts.items():
        document = world.session.documents.find(uri)
        if document is None or (document.text, document.version) != (text, world.versions[uri]):
            yield f"{uri} is not what the client has"
