"""What search tools have in common: jobs for the worker, and their failures in words."""

from typing import Any

from lakewright.errors import ToolFailedError
from lakewright.workspace.worker import WorkerDiedError, run_job

SECONDS = 5.0
"""The longest a search may take; soon before, it comes back with what it has found by then."""


async def run_search(job: dict[str, Any], advice: str) -> dict[str, Any]:
    """The worker's answer, or ToolFailedError with `advice` on what to change."""
    try:
        return await run_job(job, seconds=SECONDS)
    except TimeoutError:
        raise ToolFailedError(f"It took longer than {SECONDS:g} seconds and was stopped. {advice}") from None
    except WorkerDiedError:
        raise ToolFailedError(f"The search ended without a result. {advice}") from None
