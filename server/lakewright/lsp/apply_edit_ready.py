"""A refactor made ready for the editor: located in the texts of now, its bytes kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from lakewright.errors import EditError
from lakewright.lsp.apply_edit_kept import Keeping
from lakewright.lsp.apply_edit_plan import Located, located, plan_of
from lakewright.lsp.apply_edit_seen import Pause
from lakewright.lsp.apply_edit_send import Asked, brought_up
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.workspace_edit import support_of
from lakewright.staging.values import StagedFile
from lakewright.workspace.files import Workspace

ROUNDS = 5
"""How often edits are located again, before they are sent, while the very lines they are for change."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be delivered, and how: `preview` as the setting has it, `target` the document's path."""

    session: Session
    run: Run
    workspace: Workspace
    instruction: str
    preview: str
    target: str | None
    pause: Pause


@dataclass(frozen=True, slots=True)
class Ready:
    """`files` are all that change, `asked` those that the editor is asked to change."""

    files: tuple[Located, ...]
    asked: tuple[Asked, ...]
    keeping: Keeping


async def ready_of(
    order: Order,
    staged: Sequence[StagedFile],
    earlier: Sequence[Located] = (),
    unclear: Sequence[Located] = (),
) -> Ready:
    """Everything that can fail before the editor is asked. What it returns fits the documents until the next
    `await`. `earlier`: files of the run that show their new text already.
    """
    documents, folders = order.session.documents, order.session.folders
    creates = support_of(order.session.client.can).creates
    for _ in range(ROUNDS):
        plan = plan_of(order.workspace, documents, folders)
        files = tuple(await located(staged, plan))
        keeping = Keeping(order.session, order.instruction)
        await keeping.keep((*unclear, *files), earlier)
        wanted = [asked_for(one, order.target) for one in files if creates or not one.is_new]
        asked = brought_up(documents, wanted)
        if asked is not None:
            return Ready(files, tuple(asked), keeping)
        await keeping.drop()
    raise busy()


def busy() -> EditError:
    return EditError(
        "What is to be changed is being edited just now.", hint="Ask again when you have paused typing."
    )


def asked_for(one: Located, target: str | None) -> Asked:
    return Asked(one.path, one.parts, is_target=one.path == target, is_new=one.is_new)
