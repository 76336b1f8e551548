"""What git's own files say about ignoring: `info/exclude`, `core.excludesFile`, `core.ignoreCase`.

Read without git: it needn't be installed, and on a Mac without developer tools its stub opens a
dialog. Formats: git-config(1), gitrepository-layout(5).
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_SYSTEM_FILES = ("/etc/gitconfig", "/usr/local/etc/gitconfig", "/opt/homebrew/etc/gitconfig")
_MAX_BYTES = 1_000_000
_MAX_INCLUDES = 8
_MAX_FILES = 64
"""Of one configuration with all that it includes: a file may include itself, several times."""

_SECTION = re.compile(r'\s*\[\s*([\w.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]')
_ENTRY = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*(.*))?$")


@dataclass(frozen=True, slots=True)
class GitRules:
    """What holds for a whole repository: files with patterns, lowest precedence first."""

    global_excludes: tuple[Path, ...]
    ignore_case: bool


def git_rules(repository: Path | None, environ: Mapping[str, str]) -> GitRules:
    """The rules from the user's and the repository's configuration.

    Files included on a condition (`includeIf`) count, whatever the condition says: their excludes
    are added, so that at worst too much is hidden.
    """
    excludes: Path | None = _default_excludes(environ)
    conditional: list[Path] = []
    ignore_case = sys.platform in ("darwin", "win32")
    for file in _config_files(repository, environ):
        for key, value, certain in _entries(file, environ, _MAX_INCLUDES, [_MAX_FILES]):
            if key == "core.ignorecase":
                ignore_case = value.lower() in ("true", "yes", "on", "1", "")
            elif key == "core.excludesfile" and certain:
                excludes = _expanded(value, file.parent, environ) if value else None
            elif key == "core.excludesfile" and value:
                conditional.append(_expanded(value, file.parent, environ))
    return GitRules(tuple(file for file in (excludes, *conditional) if file), ignore_case)


def exclude_file(repository: Path) -> Path:
    """Where `repository` (the folder with `.git`) keeps patterns of its own."""
    return _common_folder(repository) / "info" / "exclude"


def _common_folder(repository: Path) -> Path:
    """The git folder itself, also for worktrees and submodules, where `.git` is a file."""
    git = repository / ".git"
    if git.is_file():
        match = re.match(r"gitdir:\s*(.+)", _text(git))
        if match:
            git = repository / match[1].strip()
    common = _text(git / "commondir").strip()
    return git / common if common else git


def _config_files(repository: Path | None, environ: Mapping[str, str]) -> Iterator[Path]:
    """All configuration files, lowest precedence first."""
    if not environ.get("GIT_CONFIG_NOSYSTEM"):
        yield from map(
            Path, (environ["GIT_CONFIG_SYSTEM"],) if "GIT_CONFIG_SYSTEM" in environ else _SYSTEM_FILES
        )
    if "GIT_CONFIG_GLOBAL" in environ:
        yield Path(environ["GIT_CONFIG_GLOBAL"])
    else:
        yield from (folder / "config" for folder in _xdg_folder(environ))
        yield from (home / ".gitconfig" for home in _home(environ))
    if repository:
        yield _common_folder(repository) / "config"


def _entries(
    file: Path, environ: Mapping[str, str], depth: int, left: list[int]
) -> Iterator[tuple[str, str, bool]]:
    """`(section.key, value, certain)` of a file and those it includes, in order; `left[0]` files at most."""
    if left[0] <= 0:
        return
    left[0] -= 1
    section = ""
    for line in re.sub(r"\\\r?\n", "", _text(file)).splitlines():
        text = line
        if match := _SECTION.match(line):
            section, text = match[1].lower(), line[match.end() :]
        if not (match := _ENTRY.match(text)):
            continue
        key, value = match[1].lower(), _value(match[2] or "")
        if section in ("include", "includeif") and key == "path" and depth:
            included = _entries(_expanded(value, file.parent, environ), environ, depth - 1, left)
            yield from ((name, what, certain and section == "include") for name, what, certain in included)
        else:
            yield f"{section}.{key}", value, True


def _value(raw: str) -> str:
    """A value without its comment, quotes and escapes."""
    pieces: list[str] = []
    for match in re.finditer(r'"((?:[^"\\]|\\.)*)"|([#;].*)|(\\.|[^"#;\\]+)', raw):
        if match[2]:
            break
        pieces.append(match[1] if match[1] is not None else match[3])
    unescaped = {"n": "\n", "t": "\t", "b": "\b"}
    return re.sub(r"\\(.)", lambda match: unescaped.get(match[1], match[1]), "".join(pieces)).strip()


def _expanded(path: str, base: Path, environ: Mapping[str, str]) -> Path:
    if path == "~" or path.startswith("~/"):
        return Path(environ.get("HOME", "~")).expanduser() / path[2:]
    return base / Path(path).expanduser() if path.startswith("~") else base / path


def _default_excludes(environ: Mapping[str, str]) -> Path | None:
    return next((folder / "ignore" for folder in _xdg_folder(environ)), None)


def _xdg_folder(environ: Mapping[str, str]) -> tuple[Path, ...]:
    if environ.get("XDG_CONFIG_HOME"):
        return (Path(environ["XDG_CONFIG_HOME"]) / "git",)
    return tuple(home / ".config" / "git" for home in _home(environ))


def _home(environ: Mapping[str, str]) -> tuple[Path, ...]:
    home = environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises where there is none
    return (Path(home),) if home != "~" else ()


def _text(file: Path) -> str:
    """The file's text, "" where there is none to read: git, too, goes on without."""
    try:
        if not file.is_file():
            return ""
        with file.open("rb") as stream:
            return stream.read(_MAX_BYTES).decode("utf-8", "surrogateescape")
    except OSError:
        return ""
