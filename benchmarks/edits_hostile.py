"""Edits made to take long: texts that repeat themselves, long lines, signs that patterns trip over.

Each is near a limit of `locate` in one way. Tests count the work, the benchmark shows the time.
"""

import random
from collections.abc import Callable, Iterator

# ruff: noqa: RUF001 - look-alikes are hostile, too

Hostile = tuple[str, str, str]
"""Text, search and replacement."""


def _many(line: str, number: int, *, size: int = 900_000) -> str:
    return (line + "\n") * min(number, size // (len(line) + 1))


def _values(number: int) -> str:
    return "".join(f"value{i} = {i % 7}\n" for i in range(number))


def _nested(number: int) -> str:
    return "".join(" " * (i % 200) + f"word{i % 9} {{\n" for i in range(number))


def _shuffled(seed: int, words: str, number: int) -> str:
    rng = random.Random(seed)
    return "\n".join(" ".join(rng.choices(words.split(), k=6)) for _ in range(number)) + "\n"


CASES: dict[str, Callable[[], Hostile]] = {
    "one line many times": lambda: (_many("same = 1", 90_000), _many("same = 1", 300) + "other = 2", "x"),
    "one line many times, deeper": lambda: (_many("    same(1)", 70_000), _many("  same(1)", 3_000), "x"),
    "many places, one line each": lambda: (_values(60_000), "value7 = 9\nvalue8 = 9", "x"),
    "every second line": lambda: ("first(word)\nsecond(word)\n" * 40_000, "first(word)\nthird(word)", "x"),
    "two lines in turn": lambda: ("alpha(beta)\ngamma(beta)\n" * 20_000, "alpha(beta)\n" * 400, "x"),
    "half of it fits": lambda: (
        ("same(1)\n" * 200 + "other\n") * 200,
        "same(1)\n" * 400,
        "same(1)\n" * 401,
    ),
    "a long line": lambda: ("ab " * 300_000, "ab  " * 1_000, "x"),
    "two long lines": lambda: ("ab (cd) " * 40_000 + "\n", "ab  (cd) " * 40_000, "x"),
    "a long line, look-alikes": lambda: ("word - " * 50_000 + "\n", "word – " * 50_000, "x"),
    "long lines, a typo": lambda: (
        ("# " + "letter " * 280 + "\n") * 400,
        "# " + "letter " * 279 + "lettre",
        "x",
    ),
    "long prose": lambda: ("# " + "word" * 400 + " end of it\n" * 20_000, "# " + "wrod" * 400 + " end", "x"),
    "blank lines": lambda: ("\n" * 190_000 + "word\n", "\n" * 1_000 + "word  \n" + "\n" * 1_000, "x"),
    "blank lines around words": lambda: ("word\n\n\n\n" * 40_000, "word\n\n" * 2_000, "x"),
    "blanks": lambda: ((" " * 400 + "\n") * 2_000 + "a\n", " " * 300 + "a\n" + " " * 300, "x"),
    "quotes": lambda: ("'\"`" * 300_000, "'\" `" * 1_000, "x"),
    "open quotes": lambda: ("'a \n" * 100_000, "'a  b\n" * 200, "x"),
    "backslashes": lambda: ("\\" * 900_000, "\\\\ " * 20_000, "x"),
    "escaped quotes": lambda: ('\\"' * 300_000 + "\n", '\\\\\\" ' * 20_000, "x"),
    "written newlines": lambda: ("a\nb\n" * 50_000, "a\\nb\\nc\\n" * 20_000, "x"),
    "brackets": lambda: ("{" * 400_000 + "}" * 400_000, "{ " * 1_000, "x"),
    "brackets, line by line": lambda: (
        "{\n" * 90_000 + "}\n" * 90_000,
        "{\n" * 300 + "x\n" + "}\n" * 300,
        "y",
    ),
    "comment marks": lambda: ("/*" * 400_000, "/* *" * 100 + "word", "x"),
    "comments never closed": lambda: ("/* word\n" * 100_000, "/* wrod\n" * 50, "x"),
    "triple quotes": lambda: ('"""\n' * 190_000, '"""  x\n' * 10, "x"),
    "triple quotes and words": lambda: ('"""word of it all\n' * 50_000, '"""wrod of it all\n' * 10, "x"),
    "elisions": lambda: ("word\n" * 150_000, "word\n...\n" * 19 + "word", "word\n...\n" * 19 + "words"),
    "elisions that fit": lambda: (
        "".join(f"piece{i}\ncommon\n" for i in range(60_000)),
        "\n...\n".join(f"piece{i * 3000}" for i in range(20)),
        "\n...\n".join(f"piece{i * 3000} = 1" for i in range(20)),
    ),
    "a new elision in a long replacement": lambda: (
        "\n".join(f"line{i}" for i in range(20_000)),
        "\n".join(f"line{i}" for i in range(20_000)),
        "\n".join(f"line{i}" for i in range(0, 20_000, 2)) + "\n# ... existing code ...",
    ),
    "a large exact edit": lambda: (_values(20_000), _values(15_000), _values(15_000).replace("= 3", "= 4")),
    "a large edit, blanks at ends": lambda: (
        _values(20_000),
        _values(15_000).replace("\n", " \n"),
        _values(15_000).replace("= 3\n", "= 4 \n"),
    ),
    "a large edit, other depth": lambda: (
        _values(20_000).replace("value", "    value"),
        _values(10_000),
        _values(10_000).replace("= 3", "= 4"),
    ),
    "a large edit, misquoted": lambda: (
        "\n".join(f"call_{i} = work({i})" for i in range(9_000)),
        "\n".join(f"call_{i} =  work({i})" for i in range(9_000)),
        "\n".join(f"calls_{i} =  work({i})" for i in range(9_000)),
    ),
    "one misquoted line, rewritten": lambda: (
        "words = " + "a + b * " * 1_000 + "c\n",
        "words =  " + "a + b * " * 1_000 + "c",
        "words =  " + "b * a + " * 1_000 + "c",
    ),
    "nothing alike": lambda: (_shuffled(1, "one two three four", 40_000), "five six\n" * 5_000, "x"),
    "the same words in another order": lambda: (
        _shuffled(1, "one two three four", 30_000),
        _shuffled(2, "one two three four", 60),
        "x",
    ),
    "the same words, many lines": lambda: (
        _shuffled(1, "one two three four", 30_000),
        _shuffled(3, "one two three four", 9_000),
        "x",
    ),
    "depths": lambda: (_nested(8_000), _nested(400).replace("word8", "word7 "), "x"),
    "line numbers": lambda: (_values(30_000), "\n".join(f"{i} | value{i} = 1" for i in range(9_000)), "x"),
    "signs of a diff": lambda: (_values(30_000), "".join(f"-value{i} = 1\n" for i in range(9_000)), "+x"),
    "entities": lambda: ("a < b\n" * 60_000, "a &lt; b &amp;\n" * 9_000, "x"),
    "fences": lambda: ("```\n" * 90_000, "```\n" * 9_000 + "word", "x"),
    "dots": lambda: ("...\n" * 90_000, "...\n" * 9_000, "x"),
    "a word many times": lambda: ("word " * 180_000, "word", "x"),
    "a word in words": lambda: ("wordword" * 110_000, "word", "x"),
    "signs": lambda: ("+-" * 450_000, "+-+ -", "x"),
    "digits and dots": lambda: ("1.1." * 220_000, "1.1.1", "x"),
    "combining marks": lambda: ("e\u0301" * 400_000, "e\u0301e ", "x"),
    "look-alikes": lambda: ("“a”\n" * 90_000, '"a"\n' * 300, "x"),
    "wide letters": lambda: ("\uff41\uff42 \n" * 60_000, "\uff41\uff42\n" * 900 + "\uff43", "x"),
    "CRLF": lambda: ("same = 1\r\n" * 80_000, "same = 1\n" * 500 + "x", "y"),
    "CRLF and LF in turn": lambda: ("one = 1\r\ntwo = 2\n" * 40_000, "one = 1\ntwo = 3", "y"),
    "lone CR": lambda: ("one = 1\r" * 80_000, "one = 1\ntwo = 3", "y"),
    "masks": lambda: ("<PERSON_1" * 90_000, "<PERSON_2" * 9_000, "<PERSON" * 40_000),
    "almost the replacement": lambda: (_many("same = 1", 60_000), "other = 1", _many("same = 1", 30_000)),
    "many near lines": lambda: (
        "".join(f"    result_of_{i} = compute_the_value({i})\n" for i in range(12_000)),
        "    result_of = compute_the_value()",
        "x",
    ),
    "many near lines, with a blank": lambda: (
        "".join(f"    result_of = compute_the_value({i % 9})\n" for i in range(12_000)),
        "    result_of =  compute_the_value(9)",
        "x",
    ),
}


def hostile() -> Iterator[tuple[str, Hostile]]:
    """Name and edit, made when asked for: some are large."""
    for name, made in CASES.items():
        yield name, made()
