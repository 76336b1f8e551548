"""What the forms found as one answer: edits of one file together, repeats once, half files refused."""

from collections.abc import Iterable

from lakewright.edits.forms.elision import elided_line
from lakewright.edits.forms.source import Change, RefusedForm, refusal
from lakewright.edits.values import Edit, FileEdits, Kind, NewFile, WholeFile

_MAY_BE_EMPTY = ("__init__.py", "py.typed", ".gitkeep", ".keep")


def collected(
    found: Iterable[Change | RefusedForm],
) -> tuple[tuple[Change, ...], tuple[RefusedForm, ...]]:
    """The changes in order of their files' first appearance, and the refusals in order."""
    order: list[NewFile | WholeFile | tuple[str, list[Edit]]] = []
    last: dict[str, int] = {}
    seen: set[Change] = set()
    refused: list[RefusedForm] = []
    for one in found:
        problem = one if isinstance(one, RefusedForm) else _problem(one)
        if isinstance(one, RefusedForm) or problem:
            refused += [problem] if problem else []
        elif isinstance(one, FileEdits):
            entry = order[last[one.path]] if one.path in last else None
            if not isinstance(entry, tuple):
                entry = (one.path, [])
                last[one.path] = len(order)
                order.append(entry)
            refused += _merge(entry[1], one, seen)
        elif one not in seen:
            if one.path in last:
                reason = (
                    f"Not applied: the answer holds {one.path} more than once, and not the same each time."
                )
                refused.append(refusal(one.path, Kind.FORM, reason))
            else:
                seen.add(one)
                last[one.path] = len(order)
                order.append(one)
    changes = (FileEdits(one[0], tuple(one[1])) if isinstance(one, tuple) else one for one in order)
    return tuple(changes), tuple(refused)


def _merge(edits: list[Edit], more: FileEdits, seen: set[Change]) -> list[RefusedForm]:
    """Add a file's edits; one that stands there twice counts once, where once and twice are the same."""
    refused = []
    for edit in more.edits:
        key = FileEdits(more.path, (edit,))
        if key not in seen:
            seen.add(key)
            edits.append(edit)
        elif edit.search in edit.replace:
            reason = (
                f"Not applied: the answer holds an edit of {more.path} twice; whether once or twice is meant"
                " can't be told."
            )
            refused.append(refusal(more.path, Kind.FORM, reason))
    return refused


def _problem(change: Change) -> RefusedForm | None:
    """Why a change that its form could read isn't one that can be used."""
    path = change.path
    texts = [path]
    if isinstance(change, FileEdits):
        texts += [text for edit in change.edits for text in (edit.search, edit.replace)]
    else:
        texts.append(change.content)
    if not path.isprintable() or len(path) > 400:
        return refusal(None, Kind.FORM, "Not applied: an edit's file name isn't one.")
    if any("\0" in text or not _encodes(text) for text in texts):
        return refusal(
            path, Kind.FORM, f"Not applied: the text for {path} holds characters that aren't text."
        )
    if isinstance(change, FileEdits):
        return None
    if not change.content.strip() and not path.endswith(_MAY_BE_EMPTY):
        reason = f"Not applied: the text for {path} is empty, and files can't be deleted or emptied this way."
        return refusal(path, Kind.FORM, reason)
    line = elided_line(change.content, path)
    if line is None:
        return None
    said = change.content.split("\n")[line - 1].strip()[:80]
    reason = (
        f"Not applied: line {line} of the text for {path} (`{said}`) stands for text that is left out. Write"
        " the file in full, or use edit_file for the parts that change."
    )
    return refusal(path, Kind.ELISION, reason)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
