"""Neovim's API over its own pipes: one request at a time, each with a limit, and its events kept in order."""

import os
import selectors
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from support_editors import START


class ApiError(Exception):
    """Neovim refused a request, in its own words."""


class Api:
    """A child process with `--embed`, and its API by name. `events` are what it said by itself."""

    def __init__(self, argv: list[str], environ: Mapping[str, str], errors: Any) -> None:
        self._msgpack: Any = pytest.importorskip("msgpack")
        self._process = subprocess.Popen(
            argv, env=dict(environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        self._unpacker = self._msgpack.Unpacker(strict_map_key=False, ext_hook=lambda _code, data: data)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._output, selectors.EVENT_READ)
        self._number = 0
        self.events: list[tuple[str, list[Any]]] = []

    def __call__(self, method: str, *arguments: Any, seconds: float = START) -> Any:
        """The result of a request. Raises ApiError, and TimeoutError where no answer comes."""
        self._number += 1
        assert self._process.stdin is not None
        self._process.stdin.write(self._msgpack.packb([0, self._number, method, list(arguments)]))
        self._process.stdin.flush()
        while True:
            for message in self._unpacker:
                if message[0] == 2:
                    self.events.append((message[1], message[2]))
                elif message[0] == 1 and message[1] == self._number:
                    if message[2] is not None:
                        raise ApiError(str(message[2][1]))
                    return message[3]
            self._read(method, seconds)

    def end(self, seconds: float = START) -> int:
        """Wait until the process has ended by itself, whatever it still says; its exit code. It is killed,
        and TimeoutError raised, where it doesn't.
        """
        try:
            while True:
                self._read("its end", seconds)
        except EOFError:
            return self._process.wait(seconds)
        finally:
            self._process.kill()
            self._process.communicate()
            self._selector.close()

    @property
    def _output(self) -> Any:
        assert self._process.stdout is not None
        return self._process.stdout

    def _read(self, method: str, seconds: float) -> None:
        if not self._selector.select(seconds):
            raise TimeoutError(f"Neovim doesn't answer {method}")
        data = os.read(self._output.fileno(), 1 << 16)
        if not data:
            raise EOFError(f"Neovim ended at {method}")
        self._unpacker.feed(data)
