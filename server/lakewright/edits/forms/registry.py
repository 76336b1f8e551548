"""The forms that an answer in text may have, and the reader that goes through an answer line by line.

What is read depends on what stands before it, hardly ever on what follows: an answer that is cut gives
the edits that were complete by then and a refusal, never half an edit.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from lakewright.edits.forms.blocks import read_block
from lakewright.edits.forms.collect import collected
from lakewright.edits.forms.diffs import read_diff
from lakewright.edits.forms.fences import Fence, closes, opening
from lakewright.edits.forms.objects import nothing_said, read_object
from lakewright.edits.forms.source import Change, Place, Reader, Reading, RefusedForm, Source, source_of
from lakewright.edits.forms.whole import read_whole

FORMS: Mapping[str, Reader] = MappingProxyType(
    {
        "search/replace block": read_block,
        "JSON object": read_object,
        "unified diff": read_diff,
        "whole file in a fence": read_whole,
    }
)
"""In the order they are tried: a block's markers and a diff's lines win over the fence around them."""

WHOLE = frozenset({"JSON object", "whole file in a fence"})
"""Those that hold whole files: after edits by other means, they show what was done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer in text says, and what it asks to change.

    `prose` is the text without the forms (a JSON object's summary in its place); `notes` say what an
    empty object means. Nothing found: `changes` and `refused` are empty.
    """

    prose: str
    changes: tuple[Change, ...] = ()
    refused: tuple[RefusedForm, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Read:
    """What has been read so far; `hidden` are the lines that belong to forms, `said` texts by line."""

    found: list[Change | RefusedForm] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    said: dict[int, str] = field(default_factory=dict)


def read_answer(text: str, *, leave_out: Collection[str] = ()) -> Answer:
    """The prose, the changes in order and the refusals of a model's whole answer; never raises.

    What the forms named in `leave_out` hold is neither a change nor refused.
    """
    source = source_of(text)
    if note := nothing_said(source):
        return Answer("", notes=() if frozenset(leave_out) >= WHOLE else (note,))
    read = _read(source, leave_out)
    changes, refused = collected(read.found)
    return Answer(_prose(source, read), changes, refused, tuple(dict.fromkeys(read.notes)))


def _read(source: Source, leave_out: Collection[str]) -> _Read:
    read = _Read()
    place = Place(0, 0)
    while place.at < len(source.lines):
        form, reading = _form_at(source, place)
        if reading is None:
            place = _next(source, place, read)
            continue
        if form not in leave_out:
            read.found += reading.found
            read.notes += reading.notes
        read.hidden.update(range(reading.start, reading.end))
        if reading.said:
            read.said[reading.end - 1] = reading.said
        if reading.stop:
            break
        place = Place(reading.end, reading.end, reading.fence, reading.path or place.path)
    return read


def _form_at(source: Source, place: Place) -> tuple[str, Reading | None]:
    for form, read in FORMS.items():
        if reading := read(source, place):
            return form, reading
    return "", None


def _next(source: Source, place: Place, read: _Read) -> Place:
    """The next line; this one may open or close a fence. A fence that held only blocks isn't shown."""
    line = source.lines[place.at]
    fence: Fence | None = place.fence
    if fence is None:
        fence = opening(line, place.at)
    elif closes(line, fence):
        inside = range(fence.line + 1, place.at)
        if place.floor > fence.line and all(
            at in read.hidden or not source.lines[at].strip() for at in inside
        ):
            read.hidden.update((fence.line, place.at))
        fence = None
    return replace(place, at=place.at + 1, fence=fence)


def _prose(source: Source, read: _Read) -> str:
    """The lines that belong to no form; one blank line where a form stood between two."""
    shown: list[str] = []
    after_form = False
    for at, line in enumerate(source.lines):
        if at in read.hidden:
            after_form = True
            if at in read.said:
                shown += [read.said[at], ""] if not shown or not shown[-1] else ["", read.said[at], ""]
            continue
        if after_form and not line.strip() and (not shown or not shown[-1].strip()):
            continue
        after_form = after_form and not line.strip()
        shown.append(line)
    return "\n".join(shown).strip()
