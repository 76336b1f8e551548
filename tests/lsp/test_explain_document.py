"""`explain` in the editor: one document, opened once, for its owner's eyes; a message where none can be."""

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

from lakewright.agent.history import MAX_AGE_SECONDS
from lakewright.lsp.explain_document_file import Explanation, text_of, write
from lakewright.lsp.explain_document_links import Links, file_in
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root
from support_lsp_client import Json, LspClient, repository
from support_lsp_runs import bench

CAN_SHOW = {"window": {"showDocument": {"support": True}}}
EXPLANATION = Explanation(
    run="20261121-101502-4f9a1c",
    title="Explain",
    subject="orders.py:12\N{EN DASH}40",
    question=None,
    endpoint="databricks-claude",
    answer="It adds up.\n",
)


def nowhere(_path: str) -> None:
    """No file is known."""


async def explained(client: LspClient, uri: str, **more: Any) -> Json:
    """Explain in the editor; the answer of the request."""
    answer = await client.execute("explain", {"textDocument": {"uri": uri}, **more})
    assert isinstance(answer, dict)
    return answer


async def test_an_answer_is_opened_once_without_taking_the_focus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One `window/showDocument` names a file of the state folder that holds the answer; no message."""
    async with bench(tmp_path, monkeypatch, capabilities=CAN_SHOW) as at:
        at.client.replies["window/showDocument"] = lambda _: {"success": True}
        started = await explained(at.client, at.uri, instruction="Is it right?")
        shown = await at.client.wait_for("window/showDocument")
        await at.client.quiet()
        assert len(at.client.received("window/showDocument")) == 1
        assert at.client.received("window/showMessage") == []
        assert (shown["takeFocus"], shown["external"]) == (False, False)
        file = Path(shown["uri"].removeprefix("file://").replace("%20", " "))
        assert (file.parent.name, file.name) == (started["run"], "Explain-orders.py.md")
        text = file.read_text()
    assert text.startswith("# Explain `orders.py`\n\n> Is it right?\n\n`")
    links = re.findall(r"\]\(([^)]*orders\.py)#L\d+\)", text)
    assert {os.path.normpath(file.parent / link) for link in links} == {at.uri.removeprefix("file://")}


@pytest.mark.parametrize(
    ("capabilities", "reply"), [({}, None), (CAN_SHOW, {"success": False}), (CAN_SHOW, "error")]
)
async def test_a_client_that_can_not_open_it_gets_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capabilities: Json, reply: Any
) -> None:
    """Without `window/showDocument`, and where it fails, the answer comes as one message. Its first line says
    where the document is.
    """
    async with bench(tmp_path, monkeypatch, capabilities=capabilities) as at:
        at.client.replies["window/showDocument"] = lambda _: 7 if reply == "error" else reply
        await explained(at.client, at.uri)
        message = await at.client.wait_for("window/showMessage")
        await at.client.quiet()
        assert len(at.client.received("window/showMessage")) == 1
        assert message["type"] == 3
        head, _, answer = message["message"].partition("\n\n")
        kept = Path(head.removeprefix("Explain orders.py: "))
        assert answer.splitlines()[0] in kept.read_text()


async def test_an_answer_for_a_program_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `deliver: response` no document is written or opened."""
    async with bench(tmp_path, monkeypatch, capabilities=CAN_SHOW) as at:
        await explained(at.client, at.uri, deliver="response")
        await at.client.quiet()
        assert at.client.received("window/showDocument") == at.client.received("window/showMessage") == []


def test_the_document_says_what_it_is() -> None:
    """Title, question, model and date, answer, notes: each on its own, as plain text."""
    explanation = Explanation(
        run="r",
        title="Explain",
        subject="a`b.py",
        question="Why <b>\n# this?",
        endpoint="databricks-claude",
        answer="It adds up.\n",
        notes=("The answer is cut.",),
    )
    assert text_of(
        explanation, Links(nowhere), when=time.struct_time((2026, 11, 21, 10, 15, 2, 5, 325, 0))
    ) == (
        "# Explain ``a`b.py``\n\n"
        "> Why &lt;b> # this?\n\n"
        "`databricks-claude` · 2026-11-21 10:15\n\n"
        "It adds up.\n\n"
        "> The answer is cut.\n"
    )


def test_the_file_is_its_owners(tmp_path: Path) -> None:
    """File and folders can be read by nobody else, and nothing else is left behind."""
    state = tmp_path / "state"
    before = os.umask(0)
    try:
        file = write(state, EXPLANATION, nowhere)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    folders = (file.parent, file.parent.parent, state)
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert list(file.parent.iterdir()) == [file]


def test_old_files_go(tmp_path: Path) -> None:
    """What is older than the history keeps its runs is deleted with the next explanation."""
    old = write(tmp_path, EXPLANATION, nowhere)
    os.utime(old.parent, (0, time.time() - MAX_AGE_SECONDS - 60))
    fresh = Explanation(**{**{n: getattr(EXPLANATION, n) for n in EXPLANATION.__slots__}, "run": "newer"})
    file = write(tmp_path, fresh, nowhere)
    assert list(file.parent.parent.iterdir()) == [file.parent]


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("orders.py:12\N{EN DASH}40", "Explain-orders.py-12-40.md"),
        ("shop/orders.py", "Explain-orders.py.md"),
        ("what?.py", "Explain-what-.py.md"),
        ("a\\..\\b\n\x00|.py", "Explain-a-..-b-.py.md"),
        ("\N{GRINNING FACE}" * 300, "Explain-" + "\N{GRINNING FACE}" * 51 + "….md"),
        ("...", "Explain.md"),
    ],
)
def test_the_file_is_called_as_what_it_explains(tmp_path: Path, subject: str, name: str) -> None:
    """The title of an editor's tab: what it is, whatever a file is called; never a path, never too long."""
    explanation = Explanation("run", "Explain", subject, None, None, "")
    assert write(tmp_path, explanation, nowhere).relative_to(tmp_path) == Path("explanations/run", name)


def test_a_folder_that_can_not_be_written_is_an_os_error(tmp_path: Path) -> None:
    """So that the answer can come as a message."""
    (tmp_path / "explanations").write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        write(tmp_path, EXPLANATION, nowhere)


def test_only_readable_files_of_the_folders_are_linked(tmp_path: Path) -> None:
    """Not a folder, not what is missing, outside, behind a link that leads out, or on the deny list."""
    root = repository(tmp_path / "work", {"src/a.py": "a", ".env": "SECRET=1"})
    (tmp_path / "out.py").write_text("out")
    (root / "link.py").symlink_to(tmp_path / "out.py")
    workspace = Workspace(Root(root))
    names = [
        "src/a.py",
        "src",
        "src/b.py",
        "../out.py",
        str(tmp_path / "out.py"),
        "link.py",
        ".env",
        "\0",
        "a" * 5000,
    ]
    assert [name for name in names if file_in(workspace, name)] == ["src/a.py"]
