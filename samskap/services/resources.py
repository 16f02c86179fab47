"""What a volunteer offers: where and how far, what they can, when, and what they would rather not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from matching.week import Week
from samskap.integrations.places import Home, PostcodeTable, place_home
from samskap.models import Away, Municipality, OwnWord, Person, Term, Travel, Volunteer, VolunteerTerm, WordKind
from samskap.models.session import TenantSession
from samskap.services import facts, terms, vocabulary
from samskap.services.steps import Missing
from samskap.workflows.volunteer import VolunteerState

USUAL_REACH_KM = {Travel.FOOT: 3, Travel.BICYCLE: 8, Travel.TRANSIT: 20, Travel.CAR: 20}
"""How far people usually go, by how they travel; each can set their own."""


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where somebody lives, and how they get about. An address is shown to the other side when both have said yes."""

    postcode: str
    address: str = ""
    protected: bool = False
    travel: Travel = Travel.CAR


@dataclass(frozen=True, kw_only=True)
class About:
    """Who somebody is. `languages` is term id to level."""

    birth_date: date | None = None
    phone: str | None = None
    languages: dict[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How much, with whom, and what not. `gender` is one's own, said only by who wants to."""

    gender: str | None
    capacity: int
    weekly_minutes: int | None
    reach_km: int
    meet_gender: str | None
    wishes: str
    not_kinds: Collection[str]
    not_modes: Collection[str]
    experience_shared: bool


def set_where(db: TenantSession, volunteer: Volunteer, where: Where) -> Home:
    """Place the home by its postcode; an address is looked up later (placing.py). A protected one never is, or kept."""
    home = _put_home(db, db.get_one(Person, volunteer.id), where)
    if volunteer.travel is not where.travel or volunteer.state is VolunteerState.SIGNING_UP:
        volunteer.reach_km = USUAL_REACH_KM[where.travel]
    volunteer.travel = where.travel
    facts.touch(db, volunteer.id)
    return home


def _put_home(db: TenantSession, person: Person, where: Where) -> Home:
    """An address that has not changed keeps the place that was found for it."""
    code = db.get_one(Municipality, db.municipality_id).code
    home = place_home(
        PostcodeTable(), address="", postcode=where.postcode, municipality_number=code, shielded=where.protected
    )
    address, postcode = (None, None) if where.protected else (where.address or None, where.postcode)
    if where.protected or person.lat is None or (address, postcode) != (person.address, person.postcode):
        person.place_due = address is not None
        person.lat, person.lon = (home.point.lat, home.point.lon) if home.point else (None, None)
    person.address_protected, person.address, person.postcode = where.protected, address, postcode
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
        if (term := terms.called(words, every, kind=kind)) is not None:
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


def set_wants(db: TenantSession, volunteer: Volunteer, ids: Collection[int]) -> None:
    """What somebody would like to learn or do; what they can already is no wish."""
    known = {term.id for term in terms.in_use(db)[WordKind.RESOURCE]}
    held = {row.term_id: row for row in _held(db, volunteer, WordKind.RESOURCE)}
    wanted = {ident for ident in ids if ident in known and not (ident in held and not held[ident].wish)}
    for ident, row in held.items():
        if row.wish and ident not in wanted:
            db.delete(row)
    for ident in sorted(wanted - set(held)):
        db.add(VolunteerTerm(volunteer_id=volunteer.id, term_id=ident, level=0, wish=True))
    db.flush()
    facts.touch(db, volunteer.id)


def _replace_terms(db: TenantSession, volunteer: Volunteer, kind: WordKind, levels: Mapping[int, int]) -> None:
    """What somebody can now; a wish that is among it is fulfilled, and the other wishes stay."""
    held = _held(db, volunteer, kind)
    for row in held:
        if row.term_id in levels:
            row.level, row.wish = levels[row.term_id], False
        elif not row.wish:
            db.delete(row)
    for ident in sorted(set(levels) - {row.term_id for row in held}):
        db.add(VolunteerTerm(volunteer_id=volunteer.id, term_id=ident, level=levels[ident]))
    db.flush()


def _held(db: TenantSession, volunteer: Volunteer, kind: WordKind) -> Sequence[VolunteerTerm]:
    of_kind = select(Term.id).where(Term.kind == kind)
    query = select(VolunteerTerm).where(VolunteerTerm.volunteer_id == volunteer.id, VolunteerTerm.term_id.in_(of_kind))
    return db.scalars(query).all()


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
        db.add(OwnWord(volunteer_id=volunteer.id, words=one))
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
    db.get_one(Person, volunteer.id).gender = wishes.gender
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
    """At home after all; Missing for days that are none of theirs."""
    days = db.scalars(select(Away).where(Away.id == away_id, Away.volunteer_id == volunteer.id)).one_or_none()
    if days is None:
        raise Missing("Away")
    db.delete(days)
    facts.touch(db, volunteer.id)
