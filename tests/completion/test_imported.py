"""Which files of the workspace an import may mean, and which signatures of them a completion is shown."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from lakewright.tasks.completion import neighbours as module
from lakewright.tasks.completion.imported import wanted
from lakewright.tasks.completion.neighbours import MAX_SIGNATURES, Signatures, neighbours
from lakewright.workspace.files import Workspace
from lakewright.workspace.languages import language_of
from lakewright.workspace.roots import Root


@pytest.mark.parametrize(
    ("path", "text", "file", "names"),
    [
        ("app/cart.py", "from app.rates import rate, RATES as R", "app/rates.py", ("rate", "RATES")),
        ("app/cart.py", "from .rates import (rate)", "app/rates.py", ("rate",)),
        ("app/sub/cart.py", "from ..rates import rate", "app/rates.py", ("rate",)),
        ("app/cart.py", "from . import rates", "app/rates.py", ()),
        ("app/cart.py", "import app.rates as r", "app/rates.py", ()),
        ("tests/test_cart.py", "from app.rates import rate", "src/app/rates.py", ("rate",)),
        ("app/cart.py", "from app import rates", "app/__init__.py", ("rates",)),
        ("src/cart.ts", 'import { rate, type Item as I } from "./rates";', "src/rates.ts", ("rate", "Item")),
        ("src/cart.ts", "import * as rates from '../lib/rates.js'", "lib/rates.ts", ()),
        ("src/cart.tsx", 'import Rates from "./rates"', "src/rates/index.ts", ("Rates",)),
        ("src/a/Cart.java", "import a.b.Rates;", "src/a/b/Rates.java", ("Rates",)),
        ("src/a/Cart.scala", "import b.{Rates, Net}", "src/b/Net.scala", ("Net",)),
        ("src/cart.c", '#include "rates.h"', "src/rates.h", ()),
        ("src/cart.cpp", '#include "tax/rates.h"', "include/tax/rates.h", ()),
        ("src/cart.rs", "use crate::tax::rates::{rate, Net};", "src/tax/rates.rs", ("rate", "Net")),
    ],
)
def test_an_import_means_files(path: str, text: str, file: str, names: tuple[str, ...]) -> None:
    """Among the guesses is the file, with the names taken from it."""
    language = language_of(path)
    assert language is not None
    assert any(file in one.paths and one.names == names for one in wanted([text], path, language))


@pytest.mark.parametrize("text", ["import", "from  import", "import {", "use ::", "#include <a.h>", "💥"])
@pytest.mark.parametrize("path", ["a.py", "a.ts", "A.java", "a.c", "a.rs"])
def test_what_is_no_import_means_nothing_that_exists(path: str, text: str) -> None:
    """Broken imports are no error."""
    language = language_of(path)
    assert language is not None
    wanted([text], path, language)


def _workspace(root: Path, files: Mapping[str, str]) -> Workspace:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Workspace(Root(root))


async def _near(
    root: Path, path: str, imports: list[str], near: str, files: Mapping[str, str]
) -> list[Signatures]:
    language = language_of(path)
    assert language is not None
    return await neighbours(imports, near, path, language, _workspace(root, files))


RATES = """\
def rate(country):
    return 1


class Net:
    def round(self):
        return 1


def other(): pass
"""


async def test_imported_names_bring_their_signatures(tmp_path: Path) -> None:
    """A function by its signature, a class with its members; what wasn't imported stays away."""
    found = await _near(tmp_path, "cart.py", ["from rates import rate, Net"], "", {"rates.py": RATES})
    assert found == [Signatures("rates.py", ("def rate(country)", "class Net", "    def round(self)"))]


async def test_an_imported_module_brings_what_is_mentioned(tmp_path: Path) -> None:
    """Of `import rates`, the names that the code around the cursor speaks of."""
    found = await _near(tmp_path, "cart.py", ["import rates"], "x = rates.rate(", {"rates.py": RATES})
    assert found == [Signatures("rates.py", ("def rate(country)",))]


async def test_files_of_a_package_are_neighbours(tmp_path: Path) -> None:
    """In Go the files of a folder share their names."""
    files = {"pkg/rates.go": "package pkg\n\nfunc Rate(c string) int {\n\treturn 1\n}\n"}
    found = await _near(tmp_path, "pkg/cart.go", [], "x := Rate(", files)
    assert found == [Signatures("pkg/rates.go", ("func Rate(c string) int",))]


async def test_what_the_guard_refuses_is_left_out(tmp_path: Path) -> None:
    """Ignored files, files on the deny list and files outside of the workspace give nothing."""
    files = {".lakewrightignore": "rates.py\n", "rates.py": RATES, ".env": "A=1", "secrets.py": RATES}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "far.py").write_text(RATES)
    root = tmp_path / "in"
    root.mkdir()
    (root / "far.py").symlink_to(tmp_path / "out" / "far.py")
    imports = ["from rates import rate", "from far import rate", "from ..out.far import rate"]
    assert await _near(root, "cart.py", imports, "rate", files) == []


async def test_their_number_is_bounded(tmp_path: Path) -> None:
    """A module of a thousand functions doesn't fill the prompt."""
    many = "\n".join(f"def f{number}(): pass" for number in range(1000))
    near = " ".join(f"f{number}" for number in range(1000))
    (found,) = await _near(tmp_path, "cart.py", ["import many"], near, {"many.py": many})
    assert len(found.rows) == MAX_SIGNATURES


async def test_what_is_not_there_in_time_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that hangs costs the completion its neighbours, not itself."""
    released = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(*_: object) -> None:
        asyncio.run_coroutine_threadsafe(released.wait(), loop).result()

    monkeypatch.setattr(module, "SECONDS", 0.01)
    monkeypatch.setattr(module, "_read", hang)
    assert await _near(tmp_path, "cart.py", ["import rates"], "rate", {"rates.py": RATES}) == []
    released.set()
