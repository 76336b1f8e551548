"""The extension's manifest, as far as it follows from the server: its settings are the server's tree.

`python tests/project/extension_settings.py` writes it, a test compares.
"""

import json
from pathlib import Path
from typing import Any

from lakewright import __version__
from lakewright.settings.tree import Settings

MANIFEST = Path(__file__).parents[2] / "client-vscode" / "package.json"

OWN: dict[str, Any] = {
    "path": {
        "type": "string",
        "default": "",
        "markdownDescription": "The `lakewright` program to start, as an absolute path. Empty: it is found.",
        "scope": "machine",
    },
    "showReasoning": {
        "type": "boolean",
        "default": True,
        "markdownDescription": "Whether what the model thinks opens beside the code when a run begins.",
        "scope": "window",
    },
}
"""Settings of the extension itself."""

_FOR_A_WORKSPACE = ("roles", "thinking", "complete")
"""What a workspace may say as well. The others choose where code goes, what is run, what is never read, or
what a run may cost: that is for the user, and for `.lakewright.yaml` as far as it is harmless.
"""

_THINKING = {
    "type": "string",
    "default": "",
    "pattern": "^(off|low|medium|high|[1-9][0-9]{3,})?$",
    "patternErrorMessage": "off, low, medium, high, or a number of tokens from 1024",
}
"""A level or a number: as one text, the settings page can edit it."""


def properties() -> dict[str, Any]:
    """`contributes.configuration.properties`: every setting with type, default, description and scope."""
    schema = Settings.model_json_schema(by_alias=True)
    found = {f"lakewright.{name}": own for name, own in OWN.items()}
    for name, described in _leaves(schema, schema["$defs"]):
        scope = "resource" if name.split(".")[0] in _FOR_A_WORKSPACE else "machine"
        found[f"lakewright.{name}"] = {**_shown(name, described), "scope": scope}
    return found


def restricted() -> list[str]:
    """What a workspace that nobody trusts may not say."""
    return [name for name, shown in properties().items() if shown["scope"] == "resource"]


def rendered(text: str) -> str:
    """The manifest with what follows from the server made anew."""
    manifest = json.loads(text)
    manifest["version"] = __version__
    manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = restricted()
    manifest["contributes"]["configuration"]["properties"] = properties()
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _leaves(node: dict[str, Any], inner: dict[str, Any], above: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, described in node["properties"].items():
        if "$ref" in described:
            found += _leaves(inner[described["$ref"].rpartition("/")[2]], inner, f"{above}{name}.")
        else:
            found.append((above + name, described))
    return found


def _shown(name: str, described: dict[str, Any]) -> dict[str, Any]:
    """VS Code's description of a setting. An empty text is "not set": its page has no null for texts."""
    text = {"markdownDescription": described["description"]}
    if name == "thinking":
        return _THINKING | text
    if name == "models":
        return {"type": "array", "items": {"type": "object"}, "default": []} | text
    kinds = described.get("anyOf", [described])
    may_be_null = {"type": "null"} in kinds
    shown: dict[str, Any] = {
        key: value for key, value in kinds[0].items() if key in {"type", "items", "enum", "default"}
    }
    if "exclusiveMinimum" in kinds[0]:
        shown["exclusiveMinimum"] = kinds[0]["exclusiveMinimum"]
    shown["default"] = described["default"]
    if may_be_null and shown["type"] == "string":
        shown["default"] = ""
    elif may_be_null:
        shown["type"] = [shown["type"], "null"]
    return shown | text


if __name__ == "__main__":
    MANIFEST.write_text(rendered(MANIFEST.read_text("utf-8")), "utf-8")
