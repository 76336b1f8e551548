"""The words of code in braces, without those of comments, strings and regular expressions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lakewright.sandbox.reading.languages import Language

_SCRIPTS = ("JavaScript", "TypeScript")
_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*[\s\S]*?(?:\*/|\Z))"
    r"|(?P<string>\"(?:\\[\s\S]|[^\"\\\n])*\"|'(?:\\[\s\S]|[^'\\\n])*')"
    r"|(?P<word>#?[A-Za-z_$][\w$]*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<blank>\s+)"
    r"|(?P<sign>\?\.|=>|\.\.\.|[\s\S])"
)
_REGEX = re.compile(r"/(?![*/])(?:\\[^\n]|\[(?:\\[^\n]|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_SIGNS = "( , = : [ ! & | ? { } ; + - * % ^ ~ < > =>"
_KEYWORDS = "return typeof case in of delete void throw new do else yield await"
_BEFORE_REGEX = frozenset(["", *_SIGNS.split(), *_KEYWORDS.split()])
"""What stands before a regular expression, not before a division."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word at an offset; the sign or word before it and behind it, and the bracket it lies in."""

    at: int
    text: str
    before: str
    after: str
    inside: str


def code_words(language: Language, text: str) -> list[Word]:
    """Every word of the code, keywords too, in order."""
    signs = list(_signs(language, text))
    brackets: list[str] = []
    words = []
    for number, (at, sign) in enumerate(signs):
        if sign in ("(", "[", "{", "${"):
            brackets.append(sign)
        elif sign in (")", "]", "}") and brackets:
            brackets.pop()
        elif re.match(r"#?[A-Za-z_$]", sign):
            before = signs[number - 1][1] if number else ""
            after = signs[number + 1][1] if number + 1 < len(signs) else ""
            words.append(Word(at, sign, before, after, brackets[-1] if brackets else ""))
    return words


def _signs(language: Language, text: str) -> Iterator[tuple[int, str]]:
    """Words, numbers and signs, with their offsets; `"` stands for a string."""
    if language.name not in _SCRIPTS:
        yield from _plain_signs(language, text)
        return
    depths: list[int] = []  # of the braces open at each template that is open
    depth, at, last = 0, 0, ""
    while at < len(text):
        if text[at] == "/" and last in _BEFORE_REGEX and (found := _REGEX.match(text, at)):
            at, last = found.end(), '"'
            yield found.start(), last
            continue
        sign, start = text[at], at
        if sign == "`" or (sign == "}" and depths and depth == depths[-1]):
            if sign == "}":
                depths.pop()
                yield at, "}"
            at, opens = _template_end(text, at + 1)
            last = "${" if opens else '"'
            yield (at - 2 if opens else start), last
            depths += [depth] if opens else []
            continue
        match = _TOKEN.match(text, at)
        assert match is not None
        at = match.end()
        if match.lastgroup in ("comment", "blank"):
            continue
        last = '"' if match.lastgroup == "string" else match[0]
        depth += (last == "{") - (last == "}")
        yield start, last


def _template_end(text: str, at: int) -> tuple[int, bool]:
    """Where the text of a template ends, and whether a hole begins there."""
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == "`":
            return at + 1, False
        elif text.startswith("${", at):
            return at + 2, True
        else:
            at += 1
    return len(text), False


def _plain_signs(language: Language, text: str) -> Iterator[tuple[int, str]]:
    masked = language.noise.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for match in _TOKEN.finditer(masked):
        if match.lastgroup != "blank":
            yield match.start(), match[0]
