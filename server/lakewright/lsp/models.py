"""Models for the runs of one session: connections stay open between runs, so that a question costs no
handshake. What it needs is imported when the first model is asked for.
"""

import gc
import importlib
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from lakewright.core.threads import in_daemon_thread
from lakewright.lsp.models_sandbox import SandboxProcess

if TYPE_CHECKING:
    from lakewright.settings.model_choice import ModelChoice, Role
    from lakewright.settings.origins import Loaded
    from lakewright.wiring import Connection, Hosts


class Models:
    """What runs ask for a model; one for a session."""

    def __init__(
        self, sandbox: SandboxProcess | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sandbox = sandbox or SandboxProcess()
        self._clock = clock
        self._hosts: Hosts | None = None

    async def choose(self, loaded: "Loaded", role: "Role", model: str | None = None) -> "ModelChoice":
        """Which model on which host, with which thinking; from files, never by the network.

        Raises ConfigError.
        """
        await self._imported()
        from lakewright.settings.model_choice import choose_model  # noqa: PLC0415 - imported late

        return await in_daemon_thread(choose_model, loaded, role, model)

    @asynccontextmanager
    async def connect(
        self,
        loaded: "Loaded",
        role: "Role",
        model: str | None = None,
        *,
        choice: "ModelChoice | None" = None,
    ) -> "AsyncIterator[Connection]":
        """A model for the role; `choice` is what `choose` gave, where it was asked before.

        Raises ConfigError, AuthError, NetworkError or EndpointError.
        """
        hosts = await self._imported()
        from lakewright.wiring import connection  # noqa: PLC0415 - imported late

        choice = choice or await self.choose(loaded, role, model)
        async with hosts.lend(loaded, choice.login) as host:
            yield await connection(host, loaded, choice, role)

    async def listed(self, loaded: "Loaded") -> list[dict[str, object]]:
        """The entries of `lakewright.models`. Raises as `connect` does."""
        hosts = await self._imported()
        from lakewright.settings.credentials import choose_host  # noqa: PLC0415 - imported late
        from lakewright.wiring import models_of  # noqa: PLC0415 - imported late

        choice = await in_daemon_thread(choose_host, loaded)
        async with hosts.lend(loaded, choice.login) as host:
            found = await models_of(host, loaded)
        return [row.to_json() for row in found.rows()]

    def settings_changed(self) -> None:
        """Connections that nobody uses are closed: the settings may name others now."""
        if self._hosts is not None:
            self._hosts.renew()

    async def close(self) -> None:
        """Close everything."""
        if self._hosts is not None:
            await self._hosts.aclose()
        await self._sandbox.aclose()

    async def _imported(self) -> "Hosts":
        if "lakewright.wiring" not in sys.modules:
            await in_daemon_thread(importlib.import_module, "lakewright.wiring")
            gc.freeze()  # what was imported stays: a search of it for garbage would hold up the event loop
        from lakewright.wiring import Hosts  # noqa: PLC0415 - imported late

        if self._hosts is None:
            self._hosts = Hosts(self._sandbox, clock=self._clock)
        return self._hosts
