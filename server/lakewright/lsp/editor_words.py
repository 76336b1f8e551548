"""What errors and notes say of the command line, in an editor's words: there are no flags in an editor, but
settings and arguments.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from lakewright.errors import LakewrightError

_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "To try Lakewright without a host, add `--sandbox` (or `sandbox: true` in your settings).": (
            "In the editor's settings `profile` names a login, where it isn't the default one; "
            "`sandbox: true` tries Lakewright without a host."
        ),
        "`--profile NAME`, LAKEWRIGHT_PROFILE, or `profile:` in your settings": (
            "`profile` in the editor's settings"
        ),
        "Leave out --continue to begin a new conversation": "Leave out `conversation` to begin a new one",
        "--continue without an id goes on from the last run of this workspace": (
            '`conversation: "last"` goes on from the last run of your folders'
        ),
        "`lakewright models` lists": "The command `lakewright.models` lists",
        "`lakewright models --all` shows": "The command `lakewright.models` shows",
        "Run the command there, or name that folder with --root": (
            "Open that folder, or run `lakewright undo` there"
        ),
        "another --model": "another `model` in the settings",
    }
)
"""Of the command line, and of an editor."""

_FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "--sandbox": "sandbox",
        "--model": "model",
        "--thinking": "thinking",
        "--max-tokens": "maxTokens",
        "--verify": "edits.verify",
    }
)
"""Flags by the setting that says the same."""

_CODE_OR_FLAG = re.compile(r"`(--[a-z-]+)`|`[^`]*`|(?<![\w-])(--[a-z-]+)")
"""A flag, in backticks or not; what else stands in backticks is left alone: a command to be typed."""


def in_editor(text: str) -> str:
    """A sentence for people, as an editor says it."""
    for of_command_line, of_editor in _SENTENCES.items():
        text = text.replace(of_command_line, of_editor)
    return _CODE_OR_FLAG.sub(_setting, text)


def sentences_of(error: LakewrightError) -> str:
    """What went wrong, and what to do."""
    return joined(in_editor(error.message), in_editor(error.hint or ""))


def joined(*texts: str) -> str:
    """Sentences one after another. What a host said may lack its full stop."""
    said = [text.strip() for text in texts if text.strip()]
    return " ".join([text if text[-1] in ".!?…" else f"{text}." for text in said[:-1]] + said[-1:])


def error_json(error: LakewrightError) -> dict[str, object]:
    """The `error` object of an outcome."""
    hint = None if error.hint is None else in_editor(error.hint)
    return {**error.to_json(), "message": in_editor(error.message), "hint": hint}


def _setting(found: re.Match[str]) -> str:
    setting = _FLAGS.get(found[1] or found[2] or "")
    return found[0] if setting is None else f"the setting `{setting}`"
