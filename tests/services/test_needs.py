"""Needs: who may write, publish, change and stop them, and what follows. The pages are in tests/web/test_needs.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from matching.times import Dated, Weekly
from samskap.models import Assignment, Audience, ConsentGiven, Mode, Need, Offer, Requirement, Times
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted, Role
from samskap.services import consents, needs
from samskap.services.needs import ConsentWords, NeedWords
from samskap.services.steps import ALREADY, MOVED_ON, Missing
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.offer import OfferState
from tests.builders import Builders
from tests.cast import Someone
from tests.faults.races import race, tries
from tests.hands import does, history, is_refused, told
from tests.town import Clock

S = NeedState
WORDS = NeedWords(
    kind="walking_friend", title="Turvenn", task="Gå tur.", mode=Mode.OUTDOORS, place="Tretten", postcode="2635",
    times=Times.ALL, windows=(
        Weekly(1440 + 600, 1440 + 660),
        Dated(datetime(2026, 12, 5, 9, tzinfo=UTC), datetime(2026, 12, 5, 10, tzinfo=UTC)),
    ),
)  # fmt: skip
SPOKEN = ConsentWords(given=ConsentGiven.SPOKEN, given_on=date(2026, 11, 20))


# Writing


def test_what_is_written_is_what_is_read(ane: Someone, builders: Builders, db: TenantSession) -> None:
    builders.the_vocabulary()
    walks, norwegian = builders.word("walking").id, builders.word("visiting").id
    words = replace(
        WORDS, goal="Ut igjen.", how_often="Ukentlig", wanted=3, minimum=2, urgency=5, cross_border=True,
        starts_on=date(2026, 12, 1), ends_on=date(2027, 6, 1), age_min=20, age_max=60, wish_gender="f",
        wish_reason="Tryggest", required=frozenset({walks}), preferred=frozenset({norwegian}),
    )  # fmt: skip
    need = does(ane, needs.write, words)
    db.rollback()
    assert needs.words_of(db, db.get_one(Need, need.id)) == words
    assert (need.lat, need.lon) == (61.3142, 10.3007), "no finer than the postcode's town"
    assert history(db) == [], "a draft has no history yet"


def test_a_need_is_changed_whole_and_what_was_there_is_gone(ane: Someone, db: TenantSession) -> None:
    need = does(ane, needs.write, replace(WORDS, goal="Ut igjen.", wish_gender="m"))
    does(ane, needs.change, need.id, replace(WORDS, windows=(), times=Times.NONE), version=1)
    db.rollback()
    after = db.get_one(Need, need.id)
    assert (after.goal, after.wish_gender, needs.windows_of(db, after), after.version) == ("", None, (), 2)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_professionals_and_coordinators_post_and_everybody_asks_for_themselves(
    kari: Someone, tor: Someone, liv: Someone, grete: Someone, mona: Someone, eva: Someone, stranger: Someone
) -> None:
    for who in (kari, tor, liv, grete, eva, stranger):
        with pytest.raises(NotPermitted):
            does(who, needs.write, WORDS)
    does(mona, needs.write, WORDS)
    for who in (kari, eva):
        need = does(who, needs.write, WORDS, recipient_id=who.id)
        assert (need.recipient_id, Role.RECIPIENT in who.actor.roles) == (who.id, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "settled", "asked"),
    [
        ("walking_friend", {"police_certificate:health_and_care"}, []),
        ("kindergarten_reader", set(), ["police_certificate:kindergarten"]),
        ("rehab_walk", set(), []),
        ("rehab_walk", {"police_certificate:health_and_care"}, ["police_certificate:health_and_care"]),
        ("rehab_walk", {"police_certificate:kindergarten"}, []),
    ],
)
def test_requirements_come_from_the_law_alone(
    ane: Someone, db: TenantSession, kind: str, settled: set[str], asked: list[str]
) -> None:
    need = does(ane, needs.write, replace(WORDS, kind=kind, settled=frozenset(settled)))
    assert db.scalars(select(Requirement.key).where(Requirement.need_id == need.id)).all() == asked


# Who may do what with it afterwards


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "verb", [needs.publish, needs.withdraw, needs.withdraw_consent], ids=lambda verb: verb.__name__
)
def test_a_need_is_its_poster_s_and_the_coordinators_here(
    verb: Callable[..., Need],
    ane: Someone,
    kari: Someone,
    eva: Someone,
    per: Someone,
    mona: Someone,
    builders: Builders,
) -> None:
    need = builders.a_need(posted_by=ane, state=S.DRAFT)
    for who in (kari, eva, per):
        with pytest.raises((Missing, NotPermitted)):
            does(who, verb, need.id)
    does(mona, verb, need.id)


def test_a_citizen_submits_and_never_publishes(eva: Someone, ane: Someone, mona: Someone, db: TenantSession) -> None:
    need = does(eva, needs.write, replace(WORDS, consent=SPOKEN), recipient_id=eva.id)
    with pytest.raises(NotPermitted):
        does(eva, needs.publish, need.id)
    does(eva, needs.submit, need.id)
    for who in (ane, mona):
        with pytest.raises((Missing, NotPermitted)):
            does(who, needs.submit, need.id)
    with pytest.raises(NotPermitted):
        does(eva, needs.send_back, need.id, why="x")
    assert is_refused(mona, needs.send_back, need.id, why="  ") == (
        "Skriv en grunn. Den blir tatt vare på sammen med avgjørelsen."
    )
    does(mona, needs.send_back, need.id, why="Når passer det?")
    assert needs.sent_back_because(db, db.get_one(Need, need.id)) == "Når passer det?"
    does(eva, needs.submit, need.id)
    assert needs.sent_back_because(db, db.get_one(Need, need.id)) == ""
    does(mona, needs.publish, need.id)
    assert history(db, of="need") == ["submit", "send_back", "submit", "publish"]
    assert [notice for notice, who in told(db) if who == eva.id] == ["need_sent_back", "need_published"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_reason_that_is_given_the_second_time_is_the_one_that_is_told(
    eva: Someone, mona: Someone, db: TenantSession
) -> None:
    need = does(eva, needs.write, WORDS, recipient_id=eva.id)
    for why in ("Når passer det?", "Hvor skal dere gå?"):
        does(eva, needs.submit, need.id)
        does(mona, needs.send_back, need.id, why=why)
    assert needs.sent_back_because(db, db.get_one(Need, need.id)) == "Hvor skal dere gå?"


# Publishing


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"consent": False},
            "Samtykket mangler. Spør den det gjelder, og skriv inn når og hvordan samtykket ble gitt.",
        ),
        ({"ends_on": date(2026, 11, 23)}, "Sluttdatoen er passert. Velg en ny sluttdato før du publiserer."),
        ({"state": S.OPEN}, ALREADY.nb),
        ({"state": S.CLOSED}, MOVED_ON.nb),
    ],
)
def test_what_cannot_be_published_is_refused_with_what_to_do(
    ane: Someone, builders: Builders, columns: dict[str, object], sentence: str
) -> None:
    need = builders.a_need(posted_by=ane, **{"state": S.DRAFT, **columns})  # type: ignore[arg-type]
    assert is_refused(ane, needs.publish, need.id) == sentence


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_its_last_day_a_need_may_be_published_and_a_group_needs_no_consent(ane: Someone, builders: Builders) -> None:
    need = builders.a_need(
        posted_by=ane, state=S.DRAFT, ends_on=date(2026, 11, 24), audience=Audience.GROUP, consent=False
    )
    assert does(ane, needs.publish, need.id).published_at == builders.now


def test_coordinators_are_told_at_once_when_nobody_can_and_only_then(
    ane: Someone, mona: Someone, arne: Someone, kari: Someone, builders: Builders, db: TenantSession
) -> None:
    nobody = builders.a_need(posted_by=ane, state=S.DRAFT, windows=[(6 * 1440, 6 * 1440 + 60)])
    somebody = builders.a_need(posted_by=ane, state=S.DRAFT, windows=[(1440 + 600, 1440 + 660)])
    does(ane, needs.publish, somebody.id)
    assert told(db) == []
    does(ane, needs.publish, nobody.id)
    assert told(db) == [("need_without_candidates", mona.id), ("need_without_candidates", arne.id)]


def test_two_who_write_on_one_version_are_one_and_a_refusal(
    ane: Someone, mona: Someone, builders: Builders, engine: Engine, db: TenantSession, now: datetime
) -> None:
    need = builders.a_need(posted_by=ane, state=S.DRAFT)
    attempts = [
        tries(who.actor, needs.change, need_id=need.id, words=replace(WORDS, title=title), version=1)
        for who, title in ((ane, "Anes"), (mona, "Monas"), (ane, "Anes igjen"), (mona, "Monas igjen"))
    ]
    db.rollback()
    outcomes = race(engine, ane.town.id, attempts, now=now)
    assert sorted(outcomes) == ["Refused", "Refused", "Refused", "done"]
    won = attempts[outcomes.index("done")].words["words"].title
    assert (db.get_one(Need, need.id).title, db.get_one(Need, need.id).version) == (won, 2)


# Stopping


@pytest.mark.parametrize(
    ("verb", "words", "outcome"),
    [(needs.withdraw, {}, Outcome.WITHDRAWN), (needs.close, {"outcome": Outcome.PARTLY}, Outcome.PARTLY)],
    ids=["withdraw", "close"],
)
def test_a_need_that_is_stopped_leaves_nobody_asked_or_waiting(
    ane: Someone, kari: Someone, ola: Someone, builders: Builders, db: TenantSession, verb: Callable[..., Need],
    words: dict[str, object], outcome: Outcome,
) -> None:  # fmt: skip
    need = builders.a_need(posted_by=ane, wanted=3)
    offer = builders.an_offer(volunteer=kari, need=need)
    assignment = builders.an_assignment(volunteer=ola, need=need)
    does(ane, verb, need.id, **words)
    closed = db.get_one(Need, need.id)
    assert (closed.state, closed.outcome, closed.taken, closed.closed_at) == (S.CLOSED, outcome, 0, builders.now)
    assert db.get_one(Offer, offer.id).state is OfferState.WITHDRAWN
    assert db.get_one(Assignment, assignment.id).state is AssignmentState.WITHDRAWN
    assert {who for _notice, who in told(db)} >= {kari.id, ola.id}
    assert is_refused(ane, verb, need.id, **words) == "Dette er allerede gjort. Du trenger ikke gjøre noe mer."


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("state", [S.COVERED, S.RUNNING, S.CLOSED])
def test_what_somebody_has_said_yes_to_is_not_changed(ane: Someone, builders: Builders, state: NeedState) -> None:
    need = builders.a_need(posted_by=ane, state=state)
    assert is_refused(ane, needs.change, need.id, WORDS, version=1).endswith("Lag heller en kopi.")


# A copy


def test_a_copy_leaves_out_what_has_passed_and_whom_it_was_for(
    ane: Someone, mona: Someone, eva: Someone, db: TenantSession, clock: Clock
) -> None:
    old = does(eva, needs.write, replace(WORDS, ends_on=date(2026, 12, 31), consent=SPOKEN), recipient_id=eva.id)
    does(eva, needs.submit, old.id)
    clock.moves(days=12)
    new = does(mona, needs.copy, old.id)
    assert (new.posted_by_id, new.recipient_id, new.copied_from_id, new.state) == (mona.id, None, old.id, S.DRAFT)
    assert needs.windows_of(db, new) == (Weekly(1440 + 600, 1440 + 660),), "the dated one has been"
    assert (new.ends_on, consents.current(db, new.id)) == (date(2026, 12, 31), None)
    own = does(eva, needs.copy, old.id)
    assert (own.posted_by_id, own.recipient_id) == (eva.id, eva.id)
    with pytest.raises(Missing):
        does(ane, needs.copy, old.id)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_copy_for_oneself_belongs_to_no_unit(ane: Someone, tor: Someone, builders: Builders) -> None:
    """What a professional once wrote for somebody is theirs to copy, and the unit does not come along to read it."""
    need = does(tor, needs.copy, builders.a_need(posted_by=ane, recipient=tor).id)
    assert (need.recipient_id, need.posted_by_id, need.unit_id) == (tor.id, tor.id, None)
    assert does(ane, needs.copy, builders.a_need(posted_by=ane).id).unit_id is not None


def test_a_copy_whose_every_time_has_passed_asks_for_none(ane: Someone, db: TenantSession, clock: Clock) -> None:
    gone = (Dated(clock.now - timedelta(days=2), clock.now - timedelta(days=2, hours=-1)),)
    old = does(ane, needs.write, replace(WORDS, windows=gone))
    new = does(ane, needs.copy, old.id)
    assert (new.times, needs.windows_of(db, new)) == (Times.NONE, ())
