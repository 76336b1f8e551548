"""Copied as `sitecustomize.py` to where a verify command's Pythons find it first (the `site` module).

An editable install leads to the real tree, in an environment that the copy shares: what it put into
`sys.path`, and what its finders map names to, is led into the copy, in the same order. Whatever
`sitecustomize` the Python has runs as before. Written for any Python 3, whichever the project uses.
"""

import os
import sys

_REAL = os.environ.get("LAKEWRIGHT_VERIFY_ROOT", "")
_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib costs every start
_COPY = os.path.join(os.path.dirname(_HERE), "tree", os.path.basename(_REAL))  # noqa: PTH118, PTH119, PTH120 - likewise


def _moved(path: object) -> object:
    """The path in the copy of one in the real tree, where the copy holds it itself; else the same."""
    if not isinstance(path, str) or not os.path.isabs(path):  # noqa: PTH117 - likewise
        return path
    true = os.path.realpath(path)
    if not (true + os.sep).startswith(_REAL + os.sep):
        return path
    there = _COPY + true[len(_REAL) :]
    held = os.path.realpath(there) + os.sep
    return there if os.path.exists(there) and held.startswith(_COPY + os.sep) else path  # noqa: PTH110 - likewise


def _lead(names: object) -> None:
    """Lead the paths in the dictionaries among these values into the copy."""
    for table in list(getattr(names, "values", list)()):
        if not isinstance(table, dict):
            continue
        for key, value in list(table.items()):
            many = isinstance(value, (list, tuple, set))
            table[key] = type(value)(map(_moved, value)) if many else _moved(value)


def _run_the_next() -> None:
    """The `sitecustomize` that this one stands before, where there is one."""
    from importlib.machinery import PathFinder  # noqa: PLC0415 - after the paths are right

    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        return
    from importlib.util import module_from_spec  # noqa: PLC0415 - slow, and seldom needed

    module = sys.modules["sitecustomize"] = module_from_spec(spec)
    spec.loader.exec_module(module)


if _REAL and __name__ == "sitecustomize":
    sys.path[:] = [str(_moved(path)) for path in sys.path if path != _HERE]
    for _finder in sys.meta_path:
        _module = getattr(_finder, "__module__", None) or type(_finder).__module__
        _lead(getattr(_finder, "__dict__", {}))
        if _module.startswith("__editable__"):
            _lead(vars(sys.modules[_module]))
    for _package in list(sys.modules.values()):
        if isinstance(getattr(_package, "__path__", None), list):
            _package.__path__[:] = [str(_moved(path)) for path in _package.__path__]
    _run_the_next()
