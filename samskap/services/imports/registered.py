"""Who and what is registered here already, in the shape that a list has, so that the two can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from samskap.models import Need, NeedWindow, OwnWord, Person, Term, Times, Unit, Volunteer, VolunteerTerm, WordKind
from samskap.models.session import TenantSession
from samskap.services.imports.birth import Born
from samskap.services.imports.compare_needs import KnownNeed
from samskap.services.imports.compare_people import KnownVolunteer
from samskap.services.imports.needs import NeedEntry, Session, UnitName
from samskap.services.imports.people import Standing, VolunteerEntry
from samskap.services.needs import CHANGEABLE
from samskap.text import oslo
from samskap.workflows.volunteer import VolunteerState

Words = Mapping[int, Sequence[tuple[WordKind, str, int]]]


def known_volunteers(db: TenantSession) -> tuple[KnownVolunteer, ...]:
    """Everyone registered here, volunteers or not: three statements, whatever the number."""
    words, own_words = _words(db), _own_words(db)
    query = select(Person, Volunteer).outerjoin(Volunteer, Volunteer.id == Person.id).where(Person.erased_at.is_(None))
    return tuple(
        _known(person, volunteer, words, own_words) for person, volunteer in db.execute(query.order_by(Person.id))
    )


def _words(db: TenantSession) -> Words:
    query = select(VolunteerTerm.volunteer_id, Term.kind, Term.key, VolunteerTerm.level).join(
        Term, Term.id == VolunteerTerm.term_id
    )
    found = defaultdict[int, list[tuple[WordKind, str, int]]](list)
    for volunteer_id, kind, key, level in db.execute(query.order_by(VolunteerTerm.id)):
        found[volunteer_id].append((kind, key, level))
    return found


def _own_words(db: TenantSession) -> Mapping[int, Sequence[str]]:
    found = defaultdict[int, list[str]](list)
    for volunteer_id, words in db.execute(select(OwnWord.volunteer_id, OwnWord.words).order_by(OwnWord.id)):
        found[volunteer_id].append(words)
    return found


def _known(
    person: Person,
    volunteer: Volunteer | None,
    words: Words,
    own_words: Mapping[int, Sequence[str]],
) -> KnownVolunteer:
    mine = words.get(person.id, ())
    entry = VolunteerEntry(
        name=person.name,
        email=person.email,
        phone=person.phone,
        born=_born(person),
        postcode=person.postcode,
        resources=frozenset(key for kind, key, _ in mine if kind is WordKind.RESOURCE),
        interests=frozenset(key for kind, key, _ in mine if kind is WordKind.INTEREST),
        languages=tuple((key, level) for kind, key, level in mine if kind is WordKind.LANGUAGE),
        own_words=tuple(own_words.get(person.id, ())),
        free=volunteer.free if volunteer else None,
        preferred=volunteer.preferred if volunteer else None,
        standing=_standing(volunteer) if volunteer else None,
    )
    return KnownVolunteer(
        id=person.id,
        entry=entry,
        volunteer=volunteer is not None,
        own_answers=person.account_id is not None or person.source == "self",
        listed_as=person.imported_as,
    )


def _born(person: Person) -> Born | None:
    if person.birth_date:
        return Born(person.birth_date.year, person.birth_date)
    return Born(person.birth_year) if person.birth_year else None


def _standing(volunteer: Volunteer) -> Standing | None:
    if volunteer.state is VolunteerState.LEFT:
        return Standing.LEFT
    return Standing.PAUSED if volunteer.paused_since else None


# ---------------------------------------------------------------- needs and units


def known_needs(db: TenantSession) -> tuple[KnownNeed, ...]:
    """Every need here: two statements, whatever the number."""
    windows = defaultdict[int, list[NeedWindow]](list)
    for window in db.scalars(select(NeedWindow).order_by(NeedWindow.place_in_order, NeedWindow.id)):
        windows[window.need_id].append(window)
    return tuple(_known_need(need, windows[need.id]) for need in db.scalars(select(Need).order_by(Need.id)))


def _known_need(need: Need, windows: Sequence[NeedWindow]) -> KnownNeed:
    entry = NeedEntry(
        title=need.title,
        task=need.task or need.title,
        kind=need.kind,
        postcode=need.postcode,
        weekly=tuple(
            sorted(
                (w.start_minute, w.end_minute)
                for w in windows
                if w.start_minute is not None and w.end_minute is not None
            )
        ),
        sessions=tuple(sorted(session_of(window) for window in windows if window.starts_at is not None)),
        all_of_them=need.times is Times.ALL,
        how_often=need.how_often,
        wanted=need.wanted,
        minimum=need.minimum,
        unit_id=need.unit_id,
    )
    changeable = need.state in CHANGEABLE and not need.taken
    return KnownNeed(id=need.id, entry=entry, listed_as=need.imported_as or "", changeable=changeable)


def session_of(window: NeedWindow) -> Session:
    """A dated window on the clock in Oslo."""
    assert window.starts_at is not None
    assert window.ends_at is not None
    begins, ends = oslo(window.starts_at), oslo(window.ends_at)
    start = begins.hour * 60 + begins.minute
    return Session(begins.date(), start, start + round((ends - begins).total_seconds() / 60))


def units(db: TenantSession) -> tuple[UnitName, ...]:
    """The municipality's units by name."""
    return tuple(UnitName(ident, name) for ident, name in db.execute(select(Unit.id, Unit.name).order_by(Unit.name)))
