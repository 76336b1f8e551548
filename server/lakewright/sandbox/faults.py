"""The faults a host can be told to have, by name.

A fault strikes the first model request, `NAME:3` the first three, `NAME:always` each; or the one
request that carries the header `X-Lakewright-Fault: NAME`. Where several are named, those that end
an answer strike one request after the other; those that only change it strike together. Faults of edits
count the requests in which the model makes edits; what makes it another model holds for every request.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lakewright.errors import InputError
from lakewright.sandbox import fault_answers, fault_refusals, fault_rows, fault_streams
from lakewright.sandbox.edit_faults import EDIT_FAULTS, EditFault
from lakewright.sandbox.edit_forms import FORMS
from lakewright.sandbox.mind.edits import SayEdits

HEADER = "x-lakewright-fault"
_ALWAYS = -1


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: a line for people, where it is listed, and the one thing it does.

    `ends`: of several such faults, one request has only one. `lasting`: it holds for every request.
    """

    description: str
    group: str
    refuse: fault_refusals.Refuse | None = None
    reshape: fault_answers.Reshape | None = None
    rewrite: fault_streams.Rewrite | None = None
    alter: fault_rows.Alter | None = None
    form: SayEdits | None = None
    edits: EditFault | None = None
    split: bool = False
    ends: bool = False
    lasting: bool = False


def _collect() -> Iterator[tuple[str, Fault]]:
    for name, (text, refuse) in fault_refusals.REFUSALS.items():
        yield name, Fault(text, "Service", refuse=refuse, ends=True)
    for name, (text, rewrite, ends) in fault_streams.REWRITES.items():
        yield name, Fault(text, "Stream", rewrite=rewrite, ends=ends)
    yield "split-bytes", Fault("every event arrives in writes of a few bytes", "Stream", split=True)
    for name, (text, reshape) in fault_answers.RESHAPES.items():
        yield name, Fault(text, "Model", reshape=reshape)
    for name, (text, alter) in fault_rows.ALTERATIONS.items():
        yield name, Fault(text, "Model", alter=alter, lasting=True)
    for name, (text, form) in FORMS.items():
        yield name, Fault(text, "Answer forms", form=form, lasting=True)
    for name, edits in EDIT_FAULTS.items():
        group = "Misquoted edits, to be applied" if edits.applies else "Wrong edits, to be refused"
        yield (
            name,
            Fault(edits.description, group, edits=edits, ends=not edits.applies, lasting=edits.lasting),
        )


_TABLE: Mapping[str, Fault] = MappingProxyType(dict(_collect()))

FAULTS: Mapping[str, str] = MappingProxyType(
    {name: fault.description for name, fault in sorted(_TABLE.items())}
)
"""Every fault by name, with one line that says what it does."""

GROUPS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        group: {name: text for name, text in FAULTS.items() if _TABLE[name].group == group}
        for group in dict.fromkeys(fault.group for fault in _TABLE.values())
    }
)
"""The same by group, the groups in the order in which people meet them."""


@dataclass(frozen=True, slots=True)
class Strike:
    """The faults of one request, in the order in which they apply."""

    names: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(_TABLE[name] for name in self.names)

    @property
    def form(self) -> SayEdits | None:
        """The form in which the model answers with edits, if another than calls."""
        return next((fault.form for fault in self.faults if fault.form), None)

    @property
    def edit_faults(self) -> tuple[EditFault, ...]:
        """What the model gets wrong in its edits."""
        return tuple(fault.edits for fault in self.faults if fault.edits)


class FaultPlan:
    """Which faults are still to come. Raises InputError for one that doesn't exist."""

    def __init__(self, specs: Sequence[str]) -> None:
        self._left = [_read_spec(spec) for spec in specs]

    def strike(self, header: str | None = None) -> Strike:
        """Take what the next request gets; a header names it by itself."""
        return self._strike(header, of_edits=False)

    def strike_edits(self, header: str | None = None) -> Strike:
        """Take what the edits get that the model makes in this request."""
        return self._strike(header, of_edits=True)

    def _strike(self, header: str | None, *, of_edits: bool) -> Strike:
        if header is not None:
            names = [_read_spec(spec.strip())[0] for spec in header.split(",")]
            return Strike(tuple(name for name in names if _is_of_edits(name) is of_edits))
        return Strike(tuple(self._take(of_edits=of_edits)))

    def _take(self, *, of_edits: bool) -> Iterator[str]:
        ended = False
        for place, (name, left) in enumerate(self._left):
            fault = _TABLE[name]
            if left == 0 or (fault.ends and ended) or _is_of_edits(name) is not of_edits:
                continue
            ended = ended or fault.ends
            if left > 0 and not fault.lasting:
                self._left[place] = (name, left - 1)
            yield name


def _is_of_edits(name: str) -> bool:
    return _TABLE[name].edits is not None


def _read_spec(spec: str) -> tuple[str, int]:
    name, _, count = spec.partition(":")
    if name not in _TABLE:
        near = difflib.get_close_matches(name, FAULTS, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Known faults: " + ", ".join(FAULTS)
        raise InputError(f"There is no fault named {name!r}.", hint=hint)
    if count == "always":
        return name, _ALWAYS
    if count and not (count.isascii() and count.isdigit() and int(count) > 0):
        raise InputError(
            f"{spec!r} does not say how often.", hint="Write NAME, NAME:3 or NAME:always, for example 429:2."
        )
    return name, int(count or 1)
