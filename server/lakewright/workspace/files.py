"""The workspace as tasks and tools see it: allowed files, as text, the editor's buffers over disk."""

import copy
import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakewright.errors import InputError
from lakewright.workspace.decode import Decoded, decode
from lakewright.workspace.globs import Glob
from lakewright.workspace.guard import Guard
from lakewright.workspace.languages import Language, language_named, language_of
from lakewright.workspace.layers import Layered
from lakewright.workspace.listing import Stop, never, walk
from lakewright.workspace.notebooks import is_databricks_source, read_ipynb
from lakewright.workspace.paths import parts_below, shown
from lakewright.workspace.roots import Root

WHOLE_BYTES = 1_000_000
"""The largest file that is taken whole; of a larger one a range of lines must be named."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as text: `path` relative to the root, `size` in bytes, newlines as in the file.

    `encoding` and `bom` turn unchanged text into the file's bytes again, except for an `.ipynb`,
    whose text is made from its cells.
    """

    path: str
    text: str
    encoding: str
    bom: bytes
    size: int
    language: Language | None
    is_notebook: bool

    @property
    def lines(self) -> int:
        """The number of lines; a newline at the end begins no further one."""
        return self.text.count("\n") + (not self.text.endswith("\n") if self.text else 0)


class Workspace:
    """The files below a root. `ignore` are patterns of the settings; `overlay` maps relative paths to
    the text of open buffers, which stand for what is on disk, each as it is when it is read. `label`
    stands before all paths that are given out, and before none that is asked for.
    """

    def __init__(
        self,
        root: Root,
        *,
        ignore: Sequence[str] = (),
        overlay: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        label: str = "",
    ) -> None:
        self.root = root
        self.ignore = tuple(ignore)
        self.overlay: Mapping[str, str] = {} if overlay is None else overlay
        self.environ = os.environ if environ is None else environ
        self.label = label
        self._guard = Guard(root, ignore, environ=self.environ, label=label)

    def over(self, texts: Mapping[str, str]) -> "Workspace":
        """The same files with these texts, as they are when they are read, in the place of theirs. What the
        guard has read is shared.
        """
        return self._with(Layered(texts, self.overlay))

    def without_buffers(self) -> "Workspace":
        """What is on disk alone."""
        return self._with({})

    def member(self, path: str, *, new: bool = False) -> tuple["Workspace", str]:
        """The root that a path belongs to, as a workspace of its own, and the path in there. `new`: of a
        file that is to be made. Raises InputError where it could be meant of several roots.
        """
        del new  # there is one root
        return self, path

    def name_of(self, member: "Workspace", within: str) -> str:
        """What a path of a member is called in this workspace."""
        return member.label + within

    def absolute(self, path: str) -> Path:
        """Where a path lies on disk; links stay. Raises InputError when it lies outside."""
        member, within = self.member(path)
        return member.root.path.joinpath(*parts_below(member.root.path, within))

    def relative(self, path: str | Path) -> str:
        """The path relative to the root, `/` as separator. A relative one is taken from the current
        folder. Raises InputError when it lies outside.
        """
        absolute = os.path.abspath(path)  # noqa: PTH100 - links stay: they are judged by the guard
        return self._name(parts_below(self.root.path, absolute))

    def why_refused(self, relative: str) -> str | None:
        """A sentence that says why the path may not be read; None where it may, or isn't there."""
        try:
            return self._guard.why_refused(parts_below(self.root.path, relative))
        except InputError as error:
            return error.message

    def read(self, relative: str, *, ranged: bool = False) -> SourceFile:
        """The file as text. Raises InputError with the reason when it is refused, isn't there, isn't
        text, or is larger than WHOLE_BYTES and no range of it was named (`ranged`).
        """
        parts = parts_below(self.root.path, relative)
        path = self._name(parts)
        decoded, size = self._decoded(parts, path)
        text, language, is_notebook = decoded.text, language_of(path), is_databricks_source(decoded.text)
        if posixpath.splitext(path)[1].lower() == ".ipynb" and text.strip():
            notebook = read_ipynb(text, path)
            text, language, is_notebook = notebook.text, language_named(notebook.language), True
        # Of an `.ipynb` only the cells count: what it holds beside them never leaves.
        whole = len(text.encode("utf-8", "surrogatepass")) if text is not decoded.text else size
        if whole > WHOLE_BYTES and not ranged:
            raise InputError(
                f"{shown(path)} is larger than {WHOLE_BYTES // 1_000_000} MB.",
                hint=f"Name a range of lines, for example {shown(path)}:1-400.",
            )
        return SourceFile(path, text, decoded.encoding, decoded.bom, size, language, is_notebook)

    def decoded(self, relative: str) -> Decoded:
        """The file's own text, whatever its size; an `.ipynb` as its JSON. Raises InputError as `read`."""
        parts = parts_below(self.root.path, relative)
        return self._decoded(parts, self._name(parts))[0]

    def files(self, glob: str | None = None, *, stop: Stop = never) -> Iterator[str]:
        """Allowed files, relative, folder by folder in the order of names. `glob` is one pattern as
        in a `.gitignore`: without a slash it is a name at any depth, a folder stands for all in it.
        `stop` is asked between folders.
        """
        wanted = Glob(glob, self.root.path) if glob else None
        for path in walk(self._guard, self.overlay, stop):
            name = self.label + path
            if wanted is None or wanted.matches(name) or (self.label and wanted.matches(path)):
                yield name

    def _decoded(self, parts: tuple[str, ...], path: str) -> tuple[Decoded, int]:
        """The text of a file and its size in bytes; `path` is what it is called in words."""
        text = self.overlay.get(self._buffer_name("/".join(parts)))
        if text is None:
            data = self._guard.read(parts)
            return decode(data, path), len(data)
        self._guard.check(parts)
        return Decoded(text, "utf-8"), len(text.encode("utf-8", "surrogatepass"))

    def _name(self, parts: Sequence[str]) -> str:
        """What a path is called by who reads of it."""
        return self.label + "/".join(parts) or "."

    def _with(self, overlay: Mapping[str, str]) -> "Workspace":
        other = copy.copy(self)
        other.overlay = overlay
        return other

    def _buffer_name(self, path: str) -> str:
        """The name that a buffer of the file would have: where the path leads, if it is a link."""
        if not self.overlay or path in self.overlay:
            return path
        real = Path(os.path.realpath(self.root.path / path))
        return real.relative_to(self.root.path).as_posix() if real.is_relative_to(self.root.path) else path
