"""Which of its trades a conversation wants of the scripted model: a change, by its words or its tools."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.sandbox.mind.conversation import Asked, Conversation, Said
from lakewright.sandbox.mind.edits import EDIT_TOOL
from lakewright.sandbox.mind.prompt import Prompt, read_prompt

_REQUEST = re.compile(
    r"([\s\S]+?)\n\s*Carry this out in (?:the file|lines? (\d+)(?:-(\d+))? of) `([^`\n]+)`([\s\S]*)"
)
_TAGGED = re.compile(r"<instruction>([\s\S]+?)</instruction>")
_CHANGED = re.compile(r"\(This was about [^\n]*\)\s+([\s\S]+)")
_REFUSED = "Your answer held edits."
_UNVERIFIED = "Your edits were accepted, but the command"
_DONE = re.compile(r"(?i)\W*(?:edited|created|changed|accepted|already applied|nothing to change)\b")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change that is asked for: the instruction, the file and the chosen lines of it (None: all of it),
    the number of its lines and the code of it that the prompt tells. Since then: the calls of
    the model, and what it was told after its answers, oldest first.
    """

    instruction: str
    path: str | None
    start: int | None
    end: int | None
    total: int | None
    code: str | None
    calls: tuple[Asked, ...]
    replies: tuple[str, ...]

    @property
    def failed_check(self) -> str | None:
        """The last reply, where it tells of a command that failed on the changed files."""
        last = self.replies[-1] if self.replies else ""
        return last if last.startswith(_UNVERIFIED) else None

    def refused_in_text(self, path: str) -> int:
        """How often edits of the path, written as text, were refused."""
        rows = [row for reply in self.replies if reply.startswith(_REFUSED) for row in reply.split("\n")[1:]]
        named = re.compile(rf"(?<![\w/.-]){re.escape(path)}(?![\w/-])")
        return sum(named.search(row) is not None and _DONE.match(row) is None for row in rows)


def wanted_change(conversation: Conversation) -> Wanted | None:
    """The change that the last task asks for; None when it asks for something else."""
    said = conversation.said
    at = _task_at(said)
    if at is None:
        return None
    asked = _asked(said[at].text)
    if asked is None and EDIT_TOOL not in conversation.offers:
        return None
    instruction, path, start, end, shown = asked or _asked_freely(said[at].text)
    later = said[at + 1 :]
    return Wanted(
        instruction.strip(),
        path or _earlier_path(said[:at]),
        start,
        end,
        shown.total,
        shown.code,
        tuple(call for one in later for call in one.calls),
        tuple(one.text for one in later if one.speaker == "user"),
    )


_Asked = tuple[str, str | None, int | None, int | None, Prompt]


def _asked(text: str) -> _Asked | None:
    """As our own prompt says it."""
    found = _REQUEST.fullmatch(text)
    if found is None:
        return None
    start = int(found[2]) if found[2] else None
    return found[1], found[4], start, int(found[3]) if found[3] else start, read_prompt(found[5])


def _asked_freely(text: str) -> _Asked:
    """In anybody's words, to a model that may edit."""
    tagged = _TAGGED.search(text) or _CHANGED.fullmatch(text)
    prompt = read_prompt(text)
    return tagged[1] if tagged else prompt.prose, prompt.path, prompt.start, prompt.end, prompt


def _task_at(said: Sequence[Said]) -> int | None:
    """Where the last message of a person stands that isn't a reply to the model's own edits."""
    for at in range(len(said) - 1, -1, -1):
        if said[at].speaker == "user" and not said[at].text.startswith((_REFUSED, _UNVERIFIED)):
            return at
    return None


def _earlier_path(said: Sequence[Said]) -> str | None:
    for one in reversed(said):
        if one.speaker == "user" and (path := read_prompt(one.text).path):
            return path
    return None
