"""Files and links into a scratch copy, counted and bounded. Never hard links: a command that writes in
place would change the real file.
"""

import contextlib
import errno
import os
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path

from lakewright.errors import CancelledRunError, ConfigError, InputError, LakewrightError
from lakewright.staging.scratch_kinds import is_environment
from lakewright.workspace.listing import Stop
from lakewright.workspace.paths import shown

MAX_BYTES = 2_000_000_000
MAX_FILES = 200_000

_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.EROFS))


@dataclass(slots=True)
class Copying:
    """What has been copied from `root` to `copy` so far; asks `stop` before each entry."""

    root: Path
    copy: Path
    stop: Stop
    files: int = 0
    size: int = 0
    environments: list[Path] = field(default_factory=list)
    """The Python environments that are linked in."""

    def file(self, source: Path, target: Path) -> None:
        """Copy a regular file with its mode and time; one that is gone meanwhile is left out.

        Raises InputError for one that can't be read, or one too many; ConfigError where no room is left.
        """
        try:
            status = source.stat()
            self.count(status.st_size)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(stat.S_IMODE(status.st_mode) & 0o777)
            os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        except FileNotFoundError:
            with contextlib.suppress(OSError):
                target.unlink()
        except shutil.SpecialFileError:
            return
        except OSError as error:
            raise self.failed(error, source) from None

    def link(self, source: Path, target: Path) -> None:
        """Copy a symbolic link: one that leads into the root leads into the copy, another where it led."""
        self.count(0)
        try:
            text = source.readlink()
            target.symlink_to(self._led(source.parent, text, target.parent))
        except FileNotFoundError:
            return
        except OSError as error:
            raise self.failed(error, source) from None

    def link_to(self, real: Path, target: Path) -> None:
        """A link to a real file or folder."""
        self.count(0)
        if is_environment(real):
            self.environments.append(real)
        try:
            target.symlink_to(real)
        except OSError as error:
            raise self.failed(error, real) from None

    def count(self, size: int) -> None:
        """Take one more entry of `size` bytes into account."""
        if self.stop():
            raise CancelledRunError("Cancelled while the workspace was copied; nothing was changed.")
        self.files += 1
        self.size += size
        if self.size > MAX_BYTES or self.files > MAX_FILES:
            raise InputError(
                f"The workspace is too large to be copied for --verify: more than {MAX_BYTES // 10**9} GB or "
                f"{MAX_FILES:,} files that git does not ignore.",
                hint="Let .gitignore name what is built or downloaded, or name a smaller folder with --root.",
            )

    def failed(self, error: OSError, source: Path) -> LakewrightError:
        """The error for a person: no room is the temporary folder's fault, all else the file's."""
        if error.errno in _NO_ROOM:
            return no_room(error)
        name = shown(os.path.relpath(source, self.root))
        return InputError(
            f"{name} can't be copied for --verify: {error.strerror or error}.",
            hint="Make it readable for you, or let .gitignore name it.",
        )

    def _led(self, folder: Path, text: Path, new_folder: Path) -> Path:
        lexical = Path(os.path.normpath(folder / text))
        if not text.is_absolute() and lexical.is_relative_to(self.root):
            return text
        real = Path(os.path.realpath(folder / text))
        if real.is_relative_to(self.root):
            return Path(os.path.relpath(self.copy / real.relative_to(self.root), new_folder))
        return lexical


def no_room(error: OSError) -> ConfigError:
    """The temporary folder's fault."""
    return ConfigError(
        f"There is no room for a scratch copy of the workspace: {error.strerror or error}.",
        hint="Free space in the temporary folder, or let TMPDIR name another, on a larger disk.",
    )
