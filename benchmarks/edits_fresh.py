"""Defects that the matcher wasn't written for: invented after it, kept as they were first measured."""

from edits_cases import Misquote, Stale

MUST_APPLY: dict[str, Misquote] = {}
MUST_REFUSE: dict[str, Stale] = {}
