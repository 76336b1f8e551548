"""Edits written as text: each form a model may answer in, one file a form; `registry.py` is the table.

A form is read only where it is clear what was meant; what was begun and can't be told for sure is
refused in words, and what fits no form is an answer that changes nothing.
"""
