"""What a host lists as rows for people and programs: each endpoint with what it can do and who uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lakewright.wire.listing import ListedEndpoint
from lakewright.wire.profiles import profile_for

_CHAT = ("llm/v1/chat", "")


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One endpoint; None is what neither the listing nor our own table of families knows."""

    endpoint: str
    task: str | None
    ready: bool | None
    thinking: str | None
    tools: bool | None
    context_window: int | None
    roles: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """An entry of `models`, as the language server answers it, too."""
        return {
            "endpoint": self.endpoint,
            "task": self.task,
            "ready": self.ready,
            "thinking": self.thinking,
            "tools": self.tools,
            "contextWindow": self.context_window,
            "roles": list(self.roles),
        }


def model_rows(
    endpoints: Sequence[ListedEndpoint], roles: Mapping[str, tuple[str, ...]], *, everything: bool
) -> list[ModelRow]:
    """Rows, best first; without `everything` only what is ready and can be talked to.

    `roles` are the commands that use an endpoint; it is among the rows in any case, even where the host
    doesn't list it.
    """
    listed = {endpoint.name: endpoint for endpoint in endpoints}
    rows = [
        _row(endpoint, roles.get(name, ()))
        for name, endpoint in listed.items()
        if everything or roles.get(name) or (endpoint.ready and endpoint.task in _CHAT)
    ]
    unlisted = (name for name, uses in roles.items() if uses and name not in listed)
    rows += [_row(ListedEndpoint(name, "", False, None), roles[name], listed=False) for name in unlisted]
    return sorted(
        rows,
        key=lambda row: (
            row.task not in (None, *_CHAT),
            row.ready is not True,
            -profile_for(row.endpoint).rank,
            row.endpoint,
        ),
    )


def _row(endpoint: ListedEndpoint, roles: tuple[str, ...], *, listed: bool = True) -> ModelRow:
    profile = profile_for(endpoint.name)
    known = profile.known and endpoint.task in _CHAT
    # The listing says nothing of tools on most hosts; every family of our table is a Claude and takes them.
    tools = endpoint.tools if endpoint.tools is not None or not known else True
    return ModelRow(
        endpoint=endpoint.name,
        task=endpoint.task or None,
        ready=endpoint.ready if listed else None,
        thinking=profile.thinking.value if known else None,
        tools=tools,
        context_window=profile.context_window if known else None,
        roles=roles,
    )
