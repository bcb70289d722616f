"""Many clients at once on real connections, in one thread: every answer with how long it took to come."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass
class Client:
    """A browser that is signed in: its cookie, as the server set it last."""

    cookie: str


@dataclass(frozen=True)
class Ask:
    """A request to send; without `data` a GET."""

    client: Client
    path: str
    data: dict[str, str] | None = None

    def head_and_body(self) -> bytes:
        body = urlencode(self.data or {}).encode()
        lines = ["GET" if self.data is None else "POST", f" {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"]
        lines += [f"Cookie: session={self.client.cookie}\r\nConnection: close\r\n"]
        if self.data is not None:
            lines += [f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"]
        return "".join([*lines, "\r\n"]).encode() + (body if self.data is not None else b"")


@dataclass(frozen=True)
class Answer:
    """What came back; status 0: nothing did."""

    status: int = 0
    seconds: float = 0
    headers: str = ""
    body: str = field(default="", repr=False)

    @property
    def cookie(self) -> str:
        found = re.search(r"(?im)^set-cookie: session=([^;\r\n]+)", self.headers)
        return found[1] if found else ""


def ask_all(port: int, asks: Sequence[Ask], at_once: int) -> tuple[list[Answer], float]:
    """All answers in the order of the requests, and the seconds from the first request to the last answer.

    So many requests are under way at a time. When that is all of them, every connection is open before the first one
    is sent.
    """
    return asyncio.run(_ask_all(port, asks, at_once))


async def _ask_all(port: int, asks: Sequence[Ask], at_once: int) -> tuple[list[Answer], float]:
    free = asyncio.Semaphore(at_once)
    opened = len(asks) if at_once >= len(asks) else 0
    gate = asyncio.Barrier(opened) if opened else None
    begun = [time.perf_counter()]

    async def one(ask: Ask) -> Answer:
        async with free:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            if gate is not None and await gate.wait() == 0:
                begun[0] = time.perf_counter()
            return await _exchange(ask, reader, writer)

    answers = await asyncio.gather(*(one(ask) for ask in asks))
    return answers, time.perf_counter() - begun[0]


async def _exchange(ask: Ask, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Answer:
    begun = time.perf_counter()
    try:
        writer.write(ask.head_and_body())
        got = await reader.read(-1)
    except OSError:
        return Answer()
    finally:
        writer.close()
    if not got:
        return Answer()
    head, _, body = got.decode("utf-8", "replace").partition("\r\n\r\n")
    answer = Answer(int(head.split()[1]), time.perf_counter() - begun, head, body)
    ask.client.cookie = answer.cookie or ask.client.cookie
    return answer
