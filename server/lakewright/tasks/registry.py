"""Every task, in the order users see them. Command line, README and editors follow this table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lakewright.tasks.base import Task


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """A task by name; `load` imports it, so that `--help` doesn't pay for it."""

    command: str
    title: str
    summary: str
    load: "Callable[[], Task]"


def _explain() -> "Task":
    from lakewright.tasks.explain import Explain  # noqa: PLC0415 - a task is imported when it runs

    return Explain()


def _refactor() -> "Task":
    from lakewright.tasks.refactor import Refactor  # noqa: PLC0415 - a task is imported when it runs

    return Refactor()


def _complete() -> "Task":
    from lakewright.tasks.complete import Complete  # noqa: PLC0415 - a task is imported when it runs

    return Complete()


TASKS: tuple[TaskEntry, ...] = (
    TaskEntry(
        "explain", "Explain", "Explain a file, some lines of it, or answer a question about it.", _explain
    ),
    TaskEntry("refactor", "Refactor", "Change a file, or some lines of it, as you say.", _refactor),
    TaskEntry("complete", "Complete", "Print what belongs at a cursor.", _complete),
)
