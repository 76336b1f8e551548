"""Models that misbehave on purpose, by name."""

from collections.abc import Callable

from lakewright.sandbox.answer import Answer
from lakewright.sandbox.mind.conversation import Conversation
from lakewright.sandbox.mind.think import think

Script = Callable[[Conversation], Answer]


def find_script(name: str | None) -> Script:
    """The model of this name; the useful one for None."""
    return think
