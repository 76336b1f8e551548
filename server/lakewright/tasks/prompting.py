"""The texts under `prompts/`, one file a task, in named sections with `{name}` placeholders."""

import functools
import re
from collections.abc import Mapping
from importlib import resources

_SECTION = re.compile(r"^<!-- (\w+) -->\n", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@functools.cache
def sections(task: str) -> Mapping[str, str]:
    """The sections of a task's prompt file by name."""
    text = resources.files("lakewright.tasks").joinpath("prompts", f"{task}.md").read_text("utf-8")
    pieces = _SECTION.split(text)[1:]
    return {name: body.strip() for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def fill(template: str, **values: str) -> str:
    """Put the values in. What they hold is never read as a placeholder itself."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template).strip()


def system_prompt(task: str, persona: str | None) -> str:
    """Persona and rules; a persona of the user's replaces ours, never the rules."""
    own = sections(task)
    return f"{persona or own['persona']}\n\n{own['rules']}"
