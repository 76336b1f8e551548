"""Ready instructions for `refactor`, by language: what the menu of code actions offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Ready:
    """An instruction with its title in a menu. Some make sense for a selection only."""

    title: str
    instruction: str
    for_selection: bool = False


_SIMPLIFY = Ready("simplify", "Make this simpler and easier to read. It must do exactly what it does now.")
_EXTRACT = Ready(
    "extract a function",
    "Move the selected lines into a function of their own, with a name that says what it does, and call it"
    " in their place. The behaviour stays as it is.",
    for_selection=True,
)
_ERRORS = Ready(
    "handle errors",
    "Handle what can fail here and isn't handled yet, the way the code around does it. Hide no error.",
)
_DOCUMENT = Ready(
    "add comments",
    "Add the documentation comments that are missing, in the language's usual form and the style of this"
    " file. Say what the code itself doesn't. Change no code.",
)

_PYTHON = (
    _SIMPLIFY,
    _EXTRACT,
    Ready(
        "add type hints",
        "Add type hints to the parameters, results and attributes that lack them, as exact as the code"
        " allows. Change nothing else.",
    ),
    Ready(
        "add docstrings",
        "Add a docstring to each public module, class, function and method that lacks one, in the style of"
        " this file. Change no code.",
    ),
    _ERRORS,
)
_TYPESCRIPT = (
    _SIMPLIFY,
    _EXTRACT,
    Ready(
        "make types exact",
        "Replace `any` and missing types by exact ones. The behaviour stays as it is.",
    ),
    Ready(
        "use async and await",
        "Write chains of promises and callbacks with async and await. The behaviour stays as it is.",
    ),
    _DOCUMENT,
    _ERRORS,
)
_SQL = (
    Ready(
        "format",
        "Lay this out with one clause a line and keywords in one letter case, as the rest of the file has"
        " them. The result of the query stays as it is.",
    ),
    Ready(
        "name the steps",
        "Turn nested queries into common table expressions with names that say what each step does. The"
        " result of the query stays as it is.",
    ),
    Ready("name the columns", "Replace `*` by the columns that are needed, and give each table an alias."),
    _DOCUMENT,
)
_PROSE = (
    Ready("improve the wording", "Improve the wording. Keep the meaning, the tone and all code as they are."),
    Ready("correct mistakes", "Correct spelling and grammar. Change nothing else."),
    Ready("shorten", "Say the same in fewer words. Keep every fact and all code."),
)
_DATA = (
    Ready("tidy", "Put this in order: consistent layout, no duplicates. What it means stays as it is."),
    _DOCUMENT,
)
_CODE = (_SIMPLIFY, _EXTRACT, _DOCUMENT, _ERRORS)

_BY_LANGUAGE: Mapping[str, tuple[Ready, ...]] = MappingProxyType(
    {
        "python": _PYTHON,
        **dict.fromkeys(("typescript", "typescriptreact", "tsx"), _TYPESCRIPT),
        **dict.fromkeys(("javascript", "javascriptreact", "jsx"), (*_CODE, _TYPESCRIPT[3])),
        "sql": _SQL,
        **dict.fromkeys(
            ("markdown", "plaintext", "text", "restructuredtext", "rst", "latex", "tex", "gitcommit"), _PROSE
        ),
        **dict.fromkeys(("json", "jsonc", "yaml", "toml", "ini", "xml", "dockercompose"), _DATA),
    }
)


def ready_for(language: str) -> tuple[Ready, ...]:
    """What is offered for LSP's `languageId`, or what an editor calls the language."""
    return _BY_LANGUAGE.get(language.lower(), _CODE)
