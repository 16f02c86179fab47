"""A mail server that speaks SMTP on this machine, and misbehaves as asked: refuses, greylists, hangs, hangs up."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

Mode = Literal["well", "451", "550", "452 data", "554 data", "hangs", "drops", "421", "sender 550"]


@dataclass
class Post:
    """What came in, and how the server behaves from now on."""

    mode: Mode = "well"
    came: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    tried: int = 0
    port: int = 0
    secure: list[bool] = field(default_factory=list)
    pause: float = 0.0
    """Seconds between taking a message and saying so."""

    @property
    def ids(self) -> list[str]:
        """The Message-ID of each message that was accepted."""
        return [str(message["Message-ID"]) for message in self.came]

    @property
    def url(self) -> str:
        """The setting that leads here."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        """The sender."""
        self.tried += 1
        if self.mode == "sender 550":
            return "550 5.7.1 we do not know you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        """One recipient."""
        if self.mode in ("451", "550"):
            return {"451": "451 4.7.1 greylisted, come back", "550": f"550 5.1.1 no such person {address}"}[self.mode]
        if self.mode == "hangs":
            await asyncio.sleep(5)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The message itself."""
        if self.mode.endswith("data"):
            return {"452 data": "452 4.3.1 no room now", "554 data": "554 5.6.0 not a message we take"}[self.mode]
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self.came.append(message_from_bytes(content, policy=policy.default))
        self.to.append(list(envelope.rcpt_tos))
        self.secure.append(session.ssl is not None)
        await asyncio.sleep(self.pause)
        if self.mode == "drops":
            transport: Any = server.transport
            transport.abort()
        return "250 OK"


def a_free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


@contextmanager
def a_mail_server(*, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None) -> Iterator[Post]:
    """A server that takes mail until the end of the block."""
    post = Post()

    def right(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login.decode(), data.password.decode()) == login)

    options: dict[str, Any] = {"tls_context": tls, "require_starttls": False} if tls else {}
    if login:
        options |= {"authenticator": right, "auth_required": True, "auth_require_tls": tls is not None}
    post.port = a_free_port()
    server = Controller(post, hostname="127.0.0.1", port=post.port, **options)
    server.start()
    try:
        yield post
    finally:
        server.stop()
