"""What the VS Code extension declares is what the server and the extension's own code have."""

import json
import re
from pathlib import Path
from typing import Any

from lakewright import __version__
from lakewright.lsp.commands import COMMANDS
from project.extension_settings import MANIFEST, rendered

EXTENSION = MANIFEST.parent
TEXT = MANIFEST.read_text("utf-8")
DECLARED: dict[str, Any] = json.loads(TEXT)["contributes"]
PALETTE = {entry["command"] for entry in DECLARED["commands"]}


def _sources() -> str:
    return "\n".join(file.read_text("utf-8") for file in sorted((EXTENSION / "src").glob("*.ts")))


def test_settings_and_version_are_the_servers() -> None:
    """Settings and version of the extension come from the server (`make format` writes them)."""
    assert rendered(TEXT) == TEXT
    lock = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))
    assert lock["version"] == lock["packages"][""]["version"] == __version__


def test_what_chooses_where_code_goes_is_for_the_machine_alone() -> None:
    """A workspace's settings can't say which host, login, model's address or program is used."""
    properties = DECLARED["configuration"]["properties"]
    for name in ("host", "profile", "model", "models", "sandbox", "edits.verify", "ignore", "path"):
        assert properties[f"lakewright.{name}"]["scope"] == "machine", name


def test_extension_and_server_share_no_command() -> None:
    """The client library registers what the server lists: one of the same name would stop it."""
    assert not PALETTE & set(COMMANDS)


def test_every_command_named_in_the_manifest_is_declared() -> None:
    """Menus, walkthrough and context entries lead to commands that the palette has."""
    named = set(re.findall(r'(?:"command": "|command:|onCommand:)(lakewright\.[\w.]+)', TEXT))
    assert named == PALETTE


def test_the_lock_file_names_no_registry() -> None:
    """Everybody installs from their own registry; the hashes say that it is the same."""
    lock = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))
    packages = [package for path, package in lock["packages"].items() if path]
    assert all("resolved" not in package and package["integrity"] for package in packages)


def test_no_keybinding_and_no_telemetry() -> None:
    """The extension takes no key from anybody, and reports to nobody."""
    assert "keybindings" not in DECLARED
    assert not re.search(r"telemetry|fetch\(|node:(https?|net|tls|dgram)", _sources(), re.IGNORECASE)


def test_pictures_and_pages_of_the_manifest_are_there() -> None:
    """What walkthrough and market place show is in the package."""
    named = {json.loads(TEXT)["icon"], *re.findall(r'"(?:markdown|svg|image)": "([^"]+)"', TEXT)}
    missing = [name for name in named if not Path(EXTENSION, name).is_file()]
    assert missing == []


def test_it_stays_thin() -> None:
    """Its code has less than 1,000 lines: what it can't hold belongs into the server, for every editor."""
    files = sorted((EXTENSION / "src").glob("**/*.ts"))
    assert files
    assert sum(len(file.read_text("utf-8").splitlines()) for file in files) < 1000
