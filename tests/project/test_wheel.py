"""The built wheel is the product: code and data files alike."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (archive,) = folder.glob("*.whl")
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder / "site")
    return folder / "site"


def _run(site: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, "-m", "lakewright", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_explains_a_file(wheel: Path, tmp_path: Path) -> None:
    """From the wheel alone, away from the checkout: sandbox, prompts, grammars and queries are there."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "tax.py").write_text("def tax(net):\n    return net * 0.19\n")
    done = _run(wheel, "explain", "--sandbox", "tax.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Simulated" in done.stdout.splitlines()[0]
    assert "tax" in done.stdout


def test_the_wheel_holds_nothing_but_the_package(wheel: Path) -> None:
    """One package and its metadata, the licence among it, typed."""
    assert {path.name.split("-")[0] for path in wheel.iterdir()} == {"lakewright"}
    assert (wheel / "lakewright" / "py.typed").exists()
    assert list(wheel.glob("lakewright-*.dist-info/licenses/LICENSE"))
