"""Text back to the bytes of its file: the same encoding and mark, or a refusal; never a lost character."""

from lakewright.edits.values import Kind, Refused
from lakewright.errors import InputError
from lakewright.workspace.decode import Decoded, decode


def bytes_of(before: Decoded, text: str, path: str) -> bytes | Refused:
    """The bytes of the edited text, as the file was encoded before; those outside the edit are the same."""
    try:
        data = before.bom + text.encode(before.encoding)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        return Refused(
            f"The file is {before.encoding} and has no {text[error.start : error.end]!a} (line {line}): "
            "write it in other characters or as an escape.",
            Kind.ENCODING,
        )
    try:
        again = decode(data, path)
    except InputError as error:
        return Refused(f"With this edit the file could not be read again: {error}", Kind.ENCODING)
    if again.text != text and text:
        return Refused(
            f"With this edit the file would be read as {again.encoding}, but it is {before.encoding}: leave "
            "the declaration of its encoding as it is.",
            Kind.ENCODING,
        )
    return data
