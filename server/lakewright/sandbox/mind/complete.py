"""A completion: what the rules find, wrapped as the prompt wants it. It never says that it is simulated."""

from lakewright.core.parts import Reasoning, Text
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.mind.completions.hole import Hole
from lakewright.sandbox.mind.completions.rules import completion


def complete(hole: Hole) -> Answer:
    """The text for the gap, and nothing else."""
    text = completion(hole)
    thought = "I look for what the document's own lines say comes next."
    return Answer((Reasoning(thought), Text(_wrapped(hole, text))))


def _wrapped(hole: Hole, text: str) -> str:
    match hole.wrapped:
        case "fence":
            name = hole.language.name.lower() if hole.language else ""
            ticks = "````" if "```" in text else "```"
            return f"{ticks}{name}\n{text}\n{ticks}"
        case "tag":
            return f"<COMPLETION>{text}</COMPLETION>"
        case _:
            return text
