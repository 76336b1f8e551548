"""Edits that are never wrong: pure functions over text and values; no I/O, no model."""
