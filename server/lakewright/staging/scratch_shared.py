"""Python environments that a copy shares with the real tree: what a command installs there from the copy
(`pip install -e .`, `maturin develop`) is led back to the real tree before the copy goes.

Else the user's own environment would lead to a folder that is no more.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_NAMED_BY = ("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT")
_SITES = ("lib/python*/site-packages", "lib64/python*/site-packages", "Lib/site-packages")
_FILES = ("*.pth", "*.egg-link", "__editable__*.py", "*.dist-info/direct_url.json")
"""Where an editable install notes its source (the `site` module; PEP 610; setuptools)."""


def lead_back(environments: Iterable[Path], environ: Mapping[str, str], root: Path, copy: Path) -> None:
    """Let what names the copy in the environments, or in those that are active, name the root."""
    active = (Path(environ[name]) for name in _NAMED_BY if environ.get(name))
    for file in _notes({Path(os.path.realpath(folder)) for folder in (*environments, *active)}):
        with contextlib.suppress(OSError):
            data = file.read_bytes()
            led = data.replace(os.fsencode(copy), os.fsencode(root))
            if led != data:
                temporary = file.with_name(f".{file.name}.lakewright")
                temporary.write_bytes(led)
                shutil.copymode(file, temporary)
                temporary.replace(file)


def _notes(environments: Iterable[Path]) -> Iterator[Path]:
    for environment in environments:
        sites = {Path(os.path.realpath(site)) for glob in _SITES for site in environment.glob(glob)}
        for site in sites:
            for glob in _FILES:
                yield from site.glob(glob)
