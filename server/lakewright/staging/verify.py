"""The user's own check of a change before it is written: a shell line, run on a scratch copy of the tree.

What it proves, it proves about the copy; so nothing in it may lead the command back to the real tree.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.errors import InputError
from lakewright.staging.scratch import check_root, scratch_copy
from lakewright.staging.values import StagedFile
from lakewright.staging.verify_output import Tail, without_secrets
from lakewright.staging.verify_process import run_shell
from lakewright.workspace.files import Workspace
from lakewright.workspace.paths import shown

MAX_SECONDS = 600.0
MAX_CHARACTERS = 8_000

_NO_COMMAND = {126: "it may not be executed", 127: "there is no such command"}
"""What a shell says about a command that it couldn't start (POSIX, 2.8.2)."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How the command ended. `exit_code` is None when the time was up, negative for a signal.

    `output` is the end of what it printed, both streams as they came, at most MAX_CHARACTERS; control
    characters are kept: it is data, escaped by whoever shows it. `seconds` is the command's own time.
    """

    ok: bool
    exit_code: int | None
    output: str
    seconds: float
    timed_out: bool


async def verify(
    command: str,
    files: Sequence[StagedFile],
    workspace: Workspace,
    *,
    seconds: float = MAX_SECONDS,
) -> Verified:
    """Run the shell line in a copy of the workspace with `files` in place, by `/bin/sh -c`.

    It starts in the copy of the user's current folder (else at the root), reads nothing (`/dev/null`),
    and has the user's rights and environment, credentials too, as if typed by hand; only that paths into
    the workspace lead into the copy, `LAKEWRIGHT_*` is taken out, and `LAKEWRIGHT_VERIFY` (1) and
    `LAKEWRIGHT_VERIFY_ROOT` (the real root) are put in. When it ends, when the time is up and when the run
    is cancelled, all its processes end and the copy is removed.

    In the output paths of the copy read as those of the workspace, and values of the environment that are
    secrets by their names as `***`: it goes to the model, too. Raises InputError for a command that can't
    be started and a tree that can't be copied, ConfigError where there is no room.
    """
    check_verify(command, workspace)
    async with scratch_copy(workspace, files) as scratch:
        tail = Tail(lambda text: without_secrets(scratch.real_paths(text), workspace.environ))
        began = time.monotonic()
        code = await run_shell(
            scratch.command(command), scratch.current, scratch.environment, tail.add, seconds=seconds
        )
        taken = time.monotonic() - began
    output = tail.text(MAX_CHARACTERS)
    if code in _NO_COMMAND:
        raise _not_started(code, output)
    return Verified(code == 0, code, output, taken, timed_out=code is None)


def check_verify(command: str, workspace: Workspace) -> None:
    """Raise InputError at once for what `verify` would refuse after a model's work."""
    if not command.strip() or "\0" in command:
        raise InputError("The verify command is empty.", hint='Give a shell line, such as "make test".')
    check_root(workspace)


def _not_started(code: int, output: str) -> InputError:
    """Nothing that the model could mend: the user hears it."""
    last = output.rstrip().rpartition("\n")[2][-200:]
    said = f": {shown(last)}" if last else ""
    return InputError(
        f"The verify command can't be run: {_NO_COMMAND[code]} (exit code {code}){said}.",
        hint="Give a command that runs in the folder where you are; ignored folders are not copied.",
    )
