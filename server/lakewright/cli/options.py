"""The options that every model command takes, in one table of click options."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import click

Format = Literal["text", "json", "ndjson"]
AnswerPlace = Literal["out", "err", "nowhere"]
"""Where the model's own words go in the text format."""

MIN_BUDGET = 1024
_LEVELS = ("off", "low", "medium", "high")


class Thinking(click.ParamType[str | int]):
    """A level or a budget in tokens."""

    name = "off|low|medium|high|TOKENS"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,  # noqa: ARG002 - click's signature
    ) -> str | int:
        text = str(value).lower()
        if text in _LEVELS:
            return text
        if not text.isdecimal() or int(text) < MIN_BUDGET:
            self.fail(
                f"{value!r} is neither of {', '.join(_LEVELS)} nor a number of tokens from {MIN_BUDGET}."
            )
        return int(text)


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """How to reach a host, as typed; None is "not given"."""

    sandbox: bool | None
    faults: tuple[str, ...]
    profile: str | None
    host: str | None
    model: str | None
    form: Format
    verbose: int

    def flags(self) -> dict[str, object]:
        """As settings take them."""
        return {"sandbox": self.sandbox, "profile": self.profile, "host": self.host, "model": self.model}


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

CONNECTION_OPTIONS: tuple[Decorator, ...] = (
    click.option(
        "--sandbox",
        is_flag=True,
        default=None,
        help="Start the simulated host and use it; needs no credentials.",
    ),
    click.option(
        "--fault",
        "faults",
        multiple=True,
        metavar="NAME",
        help="With --sandbox: a fault for it to have (`lakewright sandbox --list-faults`); also NAME:3.",
    ),
    click.option("--profile", metavar="NAME", help="A profile of ~/.databrickscfg."),
    click.option("--host", metavar="URL", help="The Databricks host."),
    click.option("--model", metavar="NAME", help="A serving endpoint, or a name of the `models` setting."),
    click.option(
        "--format",
        "form",
        type=click.Choice(("text", "json", "ndjson")),
        default="text",
        show_default=True,
        help="text for people; json: one object; ndjson: one event a line, the object last.",
    ),
    click.option("-v", "--verbose", count=True, help="Say more: why files were refused, tracebacks."),
)

RUN_OPTIONS: tuple[Decorator, ...] = (
    click.option(
        "--thinking", type=Thinking(), help="How much the model thinks: a level or a budget of tokens."
    ),
    click.option(
        "--max-tokens", type=click.IntRange(min=1), metavar="N", help="The longest answer, thinking included."
    ),
    click.option(
        "--system", metavar="TEXT", help="Replaces the model's persona for this run; its rules stay."
    ),
    click.option(
        "--root",
        type=click.Path(file_okay=False),
        metavar="DIR",
        help="The workspace root; default: the nearest parent with .git, else the file's folder.",
    ),
    click.option(
        "--stdin-path",
        type=click.Path(),
        metavar="NAME",
        help="With the target `-`: the file that the text is treated as.",
    ),
    click.option("--reasoning/--no-reasoning", default=True, help="Show the model's reasoning, or don't."),
)

CONVERSATION_OPTIONS: tuple[Decorator, ...] = (
    click.option(
        "--continue",
        "conversation",
        metavar="[=RUN]",
        help="Go on from the last run of this workspace, or from RUN; TARGET is then optional.",
    ),
)
"""Of commands that are kept: a completion is none."""


def with_options(*options: Decorator) -> Decorator:
    """Add options to a command, in the order of the table."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return add


class RunCommand(click.Command):
    """A command whose `--continue` takes a value only by `=`: `--continue FILE` is a target."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        head = ["--continue=last" if arg == "--continue" else arg for arg in args[:end]]
        return super().parse_args(ctx, head + args[end:])


def check_faults(faults: tuple[str, ...], *, sandbox: bool) -> None:
    """Raises UsageError for a fault without the sandbox."""
    if faults and not sandbox:
        raise click.UsageError("--fault goes with --sandbox.")
