"""Markdown is cut into blocks that never change again, the same however the text comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lakewright.cli.markdown_blocks import MarkdownBlocks

DOCUMENT = """\
# Orders
An order has *lines*
and a total.
- one
  more of one

- two

  ```python
  a = 1

  b = 2
  ```
Lazy.

| rate | of |
|---|---|
| 19 | most |

> quoted
lazily

    indented

    code
Setext
------
~~~text
# no heading

still the fence
~~~
***
1. first
2. second
The end"""

BLOCKS = [
    "# Orders",
    "An order has *lines*\nand a total.",
    "- one\n  more of one\n\n- two\n\n  ```python\n  a = 1\n\n  b = 2\n  ```\nLazy.",
    "| rate | of |\n|---|---|\n| 19 | most |",
    "> quoted\nlazily",
    "    indented\n\n    code",
    "Setext\n------",
    "~~~text\n# no heading\n\nstill the fence\n~~~",
    "***",
    "1. first\n2. second\nThe end",
]


def blocks_of(*deltas: str) -> list[str]:
    """All blocks of a text that comes in these deltas."""
    blocks = MarkdownBlocks()
    return [block for delta in deltas for block in blocks.feed(delta)] + blocks.end()


def test_every_kind_of_block_is_cut_where_it_ends() -> None:
    """Headings, paragraphs, lists, tables, quotes, code, fences and rules are one block each."""
    assert blocks_of(DOCUMENT) == BLOCKS


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("\n\n\n", []),
        ("one\n\n\n\ntwo\n", ["one", "two"]),
        ("text\n```py\na\n\n\nb\n```\nmore", ["text", "```py\na\n\n\nb\n```", "more"]),
        ("````\n```\n````", ["````\n```\n````"]),
        ("```\nno end\n\nof it", ["```\nno end\n\nof it"]),
        ("``` a`b\ntext", ["``` a`b\ntext"]),
        ("a\n2. not a list", ["a\n2. not a list"]),
        ("a\n1. a list", ["a", "1. a list"]),
        ("- a\n\n\n- b\n\nc", ["- a\n\n\n- b", "c"]),
        ("- a\n---\nb", ["- a", "---", "b"]),
        ("- a\n# h\n", ["- a", "# h"]),
        ("#no heading\n", ["#no heading"]),
        ("> a\n\n> b", ["> a", "> b"]),
        ("a | b\n- | -\n1 | 2", ["a | b\n- | -\n1 | 2"]),
    ],
)
def test_blocks(text: str, blocks: list[str]) -> None:
    """The corner cases of CommonMark that models write."""
    assert blocks_of(text) == blocks


def test_a_block_is_given_out_as_soon_as_it_is_complete() -> None:
    """A fence at its end, a heading at its newline, a paragraph at the blank line; the rest is at hand."""
    blocks = MarkdownBlocks()
    assert blocks.feed("```\na\n```") == []
    assert blocks.feed("\n# Head") == ["```\na\n```"]
    assert blocks.rest == "# Head"
    assert blocks.feed("ing\ntext\n\n- it") == ["# Heading", "text"]
    assert blocks.rest == "- it"
    assert blocks.end() == ["- it"]
    assert blocks.rest == ""


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_deltas_make_no_difference(size: int) -> None:
    """Any size of delta gives the blocks of the whole text."""
    assert blocks_of(*(DOCUMENT[at : at + size] for at in range(0, len(DOCUMENT), size))) == BLOCKS


_LINE = st.sampled_from(
    [
        *("", "", "text", "  text", "    deep", "\tcode", "# h", "---", "===", "***", "> q"),
        *("```", "```py", "~~~", "  ```", "| a | b |", "|---|---|"),
        *("- a", "* b", "1. c", "2) d", "  - nested", "   1. nested"),
    ]
)
_DOCUMENT = st.lists(_LINE, max_size=14).map("\n".join)


@given(_DOCUMENT, st.data())
def test_no_split_changes_a_block(text: str, data: st.DataObject) -> None:
    """For any document and any cuts the blocks are those of the unsplit text, and no line is lost."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    deltas = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = blocks_of(text)
    assert blocks_of(*deltas) == whole
    filled = [line for line in text.split("\n") if line.strip()]
    assert [line for block in whole for line in block.split("\n") if line.strip()] == filled


@given(_DOCUMENT)
def test_what_commonmark_holds_together_is_never_cut(text: str) -> None:
    """No top-level block of the whole document is spread over two of ours."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("reference")
    starts, line = [], 0
    lines = text.split("\n")
    for block in blocks_of(text):
        while not lines[line].strip():
            line += 1
        starts.append(line)
        line += block.count("\n") + 1
    for token in parser.parse(text):
        if token.level == 0 and token.map is not None:
            first, end = token.map
            assert not [start for start in starts if first < start < end], (token.type, token.map)
