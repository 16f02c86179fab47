"""Accounts: signing up, logging in, showing that an address is one's own, and choosing a new password.

An e-mail address may be claimed by several accounts and is verified by one. So somebody who signs up with an address
that is taken gets the same answer, in the same time, as everybody else; what they made stays unverified and goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update

from samskap.models import LOCAL, Account, Link, Membership, Municipality, Person, Standing, Volunteer
from samskap.models.account import Purpose
from samskap.models.session import TenantSession, insert_into
from samskap.permissions import Role
from samskap.services import facts, links, notices, passwords, sessions
from samskap.services.sessions import hashed
from samskap.services.steps import Missing, Refused
from samskap.text import Text
from samskap.workflows.notice import Notice

UNVERIFIED_FOR: Final = timedelta(days=30)
"""How long an account may go unverified before it and what was signed up with it are deleted."""

TAKEN = Text(
    nb="Adressen hører allerede til en annen konto. Logg inn med den, eller velg «Glemt passord».",
    nn="Adressa høyrer alt til ein annan konto. Logg inn med han, eller vel «Gløymt passord».",
    en="The address already belongs to another account. Log in with that one, or choose “Forgotten password”.",
)
ANOTHER_WINDOW = Text(
    nb="Du laget nettopp en konto i et annet vindu, med et annet passord. Logg inn med den.",
    nn="Du laga nettopp ein konto i eit anna vindauge, med eit anna passord. Logg inn med han.",
    en="You have just made an account in another window, with another password. Log in with that one.",
)


class WrongMode(RuntimeError):
    """Demo people and real people must never share a database; the message says which of the two was found."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is needed to check a password, read once, so that no transaction is open while it is hashed."""

    account_id: int | None
    kept: str | None
    """The password's kept form; None for a stranger."""


def normal_address(address: str) -> str:
    """The one spelling of an e-mail address that is kept and compared."""
    return address.strip().lower()


def make(
    db: TenantSession, *, email: str, password_hash: str | None, subject: str, now: datetime, verified: bool, demo: bool
) -> Account:
    """An account with a password here, unless the subject has one already; then that one, unchanged."""
    return _make(db, email=email, password_hash=password_hash, subject=subject, now=now, verified=verified, demo=demo)[
        0
    ]


def _make(
    db: TenantSession, *, email: str, password_hash: str | None, subject: str, now: datetime, verified: bool, demo: bool
) -> tuple[Account, bool]:
    """The same, and whether it was made now."""
    values = {
        "issuer": LOCAL,
        "subject": subject,
        "email": normal_address(email),
        "password_hash": password_hash,
        "verified_at": now if verified else None,
        "version": 1,
        "created_at": now,
        "demo": demo,
    }
    insert = insert_into(db, Account).values(values).on_conflict_do_nothing(index_elements=["issuer", "subject"])
    made = db.scalar(insert.returning(Account.id))
    account = db.scalars(select(Account).filter_by(issuer=LOCAL, subject=subject)).one()
    return account, made is not None


def settle(db: TenantSession, account: Account, *, name: str, locale: str, now: datetime) -> Person:
    """The account's person in the municipality where the session stands; made if there is none."""
    person = person_of(db, account.id)
    if person is None:
        person = Person(account_id=account.id, name=name, email=account.email, locale=locale, created_at=now)
        person.confirmed_at = now if account.verified_at else None
        db.add(person)
        db.flush()
    stand(db, account.id)
    return person


def stand(db: TenantSession, account_id: int) -> None:
    """Write down that the account has a person here."""
    insert = insert_into(db, Standing).values(account_id=account_id, municipality_id=db.municipality_id)
    db.execute(insert.on_conflict_do_nothing(index_elements=["account_id", "municipality_id"]))


def person_of(db: TenantSession, account_id: int) -> Person | None:
    """The account's person in this municipality."""
    return db.scalars(select(Person).where(Person.account_id == account_id, Person.erased_at.is_(None))).one_or_none()


# ---------------------------------------------------------------- signing up


def sign_up(
    db: TenantSession,
    *,
    name: str,
    email: str,
    password: str,
    password_hash: str,
    browser: str,
    locale: str,
    secret: str,
    now: datetime,
) -> Account:
    """A new account with a person here, and the e-mail that asks them to show that the address is theirs.

    `browser` names the browser it is done in: the same address twice from one browser is one account (two tabs, a form
    sent twice); from two browsers it is two, of which one can be verified.
    """
    subject = hashed(f"{browser}|{normal_address(email)}")
    account, new = _make(
        db, email=email, password_hash=password_hash, subject=subject, now=now, verified=False, demo=False
    )
    if not new and not passwords.matches(password, account.password_hash):
        raise Refused(ANOTHER_WINDOW)
    if not new:
        return account
    settle(db, account, name=name, locale=locale, now=now)
    ask_to_verify(db, account, locale=locale, secret=secret, now=now)
    return account


def ask_to_verify(db: TenantSession, account: Account, *, locale: str, secret: str, now: datetime) -> None:
    """Send the e-mail that verifies an address, or tells its owner that they have an account already."""
    assert account.email is not None
    if owner_of(db, account.email) is None:
        bound = links.Bound(account_id=account.id)
        links.send(db, Purpose.VERIFY, account.email, bound=bound, locale=locale, secret=secret, now=now)
        return
    here = db.get_one(Municipality, db.municipality_id)
    data = {"path": "/logg-inn", "kommune": here.code, "locale": locale}
    key = f"account:{account.id}:taken:{now.timestamp():.0f}"
    notices.tell_address(db, Notice.ADDRESS_TAKEN, account.email, key=key, data=data, now=now)


def owner_of(db: TenantSession, email: str) -> Account | None:
    """The account that has shown that the address is theirs."""
    query = select(Account).where(Account.issuer == LOCAL, Account.email == normal_address(email))
    return db.scalars(query.where(Account.verified_at.is_not(None))).one_or_none()


def verify(db: TenantSession, link: Link, *, now: datetime) -> Account:
    """Use a link up and hold its account's address as verified; Refused if another account was first."""
    account = _account_of(db, link)
    owner = owner_of(db, link.email)
    if owner is not None and owner.id != account.id:
        raise Refused(TAKEN)
    links.use(db, link, now=now)
    _hold_verified(db, account, now=now)
    return account


def _account_of(db: TenantSession, link: Link) -> Account:
    """The account that a link is bound to, held until the transaction ends."""
    query = select(Account).where(Account.id == link.account_id, Account.email == link.email).with_for_update()
    found = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise Missing("account")
    return found


def _hold_verified(db: TenantSession, account: Account, *, now: datetime) -> None:
    """The address is theirs, and so is what they have registered here."""
    account.verified_at = account.verified_at or now
    theirs = Person.account_id == account.id, Person.confirmed_at.is_(None)
    for volunteer_id in db.scalars(select(Volunteer.id).join(Person, Person.id == Volunteer.id).where(*theirs)):
        facts.touch(db, volunteer_id)
    db.execute(update(Person).where(*theirs).values(confirmed_at=now), execution_options={"synchronize_session": False})
    db.flush()


def disown(db: TenantSession, link: Link, *, now: datetime) -> None:
    """The address's owner says that somebody else signed up with it: the account can no longer be used."""
    account = _account_of(db, link)
    links.use(db, link, now=now)
    if account.verified_at is None:
        account.password_hash = None
        raise_version(db, account.id)


# ---------------------------------------------------------------- logging in


def known_by(db: TenantSession, email: str, *, demo: bool) -> Known:
    """What to check a password against. A stranger's address gives the same shape, at the same cost.

    Only the account that verified the address can be logged in to: else signing up and then logging in would tell
    whether somebody else has it. Demo people only in demo mode.
    """
    query = select(Account.id, Account.password_hash).where(
        Account.issuer == LOCAL,
        Account.email == normal_address(email),
        Account.verified_at.is_not(None),
        Account.demo.in_([True, False] if demo else [False]),
    )
    found = db.execute(query).one_or_none()
    return Known(account_id=found.id, kept=found.password_hash) if found else Known(account_id=None, kept=None)


def known_as(db: TenantSession, account_id: int) -> Known:
    """What to check one's own password against when it is asked for again."""
    return Known(account_id=account_id, kept=db.scalar(select(Account.password_hash).where(Account.id == account_id)))


def enter(db: TenantSession, known: Known, *, better: str | None, now: datetime) -> str | None:
    """Begin a session for somebody whose password was right; its token. None if it has been changed meanwhile.

    `better`: the password's form by today's figures, where the kept one was made by others.
    """
    query = select(Account).where(Account.id == known.account_id, Account.password_hash == known.kept)
    account = db.scalars(query.with_for_update()).one_or_none()
    if account is None:
        return None
    account.password_hash = better or account.password_hash
    return sessions.begin(db, account, where_to(db, account), now=now)


def where_to(db: TenantSession, account: Account) -> int:
    """The municipality in which a log-in begins: the one shown, if the account has a person here, else its first."""
    places = [place.id for place in sessions.places_of(db, account.id)]
    assert db.municipality_id is not None
    return db.municipality_id if db.municipality_id in places or not places else places[0]


# ---------------------------------------------------------------- a new password


def ask_for_new_password(db: TenantSession, email: str, *, locale: str, secret: str, now: datetime) -> None:
    """Send a link with which a new password is chosen; nothing for an address that nobody has.

    It goes to the account that verified the address; before anyone has, to the newest that claims it.
    """
    to = normal_address(email)
    query = select(Account.id).where(Account.issuer == LOCAL, Account.email == to, ~Account.demo)
    account_id = db.scalar(query.order_by(Account.verified_at.is_(None), Account.id.desc()).limit(1))
    if account_id is not None:
        bound = links.Bound(account_id=account_id)
        links.send(db, Purpose.RESET, to, bound=bound, locale=locale, secret=secret, now=now)


def choose_new_password(db: TenantSession, link: Link, password_hash: str, *, now: datetime) -> Account:
    """Use a link up and keep another password; every session is dead, and the address is the account's own."""
    account = _account_of(db, link)
    owner = owner_of(db, link.email)
    if owner is not None and owner.id != account.id:
        raise Refused(TAKEN)
    links.use(db, link, now=now)
    _hold_verified(db, account, now=now)
    change_password(db, account, password_hash)
    db.refresh(account)
    return account


def change_password(db: TenantSession, account: Account, password_hash: str) -> None:
    """Keep another password; every session and every link to choose one is dead."""
    account.password_hash = password_hash
    raise_version(db, account.id)
    links.end_all(db, Purpose.RESET, account_id=account.id)
    sessions.end_all(db, account.id)


def raise_version(db: TenantSession, account_id: int) -> None:
    """Make every session of an account dead from the next request on: the password or a role has changed."""
    db.flush()
    db.execute(
        update(Account).where(Account.id == account_id).values(version=Account.version + 1),
        execution_options={"synchronize_session": "fetch"},
    )
    sessions.was_ended_here(db, account_id)


# ---------------------------------------------------------------- demo people


@dataclass(frozen=True)
class DemoPerson:
    """Somebody whom one may be at the press of a button, in demo mode alone."""

    account_id: int
    name: str
    roles: tuple[Role, ...]


def demo_people(db: TenantSession) -> list[DemoPerson]:
    """The demo people of this municipality, in the order in which they were made."""
    query = select(Account.id, Person.name, Membership.role).join(Person, Person.account_id == Account.id)
    query = query.outerjoin(Membership, Membership.person_id == Person.id)
    held: dict[tuple[int, str], list[Role]] = {}
    for row in db.execute(query.where(Account.demo, Person.erased_at.is_(None)).order_by(Account.id, Membership.id)):
        held.setdefault((row.id, row.name), []).extend([row.role] if row.role else [])
    return [DemoPerson(account_id, name, tuple(roles)) for (account_id, name), roles in held.items()]


def enter_demo(db: TenantSession, account_id: int, *, now: datetime) -> str:
    """Begin a session as a demo person of this municipality; Missing for anybody else."""
    account = db.scalars(select(Account).where(Account.id == account_id, Account.demo)).one_or_none()
    if account is None or person_of(db, account_id) is None or db.municipality_id is None:
        raise Missing("account")
    return sessions.begin(db, account, db.municipality_id, now=now)


def refuse_wrong_mode(db: TenantSession, *, demo: bool) -> None:
    """WrongMode when demo people are in a database that is for real people, or the other way round."""
    demo_accounts = db.scalar(select(func.count(Account.id)).where(Account.demo)) or 0
    if demo_accounts and not demo:
        raise WrongMode("This database holds demo people, whose password anybody may know. Use it with SAMSKAP_DEMO=1.")
    if demo and not demo_accounts and db.scalar(select(func.count(Account.id))):
        raise WrongMode("This database holds real people's accounts. Demo mode needs a database of its own.")


# ---------------------------------------------------------------- keeping house


def unverified_persons(db: TenantSession, *, now: datetime) -> list[int]:
    """The persons here who signed up themselves a month ago and never verified their address; they are to be erased."""
    query = select(Person.id).join(Account, Account.id == Person.account_id)
    query = query.where(Account.verified_at.is_(None), Account.issuer == LOCAL, Person.erased_at.is_(None))
    return list(db.scalars(query.where(Account.created_at < now - UNVERIFIED_FOR)))


def forget_unverified(db: TenantSession, *, now: datetime) -> None:
    """Delete the accounts that were never verified and have no person left."""
    has_person = select(Standing.id).where(Standing.account_id == Account.id).exists()
    db.execute(
        delete(Account).where(
            Account.verified_at.is_(None),
            Account.issuer == LOCAL,
            Account.created_at < now - UNVERIFIED_FOR,
            ~has_person,
        ),
        execution_options={"synchronize_session": False},
    )
