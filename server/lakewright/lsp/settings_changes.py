"""What of the session follows the settings: from `initialized` on, and at each change."""

from typing import Any

from lakewright.lsp.session import Session


def did_change_configuration(session: Session, params: Any) -> None:
    """`workspace/didChangeConfiguration`, its parameters as JSON."""
    session.settings.changed(params)
