"""From what was typed to all that a run needs: settings, workspace, request. Nothing is open yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakewright.agent.history import History
from lakewright.cli.earlier import earlier_root
from lakewright.cli.options import ConnectionOptions
from lakewright.cli.target import TypedTarget, parse_position, parse_target, read_stdin
from lakewright.settings.load import load_settings
from lakewright.settings.model_choice import ModelChoice, Role, choose_model
from lakewright.settings.origins import Loaded
from lakewright.settings.state import state_folder
from lakewright.tasks.base import RunRequest, Target
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root, find_root


@dataclass(frozen=True, slots=True)
class Prepared:
    """`writes` is whether the files are written where the run succeeds; `state` is where runs and
    snapshots are kept.
    """

    request: RunRequest
    workspace: Workspace
    history: History
    loaded: Loaded
    choice: ModelChoice
    role: Role
    state: Path
    writes: bool


def prepare(command: Role, typed: Mapping[str, Any], options: ConnectionOptions) -> Prepared:
    """Read options, settings and standard input. Raises LakewrightError for what can't be."""
    target = _typed_target(command, typed)
    state = state_folder()
    history = History(state)
    root = _root(target, typed, history)
    flags = {
        **options.flags(),
        "thinking": typed["thinking"],
        "maxTokens": typed["max_tokens"],
        "edits.verify": typed.get("verify"),
    }
    # A file that lies in the home or temporary folder itself has no project around it.
    loaded = load_settings(flags, root=None if root.only_file else root.path)
    workspace = Workspace(root, ignore=loaded.settings.ignore)
    choice = choose_model(loaded, command)
    writes = bool(typed.get("write"))
    if writes:  # before anything is asked for that could then not be kept
        from lakewright.workspace.snapshots import open_folder  # noqa: PLC0415 - only where files are written

        open_folder(state, root.path)
    request = RunRequest(
        target=_target(target, workspace) if target else None,
        instruction=typed.get("instruction"),
        thinking=choice.thinking,
        max_tokens=choice.max_tokens,
        system=typed["system"],
        conversation=typed["conversation"],
        verify=loaded.settings.edits.verify if command == "refactor" else None,
        max_lines=loaded.settings.complete.max_lines if command == "complete" else None,
    )
    return Prepared(request, workspace, history, loaded, choice, command, state, writes)


def _typed_target(command: Role, typed: Mapping[str, Any]) -> TypedTarget | None:
    if typed["target"] is None:
        return None
    parse = parse_position if command == "complete" else parse_target
    return parse(typed["target"], stdin_path=typed["stdin_path"])


def _root(target: TypedTarget | None, typed: Mapping[str, Any], history: History) -> Root:
    override = Path(typed["root"]) if typed["root"] is not None else None
    if target is not None or override is not None:
        return find_root(target.path if target else Path.cwd() / "-", override)
    return earlier_root(history, typed["conversation"])


def _target(typed: TypedTarget, workspace: Workspace) -> Target:
    text = read_stdin(typed) if typed.is_stdin else None
    return Target(workspace.relative(typed.path), typed.start_line, typed.end_line, text, typed.column)
