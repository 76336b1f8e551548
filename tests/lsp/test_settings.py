"""The settings of a session: from what a client gives, in every way it can, to what a run works with."""

import asyncio
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lakewright.errors import ConfigError
from lakewright.lsp.client import ClientError
from lakewright.lsp.settings import ClientSettings, tree_of
from support_lsp_client import ErrorAnswerError, in_process
from support_lsp_settings import PULLS, ToldClient
from support_settings import Sources

_REGISTERS = {"workspace": {"didChangeConfiguration": {"dynamicRegistration": True}}}


async def _thinking(settings: ClientSettings, root: Path | None = None) -> object:
    return (await settings.loaded(root)).settings.thinking


@pytest.mark.parametrize(
    ("given", "tree"),
    [
        ({"thinking": "low"}, {"thinking": "low"}),
        ({"lakewright": {"thinking": "low"}}, {"thinking": "low"}),
        ({"lakewright": {"thinking": "low"}, "other": {"thinking": "high"}}, {"thinking": "low"}),
        ({"lakewright": None}, {}),
        ({"lakewright": [1]}, {}),
        (None, {}),
        ([{"thinking": "low"}], {}),
        ("thinking", {}),
    ],
)
def test_the_tree_stands_by_itself_or_under_our_name(given: object, tree: object) -> None:
    """Both forms mean the same, and anything else means nothing."""
    assert tree_of(given) == tree


@pytest.mark.parametrize(
    ("capabilities", "options", "pull", "push", "expected"),
    [
        ({}, {}, None, None, None),
        ({}, {"thinking": "low"}, None, None, "low"),
        ({}, {"thinking": "low"}, None, {"thinking": "high"}, "high"),
        ({}, {"thinking": "low"}, None, {"lakewright": {"thinking": "high"}}, "high"),
        ({}, {"thinking": "low"}, None, {"thinking": None}, "low"),
        (PULLS, {"thinking": "low"}, {"thinking": "high"}, None, "high"),
        (PULLS, {"thinking": "low"}, {"thinking": None}, None, "low"),
        (PULLS, {"thinking": "low"}, None, None, "low"),
        (PULLS, {"thinking": "low"}, {}, {"thinking": "high"}, "low"),
        (PULLS, {}, {"thinking": "medium"}, {"thinking": "high"}, "medium"),
        (PULLS, {"thinking": "low"}, "nonsense", None, "low"),
        (PULLS, {"thinking": "low"}, ClientError("no"), None, "low"),
    ],
)
async def test_which_of_the_clients_own_words_holds(
    *, capabilities: Mapping[str, Any], options: Mapping[str, Any], pull: Any, push: Any, expected: object
) -> None:
    """What is pulled beats what came at the start; a payload counts where nothing can be pulled."""
    settings = ClientSettings(ToldClient(capabilities, pull), options, environ={})
    if push is not None:
        settings.changed({"settings": push})
    assert await _thinking(settings) == expected


@pytest.mark.parametrize("capabilities", [{}, PULLS])
async def test_what_a_repository_may_set_in_an_editor_does_not_count(capabilities: Mapping[str, Any]) -> None:
    """Eglot takes its settings from a stranger's `.dir-locals.el` without a question: none of them is asked
    for or taken, which is said once.
    """
    hostile = {"edits": {"verify": "touch /tmp/owned"}, "host": "https://elsewhere.example"}
    client = ToldClient(capabilities, hostile)
    settings = ClientSettings(client, {"thinking": "low"}, environ={}, name="Eglot")
    settings.changed({"settings": {"lakewright": hostile}})
    settings.changed({"settings": {"lakewright": hostile}})
    loaded = (await settings.loaded(None)).settings
    assert (loaded.edits.verify, loaded.host, loaded.thinking) == (None, None, "low")
    assert client.asked == []
    [warning] = client.warnings
    assert "eglot-workspace-configuration" in warning


@pytest.mark.parametrize("params", [None, {}, {"settings": None}, {"settings": 3}, [], "x"])
async def test_a_change_without_settings_takes_them_back(params: object) -> None:
    """What was pushed holds until something else is pushed."""
    settings = ClientSettings(ToldClient(), {}, environ={})
    settings.changed({"settings": {"thinking": "high"}})
    assert await _thinking(settings) == "high"
    settings.changed(params)
    assert await _thinking(settings) is None


async def test_settings_are_asked_for_once_a_folder_until_they_change(tmp_path: Path) -> None:
    """Each root by the URI that the client gave it; nothing again before it says that something changed."""
    root = (tmp_path / "a b").resolve()
    root.mkdir()
    link = tmp_path / "link"
    link.symlink_to(root)
    client = ToldClient(PULLS, {"thinking": "low"}, {"thinking": "low"}, {"thinking": "high"})
    settings = ClientSettings(client, {}, folders=lambda: [link.as_uri()], environ={})
    scoped = [{"scopeUri": link.as_uri(), "section": "lakewright"}]
    for _ in range(2):
        assert [await _thinking(settings, root), await _thinking(settings)] == ["low", "low"]
    assert client.pulled == [scoped, [{"section": "lakewright"}]]
    settings.changed({"settings": None})
    assert await _thinking(settings, root) == "high"
    assert client.pulled[2:] == [scoped]


async def test_settings_that_change_while_they_are_asked_for_are_asked_for_again() -> None:
    """A run never works with an answer that is older than the change before it."""
    old: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    client = ToldClient(PULLS, old, {"thinking": "high"})
    settings = ClientSettings(client, {}, environ={})
    waiting = asyncio.create_task(_thinking(settings))
    while not client.asked:  # noqa: ASYNC110 - a few rounds of the loop
        await asyncio.sleep(0)
    settings.changed(None)
    assert await waiting == "high"


async def test_a_client_that_does_not_answer_holds_up_nothing() -> None:
    """The run goes on with the other sources; an answer that comes late holds from the next run on."""
    late: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    settings = ClientSettings(ToldClient(PULLS, late), {"thinking": "low"}, environ={}, patience=0)
    assert await _thinking(settings) == "low"
    late.set_result({"thinking": "high"})
    await asyncio.sleep(0)
    assert await _thinking(settings) == "high"
    settings.close()


async def test_a_client_that_never_answers_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once its time is over, no run, step of a run or other folder waits again."""
    waited: list[float | None] = []
    wait = asyncio.wait

    async def noted(tasks: Iterable[asyncio.Task[Any]], *, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - as asyncio.wait has it
        waited.append(timeout)
        return await wait(tasks, timeout=timeout)

    monkeypatch.setattr(asyncio, "wait", noted)
    never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    settings = ClientSettings(ToldClient(PULLS, never), {"thinking": "low"}, environ={}, patience=0.01)
    for root in (None, None, tmp_path, None, tmp_path):
        assert await _thinking(settings, root) == "low"
    first, *others = waited
    assert first is not None
    assert first > 0
    assert others == [0.0] * 4
    settings.close()


async def test_unchanged_settings_are_read_once_and_changed_files_at_once(tmp_path: Path) -> None:
    """Between runs nothing is read again, until the user's or the project's file is another."""
    sources = Sources(tmp_path)
    user, project = sources.user("thinking: low\n"), sources.project("limits: {turns: 3}\n")
    settings = ClientSettings(ToldClient(), {}, environ=sources.environ)
    heard: list[str] = []
    settings.on_change.append(lambda: heard.append("changed"))
    first = await settings.loaded(sources.root)
    assert await settings.loaded(sources.root) is first
    assert heard == []
    user.write_text("thinking: high\n")
    os.utime(user, ns=(1, 1))
    second = await settings.loaded(sources.root)
    assert (second.settings.thinking, second.settings.limits.turns) == ("high", 3)
    assert heard == ["changed"]
    project.unlink()
    assert (await settings.loaded(sources.root)).settings.limits.turns == 25


async def test_each_warning_is_shown_once(tmp_path: Path) -> None:
    """Wrong settings of client and project are named one by one, not at every run."""
    sources = Sources(tmp_path)
    sources.project("host: https://a.example\n")
    client = ToldClient()
    settings = ClientSettings(client, {"thinkin": "low", "sandbox": "x"}, environ=sources.environ)
    for _ in range(3):
        await settings.loaded(sources.root)
        await settings.loaded(None)
        settings.changed({"settings": {"thinkin": "low"}})
    named = ["`host` may not be set by a project", "`sandbox` should be", "`thinkin` is not a setting"]
    assert len(client.warnings) == len(named)
    assert all(any(name in warning for warning in client.warnings) for name in named)


@pytest.mark.parametrize(
    "given", [3, "low", [{"thinking": "low"}], {"lakewright": "low"}, {"lakewright": True}]
)
async def test_what_is_no_object_of_settings_is_named_once_with_its_origin(given: object) -> None:
    """It counts for nothing, by whichever way it came."""
    by_origin = {
        "initializationOptions": (ToldClient(), given, None),
        "workspace/configuration": (ToldClient(PULLS, given), {}, None),
        "workspace/didChangeConfiguration": (ToldClient(), {}, given),
    }
    for origin, (client, options, pushed) in by_origin.items():
        settings = ClientSettings(client, options, environ={})
        for _ in range(2):
            settings.changed({"settings": pushed})
            assert await _thinking(settings) is None
        assert client.warnings == [f"Settings in `{origin}` should be an object; they were left out."]


@pytest.mark.parametrize("given", [None, [], {}, {"lakewright": None}, {"lakewright": []}])
async def test_no_settings_are_nothing_to_warn_of(given: object) -> None:
    """Lua sends an empty object as an empty array."""
    client = ToldClient(PULLS, given)
    settings = ClientSettings(client, given, environ={})
    settings.changed({"settings": given})
    assert await _thinking(settings) is None
    assert client.warnings == []


async def test_a_mistake_of_the_users_own_file_is_the_runs_error_until_it_is_mended(tmp_path: Path) -> None:
    """It raises with file and line, and the next run reads the file again."""
    sources = Sources(tmp_path)
    user = sources.user("thinking: hard\n")
    settings = ClientSettings(ToldClient(), {}, environ=sources.environ)
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"config\.yaml:1"):
            await settings.loaded(None)
    user.write_text("thinking: high\n")
    assert await _thinking(settings) == "high"


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"statusNotifications": True}, True),
        ({"lakewright": {"statusNotifications": True}}, True),
        ({"statusNotifications": True, "lakewright": {"thinking": "low"}}, True),
        ({"statusNotifications": "yes"}, False),
        ({}, False),
    ],
)
async def test_status_notifications_are_asked_for_beside_the_settings(
    options: Mapping[str, Any], *, wanted: bool
) -> None:
    """In both forms of the tree, and it is no unknown setting."""
    client = ToldClient()
    settings = ClientSettings(client, options, environ={})
    assert settings.wants("statusNotifications") is wanted
    await settings.loaded(None)
    assert client.warnings == []


@pytest.mark.parametrize(("capabilities", "count"), [(_REGISTERS, 1), (PULLS, 0), ({}, 0)])
async def test_word_of_changes_is_asked_for_where_the_client_can(
    capabilities: Mapping[str, Any], count: int
) -> None:
    """Dynamic registration, with our section, and only where it is declared."""
    client = ToldClient(capabilities, {})
    await ClientSettings(client, {}, environ={}).watch()
    (registrations,) = [params["registrations"] for _, params in client.asked] or [[]]
    expected = {"method": "workspace/didChangeConfiguration", "registerOptions": {"section": "lakewright"}}
    assert [{key: one[key] for key in expected} for one in registrations] == [expected] * count


async def test_a_session_takes_changed_settings_without_a_restart() -> None:
    """Over the protocol: pulled at the first need, and again after the client's word of a change."""
    settings: dict[str, Any] = {"sandbox": True, "nope": 1}
    capabilities = {"workspace": {"configuration": True, **_REGISTERS["workspace"]}}
    async with in_process(capabilities=capabilities) as client:
        client.replies["workspace/configuration"] = lambda _params: [dict(settings)]
        assert (await client.execute("status"))["state"] == "sandbox"
        settings["sandbox"] = None
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        with pytest.raises(ErrorAnswerError, match="No Databricks host is set up"):
            await client.execute("models")
        assert len(client.received("workspace/configuration")) == 2
        assert (await client.execute("status"))["state"] == "needsSetup"
        (warning,) = client.received("window/showMessage")
        assert warning == {
            "type": 2,
            "message": "editor settings: `nope` is not a setting; it was left out.",
        }
        registered = client.received("client/registerCapability")
        assert [one["method"] for one in registered[0]["registrations"]] == [
            "workspace/didChangeConfiguration"
        ]
