"""Taking a step: the one way in which the state of anything changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select, update

from samskap.models import Assignment, Meeting, Need, Offer, Proposal, StepTaken, Volunteer
from samskap.models.session import HIGHEST_ID, TenantSession
from samskap.permissions import Actor, Can, NotPermitted, may, require, visible
from samskap.services import notices
from samskap.text import Text
from samskap.workflows.assignment import ASSIGNMENT
from samskap.workflows.meeting import MEETING
from samskap.workflows.need import NEED
from samskap.workflows.notice import Tells
from samskap.workflows.offer import OFFER
from samskap.workflows.proposal import PROPOSAL
from samskap.workflows.step import Circumstances, Step, Workflow
from samskap.workflows.volunteer import VOLUNTEER

WORKFLOWS: dict[type[Any], Workflow] = {
    Volunteer: VOLUNTEER,
    Need: NEED,
    Proposal: PROPOSAL,
    Offer: OFFER,
    Assignment: ASSIGNMENT,
    Meeting: MEETING,
}

Row = TypeVar("Row")


class Refused(Exception):
    """A step that cannot be taken now. `text` says what happened and what to do, for the one who tried."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Conflict(Refused):
    """Somebody else was first."""


ALREADY = Text(
    nb="Dette er allerede gjort. Du trenger ikke gjøre noe mer.",
    nn="Dette er alt gjort. Du treng ikkje gjere noko meir.",
    en="This is already done. You do not have to do anything more.",
)
MOVED_ON = Text(
    nb="Dette går ikke lenger, for noe har endret seg siden du åpnet siden. Last den på nytt og se hva som gjelder nå.",
    nn="Dette går ikkje lenger, for noko har endra seg sidan du opna sida. Last sida på nytt og sjå kva som gjeld no.",
    en="This is no longer possible: something has changed since you opened the page. Reload it and look again.",
)
REASON_MISSING = Text(
    nb="Skriv en grunn. Den blir tatt vare på sammen med avgjørelsen.",
    nn="Skriv ein grunn. Han blir teken vare på saman med avgjerda.",
    en="Write a reason. It is kept with the decision.",
)


class Missing(LookupError):
    """No such thing, or none that this actor may know of. The same answer for both."""


def workflow_of(thing: Any) -> Workflow:
    """The table that holds for this thing."""
    return WORKFLOWS[type(thing)]


def find(db: TenantSession, actor: Actor, can: Can, model: type[Row], ident: int, *, lock: bool = False) -> Row:
    """The thing, if this actor may do this to it. Scoped in the query; Missing otherwise, NotPermitted on a wrong role.

    With `lock` the row is held until the transaction ends, and read anew: need, volunteer, proposal, offer.
    """
    require(actor, can)
    if not 0 < ident <= HIGHEST_ID:
        raise Missing(model.__name__)
    found: Row = _one(db, model, ident, visible(actor, can, model), lock=lock)
    return found


def hold(db: TenantSession, model: type[Row], ident: int) -> Row:
    """Lock one row and read it anew; for services that have already asked who may."""
    found: Row = _one(db, model, ident, lock=True)
    return found


def _one(db: TenantSession, model: Any, ident: int, *conditions: ColumnElement[bool], lock: bool) -> Any:
    """One row; held against other changes, yet not against rows that merely refer to it."""
    query = select(model).where(model.id == ident, *conditions)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = db.scalars(query).one_or_none()
    if found is None:
        raise Missing(model.__name__)
    return found


def begin(
    db: TenantSession,
    actor: Actor,
    thing: Any,
    name: str,
    *,
    tells: Iterable[Tells] = (),
    now: datetime,
    why: str = "",
) -> StepTaken:
    """Write a new thing down with the first line of its history, and tell of it. The caller has asked who may."""
    db.add(thing)
    db.flush()
    line = StepTaken(
        noun=workflow_of(thing).noun,
        thing_id=thing.id,
        step=name,
        from_state="",
        to_state=thing.state,
        by_id=actor.id,
        why=why.strip(),
        at=now,
    )
    return write_down(db, line, thing, tells, now=now)


def take(
    db: TenantSession,
    actor: Actor | None,
    thing: Any,
    name: str,
    *,
    circumstances: Circumstances,
    why: str = "",
) -> StepTaken:
    """Take one step: tie, state, guard, new state, a line of history and the notices, in this transaction.

    `actor` None is the service itself, for steps no person takes. NotPermitted, Refused and Conflict leave nothing.
    """
    step = workflow_of(thing)[name]
    _permit(actor, step, thing)
    if thing.state not in step.start:
        raise Refused(ALREADY if thing.state == step.to else MOVED_ON)
    if step.unless is not None and (sentence := step.unless(thing, circumstances)):
        raise Refused(sentence)
    if step.why and not why.strip():
        raise Refused(REASON_MISSING)
    before = thing.state
    _move(db, thing, step)
    line = StepTaken(
        noun=workflow_of(thing).noun,
        thing_id=thing.id,
        step=name,
        from_state=before,
        to_state=thing.state,
        by_id=actor.id if actor else None,
        why=why.strip(),
        at=circumstances.now,
    )
    return write_down(db, line, thing, step.tells, now=circumstances.now)


def write_down(db: TenantSession, line: StepTaken, thing: Any, tells: Iterable[Tells], *, now: datetime) -> StepTaken:
    """The line of history, and the notices of it: each side once. Moves nothing; for here and for the demo's past."""
    db.add(line)
    db.flush()
    for one in tells:
        notices.tell(db, one, thing, key=f"{line.noun}:{thing.id}:{line.id}", by_id=line.by_id, now=now)
    return line


def _permit(actor: Actor | None, step: Step, thing: Any) -> None:
    """A person needs the step's grant; the service itself takes only steps that no person may."""
    if actor is None and step.needs is None:
        return
    if actor is None or step.needs is None:
        raise NotPermitted(step.needs or Can.VISIT, known=True)
    require(actor, step.needs, thing)


def _move(db: TenantSession, thing: Any, step: Step) -> None:
    """Change the state where it still is what was read; Conflict if somebody else was first."""
    if step.to is None:
        return
    model = type(thing)
    db.flush()
    moved = db.execute(
        update(model).where(model.id == thing.id, model.state == thing.state).values(state=step.to),
        execution_options={"synchronize_session": False},
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(MOVED_ON)
    db.refresh(thing, ["state"])


def steps_open_to(actor: Actor, thing: Any) -> Collection[Step]:
    """The steps with a button that this actor may take now. Guards still speak when one is pressed."""
    return [
        step
        for step in workflow_of(thing).open_from(thing.state)
        if step.label is not None and step.needs is not None and may(actor, step.needs, thing)
    ]


def history_of(db: TenantSession, thing: Any) -> Collection[StepTaken]:
    """Every step the thing has taken, the first one first."""
    query = select(StepTaken).where(StepTaken.noun == workflow_of(thing).noun, StepTaken.thing_id == thing.id)
    return db.scalars(query.order_by(StepTaken.id)).all()
