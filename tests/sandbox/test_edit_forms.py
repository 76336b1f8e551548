"""Each answer form says the same plan, in the shape that its name promises."""

import json
from collections.abc import Callable, Mapping

import pytest

from lakewright.core.parts import Text, ToolCall
from lakewright.sandbox.edit_forms import FORMS, changed_files
from lakewright.sandbox.mind.conversation import Asked, Conversation, Offer, Said
from lakewright.sandbox.mind.edits import Plan, PlannedEdit, PlannedFile

_TEXTS = {"shop/tax.py": "RATE = 0.2\n\n\ndef tax(net):\n    return net * RATE", "notes.md": "# Notes\n\nold"}
_EDITS = (
    PlannedEdit("shop/tax.py", "RATE = 0.2", "RATE = 0.3"),
    PlannedEdit("notes.md", "old", "```\nnew\n```"),
    PlannedFile("new.py", "x = 1\n"),
)
_PLAN = Plan(_EDITS, "Simulated. Three changes.", "I know.", _TEXTS)
_BARE = """\
Simulated. Three changes.

shop/tax.py
<<<<<<< SEARCH
RATE = 0.2
=======
RATE = 0.3
>>>>>>> REPLACE

notes.md
<<<<<<< SEARCH
old
=======
```
new
```
>>>>>>> REPLACE

new.py
<<<<<<< SEARCH
=======
x = 1
>>>>>>> REPLACE"""
_FENCED = """\
Simulated. Three changes.

shop/tax.py
```py
<<<<<<< SEARCH
RATE = 0.2
=======
RATE = 0.3
>>>>>>> REPLACE
```

notes.md
````md
<<<<<<< SEARCH
old
=======
```
new
```
>>>>>>> REPLACE
````

new.py
```py
<<<<<<< SEARCH
=======
x = 1
>>>>>>> REPLACE
```"""
_WHOLE = """\
Simulated. Three changes.

```py path=shop/tax.py
RATE = 0.3


def tax(net):
    return net * RATE
```

````md path=notes.md
# Notes

```
new
```
````

```py path=new.py
x = 1
```"""
_DIFF = """\
Simulated. Three changes.

```diff
--- a/shop/tax.py
+++ b/shop/tax.py
@@ -1,4 +1,4 @@
-RATE = 0.2
+RATE = 0.3
·
·
 def tax(net):
--- a/notes.md
+++ b/notes.md
@@ -1,3 +1,5 @@
 # Notes
·
-old
+```
+new
+```
--- /dev/null
+++ b/new.py
@@ -0,0 +1 @@
+x = 1
```""".replace("·", " ")


def _miscounted(diff: str) -> str:
    for right, wrong in (
        ("-1,4 +1,4", "-8,5 +15,6"),
        ("-1,3 +1,5", "-8,4 +15,7"),
        ("-0,0 +1 ", "-7,1 +15,3 "),
    ):
        diff = diff.replace(f"@@ {right.strip()} @@", f"@@ {wrong.strip()} @@")
    return diff


def _object(updated: object) -> str:
    return json.dumps({"answer_summary": _PLAN.summary, "updated_files": updated}, indent=2)


_FILES = [
    {"file_name": "shop/tax.py", "file_content": "RATE = 0.3\n\n\ndef tax(net):\n    return net * RATE\n"},
    {"file_name": "notes.md", "file_content": "# Notes\n\n```\nnew\n```\n"},
    {"file_name": "new.py", "file_content": "x = 1\n"},
]
_SPOKEN: Mapping[str, str] = {
    "answer-blocks": _FENCED,
    "answer-blocks-bare": _BARE,
    "answer-json": _object(_FILES),
    "answer-json-fenced": f"{_PLAN.summary}\n\n````json\n{_object(_FILES)}\n````",
    "answer-whole": _WHOLE,
    "answer-diff": _DIFF.replace("```diff", "````diff").removesuffix("```") + "````",
    "answer-diff-numbers": _miscounted(_DIFF.replace("```diff", "````diff").removesuffix("```") + "````"),
    "answer-null": _object(None),
    "answer-unfinished": _BARE.partition("\n>>>>>>>")[0],
}


def test_every_form_is_in_the_table() -> None:
    """Else one of them could say anything."""
    assert set(_SPOKEN) == set(FORMS)


@pytest.mark.parametrize("name", _SPOKEN)
def test_a_plan_in_its_form(name: str) -> None:
    """Two files changed and one made, one of them with a fence inside: letter by letter, and no call."""
    answer = FORMS[name][1](_PLAN, Conversation("", ()))
    assert answer.parts[-1] == Text(_SPOKEN[name])
    assert answer.finish_reason == "stop"
    assert not any(isinstance(part, ToolCall) for part in answer.parts)


_OF_FILES = ["answer-json", "answer-json-fenced", "answer-whole", "answer-diff", "answer-diff-numbers"]
_UNKNOWN = Plan((*_EDITS, PlannedEdit("more.py", "a = 1", "a = 2")), "Simulated.", texts=_TEXTS)
_OFFERS = {"read_file": Offer("read_file", "", {"path": {}, "startLine": {}}, ("path",))}


def _asked(*calls: Asked) -> Conversation:
    said = (Said("user", "Change it."), Said("assistant", "", calls)) if calls else (Said("user", "Do."),)
    return Conversation("", said, _OFFERS)


@pytest.mark.parametrize("name", _OF_FILES)
def test_a_form_of_whole_files_reads_them_first(name: str) -> None:
    """The files that aren't known, whole, once."""
    answer = FORMS[name][1](_UNKNOWN, _asked())
    calls = [part for part in answer.parts if isinstance(part, ToolCall)]
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [("read_file", {"path": "more.py"})]


@pytest.mark.parametrize("name", _OF_FILES)
@pytest.mark.parametrize(
    "conversation",
    [_asked(Asked("read_file", {"path": "more.py"}, "[cut]")), Conversation("", ())],
    ids=["read-in-vain", "no-tools"],
)
def test_a_file_that_is_not_known_wholly_is_changed_by_blocks(name: str, conversation: Conversation) -> None:
    """Better another form than a file with a hole."""
    text = FORMS[name][1](_UNKNOWN, conversation).parts[-1]
    assert isinstance(text, Text)
    assert text.text.count("<<<<<<< SEARCH") == len(_UNKNOWN.edits)


@pytest.mark.parametrize("search", ["", "a", "no such text"])
def test_an_edit_that_fits_no_place_changes_no_whole_file(search: str) -> None:
    """Empty, ambiguous, not there: such a plan can only be said as it is."""
    plan = Plan((PlannedEdit("a.py", search, "x"),), "", texts={"a.py": "a = a"})
    assert changed_files(plan) is None


def test_edits_of_a_file_build_on_each_other() -> None:
    """A whole file holds them all; its last line ends, but an empty file stays so."""
    edits = (PlannedEdit("a.py", "a = 1", "b = 1"), PlannedEdit("a.py", "b = 1", "c = 1"))
    assert changed_files(Plan(edits, "", texts={"a.py": "a = 1"})) == {"a.py": ("a = 1\n", "c = 1\n")}
    assert changed_files(Plan((PlannedFile("e.py", ""),), "")) == {"e.py": (None, "")}


_LINE_ENDS: Mapping[str, Callable[[str], str]] = {
    "form-feed": lambda text: text.replace("\n", "\n\f", 1),
    "line-separator": lambda text: text.replace("\n", "\u2028\n", 1),
}


@pytest.mark.parametrize("kind", _LINE_ENDS)
def test_a_diff_has_a_row_for_each_line_feed_only(kind: str) -> None:
    """Form feeds and the like are text of a line."""
    text = _LINE_ENDS[kind]("a = 1\nb = 1\n")
    plan = Plan((PlannedEdit("a.py", "b = 1", "b = 2"),), "S.", texts={"a.py": text})
    answer = FORMS["answer-diff"][1](plan, Conversation("", ())).parts[-1]
    assert isinstance(answer, Text)
    assert "@@ -1,2 +1,2 @@" in answer.text
