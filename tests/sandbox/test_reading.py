"""How the scripted model reads code: line numbers, definitions, steps, in nine languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.sandbox.mind.portrayal import how_it_works
from lakewright.sandbox.reading.facts import study
from lakewright.sandbox.reading.source import Source, read_source
from lakewright.sandbox.reading.symbols import find_symbols
from support_sandbox_code import GO, PYTHON, SAMPLES, Sample


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.path)
def test_definitions_and_their_lines(sample: Sample) -> None:
    """Kind, full name, first and last line of every definition, and no others."""
    found = find_symbols(read_source(sample.path, sample.text))
    assert tuple((one.kind, one.full_name, one.start, one.end) for one in found) == sample.symbols


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.path)
def test_language_is_guessed_without_a_name(sample: Sample) -> None:
    """Pasted code has no ending to go by."""
    named, unnamed = read_source(sample.path, sample.text), read_source(None, sample.text)
    assert named.language is not None
    assert unnamed.language is not None
    assert unnamed.language.name == named.language.name


_NUMBERINGS = {
    "tab": "{number}\t{line}",
    "padded tab": "{number:>4}\t{line}",
    "two blanks": "{number:>3}  {line}",
    "marks": "{number:>3}> {line}",
    "one blank": "{number} {line}",
    "colon": "{number}: {line}",
    "bar": "{number} | {line}",
    "arrow": "{number:>5}→{line}",
}


@pytest.mark.parametrize("template", _NUMBERINGS.values(), ids=_NUMBERINGS)
@pytest.mark.parametrize("sample", [PYTHON, GO], ids=["python", "go"])
def test_line_numbers_of_any_client_are_read(template: str, sample: Sample) -> None:
    """The code comes out as it was, under its own numbers, whatever stands around it."""
    lines = sample.text.rstrip("\n").split("\n")
    rows = [template.format(number=number, line=line) for number, line in enumerate(lines, 101)]
    source = read_source(sample.path, "\n".join([f"File {sample.path}:", *rows, "[cut after line 125]"]))
    assert source.lines == dict(enumerate(lines, 101))


def test_text_without_numbers_begins_where_it_is_said_to() -> None:
    """A tool that answers with plain text was asked for a first line."""
    source = read_source("a.py", "def f():\n    return 1\n", start=40)
    assert [(one.name, one.start, one.end) for one in find_symbols(source)] == [("f", 40, 41)]


def test_code_wrapped_in_json_is_unwrapped() -> None:
    """Some tools answer with an object."""
    assert read_source("a.py", '{"content": "def f():\\n    pass", "ok": true}').text == "def f():\n    pass"


def test_strings_and_comments_are_no_code() -> None:
    """Braces, keywords and definitions inside them count for nothing."""
    text = 'def f(a):\n    """if for while\n    def g(): """\n    # if x: def h():\n    return "} if {"\n'
    found = study(read_source("a.py", text))
    assert [one.symbol.name for one in found.portraits] == ["f"]
    assert found.portraits[0].complexity == 1


def test_complexity_and_nesting() -> None:
    """One, and one for each branch; loops and conditions inside one another."""
    body = "    for x in a:\n        while x and a:\n            if x:\n                x = 1\n    return x\n"
    text = f"def f(a):\n{body}"
    one = study(read_source("a.py", text)).portraits[0]
    assert (one.complexity, one.nesting) == (5, 3)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([sample.path for sample in SAMPLES]),
    st.text(alphabet="abf(){}[]:;=<>\"'`/*#-\n \t,.\\déf", max_size=300) | st.text(max_size=200),
)
def test_nothing_that_is_read_makes_it_fail(path: str, text: str) -> None:
    """Any text is studied to the end, and every definition lies inside it."""
    source = read_source(path, text)
    for symbol in study(source).symbols:
        assert source.first <= symbol.start <= symbol.end <= max(source.last, source.first)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_half_a_file_is_read_as_far_as_it_goes(sample: Sample, data: st.DataObject) -> None:
    """Cut anywhere, the definitions before the cut are still found."""
    cut = data.draw(st.integers(0, len(sample.text)))
    shown = sample.text[:cut]
    found = {one.name for one in find_symbols(read_source(sample.path, shown))}
    complete = {name.split(".")[-1] for _, name, _, last in sample.symbols if last < shown.count("\n")}
    assert {name for name in complete if name in sample.text} - {"revenue", "target"} <= found


def test_a_part_that_begins_inside_a_docstring_is_read_as_code() -> None:
    """Lines after the end of a docstring are code, and what a later one says is text."""
    rows = [
        "    the end of it.",
        '    """',
        "    return 1",
        "",
        "def after(x):",
        '    """No other code stands here."""',
    ]
    source = read_source("a.py", "\n".join(f"{60 + at}\t{row}" for at, row in enumerate(rows)))
    assert "def after(x):" in source.masked
    assert "return 1" in source.masked
    assert "other" not in source.masked


_COMMENTED = {
    "starred": (
        " * for (const x of y) { f(x); }",
        " * don't `const next = (value) => {`",
        " */",
        "export function after(x) {",
        "  return /a*/.test(x);",
        "}",
    ),
    "not starred": ("  what it does: don't", "  function other() {", "*/", "function after(x) {", "}"),
    "to its end": (" * function other() {", " * function after() {}", " *"),
}


@pytest.mark.parametrize("rows", _COMMENTED.values(), ids=_COMMENTED)
def test_a_part_that_begins_inside_a_block_comment_is_read_as_one(rows: tuple[str, ...]) -> None:
    """What stands before a `*/` that nothing opened is text, whatever code it shows as an example."""
    source = read_source("a.ts", "\n".join(f"{160 + at}\t{row}" for at, row in enumerate(rows)))
    symbols = [(one.name, one.start) for one in find_symbols(source)]
    starts = [160 + at for at, row in enumerate(rows) if row.startswith(("export", "function"))]
    assert symbols == [("after", start) for start in starts]


@pytest.mark.parametrize(
    "row", ['const all = glob("src/**/*.ts");', "const blanks = /\\s*/", "// all of src/**/", "a = b /* c */"]
)
def test_code_before_what_looks_like_the_end_of_a_comment_stays_code(row: str) -> None:
    """A pattern of files, a regular expression and a comment on a line end no comment."""
    source = read_source("a.js", "\n".join(["8\tfunction before() {}", f"9\t{row}", "10\tconst z = 1;"]))
    assert [one.name for one in find_symbols(source)] == ["before"]


def test_each_part_of_a_file_is_read_by_itself() -> None:
    """A part that ends inside a comment does not swallow the next one."""
    source = read_source("a.go", "1\tpackage a")
    rows = {1: "package a", 2: "/* begins", 90: "still a comment", 91: "*/", 92: "func after() {", 93: "}"}
    assert [one.start for one in find_symbols(Source(source.path, rows))] == [92]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([sample.path for sample in SAMPLES]),
    st.text(alphabet="ab(){}:=\"'`/*#\n \\", max_size=120),
    st.integers(1, 3),
)
def test_what_is_blanked_out_keeps_every_line_in_its_place(path: str, text: str, first: int) -> None:
    """In a part of a file, too, which may end inside a string that only its end opened."""
    source = Source(path, dict(enumerate(text.split("\n"), first)))
    assert [len(row) for row in source.masked_rows] == [len(row) for row in source.rows]


_NOT_ITSELF = {
    "its parent's": ("class A(B):\n    def f(self):\n        return super.f()\n", False),
    "another one's": ("class A(B):\n    def f(self):\n        return g().f()\n", False),
    "a function's": ("class A(B):\n    def f(self):\n        return f()\n", False),
    "its own": ("class A(B):\n    def f(self):\n        return self.f()\n", True),
    "by its class": ("class A(B):\n    def f(self):\n        return A.f(self)\n", True),
    "itself": ("def f(a):\n    return f(a)\n", True),
}


@pytest.mark.parametrize(("text", "recursive"), _NOT_ITSELF.values(), ids=_NOT_ITSELF)
def test_only_a_call_of_itself_is_recursion(text: str, *, recursive: bool) -> None:
    """Something else may have the same name."""
    assert [one.recursive for one in study(read_source("a.py", text)).portraits] == [recursive]


def test_what_stands_under_else_is_told_as_such() -> None:
    """Otherwise it would look like a part of the condition before."""
    text = "def f(a):\n    if a:\n        b = g()\n    else:\n        return 1\n"
    steps = study(read_source("a.py", text)).portraits[0].steps
    assert [(step.line, step.depth, step.text) for step in steps][2:] == [
        (4, 0, "otherwise"),
        (5, 1, "returns `1`"),
    ]


_EXAMPLE = '''        return None

    @property
    def meta(self):
        """A mapping that is shared. For example::

            def get_language():
                return get_current_context().meta.get(LANG_KEY, "en_US")

            def set_language(value):
                context = get_current_context(silent=False)
        """
        return self._meta

    def after(self):
        """
        Tells: nothing (more=so), for example in (this, that).
        """
        return 1
'''


def test_a_docstring_with_more_code_than_the_code_is_text() -> None:
    """What stands beside the quotes tells which side of them is text."""
    source = read_source("a.py", _EXAMPLE, start=600)
    assert [(one.name, one.start) for one in find_symbols(source)] == [("meta", 603), ("after", 614)]
    inside = read_source("a.py", "\n".join(_EXAMPLE.split("\n")[5:]), start=605)
    assert [(one.name, one.start) for one in find_symbols(inside)] == [("after", 614)]


def test_a_loop_that_ends_with_its_condition_holds_its_steps() -> None:
    """Steps inside `do` lie side by side, and not in the condition before them."""
    text = (
        "int f(int a) {\n  if (a)\n    return 1;\n  do {\n    if (b)\n      return 2;\n    if (c)\n"
        "      return 3;\n  } while (a);\n}\n"
    )
    found = study(read_source("a.c", text))
    section = list(how_it_works(found, found.portraits))[1]
    assert section.split("\n\n")[2].split("\n") == [
        "- If `a` (line 2)",
        "  - Returns `1` (line 3)",
        "- Does at least once (line 4)",
        "  - If `b` (line 5)",
        "    - Returns `2` (line 6)",
        "  - If `c` (line 7)",
        "    - Returns `3` (line 8)",
        "- Repeats while `a` (line 9)",
    ]
