"""Edits of a run before they are written: accepted one by one, seen by later reads, verified."""
