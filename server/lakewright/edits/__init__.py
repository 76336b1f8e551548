"""Edits that are never wrong: pure functions over text and values; nothing here reads, writes or asks a model."""
