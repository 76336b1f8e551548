"""Completion at a cursor: what is asked with, and the pure filters that make an answer fit."""
