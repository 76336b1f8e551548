"""Neovim as somebody new meets it, and at its limits: no profile, faults, two roots, a long file."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from editors.programs.program import ROOT, Found
from lakewright.sandbox.server import SandboxServer
from support_editors import World, need, reaches, until
from support_editors_neovim import Start, readme_lines

StartHost = Callable[..., SandboxServer]
Code = Callable[[str], Path]
VERSIONS = ("neovim-0.11", "neovim-0.12")
RECORDED = ROOT / "tests" / "lsp" / "editors"
PAGE = ROOT / "server" / "editors" / "neovim.md"


@pytest.fixture(params=VERSIONS)
def start(request: pytest.FixtureRequest, world: World) -> Iterator[Start]:
    """Starts one version on files; it has ended, and its server, after the test."""
    with Start(need(request.param), world) as started:
        yield started


def test_nothing_is_said_before_the_first_use_and_then_what_to_do(start: Start, code: Code) -> None:
    """Without a profile the start is silent; the first command is one message with the remedy."""
    editor = start(code("python") / "ledger/money.py")
    assert editor.screen()[-1] == ""
    assert editor.lua("return vim.fn.execute('messages')") == ""
    editor.keys(":Lakewright explain<CR>")
    lines = editor.sees("No Databricks host is set up: run `databricks auth login", "1: Try again")
    assert "Traceback" not in "\n".join(lines)
    editor.keys("q<CR>")
    until(editor.is_free, "the message goes away")


@pytest.mark.parametrize(
    ("fault", "said"),
    [("permission", "may not be used with these credentials (HTTP 403)"), ("deprecated", "is deprecated")],
)
def test_a_fault_is_one_readable_message(
    start: Start, code: Code, start_host: StartHost, fault: str, said: str
) -> None:
    """What went wrong and what to do, once, without a traceback or JSON."""
    editor = start(code("python") / "ledger/money.py", **reaches(start_host(f"{fault}:always")))
    editor.keys(":Lakewright explain<CR>")
    text = "".join(editor.sees(said))
    assert text.count(said) == 1
    assert "Traceback" not in text
    assert "{" not in text.partition(said)[2]


def test_a_wrong_command_says_what_is_missing(start: Start, code: Code, start_host: StartHost) -> None:
    """No run begins, and the words are for people."""
    host = start_host()
    editor = start(code("python") / "ledger/money.py", **reaches(host))
    editor.keys(":Lakewright refactor<CR>")
    editor.sees("instruction: it is missing; refactor needs to be told what to change.")
    assert not host.model_requests


def test_two_roots_have_a_server_each_that_reads_its_own(
    start: Start, code: Code, start_host: StartHost
) -> None:
    """A Go file beside Python code: its explanation is of its own repository."""
    python, go = code("python"), code("go")
    editor = start(python / "ledger/money.py", go / "meter.go", **reaches(start_host()))
    editor.keys(":last<CR>")
    editor.attached()
    roots = editor.lua(
        "local all = {} for _, c in ipairs(vim.lsp.get_clients()) do "
        "for _, f in ipairs(c.workspace_folders) do table.insert(all, vim.uri_to_fname(f.uri)) end end "
        "return all"
    )
    assert sorted(roots) == sorted([str(python), str(go)])
    editor.keys("14G:Lakewright explain<CR>")
    editor.sees("# Explain `meter.go:")


def test_twenty_thousand_lines_can_be_typed_in(start: Start, code: Code, start_host: StartHost) -> None:
    """Keys reach the text, and the text the server, while it explains a function of it."""
    root = code("python")
    functions = (
        f"def function_{number}(value):\n    return value + {number}\n\n\n" for number in range(5000)
    )
    (root / "long.py").write_text("".join(functions), "utf-8")
    editor = start(root / "long.py", **reaches(start_host(pace=0.3)))
    editor.keys("10001G:Lakewright explain<CR>")
    editor.keys("gg" + "Ofirst = 1<Esc>jj" * 20)
    until(lambda: editor.text().startswith("first = 1\n"), "the keys are typed")
    editor.sees("# Explain `long.py:10", "lines of Python")


@pytest.mark.parametrize("key", VERSIONS)
def test_it_declares_what_was_recorded(key: str, world: World, code: Code) -> None:
    """The capabilities of `initialize` are those that the tests of the server use: a new version shows here
    what it changed.
    """
    spied = world.artifacts / "initialize.json"
    lines = f"""
      local start = vim.lsp.rpc.start
      vim.lsp.rpc.start = function(...)
        local rpc = start(...)
        local request = rpc.request
        rpc.request = function(method, params, ...)
          if method == "initialize" then vim.fn.writefile({{ vim.json.encode(params) }}, "{spied}") end
          return request(method, params, ...)
        end
        return rpc
      end"""
    with Start(need(key), world) as started:
        started(code("python") / "ledger/money.py", lines=lines)
    now = json.loads(spied.read_text("utf-8"))
    recorded = json.loads((RECORDED / f"{key}.json").read_text("utf-8"))["initialize"]
    assert _sorted(now["capabilities"]) == _sorted(recorded["capabilities"])
    assert now["clientInfo"]["name"] == recorded["clientInfo"]["name"]


def _sorted(value: Any) -> Any:
    """Lists of words without their order, which Lua's tables haven't."""
    if isinstance(value, dict):
        return {key: _sorted(inner) for key, inner in value.items()}
    if isinstance(value, list) and _is_unordered(value):
        return sorted(value, key=str)
    return value


def _is_unordered(value: list[Any]) -> bool:
    """Of all lists only that of the encodings is a preference."""
    return not any(str(one).startswith("utf-") for one in value)


@pytest.mark.parametrize("key", VERSIONS)
@pytest.mark.parametrize("case", ["no lines", "no host", "all is well"])
def test_the_check_of_the_page_says_ok_or_what_is_wrong(
    key: str, case: str, world: World, code: Code, start_host: StartHost
) -> None:
    """The command of the page, pasted into a shell."""
    said = {
        "no lines": "the lines of the README are not in ",
        "no host": "No Databricks host is set up: run `databricks auth login",
        "all is well": "ok, ",
    }[case]
    init = world.config / "nvim/init.lua"
    init.parent.mkdir()
    init.write_text("" if case == "no lines" else readme_lines(), "utf-8")
    environ = {**world.environ, **({} if case == "no host" else reaches(start_host()))}
    done = _pasted(need(key), code("python"), world, environ)
    assert done.stdout.startswith(f"Lakewright: {said}"), done.stdout + done.stderr
    assert (done.returncode == 0) == (case == "all is well")


def _pasted(
    found: Found, root: Path, world: World, environ: dict[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Run the page's command where `nvim` on PATH is the one that was found."""
    command = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0]
    scripts = world.home / "bin"
    scripts.mkdir()
    words = " ".join(f"'{word}'" for word in found.argv)
    (scripts / "nvim").write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    (scripts / "nvim").chmod(0o755)
    variables = {**environ, **found.environ, "PATH": f"{scripts}{os.pathsep}{environ['PATH']}"}
    return subprocess.run(
        ["sh", "-c", command],
        cwd=root,
        env=variables,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
