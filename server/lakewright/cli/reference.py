"""The README's tables of commands and options, made from the commands themselves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from lakewright.cli.main import COMMANDS, program
from lakewright.cli.options import (
    CONNECTION_OPTIONS,
    CONVERSATION_OPTIONS,
    RUN_OPTIONS,
    Decorator,
    with_options,
)

_SHARED = (CONNECTION_OPTIONS, RUN_OPTIONS, CONVERSATION_OPTIONS)


def commands_table() -> str:
    """The commands in Markdown, one row a command, with the options that are its own."""
    rows = []
    for name, command in _commands().items():
        arguments = [_argument(found) for found in command.params if isinstance(found, click.Argument)]
        own = [_in_usage(option) for option in _own_options(command)]
        usage = " ".join(("lakewright", name, *arguments, *own))
        rows.append((f"`{usage}`", COMMANDS[name].summary))
    return _table(("command", "what it does"), rows)


def options_table() -> str:
    """The options that commands share, in Markdown, one row an option."""
    rows = []
    for group in _SHARED:
        users = ", ".join(name for name, command in _commands().items() if _takes(command, group))
        rows += [(f"`{_spelled(option)}`", users, option.help or "") for option in _options(group)]
    return _table(("option", "commands", "meaning"), rows)


def _commands() -> Mapping[str, click.Command]:
    context = click.Context(program, info_name="lakewright")
    found = {name: program.get_command(context, name) for name in COMMANDS}
    return {name: command for name, command in found.items() if command is not None}


def _options(group: Sequence[Decorator]) -> list[click.Option]:
    def nothing() -> None: ...

    command: Callable[..., Any] = click.command()(with_options(*group)(nothing))
    assert isinstance(command, click.Command)
    return [found for found in command.params if isinstance(found, click.Option)]


def _takes(command: click.Command, group: Sequence[Decorator]) -> bool:
    return {option.name for option in _options(group)} <= {option.name for option in command.params}


def _own_options(command: click.Command) -> list[click.Option]:
    shared = {option.name for group in _SHARED if _takes(command, group) for option in _options(group)}
    own = (found for found in command.params if isinstance(found, click.Option) and not found.hidden)
    return [found for found in own if found.name not in shared]


def _argument(argument: click.Argument) -> str:
    shown = argument.metavar or (argument.name or "").upper()
    return shown if argument.required else f"[{shown}]"


def _in_usage(option: click.Option) -> str:
    shown = _spelled(option).rpartition(", ")[2]
    return f"{option.opts[0]} {option.metavar}" if option.required else f"[{shown}]"


def _spelled(option: click.Option) -> str:
    """`-v, --verbose`, `--host URL`, `--reasoning/--no-reasoning`; a value is named as `--help` names it."""
    if option.secondary_opts:
        return f"{option.opts[0]}/{option.secondary_opts[0]}"
    names = ", ".join(option.opts)
    if option.is_flag or option.count:
        return names
    value = option.metavar or _value_of(option.type)
    return f"{names}{'' if value.startswith('[=') else ' '}{value}{' ...' if option.multiple else ''}"


def _value_of(kind: click.ParamType[Any]) -> str:
    return "|".join(map(str, kind.choices)) if isinstance(kind, click.Choice) else kind.name


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [[cell.replace("|", r"\|") for cell in row] for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells) + "\n"
