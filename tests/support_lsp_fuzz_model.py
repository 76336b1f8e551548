"""What models say in the fuzz: answers, calls of tools, edits that fit or don't, and every kind of fault."""

import json
from collections.abc import Callable, Iterator, Mapping
from random import Random

from support_lsp_fuzz import FILES, Json
from support_lsp_steps import HEAD, done, event, whole

_FAULTS: Mapping[str, tuple[bytes | None, ...]] = {
    "cut": (HEAD, event({"content": "Half a"}), None),
    "hang": (HEAD, event({"content": "Still"}), *(b"",) * 1000),
    "gone": (None,),
    "429": (whole(429, {"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "m"}, retry_after="2"),),
    "503": (whole(503, {"error_code": "TEMPORARILY_UNAVAILABLE", "message": "m"}),),
}


def script_of(rng: Random) -> Callable[[Json], Iterator[bytes | None]]:
    """A host that answers questions by chance."""

    def script(body: Json) -> Iterator[bytes | None]:
        tools = [tool["function"]["name"] for tool in body.get("tools", ())]
        results = sum(message["role"] == "tool" for message in body["messages"])
        if tools and results < 6 and rng.random() < (0.7 if "edit_file" in tools and not results else 0.3):
            return _turn(rng, _calls(rng, tools), "tool_calls")
        if rng.random() < 0.7:
            return _turn(rng, [], "stop")
        ending = rng.choice((*_FAULTS, "length"))
        return iter(_FAULTS[ending]) if ending in _FAULTS else _turn(rng, [], ending)

    return script


def _turn(rng: Random, calls: list[Json], finish: str) -> Iterator[bytes]:
    yield HEAD
    for number in range(rng.randrange(3)):
        yield event(_reasoning(f"thought {number} ", ""))
        yield event(_reasoning("", "signature"))
    for number in range(rng.randrange(1, 4)):
        yield event({"content": f"word {number} "})
    for call in calls:
        yield event({"content": "", "tool_calls": [call]})
    yield event({"content": ""}, finish)
    yield done()


def _reasoning(text: str, signature: str) -> Json:
    summary = {"type": "summary_text", "text": text, "signature": signature}
    return {"content": [{"type": "reasoning", "summary": [summary]}]}


def _calls(rng: Random, tools: list[str]) -> list[Json]:
    if "edit_file" in tools:
        tools = [*tools, *("edit_file",) * 8]
    return [_call(rng, number, rng.choice(tools)) for number in range(rng.choice((1, 1, 2)))]


def _call(rng: Random, number: int, tool: str) -> Json:
    change = rng.choice(_EDITS)
    arguments: Mapping[str, Json] = {
        "read_file": {"path": rng.choice(list(FILES))},
        "list_files": {},
        "search_text": {"pattern": "net"},
        "outline": {"path": "orders.py"},
        "find_symbol": {"name": "total"},
        "edit_file": {"path": change[0], "edits": [{"search": change[1], "replace": change[2]}]},
        "create_file": {"path": f"new{rng.randrange(3)}.py", "content": "x = 1\n"},
    }
    function = {"name": tool, "arguments": json.dumps(arguments[tool])}
    return {"index": number, "id": f"toolu_{rng.randrange(10**9)}", "type": "function", "function": function}


_EDITS = (
    ("orders.py", "    net = sum(row.net for row in rows)\n", "    amount = sum(row.net for row in rows)\n"),
    ("orders.py", "TAX = 0.2\n", "TAX = 0.19\n"),
    ("orders.py", "        self.rows.append(row)\n", "        self.rows.append(row)\n        return row\n"),
    ("tax.py", "RATE = 0.19", "RATE = 0.2"),
    ("tax.py", "nowhere", "x"),
    ("notes.md", "once", "twice"),
    (".env", "1", "2"),
)
