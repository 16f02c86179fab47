"""Volunteers: signing up, pausing, leaving; and what coordinators do. What volunteers offer is in resources.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from samskap.models import Offer, Person, Volunteer
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, Role, require
from samskap.services import accounts, clearances, facts, members, offers
from samskap.services.steps import Refused, find, hold, take
from samskap.text import Text, age_on, today
from samskap.workflows.offer import OfferState
from samskap.workflows.step import Circumstances
from samskap.workflows.volunteer import on_a_break

GROWN_UP = 18
NOT_SIGNED_UP = Text(
    nb="Du har ikke meldt deg ennå. Begynn med «Jeg vil bidra».",
    nn="Du har ikkje meldt deg enno. Byrj med «Eg vil bidra».",
    en="You have not signed up yet. Begin with “I want to contribute”.",
)
SAME_CONTACT = Text(
    nb="En person med samme e-post eller telefon er allerede registrert. Se om det er samme person.",
    nn="Ein person med same e-post eller telefon er alt registrert. Sjå om det er same person.",
    en="Somebody with the same e-mail or phone is already registered. See whether it is the same person.",
)


def begin(db: TenantSession, actor: Actor, person_id: int, *, now: datetime) -> Volunteer:
    """The volunteer of a person: the one there is, or a new one that is signing up."""
    volunteer = db.get(Volunteer, person_id)
    if volunteer is None:
        hold(db, Person, person_id)  # two windows at once make one volunteer
        volunteer = db.get(Volunteer, person_id)
    if volunteer is None:
        volunteer = Volunteer(id=person_id, municipality_id=db.municipality_id, registered_at=now)
        require(actor, Can.SIGN_UP, volunteer)
        db.add(volunteer)
        db.flush()
    require(actor, Can.SIGN_UP, volunteer)
    return volunteer


def of_actor(db: TenantSession, actor: Actor) -> Volunteer:
    """The actor's own; Refused when they have not signed up."""
    volunteer = db.get(Volunteer, actor.id) if actor.id is not None else None
    if volunteer is None:
        raise Refused(NOT_SIGNED_UP)
    return volunteer


def changeable(db: TenantSession, actor: Actor, volunteer_id: int) -> Volunteer:
    """A volunteer whom the actor may change: themselves (also while signing up), or anyone for a coordinator."""
    if volunteer_id == actor.id:
        return of_actor(db, actor)
    return find(db, actor, Can.CHANGE_RESOURCES, Volunteer, volunteer_id)


# Steps


def register(db: TenantSession, actor: Actor, volunteer: Volunteer, *, now: datetime) -> None:
    """Send in: from here on a candidate for tasks without requirements."""
    person = db.get_one(Person, volunteer.id)
    take(db, actor, volunteer, "register", circumstances=Circumstances(now=now, adult=is_adult(person, today(now))))
    volunteer.registered_at = now
    members.give(db, volunteer.id, Role.VOLUNTEER, now=now)
    facts.touch(db, volunteer.id)


def is_adult(person: Person, day: date) -> bool:
    """Known to be 18: by the date, or by a year that leaves no doubt."""
    if person.birth_date is not None:
        return age_on(person.birth_date, on=day) >= GROWN_UP
    return person.birth_year is not None and day.year - person.birth_year > GROWN_UP


def pause(db: TenantSession, actor: Actor, volunteer_id: int, *, until: date | None, now: datetime) -> Volunteer:
    """Nobody asks meanwhile; `until` None is for as long as they like. On a pause already: only its end is changed."""
    volunteer = find(db, actor, Can.PAUSE_VOLUNTEER, Volunteer, volunteer_id, lock=True)
    if not on_a_break(volunteer, today(now)):
        take(db, actor, volunteer, "pause", circumstances=Circumstances(now=now))
        volunteer.paused_since = today(now)
    volunteer.paused_until = until
    facts.touch(db, volunteer.id)
    return volunteer


def resume(db: TenantSession, actor: Actor, volunteer_id: int, *, now: datetime) -> Volunteer:
    """Back from a break."""
    volunteer = find(db, actor, Can.PAUSE_VOLUNTEER, Volunteer, volunteer_id, lock=True)
    take(db, actor, volunteer, "resume", circumstances=Circumstances(now=now))
    volunteer.paused_since = volunteer.paused_until = volunteer.ask_after = None
    facts.touch(db, volunteer.id)
    return volunteer


def leave(db: TenantSession, actor: Actor, volunteer_id: int, *, now: datetime) -> Volunteer:
    """No longer a volunteer: open requests lapse, assignments end, and the others are told.

    With the role its certificates count no more: who comes back is asked anew, where the law lets anyone ask.
    """
    find(db, actor, Can.LEAVE_VOLUNTEER, Volunteer, volunteer_id)
    offers.lapse_of_volunteer(db, volunteer_id, now=now)
    volunteer = find(db, actor, Can.LEAVE_VOLUNTEER, Volunteer, volunteer_id, lock=True)
    take(db, actor, volunteer, "leave", circumstances=Circumstances(now=now))
    clearances.role_is_over(db, volunteer_id, now=now)
    facts.touch(db, volunteer.id)
    return volunteer


def come_back(db: TenantSession, actor: Actor, volunteer_id: int, *, now: datetime) -> Volunteer:
    """With everything as it was; a conversation comes first, as the first time."""
    volunteer = changeable(db, actor, volunteer_id)
    take(db, actor, volunteer, "return", circumstances=Circumstances(now=now))
    volunteer.paused_since = volunteer.paused_until = volunteer.ask_after = None
    facts.touch(db, volunteer.id)
    return volunteer


def talk(db: TenantSession, actor: Actor, volunteer_id: int, *, now: datetime) -> Volunteer:
    """A conversation is booked."""
    return _by_coordinator(db, actor, volunteer_id, "talk", now=now)


def make_ready(db: TenantSession, actor: Actor, volunteer_id: int, *, now: datetime) -> Volunteer:
    """Ready for tasks one-to-one, in one press."""
    return _by_coordinator(db, actor, volunteer_id, "make_ready", now=now)


def _by_coordinator(db: TenantSession, actor: Actor, volunteer_id: int, step: str, *, now: datetime) -> Volunteer:
    volunteer = find(db, actor, Can.MAKE_READY, Volunteer, volunteer_id, lock=True)
    take(db, actor, volunteer, step, circumstances=Circumstances(now=now))
    facts.touch(db, volunteer.id)
    return volunteer


def assist(
    db: TenantSession,
    actor: Actor,
    *,
    name: str,
    phone: str | None,
    email: str | None,
    locale: str,
    now: datetime,
) -> Volunteer:
    """Begin a registration for someone who will not do it alone; nobody is written to before an invitation."""
    require(actor, Can.REGISTER_FOR_SOMEONE)
    email = accounts.normal_address(email) if email else None
    if _somebody_with(db, phone=phone, email=email) is not None:
        raise Refused(SAME_CONTACT)
    person = Person(
        name=name,
        phone=phone,
        email=email,
        locale=locale,
        created_at=now,
        registered_by_id=actor.id,
        source="assisted",
    )
    db.add(person)
    db.flush()
    return begin(db, actor, person.id, now=now)


def _somebody_with(db: TenantSession, *, phone: str | None, email: str | None) -> Person | None:
    for column, value in ((Person.phone, phone), (Person.email, email)):
        if value and (found := db.scalars(select(Person).where(column == value)).first()):
            return found
    return None


def waiting_offers(db: TenantSession, volunteer_id: int) -> Sequence[Offer]:
    """Requests that wait for this volunteer's answer, the most pressing first."""
    query = select(Offer).where(Offer.volunteer_id == volunteer_id, Offer.state == OfferState.SENT)
    return db.scalars(query.order_by(Offer.expires_at)).all()
