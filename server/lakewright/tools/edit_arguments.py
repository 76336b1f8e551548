"""The arguments of the edit tools as models send them: other tools' names for them, JSON in a string.

Only what can mean one thing is taken; anything else is an error that names the field.
"""

import json
from collections.abc import Mapping, Sequence

from lakewright.edits.values import Edit

PATHS = ("path", "file_path", "filePath", "file_name", "filename", "file")
SEARCHES = ("search", "old_string", "old_str", "old_text", "oldText", "oldString", "search_text", "find")
REPLACES = (
    "replace", "new_string", "new_str", "new_text", "newText", "newString", "replace_text", "replacement",
)  # fmt: skip
CONTENTS = ("content", "contents", "file_text", "file_content", "text")
REMARKS = frozenset({"explanation", "description", "reason", "instructions", "comment"})
"""What models add for people to read."""


class MalformedError(ValueError):
    """Arguments that can't be read; the text names the field, for the model."""


def path_of(arguments: Mapping[str, object]) -> str | None:
    """The path, where one can be told: also of a call that is otherwise malformed."""
    try:
        name = _one_of(arguments, PATHS, "path")
    except MalformedError:
        return None
    value = arguments.get(name)
    return value if isinstance(value, str) and value.strip() else None


def edit_arguments(arguments: Mapping[str, object]) -> tuple[str, tuple[Edit, ...]]:
    """Path and edits of `edit_file`. Raises MalformedError."""
    path = _path(arguments)
    rest = {name: value for name, value in arguments.items() if name not in PATHS}
    if "edits" not in rest:
        return path, (_edit(rest, "the call"),)
    edits = rest.pop("edits")
    _check_known(rest, "edit_file", ("path", "edits"))
    return path, tuple(_edit(one, f"edit {number}") for number, one in enumerate(_listed(edits), 1))


def file_arguments(arguments: Mapping[str, object]) -> tuple[str, str]:
    """Path and content of `create_file`. Raises MalformedError."""
    path = _path(arguments)
    rest = {name: value for name, value in arguments.items() if name not in PATHS}
    content = _text(rest, CONTENTS, "content", "the call")
    _check_known(
        {name: rest[name] for name in rest if name not in CONTENTS}, "create_file", ("path", "content")
    )
    return path, content


def _path(arguments: Mapping[str, object]) -> str:
    path = _text(arguments, PATHS, "path", "the call")
    if not path.strip():
        raise MalformedError("`path` must not be empty: name a file, relative to the workspace root.")
    return path


def _listed(edits: object) -> Sequence[object]:
    """The edits as a list: JSON in a string is decoded, a single one counts as a list of one."""
    if isinstance(edits, str):
        try:
            edits = json.loads(edits)
        except (ValueError, RecursionError):
            raise MalformedError(
                "`edits` must be a list of {search, replace}, not text: send it as JSON, not as a string."
            ) from None
    if isinstance(edits, Mapping):
        return [edits]
    if not isinstance(edits, list):
        raise MalformedError("`edits` must be a list of {search, replace}.")
    if not edits:
        raise MalformedError("`edits` is empty: give at least one {search, replace}.")
    return edits


def _edit(value: object, where: str) -> Edit:
    if not isinstance(value, Mapping):
        raise MalformedError(f"{where} must be an object with `search` and `replace`.")
    search = _text(value, SEARCHES, "search", where)
    replace = _text(value, REPLACES, "replace", where)
    known = {*SEARCHES, *REPLACES}
    _check_known({name: value[name] for name in value if name not in known}, where, ("search", "replace"))
    return Edit(search, replace)


def _text(value: Mapping[str, object], names: Sequence[str], name: str, where: str) -> str:
    found = value.get(_one_of(value, names, name))
    if found is None:
        deletes = " (an empty text deletes)" if name == "replace" else ""
        raise MalformedError(f"`{name}` is missing in {where}: give it as text{deletes}.")
    if not isinstance(found, str):
        raise MalformedError(f"`{name}` in {where} must be text.")
    return found


def _one_of(value: Mapping[str, object], names: Sequence[str], name: str) -> str:
    """The one name of those that was sent; the first where none was."""
    sent = [one for one in names if value.get(one) is not None]
    if len(sent) > 1:
        raise MalformedError(f"`{sent[0]}` and `{sent[1]}` mean the same: send `{name}` only.")
    return sent[0] if sent else name


def _check_known(rest: Mapping[str, object], where: str, taken: Sequence[str]) -> None:
    """What isn't known may change what is meant, unless it is a remark, or says nothing."""
    fields = " and ".join(f"`{name}`" for name in taken)
    for name, value in rest.items():
        if name not in REMARKS and value is not None and value is not False:
            raise MalformedError(f"`{str(name)[:40]}` isn't known in {where}: it takes {fields}.")
