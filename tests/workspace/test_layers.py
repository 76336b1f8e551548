"""Texts over texts, which change while they are read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lakewright.staging.verify import verify
from lakewright.workspace.jobs import names_job
from lakewright.workspace.layers import Layered, as_they_are
from support_workspace import workspace_of, write_tree


class _Closing(dict[str, str]):
    """Buffers of which one is closed while their names are gone through."""

    def __iter__(self) -> Iterator[str]:
        names = list(super().__iter__())
        self.pop("closed.py", None)
        return iter(names)


def _closing() -> _Closing:
    return _Closing({"closed.py": "one", "open.py": "two"})


def test_the_upper_text_hides_the_lower_one() -> None:
    """Each look-up sees both as they are then."""
    upper: dict[str, str] = {}
    lower = {"a": "1", "b": "2"}
    both = Layered(upper, lower)
    assert dict(both) == {"a": "1", "b": "2"}
    upper |= {"b": "22", "c": "33"}
    lower["d"] = "4"
    assert (dict(both), len(both)) == ({"a": "1", "b": "22", "d": "4", "c": "33"}, 4)
    assert "c" in both
    del upper["b"]
    assert both["b"] == "2"
    with pytest.raises(KeyError):
        both["e"]


def test_a_document_may_be_closed_while_all_are_read(tmp_path: Path) -> None:
    """A search then goes without it, as if it had begun a moment later."""
    assert as_they_are(Layered({}, _closing())) == {"open.py": "two"}
    workspace = workspace_of(write_tree(tmp_path, {"a.py": "x"}), overlay=_closing())
    job = names_job(workspace, "x", 10)
    assert job["workspace"]["members"][0]["overlay"] == {"open.py": "two"}


async def test_a_document_may_be_closed_while_the_tree_is_copied(tmp_path: Path) -> None:
    """The copy holds it as it is on disk."""
    tree = write_tree(tmp_path / "shop", {"closed.py": "disk", "open.py": "disk"})
    verified = await verify("cat closed.py open.py", [], workspace_of(tree, overlay=_closing()))
    assert verified.output == "disktwo"
