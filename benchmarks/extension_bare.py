"""VS Code's extension and a bare one, made alike: the same bundler, packager, library and server.

The bare one is the least that vscode-languageclient needs to start `lakewright serve`.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import HERE, lakewright

CLIENT = HERE.parent / "client-vscode"
MODULES = CLIENT / "node_modules"
_FROM_OURS = (".vscodeignore", "LICENSE", "esbuild.mjs")
_KEPT = ("name", "publisher", "version", "main", "engines", "extensionKind", "license", "repository")

_SOURCE = """\
import type { ExtensionContext } from "vscode";
import { LanguageClient } from "vscode-languageclient/node";

let client: LanguageClient;

export function activate(_context: ExtensionContext): void {
  const server = { command: COMMAND, args: ["serve"] };
  const documentSelector = [{ scheme: "file" }, { scheme: "untitled" }];
  client = new LanguageClient("bare", "Bare", server, { documentSelector });
  void client.start();
}

export function deactivate(): Promise<void> {
  return client.stop();
}
"""


class NotBuiltError(Exception):
    """Something that `make vsix` makes isn't there. The message says what."""


@dataclass(frozen=True)
class Extension:
    """A packaged extension."""

    vsix: Path

    @property
    def bundle(self) -> int:
        """Bytes of its code."""
        with zipfile.ZipFile(self.vsix) as archive:
            return archive.getinfo("extension/dist/extension.js").file_size

    @property
    def without_wheel(self) -> int:
        """Bytes to download, but those of the server that it carries."""
        with zipfile.ZipFile(self.vsix) as archive:
            wheels = (one.compress_size for one in archive.infolist() if one.filename.endswith(".whl"))
            return self.vsix.stat().st_size - sum(wheels)

    def unpack(self, folder: Path) -> str:
        """Put it into a folder of extensions, so that it starts when it is told to and not before; its id."""
        with zipfile.ZipFile(self.vsix) as archive:
            manifest: dict[str, Any] = json.loads(archive.read("extension/package.json"))
            identity = f"{manifest['publisher']}.{manifest['name']}"
            archive.extractall(folder)
        root = (folder / "extension").rename(folder / f"{identity}-{manifest['version']}")
        _write(root / "package.json", {**manifest, "activationEvents": []})
        return identity


def ours() -> Extension:
    """The extension as it is published. Raises NotBuiltError."""
    found = sorted(CLIENT.glob("lakewright-vscode-*.vsix"))
    if not found or not MODULES.exists():
        raise NotBuiltError("VS Code's extension isn't packaged: make vsix")
    return Extension(found[-1])


def bare(folder: Path) -> Extension:
    """The bare one, made in an empty folder by what makes ours."""
    manifest = json.loads((CLIENT / "package.json").read_text("utf-8"))
    kept = {key: manifest[key] for key in _KEPT}
    _write(folder / "package.json", {**kept, "name": "bare", "activationEvents": ["onStartupFinished"]})
    for name in _FROM_OURS:
        shutil.copyfile(CLIENT / name, folder / name)
    (folder / "node_modules").symlink_to(MODULES, target_is_directory=True)
    (folder / "src").mkdir()
    source = _SOURCE.replace("COMMAND", json.dumps(lakewright("serve")[0]))
    (folder / "src/extension.ts").write_text(source, "utf-8")
    _node(folder, "esbuild.mjs")
    _node(folder, str(MODULES / "@vscode/vsce/vsce"), "package", "--no-dependencies", "--out", "bare.vsix")
    return Extension(folder / "bare.vsix")


def library() -> str:
    """The client library and its version."""
    manifest = json.loads((MODULES / "vscode-languageclient/package.json").read_text("utf-8"))
    return f"{manifest['name']} {manifest['version']}"


def _node(folder: Path, *arguments: str) -> None:
    """Run a script as npm does: with the Node of the packages, where they have one."""
    path = os.pathsep.join((str(MODULES / ".bin"), os.environ.get("PATH", os.defpath)))
    node = shutil.which("node", path=path)
    if node is None:
        raise NotBuiltError("there is no Node: make vsix")
    done = subprocess.run(
        [node, *arguments],
        cwd=folder, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def _write(path: Path, value: Mapping[str, object]) -> None:
    path.write_text(json.dumps(value), "utf-8")
