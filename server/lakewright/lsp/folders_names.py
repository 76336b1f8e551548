"""Names for documents that are no files: what `untitled:Untitled-1` is called among those of a workspace."""

import posixpath
from collections.abc import Collection

from lakewright.lsp import uris

_EXTENSIONS = {
    "bat": ".bat", "css": ".css", "dockercompose": ".yaml", "fsharp": ".fs", "groovy": ".groovy",
    "haskell": ".hs", "html": ".html", "javascriptreact": ".jsx", "json": ".json", "jsonc": ".json",
    "julia": ".jl", "kotlin": ".kt", "latex": ".tex", "less": ".less", "lua": ".lua", "markdown": ".md",
    "notebook": ".ipynb", "objective-c": ".m", "perl": ".pl", "php": ".php",
    "plaintext": ".txt", "powershell": ".ps1", "r": ".R",
    "restructuredtext": ".rst", "ruby": ".rb", "scss": ".scss", "shellscript": ".sh", "swift": ".swift",
    "terraform": ".tf", "toml": ".toml", "typescriptreact": ".tsx", "xml": ".xml", "yaml": ".yaml",
}  # fmt: skip
"""By LSP's language identifiers, for languages that `workspace.languages` doesn't know by that name; and for
a notebook of any language.
"""


def file_name(uri: str, language: str, taken: Collection[str]) -> str:
    """The URI's own last name, with an extension by language where it has none, unlike those taken."""
    name = "".join(char for char in uris.name_of(uri) if char.isprintable() and char not in "/\\").strip()
    stem, extension = posixpath.splitext("untitled" if name in ("", ".", "..") else name)
    if not extension and not stem.startswith("."):
        extension = _extension(language)
    number, found = 2, stem + extension
    while found in taken:
        number, found = number + 1, f"{stem}-{number}{extension}"
    return found


def _extension(language: str) -> str:
    from lakewright.workspace.languages import language_named  # noqa: PLC0415 - not for the start

    known = language_named(language)
    return known.extensions[0] if known else _EXTENSIONS.get(language, "")
