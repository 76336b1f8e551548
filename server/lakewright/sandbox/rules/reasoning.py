"""Rules about reasoning that comes back: as it was issued, in its order, and not left out."""

from collections.abc import Sequence

from lakewright.sandbox import signing
from lakewright.sandbox.models import ModelRow
from lakewright.sandbox.refusal import invalid
from lakewright.sandbox.rules.converted import Converted
from lakewright.sandbox.rules.thinking import ThinkingUse

_REASONING = ("thinking", "redacted_thinking")


def check_seals(converted: Sequence[Converted], row: ModelRow) -> None:
    """Each block carries the signature issued for it, and a turn's blocks are its own, in order."""
    for number, turn in enumerate(converted):
        seals = _seals(number, turn, row)
        nonces = {seal.nonce for seal in seals}
        in_order = [seal.ordinal for seal in seals] == list(range(len(seals)))
        strange = {tag for tag, _ in _issued_calls(turn)} - {signing.call_tag(nonce) for nonce in nonces}
        if seals and (len(nonces) > 1 or not in_order or strange):
            raise invalid(
                f"messages.{number}.content.0: `thinking` or `redacted_thinking` blocks in the latest"
                " assistant message cannot be modified. These blocks must remain as they were in the original"
                " response."
            )


def _seals(number: int, turn: Converted, row: ModelRow) -> list[signing.Seal]:
    seals = []
    for place, block in enumerate(turn.blocks):
        if block.kind not in _REASONING:
            continue
        path = f"messages.{number}.content.{place}"
        if block.kind == "redacted_thinking":
            seal = signing.read_redacted(row.family, block.text)
            complaint = f"{path}: Invalid `data` in `redacted_thinking` block"
        elif block.signature is None:
            raise invalid(f"{path}.thinking.signature: Field required")
        else:
            seal = signing.read_signature(row.family, block.text, block.signature)
            complaint = f"{path}: Invalid `signature` in `thinking` block"
        if seal is None:
            raise invalid(complaint)
        seals.append(seal)
    return seals


def check_open_loop(converted: Sequence[Converted], use: ThinkingUse) -> None:
    """While tools run, the model's last turn begins with its reasoning.

    The manual form wants it whoever made the turn; otherwise it is wanted where the ids of the calls
    show that there was some.
    """
    if not use.active:
        return
    for number in _loop_turns(converted):
        turn = converted[number]
        dropped = any(with_reasoning for _, with_reasoning in _issued_calls(turn))
        if turn.blocks[0].kind not in _REASONING and (use.manual or dropped):
            raise invalid(
                f"messages.{number}.content.0.type: Expected `thinking` or `redacted_thinking`, but found"
                f" `{turn.blocks[0].kind}`. When `thinking` is enabled, a final `assistant` message must"
                " start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result`"
                " blocks). We recommend you include thinking blocks from previous turns. To avoid this"
                " requirement, disable `thinking`."
            )


def _loop_turns(converted: Sequence[Converted]) -> list[int]:
    """Numbers of the assistant's turns since a person last spoke."""
    numbers: list[int] = []
    for number in range(len(converted) - 1, -1, -1):
        turn = converted[number]
        if turn.role == "assistant":
            numbers.append(number)
        elif not turn.from_tools:
            break
    return numbers


def _issued_calls(turn: Converted) -> list[tuple[str, bool]]:
    read = (signing.read_call_id(block.id) for block in turn.blocks if block.kind == "tool_use")
    return [known for known in read if known is not None]
