"""What the scripted model does next."""

from lakewright.core.parts import Reasoning, Text
from lakewright.sandbox.answer import Answer
from lakewright.sandbox.mind.conversation import Conversation


def think(conversation: Conversation) -> Answer:
    """Plan, call tools, or answer."""
    del conversation
    return Answer((Reasoning("I have nothing to look up."), Text("Simulated: hello.")))
