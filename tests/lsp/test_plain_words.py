"""What a model says, in a message that renders nothing."""

import pytest

from lakewright.lsp.plain_words import first_sentences, plain


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("*Simulated: no model.*\n\nIt is so already.", "Simulated: no model. It is so already."),
        ("## Result\n\n- **One** is fine\n- so is ***two***", "Result One is fine so is two"),
        ("See [`orders.py:4`](orders.py#L4) and ![a picture](x.png).", "See `orders.py:4` and a picture."),
        ("> quoted\n\n```python\nx = 1\n```", "quoted x = 1"),
        ("It is `a * b * c` and 2 * 3 * 4, __init__ and snake_case_name.",) * 2,
        ("`**kwargs**`, `a[0](b)` and *args, **kwargs",) * 2,
        ("", ""),
    ],
)  # fmt: skip
def test_marks_go_and_words_stay(markdown: str, said: str) -> None:
    """Headings, lists, links and emphasis lose their marks; code and arithmetic keep theirs."""
    assert plain(markdown) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("One. Two.", "One. Two."),
        ("A first sentence. And one more that is too long.", "A first sentence."),
        ("Short. But then comes one that doesn't end in time.", "Short. But then comes one…"),
    ],
)
def test_a_long_line_ends_with_a_sentence_or_a_word(line: str, said: str) -> None:
    """Whole sentences where they are long enough, else whole words."""
    assert first_sentences(line, 30) == said
