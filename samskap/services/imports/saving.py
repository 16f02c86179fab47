"""Carrying a plan out, in the transaction that the way in commits: everything of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from matching.times import Dated, Weekly, Window
from samskap.integrations.places import place_of_postcode
from samskap.models import (
    Audience,
    Membership,
    Mode,
    Municipality,
    Need,
    OwnWord,
    Person,
    Term,
    Times,
    Volunteer,
    VolunteerTerm,
    WordKind,
)
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, Role, require
from samskap.services import facts, kinds, members, needs, terms, volunteers
from samskap.services.imports.birth import Born
from samskap.services.imports.needs import NeedEntry, Session
from samskap.services.imports.people import Standing, VolunteerEntry
from samskap.services.imports.plan import Plan, Save
from samskap.services.needs import NeedWords
from samskap.services.steps import Conflict, take
from samskap.services.vocabulary import fold
from samskap.text import OSLO, Text, as_locale
from samskap.workflows.need import NeedState
from samskap.workflows.step import Circumstances
from samskap.workflows.volunteer import HERE, VolunteerState

SOURCE: Final = "import"
BOTH_AT_ONCE: Final = Text(
    nb="Noen andre tok inn den samme lista samtidig. Ingenting er lagret. Åpne lista på nytt og se hva som er nytt.",
    nn="Nokon andre tok inn den same lista samtidig. Ingenting er lagra. Opne lista på nytt og sjå kva som er nytt.",
    en="Somebody else imported the same list at the same time. Nothing was saved. Open the list again and look.",
)


def save_volunteers(db: TenantSession, actor: Actor, plan: Plan[VolunteerEntry], *, now: datetime) -> None:
    """Save every person of the plan; Conflict when somebody else saved the same rows meanwhile. Nobody is told."""
    require(actor, Can.IMPORT_LISTS)
    terms.stock(db)
    words = _term_ids(db)
    try:
        _add_people(db, actor, [save for save in plan.saves if save.known_id is None], words, now=now)
        for save in plan.saves:
            if save.known_id is not None:
                _change_person(db, actor, save, words, now=now)
        db.flush()
    except IntegrityError as error:
        raise Conflict(BOTH_AT_ONCE) from error


Words = Mapping[tuple[WordKind, str], int]


def _term_ids(db: TenantSession) -> Words:
    return {(kind, key): ident for ident, kind, key in db.execute(select(Term.id, Term.kind, Term.key))}


# ---------------------------------------------------------------- new people


def _add_people(
    db: TenantSession,
    actor: Actor,
    saves: Sequence[Save[VolunteerEntry]],
    words: Words,
    *,
    now: datetime,
) -> None:
    locale = as_locale(db.get_one(Municipality, db.municipality_id).locale)
    people = [_person(save, actor, locale=locale, now=now) for save in saves]
    db.add_all(people)
    db.flush()
    rows = [_volunteer(person.id, save.entry, now=now) for person, save in zip(people, saves, strict=True)]
    db.add_all(rows)
    db.add_all([Membership(person_id=person.id, role=Role.VOLUNTEER, since=now) for person in people])
    db.flush()
    for volunteer, save in zip(rows, saves, strict=True):
        _add_words(db, volunteer.id, save.entry, words)
        facts.touch(db, volunteer.id)
    db.flush()
    for volunteer, save in zip(rows, saves, strict=True):
        _begin_as(db, actor, volunteer, save.entry.standing, now=now)


def _person(save: Save[VolunteerEntry], actor: Actor, *, locale: str, now: datetime) -> Person:
    entry = save.entry
    person = Person(
        name=entry.name,
        email=entry.email,
        phone=entry.phone,
        locale=locale,
        created_at=now,
        source=SOURCE,
        registered_by_id=actor.id,
        imported_as=save.listed_as,
    )
    _set_born(person, entry.born)
    _set_postcode(person, entry.postcode)
    return person


def _volunteer(ident: int, entry: VolunteerEntry, *, now: datetime) -> Volunteer:
    return Volunteer(
        id=ident,
        state=VolunteerState.REGISTERED,
        registered_at=now,
        free=entry.free,
        preferred=entry.preferred,
    )


def _set_born(person: Person, born: Born | None) -> None:
    if born:
        person.birth_date, person.birth_year = born.day, None if born.day else born.year


def _set_postcode(person: Person, postcode: str | None) -> None:
    """A protected address is never placed, by a list either."""
    if postcode is None or person.address_protected:
        return
    town = place_of_postcode(postcode)
    person.postcode = postcode
    person.lat, person.lon = (town.point.lat, town.point.lon) if town else (None, None)


def _add_words(db: TenantSession, ident: int, entry: VolunteerEntry, words: Words) -> None:
    db.add_all(
        [VolunteerTerm(volunteer_id=ident, term_id=words[kind, key], level=level) for kind, key, level in _keys(entry)]
    )
    db.add_all([OwnWord(volunteer_id=ident, words=own) for own in entry.own_words])


def _keys(entry: VolunteerEntry) -> list[tuple[WordKind, str, int]]:
    return [
        *((WordKind.RESOURCE, key, 0) for key in sorted(entry.resources)),
        *((WordKind.INTEREST, key, 0) for key in sorted(entry.interests)),
        *((WordKind.LANGUAGE, key, level) for key, level in entry.languages),
    ]


def _begin_as(
    db: TenantSession, actor: Actor, volunteer: Volunteer, standing: Standing | None, *, now: datetime
) -> None:
    """Somebody new who has left or is on pause: the step alone, since nobody has asked them for anything yet."""
    if standing is None:
        return
    circumstances = Circumstances(now=now)
    take(db, actor, volunteer, "leave" if standing is Standing.LEFT else "pause", circumstances=circumstances)
    if standing is Standing.PAUSED:
        volunteer.paused_since = circumstances.today


def _stand(db: TenantSession, actor: Actor, volunteer: Volunteer, standing: Standing | None, *, now: datetime) -> None:
    """Someone who has left or is on pause, by the same steps as when they say so themselves."""
    if volunteer.state not in HERE:
        return
    if standing is Standing.LEFT:
        volunteers.leave(db, actor, volunteer.id, now=now)
    elif standing is Standing.PAUSED:
        volunteers.pause(db, actor, volunteer.id, until=None, now=now)


# ---------------------------------------------------------------- people who are here already


def _change_person(db: TenantSession, actor: Actor, save: Save[VolunteerEntry], words: Words, *, now: datetime) -> None:
    person = db.get_one(Person, save.known_id)
    changed = {change.what: change.after for change in save.changes}
    volunteer = db.get(Volunteer, person.id) or _becomes_volunteer(db, person, now=now)
    if WORDS & changed.keys():
        _change_words(db, volunteer.id, save.entry, words)
    for what in ("name", "email", "phone"):
        if what in changed:
            setattr(person, what, changed[what])
    _set_born(person, save.entry.born if "born" in changed else None)
    _set_postcode(person, save.entry.postcode if "postcode" in changed else None)
    for what in ("free", "preferred"):
        if what in changed:
            setattr(volunteer, what, changed[what])
    _stand(db, actor, volunteer, save.entry.standing if "standing" in changed else None, now=now)
    if save.listed_as:
        person.imported_as = save.listed_as
    facts.touch(db, volunteer.id)


def _becomes_volunteer(db: TenantSession, person: Person, *, now: datetime) -> Volunteer:
    volunteer = Volunteer(id=person.id, state=VolunteerState.REGISTERED, registered_at=now)
    db.add(volunteer)
    db.flush()
    members.give(db, person.id, Role.VOLUNTEER, now=now)
    return volunteer


WORDS: Final = frozenset({"resources", "interests", "languages", "own_words"})


def _change_words(db: TenantSession, ident: int, entry: VolunteerEntry, words: Words) -> None:
    """Add what the list adds; a language that is there gets the level of the list."""
    had = {term.term_id: term for term in db.scalars(select(VolunteerTerm).where(VolunteerTerm.volunteer_id == ident))}
    for kind, key, level in _keys(entry):
        term = had.get(words[kind, key])
        if term is None:
            db.add(VolunteerTerm(volunteer_id=ident, term_id=words[kind, key], level=level))
        elif kind is WordKind.LANGUAGE:
            term.level = level
    own = {fold(one) for one in db.scalars(select(OwnWord.words).where(OwnWord.volunteer_id == ident))}
    db.add_all([OwnWord(volunteer_id=ident, words=one) for one in entry.own_words if fold(one) not in own])


# ---------------------------------------------------------------- needs


def save_needs(db: TenantSession, actor: Actor, plan: Plan[NeedEntry], *, now: datetime) -> None:
    """Save every need of the plan, and publish those that nothing holds back; Conflict as save_volunteers()."""
    require(actor, Can.IMPORT_LISTS)
    terms.stock(db)
    try:
        for save in plan.saves:
            if save.known_id is None:
                _add_need(db, actor, save, now=now)
            else:
                _change_need(db, actor, save, now=now)
        db.flush()
    except IntegrityError as error:
        raise Conflict(BOTH_AT_ONCE) from error


def _add_need(db: TenantSession, actor: Actor, save: Save[NeedEntry], *, now: datetime) -> None:
    need = needs.write(db, actor, _words(db, save.entry), now=now)
    need.source, need.imported_as = SOURCE, save.listed_as
    db.flush()
    if not save.entry.draft_because:
        needs.publish(db, actor, need.id, now=now)


def _change_need(db: TenantSession, actor: Actor, save: Save[NeedEntry], *, now: datetime) -> None:
    """Write what the list says anew; what it says nothing of stands as it was."""
    need = db.get_one(Need, save.known_id)
    words = _said(needs.words_of(db, need), save.entry)
    needs.change(db, actor, need.id, words, version=need.version, now=now)
    need.imported_as = save.listed_as or need.imported_as
    if need.state is NeedState.DRAFT and not save.entry.draft_because:
        needs.publish(db, actor, need.id, now=now)


def _words(db: TenantSession, entry: NeedEntry) -> NeedWords:
    """A new need with the defaults of its kind of task, as the form gives them."""
    kind = kinds.kind(entry.kind)
    plain = NeedWords(
        kind=kind.key,
        title=entry.title,
        audience=Audience(kind.audience.value),
        mode=Mode(kind.mode.value),
        preferred=terms.ids_of(db, WordKind.RESOURCE, kind.skills),
    )
    return _said(plain, entry)


def _said(stands: NeedWords, entry: NeedEntry) -> NeedWords:
    """The words of a need with what a list says in them; an empty cell takes nothing away."""
    town = place_of_postcode(entry.postcode) if entry.postcode else None
    listed: tuple[Window, ...] = (
        *(Weekly(start, end) for start, end in entry.weekly),
        *(_dated(each) for each in entry.sessions),
    )
    windows = listed or stands.windows
    return replace(
        stands,
        title=entry.title,
        task=entry.task,
        wanted=entry.wanted,
        minimum=entry.minimum,
        postcode=entry.postcode or stands.postcode,
        place=town.town if town else stands.place,
        windows=windows,
        times=_how_meant(windows, all_of_them=entry.all_of_them) if listed else stands.times,
        how_often=entry.how_often or stands.how_often,
        unit_id=entry.unit_id or stands.unit_id,
        starts_on=entry.on if entry.on and not entry.sessions else stands.starts_on,
        ends_on=entry.on or stands.ends_on,
    )


def _how_meant(windows: Sequence[Window], *, all_of_them: bool) -> Times:
    if not windows:
        return Times.NONE
    return Times.ALL if all_of_them else Times.ANY


def _dated(session: Session) -> Dated:
    midnight = datetime.combine(session.day, time(0), tzinfo=OSLO)
    begins, ends = (_at(midnight, minutes) for minutes in (session.start, session.end))
    return Dated(begins, ends)


def _at(midnight: datetime, minutes: int) -> datetime:
    """An instant by the wall clock, so that the hour is right on the nights of clock change too."""
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)
