"""The walk: hop after hop in the order in which a request meets them, until one fails."""

import asyncio
import time
from collections.abc import Callable, Sequence

from lakewright.cli import doctor_asks, doctor_endpoint, doctor_hops, doctor_settings
from lakewright.cli.doctor_report import Check, Finding, Show
from lakewright.cli.doctor_visit import Step, Visit
from lakewright.cli.exits import internal_error
from lakewright.errors import LakewrightError, NetworkError

STEPS: tuple[Step, ...] = (
    Step("settings", 10, doctor_settings.settings),
    Step("dns", 10, doctor_hops.dns),
    Step("proxy", 10, doctor_hops.proxy),
    Step("connection", 10, doctor_hops.connection),
    Step("tls", 20, doctor_hops.tls),
    # A login in the browser waits for a person; everything else in there has a shorter limit of its own.
    Step("credentials", 330, doctor_endpoint.credentials),
    Step("listed", 10, doctor_endpoint.listed),
    Step("ready", 10, doctor_endpoint.ready),
    Step("answer", 60, doctor_asks.answer),
    Step("streaming", 60, doctor_asks.streaming),
    Step("thinking", 90, doctor_asks.thinking),
    Step("tools", 60, doctor_asks.tools),
)

_AGAIN = "Try again; if it stays, ask who runs the network, the proxy or the endpoint."


async def walk(
    visit: Visit, steps: Sequence[Step], *, starting: Callable[[str], None], show: Show
) -> LakewrightError | None:
    """Take the steps until one fails; `show` gets each check as it ends. The failure, if any."""
    async with visit.stack:
        for step in steps:
            starting(step.name)
            begun = time.perf_counter()
            outcome = await _taken(step, visit)
            ms = round((time.perf_counter() - begun) * 1000)
            if isinstance(outcome, LakewrightError):
                show(Check(step.name, ok=False, ms=ms, detail=outcome.message, hint=outcome.hint))
                return outcome
            show(Check(step.name, outcome.ok, ms, outcome.detail, outcome.hint))
    return None


async def _taken(step: Step, visit: Visit) -> Finding | LakewrightError:
    try:
        async with asyncio.timeout(step.limit):
            return await step.run(visit)
    except LakewrightError as error:
        error.hint = _without_doctor(error.hint)
        return error
    except TimeoutError:
        return NetworkError(
            f"The check of {step.name} did not end within {step.limit:g} s.",
            hint=_AGAIN,
        )
    except Exception as error:  # noqa: BLE001 - a defect in a check ends the walk like any failure
        return internal_error(error, verbose=visit.options.verbose)


def _without_doctor(hint: str | None) -> str | None:
    """The hint without its clause that sends people to the doctor: they are here already."""
    if hint is None or "lakewright doctor" not in hint:
        return hint
    left = [clause for clause in hint.split("; ") if "lakewright doctor" not in clause]
    return "; ".join(left).rstrip(".") + "." if left and left != ["Try again"] else _AGAIN
