"""What a cursor lies in, read off the indentation: nearly as good as a parser, and at once."""

from lakewright.tasks.completion.hole import Hole
from lakewright.tasks.completion.indent import indent


def headers_above(hole: Hole, hidden: int) -> tuple[str, ...]:
    """The lines that begin a definition around the cursor, outermost first; of the first `hidden` lines."""
    definition = hole.syntax.definition
    if definition is None:
        return ()
    found: list[str] = []
    edge = indent(hole.head) if hole.head.strip() else len(hole.head)
    for number in range(len(hole.above) - 1, -1, -1):
        if edge == 0:
            break
        line = hole.above[number]
        if line.strip() and indent(line) < edge:
            edge = indent(line)
            if number < hidden and definition.match(line):
                found.append(line.rstrip())
    return tuple(reversed(found))
