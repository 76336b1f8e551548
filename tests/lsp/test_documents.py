"""Open documents against a plain model: their text, what a range has become, who is open."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.lsp.documents import MAX_DOCUMENT_BYTES, Change, Document, Documents
from lakewright.lsp.text import Encoding, Lines, Position, Span
from support_lsp_text import HALVES, edited, encodings, offset, spans, texts, whole

changes = st.tuples(st.one_of(spans(), spans(), st.none()), texts)
notifications = st.lists(st.lists(changes, max_size=3), max_size=5)


def _after(text: str, made: list[Change], encoding: Encoding) -> str:
    for span, new in made:
        text = whole(new) if span is None else edited(text, span, new, encoding)
    return text


@given(texts, notifications, encodings)
def test_a_document_is_the_models(text: str, notes: list[list[Change]], encoding: Encoding) -> None:
    """After any notifications the document's text, version and size are those of the model."""
    document = Document("file:///a", "python", 1, Lines(text, encoding))
    text = whole(text)
    for version, made in enumerate(notes, 2):
        document.change(made, version)
        text = _after(text, made, encoding)
        assert document.text == text
        assert document.version == version
    if not HALVES & {*text, *(char for made in notes for _, new in made for char in new)}:
        assert document.size == len(text.encode("utf-8", "surrogatepass"))


def _model_carried(
    text: str, span: Span, notes: list[list[Change]], encoding: Encoding
) -> tuple[int, int] | None:
    """Where the characters of a span are after changes, each of them known by itself; None where a change
    has touched them, or what stands beside them.
    """
    start, end = offset(text, span.start, encoding), offset(text, span.end, encoding)
    for made in notes:
        for given_span, new in made:
            assert given_span is not None
            first, last = (offset(text, place, encoding) for place in (given_span.start, given_span.end))
            text = edited(text, given_span, new, encoding)
            if last < start:
                start, end = start + len(new) - (last - first), end + len(new) - (last - first)
            elif first <= end:
                return None
    return start, end


partial = st.lists(st.lists(st.tuples(spans(), texts), max_size=2), max_size=4)
ascii_texts = st.lists(st.sampled_from(["a", "bc", "\n", "\r", "\r\n", " "]), max_size=14).map("".join)
ascii_notes = st.lists(st.lists(st.tuples(spans(), ascii_texts), max_size=2), max_size=4)


@given(texts, spans(), partial, encodings)
def test_what_is_carried_is_the_same_text(
    text: str, span: Span, notes: list[list[Change]], encoding: Encoding
) -> None:
    """A range that is carried through changes holds the very text it held, whatever the changes were."""
    document = Document("file:///a", "python", 1, Lines(text, encoding))
    span = Span(document.lines.clamped(span.start), document.lines.clamped(span.end))
    before = document.lines.slice(span)
    for version, made in enumerate(notes, 2):
        document.change(made, version)
    carried = document.carried(span, 1)
    halves = HALVES & {*text, *(char for made in notes for _, new in made for char in new)}
    if carried is not None and not halves:
        assert document.lines.slice(carried) == before
        assert document.lines.clamped(carried.start) == carried.start


@given(ascii_texts, spans(), ascii_notes)
def test_a_range_is_carried_where_the_model_finds_it(
    text: str, span: Span, notes: list[list[Change]]
) -> None:
    """A range that no change has touched, nor what stands beside it, is carried to the model's place."""
    document = Document("file:///a", "python", 1, Lines(text, Encoding.UTF16))
    span = Span(document.lines.clamped(span.start), document.lines.clamped(span.end))
    expected = _model_carried(text, span, notes, Encoding.UTF16)
    for version, made in enumerate(notes, 2):
        document.change(made, version)
    carried = document.carried(span, 1)
    if expected is not None:
        assert carried is not None
        found = document.lines.offset(carried.start), document.lines.offset(carried.end)
        assert found == expected


def _typed(document: Document, line: int, text: str, version: int) -> None:
    place = Position(line, 0)
    document.change([(Span(place, place), text)], version)


def _document(text: str, version: int = 1) -> Document:
    return Document("file:///a", "python", version, Lines(text, Encoding.UTF16))


def test_a_range_moves_with_lines_above_it() -> None:
    """Lines put in above a range move it; an edit inside it makes it unknown."""
    document = _document("a\nb\nc\n")
    span = Span(Position(1, 0), Position(2, 0))
    _typed(document, 0, "new\n", 2)
    assert document.carried(span, 1) == Span(Position(2, 0), Position(3, 0))
    assert document.carried(span, 2) == span
    document.change([(Span(Position(2, 0), Position(2, 1)), "B")], 3)
    assert document.carried(span, 1) is None


def test_a_joined_line_end_touches_the_line_above() -> None:
    """LF typed behind a lone CR changes the line that the CR ended: a range up to there is no longer sure."""
    document = _document("a\rb")
    document.change([(Span(Position(1, 0), Position(1, 0)), "\n")], 2)
    assert document.text == "a\r\nb"
    assert document.carried(Span(Position(0, 0), Position(1, 0)), 1) is None
    assert document.carried(Span(Position(1, 0), Position(1, 1)), 1) == Span(Position(1, 0), Position(1, 1))


def test_a_whole_new_text_touches_only_what_differs() -> None:
    """A client that sends the whole text after each key loses no range in lines that stay."""
    document = _document("a\nb\nc\n")
    document.change([(None, "a\nx\nb\nc\n")], 2)
    assert document.carried(Span(Position(1, 0), Position(1, 1)), 1) == Span(Position(2, 0), Position(2, 1))
    assert document.carried(Span(Position(0, 0), Position(1, 0)), 1) == Span(Position(0, 0), Position(1, 0))


def test_versions_may_skip_and_go_backwards() -> None:
    """A version is found again by its last change, whatever the client's numbers; unknown ones are None."""
    document = _document("a\nb\n", version=5)
    place = Span(Position(1, 0), Position(1, 1))
    _typed(document, 0, "x\n", 9)
    _typed(document, 0, "y\n", 3)
    assert document.version == 3
    assert document.carried(place, 9) == Span(Position(2, 0), Position(2, 1))
    assert document.carried(place, 5) == Span(Position(3, 0), Position(3, 1))
    assert document.carried(place, 3) == place
    assert document.carried(place, 1) is None


def test_a_version_of_several_changes_is_the_text_after_all_of_them() -> None:
    """All changes of one notification make one version."""
    document = _document("a\n")
    top = Span(Position(0, 0), Position(0, 0))
    document.change([(top, "x\n"), (top, "y\n")], 2)
    assert document.carried(Span(Position(2, 0), Position(2, 1)), 2) == Span(Position(2, 0), Position(2, 1))
    assert document.carried(Span(Position(0, 0), Position(0, 1)), 1) == Span(Position(2, 0), Position(2, 1))


def test_too_old_a_version_is_unknown() -> None:
    """Where more has changed than is kept, nothing is carried."""
    document = _document("a\n" * 3)
    for version in range(2, 1_100):
        _typed(document, 0, "x", version)
    assert document.carried(Span(Position(2, 0), Position(2, 1)), 1) is None
    assert document.carried(Span(Position(2, 0), Position(2, 1)), 500) is not None


def test_a_lost_document_waits_for_a_whole_text() -> None:
    """After a change that could not be read, changes of ranges mean nothing; a whole text heals it."""
    document = _document("a\n")
    document.is_lost = True
    _typed(document, 0, "x", 2)
    assert (document.text, document.is_lost, document.version) == ("a\n", True, 2)
    document.change([(None, "new"), (Span(Position(0, 3), Position(0, 3)), "er")], 3)
    assert (document.text, document.is_lost) == ("newer", False)


def test_large_is_more_than_a_megabyte_of_utf8() -> None:
    """The size is counted in bytes and follows every change."""
    document = _document("é" * (MAX_DOCUMENT_BYTES // 2))
    seen = [document.is_large]
    _typed(document, 0, "x", 2)
    seen.append(document.is_large)
    document.change([(Span(Position(0, 0), Position(0, 1)), "")], 3)
    assert [*seen, document.is_large] == [False, True, False]


def test_one_document_whatever_the_spelling() -> None:
    """Another spelling of a file's URI finds the document, opens it again and closes it."""
    documents = Documents(Encoding.UTF16)
    documents.open("file:///a%20b.py", "python", 1, "old")
    documents.open("file:///A", "python", 1, "other")
    assert documents.find("file:///a b.py") is documents.find("file://localhost/x/../a%20b.py") is not None
    again = documents.open("file:///a b.py", "python", 1, "new")
    assert documents.find("file:///a%20b.py") is again
    assert [document.uri for document in documents] == ["file:///A", "file:///a b.py"]
    documents.close("file:///a%20b.py")
    assert documents.find("file:///a b.py") is None
    documents.close("file:///unknown")


def test_generation_counts_what_is_opened_and_closed() -> None:
    """Whoever keeps what follows from the set of documents sees that it has changed."""
    documents = Documents(Encoding.UTF16)
    seen = {documents.generation}
    documents.open("file:///a", "python", 1, "")
    seen.add(documents.generation)
    documents.find("file:///a")
    documents.close("file:///a")
    seen.add(documents.generation)
    documents.close("file:///a")
    seen.add(documents.generation)
    assert len(seen) == 3


def test_another_thread_never_reads_half_a_notification() -> None:
    """A reader beside the event loop sees the text before all changes of a notification, or after them."""
    document = _document("0\n" * 300)
    stopped = threading.Event()
    torn: list[str] = []

    def read() -> None:
        while not stopped.is_set():
            rows = set(document.text.split("\n")[:-1])
            if len(rows) > 1:
                torn.append(",".join(sorted(rows)))

    reader = threading.Thread(target=read)
    reader.start()
    for version in range(2, 60):
        every = [(Span(Position(line, 0), Position(line, 9)), str(version)) for line in range(300)]
        document.change(every, version)
        assert document.text == f"{version}\n" * 300
    stopped.set()
    reader.join()
    assert torn == []


@pytest.mark.parametrize("texts_", [("a\n" * 600_000, "a\n"), ("a\n", "a\n" * 600_000)], ids=["was", "is"])
def test_a_whole_new_text_of_a_large_document_is_not_compared(
    texts_: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large document that comes anew as a whole costs no comparison of lines; older ranges aren't carried
    through it, later ones are.
    """
    monkeypatch.delattr(Lines, "difference")
    first, then = texts_
    document = _document(first)
    document.change([(Span(Position(0, 0), Position(0, 1)), "b"), (None, then)], 2)
    assert (document.text, document.size, document.version) == (then, len(then), 2)
    place = Span(Position(0, 0), Position(0, 1))
    assert [document.carried(place, version) for version in (1, 2)] == [None, place]
    _typed(document, 0, "x\n", 3)
    assert document.carried(place, 1) is None
    assert document.carried(place, 2) == Span(Position(1, 0), Position(1, 1))
