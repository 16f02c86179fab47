"""What the engine reads: rows made into facts, kept per municipality and process, reloaded only where they changed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Select, event, select, update

from matching.facts import Facts
from matching.place import Place
from matching.records import Hold, NeedFacts, VolunteerFacts
from matching.times import Dated, Weekly, Window
from matching.week import Week
from samskap.models import (
    Assignment,
    Audience,
    Away,
    Block,
    Clearance,
    Consent,
    Municipality,
    Need,
    NeedTerm,
    NeedWindow,
    Offer,
    Person,
    Requirement,
    Term,
    Times,
    Volunteer,
    VolunteerTerm,
    WordKind,
)
from samskap.models.session import TenantSession
from samskap.services import kinds
from samskap.text import Text, today
from samskap.workflows.assignment import LIVE, AssignmentState
from samskap.workflows.need import NeedState
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import HERE, VolunteerState

MATCHED = frozenset({NeedState.OPEN, NeedState.COVERED, NeedState.RUNNING})
"""Needs that lie among the facts; candidates are sought for the open ones."""
CLOSING = frozenset({OfferState.DECLINED, OfferState.ACCEPTED, OfferState.NOT_NOW})
"""Answers after which the same need is not put to the same person again."""
METRES = 1_000
HIGHEST_ID = 2**31 - 1
"""Numbers of people who are not registered are counted down from here, so that no person has one of them."""
Rows = Select[*tuple[Any, ...]]
"""A query for any columns."""


@dataclass(frozen=True)
class Held:
    """The facts of one municipality as of a version and a day."""

    version: int
    day: date
    facts: Facts
    words: Mapping[tuple[WordKind, str], Text]
    """What each term of the vocabulary is called."""


@dataclass
class _Shelf:
    """The facts of every municipality in this process, with a lock each so that one load serves all who wait."""

    held: dict[tuple[str, int], Held] = field(default_factory=dict)
    locks: defaultdict[tuple[str, int], threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))


_shelf = _Shelf()


def touch(db: TenantSession, volunteer_id: int) -> None:
    """Something that matching reads about a volunteer changes in this transaction."""
    _touched(db).add((Volunteer, volunteer_id))


def touch_need(db: TenantSession, need_id: int) -> None:
    """Something that matching reads about a need changes in this transaction."""
    _touched(db).add((Need, need_id))


def _touched(db: TenantSession) -> set[tuple[type[Any], int]]:
    if "touched" not in db.info:
        db.info["touched"] = set()
        event.listen(db, "before_commit", raise_versions)
        event.listen(db, "after_soft_rollback", lambda session, _: session.info["touched"].clear())
    touched: set[tuple[type[Any], int]] = db.info["touched"]
    return touched


def raise_versions(db: TenantSession) -> None:
    """Last before the commit, so that the municipality's row is locked for as short as can be and after all others."""
    touched: set[tuple[type[Any], int]] = db.info.get("touched", set())
    if not touched:
        return
    rows = {model: sorted(ident for kind, ident in touched if kind is model) for model in (Need, Volunteer)}
    for model, ids in rows.items():  # whoever has not held them yet does so now, before the municipality's row
        if ids:
            db.execute(select(model.id).where(model.id.in_(ids)).order_by(model.id).with_for_update())
    version = db.scalars(
        update(Municipality)
        .where(Municipality.id == db.municipality_id)
        .values(facts_version=Municipality.facts_version + 1)
        .returning(Municipality.facts_version),
        execution_options={"synchronize_session": False},
    ).one()
    for model, ids in rows.items():
        if ids:
            db.execute(
                update(model).where(model.id.in_(ids)).values(facts_version=version),
                execution_options={"synchronize_session": False},
            )
    touched.clear()


def current(db: TenantSession, *, now: datetime) -> Held:
    """The municipality's facts as they stand: one statement when nothing changed, else only what did is read."""
    query = select(Municipality.facts_version, Municipality.neighbours)
    version, neighbours = db.execute(query.where(Municipality.id == db.municipality_id)).one()
    place = (str(db.get_bind().engine.url), db.municipality_id or 0)
    with _shelf.locks[place]:
        held = _shelf.held.get(place)
        if held is None or held.day != today(now) or held.version > version:
            held = Held(version, today(now), _load_all(db, now=now, neighbours=neighbours), words_of(db))
        elif held.version < version:
            changed = _load_changed(db, held, now=now, neighbours=neighbours)
            held = Held(version, held.day, changed, words_of(db))
        _shelf.held[place] = held
    return held


def words_of(db: TenantSession) -> Mapping[tuple[WordKind, str], Text]:
    """What each term of the vocabulary is called."""
    rows = db.execute(select(Term.kind, Term.key, Term.nb, Term.nn, Term.en))
    return {(row.kind, row.key): Text(nb=row.nb, nn=row.nn, en=row.en) for row in rows}


def forget() -> None:
    """Drop everything that is kept in this process; for tests and after a restore."""
    _shelf.held.clear()


def _load_all(db: TenantSession, *, now: datetime, neighbours: Collection[str]) -> Facts:
    return Facts.of(volunteers_as_facts(db, now=now), needs_as_facts(db, neighbours=neighbours))


def of_pair(db: TenantSession, need_id: int, volunteer_id: int, *, now: datetime) -> Facts:
    """One pair read anew, for the step that saves; the pair is missing from it where one of them has gone."""
    neighbours = db.scalars(select(Municipality.neighbours).where(Municipality.id == db.municipality_id)).one()
    volunteers = volunteers_as_facts(db, now=now, only=[volunteer_id])
    return Facts.of(volunteers, needs_as_facts(db, neighbours=neighbours, only=[need_id]))


def _load_changed(db: TenantSession, held: Held, *, now: datetime, neighbours: Collection[str]) -> Facts:
    changed = list(db.scalars(select(Volunteer.id).where(Volunteer.facts_version > held.version)))
    needs = list(db.scalars(select(Need.id).where(Need.facts_version > held.version)))
    volunteers = list(volunteers_as_facts(db, now=now, only=changed)) if changed else []
    open_needs = list(needs_as_facts(db, neighbours=neighbours, only=needs)) if needs else []
    return held.facts.replaced(
        volunteers=volunteers,
        needs=open_needs,
        removed_volunteers=set(changed) - {one.id for one in volunteers},
        removed_needs=set(needs) - {one.id for one in open_needs},
    )


# Volunteers


def volunteers_as_facts(
    db: TenantSession,
    *,
    now: datetime,
    only: Collection[int] | None = None,
) -> Iterator[VolunteerFacts]:
    """Every volunteer who has not left (or only some), as facts; nine statements whatever the number."""
    terms = _terms_of_volunteers(db, only)
    away = _grouped(db, select(Away.volunteer_id, Away.first_day, Away.last_day), Away.volunteer_id, only)
    blocks = _blocks(db)
    cleared = _grouped(
        db,
        select(Clearance.person_id, Clearance.key).where(Clearance.ended_at.is_(None)),
        Clearance.person_id,
        only,
    )
    asks = _asks(db, only)
    bonds = _bonds(db, only)
    holds = _holds(db, only)
    code = db.scalars(select(Municipality.code).where(Municipality.id == db.municipality_id)).one()
    query = select(Volunteer, Person.birth_date, Person.gender, Person.lat, Person.lon).join(
        Person, Person.id == Volunteer.id
    )
    query = query.where(Volunteer.state.in_(sorted(HERE)), Person.erased_at.is_(None))
    for volunteer, birth_date, gender, lat, lon in db.execute(_some(query, Volunteer.id, only)):
        ident = volunteer.id
        asked, bond = asks[ident], bonds[ident]
        yield VolunteerFacts(
            id=ident,
            human=ident,
            municipality=code,
            reach_m=volunteer.reach_km * METRES,
            capacity=max(0, volunteer.capacity - bond.live - asked.open),
            paused=_paused(volunteer, today(now)),
            ready=volunteer.state in (VolunteerState.READY, VolunteerState.ACTIVE),
            place=_place(lat, lon),
            travel=volunteer.travel,
            running=bond.live,
            minutes_left=None if volunteer.weekly_minutes is None else max(0, volunteer.weekly_minutes - bond.minutes),
            available=volunteer.free or Week(),
            preferred=volunteer.preferred or Week(),
            away=tuple((row.first_day, row.last_day) for row in away[ident]),
            holds=tuple(holds[ident]),
            experience_shared=volunteer.experience_shared,
            clearances=frozenset(row.key for row in cleared[ident]),
            gender=gender,
            meets=volunteer.meet_gender,
            birth_date=birth_date,
            kinds_declined=frozenset(volunteer.not_kinds.split()),
            modes_declined=frozenset(volunteer.not_modes.split()),
            blocks=frozenset(blocks[ident]),
            meet_again=frozenset(bond.again),
            ended_badly=frozenset(bond.never),
            needs_declined=frozenset(asked.closed),
            open_offers=asked.open,
            asked=tuple(sorted(asked.days, reverse=True)),
            idle_since=max([today(volunteer.registered_at), *asked.days]),
            never_asked=not asked.days,
            **terms[ident].volunteer(),
        )


def _paused(volunteer: Volunteer, day: date) -> bool:
    """On pause, or has asked to be left alone until a later day."""
    resting = volunteer.paused_since is not None and (volunteer.paused_until is None or volunteer.paused_until >= day)
    return resting or (volunteer.ask_after is not None and volunteer.ask_after > day)


def _place(lat: float | None, lon: float | None) -> Place | None:
    return None if lat is None or lon is None else Place(lat, lon)


@dataclass
class _Terms:
    """The words of one volunteer or need, by kind."""

    skills: set[str] = field(default_factory=set)
    preferred: set[str] = field(default_factory=set)
    wants: set[str] = field(default_factory=set)
    interests: set[str] = field(default_factory=set)
    experience: set[str] = field(default_factory=set)
    languages: dict[str, int] = field(default_factory=dict)

    def add(self, kind: WordKind, key: str, level: int, *, soft: bool, wish: bool = False) -> None:
        """One word. `soft`: wished for, not required (needs); `wish`: would like to learn or do (people)."""
        if kind is WordKind.LANGUAGE:
            self.languages[key] = max(level, 1)
        elif kind is WordKind.RESOURCE:
            (self.wants if wish else self.preferred if soft else self.skills).add(key)
        else:
            (self.interests if kind is WordKind.INTEREST else self.experience).add(key)

    def volunteer(self) -> dict[str, Any]:
        """As VolunteerFacts takes them."""
        return {
            "skills": frozenset(self.skills),
            "wants": frozenset(self.wants),
            "interests": frozenset(self.interests),
            "languages": self.languages,
            "experience": frozenset(self.experience),
        }

    def need(self) -> dict[str, Any]:
        """As NeedFacts takes them."""
        return {
            "skills_required": frozenset(self.skills),
            "skills_preferred": frozenset(self.preferred),
            "interests": frozenset(self.interests),
            "languages": self.languages,
            "experience": frozenset(self.experience),
        }


def _terms_of_volunteers(db: TenantSession, only: Collection[int] | None) -> Mapping[int, _Terms]:
    query = select(VolunteerTerm.volunteer_id, Term.kind, Term.key, VolunteerTerm.level, VolunteerTerm.wish)
    found: dict[int, _Terms] = defaultdict(_Terms)
    for row in db.execute(_some(query.join(Term, Term.id == VolunteerTerm.term_id), VolunteerTerm.volunteer_id, only)):
        found[row.volunteer_id].add(row.kind, row.key, row.level, soft=False, wish=row.wish)
    return found


def _blocks(db: TenantSession) -> Mapping[int, set[int]]:
    """Who is not put together with whom, seen from either side."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in db.execute(select(Block.person_id, Block.other_id)):
        found[row.person_id].add(row.other_id)
        found[row.other_id].add(row.person_id)
    return found


@dataclass
class _Asks:
    """What one volunteer has been asked."""

    open: int = 0
    closed: set[int] = field(default_factory=set)
    days: list[date] = field(default_factory=list)


def _asks(db: TenantSession, only: Collection[int] | None) -> Mapping[int, _Asks]:
    found: dict[int, _Asks] = defaultdict(_Asks)
    query = select(Offer.volunteer_id, Offer.need_id, Offer.state, Offer.sent_at)
    for row in db.execute(_some(query, Offer.volunteer_id, only)):
        asked = found[row.volunteer_id]
        asked.open += row.state is OfferState.SENT
        asked.days.append(today(row.sent_at))
        if row.state in CLOSING:
            asked.closed.add(row.need_id)
    return found


@dataclass
class _Bonds:
    """The assignments of one volunteer, past and present."""

    live: int = 0
    minutes: int = 0
    again: set[int] = field(default_factory=set)
    never: set[int] = field(default_factory=set)


def _bonds(db: TenantSession, only: Collection[int] | None) -> Mapping[int, _Bonds]:
    found: dict[int, _Bonds] = defaultdict(_Bonds)
    query = select(
        Assignment.volunteer_id,
        Assignment.recipient_id,
        Assignment.state,
        Assignment.again_volunteer,
        Assignment.again_recipient,
    )
    for row in db.execute(_some(query, Assignment.volunteer_id, only)):
        bond = found[row.volunteer_id]
        bond.live += row.state in LIVE
        if row.state is not AssignmentState.ENDED or row.recipient_id is None:
            continue
        if False in (row.again_volunteer, row.again_recipient):
            bond.never.add(row.recipient_id)
        elif row.again_volunteer and row.again_recipient:
            bond.again.add(row.recipient_id)
    return found


def _holds(db: TenantSession, only: Collection[int] | None) -> Mapping[int, list[Hold]]:
    """The windows of needs that a live assignment holds: the one option, or all."""
    query = (
        select(Assignment.volunteer_id, Assignment.option, Need.times, Need.lat, Need.lon, Need.mode, NeedWindow)
        .join(Need, Need.id == Assignment.need_id)
        .join(NeedWindow, NeedWindow.need_id == Need.id)
        .where(Assignment.state.in_(sorted(LIVE)))
    )
    found: dict[int, list[Hold]] = defaultdict(list)
    for row in db.execute(_some(query, Assignment.volunteer_id, only)):
        if row.times is Times.ALL or row.option is None or row.option == row.NeedWindow.place_in_order:
            found[row.volunteer_id].append(Hold(window_of(row.NeedWindow), _place(row.lat, row.lon)))
    return found


def window_of(row: NeedWindow) -> Window:
    """A wanted time as the engine takes it."""
    if row.start_minute is not None and row.end_minute is not None:
        return Weekly(row.start_minute, row.end_minute)
    if row.starts_at is None or row.ends_at is None:
        raise ValueError(f"need_window {row.id} holds neither a weekly nor a dated time")
    return Dated(row.starts_at, row.ends_at)


# Needs


def needs_as_facts(
    db: TenantSession,
    *,
    neighbours: Collection[str],
    only: Collection[int] | None = None,
    drafts: bool = False,
) -> Iterator[NeedFacts]:
    """The needs that are matched (or only some of them; drafts too, for a preview), as facts."""
    windows = _grouped(
        db, select(NeedWindow.need_id, NeedWindow).order_by(NeedWindow.place_in_order), NeedWindow.need_id, only
    )
    terms = _terms_of_needs(db, only)
    consents = set(
        db.scalars(_some(select(Consent.need_id).where(Consent.withdrawn_at.is_(None)), Consent.need_id, only))
    )
    calls_for = _grouped(db, select(Requirement.need_id, Requirement.key), Requirement.need_id, only)
    code = db.scalars(select(Municipality.code).where(Municipality.id == db.municipality_id)).one()
    query = select(Need) if drafts else select(Need).where(Need.state.in_(sorted(MATCHED)))
    needs = db.scalars(_some(query, Need.id, only)).all()
    recipients = _recipients(db, {need.recipient_id for need in needs if need.recipient_id is not None})
    for need in needs:
        recipient = recipients.get(need.recipient_id or 0, _Recipient())
        task = kinds.kind(need.kind)
        yield NeedFacts(
            id=need.id,
            human=_recipient_of(need),
            municipality=code,
            kind=need.kind,
            sector=task.sector,
            mode=need.mode,
            one_to_one=need.audience is Audience.PERSON,
            neighbours=frozenset(neighbours) if need.cross_border else frozenset(),
            place=_place(need.lat, need.lon),
            clearances=frozenset(row.key for row in calls_for[need.id]),
            gender_wish=need.wish_gender,
            recipient_gender=recipient.gender,
            age_min=need.age_min,
            age_max=need.age_max,
            times=_times(need),
            windows=tuple(window_of(row.NeedWindow) for row in windows[need.id]),
            consent=need.audience is not Audience.PERSON or need.id in consents,
            owner=0 if need.posted_by_id == need.recipient_id else need.posted_by_id,
            blocks=frozenset(recipient.blocks),
            meet_again=frozenset(recipient.again),
            experience_shared=recipient.experience_shared,
            gives=frozenset(recipient.terms.skills),
            wants=frozenset(recipient.terms.wants),
            **terms[need.id].need(),
        )


def _recipient_of(need: Need) -> int:
    """The human being that a need is for: a number of its own where the person is not registered, 0 for a group."""
    unnamed = HIGHEST_ID - need.id if need.audience is Audience.PERSON else 0
    return need.recipient_id or unnamed


def _times(need: Need) -> Literal["none", "any", "all"]:
    return need.times.value


@dataclass
class _Recipient:
    """What matching may know of the person a need is for."""

    gender: str | None = None
    experience_shared: bool = False
    blocks: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)
    terms: _Terms = field(default_factory=_Terms)


def _recipients(db: TenantSession, ids: Collection[int]) -> Mapping[int, _Recipient]:
    """By person; three statements, none when nobody registered is concerned."""
    if not ids:
        return {}
    blocks, terms = _blocks(db), _terms_of_volunteers(db, ids)
    met = select(Assignment.recipient_id, Assignment.volunteer_id).where(
        Assignment.recipient_id.in_(ids),
        Assignment.again_volunteer.is_(True),
        Assignment.again_recipient.is_(True),
    )
    again: dict[int, set[int]] = defaultdict(set)
    for row in db.execute(met):
        again[row.recipient_id].add(row.volunteer_id)
    query = select(Person.id, Person.gender, Volunteer.experience_shared)
    rows = db.execute(query.outerjoin(Volunteer, Volunteer.id == Person.id).where(Person.id.in_(ids)))
    return {
        row.id: _Recipient(row.gender, bool(row.experience_shared), blocks[row.id], again[row.id], terms[row.id])
        for row in rows
    }


def _terms_of_needs(db: TenantSession, only: Collection[int] | None) -> Mapping[int, _Terms]:
    query = select(NeedTerm.need_id, Term.kind, Term.key, NeedTerm.level, NeedTerm.required)
    found: dict[int, _Terms] = defaultdict(_Terms)
    for row in db.execute(_some(query.join(Term, Term.id == NeedTerm.term_id), NeedTerm.need_id, only)):
        found[row.need_id].add(row.kind, row.key, row.level, soft=not row.required)
    return found


# Rows


def _some(query: Rows, column: Any, only: Collection[int] | None) -> Rows:
    return query if only is None else query.where(column.in_(list(only)))


def _grouped(db: TenantSession, query: Rows, column: Any, only: Collection[int] | None) -> Mapping[int, list[Any]]:
    """The rows of a query by their first column."""
    return _by_first(db.execute(_some(query, column, only)))


def _by_first(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found
