"""How a refactor fails, in sentences; and texts of others made safe to quote in a prompt."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakewright.errors import EditError
from lakewright.staging.ledger import MAX_ATTEMPTS
from lakewright.staging.values import OpenRefusal

if TYPE_CHECKING:
    from lakewright.staging.verify import Verified

MAX_REASON = 300
"""Characters of a refusal's reason in an error."""

_FENCE = re.compile(r"`{3,}")
_SENTENCE = re.compile(r"[^\n]*?[.!?](?=\s|$)|[^\n]*")


def refused_error(open_refusals: Sequence[OpenRefusal]) -> EditError:
    """The error of a run whose edits were refused and not made good."""
    first = open_refusals[0]
    of = f"The model's edit of {first.path}" if first.path else "An edit of the model"
    often = f" {MAX_ATTEMPTS} times" if first.attempts >= MAX_ATTEMPTS else ""
    others = f" ({len(open_refusals) - 1} more were refused.)" if len(open_refusals) > 1 else ""
    return EditError(
        f"{of} was refused{often}: {_first_sentence(first.refused.reason)}{others}",
        hint="Nothing was written. Name the lines to change, ask for less at a time, or try another --model.",
    )


def unverified_error(command: str, verified: "Verified") -> EditError:
    """The error of a run whose changes the command doesn't accept."""
    return EditError(
        f"The check still fails on the changed files: `{command}` {failure_of(verified)}.",
        hint="Nothing was written. Run the command yourself to see whether it succeeds without the change.",
    )


def failure_of(verified: "Verified") -> str:
    """How the command failed, to stand behind its name."""
    if verified.timed_out:
        return f"did not end within {verified.seconds:.0f} seconds"
    if verified.exit_code is not None and verified.exit_code < 0:
        return f"was ended by signal {-verified.exit_code}"
    return f"failed with exit code {verified.exit_code}"


def fenced(text: str) -> str:
    """The text in a fence that nothing in it can close."""
    longest = max(map(len, _FENCE.findall(text)), default=2)
    marks = "`" * (longest + 1)
    return f"{marks}\n{text.rstrip()}\n{marks}"


def _first_sentence(reason: str) -> str:
    """The rest is for the model."""
    reason = reason.strip().removeprefix("Not applied: ")
    found = _SENTENCE.match(reason)
    said = found[0] if found else reason
    return said if len(said) <= MAX_REASON else f"{said[:MAX_REASON]}…"
