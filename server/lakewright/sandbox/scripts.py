"""Models that misbehave on purpose, by name: for `SandboxServer(script=…)` and the header
`X-Lakewright-Script`. `read:PATH` asks every tool for that path, then repeats what it was told.
"""

import difflib
import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from lakewright.core.parts import AssistantPart, Reasoning, RedactedReasoning, Text, ToolCall
from lakewright.errors import InputError
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.edit_scripts import EDIT_SCRIPTS, thinking_long
from lakewright.sandbox.mind.conversation import Conversation
from lakewright.sandbox.mind.edits import SayEdits
from lakewright.sandbox.mind.think import think

Script = Callable[[Conversation, SayEdits], Answer]
"""From the conversation, and the way in which edits are said, to the answer."""

_Plain = Callable[[Conversation], Answer]

_FORBIDDEN = (
    ".env",
    ".ENV",
    ".env.local",
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".git/config",
    "id_rsa",
    "server.pem",
    "~/.databrickscfg",
    ".databrickscfg",
    "secrets/token.txt",
    "link-outside",
    "link-outside/secret.txt",
    "./src/../.env",
    "src/%2e%2e/.env",
    "ignored.txt",
)


def find_script(name: str | None) -> Script:
    """The model of this name; the useful one for None. Raises InputError for an unknown one."""
    if name is None:
        return _useful
    if name.startswith("read:"):
        return _plain(_asking_for((name.removeprefix("read:"),)))
    if name not in _TABLE:
        near = difflib.get_close_matches(name, _TABLE, n=3, cutoff=0.4)
        raise InputError(
            f"There is no script named {name!r}.", hint="Known scripts: " + ", ".join(near or _TABLE)
        )
    return _TABLE[name][1]


def _useful(conversation: Conversation, say_edits: SayEdits) -> Answer:
    return think(conversation, say=say_edits)


def _plain(script: _Plain) -> Script:
    """A model that makes no edits."""
    return lambda conversation, _: script(conversation)


def _call(name: str, arguments: object) -> ToolCall:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, separators=(",", ":"))
    return ToolCall("", name, text)


def _say(*parts: AssistantPart, thought: str = "I do as my script says.") -> Answer:
    return Answer((Reasoning(thought), *parts))


def _told(conversation: Conversation) -> Answer:
    """Repeat what the tools said: what leaked shows."""
    rows = [f"{call.name} {json.dumps(call.arguments)}:\n{call.result}" for call in conversation.calls]
    return _say(Text("Simulated. The tools said:\n\n" + "\n\n".join(rows)))


def _once(*calls: ToolCall) -> _Plain:
    """These calls in the first turn, then what the tools said."""

    def script(conversation: Conversation) -> Answer:
        if conversation.rounds or not conversation.may_call:
            return _told(conversation)
        return _say(*calls)

    return script


def _for_ever(conversation: Conversation) -> Answer:
    if not conversation.may_call:
        return _say(Text("Simulated. I was not allowed to call any more."))
    number = len(conversation.rounds)
    return _say(_call("list_files", {"glob": f"**/*{number}*"}), thought=f"Round {number + 1}.")


def _same_again(conversation: Conversation) -> Answer:
    if not conversation.may_call:
        return _say(Text("Simulated. I was not allowed to call any more."))
    return _say(_call("list_files", {}))


def _asking_for(paths: tuple[str, ...]) -> _Plain:
    """Ask every tool for these paths, a few at a time, then repeat what they said."""
    calls = [
        call
        for path in paths
        for call in (
            _call("read_file", {"path": path}),
            _call("outline", {"path": path}),
            _call("list_files", {"glob": path}),
            _call("search_text", {"pattern": ".", "glob": path}),
        )
    ]
    calls += [
        _call("list_files", {}),
        _call("list_files", {"glob": "**/*"}),
        _call("list_files", {"glob": "**/.*"}),
        _call("search_text", {"pattern": "(?i)canary|secret|token|password"}),
        _call("find_symbol", {"name": "CANARY"}),
    ]

    def script(conversation: Conversation) -> Answer:
        start = 16 * len(conversation.rounds)
        if start >= len(calls) or not conversation.may_call:
            return _told(conversation)
        return _say(*calls[start : start + 16])

    return script


def _interleaved(conversation: Conversation) -> Answer:
    if conversation.rounds or not conversation.may_call:
        return Answer(
            (Reasoning("First I weigh it."), Text("Simulated. One. "), Reasoning("Then again."), Text("Two."))
        )
    return Answer(
        (
            Reasoning("I need the list."),
            Text("I look at the files."),
            Reasoning("And at once what they hold."),
            _call("list_files", {}),
            RedactedReasoning(""),
            _call("search_text", {"pattern": "def"}),
        )
    )


def _chatty(conversation: Conversation) -> Answer:
    answer = think(conversation)
    if any(isinstance(part, ToolCall) for part in answer.parts):
        return Answer((answer.parts[0], Text("Let me look at that."), *answer.parts[1:]))
    return answer


def _empty(_conversation: Conversation) -> Answer:
    return Answer(())


def _only_thinking(_conversation: Conversation) -> Answer:
    return Answer((Reasoning("I think and say nothing."),))


def _control_characters(_conversation: Conversation) -> Answer:
    codes = "".join(map(chr, [*range(9), *range(11, 32), 127, *range(128, 160)]))
    link = "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\"
    nasty = f"\x1b[2J\x1b[31mred\x1b[0m \x1b]0;title\x07 {link} \u202eback\u202c"
    return _say(Text(f"Simulated.\r\n{codes}\n{nasty}\n\ttab stays.\n"), thought=f"Thinking {nasty} too.")


def _long(_conversation: Conversation) -> Answer:
    rows = (f"- Line {number}: the quick brown fox explains the lazy dog." for number in range(1, 4001))
    return _say(Text("Simulated.\n\n" + "\n".join(rows)))


def _long_thinking(_conversation: Conversation) -> Answer:
    return _say(Text("Simulated. Done."), thought="I turn it over once more. " * 4000)


def _unicode(_conversation: Conversation) -> Answer:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    marks = "e\u0301 combined, \U0001f1e9\U0001f1ea flag, line\u2028separator, \ufeffmark."
    text = f"Simulated: \u65e5\u672c\u8a9e, \u05e2\u05d1\u05e8\u05d9\u05ea, {family} family, {marks}"
    return _say(Text(text), thought="\u8003\u3048\u308b \U0001f914")


def _markdown(_conversation: Conversation) -> Answer:
    return _say(Text("".join(_torture())))


def _torture() -> Iterator[str]:
    yield "Simulated.\n\n# Heading with `code` and *emphasis\n\n> quote\n>> deeper\n\n1. one\n   - nested\n"
    yield "     ```py\n     x = 1\n     ```\n2. two\n\n| a | b |\n|---|---|\n| `x|y` | <b>html</b> |\n\n"
    yield "<script>alert(1)</script>\n\n[link](javascript:alert(1)) ![image](http://127.0.0.1:1/x.png)\n\n"
    yield "~~~\nunclosed fence\n"


def _no_tools(conversation: Conversation) -> Answer:
    return _say(Text(f"Simulated. You said {len(conversation.question)} characters."))


_READERS: Mapping[str, tuple[str, _Plain]] = MappingProxyType(
    {
        "unknown-tool": (
            "calls a tool that was not offered",
            _once(_call("delete_everything", {"path": "/"})),
        ),
        "broken-arguments": (
            "sends arguments that are cut JSON",
            _once(_call("read_file", '{"path": "src/'), _call("list_files", "[]")),
        ),
        "wrong-arguments": (
            "sends arguments of the wrong names and types",
            _once(
                _call("read_file", {"file": 3}),
                _call("search_text", {"pattern": ["x"]}),
                _call("outline", {}),
            ),
        ),
        "huge-arguments": (
            "sends a path of 100,000 characters",
            _once(_call("read_file", {"path": "x" * 100_000})),
        ),
        "for-ever": ("calls a tool in every turn", _for_ever),
        "same-again": ("makes the same call in every turn", _same_again),
        "forbidden": ("asks for secrets, ignored files and files outside the root", _asking_for(_FORBIDDEN)),
        "huge-file": ("reads a file called huge.txt whole", _once(_call("read_file", {"path": "huge.txt"}))),
        "hostile-pattern": (
            "searches with a pattern that never ends",
            _once(_call("search_text", {"pattern": "(a+)+$"}), _call("search_text", {"pattern": "(x|x)*y("})),
        ),
        "many-calls": (
            "makes twelve calls in one turn",
            _once(*(_call("search_text", {"pattern": f"word{number}"}) for number in range(12))),
        ),
        "interleaved": ("thinks several times in one turn", _interleaved),
        "chatty": ("writes text before its calls", _chatty),
        "no-tools": ("never calls a tool", _no_tools),
        "empty": ("answers with nothing", _empty),
        "only-thinking": ("thinks and answers with nothing", _only_thinking),
        "control-characters": ("answers with escape sequences and control characters", _control_characters),
        "unicode": ("answers in many scripts", _unicode),
        "markdown": ("answers with Markdown that is hard to render", _markdown),
        "long-answer": ("answers with 4,000 lines", _long),
        "long-thinking": ("thinks for 100,000 characters", _long_thinking),
    }
)

_TABLE: Mapping[str, tuple[str, Script]] = MappingProxyType(
    {
        **{name: (text, _plain(script)) for name, (text, script) in _READERS.items()},
        **EDIT_SCRIPTS,
        "edit-late": ("thinks for 20,000 characters, then makes the edits", thinking_long(_useful)),
    }
)

SCRIPTS: Mapping[str, str] = MappingProxyType({name: text for name, (text, _) in _TABLE.items()})
"""Every script by name, with one line that says what it does."""
