"""Every spelling of a host that users paste, and the routes to an endpoint."""

import pytest

from lakewright.errors import ConfigError
from lakewright.wire.routes import Base, Route, chat_routes, split_base

HOST = "https://adb-123.4.azuredatabricks.net"
NAME = "databricks-claude-sonnet-4-5"


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("adb-123.4.azuredatabricks.net", Base(HOST, None, gateway=False)),
        ("  ADB-123.4.AzureDatabricks.net/ ", Base(HOST, None, gateway=False)),
        (HOST, Base(HOST, None, gateway=False)),
        (f"{HOST}/", Base(HOST, None, gateway=False)),
        (f"{HOST}.:443/", Base(HOST, None, gateway=False)),
        (f"{HOST}/?o=123", Base(HOST, None, gateway=False)),
        (f"{HOST}?o=123#setting/clusters", Base(HOST, None, gateway=False)),
        (f"{HOST}/browse/folders/1?o=123", Base(HOST, None, gateway=False)),
        (f"{HOST}/serving-endpoints", Base(HOST, None, gateway=False)),
        (f"{HOST}/serving-endpoints/", Base(HOST, None, gateway=False)),
        (f"{HOST}/serving-endpoints/chat/completions", Base(HOST, None, gateway=False)),
        (f"{HOST}/serving-endpoints/anthropic/v1/messages", Base(HOST, None, gateway=False)),
        (f"{HOST}/serving-endpoints/{NAME}", Base(HOST, NAME, gateway=False)),
        (f"{HOST}/serving-endpoints/{NAME}/invocations", Base(HOST, NAME, gateway=False)),
        (f"{HOST}/serving-endpoints/{NAME}/invocations/?o=1", Base(HOST, NAME, gateway=False)),
        (
            f"adb-123.4.azuredatabricks.net/serving-endpoints/{NAME}/invocations",
            Base(HOST, NAME, gateway=False),
        ),
        (f"{HOST}/ml/endpoints/{NAME}?o=123", Base(HOST, NAME, gateway=False)),
        (f"{HOST}/api/2.0/serving-endpoints/{NAME}", Base(HOST, NAME, gateway=False)),
        (f"{HOST}/ai-gateway/mlflow/v1", Base(HOST, None, gateway=True)),
        (f"{HOST}/ai-gateway/mlflow/v1/chat/completions", Base(HOST, None, gateway=True)),
        (
            "https://123.ai-gateway.cloud.databricks.com",
            Base("https://123.ai-gateway.cloud.databricks.com", None, gateway=True),
        ),
        (
            "https://dbc-1.cloud.databricks.com:8443",
            Base("https://dbc-1.cloud.databricks.com:8443", None, gateway=False),
        ),
        ("http://127.0.0.1:8080/", Base("http://127.0.0.1:8080", None, gateway=False)),
        ("http://localhost:8080", Base("http://localhost:8080", None, gateway=False)),
        ("http://[::1]:8080", Base("http://[::1]:8080", None, gateway=False)),
        ("localhost:8080", Base("https://localhost:8080", None, gateway=False)),
    ],
)
def test_a_spelling_is_read(text: str, base: Base) -> None:
    """What users paste becomes the host, and the endpoint when the address held one."""
    assert split_base(text) == base


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "https://",
        "https:///serving-endpoints",
        "not a host",
        "ftp://adb-123.4.azuredatabricks.net",
        "https://host:port",
        "https://host:99999",
        "https://[::1",
        "https://hést.example",
        "https://a\nb.example",
        "${DATABRICKS_HOST}",
        "-x",
    ],
)
def test_garbage_is_named(text: str) -> None:
    """What is no address is a setting to change, and the message shows it on one line."""
    with pytest.raises(ConfigError, match="no address of a host") as caught:
        split_base(text)
    assert text.strip()[:5].replace("\n", "?") in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    ["http://adb-123.4.azuredatabricks.net", "http://10.0.0.7", "http://localhost.example", "http://[::2]"],
)
def test_plain_http_stays_on_this_machine(text: str) -> None:
    """A token never travels in the clear beyond loopback."""
    with pytest.raises(ConfigError, match="in the clear"):
        split_base(text)


def test_a_password_in_the_address_is_never_repeated() -> None:
    """Credentials in the address are refused without showing them."""
    with pytest.raises(ConfigError) as caught:
        split_base("https://token:dapi0123456789abcdef@adb-123.4.azuredatabricks.net")
    assert "dapi" not in str(caught.value) + str(caught.value.hint)


def test_an_endpoint_is_tried_before_the_gateway() -> None:
    """A plain name is a serving endpoint; the gateway is for hosts that lack its route."""
    assert chat_routes(NAME) == (
        Route(f"/serving-endpoints/{NAME}/invocations", model_in_body=False),
        Route("/ai-gateway/mlflow/v1/chat/completions", model_in_body=True),
    )


def test_a_dotted_name_goes_to_the_gateway() -> None:
    """A name of the Unity Catalog is a model service, which the gateway serves."""
    first, second = chat_routes("system.ai.claude-sonnet-4-5")
    assert first == Route("/ai-gateway/mlflow/v1/chat/completions", model_in_body=True)
    assert second == Route("/serving-endpoints/chat/completions", model_in_body=True)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "../x", "näme", "a\nb", "x" * 300, "a?b"])
def test_a_name_that_can_not_be_is_refused(name: str) -> None:
    """A name never reaches a path unless it is one."""
    with pytest.raises(ConfigError, match="can't be the name"):
        chat_routes(name)
