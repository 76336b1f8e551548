"""A few combinators that check JSON against a shape and complain as pydantic does."""

from collections.abc import Callable, Mapping

from lakewright.sandbox.refusal import invalid

Check = Callable[[object, str], None]
"""Looks at a value at a path and raises Refusal."""


def record(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """An object with these keys and no others."""

    def check(value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise invalid(f"{path}: Input should be a valid dictionary")
        for key in value:
            if key not in fields:
                raise invalid(f"{_join(path, key)}: Extra inputs are not permitted")
        for key in required:
            if key not in value:
                raise invalid(f"{_join(path, key)}: Field required")
        for key, inner in value.items():
            fields[key](inner, _join(path, key))

    return check


def items(item: Check) -> Check:
    """A list of such things."""

    def check(value: object, path: str) -> None:
        if not isinstance(value, list):
            raise invalid(f"{path}: Input should be a valid list")
        for number, inner in enumerate(value):
            item(inner, _join(path, str(number)))

    return check


def tagged(key: str, shapes: Mapping[str, Check], *, tag_in_path: bool = False) -> Check:
    """An object whose `key` says which shape it has."""

    def check(value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise invalid(f"{path}: Input should be a valid dictionary")
        tag = value.get(key)
        if not isinstance(tag, str) or tag not in shapes:
            known = ", ".join(f"'{name}'" for name in shapes)
            raise invalid(
                f"{path}: Input tag '{tag}' found using '{key}' does not match any of the expected tags:"
                f" {known}"
            )
        shapes[tag](value, _join(path, tag) if tag_in_path else path)

    return check


def one_of(*choices: str) -> Check:
    """One of these strings."""
    expected = ", ".join(f"`{choice}`" for choice in choices)

    def check(value: object, path: str) -> None:
        if value not in choices:
            raise invalid(f"{path}: expected one of {expected}")

    return check


def either(text: Check, other: Check) -> Check:
    """A string, judged by `text`, or something else, judged by `other`."""

    def check(value: object, path: str) -> None:
        (text if isinstance(value, str) else other)(value, path)

    return check


def optional(inner: Check) -> Check:
    """Null, or such a thing."""

    def check(value: object, path: str) -> None:
        if value is not None:
            inner(value, path)

    return check


def between(low: float, high: float, *, whole: bool = False) -> Check:
    """A number in a range, both ends in it; `whole` for integers."""

    def check(value: object, path: str) -> None:
        kinds = int if whole else int | float
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise invalid(f"{path}: Input should be a valid {'integer' if whole else 'number'}")
        if value < low:
            raise invalid(f"{path}: Input should be greater than or equal to {low:g}")
        if value > high:
            raise invalid(f"{path}: Input should be less than or equal to {high:g}")

    return check


def string(value: object, path: str) -> None:
    """A string."""
    if not isinstance(value, str):
        raise invalid(f"{path}: Input should be a valid string")


def boolean(value: object, path: str) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise invalid(f"{path}: Input should be a valid boolean")


def anything(value: object, path: str) -> None:
    """Whatever it is."""


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
