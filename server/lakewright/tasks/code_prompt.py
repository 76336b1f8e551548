"""The prompt of a command about code, and how to make it anew: the history keeps the recipe, not the text.

The commands differ in their texts (`prompts/<command>.md`) and in what they want to know of the code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError
from lakewright.tasks.base import Diagnostic, RunRequest, Target
from lakewright.tasks.code_context import CodeContext, lines_shown, read_target, render
from lakewright.tasks.code_context_uses import find_uses, read_uses
from lakewright.tasks.outcome import TargetShown
from lakewright.tasks.prompting import fill, sections
from lakewright.workspace.files import Workspace

MAX_CHARACTERS = 240_000
"""About 80,000 tokens of code at the most, which every context window of the table holds."""

CHARACTERS_PER_TOKEN = 3
"""A careful guess for code."""

WINDOW_SHARE = 0.5
"""How much of a small context window the code may fill: the rest is for reading on and for the answer."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a command asks. `verb` is for sentences such as "There is nothing to explain"; `without_code`
    is said where a conversation goes on with neither a target nor an instruction.
    """

    command: str
    verb: str
    without_code: str
    with_uses: bool = False


EXPLAIN = Manner("explain", "explain", "Go on: what else matters here?")
REFACTOR = Manner("refactor", "refactor", "Go on.", with_uses=True)

_MANNERS = {manner.command: manner for manner in (EXPLAIN, REFACTOR)}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt and how it was made: `made_from` is kept in the history in place of its text."""

    text: str
    made_from: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a prompt is made of once the model's window is known. Without `code` the conversation goes
    on: `instruction` is all there is to say.
    """

    manner: Manner
    target: Target
    instruction: str | None
    code: CodeContext | None = None

    @property
    def shown(self) -> TargetShown:
        """The target as the result names it."""
        return TargetShown(self.target.path, self.target.start_line, self.target.end_line)

    async def with_uses(self, workspace: Workspace) -> "Draft":
        """The same with what was found of uses elsewhere, for commands that want it; bounded in time."""
        if self.code is None or not self.code.names:
            return self
        code = self.code
        uses = await find_uses(code.names, workspace, path=code.source.path, seen=lines_shown(code))
        return replace(self, code=replace(code, uses=uses))

    async def prompt(self, context_window: int) -> Prompt:
        """The text, in at most about the share of the window that it may have (in tokens)."""
        budget = min(MAX_CHARACTERS, int(context_window * CHARACTERS_PER_TOKEN * WINDOW_SHARE))
        made_from: dict[str, object] = {
            "target": target_to_json(self.target),
            "instruction": self.instruction,
            "again": self.code is None,
            "budget": budget,
        }
        if self.code is None:
            return Prompt(self.instruction or self.manner.without_code, made_from)
        if self.code.diagnostics:
            made_from["diagnostics"] = [asdict(one) for one in self.code.diagnostics]
        if self.code.uses.rows:
            made_from["uses"] = [[row.path, row.line] for row in self.code.uses.rows]
            made_from["usesComplete"] = self.code.uses.complete
        text = await in_daemon_thread(_with_code, self.manner, self.code, self.instruction, budget)
        return Prompt(text, made_from)


async def draft_of(
    manner: Manner, request: RunRequest, earlier_target: Target | None, workspace: Workspace
) -> Draft:
    """Read what the request is about. Without a target the earlier one is meant, and not shown again.

    Raises InputError where there is none, or where it can't be read.
    """
    if request.target is None and earlier_target is not None:
        return Draft(manner, earlier_target, request.instruction or manner.without_code)
    if request.target is None:
        raise InputError(
            f"There is nothing to {manner.verb}.",
            hint=f"Name a file: lakewright {manner.command} src/orders.py",
        )
    code = await _read(manner, request.target, request.diagnostics, workspace)
    cut = replace(request.target, start_line=code.start, end_line=code.end)
    return Draft(manner, cut, request.instruction, code)


async def rebuilt(command: str, made_from: Mapping[str, object], workspace: Workspace) -> str:
    """An earlier run's prompt made anew. Raises LakewrightError where its code can't be read any more,
    KeyError, TypeError or ValueError for what this version didn't keep.
    """
    manner = _MANNERS[command]
    instruction = made_from["instruction"]
    said = instruction if isinstance(instruction, str) else None
    if made_from["again"]:
        return said or manner.without_code
    target = target_from_json(made_from["target"])
    if target is None:
        raise ValueError("a kept run without a target")
    kept = made_from.get("diagnostics", [])
    diagnostics = tuple(Diagnostic(**one) for one in kept) if isinstance(kept, list) else ()
    code = await _read(manner, target, diagnostics, workspace)
    places = made_from.get("uses")
    if isinstance(places, list):
        complete = bool(made_from["usesComplete"])
        uses = await in_daemon_thread(
            read_uses, [(path, line) for path, line in places], workspace, complete=complete
        )
        code = replace(code, uses=uses)
    budget = made_from.get("budget")
    return await in_daemon_thread(
        _with_code, manner, code, said, budget if isinstance(budget, int) else MAX_CHARACTERS
    )


def stand_in(command: str, made_from: Mapping[str, object]) -> str:
    """What stands for an earlier run's prompt whose text changed since."""
    target = target_from_json(made_from["target"])
    return fill(
        sections(command)["changed"],
        what=f"`{target.path}`" if target else "a file",
        instruction=str(made_from["instruction"] or f"{_MANNERS[command].verb.capitalize()} it."),
    )


def target_to_json(target: Target) -> dict[str, object]:
    """How a run's target is kept: without its text."""
    return {
        "path": target.path,
        "startLine": target.start_line,
        "endLine": target.end_line,
        "stdin": target.text is not None,
    }


def target_from_json(stored: object) -> Target | None:
    """The target again; its text, if it came from standard input, is gone."""
    if not isinstance(stored, Mapping):
        return None
    start, end = stored.get("startLine"), stored.get("endLine")
    return Target(
        str(stored["path"]),
        start if isinstance(start, int) else None,
        end if isinstance(end, int) else None,
    )


async def _read(
    manner: Manner, target: Target, diagnostics: Sequence[Diagnostic], workspace: Workspace
) -> CodeContext:
    return await read_target(
        target, workspace, verb=manner.verb, with_names=manner.with_uses, diagnostics=diagnostics
    )


def _with_code(manner: Manner, code: CodeContext, instruction: str | None, budget: int) -> str:
    templates = sections(manner.command)
    said = (instruction or "").strip()
    template = templates.get("question", templates["request"]) if said else templates["request"]
    return fill(template, what=code.what, code=render(code, budget=budget), instruction=said)
