"""What can go wrong in VS Code: one readable message that says what to do, and everything goes on."""

import os
import signal

from playwright.async_api import expect

from support_editors_vscode import AtWork
from support_editors_vscode_server import CodeServer, eventually

PALETTE = "Lakewright: Explain"


async def test_a_fault_is_one_message_with_a_button(at_work: AtWork) -> None:
    """What the host says becomes one message in words, with a button that tries again."""
    window, _host = await at_work("redirect")
    await window.open("ledger/money.py", 9)
    await window.command(PALETTE)
    again = window.toasts.get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    await expect(window.toasts).to_have_count(1)
    await again.click()
    await window.explained()
    await expect(window.toasts).to_have_count(0)


async def test_a_server_that_dies_comes_back_until_it_dies_five_times(
    at_work: AtWork, code_server: CodeServer
) -> None:
    """One that is killed is started anew, silently; the fifth time is told in one message with the log."""
    window, _host = await at_work()
    await window.open("ledger/money.py", 9)
    await window.served()
    killed: list[int] = []

    def fresh() -> list[int]:
        return [pid for pid in code_server.world.servers() if pid not in killed]

    for _ in range(5):
        (pid,) = await eventually(fresh, "a server")
        await window.served()
        await expect(window.toasts).to_have_count(0)
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)
    await expect(window.toast("five times")).to_be_visible()
    await window.toasts.get_by_role("button", name="Show Log").click()
    await expect(window.page.locator(".part.panel .view-lines", has_text="SIGKILL")).to_be_visible()
    await window.command("Lakewright: Restart")
    await window.served()
