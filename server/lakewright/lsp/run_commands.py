"""The commands that run a task: what the client asked for, taken down before its next message is looked at,
then a run, then exactly one answer. What is heavy is imported by the run.
"""

import asyncio
import contextlib
import importlib
from collections.abc import Mapping
from functools import partial
from typing import Any

from pygls.exceptions import (
    JsonRpcContentModified,
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcRequestCancelled,
)

from lakewright.core.threads import in_daemon_thread
from lakewright.lsp import tracing
from lakewright.lsp.arguments import RequestInfo, WrongFieldError
from lakewright.lsp.failures_again import start_again
from lakewright.lsp.jobs import ContentModifiedError, Job, take_down
from lakewright.lsp.outcome_json import Json, cancelled, defect, ended_early
from lakewright.lsp.partial import PartialResults
from lakewright.lsp.run_params import read_run_params
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.tasks.registry import TaskEntry
from lakewright.tasks.run_id import new_run_id

_LAST_WORDS = 1.0
"""Seconds that a cancelled run has to end before its request is answered without it."""


def run_command(
    entry: TaskEntry, session: Session, arguments: Mapping[str, Any], request: RequestInfo
) -> Any:
    """Start a run; the answer of its request, or an awaitable of it. Raises WrongFieldError."""
    params = read_run_params(entry.command, arguments)
    if params.run is not None and session.runs.by_id(params.run) is not None:
        raise WrongFieldError("run", "a run of this id is going on")
    if params.run in session.runs.taken:
        raise WrongFieldError("run", "there was a run of this id")
    try:
        job = take_down(session, entry, params, request.work_done_token)
    except ContentModifiedError:
        raise JsonRpcContentModified("The document has changed where the range lies.") from None
    job.again = partial(
        start_again, session, lambda given: run_command(entry, session, given, RequestInfo()), arguments
    )
    accepted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    run = session.runs.start(
        entry.command,
        run_id=params.run or new_run_id(),
        uri=params.uri if job.taken is None else job.taken.uri,
        token=None if job.is_for_editor else job.work_done_token,
        work=partial(_work, session, job, accepted),
    )
    if params.deliver == "response":
        return _outcome(session, run)
    return _started(run) if _is_surely_accepted(job) else _once_accepted(session, run, accepted)


def _is_surely_accepted(job: Job) -> bool:
    params = job.params
    return job.taken is not None and params.conversation is None and params.run is None


def _started(run: Run) -> Json:
    return {"run": run.id, "state": "started"}


async def _once_accepted(session: Session, run: Run, accepted: "asyncio.Future[None]") -> Json:
    try:
        await asyncio.wait((accepted, run.task), return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        raise await _request_cancelled(session, run) from None
    if not accepted.done():
        await run.task  # refused: it raises why
    return _started(run)


async def _outcome(session: Session, run: Run) -> Json:
    try:
        outcome: Json = await asyncio.shield(run.task)
    except asyncio.CancelledError:
        if session.runs.cancel(run):
            raise await _request_cancelled(session, run) from None
        outcome = await run.task
    return outcome


async def _request_cancelled(session: Session, run: Run) -> JsonRpcException:
    """The client doesn't want the answer any more: the error that it gets in its place."""
    session.runs.cancel(run)
    await asyncio.wait((run.task,), timeout=_LAST_WORDS)
    outcome = ended_early(run, cancelled())
    if run.task.done():
        error = run.task.exception()
        if isinstance(error, JsonRpcException):
            return error
        outcome = run.task.result()
    return JsonRpcRequestCancelled("The run was cancelled.", code=JsonRpcRequestCancelled.CODE, data=outcome)


async def _work(session: Session, job: Job, accepted: "asyncio.Future[None]", run: Run) -> Json:
    """The whole run; it ends with its outcome, or raises InvalidParams before anything of it was heard."""
    stream = _stream(session, job)
    outcome: Json
    try:
        checking = await in_daemon_thread(importlib.import_module, "lakewright.lsp.run_check")
        await checking.check(session, job)
        if job.params.run is not None:
            session.runs.taken.add(run.id)
        accepted.set_result(None)
        tracing.run_begins(session.client, run, job.params.deliver)
        if stream is not None:
            stream.start(run.id, run.command)
        work = await in_daemon_thread(importlib.import_module, "lakewright.lsp.run_work")
        outcome = await work.carry_out(session, job, run)
    except WrongFieldError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    except asyncio.CancelledError:
        outcome = ended_early(run, cancelled())
    except Exception as error:  # noqa: BLE001 - a defect of ours ends the run, with an answer
        outcome = ended_early(run, defect(error, run))
    tracing.run_ends(session.client, outcome)
    if stream is not None:
        if not accepted.done():
            stream.start(run.id, run.command)
        with contextlib.suppress(asyncio.CancelledError):  # the server ends: what is left is sent at once
            await stream.finish(outcome)
    return outcome


def _stream(session: Session, job: Job) -> PartialResults | None:
    token = job.params.partial_result_token
    if token is None:
        return None
    stream = PartialResults(session.client, token)
    job.sinks.append(stream)
    return stream
