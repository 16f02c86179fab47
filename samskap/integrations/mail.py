"""E-mail: over SMTP, or into a folder. One recipient, one plain text, and the same Message-ID at every try."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import Final, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

TIMEOUT: Final = 20.0
"""Seconds that one message may take, from the first connection to the server's last word."""
GOODBYE: Final = 2.0
"""Seconds that are spent on taking leave of a server that has accepted the message."""
PORTS: Final = {"smtp": 587, "smtps": 465}
CODE: Final = re.compile(rb"^\s*(\d\.\d{1,3}\.\d{1,3})\b")
LONGEST_SUBJECT: Final = 200


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One message. `name` is the same at every try, and so is its Message-ID."""

    name: str
    to: str
    subject: str
    body: str
    at: datetime


class NotSent(Exception):
    """It was not accepted. `for_good`: it never will be. `says` holds codes, never an address or a name."""

    def __init__(self, says: str, *, for_good: bool) -> None:
        super().__init__(says)
        self.says = says
        self.for_good = for_good


class UnknownMail(ValueError):
    """The setting does not say where mail goes; the message is a sentence for who runs the service."""


class Mailer(Protocol):
    """Somewhere to hand a message over."""

    def send(self, mail: Mail) -> None:
        """Hand it over; NotSent if that failed."""


def mailer_at(url: str, *, sender: str) -> Mailer:
    """The way that a setting names: smtp://, smtps:// or file:///; UnknownMail for anything else."""
    parts = urlsplit(url)
    if not _is_address(parseaddr(sender)[1]):
        raise UnknownMail(f"SAMSKAP_MAIL_FROM is {sender!r}; it must be an e-mail address, with or without a name.")
    if parts.scheme == "file" and parts.path:
        return FolderMailer(Path(unquote(parts.path)), sender=sender)
    if parts.scheme in PORTS and parts.hostname:
        return SmtpMailer(parts, sender=sender)
    raise UnknownMail("SAMSKAP_MAIL must begin with smtp://host, smtps://host or file:///folder.")


def written(mail: Mail, *, sender: str) -> EmailMessage:
    """The message as it is sent; NotSent for good when the address is not exactly one address."""
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2]
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(plain(name), addr_spec=address)
    name_there, _, domain_there = one_address(mail.to).rpartition("@")
    message["To"] = Address(username=name_there, domain=domain_there)
    message["Subject"] = plain(mail.subject)[:LONGEST_SUBJECT]
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.name}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, charset="utf-8")
    return message


def one_address(text: str) -> str:
    """The one e-mail address that a text is; NotSent for good when it is none, or more."""
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise NotSent("bad address", for_good=True) from None
    return found.ascii_email or found.normalized


def _is_address(text: str) -> bool:
    try:
        return bool(one_address(text))
    except NotSent:
        return False


def plain(text: str) -> str:
    """One line without control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


class FolderMailer:
    """Puts each message into a folder as a file of its own; the same message twice is one file."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        self.folder = folder
        self.sender = sender

    def send(self, mail: Mail) -> None:
        """Write the file whole, or not at all."""
        content = written(mail, sender=self.sender).as_bytes()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            half = self.folder / f".{mail.name}.{os.getpid()}"
            half.write_bytes(content)
            half.replace(self.folder / f"{mail.name}.eml")
        except OSError as error:
            raise NotSent(f"folder: {os.strerror(error.errno or 0)}", for_good=False) from error


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A message that lies in a folder."""

    name: str
    to: str
    subject: str
    body: str
    at: datetime


def names_in(folder: Path) -> list[str]:
    """The names of the messages in a folder, the newest first."""
    if not folder.is_dir():
        return []
    files = [(file.stat().st_mtime_ns, len(file.name), file.name) for file in folder.glob("*.eml")]
    return [name.removesuffix(".eml") for _, _, name in sorted(files, reverse=True)]


def read_kept(folder: Path, name: str) -> Kept:
    """One message of a folder."""
    message = message_from_bytes((folder / f"{name}.eml").read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    return Kept(
        name=name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        body=body.get_content().replace("\r\n", "\n") if body is not None else "",
        at=message["Date"].datetime,
    )


class SmtpMailer:
    """Hands each message to a mail server in a conversation of its own.

    With smtp:// the conversation turns to TLS before anything is said; only this very machine, or a setting that ends
    in ?tls=no, is spoken to in the open. With smtps:// it is TLS from the first byte.
    """

    def __init__(self, parts: SplitResult, *, sender: str) -> None:
        self.host = parts.hostname or ""
        self.port = parts.port or PORTS[parts.scheme]
        self.login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self.from_the_start = parts.scheme == "smtps"
        self.open_is_fine = is_here(self.host) or parse_qs(parts.query).get("tls") == ["no"]
        self.sender = sender
        self.tls = ssl.create_default_context()

    def send(self, mail: Mail) -> None:
        """Hand it over within TIMEOUT seconds; NotSent with the server's code if it would not."""
        message = written(mail, sender=self.sender)
        deadline = monotonic() + TIMEOUT
        with self._connected(deadline) as connection, _told_apart(may_be_final=True):
            _hurry(connection, deadline)
            connection.send_message(message)
            _take_leave(connection)

    @contextmanager
    def _connected(self, deadline: float) -> Iterator[smtplib.SMTP]:
        """A server that is ready to take a message; whatever it says before that has nothing to do with the message."""
        with _told_apart(may_be_final=False):
            connection = self._connect()
        try:
            with _told_apart(may_be_final=False):
                self._prepare(connection, deadline)
            yield connection
        finally:
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        if self.from_the_start:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=self.tls)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)

    def _prepare(self, connection: smtplib.SMTP, deadline: float) -> None:
        """Turn to TLS where it is not there from the start, and log in."""
        _hurry(connection, deadline)
        connection.ehlo()
        if not self.from_the_start:
            self._turn_to_tls(connection, deadline)
        if self.login:
            _hurry(connection, deadline)
            connection.login(*self.login)

    def _turn_to_tls(self, connection: smtplib.SMTP, deadline: float) -> None:
        if connection.has_extn("starttls"):
            _hurry(connection, deadline)
            connection.starttls(context=self.tls)
            connection.ehlo()
        elif not self.open_is_fine:
            raise NotSent("the mail server does not offer TLS", for_good=False)


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hurry(connection: smtplib.SMTP, deadline: float) -> None:
    """Leave no more time for the next word than there is before the deadline."""
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    if connection.sock is not None:
        connection.sock.settimeout(left)


def _take_leave(connection: smtplib.SMTP) -> None:
    """Say QUIT; the message is accepted by now, whatever comes of this."""
    with suppress(OSError, smtplib.SMTPException):
        if connection.sock is not None:
            connection.sock.settimeout(GOODBYE)
        connection.quit()


@contextmanager
def _told_apart(*, may_be_final: bool) -> Iterator[None]:
    """What a server or the network says becomes NotSent: for good where this recipient or text is refused with 5xx."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, says = next(iter(error.recipients.values()))
        raise _refused(code, says, may_be_final=may_be_final) from None
    except smtplib.SMTPSenderRefused as error:
        raise _refused(error.smtp_code, error.smtp_error, may_be_final=False) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error, may_be_final=may_be_final) from None
    except smtplib.SMTPNotSupportedError:
        raise NotSent("the mail server cannot take this", for_good=may_be_final) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"no answer: {type(error).__name__}", for_good=False) from None


def _refused(code: int, says: bytes | str, *, may_be_final: bool) -> NotSent:
    """The codes of an answer; its text may name the one it was for."""
    found = CODE.match(says if isinstance(says, bytes) else says.encode())
    words = f"{code} {found[1].decode()}" if found else str(code)
    return NotSent(words, for_good=may_be_final and code >= 500)
