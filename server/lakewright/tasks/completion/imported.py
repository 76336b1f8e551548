"""Which files an import may mean: guesses by the habits of each language, pure; one row a language."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lakewright.workspace.languages import Language

_PYTHON = re.compile(r"from\s+(\.*)([\w.]*)\s+import\s+(.+)|import\s+(.+)")
_SCRIPT = re.compile(r"""import\s+(?:type\s+)?(.*?)\s*(?:\bfrom\s*)?["'](\.[^"']*)["']""")
_DOTTED = re.compile(r"import\s+(?:static\s+)?([\w.]+?)\.(?:\{([^}]*)\}|(\w+)|\*)\s*;?\s*$")
_INCLUDE = re.compile(r'#\s*include\s+"([^"\n]+)"')
_CRATE = re.compile(r"use\s+(crate|super|self)::([\w:]+?)::(?:\{([^}]*)\}|(\w+)|\*)\s*;?\s*$")
_SCRIPT_ENDINGS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".d.ts", "/index.ts", "/index.tsx", "/index.js")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A module: the paths it may have, the likeliest first, and the names taken from it (none: all).

    `folder` is the extension of the files that make it up; `paths` are folders then.
    """

    paths: tuple[str, ...]
    names: tuple[str, ...] = ()
    folder: str = ""


def wanted(imports: Sequence[str], path: str, language: Language) -> list[Wanted]:
    """What a file imports, as far as it may lie in its own workspace. Later imports are often the nearer
    ones, so they come first.
    """
    reads = _BY_LANGUAGE.get(language.name)
    modules = [one for text in reversed(imports) for one in reads(text, path)] if reads else []
    extension = _PACKAGES.get(language.name)
    if extension:
        modules.append(Wanted((posixpath.dirname(path),), folder=extension))
    return modules


def _python(text: str, path: str) -> Iterator[Wanted]:
    match = _PYTHON.match(text)
    if match is None:
        return
    if match[4]:
        for module in match[4].split(","):
            yield Wanted(tuple(_python_files(module.split(" as ")[0].strip().split("."), _above(path))))
        return
    names = _names(match[3])
    parts = [part for part in match[2].split(".") if part]
    folders = [_up(path, len(match[1]))] if match[1] else _above(path)
    if parts:
        yield Wanted(tuple(_python_files(parts, folders)), names)
    for name in names:
        yield Wanted(tuple(_python_files([*parts, name], folders)))


def _python_files(parts: Sequence[str], folders: Sequence[str]) -> Iterator[str]:
    for folder in folders:
        base = posixpath.join(folder, *parts)
        yield f"{base}.py"
        yield f"{base}/__init__.py"


def _script(text: str, path: str) -> Iterator[Wanted]:
    match = _SCRIPT.match(text)
    if match is None:
        return
    base = posixpath.normpath(posixpath.join(posixpath.dirname(path), match[2]))
    bare = re.sub(r"\.[cm]?jsx?$", "", base)
    names = () if "*" in match[1] else _names(re.sub(r"[{}]", " ", match[1]))
    yield Wanted((base, *(bare + ending for ending in _SCRIPT_ENDINGS)), names)


def _dotted(text: str, path: str) -> Iterator[Wanted]:
    match = _DOTTED.match(text)
    if match is None:
        return
    extension = posixpath.splitext(path)[1]
    for name in _names(match[2] or match[3] or ""):
        base = posixpath.join(*match[1].split("."), name)
        yield Wanted(tuple(posixpath.join(folder, base + extension) for folder in _above(path)), (name,))


def _include(text: str, path: str) -> Iterator[Wanted]:
    match = _INCLUDE.match(text)
    if match is not None:
        folders = [posixpath.dirname(path), *_above(path), "include"]
        yield Wanted(tuple(posixpath.normpath(posixpath.join(folder, match[1])) for folder in folders))


def _crate(text: str, path: str) -> Iterator[Wanted]:
    match = _CRATE.match(text)
    if match is None:
        return
    own = posixpath.dirname(path)
    folder = {"crate": path.partition("src/")[0] + "src", "super": posixpath.dirname(own), "self": own}
    for base in dict.fromkeys((folder[match[1]], own)):
        joined = posixpath.join(base, *match[2].split("::"))
        yield Wanted((f"{joined}.rs", f"{joined}/mod.rs"), _names(match[3] or match[4] or ""))


def _names(text: str) -> tuple[str, ...]:
    """The names of a list, as the module calls them."""
    pieces = (re.split(r"\s+as\s+|\s*=>\s*", piece.strip(" ()\t"))[0] for piece in text.split(","))
    return tuple(name for piece in pieces if (name := piece.removeprefix("type ").strip()).isidentifier())


def _above(path: str) -> list[str]:
    """The folders a path may be counted from: the file's own and those around it, the root, `src`."""
    folders = [posixpath.dirname(path)]
    while folders[-1]:
        folders.append(posixpath.dirname(folders[-1]))
    return [*folders, "src"]


def _up(path: str, dots: int) -> str:
    folder = posixpath.dirname(path)
    for _ in range(dots - 1):
        folder = posixpath.dirname(folder)
    return folder


_BY_LANGUAGE: Mapping[str, Callable[[str, str], Iterator[Wanted]]] = {
    "python": _python,
    "typescript": _script,
    "tsx": _script,
    "javascript": _script,
    "java": _dotted,
    "scala": _dotted,
    "c": _include,
    "cpp": _include,
    "rust": _crate,
}

_PACKAGES = {"go": ".go", "java": ".java", "scala": ".scala", "csharp": ".cs"}
"""Where the files of one folder share their names without an import."""
