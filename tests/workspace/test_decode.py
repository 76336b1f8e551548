"""Bytes to text: right, or refused with a reason; never mangled."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.errors import InputError
from lakewright.workspace.decode import begins_binary, decode

_TEXT = "größer = 1  # é\r\nname = '日本'\n"


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"", "utf-8", ""),
        (b"x = 1\r\n", "utf-8", "x = 1\r\n"),
        (_TEXT.encode(), "utf-8", _TEXT),
        (codecs.BOM_UTF8 + _TEXT.encode(), "utf-8", _TEXT),
        (codecs.BOM_UTF16_LE + _TEXT.encode("utf-16-le"), "utf-16-le", _TEXT),
        (codecs.BOM_UTF16_BE + _TEXT.encode("utf-16-be"), "utf-16-be", _TEXT),
        (codecs.BOM_UTF32_LE + _TEXT.encode("utf-32-le"), "utf-32-le", _TEXT),
        ("select größe\r\nfrom t\n".encode("utf-16-le"), "utf-16-le", "select größe\r\nfrom t\n"),
        ("select größe\r\nfrom t\n".encode("utf-16-be"), "utf-16-be", "select größe\r\nfrom t\n"),
        (
            "# -*- coding: latin-1 -*-\n# Ça été\n".encode("latin-1"),
            "iso8859-1",
            "# -*- coding: latin-1 -*-\n# Ça été\n",
        ),
        (
            "#!/bin/x\n# vim: set fileencoding=cp1251 :\n# да\n".encode("cp1251"),
            "cp1251",
            "#!/bin/x\n# vim: set fileencoding=cp1251 :\n# да\n",
        ),
        (
            "// coding: shift_jis\n// 日本\n".encode("shift_jis"),
            "shift_jis",
            "// coding: shift_jis\n// 日本\n",
        ),
        ("// größer als früher\n".encode("latin-1"), "latin-1", "// größer als früher\n"),
        (b"\x1b[31mred\x1b[0m\n", "utf-8", "\x1b[31mred\x1b[0m\n"),
    ],
)
def test_text_is_read_right(data: bytes, encoding: str, text: str) -> None:
    """Every encoding that is sure gives the text with its newlines, and its bytes again."""
    decoded = decode(data, "a.py")
    assert (decoded.encoding, decoded.text) == (encoding, text)
    assert decoded.bom + decoded.text.encode(decoded.encoding) == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x7fELF\x02\x01\x01\0\0", "binary"),
        (b"text\0text", "binary"),
        (bytes(range(1, 32)) * 4, "binary"),
        ("да нет\n".encode("cp1251"), r"not UTF-8 \(line 1\)"),
        (b"ok\n\xea\xe1\xeb\xe7\xec\xdd\xf1\xe1\n", r"not UTF-8 \(line 2\)"),
        ("# 日本\n".encode("shift_jis"), "not UTF-8"),
        ("# 日本\n".encode("euc-jp"), "not UTF-8"),
        ("# przyszłość\n".encode("iso8859-2"), "not UTF-8"),
        (b"# a\xe7\xfdk \xf0 \xfe\n", "not UTF-8"),
        ("price: 5 €\n".encode("cp1252"), "not UTF-8"),
        ("price: 5 €\n".encode("iso8859-15"), "not UTF-8"),
        ("x = 'è'\n".encode("cp850"), "not UTF-8"),
        ("x = 'и'\n".encode("koi8-r"), "not UTF-8"),
        ("# coding: ascii\n# é\n".encode("latin-1"), "not UTF-8"),
        ("# coding: hex\n# é\n".encode("latin-1"), "not UTF-8"),
        ("# coding: utf-8\n# è\n".encode("latin-1"), "not UTF-8"),
        (b"# coding: shift_jis\n# \x81\n", "line 2 is not the shift_jis"),
        (b"# coding: idna\nx = 1\n\n..\n" + b"a" * 2000, "can't be told back"),
        (codecs.BOM_UTF8 + b"\xff", "line 1 is not the utf-8"),
        (codecs.BOM_UTF16_LE + b"a", "not the utf-16-le"),
        ("日本語のテキスト".encode("utf-16-le"), "not UTF-8"),
        (b"a\0\x01\0b\0c\0", "binary"),
    ],
)
def test_what_is_not_sure_is_refused(data: bytes, reason: str) -> None:
    """Binary data, undeclared code pages and broken text are refused in words, not mangled."""
    with pytest.raises(InputError, match=reason) as caught:
        decode(data, "a.py")
    assert caught.value.hint


@given(st.text(), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]))
def test_text_with_a_mark_comes_back(text: str, encoding: str) -> None:
    """Whatever the text, with its byte order mark it is read as it was written."""
    bom = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
           "utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE}[encoding]  # fmt: skip
    if encoding == "utf-16-le" and text.startswith("\0"):
        return  # these bytes are the mark of UTF-32
    assert decode(bom + text.encode(encoding), "a").text == text


@given(st.binary())
def test_any_bytes_are_refused_or_come_back(data: bytes) -> None:
    """Text that is read can always be written back as the same bytes."""
    try:
        decoded = decode(data, "a")
    except InputError:
        return
    assert decoded.bom + decoded.text.encode(decoded.encoding) == data


@given(st.binary(min_size=1), st.integers(min_value=1))
def test_a_binary_start_means_a_binary_file(data: bytes, length: int) -> None:
    """What is refused after its first bytes would be refused whole."""
    if begins_binary(data[:length]):
        with pytest.raises(InputError):
            decode(data, "a")
