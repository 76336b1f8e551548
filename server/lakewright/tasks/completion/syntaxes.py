"""What the filters must know of a language: brackets, strings, comments, how a block ends. One row each.

Coarser than a grammar on purpose: text around a cursor is half a program, and it is scanned with each delta.
"""

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Blocks = Literal["indent", "braces", "none"]
"""How a block ends: by a smaller indentation, by its closing bracket, or not to be told (prose)."""

_ESCAPE = r"\\[\s\S]"
_CHARACTER = r"'(?:\\[^\n']{1,10}|\\'|[^\\'\n])'"
"""A character literal as one token, so that a lifetime (`'a`) opens no string."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch in which brackets mean nothing: a string or a comment. `start`, `escape` are expressions.

    Without `lines` the end of the line ends it: harmlessly where it is `lenient`, else as a fault.
    """

    opens: str
    closes: str
    lines: bool = False
    escape: str = ""
    inner: str = ""
    """What begins code inside of it, up to `}`."""
    lenient: bool = False
    start: str = ""
    nests: bool = False
    is_comment: bool = False


@dataclass(frozen=True)
class Syntax:
    """A language as the filters see it. `definition` matches the beginning of a line that begins one."""

    name: str
    extensions: tuple[str, ...]
    blocks: Blocks
    quotes: tuple[Quote, ...] = ()
    brackets: str = "()[]{}"
    whole: str = ""
    """Tokens that are skipped as they are."""
    regexes: bool = False
    """Whether `/…/` may be a literal."""
    definition: re.Pattern[str] | None = None
    opening: re.Pattern[str] | None = None
    """What ends a line below which an indented block begins."""
    terminator: str = ""
    """What ends a statement, where a completion is one statement."""
    prose: bool = False
    """Whether plain sentences are what such a file holds."""

    @cached_property
    def by_opening(self) -> dict[str, Quote]:
        return {quote.opens: quote for quote in self.quotes}

    @cached_property
    def tokens(self) -> dict[str, re.Pattern[str]]:
        """What counts, in code ("") and inside of each quote."""
        starts = sorted(
            (quote.start or re.escape(quote.opens) for quote in self.quotes), key=len, reverse=True
        )
        strays = [quote.closes for quote in self.quotes if quote.is_comment and quote.lines]
        brackets = f"[{re.escape(self.brackets)}]" if self.brackets else ""
        code = [self.whole, *starts, *strays, "/" if self.regexes else "", brackets]
        patterns = {"": _pattern(code)}
        for quote in self.quotes:
            nested = re.escape(quote.opens) if quote.nests else ""
            newline = "" if quote.lines else r"\n"
            closes = "" if quote.closes == "\n" else quote.closes
            patterns[quote.opens] = _pattern([quote.escape, quote.inner, nested, closes, newline])
        return patterns

    @property
    def comment_openings(self) -> tuple[str, ...]:
        return tuple(quote.opens for quote in self.quotes if quote.is_comment)


def _pattern(choices: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{choice})" for choice in choices if choice) or r"(?!)", re.MULTILINE)


def _line_comment(opens: str, start: str = "") -> Quote:
    return Quote(opens, "\n", lenient=True, start=start, is_comment=True)


def _block_comment(opens: str = "/*", closes: str = r"\*/", *, nests: bool = False) -> Quote:
    return Quote(opens, closes, lines=True, nests=nests, is_comment=True)


def _string(mark: str, *, lines: bool = False, escape: str = _ESCAPE, inner: str = "") -> Quote:
    return Quote(mark, re.escape(mark), lines, escape, inner)


def _definition(*openings: str) -> re.Pattern[str]:
    return re.compile(r"\s*(?:" + "|".join(openings) + ")")


_SLASHES = (_line_comment("//"), _block_comment())
_PYTHON_STRINGS = tuple(_string(mark, lines=len(mark) > 1) for mark in ('"""', "'''", '"', "'"))
_TEMPLATE = _string("`", lines=True, inner=r"\$\{")
_DOUBLED = {mark: f"{_ESCAPE}|{mark}{mark}" for mark in "'\"`"}
_COLON = re.compile(r":\s*(?:#.*)?$")
_SCRIPT_DEFINITION = _definition(
    r"(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function|class|interface|enum)\b",
    r"(?:export\s+)?type\s+\w+\s*[=<]",
    r"(?:export\s+)?const\s+\w+\s*(?::[^=]*)?=\s*(?:async\s*)?(?:function\b|\([^()]*\)\s*(?::[^=]*)?=>|\w+\s*=>)",
    r"(?:(?:public|private|protected|static|async|override|readonly|get|set)\s+)*"
    r"(?!(?:if|for|while|switch|catch|with|return|function)\b)#?\w+\s*(?:<[^>]*>)?\([^;]*\)\s*(?::[^={]*)?\{$",
)
_MODIFIED = (
    r"(?:@\w+\s+)*(?:(?:public|private|protected|internal|static|final|abstract|async|override|virtual|sealed|"
    r"partial|readonly|unsafe|extern|inline|constexpr|synchronized|open|data|case|implicit|lazy|suspend)\s+)*"
)
_TYPED_DEFINITION = _definition(
    _MODIFIED + r"(?:class|interface|enum|struct|record|trait|object|namespace|union|def|fun|func)\b",
    _MODIFIED + r"(?!(?:return|else|new|throw|case|await|yield|delete|goto|using)\b)"
    r"[\w.:<>\[\]*&?, ]*[\w>\]*&?]\s+[*&]*[\w:~]+\s*\([^;={}]*\)[^;={}()]*\{?$",
)

SYNTAXES: tuple[Syntax, ...] = (
    Syntax(
        "python",
        (".py", ".pyi", ".pyw"),
        "indent",
        (*_PYTHON_STRINGS, _line_comment("#")),
        definition=_definition(r"(?:async\s+)?def\b", r"class\b", "@"),
        opening=_COLON,
    ),
    Syntax(
        "javascript",
        (".ts", ".mts", ".cts", ".tsx", ".js", ".jsx", ".mjs", ".cjs"),
        "braces",
        (*_SLASHES, _string('"'), _string("'"), _TEMPLATE),
        regexes=True,
        definition=_SCRIPT_DEFINITION,
    ),
    Syntax(
        "go",
        (".go",),
        "braces",
        (*_SLASHES, _string('"'), _string("`", lines=True, escape="")),
        whole=_CHARACTER,
        definition=_definition(r"func\s*(?:\(|\w)", r"type\s+\w+"),
    ),
    Syntax(
        "rust",
        (".rs",),
        "braces",
        (
            _line_comment("//"),
            _block_comment(nests=True),
            _string('"', lines=True),
            *(Quote(f'r{signs}"', f'"{signs}', lines=True) for signs in ("#", "##", "###")),
        ),
        whole=_CHARACTER,
        definition=_definition(
            r"(?:pub(?:\([^)]*\))?\s+)?(?:(?:async|const|unsafe|extern(?:\s+\"[^\"]*\")?)\s+)*"
            r"(?:fn|struct|enum|trait|impl|mod|union)\b",
            r"#\[",
        ),
    ),
    Syntax(
        "java",
        (".java", ".kt", ".kts", ".scala", ".sc", ".sbt", ".groovy", ".gradle", ".dart", ".swift"),
        "braces",
        (_line_comment("//"), _block_comment(), _string('"""', lines=True), _string('"')),
        whole=_CHARACTER,
        definition=_TYPED_DEFINITION,
    ),
    Syntax(
        "c",
        (".c", ".h", ".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".inl", ".ipp", ".m", ".mm", ".proto"),
        "braces",
        (*_SLASHES, Quote('R"(', r'\)"', lines=True), _string('"')),
        whole=_CHARACTER,
        definition=_TYPED_DEFINITION,
    ),
    Syntax(
        "csharp",
        (".cs", ".csx"),
        "braces",
        (
            *_SLASHES,
            _string('"""', lines=True, escape=""),
            _string('"'),
            *(Quote(opens, '"', lines=True, escape='""') for opens in ('@"', '@$"')),
        ),
        whole=_CHARACTER,
        definition=_TYPED_DEFINITION,
    ),
    Syntax(
        "php",
        (".php",),
        "braces",
        (*_SLASHES, _line_comment("#", r"#(?!\[)"), _string('"', lines=True), _string("'", lines=True)),
        definition=_definition(_MODIFIED + r"(?:function|class|interface|trait|enum)\b"),
    ),
    Syntax(
        "sql",
        (".sql", ".ddl", ".dml"),
        "none",
        (
            _line_comment("--"),
            _block_comment(),
            *(_string(mark, lines=True, escape=escape) for mark, escape in _DOUBLED.items()),
        ),
        definition=_definition(r"(?i:create|alter|drop|merge|insert|update|delete|grant|with)\b"),
        terminator=";",
    ),
    Syntax(
        "yaml",
        (".yaml", ".yml"),
        "indent",
        (
            _line_comment("#", r"(?:(?<=\s)|^)#"),
            Quote('"', '"', escape=_ESCAPE, lenient=True, start=r"(?:(?<=[\s\[{,])|^)\""),
            Quote("'", "'", escape="''", lenient=True, start=r"(?:(?<=[\s\[{,])|^)'"),
        ),
        brackets="[]{}",
        opening=re.compile(r":(?:\s+[|>][+-]?\d?)?\s*(?:#.*)?$"),
    ),
    Syntax("json", (".json", ".jsonc", ".json5"), "braces", (*_SLASHES, _string('"'))),
    Syntax(
        "toml",
        (".toml",),
        "none",
        (_line_comment("#"), *_PYTHON_STRINGS),
        brackets="[]{}",
        definition=_definition(r"\["),
    ),
    Syntax(
        "css",
        (".css", ".scss", ".less"),
        "braces",
        (_block_comment(), _string('"'), _string("'")),
    ),
    Syntax(
        "terraform",
        (".tf", ".hcl", ".tfvars"),
        "braces",
        (*_SLASHES, _line_comment("#"), _string('"', inner=r"[$%]\{")),
    ),
    Syntax(
        "r",
        (".r",),
        "braces",
        (_line_comment("#"), _string('"', lines=True), _string("'", lines=True)),
    ),
    Syntax(
        "ruby",
        (".rb", ".rake", ".lua", ".ex", ".exs", ".jl"),
        "indent",
        brackets="",
        definition=_definition(r"(?:local\s+)?(?:def|defp|class|module|defmodule|function)\b"),
        opening=re.compile(
            r"^\s*(?:if|unless|elsif|elseif|else|while|for|def\w*|class|module|function|case|begin)\b"
            r"|\b(?:do|then|->)\s*(?:\|[^|]*\|)?\s*$"
        ),
    ),
    Syntax(
        "markdown",
        (".md", ".markdown", ".mdx", ".qmd"),
        "none",
        (Quote("```", "^```", lines=True, start="^```"), Quote("~~~", "^~~~", lines=True, start="^~~~")),
        brackets="",
        prose=True,
    ),
    Syntax("text", (".txt", ".rst", ".adoc", ".tex", ".org", ".csv"), "none", brackets="", prose=True),
)

OTHER = Syntax("other", (), "none", brackets="")
"""A file of which nothing is known: nothing is balanced."""

_BY_EXTENSION = {extension: syntax for syntax in SYNTAXES for extension in syntax.extensions}


def syntax_of(path: str) -> Syntax:
    """By the extension, which may have any letter case; `OTHER` where it isn't known."""
    return _BY_EXTENSION.get(posixpath.splitext(path)[1].lower(), OTHER)
