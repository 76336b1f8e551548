"""`lakewright doctor --file`: whether a file may be read, and if not, why."""

from pathlib import Path

import pytest

from support_cli import lakewright
from support_doctor import examined


def test_a_file_that_may_be_read(project: Path) -> None:
    """One check, sound, with what the file is; no host is needed."""
    code, report = examined("--file", "tax.py", cwd=project)
    (check,) = report["checks"]
    assert (code, check["name"], check["ok"], "error" in report) == (0, "file", True, False)
    assert "tax.py can be read: 7 lines, utf-8, " in check["detail"]
    assert str(project) in check["detail"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".env", "deny list"),
        ("build/out.py", "ignored"),
        ("mine.py", "ignored"),
        ("../outside.py", "outside"),
        ("missing.py", "no such file"),
        ("photo.png", "binary"),
        ("link.py", "out of the workspace root"),
    ],
)
def test_a_file_that_is_not_read(name: str, reason: str, project: Path) -> None:
    """The reason is said in words, with exit 2."""
    for path in (project / ".env", project / "mine.py", project.parent / "outside.py"):
        path.write_text("A=1\n")
    (project / "build").mkdir()
    (project / "build" / "out.py").write_text("A=1\n")
    (project / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (project / "link.py").symlink_to(project.parent / "outside.py")
    (project / ".gitignore").write_text("build/\n")
    (project / ".lakewright.yaml").write_text("ignore: [mine.py]\n")
    code, report = examined("--file", name, "--root", ".", cwd=project)
    (check,) = report["checks"]
    assert (code, check["ok"], report["error"]["kind"]) == (2, False, "input")
    assert reason in check["detail"].lower()


def test_the_root_decides(project: Path) -> None:
    """With another root the same file lies outside."""
    inner = project / "inner"
    inner.mkdir()
    done = lakewright("doctor", "--file", "tax.py", "--root", "inner", cwd=project)
    assert done.returncode == 2
    assert b"outside" in done.stderr
    assert done.stdout.startswith(b"FAIL  file")
