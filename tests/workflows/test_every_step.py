"""Every step of every workflow from every state: it happens with history and notices, or nothing is left of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import select

from samskap.models import Outbox, StepTaken
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Can, NotPermitted, may
from samskap.services.steps import ALREADY, MOVED_ON, REASON_MISSING, WORKFLOWS, Refused, take
from samskap.workflows.assignment import Ending
from samskap.workflows.need import Outcome
from samskap.workflows.notice import Notice, To
from samskap.workflows.step import Circumstances, Step, Workflow
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.town import keep

BY_NOUN = {workflow.noun: workflow for workflow in WORKFLOWS.values()}
EVERY_STEP = [(workflow.noun, step.name) for workflow in WORKFLOWS.values() for step in workflow]
ENDS: dict[str, dict[str, object]] = {"need": {"outcome": Outcome.FULFILLED}, "assignment": {"ending": Ending.PLANNED}}
"""What the service writes down before a thing is over."""


@dataclass
class Stage:
    """The people of the play, and the things they take steps on."""

    db: TenantSession
    build: Builders
    kari: Someone
    tor: Someone
    ane: Someone
    mona: Someone
    everybody: tuple[Someone, ...]
    now: datetime

    def thing(self, noun: str, state: StrEnum, **columns: Any) -> Any:
        """A new thing in a state: Kari's, for Tor, posted by Ane."""
        make: dict[str, Callable[..., Any]] = {
            "volunteer": self.build.a_volunteer_of,
            "need": lambda **more: self.build.a_need(posted_by=self.ane, recipient=self.tor, **more),
            "proposal": lambda **more: self.build.a_proposal(volunteer=self.kari, **more),
            "offer": lambda **more: self.build.an_offer(volunteer=self.kari, **more),
            "assignment": lambda **more: self.build.an_assignment(
                volunteer=self.kari, posted_by=self.ane, recipient=self.tor, **more
            ),
            "meeting": lambda **more: self.build.a_meeting(assignment=self._opened(), **more),
        }
        return make[noun](state=state, **columns)

    def _opened(self) -> Any:
        state = BY_NOUN["assignment"].states("opened")
        return self.thing("assignment", state)

    def good(self) -> Circumstances:
        """Circumstances in which nothing hinders."""
        return Circumstances(
            now=self.now,
            declaration_signed=True,
            insurance_acknowledged=True,
            consent_recorded=True,
            need_is_open=True,
            about_oneself=False,
            adult=True,
        )

    def who_may(self, step: Step, thing: Any) -> Actor | None:
        """Somebody who may take a step, or the service itself for one that nobody may."""
        if step.needs is None:
            return None
        return next(one for one in self.actors() if may(one, step.needs, thing))

    def actors(self) -> Iterator[Actor]:
        """Everybody, as services know them."""
        return (one.actor for one in self.everybody)


@pytest.fixture
def stage(
    db: TenantSession, builders: Builders, kari: Someone, tor: Someone, ane: Someone, mona: Someone, arne: Someone,
    eva: Someone, ola: Someone, liv: Someone, grete: Someone, ida: Someone, per: Someone, now: datetime,
) -> Stage:  # fmt: skip
    """Everybody in Øyer, and Per."""
    return Stage(db, builders, kari, tor, ane, mona, (kari, tor, ane, mona, arne, eva, ola, liv, grete, ida, per), now)


def favourable(step: Step, noun: str, now: datetime) -> dict[str, Any]:
    """What a thing must be for the step's own guard to let it pass."""
    if noun == "meeting" and step.name in ("hold", "miss"):
        return {"starts_at": now - timedelta(hours=2), "ends_at": now - timedelta(hours=1)}
    if noun == "volunteer" and step.name == "resume":
        return {"paused_since": now.date()}
    return {}


def told(stage: Stage, thing: Any, step: Step, by_id: int | None) -> set[tuple[Notice, int]]:
    """Who should hear of a step, worked out from the thing alone."""
    recipient, poster = getattr(thing, "recipient_id", None), getattr(thing, "posted_by_id", None)
    sides = {
        To.VOLUNTEER: [getattr(thing, "volunteer_id", None) or thing.id],
        To.RECIPIENT: [recipient],
        To.POSTER: [poster],
        To.COORDINATORS: [one.id for one in stage.everybody[3:5]],
    }
    heard = {(one.notice, person) for one in step.tells for person in sides[one.to] if person is not None}
    return {(notice, person) for notice, person in heard if person != by_id}


def left_behind(db: TenantSession) -> tuple[int, int]:
    """Lines of history and notices in the database, with whatever is waiting to be written."""
    db.flush()
    return len(db.scalars(select(StepTaken.id)).all()), len(db.scalars(select(Outbox.id)).all())


def nothing_came_of(stage: Stage, thing: Any, attempt: Callable[[], object], refusal: type[Exception]) -> Exception:
    """The refusal; AssertionError if there was none, or if it left anything."""
    state, before = thing.state, left_behind(stage.db)
    with pytest.raises(refusal) as refused:
        attempt()
    assert left_behind(stage.db) == before
    stage.db.refresh(thing)
    assert thing.state is state
    return refused.value


@pytest.mark.parametrize(("noun", "name"), EVERY_STEP)
def test_from_every_state(stage: Stage, noun: str, name: str) -> None:
    workflow = BY_NOUN[noun]
    step = workflow[name]
    for state in workflow.states:
        thing = stage.thing(noun, state, **favourable(step, noun, stage.now))
        actor = stage.who_may(step, thing)
        if state in step.start:
            happens(stage, thing, step, actor)
        else:
            text = ALREADY if state is step.to else MOVED_ON
            assert refusal(stage, thing, step, actor).text == text


def refusal(stage: Stage, thing: Any, step: Step, actor: Actor | None, **otherwise: Any) -> Refused:
    """Why a step is refused, having left nothing."""
    refused = nothing_came_of(stage, thing, lambda: step_on(stage, thing, step, actor, **otherwise), Refused)
    assert isinstance(refused, Refused)
    return refused


def step_on(stage: Stage, thing: Any, step: Step, actor: Actor | None, **otherwise: Any) -> StepTaken:
    """Takes a step with a reason, in circumstances where nothing hinders unless said otherwise."""
    for column, value in ENDS.get(thing.__tablename__, {}).items() if step.to in ("closed", "ended") else ():
        setattr(thing, column, value)
    circumstances = replace(stage.good(), **otherwise)
    return take(stage.db, actor, thing, step.name, circumstances=circumstances, why="Fordi det passer slik.")


def happens(stage: Stage, thing: Any, step: Step, actor: Actor | None) -> None:
    """The new state, one line of history, and a notice to each who should hear of it and no one else."""
    before, by_id = thing.state, actor.id if actor else None
    with keep(stage.db):
        line = step_on(stage, thing, step, actor)
    noun = thing.__tablename__
    assert thing.state is step.end(before)
    assert (line.noun, line.thing_id, line.step) == (noun, thing.id, step.name)
    assert (line.from_state, line.to_state, line.by_id) == (before, thing.state, by_id)
    assert (line.why, line.at) == ("Fordi det passer slik.", stage.now)
    rows = stage.db.scalars(select(Outbox).where(Outbox.noun == noun, Outbox.thing_id == thing.id)).all()
    assert {(row.notice, row.person_id) for row in rows} == told(stage, thing, step, by_id)
    assert len(rows) == len(told(stage, thing, step, by_id))
    assert all(row.state_told == thing.state for row in rows)


@pytest.mark.parametrize(("noun", "name"), EVERY_STEP)
def test_nobody_takes_a_step_that_is_not_theirs(stage: Stage, noun: str, name: str) -> None:
    step = BY_NOUN[noun][name]
    thing = stage.thing(noun, min(step.start), **favourable(step, noun, stage.now))
    for actor in stage.actors():
        if step.needs is None or not may(actor, step.needs, thing):
            nothing_came_of(stage, thing, lambda a=actor: step_on(stage, thing, step, a), NotPermitted)  # type: ignore[misc]
    if step.needs is not None:
        nothing_came_of(stage, thing, lambda: step_on(stage, thing, step, None), NotPermitted)


GUARDED = [(noun, name) for noun, name in EVERY_STEP if BY_NOUN[noun][name].unless is not None]
SPOKEN_BY_THE_THING = {("volunteer", "pause"), ("volunteer", "resume"), ("meeting", "hold"), ("meeting", "miss")}
"""Steps whose guard asks only the thing."""


@pytest.mark.parametrize(("noun", "name"), [pair for pair in GUARDED if pair not in SPOKEN_BY_THE_THING])
def test_what_nobody_looked_up_counts_as_not_so(stage: Stage, noun: str, name: str) -> None:
    step = BY_NOUN[noun][name]
    thing = stage.thing(noun, min(step.start), **favourable(step, noun, stage.now))
    actor = stage.who_may(step, thing)
    unknown = Circumstances(now=stage.now)
    nothing_came_of(
        stage, thing, lambda: take(stage.db, actor, thing, name, circumstances=unknown, why="Derfor."), Refused
    )


@dataclass(frozen=True)
class Hindered:
    """One thing that stands in the way of one step, and a word of the sentence that says so."""

    noun: str
    step: str
    sentence: str
    columns: dict[str, timedelta | object]
    otherwise: dict[str, object]

    def __str__(self) -> str:
        return f"{self.noun}-{self.step}-{self.sentence.split()[0]}-{'-'.join([*self.columns, *self.otherwise])}"


def hindered(
    noun: str, step: str, sentence: str, otherwise: dict[str, object] | None = None, **columns: object
) -> Hindered:
    """Reads as a row of a table. Moments and days are said as how long from now."""
    return Hindered(noun, step, sentence, columns, otherwise or {})


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HINDERED = [
    hindered("volunteer", "register", "18 år", {"adult": False}),
    hindered("volunteer", "pause", "allerede pause", paused_since=-DAY),
    hindered("volunteer", "resume", "ikke pause nå"),
    hindered("need", "publish", "Samtykket mangler", {"consent_recorded": False}),
    hindered("need", "publish", "Sluttdatoen er passert", ends_on=-DAY),
    hindered("proposal", "approve", "gjelder deg selv", {"about_oneself": True}),
    hindered("proposal", "approve", "ikke åpent lenger", {"need_is_open": False}),
    hindered("offer", "accept", "Fristen for å svare er passert", expires_at=-HOUR),
    hindered("offer", "accept", "ikke åpent lenger", {"need_is_open": False}),
    hindered("offer", "accept", "lest om forsikring", {"insurance_acknowledged": False}),
    hindered("offer", "accept_by_phone", "Fristen for å svare er passert", expires_at=-HOUR),
    hindered("offer", "accept_by_phone", "ikke åpent lenger", {"need_is_open": False}),
    hindered("offer", "accept_by_phone", "lest om forsikring", {"insurance_acknowledged": False}),
    hindered("assignment", "confirm", "Samtykket er trukket eller mangler", {"consent_recorded": False}),
    hindered("assignment", "open", "Taushetserklæringen må signeres", {"declaration_signed": False}),
    hindered("assignment", "open", "Samtykket er trukket eller mangler", {"consent_recorded": False}),
    hindered("meeting", "agree", "selv foreslått tiden", {"about_oneself": True}),
    hindered("meeting", "agree", "Tidspunktet er passert", starts_at=-HOUR, ends_at=HOUR),
    hindered("meeting", "hold", "ikke begynt ennå", starts_at=HOUR, ends_at=2 * HOUR),
    hindered("meeting", "miss", "ikke begynt ennå", starts_at=HOUR, ends_at=2 * HOUR),
]


@pytest.mark.parametrize("case", HINDERED, ids=str)
def test_what_hinders_is_said_and_leaves_nothing(stage: Stage, case: Hindered) -> None:
    step = BY_NOUN[case.noun][case.step]
    moments = {name: stage.now + span for name, span in case.columns.items() if isinstance(span, timedelta)}
    days = {name: moments[name].date() for name in moments if name in ("ends_on", "paused_since")}
    thing = stage.thing(case.noun, min(step.start), **moments | days)
    actor = stage.who_may(step, thing)
    assert case.sentence in refusal(stage, thing, step, actor, **case.otherwise).text.nb


def test_every_guard_is_tried() -> None:
    assert {(case.noun, case.step) for case in HINDERED} == set(GUARDED)


REASONED = [(noun, name) for noun, name in EVERY_STEP if BY_NOUN[noun][name].why]


@pytest.mark.parametrize(("noun", "name"), REASONED)
@pytest.mark.parametrize("why", ["", "  \n"])
def test_a_reason_is_asked_for_and_kept(stage: Stage, noun: str, name: str, why: str) -> None:
    step = BY_NOUN[noun][name]
    thing = stage.thing(noun, min(step.start))
    actor = stage.who_may(step, thing)
    refused = nothing_came_of(
        stage, thing, lambda: take(stage.db, actor, thing, name, circumstances=stage.good(), why=why), Refused
    )
    assert isinstance(refused, Refused)
    assert refused.text == REASON_MISSING


def test_every_can_of_a_step_is_somebodys(stage: Stage) -> None:
    """Each step that a person may take has somebody in the cast who may take it, on a thing of theirs."""
    for noun, name in EVERY_STEP:
        step = BY_NOUN[noun][name]
        thing = stage.thing(noun, min(step.start))
        assert step.needs is None or stage.who_may(step, thing) is not None


def test_a_thing_outside_every_workflow_takes_no_step(stage: Stage) -> None:
    with pytest.raises(KeyError):
        take(stage.db, stage.mona.actor, stage.mona.person, "publish", circumstances=stage.good())


def test_the_workflows_are_those_of_the_house() -> None:
    assert sorted(BY_NOUN) == ["assignment", "meeting", "need", "offer", "proposal", "volunteer"]
    assert all(isinstance(workflow, Workflow) for workflow in BY_NOUN.values())
    assert VolunteerState.SIGNING_UP is BY_NOUN["volunteer"].start
    assert all(isinstance(step.needs, Can | None) for workflow in BY_NOUN.values() for step in workflow)
