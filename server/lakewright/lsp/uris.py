"""File URIs and paths. What a client writes is understood in every usual spelling; what we write is plain.

Pure: nothing here looks at the disk.
"""

import ntpath
import os
import posixpath
import re
from urllib.parse import quote, unquote_to_bytes

_FILE = re.compile(r"file:(?://([^/]*))?(/.*)?$", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(r"/([A-Za-z])[:|](?=/|$)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_SAFE = "/~"
"""Beside letters, digits and `_.-`, all that stands for itself in a URI of ours."""


def path_of(uri: str, *, windows: bool = os.name == "nt") -> str | None:
    """The absolute path of a `file:` URI, `.` and `..` taken out; None for every other URI, for another
    host's file (elsewhere than on Windows, where it is a share), and for what no path can be.

    A bare `#`, `?` or blank is part of the path: clients that leave it unescaped mean the file.
    """
    match = _FILE.match(uri)
    if match is None:
        return None
    try:
        host, path = (os.fsdecode(unquote_to_bytes(part or "")) for part in match.groups())
    except UnicodeEncodeError:  # a lone surrogate
        return None
    if "\0" in path or not path:
        return None
    is_local = host.lower() in ("", "localhost")
    if windows:
        return _windows_path("" if is_local else host, path)
    return posixpath.normpath("/" + path.lstrip("/")) if is_local else None


def uri_of(path: str, *, windows: bool = os.name == "nt") -> str:
    """The URI of an absolute path."""
    if not windows:
        return "file://" + _quoted(path)
    drive, rest = ntpath.splitdrive(path.replace("/", "\\"))
    rest = _quoted(rest.replace("\\", "/"))
    if drive.startswith("\\\\"):
        return "file:" + _quoted(drive.replace("\\", "/")) + rest
    return f"file:///{drive.upper()}{rest}"


def below(folder: str, relative: str) -> str:
    """The URI of a path below a folder's URI, whose own spelling is kept."""
    return f"{folder.rstrip('/')}/{_quoted(relative)}"


def beside(folder: str, uri: str, *, windows: bool = os.name == "nt") -> str:
    """The link to a file from a document of a folder: relative, since Markdown's previews leave `file:` out.
    The URI itself where there is none: another scheme, another drive.
    """
    path = path_of(uri, windows=windows)
    if path is None:
        return uri
    try:
        relative = (ntpath if windows else posixpath).relpath(path, folder)
    except ValueError:
        return uri
    return _quoted(relative.replace("\\", "/") if windows else relative)


def key_of(uri: str, *, windows: bool = os.name == "nt") -> str:
    """What is the same for all spellings of one file's URI; every other URI stands for itself alone."""
    path = path_of(uri, windows=windows)
    return uri if path is None else uri_of(path, windows=windows)


def name_of(uri: str) -> str:
    """The last name of a URI without a path, "" where it has none: `Untitled-1` of `untitled:Untitled-1`."""
    rest = _SCHEME.sub("", uri, count=1) if _SCHEME.match(uri) else uri
    rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    return unquote_to_bytes(rest.encode("utf-8", "replace")).decode("utf-8", "replace").rpartition("/")[2]


def _windows_path(host: str, path: str) -> str | None:
    """A share's path, or one with its drive, in capital letters as the system has it."""
    drive = _DRIVE.match(path)
    if host:
        return ntpath.normpath(f"//{host}{path}")
    if drive:
        return ntpath.normpath(f"{drive[1].upper()}:{path[drive.end() :] or '/'}")
    return ntpath.normpath(path) if path.startswith("//") else None


def _quoted(path: str) -> str:
    return quote(os.fsencode(path), safe=_SAFE)
