"""Volunteers: signing up step by step, changing what one offers, pausing, leaving, and what coordinators do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from matching.week import Week
from samskap.integrations.places import Home, PostcodeTable, place_home
from samskap.models import Away, Municipality, Offer, OwnWord, Person, Term, Travel, Volunteer, VolunteerTerm, WordKind
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, Role, require
from samskap.services import facts, members, offers, terms, vocabulary
from samskap.services.steps import Refused, find, hold, take
from samskap.text import Text, age_on
from samskap.workflows.offer import OfferState
from samskap.workflows.step import Circumstances
from samskap.workflows.volunteer import VolunteerState

GROWN_UP = 18
USUAL_REACH_KM = {Travel.FOOT: 3, Travel.BICYCLE: 8, Travel.TRANSIT: 20, Travel.CAR: 20}
"""How far people usually go, by how they travel; each can set their own."""

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


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where somebody lives, and how they get about. An address is shown to the other side when both have said yes."""

    postcode: str
    address: str = ""
    protected: bool = False
    travel: Travel = Travel.CAR
    reach_km: int | None = None


@dataclass(frozen=True, kw_only=True)
class About:
    """Who somebody is. `languages` is term id to level."""

    birth_date: date | None = None
    phone: str | None = None
    languages: dict[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How much, with whom, and what not."""

    capacity: int
    weekly_minutes: int | None
    reach_km: int
    meet_gender: str | None
    wishes: str
    not_kinds: Collection[str]
    not_modes: Collection[str]
    experience_shared: bool


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


def set_where(db: TenantSession, volunteer: Volunteer, where: Where) -> Home:
    """Place the home by its postcode; an address is looked up later (placing.py). A protected one never is, or kept."""
    person = db.get_one(Person, volunteer.id)
    code = db.get_one(Municipality, db.municipality_id).code
    home = place_home(
        PostcodeTable(),
        address="",
        postcode=where.postcode,
        municipality_number=code,
        shielded=where.protected,
    )
    person.place_due = bool(where.address) and not where.protected
    person.address_protected = where.protected
    person.postcode = None if where.protected else where.postcode
    person.address = None if where.protected or not where.address else where.address
    person.lat, person.lon = (home.point.lat, home.point.lon) if home.point else (None, None)
    if (
        volunteer.travel is not where.travel
        or where.reach_km is not None
        or volunteer.state is VolunteerState.SIGNING_UP
    ):
        volunteer.reach_km = where.reach_km if where.reach_km is not None else USUAL_REACH_KM[where.travel]
    volunteer.travel = where.travel
    facts.touch(db, volunteer.id)
    return home


def set_words(
    db: TenantSession,
    volunteer: Volunteer,
    kind: WordKind,
    ids: Collection[int],
    *,
    own: Iterable[str] = (),
) -> None:
    """What somebody can give, likes or has lived through. Own words that the vocabulary knows become its words."""
    every = terms.in_use(db)[kind]
    known = {term.id for term in every}
    chosen = {ident for ident in ids if ident in known}
    left = []
    for words in own:
        found = vocabulary.find(words, kind=kind, own=terms.own_of(every))
        term = next((one for one in every if found and one.key == found.key), None)
        if term is not None:
            chosen.add(term.id)
        else:
            left.append(words)
    _replace_terms(db, volunteer, kind, dict.fromkeys(chosen, 0))
    if kind is WordKind.RESOURCE:
        _replace_own(db, volunteer, left)
    facts.touch(db, volunteer.id)


def set_languages(db: TenantSession, volunteer: Volunteer, levels: dict[int, int]) -> None:
    """Languages spoken, term id to level (1 a little, 2 everyday talk, 3 fluent)."""
    known = {term.id for term in terms.in_use(db)[WordKind.LANGUAGE]}
    _replace_terms(
        db, volunteer, WordKind.LANGUAGE, {ident: level for ident, level in levels.items() if ident in known}
    )
    facts.touch(db, volunteer.id)


def _replace_terms(db: TenantSession, volunteer: Volunteer, kind: WordKind, levels: dict[int, int]) -> None:
    of_kind = select(Term.id).where(Term.kind == kind)
    has = db.scalars(
        select(VolunteerTerm).where(
            VolunteerTerm.volunteer_id == volunteer.id,
            VolunteerTerm.term_id.in_(of_kind),
            VolunteerTerm.wish.is_(False),
        ),
    ).all()
    for row in has:
        if row.term_id not in levels:
            db.delete(row)
        else:
            row.level = levels[row.term_id]
    held = {row.term_id for row in has}
    for ident in sorted(set(levels) - held):
        db.add(VolunteerTerm(volunteer_id=volunteer.id, term_id=ident, level=levels[ident]))
    db.flush()


def _replace_own(db: TenantSession, volunteer: Volunteer, words: Sequence[str]) -> None:
    """Words that nobody has read yet are replaced; those that became vocabulary stay with it."""
    wanted = {vocabulary.fold(one): one for one in words if one.strip()}
    for row in db.scalars(select(OwnWord).where(OwnWord.volunteer_id == volunteer.id)).all():
        folded = vocabulary.fold(row.words)
        if folded in wanted:
            wanted.pop(folded)
        elif row.term_id is None:
            db.delete(row)
    db.flush()
    for one in wanted.values():
        db.add(OwnWord(volunteer_id=volunteer.id, words=one[:120]))
    db.flush()


def set_week(db: TenantSession, volunteer: Volunteer, free: Week) -> None:
    """When it suits."""
    volunteer.free = free
    facts.touch(db, volunteer.id)


def set_about(db: TenantSession, volunteer: Volunteer, about: About) -> None:
    """Birth date, phone and languages."""
    person = db.get_one(Person, volunteer.id)
    person.birth_date = about.birth_date or person.birth_date
    person.phone = about.phone
    if about.languages is not None:
        set_languages(db, volunteer, about.languages)
    facts.touch(db, volunteer.id)


def set_wishes(db: TenantSession, volunteer: Volunteer, wishes: Wishes) -> None:
    """How much, how far, with whom, and what not."""
    volunteer.capacity = wishes.capacity
    volunteer.weekly_minutes = wishes.weekly_minutes
    volunteer.reach_km = wishes.reach_km
    volunteer.meet_gender = wishes.meet_gender
    volunteer.wishes = wishes.wishes
    volunteer.not_kinds = " ".join(sorted(wishes.not_kinds))
    volunteer.not_modes = " ".join(sorted(wishes.not_modes))
    volunteer.experience_shared = wishes.experience_shared
    facts.touch(db, volunteer.id)


def set_away(db: TenantSession, volunteer: Volunteer, first: date, last: date) -> None:
    """Days on which nobody should ask."""
    db.add(Away(volunteer_id=volunteer.id, first_day=first, last_day=last))
    facts.touch(db, volunteer.id)


def not_away(db: TenantSession, volunteer: Volunteer, away_id: int) -> None:
    """At home after all."""
    db.execute(delete(Away).where(Away.id == away_id, Away.volunteer_id == volunteer.id))
    facts.touch(db, volunteer.id)


# Steps


def register(db: TenantSession, actor: Actor, volunteer: Volunteer, *, now: datetime) -> None:
    """Send in: from here on a candidate for tasks without requirements."""
    person = db.get_one(Person, volunteer.id)
    take(db, actor, volunteer, "register", circumstances=Circumstances(now=now, adult=is_adult(person, now.date())))
    volunteer.registered_at = now
    members.give(db, volunteer.id, Role.VOLUNTEER, now=now)
    facts.touch(db, volunteer.id)


def is_adult(person: Person, day: date) -> bool:
    """Known to be 18: by the date, or by a year that leaves no doubt."""
    if person.birth_date is not None:
        return age_on(person.birth_date, on=day) >= GROWN_UP
    return person.birth_year is not None and day.year - person.birth_year > GROWN_UP


def pause(db: TenantSession, actor: Actor, volunteer_id: int, *, until: date | None, now: datetime) -> Volunteer:
    """Nobody asks meanwhile; `until` None is for as long as they like."""
    volunteer = find(db, actor, Can.PAUSE_VOLUNTEER, Volunteer, volunteer_id, lock=True)
    circumstances = Circumstances(now=now)
    take(db, actor, volunteer, "pause", circumstances=circumstances)
    volunteer.paused_since, volunteer.paused_until = circumstances.today, until
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
    """No longer a volunteer: open requests lapse, and the others are told."""
    volunteer = find(db, actor, Can.LEAVE_VOLUNTEER, Volunteer, volunteer_id)
    offers.lapse_of_volunteer(db, volunteer_id, now=now)
    volunteer = find(db, actor, Can.LEAVE_VOLUNTEER, Volunteer, volunteer_id, lock=True)
    take(db, actor, volunteer, "leave", circumstances=Circumstances(now=now))
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
