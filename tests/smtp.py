"""A real SMTP server in a thread, and what it got."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Inbox:
    """Keeps what arrives; `answer` is what it says to the next recipients."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answer = "250 OK"
        self.port = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(envelope)
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address, parsed, oldest first."""
        return [self.parsed(m) for m in self.mails if address in m.rcpt_tos]

    def parsed(self, envelope: Any) -> EmailMessage:
        """One mail, parsed once: a season asks hundreds of times who got what."""
        if not hasattr(envelope, "parsed"):
            envelope.parsed = message_from_bytes(envelope.content, policy=policy.default)
        return envelope.parsed  # type: ignore[no-any-return]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def smtp_server() -> Iterator[Inbox]:
    """A server on a free port of loopback."""
    inbox = Inbox()
    inbox.port = free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    server.start()
    try:
        yield inbox
    finally:
        server.stop()
