"""Models, and the connections to them."""

import importlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakewright.core.threads import in_daemon_thread

if TYPE_CHECKING:
    from lakewright.core.ports import Model
    from lakewright.settings.model_choice import Role
    from lakewright.settings.origins import Loaded


@dataclass(frozen=True, slots=True)
class Connected:
    """A model that is ready to be asked, and what the user should hear once."""

    model: "Model"
    notes: Sequence[str] = ()


class Models:
    """Opens models."""

    @asynccontextmanager
    async def connect(
        self, loaded: "Loaded", role: "Role", model: str | None = None
    ) -> AsyncIterator[Connected]:
        """A model for the role. Raises as `wiring.connect` does."""
        await in_daemon_thread(importlib.import_module, "lakewright.wiring")
        from lakewright import wiring  # noqa: PLC0415

        async with wiring.connect(loaded, role=role, model=model) as connection:
            yield Connected(connection.model, connection.notes)

    async def close(self) -> None:
        """Nothing is kept open."""
