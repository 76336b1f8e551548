"""The languages whose syntax is known: one row each; the grammar is imported when first needed."""

import posixpath
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """`queries` names its files in `queries/`, `name` alone where there are none; `module` and `function`
    give the grammar.
    """

    name: str
    title: str
    module: str
    extensions: tuple[str, ...]
    comment: str
    function: str = "language"
    queries: tuple[str, ...] = ()

    @property
    def query_names(self) -> tuple[str, ...]:
        return self.queries or (self.name,)


LANGUAGES: tuple[Language, ...] = (
    Language("python", "Python", "tree_sitter_python", (".py", ".pyi", ".pyw"), "#"),
    Language(
        "typescript",
        "TypeScript",
        "tree_sitter_typescript",
        (".ts", ".mts", ".cts"),
        "//",
        "language_typescript",
    ),
    Language("tsx", "TSX", "tree_sitter_typescript", (".tsx",), "//", "language_tsx", ("typescript",)),
    Language("javascript", "JavaScript", "tree_sitter_javascript", (".js", ".jsx", ".mjs", ".cjs"), "//"),
    Language("go", "Go", "tree_sitter_go", (".go",), "//"),
    Language("java", "Java", "tree_sitter_java", (".java",), "//"),
    Language("scala", "Scala", "tree_sitter_scala", (".scala", ".sc", ".sbt"), "//"),
    Language("rust", "Rust", "tree_sitter_rust", (".rs",), "//"),
    Language("c", "C", "tree_sitter_c", (".c",), "//"),
    # A header says nothing about which of the two it is for; the C++ grammar reads both.
    Language(
        "cpp",
        "C++",
        "tree_sitter_cpp",
        (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".h", ".inl", ".ipp"),
        "//",
        queries=("c", "cpp"),
    ),
    Language("csharp", "C#", "tree_sitter_c_sharp", (".cs", ".csx"), "//"),
    Language("sql", "SQL", "tree_sitter_sql", (".sql", ".ddl", ".dml"), "--"),
)

_BY_EXTENSION = {extension: language for language in LANGUAGES for extension in language.extensions}
_BY_NAME = {language.name: language for language in LANGUAGES} | {
    other: language
    for language in LANGUAGES
    for other in {"csharp": ("c#",), "cpp": ("c++",), "python": ("pyspark", "ipython")}.get(language.name, ())
}


def language_of(path: str) -> Language | None:
    """The language by the extension, which may have any letter case; None where it isn't known."""
    return _BY_EXTENSION.get(posixpath.splitext(path)[1].lower())


def language_named(name: str) -> Language | None:
    """The language by a name such as a notebook's kernel gives."""
    return _BY_NAME.get(name.lower())
