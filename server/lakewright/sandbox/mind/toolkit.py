"""Which offered tool does what, by name, and how its arguments are called: ours and other people's."""

import json
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

from lakewright.core.parts import ToolCall
from lakewright.sandbox.mind.conversation import Conversation, Offer


class Role(Enum):
    """What a reading tool is good for."""

    READ = "read"
    OUTLINE = "outline"
    FIND = "find"
    SEARCH = "search"
    LIST = "list"


_NAMES: Mapping[str, Role] = MappingProxyType(
    {
        name: role
        for role, names in {
            Role.READ: "read_file readfile read view_file view cat get_file open_file",
            Role.OUTLINE: "outline get_outline file_outline document_symbols list_symbols",
            Role.FIND: "find_symbol find_references references find_usages",
            Role.SEARCH: "search_text grep search search_files grep_search",
            Role.LIST: "list_files ls list_directory list_dir glob",
        }.items()
        for name in names.split()
    }
)
_PATH_KEYS = ("path", "file_path", "filePath", "file", "filename", "relative_path", "target_file")
_NAME_KEYS = ("name", "symbol", "pattern", "query", "regex")


def role_of(name: str) -> Role | None:
    """The role of a tool, None for one that isn't for reading code."""
    return _NAMES.get(name.lower())


def offered(conversation: Conversation, role: Role) -> Offer | None:
    """The first offered tool of that role."""
    return next((offer for offer in conversation.offers.values() if role_of(offer.name) is role), None)


def path_arguments(
    offer: Offer, path: str, start: int | None = None, end: int | None = None
) -> dict[str, Any]:
    """Arguments that name a file, and lines of it where the tool takes them."""
    arguments: dict[str, Any] = {_key(offer, _PATH_KEYS): path}
    for names, value in (
        (("startLine", "start_line", "offset"), start),
        (("endLine", "end_line"), end),
    ):
        key = next((name for name in names if name in offer.properties), None)
        if key is not None and value is not None:
            arguments[key] = value
    return arguments


def name_arguments(offer: Offer, name: str) -> dict[str, Any]:
    """Arguments that name a symbol or a pattern."""
    return {_key(offer, _NAME_KEYS): name}


def call_of(name: str, arguments: object) -> ToolCall:
    """A call, its arguments as JSON."""
    return ToolCall("", name, json.dumps(arguments, ensure_ascii=False, separators=(",", ":")))


def path_argument(arguments: Mapping[str, Any]) -> str | None:
    """The file that a call named."""
    for key in _PATH_KEYS:
        if isinstance(arguments.get(key), str):
            return str(arguments[key])
    return next((value for value in arguments.values() if isinstance(value, str)), None)


def _key(offer: Offer, known: tuple[str, ...]) -> str:
    for name in known:
        if name in offer.properties:
            return name
    return next(iter(offer.required or offer.properties), known[0])
