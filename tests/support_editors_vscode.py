"""A window of VS Code's workbench, in a real browser.

It is looked at as a person does. What stands behind it (documents, settings) is arranged and read by the
driver extension, which runs JavaScript in the extension host.
"""

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from playwright.async_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Locator,
    Page,
    async_playwright,
    expect,
)

from editors.programs.vscode import browser as find_browser
from lakewright.sandbox.server import SandboxServer
from support_editors import SHOWN, START
from support_editors_vscode_server import CodeServer, Settings, eventually

SIZE = {"width": 1280, "height": 800}
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@dataclass
class Window:
    """One window of the workbench. `page` is what a person sees; `ask` reaches behind it."""

    server: CodeServer
    context: BrowserContext
    page: Page
    folder: Path | None
    asked: list[str] = field(default_factory=list)
    """The addresses that the page has asked for."""

    async def ask(self, body: str, *args: object) -> Any:
        """What a function body returns in the extension host, with `vscode` and `args` in scope."""
        reader, writer = await asyncio.open_unix_connection(_socket(self.server, self.folder))
        try:
            writer.write(json.dumps({"body": body, "args": args}).encode())
            writer.write_eof()
            reply = json.loads(await reader.read())
        finally:
            writer.close()
            await writer.wait_closed()
        assert "error" not in reply, reply["error"]
        return reply["value"]

    async def command(self, label: str) -> None:
        """Run a command from the palette, as people do."""
        box = self.page.locator(".quick-input-widget input[type=text]")
        await self.press("F1", brings=box)
        await box.fill(f">{label}")
        row = self.page.locator(".quick-input-widget .monaco-list-row.focused", has_text=label)
        await expect(row).to_be_visible()
        await self.press("Enter")

    async def open(self, path: str, line: int = 1, end_line: int | None = None, column: int = 1) -> None:
        """Show a file of the folder, with the cursor at a place (1-based), or whole lines selected."""
        assert self.folder is not None
        name = Path(path).name
        end = [line - 1, column - 1] if end_line is None else [end_line, 0]
        await self.ask(
            """const document = await vscode.workspace.openTextDocument(args[0]);
            const editor = await vscode.window.showTextDocument(document, {preview: false});
            editor.selection = new vscode.Selection(args[1], args[2], ...args[3]);
            editor.revealRange(editor.selection);""",
            str(self.folder / path), line - 1, column - 1, end,
        )  # fmt: skip
        await expect(self.page.locator(f'.tab.active[data-resource-name="{name}"]')).to_be_visible()
        await expect(self.editor.locator(".view-line").first).to_be_visible()
        await self.focus()

    async def served(self) -> None:
        """Wait until our server serves this window."""
        is_there = 'return (await vscode.commands.getCommands(true)).includes("lakewright.status")'
        await eventually(lambda: self.ask(is_there), "our server", START)

    async def focus(self) -> None:
        """Put the keyboard into the code."""
        await self.ask("await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup')")

    async def action(self, title: str) -> None:
        """Pick a code action where the cursor is."""
        await self.served()
        row = self.page.locator(".action-widget .monaco-list-row", has_text=title).first
        await self.press("Control+.", brings=row)
        await row.click()

    async def text(self, path: str) -> str:
        """The text of a document as the editor has it, saved or not."""
        assert self.folder is not None
        find = "return (await vscode.workspace.openTextDocument(args[0])).getText()"
        text: str = await self.ask(find, str(self.folder / path))
        return text

    @property
    def editor(self) -> Locator:
        return self.page.locator(".editor-group-container.active .editor-instance")

    def toast(self, text: str) -> Locator:
        """The notifications that pop up and have this text."""
        return self.page.locator(".notifications-toasts .notification-list-item", has_text=text)

    @property
    def toasts(self) -> Locator:
        return self.page.locator(".notifications-toasts .notification-list-item")

    async def leave_traces(self, folder: Path) -> None:
        """Keep what a person would want to see of a failed test."""
        await self.page.screenshot(path=folder / "window.png")
        tree = await self.page.locator("body").aria_snapshot()
        (folder / "window.txt").write_text(tree, encoding="utf-8")
        for log in (self.server.user / "logs").rglob("*.log"):
            if log.stat().st_size:
                shutil.copyfile(log, folder / log.name)

    @property
    def explanation(self) -> FrameLocator:
        """The explanation as it is rendered."""
        return self.page.frame_locator("iframe.webview.ready:visible").frame_locator("iframe")

    async def explained(self) -> None:
        """Wait for the rendered explanation: the first one starts VS Code's own Markdown."""
        await expect(self.explanation.get_by_role("heading").first).to_be_visible(timeout=START * 1000)

    @property
    def preview(self) -> Locator:
        """The tree of Refactor Preview."""
        return self.page.get_by_role("tree", name="Bulk Edit")

    @property
    def ghost(self) -> Locator:
        """Text that is suggested, not yet there."""
        return self.page.locator(".ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text")

    async def suggestion(self, typed: str) -> None:
        """Type a line, and wait for what is suggested below it."""
        await self.served()
        await self.type(typed)
        await self.press("Enter", brings=self.ghost.first, instead="Control+z")

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def press(self, keys: str, *, brings: Locator | None = None, instead: str = "Escape") -> None:
        """Press keys. Where they come too early for what they bring, as right after a start, they are taken
        back by `instead` and pressed once more, as people do.
        """
        await self.page.keyboard.press(keys)
        if brings is None:
            return

        async def is_there() -> bool:
            with suppress(AssertionError):
                await expect(brings).to_be_visible(timeout=2500)
                return True
            await self.page.keyboard.press(instead)
            await self.page.keyboard.press(keys)
            return False

        await eventually(is_there, f"what {keys} brings", 2 * SHOWN)

    async def answer(self, text: str) -> None:
        """Type into the box that asks for something, and take what is typed."""
        box = self.page.locator(".quick-input-widget input[type=text]")
        await expect(box).to_be_visible()
        await box.fill(text)
        await expect(
            self.page.locator(".quick-input-widget .monaco-list-row.focused", has_text=text)
        ).to_be_visible()
        await self.page.keyboard.press("Enter")

    def foreign(self) -> list[str]:
        """What the page asked for that isn't on this machine. A rendered document's own resources have
        addresses of VS Code's that its service worker answers: this browser resolves no names.
        """
        server = f"127.0.0.1:{self.server.port}/"
        at_home = (f"http://{server}", f"ws://{server}", "blob:", "data:", "https://vscode-remote+")
        return [address for address in self.asked if not address.startswith(at_home)]


class OpenWindow(Protocol):
    """Opens the window of a test. `host` is what its profile names; without one nothing is set up."""

    async def __call__(
        self,
        folder: Path | None,
        host: SandboxServer | None = None,
        *,
        settings: Settings | None = None,
        machine: Settings | None = None,
    ) -> Window: ...


class AtWork(Protocol):
    """Opens a window on a code base, beside a host with these faults that its profile names."""

    async def __call__(
        self,
        *faults: str,
        pace: float = 0.0,
        language: str = "python",
        settings: Settings | None = None,
        machine: Settings | None = None,
    ) -> tuple[Window, SandboxServer]: ...


@asynccontextmanager
async def browser_at(home: Path) -> AsyncIterator[Browser]:
    """A browser without a screen, with a home of its own."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=find_browser(),
            env={"HOME": str(home), "PATH": os.environ["PATH"]},
            args=list(_FLAGS),
        )
        yield started
        await started.close()


@asynccontextmanager
async def window_of(
    server: CodeServer, browser: Browser, folder: Path | None, artifacts: Path, *, payload: str = ""
) -> AsyncIterator[Window]:
    """A window on a folder, once the workbench and its extension host are there."""
    # expect()'s own limit counts for everything that is waited for in the page
    expect.set_options(timeout=SHOWN * 1000)
    context = await browser.new_context(
        viewport={"width": SIZE["width"], "height": SIZE["height"]},
        device_scale_factor=1,
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(SHOWN * 1000)
    page = await context.new_page()
    window = Window(server, context, page, folder)
    try:
        page.on("request", lambda request: window.asked.append(request.url))
        where = f"?folder={quote(str(folder))}" if folder else "?ew=true"
        await page.goto(f"http://127.0.0.1:{server.port}/{where}{payload}")
        await expect(page.locator(".monaco-workbench .part.statusbar")).to_be_visible(timeout=START * 1000)
        await eventually(lambda: _listens(_socket(server, folder)), "the extension host", START)
        yield window
    finally:
        await window.leave_traces(artifacts)
        await context.close()


def _socket(server: CodeServer, folder: Path | None) -> str:
    name = hashlib.sha256(str(folder or "").encode()).hexdigest()[:12]
    return str(server.sockets / name)


async def _listens(path: str) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
