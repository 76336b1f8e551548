"""Texts over texts: what stands in the upper layer hides what the lower one has, and both may change."""

from collections.abc import Iterator, Mapping


def as_they_are(texts: Mapping[str, str]) -> dict[str, str]:
    """All of them at this moment. A document that is closed while a thread reads them is left out."""
    names = list(texts)
    found = ((name, texts.get(name)) for name in names)
    return {name: text for name, text in found if text is not None}


class Layered(Mapping[str, str]):
    """Two mappings as one; neither is copied, so that each look-up sees them as they are then."""

    def __init__(self, upper: Mapping[str, str], lower: Mapping[str, str]) -> None:
        self._upper, self._lower = upper, lower

    def __getitem__(self, key: str) -> str:
        text = self._upper.get(key)
        return self._lower[key] if text is None else text

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._lower, *self._upper]))

    def __len__(self) -> int:
        return len({*self._lower, *self._upper})

    def __contains__(self, key: object) -> bool:
        return key in self._upper or key in self._lower
