"""Fixtures of the tests with real editors. They start in worlds of their own, and what a failed test leaves
behind is kept in `artifacts/`.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from editors.programs.program import ROOT
from lakewright.sandbox.server import SandboxServer, start_in_thread
from support_editors import World, copy_of

KEPT = ROOT / "artifacts"
_FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup` the tests of a file share a worker, and so what they have started."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what a failed test has left, also while it is taken down, and print where, after all else that it
    says.
    """
    report = yield
    left = getattr(item, "funcargs", {}).get("artifacts")
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    if item.stash[_FAILED] and left is not None:
        kept = KEPT / re.sub(r"[^\w.-]+", "_", item.nodeid.removeprefix("tests/editors/"))
        shutil.copytree(left, kept, dirs_exist_ok=True)
        if report.failed:
            report.sections.append(("artifacts", str(kept)))
    return report


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    """A folder for logs, pictures and the like, kept when the test fails."""
    path = tmp_path / "artifacts"
    path.mkdir()
    return path


@pytest.fixture
def world(artifacts: Path) -> Iterator[World]:
    """A home of the test's own, with a short path. No server that was started in it outlives the test."""
    home = Path(tempfile.mkdtemp(prefix="lw-")).resolve()
    try:
        yield World.at(home, artifacts)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def code(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a copy of the code base of a language, as a repository, and returns its root."""
    return lambda language: copy_of(language, tmp_path.resolve() / language)


@pytest.fixture
def start_host() -> Iterator[Callable[..., SandboxServer]]:
    """Starts a simulated host, without waits unless `pace` or faults say otherwise. `log` is what it saw."""
    with ExitStack() as hosts:

        def start(*faults: str, pace: float = 0.0) -> SandboxServer:
            return hosts.enter_context(start_in_thread(faults, pace=pace))

        yield start
