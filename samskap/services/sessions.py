"""Log-in sessions on our side: begun, resumed, ended. The cookie's token is never stored, only its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from samskap.models import Account, LoginSession, Membership, Municipality, Person, Standing
from samskap.models.session import TenantSession
from samskap.permissions import STAFF, Actor, Role

IDLE = {True: timedelta(minutes=30), False: timedelta(minutes=60)}
"""How long a session may be left alone: staff, and everyone else."""
ABSOLUTE = {True: timedelta(hours=8), False: timedelta(hours=12)}
"""How long a session may last at all."""
SEEN_EVERY = timedelta(minutes=1)
"""How often it is worth writing down that somebody is still here."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """A resumed session: who, where, with which roles."""

    session_id: int
    account_id: int
    actor: Actor
    name: str
    locale: str | None
    hat: Role | None
    demo: bool
    seen_at: datetime
    places: int
    """In how many municipalities this account may stand."""

    @property
    def staff(self) -> bool:
        """Whether any role here is given by the municipality."""
        return bool(self.actor.roles & STAFF)


def hashed(token: str) -> str:
    """What the table holds instead of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(db: TenantSession, account: Account, municipality_id: int, *, now: datetime, hat: Role | None = None) -> str:
    """Begin a session and give its token, 256 random bits; it cannot be found again."""
    token = secrets.token_urlsafe(32)
    db.add(LoginSession(
        token_hash=hashed(token), account_id=account.id, municipality_id=municipality_id, hat=hat,
        version=account.version, created_at=now, seen_at=now,
    ))
    db.flush()
    return token


def resume(db: TenantSession, token: str, *, now: datetime) -> Login | None:
    """The session of a token, or None: unknown, ended, too old, left idle, or older than the account's last change.

    The database session stands in the log-in's municipality afterwards.
    """
    query = select(LoginSession, Account).join(Account, Account.id == LoginSession.account_id)
    found = db.execute(query.where(LoginSession.token_hash == hashed(token))).one_or_none()
    if found is None:
        return None
    session, account = found
    if session.version != account.version:
        return None
    db.stand_in(session.municipality_id)
    login = _login(db, session, account)
    return login if _alive(session, staff=login.staff, now=now) else None


def _alive(session: LoginSession, *, staff: bool, now: datetime) -> bool:
    return now - session.seen_at <= IDLE[staff] and now - session.created_at <= ABSOLUTE[staff]


def _login(db: TenantSession, session: LoginSession, account: Account) -> Login:
    rows = db.execute(
        select(Person.id, Person.name, Person.locale, Membership.role, Membership.unit_id)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .where(Person.account_id == account.id, Person.erased_at.is_(None)),
    ).all()
    held = frozenset(row.role for row in rows if row.role is not None)
    roles = frozenset({Role.ANYONE, Role.CITIZEN}) | held if rows else frozenset({Role.ANYONE})
    places = len(db.scalars(select(Standing.id).where(Standing.account_id == account.id)).all())
    return Login(
        session_id=session.id,
        account_id=account.id,
        actor=Actor(
            municipality_id=session.municipality_id,
            roles=roles,
            id=rows[0].id if rows else None,
            account_id=account.id,
            unit_ids=frozenset(row.unit_id for row in rows if row.unit_id is not None),
        ),
        name=rows[0].name if rows else account.email or "",
        locale=rows[0].locale if rows else None,
        hat=session.hat if session.hat in held else None,
        demo=account.demo,
        seen_at=session.seen_at,
        places=places,
    )


def touch(db: TenantSession, login: Login, *, now: datetime) -> bool:
    """Write down that somebody is still here, at most once a minute; True if anything was written."""
    if now - login.seen_at < SEEN_EVERY:
        return False
    session = db.get(LoginSession, login.session_id)
    if session is not None:
        session.seen_at = now
    return session is not None


def put_on(db: TenantSession, login: Login, hat: Role) -> None:
    """Choose which of one's roles the menu is for."""
    session = db.get_one(LoginSession, login.session_id)
    session.hat = hat


def end(db: TenantSession, token: str) -> None:
    """End one session; its token is dead from now on."""
    db.execute(delete(LoginSession).where(LoginSession.token_hash == hashed(token)))


def end_all(db: TenantSession, account_id: int) -> None:
    """End every session of an account."""
    db.execute(delete(LoginSession).where(LoginSession.account_id == account_id))


def places_of(db: TenantSession, account_id: int) -> list[Municipality]:
    """The municipalities in which this account may stand."""
    query = select(Municipality).join(Standing, Standing.municipality_id == Municipality.id)
    return list(db.scalars(query.where(Standing.account_id == account_id).order_by(Municipality.name)))
