"""Log-in sessions on our side: begun, resumed, renewed, ended. The cookie's token is never stored, only its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from samskap.models import Account, LoginSession, Membership, Municipality, Person, Standing
from samskap.models.session import TenantSession
from samskap.permissions import STAFF, Actor, Role

IDLE = {True: timedelta(minutes=30), False: timedelta(minutes=60)}
"""How long a session may be left alone: staff, and everyone else."""
ABSOLUTE = {True: timedelta(hours=8), False: timedelta(hours=12)}
"""How long a session may last at all."""
SEEN_EVERY = timedelta(minutes=1)
"""How often it is worth writing down that somebody is still here; a session never outlives its limit by this."""
ENDED_HERE = "ended_here"
"""Where a database session notes the accounts whose sessions it has ended itself."""
RECENT = timedelta(minutes=10)
"""How long ago the password may have been given for what must not be done on a borrowed screen."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """A resumed session: who, where, with which roles."""

    session_id: int
    account_id: int
    version: int
    """The account's version when this was read."""
    actor: Actor
    name: str
    locale: str | None
    hat: Role | None
    demo: bool
    verified: bool
    """Whether the account's address has been shown to be theirs."""
    seen_at: datetime
    proved_at: datetime
    places: int
    """In how many municipalities this account may stand."""

    @property
    def staff(self) -> bool:
        """Whether any role here is given by the municipality."""
        return bool(self.actor.roles & STAFF)

    def recently_proved(self, *, now: datetime, within: timedelta = RECENT) -> bool:
        """Whether the password was given lately enough."""
        return now - self.proved_at <= within


def hashed(token: str) -> str:
    """What the table holds instead of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 random bits, as they stand in the cookie."""
    return secrets.token_urlsafe(32)


def begin(db: TenantSession, account: Account, municipality_id: int, *, now: datetime, hat: Role | None = None) -> str:
    """Begin a session and give its token, 256 random bits; it cannot be found again."""
    token = new_token()
    db.add(
        LoginSession(
            token_hash=hashed(token),
            account_id=account.id,
            municipality_id=municipality_id,
            hat=hat,
            version=account.version,
            created_at=now,
            seen_at=now,
            proved_at=now,
        )
    )
    db.flush()
    return token


def resume(db: TenantSession, token: str, *, now: datetime) -> Login | None:
    """The session of a token, or None: unknown, ended, too old, left idle, or older than the account's last change.

    The database session stands in the log-in's municipality afterwards.
    """
    places = select(func.count(Standing.id)).where(Standing.account_id == Account.id).scalar_subquery()
    query = select(LoginSession, Account, places).join(Account, Account.id == LoginSession.account_id)
    found = db.execute(query.where(LoginSession.token_hash == hashed(token))).one_or_none()
    if found is None or found[0].version != found[1].version:
        return None
    session, account, count = found
    db.stand_in(session.municipality_id)
    login = _login(db, session, account, places=count)
    return login if _alive(session, staff=login.staff, now=now) else None


def _alive(session: LoginSession, *, staff: bool, now: datetime) -> bool:
    return now - session.seen_at <= IDLE[staff] and now - session.created_at <= ABSOLUTE[staff]


def _login(db: TenantSession, session: LoginSession, account: Account, *, places: int) -> Login:
    rows = db.execute(
        select(Person.id, Person.name, Person.locale, Membership.role, Membership.unit_id)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .where(Person.account_id == account.id, Person.erased_at.is_(None)),
    ).all()
    held = frozenset(row.role for row in rows if row.role is not None)
    roles = frozenset({Role.ANYONE, Role.CITIZEN}) | held if rows else frozenset({Role.ANYONE})
    return Login(
        session_id=session.id,
        account_id=account.id,
        version=account.version,
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
        verified=account.verified_at is not None,
        seen_at=session.seen_at,
        proved_at=session.proved_at,
        places=places,
    )


def touch(db: TenantSession, login: Login, *, now: datetime) -> None:
    """Write down that somebody is still here; nothing if the session has been ended meanwhile."""
    db.execute(
        update(LoginSession).where(LoginSession.id == login.session_id, LoginSession.seen_at < now).values(seen_at=now),
        execution_options={"synchronize_session": False},
    )


def still_holds(db: TenantSession, login: Login) -> bool:
    """Whether nobody else has ended the log-in since it was read; held so until this transaction ends.

    Asked just before a commit, so that a role that was taken away meanwhile does not act one last time.
    """
    if login.account_id in db.info.get(ENDED_HERE, ()):
        return True
    query = select(Account.version).where(Account.id == login.account_id).with_for_update(read=True)
    return db.scalar(query) in (login.version, None)


def was_ended_here(db: TenantSession, account_id: int) -> None:
    """Tell still_holds() that this transaction itself has ended the account's sessions."""
    db.info.setdefault(ENDED_HERE, set()).add(account_id)


def put_on(db: TenantSession, login: Login, hat: Role) -> None:
    """Choose which of one's roles the menu is for. What one may do stays the same, and so does the token."""
    session = db.get_one(LoginSession, login.session_id)
    session.hat = hat


def prove(db: TenantSession, login: Login, *, now: datetime) -> str:
    """Write down that the password was given again; gives the session's new token."""
    session = db.get_one(LoginSession, login.session_id)
    session.proved_at = now
    return _renew(session)


def move(db: TenantSession, login: Login, municipality_id: int) -> str:
    """Go on in another municipality with a new token, no longer than the session could have lasted here."""
    session = db.get_one(LoginSession, login.session_id)
    session.municipality_id = municipality_id
    session.hat = None
    return _renew(session)


def _renew(session: LoginSession) -> str:
    """Another token for the same log-in; the one before is dead."""
    token = new_token()
    session.token_hash = hashed(token)
    return token


def end(db: TenantSession, token: str) -> None:
    """End one session; its token is dead from now on."""
    db.execute(delete(LoginSession).where(LoginSession.token_hash == hashed(token)))


def end_all(db: TenantSession, account_id: int, *, but: int = 0) -> None:
    """End every session of an account, or every one but this."""
    db.execute(delete(LoginSession).where(LoginSession.account_id == account_id, LoginSession.id != but))


def end_old(db: TenantSession, *, now: datetime) -> None:
    """Delete the sessions that no clock would let anybody resume."""
    db.execute(delete(LoginSession).where(LoginSession.created_at < now - max(ABSOLUTE.values())))


def places_of(db: TenantSession, account_id: int) -> list[Municipality]:
    """The municipalities in which this account may stand."""
    query = select(Municipality).join(Standing, Standing.municipality_id == Municipality.id)
    return list(db.scalars(query.where(Standing.account_id == account_id).order_by(Municipality.name)))
