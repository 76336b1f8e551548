"""The README's generated tables: `python tests/project/tables.py` writes them, a test compares them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def _commands() -> str:
    from lakewright.cli.reference import commands_table

    return commands_table()


def _options() -> str:
    from lakewright.cli.reference import options_table

    return options_table()


def _settings() -> str:
    from lakewright.settings.reference import settings_table

    return settings_table()


TABLES: Mapping[str, Callable[[], str]] = {
    "commands": _commands,
    "options": _options,
    "settings": _settings,
}


def rendered(text: str) -> str:
    """The README with each block between `<!-- NAME begin -->` and `<!-- NAME end -->` made anew."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name} begin -->", f"<!-- {name} end -->"
        block = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
        if not block.search(text):
            raise ValueError(f"README.md has no block {begin} ... {end}")
        escaped = table().strip().replace("\\", r"\\")
        text = block.sub(f"{begin}\n{escaped}\n{end}", text)
    return text


if __name__ == "__main__":
    README.write_text(rendered(README.read_text("utf-8")), "utf-8")
