"""What holds after anything whatever has happened: checked over the whole database, past every fence.

The numbers are those of the study of faults: I1 seats, I2 history and notices, I3 the outbox, I4 municipalities,
I5 legal steps, I8 the file itself.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ForeignKeyConstraint, create_engine, func, select, text
from sqlalchemy.orm import Session

from samskap.models import Assignment, Base, Membership, Need, Offer, Outbox, Proposal, SendState, StepTaken
from samskap.permissions import Role
from samskap.services.outbox import KEPT
from samskap.services.steps import WORKFLOWS
from samskap.workflows.assignment import LIVE
from samskap.workflows.notice import Notice, To
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.step import Step
from tests.databases import Database

MODELS = {workflow.noun: model for model, workflow in WORKFLOWS.items()}
OF_A_STEP = re.compile(rf"({'|'.join(MODELS)}):(\d+):(\d+):(\w+):(\d+)")
"""The key of a notice that tells of a step: noun, thing, line of history, notice, person."""
BEGINS = {
    ("offer", "send"): {Notice.OFFER_SENT},
    ("assignment", "ask"): {Notice.ASSIGNMENT_TO_CONFIRM},
    ("meeting", "suggest"): {Notice.MEETING_SUGGESTED},
}
"""First lines, written when a thing is made, and what they tell."""


def check_invariants(database: Database, *, now: datetime | None = None) -> None:
    """AssertionError with every breach in words."""
    with past_the_fences(database) as session:
        found = list(breaches(session, now=now))
    assert not found, "\n".join(found)


@contextmanager
def past_the_fences(database: Database) -> Iterator[Session]:
    """A session that sees every municipality; on PostgreSQL the superuser's."""
    engine = create_engine(database.url.replace("samskap_app@", "postgres@"))
    with Session(engine) as session:
        yield session
    engine.dispose()


def breaches(session: Session, *, now: datetime | None = None) -> Iterator[str]:
    """Every breach, one line each."""
    yield from seats(session)
    lines = session.scalars(select(StepTaken).order_by(StepTaken.id)).all()
    yield from history(session, lines)
    yield from notices(session, lines, now)
    yield from outbox(session, now)
    yield from municipalities(session)
    yield from the_file(session)


def seats(session: Session) -> Iterator[str]:
    """I1: taken is what is out or lives, and no more than wanted; nobody is asked twice, no proposal hangs."""
    asked = dict(session.execute(_count(Offer.need_id, Offer.state == OfferState.SENT)).all())
    agreed = dict(session.execute(_count(Assignment.need_id, Assignment.state.in_(LIVE))).all())
    for need in session.scalars(select(Need)):
        taken = asked.get(need.id, 0) + agreed.get(need.id, 0)
        if need.taken != taken or not 0 <= need.taken <= need.wanted:
            yield f"I1 need {need.id}: taken {need.taken} of {need.wanted}, but {taken} are out or live"
    query = select(Offer.need_id, Offer.volunteer_id, func.count()).where(Offer.state == OfferState.SENT)
    for need_id, volunteer_id, times in session.execute(query.group_by(Offer.need_id, Offer.volunteer_id)):
        if times > 1:
            yield f"I1 volunteer {volunteer_id} is asked {times} times for need {need_id}"
    approved = select(Proposal.id).where(Proposal.state == ProposalState.APPROVED)
    without = session.scalars(approved.where(~select(Offer.id).where(Offer.proposal_id == Proposal.id).exists()))
    yield from (f"I1 proposal {ident} is approved and nobody was asked" for ident in without)


def _count(column: Any, condition: Any) -> Any:
    return select(column, func.count()).where(condition).group_by(column)


def history(session: Session, lines: Any) -> Iterator[str]:
    """I2, I5: each line is a legal step and begins where the last one ended; the thing stands where it led."""
    chains: dict[tuple[str, int], list[StepTaken]] = defaultdict(list)
    for line in lines:
        chains[line.noun, line.thing_id].append(line)
        yield from legal(line)
    for (noun, thing_id), chain in chains.items():
        for before, after in pairwise(chain):
            if after.from_state != before.to_state:
                found = f"{before.step} led to {before.to_state}, {after.step} began at {after.from_state}"
                yield f"I2 {noun} {thing_id}: {found}"
        state = session.scalar(select(MODELS[noun].state).where(MODELS[noun].id == thing_id))
        if state != chain[-1].to_state:
            yield f"I2 {noun} {thing_id} stands at {state}; its history ends at {chain[-1].to_state}"


def legal(line: StepTaken) -> Iterator[str]:
    """I5: a row of the workflow's table, or the beginning of a thing."""
    if (line.noun, line.step) in BEGINS:
        if line.from_state:
            yield f"I5 {line.noun} {line.thing_id} began from {line.from_state}"
        return
    step = step_of(line)
    if step is None or line.from_state not in step.start or line.to_state != step.end(state_of(line, line.from_state)):
        yield f"I5 {line.noun} {line.thing_id}: {line.step} from {line.from_state} to {line.to_state}"


def state_of(line: StepTaken, word: str) -> Any:
    """A state of the line's workflow by its word."""
    return WORKFLOWS[MODELS[line.noun]].states(word)


def step_of(line: StepTaken) -> Step | None:
    """The row of the table that a line speaks of."""
    return next((step for step in WORKFLOWS[MODELS[line.noun]] if step.name == line.step), None)


def notices(session: Session, lines: Any, now: datetime | None) -> Iterator[str]:
    """I2: every line tells whom its step demands, once, and nothing is told of what did not happen.

    A notice is forgotten when it is a month old; what an older line demanded can no longer be seen.
    """
    told: dict[int, Counter[tuple[Notice, int]]] = defaultdict(Counter)
    by_id = {line.id: line for line in lines}
    for row in session.scalars(select(Outbox)):
        found = OF_A_STEP.fullmatch(row.key)
        if not found:
            continue
        noun, thing_id, line_id, notice, person_id = found.groups()
        line = by_id.get(int(line_id))
        if line is None or (line.noun, line.thing_id) != (noun, int(thing_id)):
            yield f"I2 {row.key} tells of what did not happen"
            continue
        told[line.id][Notice(notice), int(person_id)] += 1
        if Notice(notice) not in {*BEGINS.get((line.noun, line.step), ()), *notices_of(line)}:
            yield f"I2 {row.key} tells what the step {line.step} does not"
    for line in lines if now is None else [one for one in lines if one.at > now - KEPT]:
        for wanted in demanded(session, line):
            if told[line.id][wanted] != 1:
                yield f"I2 {line.noun} {line.thing_id} {line.step}: {wanted} told {told[line.id][wanted]} times"


def notices_of(line: StepTaken) -> set[Notice]:
    """What a step tells."""
    step = step_of(line)
    return {one.notice for one in step.tells} if step else set()


def demanded(session: Session, line: StepTaken) -> Iterator[tuple[Notice, int]]:
    """Who must have been told of a line: the volunteer and the coordinators, who do not change meanwhile."""
    step = step_of(line)
    if line.step == "send":
        yield Notice.OFFER_SENT, volunteer_of(session, line)
    for one in step.tells if step else ():
        people = [volunteer_of(session, line)] if one.to is To.VOLUNTEER else []
        if one.to is To.COORDINATORS:
            query = select(Membership.person_id).where(Membership.role == Role.COORDINATOR)
            people = list(session.scalars(query.where(Membership.municipality_id == line.municipality_id)))
        yield from ((one.notice, person) for person in people if person != line.by_id)


def volunteer_of(session: Session, line: StepTaken) -> int:
    """The volunteer of the thing that a line speaks of."""
    model = MODELS[line.noun]
    column = model.id if line.noun == "volunteer" else model.volunteer_id
    return int(session.scalar(select(column).where(model.id == line.thing_id)) or 0)


def outbox(session: Session, now: datetime | None) -> Iterator[str]:
    """I3: keys are unique, and nothing is held longer than its lease and a minute."""
    keys = Counter(
        (row.municipality_id, row.key) for row in session.execute(select(Outbox.municipality_id, Outbox.key))
    )
    yield from (f"I3 {key} stands {times} times" for key, times in keys.items() if times > 1)
    if now is not None:
        stuck = select(Outbox.id).where(
            Outbox.state == SendState.SENDING, Outbox.lease_until < now - timedelta(minutes=1)
        )
        yield from (f"I3 outbox {ident} is held past its lease" for ident in session.scalars(stuck))


def municipalities(session: Session) -> Iterator[str]:
    """I4: no row belongs to another municipality than what it refers to."""
    for table in Base.metadata.sorted_tables:
        for key in table.constraints:
            if not isinstance(key, ForeignKeyConstraint) or len(key.elements) != 2:
                continue
            parent = key.elements[0].column.table
            column = next(one.parent.name for one in key.elements if one.parent.name != "municipality_id")
            query = (
                f"SELECT count(*) FROM {table.name} c JOIN {parent.name} p ON p.id = c.{column} "
                "WHERE p.municipality_id <> c.municipality_id"
            )
            if strangers := session.scalar(text(query)):
                yield f"I4 {strangers} of {table.name}.{column} lead to another municipality"


def the_file(session: Session) -> Iterator[str]:
    """I8: SQLite finds its file whole and every reference in its place."""
    if session.get_bind().dialect.name == "sqlite":
        if (said := session.scalar(text("PRAGMA integrity_check"))) != "ok":
            yield f"I8 integrity_check: {said}"
        yield from (f"I8 foreign_key_check: {row}" for row in session.execute(text("PRAGMA foreign_key_check")))
