"""`textDocument/codeAction`: what Lakewright can do with a selection, as commands. No model is asked here."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types

from lakewright.errors import LakewrightError
from lakewright.lsp.code_actions_table import ready_for
from lakewright.lsp.documents import Document
from lakewright.lsp.progress_words import one_line, shortened
from lakewright.lsp.session import Session

EXPLAIN = "lakewright.explain"
REFACTOR = "refactor.rewrite.lakewright"
FIX = "quickfix.lakewright"

OPTIONS = types.CodeActionOptions(code_action_kinds=[EXPLAIN, REFACTOR, FIX], resolve_provider=False)

_MOST_FIXES = 10
_LONGEST_TITLE = 80
_LONGEST_PROBLEM = 500
"""Code points of a diagnostic in an instruction."""

_PATIENCE = 2.0
"""Seconds until a document is taken to be excluded: nobody waits longer for a menu."""


async def code_actions(
    session: Session, params: types.CodeActionParams
) -> list[types.CodeAction] | list[types.Command]:
    """The actions for a range; none for what the guard excludes, for an empty document and a closed one."""
    document = session.documents.find(params.text_document.uri)
    if document is None or document.is_large or document.is_lost:
        return []
    actions = [one for one in _actions(document, params) if _is_wanted(str(one.kind), params.context.only)]
    if not actions or not document.text.strip() or await _is_excluded(session, document.uri):
        return []
    if session.client.can("textDocument.codeAction.codeActionLiteralSupport") is None:
        return [one.command for one in actions if one.command is not None]
    return actions


def _actions(document: Document, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
    """Fixes first. Asked by itself, a client is offered the rest for a selection only: a bulb that is always
    lit says nothing.
    """
    yield from _fixes(document, params)
    has_selection = params.range.start != params.range.end
    if params.context.trigger_kind == types.CodeActionTriggerKind.Automatic and not has_selection:
        return
    yield _action("Explain", EXPLAIN, "explain", document, params.range)
    for ready in ready_for(document.language):
        if has_selection or not ready.for_selection:
            title = f"Refactor: {ready.title}"
            yield _action(title, REFACTOR, "refactor", document, params.range, instruction=ready.instruction)


def _fixes(document: Document, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
    """One for each problem in the range, and one for all of them."""
    problems = [one for one in params.context.diagnostics if _overlap(one.range, params.range)]
    for problem in problems[:_MOST_FIXES]:
        yield _fix(f"Fix: {_said(problem)}", document, [problem])
    if len(problems) > 1:
        yield _fix(f"Fix all {len(problems)} problems here", document, problems)


def _fix(title: str, document: Document, problems: Sequence[types.Diagnostic]) -> types.CodeAction:
    start = min((one.range.start for one in problems), key=_order)
    end = max((one.range.end for one in problems), key=_order)
    if len(problems) == 1:
        asked = f"Fix what {_named(problems[0])} reports here: {_said(problems[0])}"
    else:
        asked = "Fix the problems that the diagnostics report."
    action = _action(
        title,
        FIX,
        "refactor",
        document,
        types.Range(start, end),
        instruction=f"{asked}\nChange no more than that takes.",
        diagnostics=[_problem_json(one) for one in problems],
    )
    action.diagnostics = list(problems)
    return action


def _action(
    title: str, kind: str, command: str, document: Document, span: types.Range, **more: Any
) -> types.CodeAction:
    title = shortened(one_line(title), _LONGEST_TITLE)
    argument = {
        "textDocument": {"uri": document.uri, "version": document.version},
        "range": _range_json(span),
        **more,
    }
    return types.CodeAction(
        title=title, kind=kind, command=types.Command(title, f"lakewright.{command}", arguments=[argument])
    )


def _is_wanted(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Kinds are a hierarchy: `refactor` wants `refactor.rewrite`, the empty kind wants all."""
    wanted = [one.value if isinstance(one, types.CodeActionKind) else one for one in only or ()]
    return not wanted or any(one in ("", kind) or kind.startswith(f"{one}.") for one in wanted)


async def _is_excluded(session: Session, uri: str) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await session.folders.why_excluded(uri) is not None
    except (LakewrightError, TimeoutError):
        return True


def _overlap(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges share a line."""
    return one.start.line <= other.end.line and other.start.line <= one.end.line


def _order(position: types.Position) -> tuple[int, int]:
    return position.line, position.character


def _said(problem: types.Diagnostic) -> str:
    return shortened(one_line(problem.message), _LONGEST_PROBLEM)


def _named(problem: types.Diagnostic) -> str:
    return shortened(one_line(problem.source or ""), _LONGEST_TITLE) or "the editor"


def _problem_json(problem: types.Diagnostic) -> dict[str, Any]:
    told = {"severity": problem.severity, "source": problem.source, "code": problem.code}
    return {
        "range": _range_json(problem.range),
        "message": problem.message,
        **{name: value for name, value in told.items() if value is not None},
    }


def _range_json(span: types.Range) -> dict[str, Any]:
    return {
        name: {"line": at.line, "character": at.character}
        for name, at in (("start", span.start), ("end", span.end))
    }
