"""What searches for a name brought, and whether it was all."""

import re
from collections.abc import Mapping, Sequence

from lakewright.sandbox.mind.conversation import Asked
from lakewright.sandbox.mind.knowledge import failed, places_in
from lakewright.sandbox.mind.refactors.base import Found
from lakewright.sandbox.mind.toolkit import Role, role_of

_INCOMPLETE = re.compile(r"^\[(?:only the first|stopped after)", re.MULTILINE)
_MENTIONS = re.compile(r"^Also in: (.+)$", re.MULTILINE)


def found_in(calls: Sequence[Asked]) -> Mapping[str, Found | None]:
    """By name, what its first search said; None where it was refused."""
    found: dict[str, Found | None] = {}
    for call in calls:
        if call.result is None or role_of(call.name) is not Role.FIND:
            continue
        name = next((value for value in call.arguments.values() if isinstance(value, str)), "")
        found.setdefault(name, _found(call.result, name))
    return found


def _found(result: str, name: str) -> Found | None:
    places = tuple(places_in(result, name))
    if not places and failed(result) and not result.startswith("[no definition"):
        return None
    also = _MENTIONS.search(result)
    return Found(
        places,
        complete=_INCOMPLETE.search(result) is None,
        mentions=tuple(also[1].split(", ")) if also else (),
    )
