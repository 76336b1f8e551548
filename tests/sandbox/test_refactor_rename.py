"""Renames: every use that means the symbol changes, nothing that means something else does."""

import subprocess
import sys
from pathlib import Path

import pytest

from support_refactors import reason_of, refactored

_SHOP = {
    "shop/__init__.py": "from .prices import rate, total\n\n__all__ = ['rate', \"total\"]\n",
    "shop/prices.py": '''\
"""Prices: rate is the rate."""

RATES = {"rate": 2}


def rate(region: "str", rate_of: int = 3) -> int:
    """The rate."""
    global last
    last = region
    return RATES["rate"] * rate_of


def total(lines, rate=rate):
    return sum(rate(line) for line in lines)


def again():
    def inner():
        return rate("x")

    total = [rate for rate in (1, 2)]
    return inner(), total, f"{rate('y')}"
''',
    "shop/use.py": """\
import shop.prices as prices
from shop import rate as other
from shop.prices import *
from . import prices as mine


class Thing:
    rate = 5

    def get(self):
        from shop.prices import rate

        return rate("a") + prices.rate("b") + self.rate + mine.rate("c") + other("d")


def late():
    return rate("e")


print(Thing().get(), late())
""",
    "free.py": "rate = 1\nprint(rate)\n",
    "run.py": (
        "import shop\nimport shop.prices\nfrom shop.use import Thing\n"
        "print(shop.total('ab'), shop.prices.again(), shop.rate('z'), Thing.rate)\n"
    ),
}


def _run(folder: Path, files: dict[str, str]) -> str:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    command = [sys.executable, "-B", "run.py"]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("path", ["shop/prices.py", "shop/__init__.py"])
def test_a_name_of_a_module_changes_where_it_is_meant(tmp_path: Path, path: str) -> None:
    """Imports of every kind, `__all__`, stars, globals; the program says the same before and after."""
    outcome = refactored(_SHOP, path, "rename `rate` to `tariff`")
    assert isinstance(outcome, dict), outcome
    assert _run(tmp_path / "old", _SHOP) == _run(tmp_path / "new", outcome)
    assert "def tariff(" in outcome["shop/prices.py"]
    assert '{"rate": 2}' in outcome["shop/prices.py"]
    assert "def total(lines, rate=tariff):\n    return sum(rate(line)" in outcome["shop/prices.py"]
    assert "[rate for rate in (1, 2)]" in outcome["shop/prices.py"]
    assert (
        outcome["shop/__init__.py"] == "from .prices import tariff, total\n\n__all__ = ['tariff', \"total\"]"
    )
    assert "self.rate" in outcome["shop/use.py"]
    assert 'mine.tariff("c") + other("d")' in outcome["shop/use.py"]
    assert outcome["free.py"] == "rate = 1\nprint(rate)"


_CLASSES = {
    "a.py": """\
from dataclasses import dataclass, replace


@dataclass
class Order:
    net: int = 0

    def price_sum(self, factor):
        factor = factor * 2
        return self.net * factor


class Special(Order):
    def twice(self) -> "Order":
        return replace(self, net=super().price_sum(factor=2))
""",
    "run.py": (
        "from a import Order, Special\norder: 'list[Order]' = [Order(net=3)]\n"
        "print(order[0].price_sum(factor=2), order[0].net, Special(4).twice().net)\n"
    ),
}


@pytest.mark.parametrize(
    ("instruction", "lines", "holds", "gone"),
    [
        ("rename price_sum to total_price", None, "super().total_price(factor=2)", "price_sum"),
        ("rename Order.net to gross", None, "replace(self, gross=", ".net"),
        ("rename net to gross", (6, 6), "Order(gross=3)", ".net"),
        ("rename factor to times", (9, 9), "price_sum(times=2)", "factor"),
        ("rename the class Order to Purchase", None, "'list[Purchase]'", "Order"),
        ("rename this method to total_price", (8, 8), "def total_price", "price_sum"),
        ("rename to Purchase", (5, 5), '-> "Purchase"', "Order"),
    ],
)
def test_members_parameters_and_classes(
    tmp_path: Path, instruction: str, lines: tuple[int, int] | None, holds: str, gone: str
) -> None:
    """Attributes, keywords of calls, annotations in quotes; the selection tells which is meant."""
    outcome = refactored(_CLASSES, "a.py", instruction, lines)
    assert isinstance(outcome, dict), outcome
    assert _run(tmp_path / "old", _CLASSES) == _run(tmp_path / "new", outcome)
    whole = "\n".join(outcome.values())
    assert holds in whole
    assert gone not in whole.replace("orders", "")


@pytest.mark.parametrize(
    ("files", "instruction", "lines", "reason"),
    [
        ({"a.py": "def f(): pass\ng = 1\n"}, "rename f to g", None, "`g` stands already in `a.py:2`"),
        ({"a.py": "def f(): pass\n"}, "rename f to list", None, "Python's own"),
        ({"a.py": "def f(): pass\n"}, "rename f to class", None, "can't be a name"),
        ({"a.py": "print(1)\n"}, "rename f to g", None, "is not defined"),
        ({"a.py": "import os\nos.getcwd()\n"}, "rename os to sys2", None, "is a module"),
        ({"a.py": "from os import sep\n"}, "rename sep to dot", None, "can't tell from where"),
        ({"a.py": "class A:\n    def get(self): pass\n"}, "rename get to fetch", None, "own types"),
        (
            {"a.py": "class A:\n    def go_on(self): pass\nclass B:\n    def go_on(self): pass\n"},
            "rename go_on to halt",
            (2, 2),
            "also defined in `a.py:4`",
        ),
        (
            {"a.py": "class A:\n    size = 1\nclass B(C):\n    def f(self): return self.size\n"},
            "rename size to width",
            (2, 2),
            "Another class has a member `size`",
        ),
        (
            {"a.py": "def f(x): pass\nf(**{'x': 1})\n"},
            "rename x to y",
            (1, 1),
            "`a.py:2` means it",
        ),
        (
            {
                "a.py": "class A:\n    def __init__(self, x): pass\n"
                "class B(A):\n    def f(self):\n        super().__init__(x=1)\n"
            },
            "rename x to y",
            (2, 2),
            "`a.py:5` means it",
        ),
        (
            {"a.py": "def f():\n    x = 1\ndef g():\n    x = 2\n"},
            "rename x to y",
            None,
            "different things in `f` and `g`",
        ),
        ({"a.py": "def f(): pass\n", "b.py": "from a import f\nx = = 1\n"}, "rename f to g", None, "`b.py`"),
        ({"a.go": "package a\n\nfunc Go() {}\n"}, "rename Go to run", None, "who may see them"),
        ({"a.ts": "function f() {}\n", "b.ts": "function f() {}\n"}, "rename f to g", None, "more than once"),
        ({"a.rs": "fn f() {}\n"}, "rename f to g", None, "only"),
    ],
)
def test_what_could_go_wrong_is_declined(
    files: dict[str, str], instruction: str, lines: tuple[int, int] | None, reason: str
) -> None:
    """With the place, where there is one."""
    assert reason in reason_of(refactored(files, next(iter(files)), instruction, lines))


_WEB = {
    "src/tax.ts": (
        "/** rate */\nexport function rate(x: number): number {\n  const re = /rate['\"]/;\n"
        "  return x ? rate(0) : 1; // rate\n}\nexport default { rate, other: 'rate' };\n"
    ),
    "src/cart.ts": (
        "import { rate } from './tax';\nimport * as tax from './tax';\nimport data from './data';\n"
        "const label = `rate ${rate(1)} ${`${tax.rate(2)}`} rate`;\nconst own = { rate: 3, x: rate(3) };\n"
        "const map = { rate };\nexport { rate } from './tax';\nconsole.log(own.rate, map.rate, data.rate);\n"
    ),
    "src/data.ts": "const rate = 1;\nexport default { rate };\n",
}


def test_words_of_typescript() -> None:
    """Templates' holes count, strings, comments and regular expressions don't; fields of others stay."""
    files = {path: text for path, text in _WEB.items() if path != "src/data.ts"}
    outcome = refactored(files, "src/tax.ts", "rename rate to tariff")
    assert isinstance(outcome, dict), outcome
    assert outcome["src/tax.ts"] == (
        "/** rate */\nexport function tariff(x: number): number {\n  const re = /rate['\"]/;\n"
        "  return x ? tariff(0) : 1; // rate\n}\nexport default { rate: tariff, other: 'rate' };"
    )
    assert outcome["src/cart.ts"] == (
        "import { tariff } from './tax';\nimport * as tax from './tax';\nimport data from './data';\n"
        "const label = `rate ${tariff(1)} ${`${tax.tariff(2)}`} rate`;\n"
        "const own = { rate: 3, x: tariff(3) };\n"
        "const map = { rate: tariff };\nexport { tariff as rate } from './tax';\n"
        "console.log(own.rate, map.rate, data.rate);"
    )


def test_words_of_node() -> None:
    """A module's own name for what it requires follows; what it hands on keeps its outward name."""
    files = {
        "lib/rate.js": "const rate = (x) => x\nmodule.exports = rate\n",
        "lib/more.js": "const rate = require('./rate')\nconst { other } = require('./other')\nrate(other)\n",
        "index.js": "const rate = require('./lib/rate')\nmodule.exports = { rate, other: 1 }\n",
        "free.js": "const { rate } = require('./index')\nrate(1)\n",
    }
    outcome = refactored(files, "lib/rate.js", "rename rate to tariff")
    assert isinstance(outcome, dict), outcome
    assert outcome["lib/rate.js"] == "const tariff = (x) => x\nmodule.exports = tariff"
    assert outcome["lib/more.js"].replace("tariff", "rate") == files["lib/more.js"].rstrip()
    assert "rate(" not in outcome["lib/more.js"]
    assert outcome["index.js"].endswith("module.exports = { rate: tariff, other: 1 }")
    assert outcome["free.js"] == files["free.js"].rstrip()


def test_words_of_go() -> None:
    """The package's own files, and others through the package's name."""
    files = {
        "tax/tax.go": 'package tax\n\n// Rate is it.\nfunc Rate(x int) int { return x }\n\nvar s = "Rate"\n',
        "tax/more.go": "package tax\n\nfunc Twice() int { return Rate(1) + Rate(2) }\n",
        "main.go": "package main\n\nfunc main() { print(tax.Rate(1), other.Rate, tax.S{Rate: 2}) }\n",
    }
    outcome = refactored(files, "tax/tax.go", "rename Rate to Tariff")
    assert isinstance(outcome, dict), outcome
    assert outcome["tax/tax.go"] == (
        'package tax\n\n// Rate is it.\nfunc Tariff(x int) int { return x }\n\nvar s = "Rate"'
    )
    assert outcome["tax/more.go"].endswith("return Tariff(1) + Tariff(2) }")
    assert "tax.Tariff(1), other.Rate, tax.S{Rate: 2}" in outcome["main.go"]
