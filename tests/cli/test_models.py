"""`lakewright models` against the simulated host."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lakewright.wire.listing import ListedEndpoint
from lakewright.wiring import Models, RoleShown
from support_cli import lakewright, result

TABLE = """\
http://127.0.0.1:PORT (the simulated host)

ENDPOINT                      READY  THINKING  TOOLS  CONTEXT  ROLES
databricks-claude-opus-5-5    yes    adaptive  yes    1M       explain
databricks-claude-sonnet-5-5  yes    adaptive  yes    1M
databricks-claude-opus-5      yes    adaptive  yes    1M
"""
WHY = """\
explain   databricks-claude-opus-5-5   the best that the host lists
refactor  databricks-claude-opus-4-5   roles.refactor
complete  databricks-claude-haiku-5-5  the best that the host lists
"""


def _models(*arguments: str, cwd: Path) -> list[dict[str, Any]]:
    found = result(lakewright("models", "--sandbox", "--format", "json", *arguments, cwd=cwd))
    assert list(found) == ["models"]
    return list(found["models"])


def test_the_table_for_people(tmp_path: Path) -> None:
    """Best first, with the roles marked, and below them which endpoint each role uses and why."""
    environ = {"LAKEWRIGHT_ROLES__REFACTOR": "databricks-claude-opus-4-5"}
    done = lakewright("models", "--sandbox", cwd=tmp_path, environ=environ)
    shown = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", done.stdout.decode())
    # The two ends are pinned; between them stands every family that the simulated host has.
    roles = shown.split("\n\n")[1]
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown.startswith(TABLE)
    assert shown.endswith(WHY)
    assert re.search(r"^databricks-claude-opus-4-5 .* manual +yes +200k +refactor$", roles, re.MULTILINE)
    assert "(2 more with --all" in shown


def test_json_holds_the_contract_keys(tmp_path: Path) -> None:
    """Each model has the keys that the language server answers with; the best is first."""
    first, *rest = _models(cwd=tmp_path)
    assert first == {
        "endpoint": "databricks-claude-opus-5-5",
        "task": "llm/v1/chat",
        "ready": True,
        "thinking": "adaptive",
        "tools": True,
        "contextWindow": 1_000_000,
        "roles": ["explain", "refactor"],
    }
    assert all(list(model) == list(first) for model in rest)
    assert [model["endpoint"] for model in rest if model["roles"]] == ["databricks-claude-haiku-5-5"]


def test_ndjson_is_one_result_line(tmp_path: Path) -> None:
    """The object is the only event."""
    done = lakewright("models", "--sandbox", "--format", "ndjson", cwd=tmp_path)
    (line,) = done.stdout.splitlines()
    assert list(json.loads(line)) == ["event", "models"]
    assert json.loads(line)["event"] == "result"


def test_all_shows_what_is_not_ready_or_for_other_tasks(tmp_path: Path) -> None:
    """They stand last, and what can't be known of them is null."""
    usual = {model["endpoint"] for model in _models(cwd=tmp_path)}
    everything = _models("--all", cwd=tmp_path)
    last = everything[-2:]
    assert {model["endpoint"] for model in everything} - usual == {model["endpoint"] for model in last}
    assert [(model["ready"], model["task"]) for model in last] == [
        (False, "llm/v1/chat"),
        (True, "llm/v1/embeddings"),
    ]
    assert all(model[key] is None for model in last for key in ("thinking", "tools", "contextWindow"))


def test_failures_say_what_to_do(tmp_path: Path) -> None:
    """Without a host: the sentence and the hint, exit 3, one object with JSON."""
    text = lakewright("models", cwd=tmp_path)
    done = lakewright("models", "--format", "json", cwd=tmp_path)
    assert (text.returncode, text.stdout, done.returncode) == (3, b"", 3)
    assert text.stderr.startswith(b"error: ")
    assert result(done)["error"]["kind"] == "config"


def test_a_fault_needs_the_sandbox(tmp_path: Path) -> None:
    """It would be silently without effect otherwise."""
    assert lakewright("models", "--fault", "429", cwd=tmp_path).returncode == 2


HOST = "https://h.test"


def _rows(*endpoints: ListedEndpoint, explain: RoleShown) -> list[tuple[str, bool | None, tuple[str, ...]]]:
    nothing = RoleShown(None, HOST, "the best that the host lists")
    roles = {"explain": explain, "refactor": nothing, "complete": nothing}
    found = Models(HOST, "somewhere", endpoints, roles)  # type: ignore[arg-type] # keys are Role
    return [(row.endpoint, row.ready, row.roles) for row in found.rows()]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (RoleShown("other", HOST, "--model"), [("listed", True, ()), ("other", None, ("explain",))]),
        (RoleShown("starting", HOST, "--model"), [("listed", True, ()), ("starting", False, ("explain",))]),
        (RoleShown("listed", "https://elsewhere.test", "models"), [("listed", True, ())]),
    ],
    ids=["unlisted", "not-ready", "on-another-host"],
)
def test_what_a_role_uses_is_always_shown(
    role: RoleShown, expected: list[tuple[str, bool | None, tuple[str, ...]]]
) -> None:
    """Also when the host doesn't list it or it isn't ready; on another host it is none of this one's."""
    listed = ListedEndpoint("listed", "llm/v1/chat", True, None)
    starting = ListedEndpoint("starting", "llm/v1/chat", False, None)
    assert _rows(listed, starting, explain=role) == expected
