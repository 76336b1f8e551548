"""A host and the credentials for it, chosen together. Plain values: no SDK, no network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Login:
    """What one source said. `host` is scheme and host without a slash at the end.

    `kinds` are names of the Databricks SDK's authentication types, to be tried in order; `fields` are
    attributes of its `Config`, all from this one source; `origin` is a phrase for people.
    """

    host: str
    kinds: tuple[str, ...]
    origin: str
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


class Credentials(Protocol):
    """Gives the headers of each request."""

    @property
    def host(self) -> str:
        """Scheme and host, no slash at the end. The headers are for this host alone."""
        ...

    @property
    def origin(self) -> str:
        """Where host and credential came from, as a phrase."""
        ...

    async def headers(self, *, force_refresh: bool = False) -> dict[str, str]:
        """The headers that authenticate a request; with `force_refresh` not from what is remembered.

        Raises AuthError, ConfigError or NetworkError.
        """
        ...
