"""The dialects, by the name that a profile gives: a table, no scanning."""

from collections.abc import Mapping

from lakewright.wire.base import Dialect
from lakewright.wire.databricks_chat import DatabricksChat

DIALECTS: Mapping[str, type[Dialect]] = {"databricks-chat": DatabricksChat}
