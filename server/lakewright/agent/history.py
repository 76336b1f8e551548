"""Runs on disk, so that a later one can go on from them."""

from pathlib import Path


class History:
    """The runs kept under one state folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
