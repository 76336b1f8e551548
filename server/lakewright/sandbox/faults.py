"""The faults a host can be told to have, by name.

A fault strikes the first model request, `NAME:3` the first three, `NAME:always` each; or the one
request that carries the header `X-Lakewright-Fault: NAME`. Where several are named, those that end
an answer strike one request after the other; those that only change it strike together.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lakewright.errors import InputError
from lakewright.sandbox import fault_answers, fault_refusals, fault_rows, fault_streams

HEADER = "x-lakewright-fault"
_ALWAYS = -1


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: a line for people and the one thing it does."""

    description: str
    refuse: fault_refusals.Refuse | None = None
    reshape: fault_answers.Reshape | None = None
    rewrite: fault_streams.Rewrite | None = None
    alter: fault_rows.Alter | None = None
    split: bool = False
    ends: bool = False


def _collect() -> dict[str, Fault]:
    table = {
        name: Fault(text, refuse=refuse, ends=True)
        for name, (text, refuse) in fault_refusals.REFUSALS.items()
    }
    for name, (text, reshape) in fault_answers.RESHAPES.items():
        table[name] = Fault(text, reshape=reshape)
    for name, (text, rewrite, ends) in fault_streams.REWRITES.items():
        table[name] = Fault(text, rewrite=rewrite, ends=ends)
    for name, (text, alter) in fault_rows.ALTERATIONS.items():
        table[name] = Fault(text, alter=alter)
    table["split-bytes"] = Fault("every event arrives in writes of a few bytes", split=True)
    return dict(sorted(table.items()))


_TABLE: Mapping[str, Fault] = MappingProxyType(_collect())

FAULTS: Mapping[str, str] = MappingProxyType({name: fault.description for name, fault in _TABLE.items()})
"""Every fault by name, with one line that says what it does."""


@dataclass(frozen=True, slots=True)
class Strike:
    """The faults of one request, in the order in which they apply."""

    names: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(_TABLE[name] for name in self.names)


class FaultPlan:
    """Which faults are still to come. Raises InputError for one that doesn't exist."""

    def __init__(self, specs: Sequence[str]) -> None:
        self._left = [_read_spec(spec) for spec in specs]

    def strike(self, header: str | None = None) -> Strike:
        """Take what the next request gets; a header names it by itself."""
        if header is not None:
            return Strike(tuple(_read_spec(spec.strip())[0] for spec in header.split(",")))
        names: list[str] = []
        ended = False
        for place, (name, left) in enumerate(self._left):
            fault = _TABLE[name]
            if left == 0 or (fault.ends and ended):
                continue
            ended = ended or fault.ends
            names.append(name)
            if left > 0 and fault.alter is None:
                self._left[place] = (name, left - 1)
        return Strike(tuple(names))


def _read_spec(spec: str) -> tuple[str, int]:
    name, _, count = spec.partition(":")
    if name not in _TABLE:
        near = difflib.get_close_matches(name, _TABLE, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Known faults: " + ", ".join(_TABLE)
        raise InputError(f"There is no fault named {name!r}.", hint=hint)
    if count == "always":
        return name, _ALWAYS
    if count and not (count.isascii() and count.isdigit() and int(count) > 0):
        raise InputError(
            f"{spec!r} does not say how often.", hint="Write NAME, NAME:3 or NAME:always, for example 429:2."
        )
    return name, int(count or 1)
