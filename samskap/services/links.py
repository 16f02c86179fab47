"""Single-use links by e-mail: made, found and used. Only the SHA-256 of a token is kept; the token itself lies nowhere.

What goes into the outbox is a random number. The token is that number under our secret key, so it can be made when the
e-mail is written, and again if that fails, but by nobody who only reads the tables.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import delete, select, update

from samskap.models import Link, Municipality
from samskap.models.account import Purpose
from samskap.models.session import TenantSession
from samskap.permissions import Role
from samskap.services import notices
from samskap.services.sessions import hashed
from samskap.services.steps import Refused
from samskap.text import Text
from samskap.workflows.notice import Notice

LIVES: Final = {
    Purpose.VERIFY: timedelta(hours=48),
    Purpose.RESET: timedelta(minutes=30),
    Purpose.INVITE_STAFF: timedelta(hours=48),
    Purpose.INVITE_VOLUNTEER: timedelta(hours=48),
}
"""How long a link can be used, from when it may be sent."""
NOTICES: Final = {
    Purpose.VERIFY: Notice.VERIFY_ADDRESS,
    Purpose.RESET: Notice.RESET_PASSWORD,
    Purpose.INVITE_STAFF: Notice.INVITE_STAFF,
    Purpose.INVITE_VOLUNTEER: Notice.INVITE_VOLUNTEER,
}
PATHS: Final = {
    Purpose.VERIFY: "/bekreft",
    Purpose.RESET: "/nytt-passord",
    Purpose.INVITE_STAFF: "/invitasjon",
    Purpose.INVITE_VOLUNTEER: "/invitasjon",
}
"""Where a link leads; a page there shows a button, and the button uses the link."""
SPENT = Text(
    nb="Lenken virker ikke lenger. Den er brukt, for gammel eller ikke kopiert i sin helhet.",
    nn="Lenkja verkar ikkje lenger. Ho er brukt, for gammal eller ikkje kopiert heil.",
    en="The link no longer works. It has been used, is too old or was not copied in full.",
)


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What a link is tied to besides its address: it opens this and nothing else."""

    account_id: int | None = None
    person_id: int | None = None
    role: Role | None = None
    unit_id: int | None = None


def send(
    db: TenantSession, purpose: Purpose, to: str, *, bound: Bound, locale: str, secret: str, now: datetime
) -> Link:
    """Make a link and the notice that carries it to an e-mail address."""
    here = db.get_one(Municipality, db.municipality_id)
    number = secrets.token_urlsafe(32)
    link = Link(
        token_hash=hashed(_token(number, secret=secret)),
        purpose=purpose,
        email=to,
        municipality_id=here.id,
        account_id=bound.account_id,
        person_id=bound.person_id,
        role=bound.role,
        unit_id=bound.unit_id,
        expires_at=now + LIVES[purpose],
    )
    db.add(link)
    db.flush()
    data = {"number": number, "path": PATHS[purpose], "kommune": here.code, "locale": locale}
    row = notices.tell_address(db, NOTICES[purpose], to, key=f"link:{link.token_hash}", data=data, now=now)
    link.expires_at = row.not_before + LIVES[purpose]
    return link


def _token(number: str, *, secret: str) -> str:
    """256 bits that nobody can make who lacks the secret."""
    digest = hmac.new(secret.encode(), f"link|{number}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def address_of(data: Mapping[str, Any], *, secret: str, base_url: str) -> str:
    """The address that goes into the e-mail, from what lies in the outbox. Built from our own base URL alone."""
    asked = {"kommune": data["kommune"]}
    if "number" in data:
        asked["lenke"] = _token(str(data["number"]), secret=secret)
    return f"{base_url}{data['path']}?{urlencode(asked)}"


def find(db: TenantSession, token: str, *purposes: Purpose, now: datetime) -> Link | None:
    """The link of a token while it can be used, here and for one of these purposes; looking uses nothing up."""
    if not token.isascii() or len(token) > 100:
        return None
    query = select(Link).where(
        Link.token_hash == hashed(token),
        Link.purpose.in_(purposes),
        Link.municipality_id == db.municipality_id,
        Link.used_at.is_(None),
        Link.expires_at > now,
    )
    return db.scalars(query).one_or_none()


def use(db: TenantSession, link: Link, *, now: datetime) -> None:
    """Use the link up. Of several at once one succeeds; Refused for the others."""
    used = db.execute(
        update(Link).where(Link.id == link.id, Link.used_at.is_(None), Link.expires_at > now).values(used_at=now),
        execution_options={"synchronize_session": False},
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(SPENT)


def end_all(db: TenantSession, purpose: Purpose, *, account_id: int) -> None:
    """Make every link of one kind useless that was sent for an account."""
    db.execute(
        delete(Link).where(Link.purpose == purpose, Link.account_id == account_id, Link.used_at.is_(None)),
        execution_options={"synchronize_session": False},
    )


def forget_old(db: TenantSession, *, now: datetime) -> None:
    """Delete the links that have been dead for a month."""
    db.execute(
        delete(Link).where(Link.expires_at < now - timedelta(days=30)),
        execution_options={"synchronize_session": False},
    )
