"""What goes on, for a client that traces it: ids, counts and times, never content."""

import json
from collections.abc import Mapping
from typing import Any

from lsprotocol import types

from lakewright.lsp.client import Client
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session

_COUNTS = ("finishReason", "usage", "timing")


def set_trace(session: Session, params: types.SetTraceParams) -> None:
    """`$/setTrace`."""
    session.client.traces = params.value


def run_begins(client: Client, run: Run, deliver: str) -> None:
    client.trace(f"Run {run.id} begins: {run.command}, for the {deliver}.")


def run_ends(client: Client, outcome: Mapping[str, Any]) -> None:
    """`outcome` is the RunOutcome."""
    error = outcome.get("error") or {}
    kind = f" ({error['kind']})" if error and outcome["state"] == "failed" else ""
    counts = {key: outcome[key] for key in _COUNTS if key in outcome}
    client.trace(f"Run {outcome['run']} ends: {outcome['state']}{kind}.", json.dumps(counts))
