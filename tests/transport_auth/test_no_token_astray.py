"""Every source of a host crossed with every source of a credential: no token goes to another's host.

Three real servers stand for the hosts. Each secret has its owner's name in it, so that whatever a host
records can be judged by itself.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from lakewright import wiring
from lakewright.errors import ConfigError
from lakewright.serving import list_endpoints
from lakewright.settings.credentials import choose_host
from lakewright.settings.model_choice import ModelChoice, choose_model
from lakewright.settings.origins import Loaded
from lakewright.wiring import SandboxOptions
from support_settings import RecordingHost, Sources


@dataclass(slots=True)
class Stage:
    """What a combination of sources is put together from."""

    sources: Sources
    urls: dict[str, str]
    user: dict[str, str]

    def done(self) -> Sources:
        """Write the user's file."""
        self.sources.user("".join(self.user.values()))
        return self.sources


Step = Callable[[Stage], None]


def _profiles(urls: dict[str, str]) -> str:
    return f"""
[DEFAULT]
host = {urls["c"]}
token = pat-c

[a]
host = {urls["a"]}
token = pat-a

[b-machine]
host = {urls["b"]}
client_id = id-b
client_secret = secret-b

[c-bare]
host = {urls["c"]}
auth_type = pat
"""


def _flag(name: str, value: str) -> Step:
    return lambda stage: stage.sources.flags.__setitem__(name, value.format(**stage.urls))


def _variables(**named: str) -> Step:
    return lambda stage: stage.sources.environ.update(
        {name: value.format(**stage.urls) for name, value in named.items()}
    )


def _user(key: str, text: str) -> Step:
    return lambda stage: stage.user.__setitem__(key, text.format(**stage.urls))


NAMING_A_HOST: dict[str, Step] = {
    "no source": lambda _: None,
    "--profile": _flag("profile", "a"),
    "--host": _flag("host", "{a}"),
    "--host of a profile with a secret": _flag("host", "{b}/?o=1"),
    "LAKEWRIGHT_PROFILE": _variables(LAKEWRIGHT_PROFILE="b-machine"),
    "LAKEWRIGHT_HOST": _variables(LAKEWRIGHT_HOST="{a}/serving-endpoints"),
    "DATABRICKS_HOST": _variables(DATABRICKS_HOST="{a}"),
    "DATABRICKS_CONFIG_PROFILE": _variables(DATABRICKS_CONFIG_PROFILE="a"),
    "a profile without credentials": _variables(DATABRICKS_CONFIG_PROFILE="c-bare"),
    "profile in the user's file": _user("profile", "profile: b-machine\n"),
    "host in the user's file": _user("host", "host: {a}\n"),
    "a model without key": _user("models", "models: [{{name: m, model: e, apiBase: '{a}'}}]\n"),
    "a project's file": lambda stage: _hostile_project(stage),  # noqa: PLW0108 - defined below
}
HOLDING_A_CREDENTIAL: dict[str, Step] = {
    "no source": lambda _: None,
    "DATABRICKS_TOKEN alone": _variables(DATABRICKS_TOKEN="pat-free"),
    "DATABRICKS_* token": _variables(DATABRICKS_HOST="{b}", DATABRICKS_TOKEN="pat-b"),
    "DATABRICKS_* client": _variables(
        DATABRICKS_HOST="{b}", DATABRICKS_CLIENT_ID="id-b", DATABRICKS_CLIENT_SECRET="secret-b"
    ),
    "client alone": _variables(DATABRICKS_CLIENT_ID="id-free", DATABRICKS_CLIENT_SECRET="secret-free"),
    "AYE_DBX_*": _variables(AYE_DBX_API_URL="{b}/serving-endpoints", AYE_DBX_API_KEY="pat-b-aye"),
    "AYE_DBX_API_KEY alone": _variables(AYE_DBX_API_KEY="pat-nobody"),
    "a model with key": _user(
        "models", "models: [{{name: m, model: e, apiBase: '{b}', apiKey: pat-b-model}}]\n"
    ),
    "a model's key alone": _user("models", "models: [{{name: m, model: e, apiKey: pat-file}}]\n"),
}
_MAY_PAIR = {
    "free": ("--host", "--host of a profile with a secret", "LAKEWRIGHT_HOST", "DATABRICKS_HOST"),
    "file": ("host in the user's file",),
}
"""Credentials that name no host of their own, and the hosts they may go to: those of their own source, and
for variables the one that the user names for this very call."""


def _hostile_project(stage: Stage) -> None:
    stage.sources.project(f"host: {stage.urls['a']}\nprofile: a\nroles: {{explain: m}}\nmodels: []\n")


@pytest.fixture
async def hosts() -> AsyncIterator[dict[str, RecordingHost]]:
    """Three hosts, a, b and c."""
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(RecordingHost(name).listening()) for name in "abc"}


def _stage(tmp_path: Path, urls: dict[str, str], *steps: Step) -> Sources:
    stage = Stage(Sources(tmp_path), urls, {})
    stage.sources.profiles(_profiles(urls))
    for step in steps:
        step(stage)
    return stage.done()


def _astray(name: str, texts: Iterable[str]) -> list[str]:
    """Those of the texts that came to the host `name` and hold a secret of another, or of nobody."""
    foreign = {*"abc", "nobody"} - {name}
    kinds = ("pat", "secret", "minted")
    return [text for text in texts if any(f"{kind}-{other}" in text for kind in kinds for other in foreign)]


def _unowned(texts: Iterable[str]) -> set[str]:
    return {kind for kind in _MAY_PAIR for text in texts if f"-{kind}" in text}


@pytest.mark.parametrize("credential", HOLDING_A_CREDENTIAL)
@pytest.mark.parametrize("host", NAMING_A_HOST)
async def test_no_token_goes_to_another_sources_host(
    tmp_path: Path, hosts: dict[str, RecordingHost], host: str, credential: str
) -> None:
    """Listing models and opening one with any two sources shows each host its own secrets only."""
    urls = {name: server.url for name, server in hosts.items()}
    sources = _stage(tmp_path, urls, NAMING_A_HOST[host], HOLDING_A_CREDENTIAL[credential])
    loaded = sources.load()
    with suppress(ConfigError):  # that nothing fits together is the other right outcome
        await wiring.list_models(loaded, sandbox=SandboxOptions(pace=0))
    with suppress(ConfigError):
        async with wiring.connect(loaded, role="explain", sandbox=SandboxOptions(pace=0)) as connection:
            await list_endpoints(connection.client, connection.credentials)
    for name, server in hosts.items():
        texts = [text for seen in server.seen for text in (seen.authorization, seen.body)]
        assert _astray(name, texts) == []
        assert all(host in _MAY_PAIR[kind] for kind in _unowned(texts))


def test_no_combination_of_sources_mixes_two(tmp_path: Path) -> None:
    """The same for every three sources at once, judged by what was chosen, without sending."""
    urls = {name: f"https://{name}.example" for name in "abc"}
    owners = {url: name for name, url in urls.items()}
    chosen = 0
    for (first, one), (second, two) in combinations(NAMING_A_HOST.items(), 2):
        for credential in HOLDING_A_CREDENTIAL.values():
            loaded = _stage(tmp_path, urls, one, two, credential).load()
            for choose in (choose_host, _choose_for_explain):
                with suppress(ConfigError):
                    login = choose(loaded).login
                    assert login is not None
                    chosen += 1
                    secrets = list(login.fields.values())
                    assert _astray(owners[login.host], secrets) == [], login.origin
                    allowed = {kind for kind, names in _MAY_PAIR.items() if {first, second} & {*names}}
                    assert _unowned(secrets) <= allowed, login.origin
    assert chosen > 500


def _choose_for_explain(loaded: Loaded) -> ModelChoice:
    return choose_model(loaded, "explain")


@pytest.mark.parametrize(
    ("text", "is_astray"),
    [("pat-a", False), ("pat-b", True), ("id-c:secret-c", True), ("minted-b-1", True), ("pat-nobody", True)],
)
def test_the_judge_can_fail(text: str, is_astray: bool) -> None:
    """A foreign secret is noticed whatever its kind."""
    assert bool(_astray("a", [text])) is is_astray
