"""The deny list."""

from pathlib import Path

import pytest

from lakewright.workspace.denied import FOLDERS, NAMES, why_denied

_DENIED = (Path(__file__).parent / "denied.txt").read_text().split()
_ALLOWED = (Path(__file__).parent / "allowed.txt").read_text().split()


@pytest.mark.parametrize("path", _DENIED)
def test_secrets_are_denied(path: str) -> None:
    """Files that hold secrets by their name are denied at the top, deep down and in capitals."""
    names = path.split("/")
    assert why_denied((), names)
    assert why_denied((), ["deep", "down", *names])
    assert why_denied((), [name.upper() for name in names])


@pytest.mark.parametrize("path", _ALLOWED)
def test_code_is_not_denied(path: str) -> None:
    """Source files and ordinary configuration stay readable."""
    assert why_denied((), path.split("/")) is None


def test_a_root_in_a_folder_of_keys_opens_nothing() -> None:
    """Making such a folder the root is no way round the list."""
    assert why_denied(("home", "me", ".ssh"), ("config",)) == "folder of keys"
    assert why_denied(("home", "me", ".docker"), ("config.json",)) == "credentials of a program"


def test_another_form_of_unicode_is_no_way_round() -> None:
    """Letters that fold to those of the list are the same letters."""
    assert why_denied((), ["\u212aubeconfig"])  # the Kelvin sign
    assert why_denied((), ["\u017fecrets.yml"])  # a long s


def test_the_list_is_at_least_as_long_as_the_best_peers() -> None:
    """The best peer counts about 60 patterns."""
    patterns = [one for table in (NAMES, FOLDERS) for row in table.values() for one in row.split()]
    assert len(patterns) == len(set(patterns)) >= 120


def test_a_folder_is_judged_by_its_own_name_only_with_a_dot() -> None:
    """A package named `secrets` is code; a folder named `.envs` is not."""
    assert why_denied((), ("secrets",), is_folder=True) is None
    assert why_denied((), (".envs",), is_folder=True)
