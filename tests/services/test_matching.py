"""Asking the engine: what it reads is kept by version, and read anew at the step that saves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update

from matching import RULES, STANDARD
from matching.rulebook import read
from samskap.models import Municipality, Need, RuleBookVersion, Volunteer
from samskap.models.session import TenantSession, writing
from samskap.services import facts, matching, offers, proposals, volunteers
from samskap.services.facts import Held
from samskap.services.steps import Refused
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.databases import Database
from tests.faults.victim import a_victim, an_order
from tests.hands import is_refused
from tests.town import Clock, Town, keep

A_NEED = Callable[..., Need]
TUESDAY_TEN = (1440 + 600, 1440 + 660)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """What an earlier test left in this process is dropped."""
    facts.forget()
    yield
    facts.forget()


def held(town: Town) -> Held:
    """The facts as this process has them now, in a transaction of its own."""
    town.db.rollback()
    found = facts.current(town.db, now=town.clock())
    town.db.rollback()
    return found


def version(db: TenantSession) -> int:
    db.rollback()
    return db.scalars(select(Municipality.facts_version).where(Municipality.id == db.municipality_id)).one()


def paused(found: Held, someone: Someone) -> bool:
    return bool(found.facts.volunteers.paused[found.facts.volunteers.row(someone.id)])


def pauses(someone: Someone) -> None:
    """As on their own page; unlike `does`, nothing that is kept is dropped first."""
    with keep(someone.town.db):
        volunteers.pause(someone.town.db, someone.actor, someone.id, until=None, now=someone.town.clock())


def behind_our_back(db: TenantSession, someone: Someone, **columns: Any) -> None:
    """A change that raises no version; nothing in the service does so."""
    with keep(db):
        db.execute(
            update(Volunteer).where(Volunteer.id == someone.id).values(**columns),
            execution_options={"synchronize_session": False},
        )


@contextmanager
def undone(db: TenantSession) -> Iterator[None]:
    """What is done inside is rolled back, as when a request fails."""
    db.rollback()
    with writing():
        yield
        db.flush()
    db.rollback()


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement that goes to the database inside."""
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith(("BEGIN", "SELECT set_config")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


# Kept by version


def test_while_nothing_changes_one_statement_is_enough(oyer: Town, kari: Someone, engine: Engine) -> None:
    first = held(oyer)
    with statements(engine) as seen:
        assert held(oyer) is first
    assert len(seen) == 1
    assert "facts_version" in seen[0]


def test_a_change_raises_the_version_in_its_own_transaction(oyer: Town, kari: Someone, db: TenantSession) -> None:
    before = version(db)
    pauses(kari)
    assert version(db) == before + 1
    assert kari.volunteer.facts_version == before + 1


def test_a_change_that_is_rolled_back_raises_nothing(oyer: Town, kari: Someone, db: TenantSession) -> None:
    first, before = held(oyer), version(db)
    with undone(db):
        volunteers.pause(db, kari.actor, kari.id, until=None, now=oyer.clock())
    assert version(db) == before
    assert held(oyer) is first


def test_what_is_read_in_a_transaction_that_changes_is_kept_for_nobody_else(
    oyer: Town, kari: Someone, db: TenantSession
) -> None:
    first = held(oyer)
    with undone(db):
        volunteers.pause(db, kari.actor, kari.id, until=None, now=oyer.clock())
        facts.raise_versions(db)
        facts.touch(db, kari.id)
        assert paused(facts.current(db, now=oyer.clock()), kari)
    assert held(oyer) is first
    assert not paused(held(oyer), kari)


def test_only_what_changed_is_read_again(oyer: Town, kari: Someone, ola: Someone, db: TenantSession) -> None:
    held(oyer)
    behind_our_back(db, ola, paused_since=date(2026, 11, 1))
    pauses(kari)
    found = held(oyer)
    assert (paused(found, kari), paused(found, ola)) == (True, False), "Ola is still as he was read"


def test_everything_is_read_on_a_new_day_and_after_a_backup_was_restored(
    oyer: Town, kari: Someone, ola: Someone, db: TenantSession, clock: Clock
) -> None:
    held(oyer)
    behind_our_back(db, ola, paused_since=date(2026, 11, 1))
    clock.moves(days=1)
    assert paused(held(oyer), ola)
    behind_our_back(db, ola, paused_since=None)
    with keep(db):
        db.get_one(Municipality, oyer.id).facts_version -= 1
    assert not paused(held(oyer), ola)


def test_a_break_that_ends_today_ends_at_midnight_in_norway(
    oyer: Town, kari: Someone, db: TenantSession, clock: Clock
) -> None:
    with keep(db):
        kari.volunteer.paused_since, kari.volunteer.paused_until = date(2026, 11, 1), date(2026, 11, 24)
        facts.touch(db, kari.id)
    assert paused(held(oyer), kari)
    clock.moves(hours=14, minutes=1)  # past midnight in Norway, and still the 24th in Greenwich
    assert not paused(held(oyer), kari)


def test_another_process_sees_the_change_the_next_time_it_asks(oyer: Town, kari: Someone, database: Database) -> None:
    first = held(oyer)
    assert not paused(first, kari)
    with a_victim() as other:
        end = other.does(
            an_order(database.url, kari.actor, "volunteers.pause", now=oyer.clock(), volunteer_id=kari.id, until=None)
        )
        assert not end.killed
    assert paused(held(oyer), kari)


def test_each_municipality_has_facts_of_its_own(
    oyer: Town, gausdal: Town, kari: Someone, jon: Someone, db: TenantSession
) -> None:
    assert held(oyer).facts.volunteers.id.tolist() == [kari.id]
    assert held(gausdal).facts.volunteers.id.tolist() == [jon.id]
    before = version(gausdal.db)
    pauses(kari)
    assert version(gausdal.db) == before
    assert not paused(held(gausdal), jon)


# Read anew at the step that saves


def test_who_changed_behind_everybody_s_back_is_still_not_asked(
    mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession, clock: Clock
) -> None:
    need = a_need(windows=[TUESDAY_TEN])
    held(mona.town)
    behind_our_back(db, kari, paused_since=date(2026, 11, 1))
    desk = matching.desk(db, need, now=clock())
    assert desk.in_order() == [kari.id], "what is kept does not know yet"
    judged = matching.judge(db, need, kari.id, now=clock())
    assert (judged.allowed, judged.may_be_chosen) == (False, False)
    with keep(db), pytest.raises(Refused) as refused:
        proposals.approve(db, mona.actor, need_id=need.id, volunteer_id=kari.id, now=clock(), expected_rank=1)
    assert refused.value.text.nb == "Den frivillige har pause eller har sluttet."


def test_what_a_decision_changes_is_seen_by_the_next_in_the_same_process(
    mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession, clock: Clock
) -> None:
    need, other = a_need(), a_need(title="Lesevenn")
    with keep(db):
        offer = proposals.approve(db, mona.actor, need_id=need.id, volunteer_id=kari.id, now=clock())
    assert matching.desk(db, other, now=clock()).in_order() == [], "Kari takes on one at a time"
    with keep(db):
        offers.decline(db, kari.actor, offer.id, now=clock())
    assert matching.desk(db, other, now=clock()).in_order() == [kari.id]
    assert matching.desk(db, need, now=clock()).in_order() == [], "and is not asked again what she said no to"


def test_a_pair_of_which_one_is_gone_is_judged_without_a_trace(
    mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession
) -> None:
    with keep(db):
        kari.volunteer.state = VolunteerState.LEFT
    sentence = is_refused(mona, proposals.approve, need_id=a_need().id, volunteer_id=kari.id)
    assert sentence == "Personen er ikke lenger med, eller behovet er ikke åpent lenger. Ingen ble spurt."


# The answers hang together


def test_the_same_verdict_whichever_way_one_asks(
    oyer: Town, kari: Someone, ola: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    driving = builders.a_term("bil")
    builders.gives(ola, driving)
    needs = [
        builders.a_need(windows=[TUESDAY_TEN]),
        builders.a_need(windows=[(60, 120)]),
        builders.a_need(terms=[driving]),
    ]
    from_needs = {
        (need.id, one.id, one.points)
        for need in needs
        for one in matching.desk(db, need, now=clock()).ranking.candidates()
    }
    from_volunteers = {
        (one.id, someone.id, one.points)
        for someone in (kari, ola)
        for one in matching.needs_for(db, someone.id, now=clock())[2].candidates()
    }
    assert from_needs == from_volunteers
    assert len(from_needs) == 3


def test_a_need_without_anybody_is_known_before_and_after_it_is_kept(
    oyer: Town, kari: Someone, builders: Builders, db: TenantSession, clock: Clock
) -> None:
    can, cannot = builders.a_need(windows=[TUESDAY_TEN]), builders.a_need(windows=[(60, 120)])
    ids = [can.id, cannot.id, 999]
    assert matching.without_candidates(db, ids, now=clock()) == {cannot.id}
    assert [matching.nobody_can(db, ident, now=clock()) for ident in ids] == [False, True, False]
    with keep(db):
        fresh = builders.a_need(windows=[(60, 120)])
        assert matching.nobody_can(db, fresh.id, now=clock()), "in the transaction that makes it"


def test_the_newest_published_book_is_the_one_that_judges(
    oyer: Town, kari: Someone, a_need: A_NEED, db: TenantSession, clock: Clock
) -> None:
    need = a_need()
    standard = matching.desk(db, need, now=clock())
    assert standard.book.fingerprint == STANDARD.fingerprint
    data = STANDARD.as_data()
    strict = {**data, "rules": [with_a_short_reach(rule) for rule in data["rules"]]}
    book = read(strict, RULES)
    with keep(db):
        for number, one in ((1, STANDARD), (2, book)):
            db.add(
                RuleBookVersion(
                    version=number, fingerprint=one.fingerprint, book=one.as_data(), reason="x", published_at=clock()
                )
            )
    desk = matching.desk(db, need, now=clock())
    assert desk.book.fingerprint == book.fingerprint
    assert (standard.in_order(), desk.in_order()) == ([kari.id], [])
    judged = matching.judge(db, need, kari.id, now=clock())
    assert (judged.fingerprint, judged.allowed) == (book.fingerprint, False)


def with_a_short_reach(rule: dict[str, Any]) -> dict[str, Any]:
    """One kilometre, whoever wants farther."""
    return {**rule, "numbers": {"max_km": 1}} if rule["rule"] == "WithinReach" else rule
