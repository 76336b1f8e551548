"""What a session with one client holds, from `initialize` to `exit`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakewright.lsp.client import Client
from lakewright.lsp.documents import Documents


@dataclass(slots=True)
class Session:
    """One client's session. `options` are its `initializationOptions`, as JSON."""

    client: Client
    options: Mapping[str, Any]
    documents: Documents
