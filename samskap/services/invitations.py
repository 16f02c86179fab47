"""Invitations: a role at work, or a place among the volunteers for someone who is registered already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from samskap.models import Account, Link, Person, Unit
from samskap.models.account import Purpose
from samskap.models.session import TenantSession
from samskap.permissions import STAFF, Actor, Can, Role, require
from samskap.services import accounts, links, roles
from samskap.services.sessions import hashed
from samskap.services.steps import Missing, Refused
from samskap.text import Text

PURPOSES: Final = (Purpose.INVITE_STAFF, Purpose.INVITE_VOLUNTEER)
CAN_BE_RENEWED_FOR: Final = timedelta(days=30)
"""How long after it was sent a volunteer may ask for a fresh link."""

NO_ADDRESS = Text(
    nb="Personen har ingen e-postadresse her. Skriv den inn først.",
    nn="Personen har inga e-postadresse her. Skriv ho inn først.",
    en="This person has no e-mail address here. Enter it first.",
)
HAS_ACCOUNT = Text(
    nb="Denne personen har allerede en konto, og trenger ingen invitasjon.",
    nn="Denne personen har alt ein konto, og treng ingen invitasjon.",
    en="This person already has an account and needs no invitation.",
)
TWO_PERSONS = Text(
    nb="Kontoen din er allerede registrert i denne kommunen. Ring oss, så slår vi de to registreringene sammen.",
    nn="Kontoen din er alt registrert i denne kommunen. Ring oss, så slår vi dei to registreringane saman.",
    en="Your account is already registered in this municipality. Call us and we will join the two registrations.",
)
NOT_STAFF = Text(
    nb="Denne rollen følger av det folk gjør selv, og kan ikke gis bort.",
    nn="Denne rolla følgjer av det folk gjer sjølve, og kan ikkje givast bort.",
    en="This role follows from what people do themselves and cannot be given.",
)
UNIT_MISSING = Text(
    nb="En fagperson må høre til en virksomhet. Velg hvilken.",
    nn="Ein fagperson må høyre til ei verksemd. Vel kva for ei.",
    en="A professional must belong to a unit. Choose which.",
)


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What an invitation is for, as its page shows it."""

    email: str
    role: Role | None
    """None: to be oneself, as somebody who is registered already."""
    unit: str | None
    name: str
    """The name that is on file; empty for somebody new."""
    account_id: int | None
    """The account that has verified the address, if there is one: its password is asked for, and no new one is made."""


# ---------------------------------------------------------------- sending


def invite_staff(
    db: TenantSession,
    actor: Actor,
    *,
    email: str,
    role: Role,
    unit_id: int | None,
    locale: str,
    secret: str,
    now: datetime,
) -> Link:
    """Send somebody a single-use link to a role; one sent earlier for the same is dead."""
    require(actor, Can.INVITE_STAFF)
    if role not in STAFF:
        raise Refused(NOT_STAFF)
    if role is Role.PROFESSIONAL and unit_id is None:
        raise Refused(UNIT_MISSING)
    if unit_id is not None and db.get(Unit, unit_id) is None:
        raise Missing("unit")
    to = accounts.normal_address(email)
    _withdraw_same(db, to, role, unit_id)
    bound = links.Bound(role=role, unit_id=unit_id)
    link = links.send(db, Purpose.INVITE_STAFF, to, bound=bound, locale=locale, secret=secret, now=now)
    roles.write_down(db, "invite", thing_id=link.id, noun="invitation", to=role, by_id=actor.id, now=now)
    return link


def _withdraw_same(db: TenantSession, to: str, role: Role, unit_id: int | None) -> None:
    same_unit = Link.unit_id.is_(None) if unit_id is None else Link.unit_id == unit_id
    db.execute(
        delete(Link).where(
            Link.purpose == Purpose.INVITE_STAFF,
            Link.municipality_id == db.municipality_id,
            Link.email == to,
            Link.role == role,
            same_unit,
            Link.used_at.is_(None),
        ),
        execution_options={"synchronize_session": False},
    )


def invite_volunteer(db: TenantSession, actor: Actor, person_id: int, *, secret: str, now: datetime) -> Link:
    """Send somebody who is registered without an account a link with which they make one; Refused if it cannot be.

    From now on they have 30 days to answer.
    """
    require(actor, Can.REGISTER_FOR_SOMEONE)
    person = db.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise Missing("person")
    if person.account_id is not None:
        raise Refused(HAS_ACCOUNT)
    if not person.email:
        raise Refused(NO_ADDRESS)
    person.invited_at = person.invited_at or now
    return _send_to_volunteer(db, person, secret=secret, now=now)


def _send_to_volunteer(db: TenantSession, person: Person, *, secret: str, now: datetime) -> Link:
    assert person.email
    bound = links.Bound(person_id=person.id)
    to = accounts.normal_address(person.email)
    return links.send(db, Purpose.INVITE_VOLUNTEER, to, bound=bound, locale=person.locale, secret=secret, now=now)


def renew(db: TenantSession, token: str, *, secret: str, now: datetime) -> None:
    """Send a volunteer whose link is too old a fresh one, to the same address; nothing for any other link."""
    query = select(Link, Person).join(Person, Person.id == Link.person_id)
    found = db.execute(
        query.where(
            Link.token_hash == hashed(token),
            Link.purpose == Purpose.INVITE_VOLUNTEER,
            Link.municipality_id == db.municipality_id,
            Link.used_at.is_(None),
            Link.expires_at > now - CAN_BE_RENEWED_FOR,
            Person.account_id.is_(None),
            Person.erased_at.is_(None),
            Person.email.is_not(None),
        )
    ).one_or_none()
    if found is not None:
        link, person = found
        links.use(db, link, now=min(now, link.expires_at - timedelta(microseconds=1)))
        _send_to_volunteer(db, person, secret=secret, now=now)


# ---------------------------------------------------------------- waiting ones


def waiting(db: TenantSession, *, now: datetime) -> list[Link]:
    """The invitations of staff that have not been answered and can still be, the newest first."""
    query = select(Link).where(
        Link.purpose == Purpose.INVITE_STAFF,
        Link.municipality_id == db.municipality_id,
        Link.used_at.is_(None),
        Link.expires_at > now,
    )
    return list(db.scalars(query.order_by(Link.id.desc())))


def withdraw(db: TenantSession, actor: Actor, link_id: int, *, now: datetime) -> None:
    """Make an invitation useless before it is answered."""
    require(actor, Can.INVITE_STAFF)
    link = next((link for link in waiting(db, now=now) if link.id == link_id), None)
    if link is None:
        raise Missing("link")
    roles.write_down(db, "withdraw", thing_id=link.id, noun="invitation", frm=link.role or "", by_id=actor.id, now=now)
    db.delete(link)
    db.flush()


# ---------------------------------------------------------------- answering


def about(db: TenantSession, link: Link) -> Invitation:
    """What the one who holds the link is told."""
    person = db.get(Person, link.person_id) if link.person_id is not None else None
    unit = db.get(Unit, link.unit_id) if link.unit_id is not None else None
    owner = accounts.owner_of(db, link.email)
    return Invitation(
        email=link.email,
        role=link.role,
        unit=unit.name if unit else None,
        name=person.name if person else "",
        account_id=owner.id if owner else None,
    )


def accept(
    db: TenantSession, link: Link, *, name: str, password_hash: str | None, locale: str, now: datetime
) -> Account:
    """Use an invitation up: the account of its address (made now if there is none) has the role, or is the person.

    The link has shown that the address is theirs. Refused for all but the first of several at once.
    """
    links.use(db, link, now=now)
    account = _account_for(db, link, password_hash, now=now)
    person_id = link.person_id or _registered_as(db, link.email)
    if person_id is not None and accounts.person_of(db, account.id) is None:
        _join(db, account, person_id, now=now)
    elif link.person_id is not None:
        raise Refused(TWO_PERSONS)
    if link.role is not None:
        person = accounts.settle(db, account, name=name, locale=locale, now=now)
        roles.give(db, person, link.role, link.unit_id, by_id=None, now=now)
    accounts.raise_version(db, account.id)
    db.refresh(account)
    return account


def _registered_as(db: TenantSession, email: str) -> int | None:
    """The one person here who was registered with this address and has no account."""
    query = select(Person.id).where(
        func.lower(Person.email) == email, Person.account_id.is_(None), Person.erased_at.is_(None)
    )
    found = db.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


def _account_for(db: TenantSession, link: Link, password_hash: str | None, *, now: datetime) -> Account:
    owner = accounts.owner_of(db, link.email)
    if owner is not None:
        return owner
    if password_hash is None:
        raise Refused(links.SPENT)
    subject = hashed(f"link|{link.id}|{link.email}")
    return accounts.make(
        db, email=link.email, password_hash=password_hash, subject=subject, now=now, verified=True, demo=False
    )


def _join(db: TenantSession, account: Account, person_id: int, *, now: datetime) -> None:
    """The registered person and the account are one; Refused if the account has another person here."""
    query = select(Person).where(Person.id == person_id, Person.erased_at.is_(None)).with_for_update(key_share=True)
    person = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if person is None:
        raise Refused(links.SPENT)
    if person.account_id is not None:
        raise Refused(TWO_PERSONS)
    person.account_id = account.id
    person.confirmed_at = now
    db.flush()
    accounts.stand(db, account.id)
