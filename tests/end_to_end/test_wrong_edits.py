"""Whatever a model gets wrong in its edits, and in whatever form it answers: the files come out as
without the fault, or not at all.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from lakewright.sandbox.edit_faults import EDIT_FAULTS
from lakewright.sandbox.edit_forms import FORMS
from lakewright.tasks.outcome import Outcome
from support_end_to_end import refactor
from support_sandbox import quick_sandbox

_TAX = '''\
"""Taxes."""

from decimal import Decimal

RATE = Decimal("0.2")


def add_tax(net: Decimal, rate: Decimal = RATE) -> Decimal:
    """The gross price: never below the net price."""
    # The rate of the country, as a fraction.
    if rate < 0:
        raise ValueError("rate is 0 at least\\n")

    return net * (1 + rate)


def label(net: Decimal) -> str:
    # What the customer reads - both prices.
    return "%s-%s" % (net, add_tax(net))
'''
_ORDERS = '''\
"""Orders."""

from decimal import Decimal

from shop.tax import add_tax


class Order:
    """One order of a customer."""

    def __init__(self, lines: list[Decimal]) -> None:
        self.lines = lines

    def total(self) -> Decimal:
        # The sum of all prices with tax, each of them rounded.
        prices = [add_tax(line) for line in self.lines]

        if len(prices) - 1 < 0:
            return Decimal("0")
        return sum(prices, Decimal("0"))
'''

Files = Mapping[str, bytes]
USEFUL, FIVE = "", "edit-five"
"""The model that renames, and one that edits all files in one turn."""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository of two modules; one has Windows line ends and no line end after its last line."""
    root = tmp_path / "shop"
    (root / ".git").mkdir(parents=True)
    (root / "shop").mkdir()
    (root / "shop" / "tax.py").write_bytes(_TAX.encode())
    (root / "shop" / "orders.py").write_bytes(_ORDERS.removesuffix("\n").replace("\n", "\r\n").encode())
    return root


@pytest.fixture(scope="module")
def sound() -> dict[str, Files]:
    """What each script makes of the files without a fault, once it was asked for."""
    return {}


async def _run(script: str, shop: Path, *faults: str) -> tuple[Outcome, Files]:
    before = _read(shop)
    async with quick_sandbox(*faults, script=script or None) as server:
        outcome = await refactor(server, shop, "shop/tax.py", "Rename `add_tax` to `with_tax`.")
    assert _read(shop) == before
    return outcome, {file.path: file.data for file in outcome.staged}


def _read(shop: Path) -> Files:
    return {str(path): path.read_bytes() for path in sorted(shop.glob("shop/*"))}


async def _sound(script: str, shop: Path, sound: dict[str, Files]) -> Files:
    if script not in sound:
        outcome, sound[script] = await _run(script, shop)
        assert outcome.error is None
        assert set(sound[script]) == {"shop/tax.py", "shop/orders.py"}
    return sound[script]


def _refused(outcome: Outcome) -> list[bool]:
    return [call.is_error for call in outcome.tool_calls if call.name in ("edit_file", "create_file")]


_MISQUOTES = [name for name, fault in EDIT_FAULTS.items() if fault.applies]
_REPAIRED = [
    name
    for name, fault in EDIT_FAULTS.items()
    if not fault.applies and not fault.lasting and name != "edit-length"
]
_READ = [name for name in FORMS if name not in ("answer-null", "answer-unfinished")]


@pytest.mark.parametrize("name", _MISQUOTES)
async def test_a_misquoted_edit_is_applied_at_once(name: str, shop: Path, sound: dict[str, Files]) -> None:
    """The same bytes as without the fault, and the model is told of no refusal."""
    outcome, files = await _run(USEFUL, shop, name)
    assert outcome.error is None
    assert not any(_refused(outcome))
    assert files == await _sound(USEFUL, shop, sound)


@pytest.mark.parametrize("name", _READ)
async def test_every_form_makes_the_same_edits(name: str, shop: Path, sound: dict[str, Files]) -> None:
    """Without one call of an edit tool."""
    outcome, files = await _run(USEFUL, shop, name)
    assert outcome.error is None
    assert _refused(outcome) == []
    assert files == await _sound(USEFUL, shop, sound)


@pytest.mark.parametrize("name", _REPAIRED)
async def test_a_wrong_edit_is_refused_and_then_repaired(
    name: str, shop: Path, sound: dict[str, Files]
) -> None:
    """The model hears why, sends the right edit, and the bytes are those without the fault."""
    outcome, files = await _run(USEFUL, shop, name)
    assert outcome.error is None
    assert any(_refused(outcome))
    assert files == await _sound(USEFUL, shop, sound)


@pytest.mark.parametrize("name", ["edit-endless", *(f"{name}:always" for name in _REPAIRED)])
async def test_a_wrong_edit_without_end_ends_the_run(name: str, shop: Path) -> None:
    """With an error of kind edit, after three attempts at most."""
    outcome, _ = await _run(USEFUL, shop, name)
    assert outcome.error is not None
    assert outcome.error.kind == "edit"
    assert 2 <= _refused(outcome).count(True) <= 3


async def test_a_form_that_is_never_finished_ends_the_run(shop: Path) -> None:
    """As an edit that was refused; nothing of it is used."""
    outcome, files = await _run(USEFUL, shop, "answer-unfinished")
    assert outcome.error is not None
    assert (outcome.error.kind, files) == ("edit", {})


async def test_an_answer_without_files_changes_nothing_in_words(shop: Path) -> None:
    """`updated_files: null` is no edit and no failure."""
    outcome, files = await _run(USEFUL, shop, "answer-null")
    assert outcome.error is None
    assert files == {}
    assert outcome.answer


@pytest.mark.parametrize("forms", [(), ("answer-blocks",), ("answer-json",), ("answer-diff",)])
async def test_an_edit_that_max_tokens_cuts_is_never_used(forms: tuple[str, ...], shop: Path) -> None:
    """Whatever came before the cut: an error of the model."""
    outcome, files = await _run(USEFUL, shop, "edit-length", *forms)
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.finish_reason, files) == ("model", "length", {})


@pytest.mark.parametrize("name", [*_MISQUOTES, *_REPAIRED])
async def test_faults_of_edits_in_text_end_alike(name: str, shop: Path, sound: dict[str, Files]) -> None:
    """Misquoted blocks are applied, wrong ones repaired."""
    outcome, files = await _run(FIVE, shop, name, "answer-blocks")
    assert outcome.error is None
    assert files == await _sound(FIVE, shop, sound)
