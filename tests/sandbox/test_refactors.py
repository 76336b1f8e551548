"""The refactors that the scripted model knows, on small files: what they make, and what they leave."""

import ast

import pytest

from lakewright.sandbox.mind.refactors.table import REFACTORS, refactor_for
from support_refactors import reason_of, refactored

_FORMATS = """\
import logging
name, total, width = "x", 2.5, {"a": 1}
one = "%s has %s" % (name, total)
two = "{} and {}".format(name, total)
three = "{n!r:>8} {0.real:.2f} {{}}".format(total, n=name)
four = "%r costs %.2f, 100%%" % (name, total)
five = "%s" % len(name)
six = 'it\\'s %s' % (name,)
seven = "%s" % name
eight = "%d" % total
nine = "%(a)s" % width
ten = "%s %s" % (name, 'a"b')
eleven = "{}".format(name, total)
twelve = "a" "b %s" % (name,)
thirteen = b"%s" % (b"x",)
fourteen = "%5s" % (name,)
fifteen = "{0} {0}".format(len(name))
sixteen = "{} {x}".format(name, x="q")
seventeen = "%s{}" % (name if total else 1,)
eighteen = f"{'%s' % (name,)}"
logging.info("%s", name)
"""

_EXPECTED_FORMATS = """\
import logging
name, total, width = "x", 2.5, {"a": 1}
one = f"{name} has {total}"
two = f"{name} and {total}"
three = f"{name!r:>8} {total.real:.2f} {{}}"
four = f"{name!r} costs {total:.2f}, 100%"
five = f"{len(name)}"
six = f'it\\'s {name}'
seven = "%s" % name
eight = "%d" % total
nine = "%(a)s" % width
ten = "%s %s" % (name, 'a"b')
eleven = "{}".format(name, total)
twelve = "a" "b %s" % (name,)
thirteen = b"%s" % (b"x",)
fourteen = "%5s" % (name,)
fifteen = "{0} {0}".format(len(name))
sixteen = "{} {x}".format(name, x="q")
seventeen = f"{(name if total else 1)}{{}}"
eighteen = f"{'%s' % (name,)}"
logging.info("%s", name)"""

_SECONDS = '''\
"""Times."""

import os
from typing import Literal


def hours(seconds: Literal[3600, 1] = 3600):
    """Not 3600."""
    match seconds:
        case 3600:
            return f"{3600}"
    return seconds / 3600


def other():
    return 3600
'''

_GO = """\
package main

import (
	"os"
	"github.com/x/y"
	"fmt"
)

func Wait() {
	fmt.Println(os.Args, y.Z, 30, "30", 300)
}
"""

_SCRIPT = """\
import { b } from "./b";
import fs from "node:fs";
import { a } from "@lib/a";

var limit = 10;
var count = 0;
count += 1;
if (limit) { var inner = 1; }
console.log(inner, count, limit);
for (var i = 0; i < limit; i++) {}

export class Cart {
  total(factor) {
    return this.items.length * factor;
  }
  /** Told. */
  size() { return 1; }
}
"""

_DOCSTRINGS = """\
class Order:
    def total_price(self, items, *rest):
        # sum
        if not items:
            raise ValueError
        return 1

    def told(self):
        'Told.'

def one(): return 1
"""

_DOCSTRINGS_AFTER = '''\
class Order:
    def total_price(self, items, *rest):
        """Total price.

        Args:
            items: The items.
            *rest: The rest.

        Returns:
            The total price.

        Raises:
            ValueError: If it can't be done.
        """
        # sum
        if not items:
            raise ValueError
        return 1

    def told(self):
        'Told.'

def one(): return 1
'''

_HINTS = """\
def f(a, b=1, *, c='x', d=None, e=-1.5, g: int=2):
    return not a


def h(x=True):
    if x:
        return 1


def i():
    print()


def j():
    yield 1


def k(x):
    if x:
        return 'a'
    else:
        raise ValueError
"""

_HINTS_AFTER = """\
def f(a, b: int = 1, *, c: str = 'x', d=None, e: float = -1.5, g: int=2) -> bool:
    return not a


def h(x: bool = True):
    if x:
        return 1


def i() -> None:
    print()


def j():
    yield 1


def k(x) -> str:
    if x:
        return 'a'
    else:
        raise ValueError
"""

_UNUSED = """\
import os
import sys
from json import dumps, loads
from re import (
    match,
    search,
)
import ast  # noqa
from math import *
import a.b

__all__ = ['sys']
print(loads, search)
"""

_UNUSED_AFTER = """\
import sys
from json import loads
from re import (
    search,
)
import ast  # noqa
from math import *

__all__ = ['sys']
print(loads, search)
"""

_IMPORTS = '''\
"""Doc."""
from .x import y
import zlib
# why
import requests
from shop import b, A, C_D
import os
from __future__ import annotations
import os

x = 1
import sys
import abc
'''

_IMPORTS_AFTER = '''\
"""Doc."""
from __future__ import annotations

import os
import zlib

# why
import requests

from shop import C_D, A, b

from .x import y

x = 1
import abc
import sys
'''

CASES: tuple[tuple[str, str, str, str, tuple[int, int] | None, str], ...] = (
    ("percent and format", "a.py", "Use f-strings here", _FORMATS, None, _EXPECTED_FORMATS),
    (
        "only the chosen lines",
        "a.py",
        "turn into f-strings",
        'a = "{}".format(b)\nc = "{}".format(d)\n',
        (2, 2),
        'a = "{}".format(b)\nc = f"{d}"',
    ),
    (
        "a number of the chosen function",
        "a.py",
        "extract the constant 3600 as SECONDS_PER_HOUR",
        _SECONDS,
        (7, 12),
        _SECONDS.replace("] = 3600", "] = SECONDS_PER_HOUR")
        .replace("seconds / 3600", "seconds / SECONDS_PER_HOUR")
        .replace("import Literal\n", "import Literal\n\nSECONDS_PER_HOUR = 3600\n")
        .removesuffix("\n"),
    ),
    (
        "a constant without a name",
        "a.py",
        "Extract a constant",
        "import os\ndef f():\n    return os.wait(timeout=2.75)\n",
        (3, 3),
        "import os\n\nTIMEOUT = 2.75\n\ndef f():\n    return os.wait(timeout=TIMEOUT)",
    ),
    (
        "a string",
        "a.py",
        "extract the string 'utf-8' into a constant called ENCODING",
        "#!/usr/bin/python\nopen('x', encoding='utf-8').read('utf-8x')\n",
        None,
        "#!/usr/bin/python\nENCODING = 'utf-8'\n\nopen('x', encoding=ENCODING).read('utf-8x')",
    ),
    (
        "a number in Go",
        "main.go",
        "extract the number 30 as Limit",
        _GO,
        None,
        _GO.replace("y.Z, 30,", "y.Z, Limit,").replace(")\n\nfunc", ")\n\nconst Limit = 30\n\nfunc").rstrip(),
    ),
    (
        "docstrings",
        "a.py",
        "add docstrings",
        _DOCSTRINGS,
        None,
        _DOCSTRINGS_AFTER.rstrip(),
    ),
    (
        "comments in TypeScript",
        "cart.ts",
        "document this",
        _SCRIPT,
        None,
        _SCRIPT.replace(
            "  total(",
            "  /**\n   * Total.\n   * @param factor The factor.\n   * @returns The total.\n   */\n  total(",
        ).rstrip(),
    ),
    (
        "comments in Go",
        "main.go",
        "write doc comments",
        _GO,
        None,
        _GO.replace("func Wait", "// Wait does what its name says.\nfunc Wait").rstrip(),
    ),
    (
        "hints",
        "a.py",
        "add type hints where literal",
        _HINTS,
        None,
        _HINTS_AFTER.rstrip(),
    ),
    (
        "unused imports",
        "a.py",
        "remove the unused imports",
        _UNUSED,
        None,
        _UNUSED_AFTER.rstrip(),
    ),
    (
        "imports",
        "shop/a.py",
        "Sort imports",
        _IMPORTS,
        None,
        _IMPORTS_AFTER.rstrip(),
    ),
    (
        "imports of TypeScript",
        "cart.ts",
        "organize imports",
        _SCRIPT,
        None,
        _SCRIPT.replace(
            _SCRIPT[: _SCRIPT.index("\n\nvar")],
            'import fs from "node:fs";\n\nimport { a } from "@lib/a";\n\nimport { b } from "./b";',
        ).rstrip(),
    ),
    (
        "imports of Go",
        "main.go",
        "sort the imports",
        _GO,
        None,
        _GO.replace('\t"os"\n\t"github.com/x/y"\n\t"fmt"', '\t"fmt"\n\t"os"\n\n\t"github.com/x/y"').rstrip(),
    ),
    (
        "var",
        "cart.js",
        "replace var by const or let",
        _SCRIPT,
        None,
        _SCRIPT.replace("var limit", "const limit").replace("var count", "let count").rstrip(),
    ),
)


@pytest.mark.parametrize(
    ("path", "instruction", "text", "lines", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_a_refactor_makes_this(
    path: str, instruction: str, text: str, lines: tuple[int, int] | None, expected: str
) -> None:
    """The whole file afterwards; what could change what the code does stays."""
    outcome = refactored({path: text}, path, instruction, lines)
    assert isinstance(outcome, dict), outcome
    assert outcome[path] == expected
    if path.endswith(".py"):
        ast.parse(outcome[path])


def test_formats_give_the_same_text() -> None:
    """What the f-strings of the first case evaluate to is what the old code did."""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    exec(_FORMATS, before)
    exec(_EXPECTED_FORMATS, after)
    for namespace in (before, after):
        del namespace["__builtins__"]
    assert before == after


DECLINED: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "several literals",
        "a.py",
        "extract a constant",
        "x = f(17, 18)\n",
        "Several literals could be meant: ",
    ),
    ("no such literal", "a.py", "extract the constant 5 as FIVE", "x = 6\n", "`5` doesn't stand there"),
    ("a name that is there", "a.py", "extract 5 as x", "x = 5\n", "`x` stands already"),
    ("no Python", "a.py", "use f-strings", "x = = 1\n", "no Python that I can parse"),
    ("a language without", "a.rs", "sort imports", "use b;\nuse a;\n", "only"),
    ("a package's imports", "p/__init__.py", "remove unused imports", "import os\n", "meant for others"),
)


@pytest.mark.parametrize(
    ("path", "instruction", "text", "reason"),
    [case[1:] for case in DECLINED],
    ids=[case[0] for case in DECLINED],
)
def test_what_can_not_be_done_safely_is_declined(path: str, instruction: str, text: str, reason: str) -> None:
    """With a sentence that says why."""
    assert reason in reason_of(refactored({path: text}, path, instruction))


def test_an_import_that_another_file_takes_stays() -> None:
    """Nothing in the file uses it, another module imports it from there."""
    files = {"a.py": "import os\nimport sys\n", "b.py": "from a import os\n"}
    outcome = refactored(files, "a.py", "remove unused imports")
    assert isinstance(outcome, dict)
    assert outcome["a.py"] == "import os"


def test_every_refactor_knows_its_own_example() -> None:
    """The examples that an unknown instruction is answered with mean what they say."""
    for one in REFACTORS:
        known = refactor_for(one.example)
        assert known is not None
        assert known[0] is one


@pytest.mark.parametrize(
    "instruction", ["make it faster", "Fix: undefined name x", "split this function", "translate to Rust"]
)
def test_an_unknown_instruction_is_none_of_them(instruction: str) -> None:
    """It is never taken for one that it isn't."""
    assert refactor_for(instruction) is None
