"""Programs from Debian: installed by apt-get, or unpacked from another suite without touching the system.

What is unpacked lies in a folder of its own that appears whole or not at all: a killed install leaves
nothing that could be taken for a program.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from editors.programs.program import EDITORS, CannotInstallError

SECONDS = 300.0
"""For one apt-get; a stalled download ends after 20 s by itself."""
LOADERS = {
    "amd64": ("x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "arm64": ("aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
}
"""By Debian's name of the machine: the folder of its libraries, and the loader in it."""

_QUIET = (
    "-qq",
    "-o",
    "Acquire::Retries=2",
    "-o",
    "Acquire::http::Timeout=20",
    "-o",
    "Acquire::https::Timeout=20",
)
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def apt_install(*packages: str, suite: str | None = None) -> None:
    """Install packages for the whole system, from an extra suite if one is named.

    Needs Debian and root. Raises CannotInstallError.
    """
    _need("apt-get")
    if os.geteuid() != 0:
        raise CannotInstallError("only root may install packages")
    with _one_at_a_time():
        options: list[str] = []
        if suite is not None:
            options = ["-o", f"Dir::Etc::sourceparts={_sources(suite, beside_the_system=True)}"]
        _run("apt-get", *_QUIET, *options, "update")
        target = ["-t", suite] if suite is not None else []
        _run("apt-get", *_QUIET, *options, *target, "-y", "--no-install-recommends", "install", *packages)


def unpack(name: str, *packages: str, suite: str, without: Sequence[str] = ()) -> None:
    """Unpack packages of a suite into `.editors/<name>`, with all that they need but those that they declare
    and never use here.

    Raises CannotInstallError.
    """
    _need("apt-get", "dpkg")
    with _one_at_a_time():
        part, whole = EDITORS / f"{name}.part", EDITORS / name
        shutil.rmtree(part, ignore_errors=True)
        apt = _private_apt(suite, without)
        archives = part / "archives"
        (archives / "partial").mkdir(parents=True)
        _run(*apt, "update")
        download = (*apt, "-o", f"Dir::Cache::archives={archives}", "-y", "--no-install-recommends")
        _run(*download, "--download-only", "install", *packages)
        for deb in sorted(archives.glob("*.deb")):
            _run("dpkg", "-x", str(deb), str(part / "root"))
        shutil.rmtree(archives)
        shutil.rmtree(whole, ignore_errors=True)
        (part / "root").rename(whole)
        part.rmdir()


def through_its_loader(root: Path, program: str) -> tuple[str, ...] | None:
    """The words that start an unpacked program with its own C library; None where it isn't unpacked."""
    for folder, loader in LOADERS.values():
        libraries = root / "usr/lib" / folder
        if (libraries / loader).exists() and (root / program).exists():
            name = Path(program).name
            return (
                str(libraries / loader),
                *("--library-path", str(libraries), "--argv0", name, str(root / program)),
            )
    return None


def _private_apt(suite: str, installed: Sequence[str]) -> tuple[str, ...]:
    """apt-get with lists and a state of its own. It believes that nothing else is installed, so that even
    the C library is fetched.
    """
    state = EDITORS / "apt" / suite
    for folder in ("lists/partial", "cache"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "status").write_text("".join(map(_INSTALLED.format, installed)))
    options = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": _sources(suite),
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    return (
        "apt-get",
        *_QUIET,
        *(word for key, value in options.items() for word in ("-o", f"{key}={value}")),
    )


_INSTALLED = (
    "Package: {}\nStatus: install ok installed\nArchitecture: all\nMulti-Arch: foreign\n"
    "Maintainer: nobody\nVersion: 99:1\nDescription: taken for installed\n\n"
)


def _sources(suite: str, *, beside_the_system: bool = False) -> Path:
    """A folder of sources that names the suite at the mirror that this machine uses already."""
    parts = EDITORS / "apt" / suite / ("sources-and-system" if beside_the_system else "sources")
    shutil.rmtree(parts, ignore_errors=True)
    if beside_the_system:
        shutil.copytree("/etc/apt/sources.list.d", parts)
    parts.mkdir(parents=True, exist_ok=True)
    signed = f" [signed-by={_KEYRING}]" if _KEYRING.exists() else ""
    (parts / f"{suite}.list").write_text(f"deb{signed} {_mirror()} {suite} main\n")
    return parts


def _mirror() -> str:
    targets = ("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
    for address in _run(*targets).split():
        if address.rstrip("/").endswith("/debian"):
            return address
    raise CannotInstallError("apt-get knows no Debian mirror here")


def _need(*programs: str) -> None:
    for name in programs:
        if shutil.which(name) is None:
            raise CannotInstallError(f"there is no {name}: this is not Debian")


def _run(*argv: str) -> str:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            argv,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotInstallError(f"{argv[0]} took more than {SECONDS:.0f} s") from None
    if done.returncode != 0:
        raise CannotInstallError(f"{argv[0]}: {_last(done.stderr.splitlines())}")
    return done.stdout


def _last(lines: Sequence[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "it failed without a word")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two installs at once wait for each other."""
    EDITORS.mkdir(exist_ok=True)
    with (EDITORS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
