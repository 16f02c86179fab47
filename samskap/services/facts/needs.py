"""Needs as facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from matching.records import NeedFacts
from samskap.models import (
    Assignment,
    Audience,
    Consent,
    Municipality,
    Need,
    NeedWindow,
    Person,
    Requirement,
    Volunteer,
)
from samskap.models.session import HIGHEST_ID, TenantSession
from samskap.services import kinds
from samskap.services.facts import terms, ties
from samskap.services.facts.rows import Only, grouped, place_of, some
from samskap.services.facts.windows import minutes_a_week, window_of
from samskap.text import today
from samskap.workflows.need import NeedState

MATCHED = frozenset({NeedState.OPEN, NeedState.COVERED, NeedState.RUNNING})
"""Needs that lie among the facts; candidates are sought for the open ones."""
NOBODY_IN_PARTICULAR = 0
"""The engine's recipient of a need for a group or a place."""


@dataclass
class _Recipient:
    """What matching may know of the person a need is for."""

    gender: str | None = None
    experience_shared: bool = False
    blocks: Collection[int] = ()
    again: Collection[int] = ()
    words: terms.Words = field(default_factory=terms.Words)


@dataclass(frozen=True, kw_only=True)
class _Around:
    """Everything about needs that stands in other tables, by need or by person."""

    municipality: str
    neighbours: frozenset[str]
    windows: Mapping[int, Collection[Any]]
    words: Mapping[int, terms.Words]
    consents: Collection[int]
    calls_for: Mapping[int, Collection[Any]]
    recipients: Mapping[int, _Recipient]


def needs_as_facts(db: TenantSession, *, neighbours: Collection[str], only: Only = None) -> Iterator[NeedFacts]:
    """The needs that are matched (or only some of them), as facts; ten statements at most."""
    query = select(Need).where(Need.state.in_(sorted(MATCHED)))
    needs = db.scalars(some(query, Need.id, only)).all()
    around = _around(db, needs, neighbours=neighbours, only=only)
    return (_facts_of(need, around) for need in needs)


def _around(db: TenantSession, needs: Collection[Need], *, neighbours: Collection[str], only: Only) -> _Around:
    windows = select(NeedWindow.need_id, NeedWindow).order_by(NeedWindow.place_in_order)
    consents = select(Consent.need_id).where(Consent.withdrawn_at.is_(None))
    return _Around(
        municipality=db.scalars(select(Municipality.code).where(Municipality.id == db.municipality_id)).one(),
        neighbours=frozenset(neighbours),
        windows=grouped(db, windows, NeedWindow.need_id, only),
        words=terms.of_needs(db, only),
        consents=frozenset(db.scalars(some(consents, Consent.need_id, only))),
        calls_for=grouped(db, select(Requirement.need_id, Requirement.key), Requirement.need_id, only),
        recipients=_recipients(db, {need.recipient_id for need in needs if need.recipient_id is not None}),
    )


def _recipients(db: TenantSession, ids: Collection[int]) -> Mapping[int, _Recipient]:
    """By person; four statements, none when nobody registered is concerned."""
    if not ids:
        return {}
    blocks, words, again = ties.blocks(db), terms.of_volunteers(db, ids), _meet_again(db, ids)
    query = select(Person.id, Person.gender, Volunteer.experience_shared)
    rows = db.execute(query.outerjoin(Volunteer, Volunteer.id == Person.id).where(Person.id.in_(ids)))
    return {
        row.id: _Recipient(row.gender, bool(row.experience_shared), blocks[row.id], again[row.id], words[row.id])
        for row in rows
    }


def _meet_again(db: TenantSession, ids: Collection[int]) -> Mapping[int, Collection[int]]:
    """The volunteers whom each recipient has met, where both wish to meet again."""
    met = select(Assignment.recipient_id, Assignment.volunteer_id).where(
        Assignment.recipient_id.in_(ids), Assignment.again_volunteer.is_(True), Assignment.again_recipient.is_(True)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for recipient_id, volunteer_id in db.execute(met):
        if recipient_id is not None:
            found[recipient_id].add(volunteer_id)
    return found


def _facts_of(need: Need, around: _Around) -> NeedFacts:
    recipient = around.recipients.get(need.recipient_id or 0, _Recipient())
    windows = tuple(window_of(one.NeedWindow) for one in around.windows[need.id])
    return NeedFacts(
        id=need.id,
        human=_human(need),
        municipality=around.municipality,
        kind=need.kind,
        sector=kinds.kind(need.kind).sector,
        mode=need.mode,
        one_to_one=need.audience is Audience.PERSON,
        neighbours=around.neighbours if need.cross_border else frozenset(),
        place=place_of(need.lat, need.lon),
        clearances=frozenset(one.key for one in around.calls_for[need.id]),
        gender_wish=need.wish_gender,
        recipient_gender=recipient.gender,
        age_min=need.age_min,
        age_max=need.age_max,
        times=need.times.value,
        windows=windows,
        wanted=need.wanted - need.taken if need.state is NeedState.OPEN else 0,
        minimum=max(need.minimum - need.taken, 1),
        urgency=need.urgency,
        waiting_since=today(need.published_at) if need.published_at else None,
        minutes_per_week=minutes_a_week(need.kind, need.times, windows),
        consent=need.audience is not Audience.PERSON or need.id in around.consents,
        owner=NOBODY_IN_PARTICULAR if need.posted_by_id == need.recipient_id else need.posted_by_id,
        blocks=frozenset(recipient.blocks),
        meet_again=frozenset(recipient.again),
        experience_shared=recipient.experience_shared,
        gives=frozenset(recipient.words.skills),
        wants=frozenset(recipient.words.wants),
        **around.words[need.id].of_need(recipient.words),
    )


def _human(need: Need) -> int:
    """The human being that a need is for, 0 for a group; whoever is not registered gets one of their own."""
    if need.audience is not Audience.PERSON:
        return NOBODY_IN_PARTICULAR
    return need.recipient_id or HIGHEST_ID - need.id
