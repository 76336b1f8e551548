"""Rename in languages that are read by their words: files that share the one definition, and no more."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lakewright.sandbox.mind.knowledge import Place
from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Needs, Outcome
from lakewright.sandbox.mind.refactors.rename_told import told_renamed
from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.code_words import Word, code_words
from lakewright.sandbox.reading.languages import Language, language_of

_SCRIPTS = ("JavaScript", "TypeScript")
_READ = (*_SCRIPTS, "Go")
_MEMBER_KINDS = re.compile(r"^(?:method|field|property)\b|^\w+ in ")
_MEMBERS = """
length map filter forEach reduce push pop shift slice splice concat join includes indexOf find some every
keys values entries get set has delete add clear size then catch finally toString valueOf call apply bind name
message stack split replace match test exec trim next done value resolve reject log error warn on off emit
constructor prototype init main String Error Close Read Write Len Less Swap
"""
_COMMON = frozenset(_MEMBERS.split())
"""Members that anything may have."""

_TAKEN = re.compile(r"=\s*(?:await\s+)?(?:require|import)\s*\(")
"""A variable that holds what a module gives."""

_TAKES = re.compile(
    r"(?:\b(?:import|(?P<export>export))\s+(?:type\s+)?(?P<names>[\w$*{][^;'\"()]*?)\s*\bfrom"
    r"|\b(?:const|let|var)\s+(?P<pattern>[\w${][^;=]*?)\s*=\s*(?:require|await\s+import)\s*\()"
    r"\s*[\"'](?P<module>[^\"'\n]+)[\"']"
)


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    text: str
    words: Sequence[Word]


def rename_words(bench: Bench, asked: str, new: str) -> Outcome:
    """JavaScript, TypeScript and Go. `asked` may be qualified: `Cart.total`."""
    language = bench.language
    old = asked.rpartition(".")[2]
    if language is None or language.name not in _READ:
        return Declined(f"I rename in Python, {', '.join(_READ[:-1])} and {_READ[-1]} only.")
    if old not in bench.found:
        return Needs(f"Before I rename `{old}` I have to know who uses it.", names=(old,))
    found = bench.found[old]
    if found is None or not found.complete:
        return Declined(f"I was not shown all uses of `{old}`: a part of them renamed would break the rest.")
    places = [place for place in found.places if _is_kin(language, place.path)]
    defined = [place for place in places if place.defines and not _TAKEN.search(place.text)]
    if len(defined) != 1:
        return Declined(_not_one(old, defined))
    files = _files(bench, places, language, old)
    return _rename(files, defined[0], old, new, language) if isinstance(files, list) else files


def _files(
    bench: Bench, places: Sequence[Place], language: Language, old: str
) -> list[_File] | Needs | Declined:
    """The files in which the word was found, once they were read."""
    paths = list(dict.fromkeys(place.path for place in places))
    wanted = tuple(path for path in paths if path not in bench.texts and path != bench.path)
    if wanted:
        return Needs(f"`{old}` stands in these files, too; I need their whole text.", paths=wanted)
    files = []
    for path in paths:
        text = bench.text if path == bench.path else bench.texts[path]
        if text is None:
            return Declined(f"`{path}` uses `{old}` and can't be read.")
        files.append(_File(path, text, code_words(language, text)))
    return files


def _not_one(old: str, defined: Sequence[Place]) -> str:
    if not defined:
        return f"`{old}` is not defined in this workspace as far as I can see."
    where = " and ".join(f"`{place.path}:{place.line}`" for place in defined[:3])
    return f"`{old}` is defined more than once, {where}, and words don't tell which one a use means."


def _is_kin(language: Language, path: str) -> bool:
    other = language_of(path, "")
    return other is not None and (other.name == language.name or {other.name, language.name} <= set(_SCRIPTS))


def _rename(files: Sequence[_File], home: Place, old: str, new: str, language: Language) -> Outcome:
    is_member = _MEMBER_KINDS.search(home.text) is not None
    if is_member and old in _COMMON:
        return Declined(f"`{old}` is a member of too many things for me to tell its uses apart.")
    if language.name == "Go" and old[0].isupper() != new[0].isupper():
        return Declined(f"In Go `{old}` and `{new}` differ in who may see them; that is more than a rename.")
    splices: dict[str, tuple[Splice, ...]] = {}
    for file in files:
        own = tuple(_in_file(file, home, old, new, language, is_member=is_member))
        taken = next((word for word in file.words if word.text == new), None)
        if own and taken is not None:
            line = file.text.count("\n", 0, taken.at) + 1
            return Declined(f"`{new}` stands already in `{file.path}:{line}`.")
        if own:
            splices[file.path] = own
    texts = {file.path: file.text for file in files}
    return Changes(splices, *told_renamed(old, new, splices, texts))


def _in_file(
    file: _File, home: Place, old: str, new: str, language: Language, *, is_member: bool
) -> Iterator[Splice]:
    spaces = _namespaces(file, home, language)
    taken = _taken(file, home, old, language)
    shares = _shares(file, home, language) or any(not handed_on for _, handed_on in taken)
    for word in file.words:
        if word.text.lstrip("#") != old:
            continue
        start = word.at + len(word.text) - len(old)
        dotted = word.before in (".", "?.")
        if is_member:
            wanted = dotted or word.text[0] == "#" or _declares_member(word, file, home)
        elif dotted:
            wanted = _before_dot(file, word) in spaces
        else:
            within = any(word.at in span for span, _ in taken)
            wanted = within or (shares and not _is_key(word, language))
        if wanted:
            link = "" if is_member else _link(word, file, language, at_home=file.path == home.path)
            yield Splice(start, start + len(old), link.format(old=old, new=new) or new)


def _shares(file: _File, home: Place, language: Language) -> bool:
    """Whether the bare word means the definition without an import."""
    return file.path == home.path or (language.name == "Go" and _folder(file.path) == _folder(home.path))


def _taken(file: _File, home: Place, old: str, language: Language) -> list[tuple[range, bool]]:
    """Where names are taken from the definition's module, the old one among them; and whether they are
    only handed on.
    """
    if language.name not in _SCRIPTS:
        return []
    return [
        (range(found.start(), found.end()), found["export"] is not None)
        for found in _TAKES.finditer(file.text)
        if _means(found["module"], home.path)
        and re.search(rf"(?<![\w$]){re.escape(old)}(?![\w$])", found["names"] or found["pattern"])
    ]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    stem = re.sub(r"\.(?:d\.)?[cm]?[jt]sx?$", "", name)
    return _folder(path).rpartition("/")[2] if stem == "index" else stem


def _means(module: str, path: str) -> bool:
    """Whether an import path can be this file, by its last part: `./cart`, or a folder for its index."""
    is_folder = module.rstrip("/").rpartition("/")[2] in ("", ".", "..")
    return "/index." in f"/{path}" if is_folder else _stem(module.rstrip("/")) == _stem(path)


def _namespaces(file: _File, home: Place, language: Language) -> set[str]:
    """Names before a dot that stand for the module or package of the definition."""
    if language.name == "Go":
        package = re.search(r"^package\s+(\w+)", file.text, re.MULTILINE) if file.path == home.path else None
        return {package[1]} if package else {_folder(home.path).rpartition("/")[2]}
    own = {"exports"} if file.path == home.path else set()
    for found in re.finditer(
        r"(?:\*\s*as\s+(\w+)\s+from|\b(?:const|let|var)\s+(\w+)\s*=\s*require\s*\()\s*[\"']([^\"'\n]+)[\"']",
        file.text,
    ):
        if _means(found[3], home.path):
            own.add(found[1] or found[2])
    return own


def _before_dot(file: _File, word: Word) -> str:
    found = re.search(r"([\w$]+)\s*\??\.\s*$", file.text[max(0, word.at - 200) : word.at])
    return found[1] if found else ""


def _declares_member(word: Word, file: _File, home: Place) -> bool:
    return file.path == home.path and file.text.count("\n", 0, word.at) + 1 == home.line


def _is_key(word: Word, language: Language) -> bool:
    """Whether it names a field of something else."""
    if word.inside != "{" or word.before not in ("{", ",", ";"):
        return False
    return word.after == ":" or (language.name in _SCRIPTS and word.after == "(" and word.before != ";")


def _link(word: Word, file: _File, language: Language, *, at_home: bool) -> str:
    """How a name in braces that stands for two keeps the outward one; nothing where both are renamed."""
    if language.name not in _SCRIPTS or word.inside != "{":
        return ""
    if word.before not in ("{", ",") or word.after not in ("}", ","):
        return ""
    opening, closing = file.text.rfind("{", 0, word.at), file.text.find("}", word.at)
    before, after = file.text[max(0, opening - 60) : opening], file.text[closing + 1 : closing + 60]
    if re.search(r"\bexport\s*(?:type\s*)?$", before):
        return "" if at_home else "{new} as {old}"
    if re.search(r"\bexports\s*=\s*$", before):
        return "" if at_home else "{old}: {new}"
    takes = re.search(r"\bimport\b[^;{}]*$", before) or re.match(
        r"\s*(?:from\b|=\s*(?:require|await\s+import)\b)", after
    )
    return "" if takes else "{old}: {new}"
