"""The first check: every source of settings is read, host and model are chosen; nothing is sent."""

from collections.abc import Iterator
from pathlib import Path

from lakewright.cli.doctor_report import Finding
from lakewright.cli.doctor_visit import Visit
from lakewright.errors import ConfigError
from lakewright.settings.load import load_settings, user_file
from lakewright.settings.model_choice import choose_model
from lakewright.settings.origins import Loaded
from lakewright.settings.profiles_file import read_profiles
from lakewright.settings.project import PROJECT_FILE
from lakewright.settings.reference import effective_settings
from lakewright.wiring import SandboxOptions, open_host
from lakewright.workspace.roots import find_root


async def settings(visit: Visit) -> Finding:
    """Read every source, choose host and model; nothing is sent."""
    loaded = load_settings(visit.options.flags(), root=find_root(Path.cwd() / "-", visit.root).path)
    visit.loaded = loaded
    lines = [*_files(loaded), *_values(loaded, everything=visit.options.verbose > 0)]
    visit.choice = choose_model(loaded, "explain")
    sandbox = SandboxOptions(visit.options.faults)
    visit.host = await visit.stack.enter_async_context(open_host(loaded, visit.choice.login, sandbox))
    credentials = visit.host.credentials
    lines.append(f"connects to {credentials.host} ({credentials.origin})")
    return Finding("\n".join(lines))


def _files(loaded: Loaded) -> Iterator[str]:
    user, project = user_file(loaded.environ), loaded.root and loaded.root / PROJECT_FILE
    read = [str(path) for path in (user, project) if path is not None and path.is_file()]
    yield f"read {', '.join(read)}" if read else "no settings file: variables, flags and defaults"
    yield from _profiles(loaded)
    yield from (f"warning: {warning}" for warning in loaded.warnings)
    yield from (f"note: {note}" for note in loaded.notes)


def _profiles(loaded: Loaded) -> Iterator[str]:
    """The profiles there are, and the one that the Databricks tools take by themselves."""
    try:
        file = read_profiles(loaded.environ)
    except ConfigError as error:  # it only matters where the login comes from there
        yield f"warning: {error.message}"
        return
    if file.profiles:
        default = f"; without a choice: {file.default}" if file.default else ""
        yield f"profiles in {file.path}: {', '.join(file.profiles)}{default}"


def _values(loaded: Loaded, *, everything: bool) -> Iterator[str]:
    for shown in effective_settings(loaded):
        if everything or shown.origin != "default":
            yield f"{shown.name}: {shown.value or 'not set'} ({shown.origin})"
