"""What the clock does, once, however many processes let it strike."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, select

from samskap.models import FormKey, Link, LoginSession, Need, Offer, Outbox, Person, SendState, Throttle, Volunteer
from samskap.models.account import Purpose
from samskap.models.session import TenantSession
from samskap.services import needs, offers
from samskap.tasks import clock as ticking
from samskap.workflows.notice import Notice
from samskap.workflows.offer import OfferState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does, history, told
from tests.town import Clock, Town, keep


def strikes(engine: Engine, clock: Clock, *, times: int = 1) -> None:
    """So many processes let the minute strike at the same moment."""
    start = threading.Barrier(times)

    def one() -> None:
        start.wait()
        ticking.minute(engine, now=clock.now)

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_deadlines_pass_and_seats_are_free_again_in_every_municipality(
    kari: Someone, jon: Someone, builders: Builders, gausdal: Town, engine: Engine, clock: Clock, db: TenantSession
) -> None:
    here, there = builders.an_offer(volunteer=kari), gausdal.builders.an_offer(volunteer=jon)
    clock.moves(days=3, minutes=1)
    strikes(engine, clock)
    db.rollback()
    gausdal.db.rollback()
    assert [db.get_one(Offer, here.id).state, gausdal.db.get_one(Offer, there.id).state] == [OfferState.EXPIRED] * 2
    assert [db.get_one(Need, here.need_id).taken, gausdal.db.get_one(Need, there.need_id).taken] == [0, 0]


def test_four_processes_remind_once_and_close_once(
    kari: Someone, mona: Someone, builders: Builders, engine: Engine, clock: Clock, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari)
    clock.moves(days=2)
    strikes(engine, clock, times=4)
    db.rollback()
    assert told(db) == [("offer_reminder", kari.id)]
    clock.moves(days=2)
    strikes(engine, clock, times=4)
    db.rollback()
    assert told(db) == [("offer_reminder", kari.id), ("offer_expired", mona.id)]
    assert history(db, of="offer") == ["remind", "expire"]
    assert db.get_one(Need, offer.need_id, populate_existing=True).taken == 0


def test_an_hour_that_comes_twice_reminds_once(
    kari: Someone, builders: Builders, engine: Engine, clock: Clock, db: TenantSession
) -> None:
    builders.an_offer(volunteer=kari)
    for _ in range(3):
        clock.moves(days=2)
        strikes(engine, clock)
        clock.moves(days=-2)
    db.rollback()
    assert [notice for notice, _ in told(db)] == ["offer_reminder"]


def test_one_that_fails_keeps_no_other_waiting(
    kari: Someone,
    ola: Someone,
    builders: Builders,
    engine: Engine,
    clock: Clock,
    db: TenantSession,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = builders.an_offer(volunteer=kari), builders.an_offer(volunteer=ola)
    doomed, whole = first.id, offers.expire

    def torn(db: TenantSession, offer_id: int, **words: Any) -> bool:
        if offer_id == doomed:
            raise ZeroDivisionError
        return whole(db, offer_id, **words)

    monkeypatch.setattr(offers, "expire", torn)
    clock.moves(days=4)
    strikes(engine, clock)
    db.rollback()
    states = [db.get_one(Offer, one.id).state for one in (first, second)]
    assert states == [OfferState.SENT, OfferState.EXPIRED]
    assert f"expire {first.id} failed" in caplog.text


def test_who_was_invited_and_never_answered_is_deleted_after_thirty_days(
    builders: Builders, ane: Someone, engine: Engine, clock: Clock, db: TenantSession
) -> None:
    imported = partial(builders.a_person, source="import", confirmed_at=None)
    silent = imported("Berit Bakke", imported_as="x", invited_at=clock.now, email="b@oyer.example")
    with keep(db):
        db.add(Volunteer(id=silent.id, registered_at=clock.now, state="registered"))
    confirmed = imported("Arve Aas", imported_as="y", invited_at=clock.now, confirmed_at=clock.now)
    uninvited = imported("Siv Sund", imported_as="z")
    offer = builders.an_offer(volunteer=db.get_one(Volunteer, silent.id), need=builders.a_need(posted_by=ane))
    clock.moves(days=29)
    ticking.hour(engine, now=clock.now)
    db.rollback()
    assert db.get_one(Person, silent.id, populate_existing=True).erased_at is None
    clock.moves(days=2)
    ticking.hour(engine, now=clock.now)
    db.rollback()
    gone = db.get_one(Person, silent.id, populate_existing=True)
    assert (gone.name, gone.email, gone.erased_at) == ("–", None, clock.now)
    assert db.get_one(Offer, offer.id, populate_existing=True).state is OfferState.WITHDRAWN
    assert db.get_one(Need, offer.need_id, populate_existing=True).taken == 0
    for one in (confirmed, uninvited):
        assert db.get_one(Person, one.id, populate_existing=True).erased_at is None


def test_what_nobody_can_use_any_more_is_deleted(
    kari: Someone, engine: Engine, clock: Clock, db: TenantSession
) -> None:
    with keep(db):
        db.add_all([
            FormKey(who="w", key="k", route="r", body_hash="h", at=clock.now),
            Throttle(key_hash="x", window_starts_at=clock.now, tries=1, last_at=clock.now),
            Link(token_hash="t", purpose=Purpose.RESET, email="x@y.example", municipality_id=kari.town.id,
                 expires_at=clock.now),
            LoginSession(token_hash="s", account_id=kari.person.account_id, municipality_id=kari.town.id, version=1,
                         created_at=clock.now, seen_at=clock.now, proved_at=clock.now),
            Outbox(key="o", notice=Notice.VOLUNTEER_READY, person_id=kari.id, noun="", state=SendState.SENT,
                   not_before=clock.now, made_at=clock.now),
        ])  # fmt: skip
    tables = (FormKey, Throttle, Link, LoginSession, Outbox)
    ticking.hour(engine, now=clock.now)
    db.rollback()
    assert all(db.scalars(select(table.id)).all() for table in tables), "not yet"
    ticking.hour(engine, now=clock.now + timedelta(days=32))
    db.rollback()
    assert [db.scalars(select(table.id)).all() for table in tables] == [[]] * 5


def test_a_withdrawn_need_leaves_nothing_for_the_clock(
    kari: Someone, ane: Someone, builders: Builders, engine: Engine, clock: Clock, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari, need=builders.a_need(posted_by=ane))
    does(ane, needs.withdraw, offer.need_id)
    clock.moves(days=4)
    strikes(engine, clock)
    db.rollback()
    assert history(db, of="offer") == ["lapse"]
