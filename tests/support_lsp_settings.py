"""A client that declares capabilities, answers for its settings, and keeps what it was told."""

import asyncio
from collections.abc import Mapping
from typing import Any

from lakewright.lsp.client import Client, ClientError

PULLS: Mapping[str, Any] = {"workspace": {"configuration": True}}


class ToldClient(Client):
    """`answers` are the settings of the next pulls: each a tree, an error, or a future to wait for; the
    last one stays.
    """

    def __init__(self, capabilities: Mapping[str, Any] | None = None, *answers: Any) -> None:
        self.capabilities = capabilities or {}
        self.answers = list(answers)
        self.asked: list[tuple[str, Any]] = []
        self.notified: list[tuple[str, Any]] = []

    def notify(self, method: str, params: Any) -> None:
        self.notified.append((method, params))

    async def request(self, method: str, params: Any) -> Any:
        self.asked.append((method, params))
        if method != "workspace/configuration":
            return None
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, asyncio.Future):
            answer = await answer
        if isinstance(answer, ClientError):
            raise answer
        return [answer]

    @property
    def warnings(self) -> list[str]:
        """What it was asked to show."""
        return [params.message for method, params in self.notified if method == "window/showMessage"]

    @property
    def pulled(self) -> list[Any]:
        """The items of each pull."""
        return [params["items"] for method, params in self.asked if method == "workspace/configuration"]
