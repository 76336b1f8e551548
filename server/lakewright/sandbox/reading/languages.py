"""What the scripted model knows of each language: comments, strings, definitions, words that branch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_C_COMMENTS = r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)"
_DOUBLE = r'"(?:\\.|[^"\\\n])*"?'
_SINGLE = r"'(?:\\.|[^'\\\n])*'?"
_CHARACTER = r"'(?:\\.[^'\n]*|[^'\\\n])'"
_BACKTICK = r"`(?:\\.|[^`\\])*`?"
_TRIPLE = r'"""[\s\S]*?(?:"""|\Z)'
_PYTHON_TRIPLE = _TRIPLE + r"|'''[\s\S]*?(?:'''|\Z)"

_BRANCHES = r"\b(?:if|for|foreach|while|case|catch|except|when)\b|&&|\|\||\?(?![?.:\]>)])"
_NAME = r"(?P<name>[A-Za-z_$][\w$]*)"


@dataclass(frozen=True, slots=True)
class Definition:
    """A kind of symbol and the pattern that finds its name in masked text."""

    kind: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language. `noise` matches comments and strings; `typed_functions` adds the C family's
    `type name(arguments) {`.
    """

    name: str
    noise: re.Pattern[str]
    definitions: tuple[Definition, ...]
    imports: re.Pattern[str]
    branches: re.Pattern[str]
    indented: bool = False
    typed_functions: bool = False


def _define(patterns: Mapping[str, str]) -> tuple[Definition, ...]:
    return tuple(Definition(kind, re.compile(pattern, re.MULTILINE)) for kind, pattern in patterns.items())


def _language(
    name: str,
    noise: str,
    definitions: tuple[Definition, ...],
    imports: str,
    *,
    branches: str = _BRANCHES,
    indented: bool = False,
    typed_functions: bool = False,
    ignore_case: bool = False,
) -> Language:
    flags = re.IGNORECASE if ignore_case else re.NOFLAG
    return Language(
        name=name,
        noise=re.compile(noise),
        definitions=definitions,
        imports=re.compile(imports, re.MULTILINE | flags),
        branches=re.compile(branches, flags),
        indented=indented,
        typed_functions=typed_functions,
    )


_TYPE_WORDS = (
    r"^[^\S\n]*(?:(?:public|private|protected|internal|static|abstract|final|sealed|partial|export|default"
    r"|declare|readonly|data|open|strictfp|unsafe)\s+)*"
)

PYTHON = _language(
    "Python",
    rf"#[^\n]*|[rRbBuUfFtT]{{0,2}}(?:{_PYTHON_TRIPLE}|{_DOUBLE}|{_SINGLE})",
    _define(
        {
            "class": rf"^[^\S\n]*class[^\S\n]+{_NAME}",
            "function": rf"^[^\S\n]*(?:async[^\S\n]+)?def[^\S\n]+{_NAME}",
        }
    ),
    r"^[^\S\n]*(?:from[^\S\n]+(?P<module>[\w.]+)[^\S\n]+import[^\S\n]+(?P<names>\([^)]{0,2000}\)|[^\n]+)"
    r"|import[^\S\n]+(?P<whole>[\w., ]+))",
    branches=r"\b(?:if|elif|for|while|except|case|and|or)\b",
    indented=True,
)
JAVASCRIPT = _language(
    "JavaScript",
    rf"{_C_COMMENTS}|{_DOUBLE}|{_SINGLE}|{_BACKTICK}",
    _define(
        {
            "class": rf"{_TYPE_WORDS}class\s+{_NAME}",
            "interface": rf"{_TYPE_WORDS}interface\s+{_NAME}",
            "enum": rf"{_TYPE_WORDS}(?:const\s+)?enum\s+{_NAME}",
            "type": rf"{_TYPE_WORDS}type\s+{_NAME}\s*(?:<[^=\n]*>)?\s*=",
            "function": rf"^[^\S\n]*(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s*\*?\s*{_NAME}",
            "arrow function": (
                rf"^[^\S\n]*(?:export\s+)?(?:const|let|var)\s+{_NAME}\s*(?::[^=\n]+)?=\s*(?:async\s*)?"
                r"(?:function\b|\((?:[^()]|\([^()]{0,100}\)){0,300}\)\s*(?::[^=\n]+)?=>|[\w$]+\s*=>)"
            ),
        }
    ),
    r"^[^\S\n]*(?:import\s+(?:(?P<names>[^;\"'`]{1,600}?)\s+from\s+)?[\"'](?P<module>[^\"'\n]+)"
    r"|(?:const|let|var)\s+(?P<whole>[^=\n]+)=\s*require\()",
    typed_functions=True,
)
TYPESCRIPT = Language(
    **{**{name: getattr(JAVASCRIPT, name) for name in JAVASCRIPT.__slots__}, "name": "TypeScript"}
)
GO = _language(
    "Go",
    rf"{_C_COMMENTS}|{_DOUBLE}|{_CHARACTER}|{_BACKTICK}",
    _define(
        {
            "method": rf"^func\s+\([^)\n]*\)\s*{_NAME}",
            "function": rf"^func\s+{_NAME}",
            "struct": rf"^type\s+{_NAME}(?:\[[^\]\n]*\])?\s+struct",
            "interface": rf"^type\s+{_NAME}(?:\[[^\]\n]*\])?\s+interface",
            "type": rf"^type\s+{_NAME}\s+(?!struct|interface)\S",
        }
    ),
    r"^(?:import\s+|[^\S\n]+)(?P<names>[\w.]+\s+)?\"(?P<module>[\w./\-]+)\"[^\S\n]*$",
)
JAVA = _language(
    "Java",
    rf"{_C_COMMENTS}|{_TRIPLE}|{_DOUBLE}|{_CHARACTER}",
    _define(
        {
            "class": rf"{_TYPE_WORDS}class\s+{_NAME}",
            "interface": rf"{_TYPE_WORDS}@?interface\s+{_NAME}",
            "enum": rf"{_TYPE_WORDS}enum\s+{_NAME}",
            "record": rf"{_TYPE_WORDS}record\s+{_NAME}\s*[(<]",
        }
    ),
    r"^\s*import\s+(?:static\s+)?(?P<module>[\w.*]+)\s*;",
    typed_functions=True,
)
CSHARP = _language(
    "C#",
    rf"{_C_COMMENTS}|@\"(?:\"\"|[^\"])*\"?|{_TRIPLE}|\$?{_DOUBLE}|{_CHARACTER}",
    _define(
        {
            "namespace": r"^[^\S\n]*namespace\s+(?P<name>[\w.]+)(?=\s*\{)",
            "class": rf"{_TYPE_WORDS}class\s+{_NAME}",
            "interface": rf"{_TYPE_WORDS}interface\s+{_NAME}",
            "enum": rf"{_TYPE_WORDS}enum\s+{_NAME}",
            "struct": rf"{_TYPE_WORDS}(?:readonly\s+)?struct\s+{_NAME}",
            "record": rf"{_TYPE_WORDS}record\s+(?:class\s+|struct\s+)?{_NAME}",
        }
    ),
    r"^\s*(?:global\s+)?using\s+(?:static\s+)?(?P<module>[\w.]+)\s*;",
    typed_functions=True,
)
SCALA = _language(
    "Scala",
    rf"{_C_COMMENTS}|{_TRIPLE}|{_DOUBLE}|{_CHARACTER}",
    _define(
        {
            "class": rf"^[^\S\n]*(?:(?:final|sealed|abstract|implicit|private|case)\s+)*class\s+{_NAME}",
            "trait": rf"^[^\S\n]*(?:sealed\s+)?trait\s+{_NAME}",
            "object": rf"^[^\S\n]*(?:(?:case|private)\s+)*object\s+{_NAME}",
            "enum": rf"^[^\S\n]*enum\s+{_NAME}",
            "function": (
                r"^[^\S\n]*(?:@\w+\s+)?(?:(?:override|private|protected|final|implicit|inline)(?:\[\w+\])?\s+)*def\s+"
                rf"{_NAME}"
            ),
        }
    ),
    r"^\s*import\s+(?P<module>[^\n;]+)",
)
RUST = _language(
    "Rust",
    rf"{_C_COMMENTS}|r#*\"[\s\S]*?\"#*|{_DOUBLE}|{_CHARACTER}",
    _define(
        {
            "impl": (
                r"^[^\S\n]*(?:unsafe\s+)?impl\b(?:<[^{;]{0,200}?>)?\s+(?:[\w:<>, ']+?\s+for\s+)?"
                r"(?P<name>\w+)"
            ),
            "trait": rf"^[^\S\n]*(?:pub(?:\([\w:]+\))?\s+)?(?:unsafe\s+)?trait\s+{_NAME}",
            "struct": rf"^[^\S\n]*(?:pub(?:\([\w:]+\))?\s+)?struct\s+{_NAME}",
            "enum": rf"^[^\S\n]*(?:pub(?:\([\w:]+\))?\s+)?enum\s+{_NAME}",
            "function": (
                r"^[^\S\n]*(?:pub(?:\([\w:]+\))?\s+)?(?:const\s+)?(?:async\s+)?(?:unsafe\s+)?(?:extern\s+\S*\s*)?fn\s+"
                rf"{_NAME}"
            ),
        }
    ),
    r"^\s*(?:pub\s+)?use\s+(?P<module>[^;]{1,400});",
    branches=r"\b(?:if|for|while|loop)\b|&&|\|\||=>",
)
_TEMPLATE = r"template\s*<[^>]{0,200}>\s*"
_HAS_BODY = r"(?=[^;()]{0,300}\{)"
CPP = _language(
    "C++",
    rf"{_C_COMMENTS}|R\"\([\s\S]*?\)\"|{_DOUBLE}|{_CHARACTER}",
    _define(
        {
            "namespace": r"^[^\S\n]*namespace\s+(?P<name>[\w:]+)(?=\s*\{)",
            "class": rf"^[^\S\n]*(?:{_TEMPLATE})?class\s+{_NAME}{_HAS_BODY}",
            "struct": rf"^[^\S\n]*(?:typedef\s+)?(?:{_TEMPLATE})?struct\s+{_NAME}{_HAS_BODY}",
            "enum": rf"^[^\S\n]*(?:typedef\s+)?enum\s+(?:class\s+)?{_NAME}{_HAS_BODY}",
            "macro": rf"^#[^\S\n]*define[^\S\n]+{_NAME}\(",
        }
    ),
    r"^\s*#\s*include\s*(?:<(?P<module>[^>\n]+)>|\"(?P<names>[^\"\n]+)\")",
    typed_functions=True,
)
C = Language(**{**{name: getattr(CPP, name) for name in CPP.__slots__}, "name": "C"})
SQL = _language(
    "SQL",
    r"--[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|'(?:''|[^'])*'?",
    (
        Definition(
            "statement",
            re.compile(
                r"^[^\S\n]*(?:create(?:\s+or\s+(?:replace|refresh))?(?:\s+(?:temp|temporary|materialized|streaming|live|external))*"
                r"\s+(?:table|view|function|procedure|schema|index|trigger)(?:\s+if\s+not\s+exists)?"
                r"|merge\s+into|insert\s+(?:into|overwrite)(?:\s+table)?|update|delete\s+from|alter\s+table"
                r"|drop\s+\w+(?:\s+if\s+exists)?)\s+(?P<name>[\w.`\"\[\]]+)",
                re.MULTILINE | re.IGNORECASE,
            ),
        ),
        Definition(
            "common table expression",
            re.compile(
                r"(?:\bwith(?:\s+recursive)?|\)\s*,)\s+(?P<name>\w+)\s*(?:\([^()]*\)\s*)?as\s*(?=\()",
                re.IGNORECASE,
            ),
        ),
    ),
    r"\b(?:from|join)\s+(?P<module>[A-Za-z_`\"][\w.`\"]*)",
    branches=r"\b(?:when|join|where|having|and|or|union|case|if)\b",
    ignore_case=True,
)

_BY_SUFFIX: Mapping[str, Language] = MappingProxyType(
    {
        suffix: language
        for suffixes, language in (
            ("py pyi", PYTHON),
            ("js jsx mjs cjs", JAVASCRIPT),
            ("ts tsx mts cts", TYPESCRIPT),
            ("go", GO),
            ("java kt", JAVA),
            ("cs", CSHARP),
            ("scala sc", SCALA),
            ("rs", RUST),
            ("c h", C),
            ("cc cpp cxx hpp hh hxx", CPP),
            ("sql", SQL),
        )
        for suffix in suffixes.split()
    }
)

_TELLTALES: tuple[tuple[Language, re.Pattern[str]], ...] = (
    (SCALA, re.compile(r"^\s*(?:object|trait|case class) \w+|^\s*def \w+.*=\s*\{?\s*$", re.MULTILINE)),
    (GO, re.compile(r"^package \w+\s*$|^func ", re.MULTILINE)),
    (RUST, re.compile(r"^\s*(?:pub )?fn \w+|^use \w+::", re.MULTILINE)),
    (CPP, re.compile(r"^\s*#\s*include\b", re.MULTILINE)),
    (PYTHON, re.compile(r"^\s*(?:async )?def \w+.*:|^\s*class \w+.*:\s*$|^from [\w.]+ import", re.MULTILINE)),
    (CSHARP, re.compile(r"^\s*using [\w.]+;|^\s*namespace [\w.]+", re.MULTILINE)),
    (
        JAVA,
        re.compile(
            r"^\s*(?:package|import) [\w.*]+;|\bpublic (?:static |final )*(?:class|void)\b", re.MULTILINE
        ),
    ),
    (
        SQL,
        re.compile(
            r"^\s*(?:select|create (?:or replace )?(?:table|view)|with \w+ as)\b",
            re.MULTILINE | re.IGNORECASE,
        ),
    ),
    (TYPESCRIPT, re.compile(r"^\s*(?:export |import .* from|interface \w+ \{)", re.MULTILINE)),
    (JAVASCRIPT, re.compile(r"\bfunction\s*\w*\(|=>|\bconst \w+ =", re.MULTILINE)),
)


def language_of(path: str | None, text: str) -> Language | None:
    """By the name's ending, else by the looks of the text."""
    suffix = path.rsplit(".", 1)[-1].lower() if path and "." in path else ""
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    return next((language for language, sign in _TELLTALES if sign.search(text)), None)


CODE_SUFFIXES = frozenset(_BY_SUFFIX)
