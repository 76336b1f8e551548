"""What the worker process can be asked for, as JSON values; both sides of the pipe agree here."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from lakewright.workspace.files import Workspace
from lakewright.workspace.languages import language_named
from lakewright.workspace.layers import as_they_are
from lakewright.workspace.listing import Stop
from lakewright.workspace.names import Definition, Names, find
from lakewright.workspace.roots import Root
from lakewright.workspace.search import Found, Row, search
from lakewright.workspace.several import SeveralRoots
from lakewright.workspace.syntax import Symbol, outline

Json = dict[str, Any]
Work = Callable[[Json, Stop], Json]

GIT_VARIABLES = (
    "HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
)  # fmt: skip
"""Of the environment, all that the ignore rules depend on."""


def workspace_json(workspace: Workspace) -> Json:
    """The workspace as the worker builds it again: the same guards, the buffers as they are now."""
    members: tuple[Workspace, ...] = (workspace,)
    alias = None
    if isinstance(workspace, SeveralRoots):
        members, alias = workspace.members, workspace.alias
    return {
        "members": [_member_json(member) for member in members],
        "alias": alias,
        "environ": {key: workspace.environ[key] for key in GIT_VARIABLES if key in workspace.environ},
    }


def search_job(workspace: Workspace, pattern: str, glob: str | None, most: int) -> Json:
    return {
        "job": "search",
        "workspace": workspace_json(workspace),
        "pattern": pattern,
        "glob": glob,
        "most": most,
    }


def names_job(workspace: Workspace, name: str, most: int) -> Json:
    return {"job": "names", "workspace": workspace_json(workspace), "name": name, "most": most}


def outline_job(text: str, language: str) -> Json:
    return {"job": "outline", "text": text, "language": language}


def work_of(job: str) -> Work:
    """What a job's name stands for: an entry of `JOBS`, or `module:function` of a layer above this one, which
    is imported then (`staging.applying_aside:work`).
    """
    if job in JOBS:
        return JOBS[job]
    module, _, function = job.partition(":")
    work: Work = getattr(import_module(f"lakewright.{module}"), function)
    return work


def found_from(value: Json) -> Found:
    return Found([Row(**row) for row in value["rows"]], value["files"], value["more"], value["unfinished"])


def names_from(value: Json) -> Names:
    definitions = [Definition(one["path"], Symbol(**one["symbol"])) for one in value["definitions"]]
    uses = [Row(**row) for row in value["uses"]]
    return Names(definitions, uses, value["mentions"], value["cut"], value["unfinished"])


def outline_from(value: Json) -> list[Symbol]:
    return [Symbol(**symbol) for symbol in value["symbols"]]


def _member_json(member: Workspace) -> Json:
    root = member.root
    return {
        "root": str(root.path),
        "only_file": str(root.only_file) if root.only_file else None,
        "ignore": member.ignore,
        "overlay": as_they_are(member.overlay),
        "label": member.label,
    }


def _workspace(value: Json) -> Workspace:
    members = [_member(one, value["environ"]) for one in value["members"]]
    return SeveralRoots(members, alias=value["alias"]) if len(members) > 1 else members[0]


def _member(value: Json, environ: Mapping[str, str]) -> Workspace:
    root = Root(Path(value["root"]), Path(value["only_file"]) if value["only_file"] else None)
    return Workspace(
        root, ignore=value["ignore"], overlay=value["overlay"], environ=environ, label=value["label"]
    )


def _search(job: Json, stop: Stop) -> Json:
    return asdict(
        search(_workspace(job["workspace"]), job["pattern"], job["glob"], most=job["most"], stop=stop)
    )


def _names(job: Json, stop: Stop) -> Json:
    return asdict(find(_workspace(job["workspace"]), job["name"], most=job["most"], stop=stop))


def _outline(job: Json, _: Stop) -> Json:
    language = language_named(job["language"])
    return {"symbols": [asdict(symbol) for symbol in outline(job["text"], language)] if language else []}


JOBS: Mapping[str, Work] = {"search": _search, "names": _names, "outline": _outline}
