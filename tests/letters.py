"""E-mails that wait in the outbox, as their receivers would read them."""

from __future__ import annotations

from sqlalchemy import select

from samskap.models import Outbox
from samskap.models.session import TenantSession
from samskap.services import links
from samskap.workflows.notice import Notice

SECRET = "a key for tests, of no use anywhere else"  # the one of tests/service.py


def letters_to(db: TenantSession, address: str) -> list[Outbox]:
    """Everything that waits to be sent to an address, the oldest first."""
    db.rollback()
    return list(db.scalars(select(Outbox).where(Outbox.address == address).order_by(Outbox.id)))


def link_to(db: TenantSession, address: str, notice: Notice) -> str:
    """The path that the newest e-mail of a kind to an address leads to."""
    letter = next(row for row in reversed(letters_to(db, address)) if row.notice is notice)
    return links.address_of(letter.data, secret=SECRET, base_url="")
