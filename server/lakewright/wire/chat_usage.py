"""Token counts of the chat dialect: partial, repeated, with nulls, in two places."""

from collections.abc import Mapping

from lakewright.core.usage import Usage


class UsageCounter:
    """Keeps the last number given for each field; counts of chunks are never added up."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._last: object = None

    def add(self, usage: object) -> None:
        """Take the `usage` of one chunk, whatever it is."""
        if usage == self._last or not isinstance(usage, dict):
            return
        self._last = usage
        for name, value in usage.items():
            if isinstance(value, Mapping):
                for inner, count in value.items():
                    self._keep(f"{name}.{inner}", count)
            else:
                self._keep(name, value)

    def usage(self) -> Usage:
        """The counts so far, with the cached tokens among the input."""
        prompt = self._first("prompt_tokens")
        cached = self._first("cache_read_input_tokens", "prompt_tokens_details.cached_tokens")
        written = self._first("cache_creation_input_tokens", "prompt_tokens_details.cache_creation_tokens")
        beside = (cached or 0) + (written or 0)
        if prompt is not None and beside > prompt:
            # The recorded answers count cached tokens in the prompt; what is more than it, can't be.
            prompt += beside
        return Usage(
            input_tokens=prompt,
            cached_input_tokens=cached,
            cache_write_tokens=written,
            output_tokens=self._first("completion_tokens"),
            reasoning_tokens=self._first("reasoning_tokens", "completion_tokens_details.reasoning_tokens"),
        )

    def _keep(self, name: str, value: object) -> None:
        if type(value) is int and value >= 0:
            self._counts[name] = value

    def _first(self, *names: str) -> int | None:
        return next((self._counts[name] for name in names if name in self._counts), None)
