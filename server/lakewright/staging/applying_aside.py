"""Changes made to a text without holding up the event loop: to a short one in a thread, to a long one in the
worker process, for a parser keeps the interpreter's lock to its end, in whichever thread it runs.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lakewright.edits.values import Edit, FileEdits, Kind, NewFile, Refused, WholeFile
from lakewright.staging.applying import Changed, Result, Unchanged, created, edited
from lakewright.staging.relocating import made_again
from lakewright.staging.values import Change, StagedFile
from lakewright.staging.whole import rewritten
from lakewright.workspace.background import in_background
from lakewright.workspace.decode import Decoded
from lakewright.workspace.listing import Stop
from lakewright.workspace.parsing import is_long
from lakewright.workspace.paths import shown
from lakewright.workspace.worker import WorkerDiedError, run_job

SECONDS = 30.0
"""What one change of a long file may take; it takes 0.2 in 20,000 lines."""

Json = dict[str, Any]

_FORMS = {"edits": FileEdits, "new": NewFile, "whole": WholeFile}


async def result_of(path: str, now: Decoded | None, change: Change) -> Result:
    """A file after a change; `now` is None for one that is to be created."""
    if not _is_long(now, [change]):
        return await in_background(lambda _: _result_of(path, now, change))
    try:
        value = await run_job(_job("staging.applying_aside:make", path, now, [change]), seconds=SECONDS)
    except (TimeoutError, WorkerDiedError):
        return _too_much(path)
    return _result_from(value)


async def relocated(file: StagedFile, now: StagedFile) -> StagedFile | str:
    """`now` (the file without any change of the run) with the changes of `file`; why not, where they don't
    fit: the end of a sentence.
    """
    if not _is_long(now.after, file.changes):
        after = await in_background(lambda _: made_again(file.path, now.after, file.changes))
    else:
        job = _job("staging.applying_aside:make_again", file.path, now.after, file.changes)
        try:
            value = await run_job(job, seconds=SECONDS)
        except (TimeoutError, WorkerDiedError):
            return "it takes too long to tell"
        after = value["why"] if "why" in value else _decoded_from(value["after"])
    return after if isinstance(after, str) else with_text(file, now, after)


def with_text(file: StagedFile, now: StagedFile, after: Decoded) -> StagedFile:
    """`now` as it will be, by the changes of `file`."""
    return replace(now, after=after, data=_data_of(after), changes=file.changes)


def make(job: Json, _stop: Stop) -> Json:
    """`result_of` in the worker process."""
    path, now, (change,) = _asked_for(job)
    return _result_json(_result_of(path, now, change))


def make_again(job: Json, _stop: Stop) -> Json:
    """`relocated` in the worker process."""
    path, now, changes = _asked_for(job)
    assert now is not None, "it is there"
    after = made_again(path, now, changes)
    return {"why": after} if isinstance(after, str) else {"after": _decoded_json(after)}


def _result_of(path: str, now: Decoded | None, change: Change) -> Result:
    if now is None:
        assert isinstance(change, NewFile), "only a new file needs none that is there"
        return created(path, change)
    match change:
        case FileEdits():
            return edited(path, now, change)
        case WholeFile():
            return rewritten(path, now, change)
        case NewFile():
            return _created_again(path, now, change)


def _created_again(path: str, now: Decoded, change: NewFile) -> Unchanged | Refused:
    """A file isn't replaced by creating it, not even one of this run: what it holds may be needed."""
    wanted, there = (text.replace("\r\n", "\n") for text in (change.content, now.text))
    if wanted in (there, there.removesuffix("\n")):
        return Unchanged("Already applied: the file is there, with this very text.")
    return Refused(
        f"{shown(path)} exists already. Use edit_file to change it, or choose another name.", Kind.EXISTS
    )


def _is_long(now: Decoded | None, changes: Sequence[Change]) -> bool:
    texts = [change.content for change in changes if not isinstance(change, FileEdits)]
    return any(map(is_long, texts)) or (now is not None and is_long(now.text))


def _too_much(path: str) -> Refused:
    return Refused(f"{shown(path)} could not be parsed in time: edit it in smaller pieces.", Kind.TOO_LARGE)


# as JSON --------------------------------------------------------------------------------------------------


def _job(name: str, path: str, now: Decoded | None, changes: Sequence[Change]) -> Json:
    text = None if now is None else _decoded_json(now)
    return {"job": name, "path": path, "now": text, "changes": [_change_json(one) for one in changes]}


def _asked_for(job: Json) -> tuple[str, Decoded | None, list[Change]]:
    now = None if job["now"] is None else _decoded_from(job["now"])
    return job["path"], now, [_change_from(one) for one in job["changes"]]


def _change_json(change: Change) -> Json:
    form = next(name for name, kind in _FORMS.items() if isinstance(change, kind))
    if isinstance(change, FileEdits):
        return {
            "form": form,
            "path": change.path,
            "edits": [[one.search, one.replace] for one in change.edits],
        }
    return {"form": form, "path": change.path, "content": change.content}


def _change_from(value: Json) -> Change:
    kind = _FORMS[value["form"]]
    if kind is FileEdits:
        return FileEdits(value["path"], tuple(Edit(*pair) for pair in value["edits"]))
    return (
        NewFile(value["path"], value["content"])
        if kind is NewFile
        else WholeFile(value["path"], value["content"])
    )


def _result_json(result: Result) -> Json:
    match result:
        case Changed(after, _, said):
            return {"after": _decoded_json(after), "said": said}
        case Unchanged(said):
            return {"said": said}
        case Refused(reason, kind):
            return {"reason": reason, "kind": kind.value}


def _result_from(value: Json) -> Result:
    if "reason" in value:
        return Refused(value["reason"], Kind(value["kind"]))
    if "after" not in value:
        return Unchanged(value["said"])
    after = _decoded_from(value["after"])
    return Changed(after, _data_of(after), value["said"])


def _decoded_json(text: Decoded) -> Json:
    return {"text": text.text, "encoding": text.encoding, "bom": b64encode(text.bom).decode()}


def _decoded_from(value: Json) -> Decoded:
    return Decoded(value["text"], value["encoding"], b64decode(value["bom"]))


def _data_of(text: Decoded) -> bytes:
    """The bytes of what was made ready to be written: by then they are known to be these."""
    return text.bom + text.text.encode(text.encoding)
