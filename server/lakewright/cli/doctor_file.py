"""`lakewright doctor --file PATH`: whether the guard lets the file be read, and if not, why. No network."""

import time
from pathlib import Path

from lakewright.cli.doctor_report import Check
from lakewright.cli.options import ConnectionOptions
from lakewright.errors import InputError, LakewrightError
from lakewright.settings.load import load_settings
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root, find_root

NAME = "file"


def check_file(
    path: Path, override: Path | None, options: ConnectionOptions
) -> tuple[Check, LakewrightError | None]:
    """The one check, and why it failed."""
    begun = time.perf_counter()
    error: LakewrightError | None = None
    try:
        detail = _readable(path, find_root(path, override), options)
    except LakewrightError as failure:
        detail, error = failure.message, failure
    ms = round((time.perf_counter() - begun) * 1000)
    return Check(NAME, error is None, ms, detail, error.hint if error else None), error


def _readable(path: Path, root: Root, options: ConnectionOptions) -> str:
    loaded = load_settings(options.flags(), root=root.path)
    workspace = Workspace(root, ignore=loaded.settings.ignore)
    relative = workspace.relative(path)
    refused = workspace.why_refused(relative)
    if refused is not None:
        raise InputError(refused, hint=f"The workspace root is {root.path}; --root names another.")
    source = workspace.read(relative)
    language = f", {source.language.name}" if source.language else ""
    found = f"{relative} can be read: {source.lines} lines, {source.encoding}{language}"
    return f"{found}\nworkspace root: {root.path}"
