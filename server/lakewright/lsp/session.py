"""What a session with one client holds, from `initialize` to `exit`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakewright.lsp.background import Background
from lakewright.lsp.client import Client
from lakewright.lsp.completion import Completions
from lakewright.lsp.documents import Documents
from lakewright.lsp.folders import Folders
from lakewright.lsp.models import Models
from lakewright.lsp.runs import Runs
from lakewright.lsp.settings import ClientSettings
from lakewright.lsp.status import StatusBoard


@dataclass(slots=True)
class Session:
    """One client's session. `options` are its `initializationOptions`, as JSON; `state` is the folder where
    runs, snapshots and shown answers are kept.
    """

    client: Client
    options: Mapping[str, Any]
    documents: Documents
    folders: Folders
    runs: Runs
    settings: ClientSettings
    models: Models
    status: StatusBoard
    background: Background
    state: Path
    undoing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One undo at a time: the next goes further back."""
    completions: Completions = field(default_factory=Completions)
    said: set[str] = field(default_factory=set)
    """Sentences the user has read, that aren't said twice."""
