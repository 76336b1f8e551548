"""What the simulated host was asked: one record a request, for tests and for people who look at a client."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class RequestRecord:
    """One request, logged once it has come whole or was given up, and what became of it.

    `finished` is set when the exchange is over, however it ended; from then on `closed_early` says
    for certain whether the client went away before the answer was complete. Headers (keys in lower
    case) and bodies hold tokens and code: they are kept out of the repr.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    raw: bytes = field(default=b"", repr=False)
    body: object = field(default=None, repr=False)
    model: str | None = None
    status: int = 0
    faults: tuple[str, ...] = ()
    refusal: str | None = None
    answer: object = field(default=None, repr=False)
    sent_events: int = 0
    closed_early: bool = False
    finished: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def is_model_request(self) -> bool:
        """Whether an answer of a model was asked for."""
        return self.method == "POST" and self.path.endswith(("/invocations", "/chat/completions"))
