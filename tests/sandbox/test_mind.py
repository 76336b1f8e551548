"""The scripted model as a client meets it: it plans, reads, explains what is really there."""

import json
from collections.abc import Callable, Mapping

import httpx
import pytest

from lakewright.sandbox.scripts import SCRIPTS
from support_sandbox import (
    READ_TOOLS,
    THINKING,
    Body,
    answer_of,
    body_of,
    client_of,
    echo,
    post,
    quick_sandbox,
    result_of,
    text_of,
    tool,
    user,
)
from support_sandbox_code import PYTHON, SAMPLES, TYPESCRIPT, Sample, outline_of

_TAX = 'def rate(region):\n    """The rate of a region."""\n    return 2\n'
_FILES = {sample.path: sample.text for sample in SAMPLES} | {"src/tax.py": _TAX}
_SYMBOLS = {sample.path: sample.symbols for sample in SAMPLES}
_SIMULATED = "*Simulated: the Lakewright sandbox wrote this by rules"

Serve = Callable[[str, Mapping[str, str]], str]


def _serve(name: str, arguments: Mapping[str, str]) -> str:
    """Tools over `_FILES`, answering as ours do."""
    match name:
        case "read_file":
            text = _FILES.get(arguments["path"])
            if text is None:
                return f"There is no file {arguments['path']} in the workspace."
            return "\n".join(f"{number}\t{line}" for number, line in enumerate(text.split("\n"), 1))
        case "find_symbol":
            wanted = arguments["name"]
            rows = [
                f"{path}:{number}: {line.strip()}"
                for path, text in _FILES.items()
                for number, line in enumerate(text.split("\n"), 1)
                if wanted in line.replace("(", " ").replace(".", " ").split()
            ]
            return "\n".join(rows) or f"[no definition of {wanted} found]"
        case _:
            return outline_of(_FILES[arguments["path"]], _SYMBOLS.get(arguments["path"], ()))


async def _talk(
    client: httpx.AsyncClient, messages: list[Body], *, serve: Serve = _serve, tools: list[Body] | None = None
) -> tuple[list[Body], list[tuple[str, Body]]]:
    """Go on until the model answers: all messages, and the calls it made."""
    calls: list[tuple[str, Body]] = []
    offered = list(READ_TOOLS) if tools is None else tools
    for _ in range(8):
        body = body_of(*messages, tools=offered, thinking=dict(THINKING), max_tokens=20_000)
        message = await answer_of(client, body)
        messages = [*messages, echo(message)]
        if "tool_calls" not in message:
            return messages, calls
        for call in message["tool_calls"]:
            name, arguments = call["function"]["name"], json.loads(call["function"]["arguments"])
            calls.append((name, arguments))
            messages.append(result_of(call, serve(name, arguments)))
    raise AssertionError("it never answered")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.path)
async def test_an_explanation_says_what_the_code_holds(sample: Sample) -> None:
    """Real symbols, conditions, errors, imports and lines, in every language, and that it is simulated."""
    async with quick_sandbox() as server, client_of(server) as client:
        messages, calls = await _talk(client, [user(f"Explain the file `{sample.path}`.")])
    text = text_of(messages[-1])
    assert text.split("\n")[0].startswith(_SIMULATED)
    assert calls[:2] == [("outline", {"path": sample.path}), ("read_file", {"path": sample.path})]
    for phrase in sample.phrases:
        assert phrase in text
    for _, name, _, _ in sample.symbols:
        assert f"`{name}`" in text


async def test_it_reads_in_parallel_then_looks_for_callers_then_at_what_it_found() -> None:
    """Three rounds: the file, the names that matter and those it imports, the definition of an import."""
    async with quick_sandbox() as server, client_of(server) as client:
        messages, calls = await _talk(client, [user(f"Explain the file `{PYTHON.path}`.")])
    rounds = [len(message["tool_calls"]) for message in messages if message.get("tool_calls")]
    assert rounds == [2, 3, 1]
    assert ("find_symbol", {"name": "rate"}) in calls
    assert calls[-1][1]["path"] == "src/tax.py"
    text = text_of(messages[-1])
    assert "`rate` is defined in `src/tax.py:1`" in text
    assert "“The rate of a region.”" in text
    assert "`Order`: used once: `src/orders.py:26`" in text


async def test_its_thinking_is_about_the_code_at_hand() -> None:
    """Each turn begins with reasoning that names the file, the heaviest function, what comes next."""
    async with quick_sandbox() as server, client_of(server) as client:
        messages, _ = await _talk(client, [user(f"Explain the file `{PYTHON.path}`.")])
    thoughts = [
        message["content"][0]["summary"][0]["text"] for message in messages if message["role"] == "assistant"
    ]
    assert thoughts[0].startswith("I am asked about src/orders.py.")
    assert "Order.total (lines 11-23) branches most" in thoughts[1]
    assert "I'll go through" in thoughts[-1]


async def test_a_question_puts_its_symbol_first() -> None:
    """The symbol that the question names is what is explained."""
    question = f"Where is the total computed?\n\nAnswer this question about the file `{PYTHON.path}`."
    async with quick_sandbox() as server, client_of(server) as client:
        messages, calls = await _talk(client, [user(question)])
    text = text_of(messages[-1])
    assert "## “Where is the total computed?”" in text
    assert "The question comes closest to `Order.total` (`src/orders.py:11`)." in text
    assert "### `Order.total`" in text
    assert "main" not in text.split("## How it works")[1].split("## Who")[0]
    assert ("find_symbol", {"name": "total"}) in calls


async def test_chosen_lines_are_read_with_their_surroundings_and_explained() -> None:
    """The definition that the lines belong to is named."""
    tools = [
        tool("read_file", path="string", startLine="integer", endLine="integer"),
        tool("outline", path="string"),
    ]
    async with quick_sandbox() as server, client_of(server) as client:
        messages, calls = await _talk(client, [user(f"Explain lines 19-20 of `{PYTHON.path}`.")], tools=tools)
    assert calls[1] == ("read_file", {"path": PYTHON.path, "startLine": 1, "endLine": 50})
    text = text_of(messages[-1])
    assert "Lines 19-20 belong to method `Order.total` (lines 11-23)." in text
    assert "### `Order.total`" in text


async def test_a_later_question_is_answered_from_what_was_read() -> None:
    """No tool is needed for what the conversation already holds; what was left out comes on request."""
    async with quick_sandbox() as server, client_of(server) as client:
        messages, _ = await _talk(client, [user(f"Explain the file `{TYPESCRIPT.path}`.")])
        asked = [*messages, user("What does `helper` do?")]
        later, calls = await _talk(client, asked)
    assert not [call for call in calls if call[0] in ("outline", "read_file")]
    text = text_of(later[-1])
    assert text.startswith(_SIMULATED)
    assert "The question comes closest to `helper` (`web/cart.ts:19`)." in text
    assert "## What it depends on" not in text


async def test_code_in_the_prompt_is_explained_when_there_are_no_tools() -> None:
    """Fenced, numbered or not."""
    prompt = f"What is this?\n\n```python\n{PYTHON.text}```\n"
    async with quick_sandbox() as server, client_of(server) as client:
        text = text_of(await answer_of(client, body_of(user(prompt))))
    assert "### `Order.total`, line 11" in text


async def test_refused_tools_are_said_and_the_prompt_is_used() -> None:
    """What could not be seen has a section of its own."""
    numbered = "\n".join(f"{number:>2}  {line}" for number, line in enumerate(PYTHON.text.split("\n"), 1))
    prompt = (
        f"Explain the file `{PYTHON.path}`.\n\nFile `{PYTHON.path}`, 26 lines.\n\n```python\n{numbered}\n```"
    )
    refusing: Serve = lambda name, _: f"{name} is refused: the file is ignored by .gitignore."  # noqa: E731 (one line)
    async with quick_sandbox() as server, client_of(server) as client:
        messages, _ = await _talk(client, [user(prompt)], serve=refusing)
    text = text_of(messages[-1])
    assert "### `Order.total`, `src/orders.py:11`" in text
    assert "## What I could not see" in text


async def test_nothing_read_is_nothing_explained() -> None:
    """It says so rather than invent."""
    absent: Serve = lambda _, arguments: f"There is no file {arguments.get('path')}."  # noqa: E731 (one line)
    async with quick_sandbox() as server, client_of(server) as client:
        messages, _ = await _talk(client, [user("Explain the file `src/missing.py`.")], serve=absent)
    assert "I could not read `src/missing.py`" in text_of(messages[-1])


async def test_tools_of_a_stranger_with_other_argument_names_work() -> None:
    """A path is a path by whatever name; the answer may be plain text."""
    tools = [tool("view_file", file_path="string")]
    plain: Serve = lambda _, arguments: _FILES[arguments["file_path"]]  # noqa: E731 (one line)
    async with quick_sandbox() as server, client_of(server) as client:
        messages, calls = await _talk(
            client, [user(f"Explain {PYTHON.path} please")], serve=plain, tools=tools
        )
    assert calls == [("view_file", {"file_path": PYTHON.path})]
    assert "### `Order.total`" in text_of(messages[-1])


async def test_tools_of_other_kinds_are_called_and_reported() -> None:
    """A weather tool is called for each town that the question names."""
    serve: Serve = lambda _, arguments: f"18C in {arguments['city']}"  # noqa: E731 (one line)
    async with quick_sandbox() as server, client_of(server) as client:
        messages, calls = await _talk(
            client,
            [user("What is the weather in Rome and Oslo?")],
            serve=serve,
            tools=[tool("get_weather", city="string")],
        )
    assert calls == [("get_weather", {"city": "Rome"}), ("get_weather", {"city": "Oslo"})]
    assert "18C in Rome" in text_of(messages[-1])
    assert "18C in Oslo" in text_of(messages[-1])


async def test_tool_choice_is_obeyed() -> None:
    """`none` answers, `required` and a name call, whatever there is to say."""
    question = user(f"Explain the file `{PYTHON.path}`.")
    named = {"type": "function", "function": {"name": "find_symbol"}}
    async with quick_sandbox() as server, client_of(server) as client:
        silent = await answer_of(client, body_of(question, tools=list(READ_TOOLS), tool_choice="none"))
        forced = await answer_of(client, body_of(user("Hi"), tools=list(READ_TOOLS), tool_choice="required"))
        chosen = await answer_of(client, body_of(user("Hi"), tools=list(READ_TOOLS), tool_choice=named))
    assert "tool_calls" not in silent
    assert len(forced["tool_calls"]) == 1
    assert [call["function"]["name"] for call in chosen["tool_calls"]] == ["find_symbol"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Reply with the single word OK.", "OK"),
        ("Say only: ready", "ready"),
        ("Answer with one word.", "OK"),
        ("ping", "OK"),
        ("17*23?", "391"),
        ("What is 8 / 0?", None),
    ],
)
async def test_short_questions_get_short_answers(question: str, answer: str | None) -> None:
    """What a health check asks costs next to nothing."""
    async with quick_sandbox() as server, client_of(server) as client:
        text = text_of(await answer_of(client, body_of(user(question), max_tokens=64)))
    if answer is None:
        assert text.startswith(_SIMULATED)
    else:
        assert text == answer


@pytest.mark.parametrize("name", [*SCRIPTS, "read:secrets.txt"])
async def test_every_script_answers_in_shape(name: str) -> None:
    """Misbehaviour is the model's, never the host's: the first request is answered, and the next one too."""
    question = user(f"Explain the file `{PYTHON.path}`.")
    tools = [tool(name) for name in ("read_file", "outline", "find_symbol", "list_files", "search_text")]
    body = body_of(question, tools=tools, thinking=dict(THINKING), max_tokens=60_000)
    async with quick_sandbox(script=name) as server, client_of(server) as client:
        message = await answer_of(client, body)
        for call in message.get("tool_calls", []):
            call["function"]["arguments"] = "{}"
        results = [result_of(call, "refused") for call in message.get("tool_calls", [])]
        if results:
            following = {**body, "messages": [question, echo(message), *results], "tool_choice": "none"}
            assert "tool_calls" not in await answer_of(client, following)


async def test_forbidden_things_are_asked_of_every_tool() -> None:
    """The script goes through secrets, ignored files and ways out, and repeats what it was told."""
    told: Serve = lambda name, arguments: f"{name} refused {sorted(arguments.values())}"  # noqa: E731 (one line)
    tools = [tool(name) for name in ("read_file", "outline", "find_symbol", "list_files", "search_text")]
    asked = [user("Explain the file `a.py`.")]
    async with quick_sandbox(script="forbidden") as server, client_of(server) as client:
        messages, calls = await _talk(client, asked, serve=told, tools=tools)
    paths = {arguments.get("path") for name, arguments in calls if name == "read_file"}
    assert {".env", "../../etc/passwd", "/etc/passwd", "link-outside"} <= paths
    assert "read_file refused ['.env']" in text_of(messages[-1])


async def test_an_unknown_script_is_refused() -> None:
    """By header it is a bad request that lists the known ones."""
    async with quick_sandbox() as server, client_of(server) as client:
        response = await post(client, body_of(), **{"X-Lakewright-Script": "forbiden"})
    assert response.status_code == 400
    assert "forbidden" in response.text


_LONG = "\n".join(
    [
        "import { rate } from './tax';",
        "export class Shop {",
        *(f"  // filler {number}" for number in range(3, 40)),
        "  /**",
        "   * Sells one thing. As an example:",
        *(["   * shop.sell((value) => {", "   *   const next = (value) => { log(value); };"] * 20),
        "   */",
        "  sell(thing: string): void {",
        "    if (!thing) { throw new Error('nothing'); }",
        "    log(thing);",
        "  }",
        *(f"  // filler {number}" for number in range(87, 150)),
        "  price(): number { return 1; }",
        "}",
        "",
    ]
)
_LONG_OUTLINE = (
    "2-151  class  export class Shop\n"
    "  83-86  method  sell(thing: string): void\n"
    "  150  method  price(): number"
)


def _serve_long(outline: str) -> Serve:
    """Tools that read the lines asked for of `_LONG`, and say how many there are."""
    lines = _LONG.rstrip("\n").split("\n")

    def serve(name: str, arguments: Mapping[str, str]) -> str:
        if name == "outline":
            return outline
        if name == "find_symbol":
            return "[nothing found]"
        start, end = int(arguments.get("startLine", 1)), int(arguments.get("endLine", len(lines)))
        rows = [f"{number}\t{lines[number - 1]}" for number in range(start, min(end, len(lines)) + 1)]
        return "\n".join([*rows, *([f"[shop.ts has {len(lines)} lines]"] if end < len(lines) else [])])

    return serve


_RANGED = [
    tool("read_file", path="string", startLine="integer", endLine="integer"),
    tool("outline", path="string"),
    tool("find_symbol", name="string"),
]


async def _explained(target: str, outline: str) -> str:
    async with quick_sandbox() as server, client_of(server) as client:
        asked = [user(f"Explain {target}.")]
        messages, _ = await _talk(client, asked, serve=_serve_long(outline), tools=_RANGED)
    return text_of(messages[-1])


async def test_a_range_lies_where_the_outline_says() -> None:
    """The whole file's definitions and lines, what of them was seen, and no example of a comment."""
    text = await _explained("lines 80-85 of `shop.ts`", _LONG_OUTLINE)
    assert "`shop.ts` is 151 lines of TypeScript: 1 class and 2 methods. I saw lines 50-115 of it." in text
    assert "Lines 80-85 belong to class `Shop` (lines 2-151). Lines 80-85 touch `Shop.sell`." in text
    assert "| method `Shop.sell` | 83-86 | 2 | 1 |" in text
    assert "| method `Shop.price` | 150 | | | |" in text
    assert "next" not in text
    assert "“" not in text


async def test_without_an_outline_only_what_was_seen_is_claimed() -> None:
    """The class began before the part that was read, so its absence is no statement about the file."""
    text = await _explained("lines 100-101 of `shop.ts`", "[shop.ts can't be parsed]")
    assert "`shop.ts` is 151 lines of TypeScript, of which I saw lines 70-131: there, 1 function." in text
    assert "In what I saw, no definition holds lines 100-101." in text


async def test_one_is_singular() -> None:
    """One line, one definition, one remark: verbs and nouns agree."""
    code = "def only(): pass\n\n# TODO: more\n"
    prompt = f"Explain line 1 of `a.py`.\n\n```python\n{code}```\n"
    async with quick_sandbox() as server, client_of(server) as client:
        message = await answer_of(client, body_of(user(prompt), thinking=dict(THINKING), max_tokens=9000))
    thought = message["content"][0]["summary"][0]["text"]
    assert "1 line deserves a remark, line 3." in thought
    assert "Line 1 belongs to function `only` (line 1)." in text_of(message)


async def test_the_head_of_a_definition_is_no_call() -> None:
    """On one line, too: what stands after the head is its body."""
    prompt = "What is this?\n\n```python\ndef f(): pass\n\ndef g(a): return h(a)\n```\n"
    async with quick_sandbox() as server, client_of(server) as client:
        text = text_of(await answer_of(client, body_of(user(prompt))))
    assert "calls itself" not in text
    assert "`f` (line 1) runs straight through\n" in text
    assert "`g` (line 3) runs straight through, calls `h`" in text
