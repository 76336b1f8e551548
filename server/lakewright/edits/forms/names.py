"""File names as models write them beside their edits: on a line, in a fence's info string, in prose.

Strict on purpose: a name is taken only where nothing else can be meant.
"""

import re
from dataclasses import dataclass

_KNOWN = (
    "py pyi pyw ipynb ts tsx mts cts js jsx mjs cjs vue svelte go java kt kts scala sc sbt groovy gradle rs c"
    " h cc cpp cxx hh hpp hxx inl m mm swift cs csx fs fsx vb sql ddl dml rb php pl pm lua r jl ex exs erl hs"
    " clj dart zig nim sh bash zsh fish ps1 bat cmd html htm css scss sass less xml xsd json jsonc json5"
    " jsonl yaml yml toml ini cfg conf properties md markdown mdx rst txt adoc csv tsv tf hcl proto graphql"
    " gql lock mk cmake bzl bazel tex typed in j2 jinja tmpl template el vim nix svg"
)
_WITHOUT_EXTENSION = (
    "Makefile makefile GNUmakefile Dockerfile Containerfile Jenkinsfile Procfile Gemfile Rakefile Vagrantfile"
    " LICENSE README NOTICE AUTHORS CHANGELOG CODEOWNERS BUILD WORKSPACE Pipfile Justfile justfile"
)
# Names of things that only look like files; they stand alone in titles and info strings.
_THINGS = (
    "node.js vue.js next.js nuxt.js react.js express.js d3.js three.js angular.js ember.js chart.js p5.js"
)
_EXTENSIONS, _BARE, _NOT_FILES = (frozenset(words.split()) for words in (_KNOWN, _WITHOUT_EXTENSION, _THINGS))
_PATH = re.compile(r"[^\s<>|*?\"'`:,;!]+")
_ALLOWED_IN_FOLDERS = frozenset("()[]{}$=&%#")
_LABEL = re.compile(r"(?:file(?:[ _-]?(?:name|path))?|path|filename)\s*[:=]\s*", re.IGNORECASE)
_LEAD = re.compile(r"(?:#{1,6}|//+|--|;+|[-*+>]|\d{1,3}[.)]|/\*+|<!--|%)[ \t]+")
_TAIL = re.compile(r"[ \t]*(?:\*/|-->)")
_REMARK = re.compile(r"[ \t]+\(([^()]{1,60})\)")
_PAIRS = ("**", "__", "`", '"', "'", "*")
_LONGEST_EXTENSION = 20
_LONGEST = 400  # characters of a path; longer lines are no names
_TOKEN = re.compile(r"[\w@.+~\-/\\]{3,400}")
_ATTRIBUTE = re.compile(r"([\w-]+)=(\"[^\"]*\"|'[^']*'|[^\s}]+)")
_SURE_KEYS = frozenset({"path", "file", "filename", "file_name", "file-name", "filepath", "file_path"})
_EXCERPT_KEYS = re.compile(r"start|end|line|range|hl_|highlight|mark", re.IGNORECASE)
_RANGE = re.compile(r"(?:[:#]L?\d+(?:[-:]L?\d+)?|\{[\d,\- ]+\})$")


@dataclass(frozen=True, slots=True)
class Info:
    """What a fence's info string says: `sure` names the file on purpose, `title` only shows it.

    An `excerpt` says itself that it is a part: a range of lines, a citation.
    """

    language: str = ""
    sure: str | None = None
    title: str | None = None
    excerpt: bool = False


def is_path(text: str, *, spaces: bool = False) -> bool:
    """Whether the text can be nothing but a file's path; `spaces` where quotes hold it together."""
    whole = text.replace(" ", "_") if spaces else text
    if not 0 < len(text) <= _LONGEST or not _PATH.fullmatch(whole) or text != text.strip():
        return False
    if text.lower() in _NOT_FILES or ("/" not in text and not _ALLOWED_IN_FOLDERS.isdisjoint(text)):
        return False
    last = text.replace("\\", "/").rpartition("/")[2]
    stem, dot, extension = last.rpartition(".")
    if last in _BARE or not dot:
        return last in _BARE
    if not 0 < len(extension) <= _LONGEST_EXTENSION or not extension.replace("_", "").isalnum():
        return False
    known = extension.lower() in _EXTENSIONS or ("/" in text and not extension.isdigit())
    return known if stem else len(extension) > 1


def name_on(line: str) -> str | None:
    """The path that a line holds and nothing else, apart from its decoration; None for any other line."""
    return named_with_remark(line)[0]


def named_with_remark(line: str) -> tuple[str | None, str]:
    """The path on a line of its own, and what stands behind it in brackets (`x.py (new file)`)."""
    if len(line) > _LONGEST + 100:
        return None, ""
    text, remark = line.strip(), ""
    spaces = False
    for _ in range(8):
        if is_path(text, spaces=spaces):
            return clean(text), remark
        shorter, said, quoted = _undecorated(text)
        remark = remark or said
        if shorter == text:
            return None, ""
        spaces = spaces or quoted
        text = shorter
    return None, ""


def _undecorated(text: str) -> tuple[str, str, bool]:
    """One layer of decoration less, the remark in it, and whether it was quotation."""
    for lead in (_LEAD, _LABEL):
        if match := lead.match(text):
            return text[match.end() :].strip(), "", False
    if (match := _REMARK.search(text)) and match.end() == len(text.rstrip(":")):
        return text[: match.start()].strip(), match[1], False
    if text.endswith((":", " -->", "*/")):
        return _TAIL.sub("", text).removesuffix(":").rstrip(), "", False
    for mark in _PAIRS:
        if len(text) > 2 * len(mark) and text.startswith(mark) and text.endswith(mark):
            return text[len(mark) : -len(mark)].strip(), "", mark in ("`", '"', "'")
    return text, "", False


def mentions(line: str) -> tuple[str, ...]:
    """The different paths that a line of prose speaks of, in order."""
    found = (match[0].rstrip(".") for match in _TOKEN.finditer(line))
    return tuple(dict.fromkeys(clean(token) for token in found if is_path(token)))


def clean(path: str) -> str:
    """The path without a leading `./`."""
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path


def read_info(info: str) -> Info:
    """What the words behind a fence's marks say; anything unknown is left out."""
    if len(info) > _LONGEST + 100:
        return Info()
    attributes = {match[1].lower(): match[2].strip("\"'") for match in _ATTRIBUTE.finditer(info)}
    words = _ATTRIBUTE.sub(" ", info).split()
    excerpt = any(_EXCERPT_KEYS.match(key) for key in attributes)
    language, sure = "", None
    for position, word in enumerate(words):
        word_sure, word_excerpt = _word(word)
        excerpt = excerpt or word_excerpt
        sure = sure or word_sure
        if position == 0:
            language = word.strip("{}.").partition(":")[0].lower()
    for key, value in attributes.items():
        bare = _RANGE.sub("", value)
        excerpt = excerpt or (bare != value and is_path(bare, spaces=True))
        if key in _SURE_KEYS and is_path(bare, spaces=True):
            sure = clean(bare)
    title = attributes.get("title", "")
    return Info(language, sure, clean(title) if is_path(title, spaces=True) else None, excerpt)


def _word(word: str) -> tuple[str | None, bool]:
    """The path in one word of an info string (`src/x.py`, `python:src/x.py`), and whether it cites lines."""
    if re.match(r"\d+:\d+:", word) or re.fullmatch(r"\{[\d,\-]+\}", word):
        return None, True
    bare = _RANGE.sub("", word)
    path = bare if is_path(bare) else bare.partition(":")[2]
    if not is_path(path):
        return None, False
    return clean(path), bare != word
