"""Every command, in one table: what `workspace/executeCommand` may name, and which function it goes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from lakewright.lsp.arguments import RequestInfo
from lakewright.lsp.cancelling import cancel_command
from lakewright.lsp.run_commands import run_command
from lakewright.lsp.session import Session
from lakewright.lsp.status_commands import accepted_command, models_command, status_command
from lakewright.lsp.undo import undo_command
from lakewright.tasks.registry import TASKS


@dataclass(frozen=True, slots=True)
class Command:
    """A command. `handle` gets the one argument object, {} where none was given; it returns the answer or
    an awaitable of it, and raises WrongFieldError for an argument that is wrong. Those not `listed` are
    left out of the server's capabilities.
    """

    handle: Callable[[Session, Mapping[str, Any], RequestInfo], Any]
    listed: bool = True


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        **{f"lakewright.{entry.command}": Command(partial(run_command, entry)) for entry in TASKS},
        "lakewright.undo": Command(undo_command),
        "lakewright.cancel": Command(cancel_command),
        "lakewright.models": Command(models_command),
        "lakewright.status": Command(status_command),
        "lakewright.completionAccepted": Command(accepted_command, listed=False),
    }
)
