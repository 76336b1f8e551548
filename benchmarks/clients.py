"""The clients beside Lakewright, each run as a process of its own: two small streams, then the measured one.

Prints one JSON object: CPU seconds, seconds, and a hash of the reasoning and text it decoded. With `--print`
each delta goes to standard output first, as Lakewright's does, so that one reader can stamp them all.
"""

import argparse
import asyncio
import gc
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from host import ENDPOINT
from measure import digest

Delta = tuple[str, str]
"""("reasoning" | "text", the delta)."""

Reader = Callable[[str], AsyncIterator[Delta]]
"""A host's address in, deltas out."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("client", choices=sorted(CLIENTS))
    parser.add_argument("host", help="where the measured stream is")
    parser.add_argument("--warm", help="where a small stream is, read twice before")
    parser.add_argument("--streams", type=int, default=1, help="how many at once")
    parser.add_argument("--print", action="store_true", help="each delta as a line")
    options = parser.parse_args()
    asyncio.run(_measure(CLIENTS[options.client](), options))


async def _measure(read: Reader, options: argparse.Namespace) -> None:
    for _ in range(2 if options.warm else 0):
        await _collect(read, options.warm, printing=False)
    gc.collect()
    cpu, clock = time.process_time(), time.perf_counter()
    streams = (_collect(read, options.host, printing=options.print) for _ in range(options.streams))
    answers = await asyncio.gather(*streams)
    figures = {"cpu": time.process_time() - cpu, "seconds": time.perf_counter() - clock}
    hashes = sorted({digest(*answer) for answer in answers})
    print(json.dumps({"event": "measured", **figures, "hash": "+".join(hashes)}), flush=True)


async def _collect(read: Reader, host: str, *, printing: bool) -> tuple[str, str]:
    parts: dict[str, list[str]] = {"reasoning": [], "text": []}
    async for kind, text in read(host):
        parts[kind].append(text)
        if printing:
            print(json.dumps({"event": kind, "text": text}), flush=True)
    return "".join(parts["reasoning"]), "".join(parts["text"])


def _limit() -> Reader:
    """The least that Python needs: bytes of a socket, HTTP chunks cut by hand, one `json.loads` an event."""
    body = json.dumps(_body()).encode()

    async def read(host: str) -> AsyncIterator[Delta]:
        address = urlsplit(host)
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 18)
        head = f"POST {_PATH} HTTP/1.1\r\nhost: {address.netloc}\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        rest = (await reader.readuntil(b"\r\n\r\n"))[:0]
        while data := await reader.read(1 << 18):
            events, rest, ended = _cut(rest + data)
            for event in events:
                if event != b"[DONE]":
                    for delta in _deltas(json.loads(event)["choices"][0]["delta"]["content"]):
                        yield delta
            if ended:
                break
        writer.close()

    return read


def _cut(data: bytes) -> tuple[list[bytes], bytes, bool]:
    """Whole HTTP chunks of one event each in: the events' data, what is left, and whether it was the end."""
    events: list[bytes] = []
    at = 0
    while (line := data.find(b"\r\n", at)) >= 0:
        stop = line + 2 + int(data[at:line], 16)
        if stop == line + 2:
            return events, b"", True
        if stop + 2 > len(data):
            break
        events.append(data[line + 8 : stop - 2])
        at = stop + 2
    return events, data[at:], False


def _httpx_lines() -> Reader:
    import httpx  # noqa: PLC0415 - another client's process is measured without it

    client = httpx.AsyncClient(timeout=60)

    async def read(host: str) -> AsyncIterator[Delta]:
        async with client.stream("POST", host + _PATH, json=_body()) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    for delta in _deltas(json.loads(line[6:])["choices"][0]["delta"]["content"]):
                        yield delta

    return read


def _openai_sdk() -> Reader:
    import openai  # noqa: PLC0415 - an optional peer

    clients: dict[str, openai.AsyncOpenAI] = {}

    async def read(host: str) -> AsyncIterator[Delta]:
        if host not in clients:
            clients[host] = openai.AsyncOpenAI(base_url=host + "/serving-endpoints", api_key="none")
        stream = await clients[host].chat.completions.create(
            model=ENDPOINT, messages=[{"role": "user", "content": "Explain."}], max_tokens=64_000, stream=True
        )
        async for chunk in stream:
            for delta in _deltas(chunk.choices[0].delta.content):
                yield delta

    return read


CLIENTS: Mapping[str, Callable[[], Reader]] = {
    "limit": _limit,
    "httpx": _httpx_lines,
    "openai": _openai_sdk,
}
"""By the name of the distribution that must be installed; the limit needs none."""

_PATH = f"/serving-endpoints/{ENDPOINT}/invocations"


def _body() -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Explain."}], "max_tokens": 64_000, "stream": True}


def _deltas(content: Any) -> list[Delta]:
    """What a chunk's `content` adds: a string is text, an array holds reasoning."""
    if isinstance(content, str):
        return [("text", content)] if content else []
    return [
        ("reasoning", item["text"])
        for part in content
        if part["type"] == "reasoning"
        for item in part["summary"]
        if item["text"]
    ]


if __name__ == "__main__":
    main()
