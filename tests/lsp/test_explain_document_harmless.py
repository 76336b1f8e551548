"""What a model writes as Markdown does nothing in a document: a renderer that knows nothing of us judges."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from lakewright.lsp.explain_document_harmless import code_span, harmless
from lakewright.lsp.explain_document_links import Links

ROOT = "file:///project/"
FILES = {"src/orders.py", "a b.py", "Makefile", "a|b.py"}
RENDERERS = (MarkdownIt("commonmark", {"html": True}), MarkdownIt("js-default", {"html": True}))
for _renderer in RENDERERS:
    _renderer.validateLink = lambda _url: True  # type: ignore[method-assign,assignment]  # it would hide links from us


def links() -> Links:
    return Links(lambda path: ROOT + path.replace(" ", "%20").replace("|", "%7C") if path in FILES else None)


def safe(markdown: str) -> str:
    return harmless(markdown, links())


def tokens(markdown: str) -> Iterator[tuple[str, Token]]:
    """All tokens that any of the renderers sees, each with what it shows as text."""
    for renderer in RENDERERS:
        for block in renderer.parse(markdown):
            yield block.content, block
            yield from ((token.content, token) for token in block.children or ())


def assert_harmless(markdown: str) -> None:
    for _, token in tokens(safe(markdown)):
        assert token.type not in ("html_block", "html_inline", "image")
        if token.type == "link_open":
            target = str(token.attrs["href"])
            assert target.startswith(("http://", "https://", "mailto:", "#", ROOT)), target


PIECES = [
    *"`~<>![]()|\\:-*_#&+ \n\t\"'=1.>",
    "``",
    "```",
    "~~~",
    "````",
    "\n\n",
    "\n    ",
    "\n   ",
    "\n- ",
    "\n1. ",
    "\n> ",
    "\n|-|-|\n",
    "|",
    "<img src=x>",
    "<script>",
    "</p>",
    "<!--",
    "![a](https://e.x/?q)",
    "](command:x)",
    "[a](command:x)",
    "[a]: javascript:x",
    "[a]",
    "](https://e.x/y)",
    "<https://e.x>",
    "<command:x>",
    "&#99;ommand:",
    "src/orders.py:12",
    "`src/orders.py:12`",
    "a|b.py:3",
    "\u202e",
    "\x1b[2J",
    "\u2028",
    "\r",
    "word",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=600, deadline=None)
@example("a `b\nc ` <img src=x> `")
@example("| a | b |\n|-|-|\n| ` a | ` ` <img src=x> ` |")
@example("- ```py\n  <b>\n  ```\n<img src=x>\n```")
@example("    ```\n\n<img src=x>")
@example("1. a\n\n   ```\n  <img src=x>")
@example("> ```\n<img src=x>\n> ```\n<img src=x>")
@example("[x](\ncommand:y)\n\n[z]:\ncommand:y\n\n[z]")
@example("\\`<img src=x>`")
@example("``` `\n<img src=x>\n```")
@example("\t```\n<img src=x>\n\t```\n<img src=x>")
@example("!src/orders.py:12 !`src/orders.py:12`")
@example("~~~\n~~~~\n<img src=x>\n```\n")
def test_nothing_acts_whatever_the_model_writes(markdown: str) -> None:
    """No HTML, no picture, and no link but to the web, into the document and to files of the client's."""
    assert_harmless(markdown)


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_nothing_hides_or_controls(markdown: str) -> None:
    """No control characters but newline and tab, no marks that turn text around, no half characters."""
    text = safe(markdown)
    text.encode()
    assert not any(ord(char) < 0x20 and char not in "\n\t" for char in text)
    assert not set(text) & set(
        "\x7f\x85\u2028\u2029\u200b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2069\ufeff"
    )


@given(
    st.text(st.sampled_from("ab<>&[]()|!` \n\t~:\\#-"), max_size=120).filter(lambda text: "```" not in text),
    st.sampled_from(["", "   ", "1. x\n\n   ", "- x\n  - y\n\n    "]),
)
@settings(max_examples=300, deadline=None)
def test_code_in_fences_is_shown_as_it_is(code: str, before: str) -> None:
    """Every character of a block of code survives, in a list too."""
    blank = " " * len(before.rpartition("\n")[2].replace("1. x", ""))
    body = "".join(f"{blank}{line}\n" if line.strip() else "\n" for line in code.expandtabs(4).split("\n"))
    text = safe(f"{before}```python\n{body}{blank}```\n")
    shown = [token.content for _, token in tokens(text) if token.type == "fence"]
    wanted = "".join(f"{line.rstrip()}\n" for line in code.expandtabs(4).split("\n"))
    assert len(shown) == len(RENDERERS)
    for one in shown:
        assert "".join(f"{line.rstrip()}\n" for line in one.removesuffix("\n").split("\n")) == wanted


@pytest.mark.parametrize(
    "markdown",
    [
        "# Title\n\nSome *text* with `code`, **bold** and a [link](https://e.x/a).\n",
        "| a | b |\n|---|---|\n| 1 | `x` |",
        "1. one\n2. two\n   - inner `List<String>` and `int | None`\n",
        "```python\nif a < b and c[0](1):\n    print('<b>')\n```",
        "- item\n\n  ```sh\n  make <target>\n  ```\n\n- next",
        "a < b, a > b, ~~gone~~, [ ] open, [x] done, 12:30, C:\\x",
        "See https://e.x/src/orders.py:12?a=b and <https://e.x>.",
        "[a]: https://e.x/a",
        "[up](#title)",
    ],
)
def test_ordinary_markdown_stays_as_it_is(markdown: str) -> None:
    """What harms nobody isn't touched."""
    assert safe(markdown) == markdown


@pytest.mark.parametrize(
    ("markdown", "written"),
    [
        ("See `src/orders.py:12`.", "See [`src/orders.py:12`](file:///project/src/orders.py#L12)."),
        ("(src/orders.py:12-40)", "([src/orders.py:12-40](file:///project/src/orders.py#L12))"),
        ("src/orders.py:12\u201340,", "[src/orders.py:12\u201340](file:///project/src/orders.py#L12),"),
        ("Makefile:3", "[Makefile:3](file:///project/Makefile#L3)"),
        ("`a b.py:3`", "[`a b.py:3`](file:///project/a%20b.py#L3)"),
        ("[totals](src/orders.py#L12)", "[totals](file:///project/src/orders.py#L12)"),
        ("[totals](src/orders.py)", "[totals](file:///project/src/orders.py)"),
        ("[totals](a%20b.py#L3)", "[totals](file:///project/a%20b.py#L3)"),
        ("[totals](src/orders.py:12)", "[totals](file:///project/src/orders.py#L12)"),
        ("[see src/orders.py:12](https://e.x)", "[see src/orders.py:12](https://e.x)"),
        ("src/none.py:12", "src/none.py:12"),
        ("xsrc/orders.py:12", "xsrc/orders.py:12"),
        ("src/orders.py", "src/orders.py"),
        ("```\nsrc/orders.py:12\n```", "```\nsrc/orders.py:12\n```"),
        ("| `a|b.py:3` |\n|-|", "| [`a\\|b.py:3`](file:///project/a%7Cb.py#L3) |\n|-|"),
    ],
)
def test_places_become_links(markdown: str, written: str) -> None:
    """A path with its line leads to the file where there is one, and is left alone where there isn't."""
    assert safe(markdown) == written


@pytest.mark.parametrize(
    ("markdown", "written"),
    [
        ("<img src=x>", "&lt;img src=x>"),
        ("![a](https://e.x)", "!\\[a](https://e.x)"),
        ("[run](command:x)", "[run]\\(command:x)"),
        ("[run](file:///etc/passwd)", "[run]\\(file:///etc/passwd)"),
        ("[run](../../etc/passwd)", "[run]\\(../../etc/passwd)"),
        ("[run](%66ile:///etc/passwd)", "[run]\\(%66ile:///etc/passwd)"),
        ("[run]: vscode://x", "[run]\\: vscode://x"),
        ("a `b", "a \\`b"),
        ("    ```\n    a\n    ```", "```\na\n```"),
        ("- ```py\n  a\n  ```\nb", "```py\na\n```\nb"),
        ("```html <img>\na", "```html\na\n```"),
        ("a\x1b[2J\u202eb\r\nc", "a[2Jb\nc"),
    ],
)
def test_what_would_act_is_text(markdown: str, written: str) -> None:
    """A backslash, or an entity, before what would have done something."""
    assert safe(markdown) == written


def test_names_are_looked_for_once_and_not_for_ever() -> None:
    """An answer that names a thousand files asks the disk for some hundreds, each once."""
    asked: list[str] = []
    looked = Links(asked.append)
    harmless(" ".join(f"f{number % 1000}.py:1" for number in range(3000)), looked)
    assert len(asked) == len(set(asked)) == 300


@given(st.text(st.sampled_from("`<a |*\n"), max_size=20))
def test_a_line_as_code_is_shown_whole(text: str) -> None:
    """Whatever backticks it holds, a name is code from its first to its last character."""
    line = " ".join(text.split())
    children = RENDERERS[0].parse(f"# {code_span(line)}")[1].children or []
    assert [child.type for child in children] == ["code_inline"]
    assert children[0].content.strip() == line.strip()
