"""From the row to the mailbox: sent once, tried again, given up, overtaken; against a mail server that misbehaves."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from samskap.integrations.mail import Mail, mailer_at
from samskap.models import Outbox, Person, SendState
from samskap.models.session import TenantSession, writing
from samskap.services import notices, offers, outbox
from samskap.services.outbox import LEASE, WAITS
from samskap.tasks.outbox import Office, empty
from samskap.tasks.worker import Worker
from samskap.text import LOCALES
from samskap.workflows.notice import Notice
from samskap.workflows.offer import OfferState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does
from tests.standins.smtp import Post, a_mail_server
from tests.town import Clock, Town, keep

S = SendState


@pytest.fixture
def post() -> Iterator[Post]:
    with a_mail_server() as found:
        yield found


@pytest.fixture
def office(app: Flask, post: Post) -> Office:
    """A worker's desk, with a mail server at the other end of the line."""
    mailer = mailer_at(post.url, sender="Samskap <ikke-svar@samskap.example>")
    return Worker(app, mailer).office(mailer)


def tell(who: Someone, notice: Notice, *, thing: Any = None, key: str = "a key") -> Outbox:
    with keep(who.town.db):
        return notices.tell_person(who.town.db, notice, who.id, key=key, thing=thing, now=who.town.clock())


def tell_at_once(town: Town, address: str = "ny@oyer.example") -> Outbox:
    """What is sent at any hour: a link to verify an address."""
    data = {"number": "n", "path": "/bekreft", "kommune": "3440", "locale": "nb"}
    with keep(town.db):
        return notices.tell_address(
            town.db, Notice.VERIFY_ADDRESS, address, key=address, data=data, now=town.clock()
        )  # fmt: skip


def states(db: TenantSession) -> list[SendState]:
    db.rollback()
    return list(db.scalars(select(Outbox.state).order_by(Outbox.id)))


# Sent


def test_a_notice_is_sent_once(kari: Someone, office: Office, post: Post, db: TenantSession) -> None:
    row = tell(kari, Notice.VOLUNTEER_READY)
    assert empty(office) == 1
    assert empty(office) == 0
    (came,) = post.came
    assert post.to == [["kari@xn--yer-zna.example"]]
    assert came["Message-ID"] == f"<outbox-{row.id}@samskap.example>"
    db.refresh(row)
    assert (row.state, row.sent_at, row.attempts) == (S.SENT, kari.town.clock(), 1)


@pytest.mark.parametrize(("locale", "greeting"), [("nb", "Hei."), ("nn", "Hei."), ("en", "Hello.")])
def test_in_the_person_s_own_language(
    kari: Someone, office: Office, post: Post, db: TenantSession, locale: str, greeting: str
) -> None:
    with keep(db):
        db.get_one(Person, kari.id).locale = locale
    tell(kari, Notice.VOLUNTEER_READY)
    empty(office)
    body = post.came[0].get_content()
    assert body.startswith(greeting)
    assert "samskap.example" in body


def test_what_is_taken_back_before_it_was_told_is_not_told_at_all(
    mona: Someone, kari: Someone, office: Office, post: Post, builders: Builders
) -> None:
    offer = builders.an_offer(volunteer=kari)
    tell(kari, Notice.OFFER_SENT, thing=offer)
    does(mona, offers.withdraw, offer.id)
    assert empty(office) == 2
    assert post.came == []


def test_both_municipalities_are_served_and_each_its_own(
    kari: Someone, jon: Someone, office: Office, post: Post, gausdal: Town
) -> None:
    tell(kari, Notice.VOLUNTEER_READY)
    tell(jon, Notice.VOLUNTEER_READY)
    empty(office)
    assert sorted(to for [to] in post.to) == ["jon@gausdal.example", "kari@xn--yer-zna.example"]


def test_a_key_is_told_once(kari: Someone, db: TenantSession) -> None:
    assert tell(kari, Notice.VOLUNTEER_READY).id == tell(kari, Notice.VOLUNTEER_READY).id


# Nothing in it


def test_no_notice_holds_anything_in_any_language(
    kari: Someone, tor: Someone, office: Office, post: Post, builders: Builders, db: TenantSession
) -> None:
    """Canaries: the person, the need, the place, the unit, the phone; and no way in but the front door."""
    words: dict[str, Any] = dict.fromkeys(("title", "goal", "task", "place"), "KANARI ord")
    need = builders.a_need(recipient=tor, **words)
    offer = builders.an_offer(volunteer=kari, need=need)
    with keep(db):
        person = db.get_one(Person, kari.id)
        person.name, person.address, person.phone = "KANARI Navn", "KANARI vei 1", "+4740099999"
    ordinary = [one for one in Notice if one not in notices.AT_ONCE and one is not Notice.INVITE_VOLUNTEER]
    for locale in LOCALES:
        with keep(db):
            db.get_one(Person, kari.id).locale = locale
        for notice in ordinary:
            with keep(db):
                row = Outbox(key=f"{notice}{locale}", notice=notice, person_id=kari.id, noun="", made_at=office.clock(),
                             not_before=office.clock())  # fmt: skip
                db.add(row)
        while empty(office):
            pass
    assert len(post.came) == len(ordinary) * len(LOCALES)
    assert offer.state is OfferState.SENT
    for message in post.came:
        told = f"{message['Subject']}\n{message.get_content()}"
        assert "KANARI" not in told
        assert not re.search(r"\d|/|https?:|!|Øyer|Tretten", told.replace("samskap.example", "")), told
        assert not re.search(r"\b(bruker|kunde|klient|user|client|customer)", told, re.IGNORECASE)
        assert "samskap.example" in told
        assert 5 < len(str(message["Subject"])) < 78
        assert set(dict(message.items())) - {"X-Peer"} == {
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
            "Content-Transfer-Encoding", "MIME-Version",
        }  # fmt: skip


def test_an_address_is_given_its_link_at_any_hour(
    oyer: Town, office: Office, post: Post, clock: Clock, db: TenantSession
) -> None:
    clock.now = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)  # half past midnight, Sunday
    row = tell_at_once(oyer)
    empty(office)
    assert "https://samskap.example/bekreft?kommune=3440&lenke=" in post.came[0].get_content()
    db.refresh(row)
    assert row.data == {}, "nothing by which the link could be made again"


# Tried again


def test_the_waits_are_those_that_were_promised() -> None:
    minutes = [wait.total_seconds() / 60 for wait in WAITS]
    assert minutes[:5] == [1, 5, 15, 60, 240]
    assert set(minutes[4:]) == {240}
    assert sum(minutes) >= 72 * 60


def test_a_refusal_for_now_is_tried_at_exactly_those_times_and_then_given_up(
    oyer: Town, office: Office, post: Post, clock: Clock, db: TenantSession
) -> None:
    post.mode = "451"
    begun = clock.now
    row = tell_at_once(oyer)
    tries: list[timedelta] = []
    while states(db) == [S.PENDING]:
        db.refresh(row)
        clock.now = row.not_before - timedelta(seconds=1)
        assert empty(office) == 0 or row.attempts == 0
        clock.now = row.not_before
        if row.attempts or not tries:
            empty(office)
            tries.append(clock.now - begun)
    expected = [timedelta(0)]
    for wait in WAITS:
        expected.append(expected[-1] + wait)
    assert tries == expected
    assert len(tries) == post.tried == 23
    db.refresh(row)
    assert (row.state, row.error) == (S.DEAD, "451 4.7.1")


def test_the_same_message_id_at_every_try_so_that_it_is_one_message(
    kari: Someone, office: Office, post: Post, clock: Clock, db: TenantSession
) -> None:
    """The server takes it and hangs up before it says so: it comes twice, and is one message by its id."""
    post.mode = "drops"
    row = tell(kari, Notice.VOLUNTEER_READY)
    empty(office)
    assert states(db) == [S.PENDING]
    post.mode = "well"
    clock.moves(minutes=1)
    empty(office)
    assert post.ids == [f"<outbox-{row.id}@samskap.example>"] * 2
    assert len(set(post.ids)) == 1
    assert states(db) == [S.SENT]


@pytest.mark.parametrize(("mode", "error"), [("550", "550 5.1.1"), ("554 data", "554 5.6.0")])
def test_a_refusal_for_good_is_dead_at_once_and_the_coordinator_sees_it(
    kari: Someone, office: Office, post: Post, db: TenantSession, mode: Any, error: str
) -> None:
    post.mode = mode
    row = tell(kari, Notice.VOLUNTEER_READY, thing=kari.volunteer)
    empty(office)
    db.refresh(row)
    assert (row.state, row.error, row.attempts) == (S.DEAD, error, 1)
    assert [(one.person_id, one.count) for one in notices.to_phone(db)] == [(kari.id, 1)]


def test_a_bad_address_is_dead_at_once(kari: Someone, office: Office, post: Post, db: TenantSession) -> None:
    with keep(db):
        db.get_one(Person, kari.id).email = "kari@oyer.example, ola@oyer.example"
    row = tell(kari, Notice.VOLUNTEER_READY)
    empty(office)
    db.refresh(row)
    assert (row.state, row.error, post.tried) == (S.DEAD, "bad address", 0)


def test_one_that_cannot_be_written_keeps_nobody_else_waiting(
    kari: Someone, ola: Someone, office: Office, post: Post, db: TenantSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = office.templates.get_template

    def torn(name: str, *args: Any, **words: Any) -> Any:
        return whole("notices/nb/there_is_no_such.txt" if "offer_declined" in name else name, *args, **words)

    monkeypatch.setattr(office.templates, "get_template", torn)
    tell(kari, Notice.OFFER_DECLINED, key="torn")
    tell(ola, Notice.VOLUNTEER_READY, key="whole")
    empty(office)
    assert states(db) == [S.PENDING, S.SENT]
    assert len(post.came) == 1


# Hours


def test_at_night_and_on_weekends_it_waits(
    kari: Someone, office: Office, post: Post, clock: Clock, db: TenantSession
) -> None:
    clock.now = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)  # Friday at half past eight in the evening
    row = tell(kari, Notice.VOLUNTEER_READY)
    assert row.not_before == datetime(2026, 11, 30, 8, 0, tzinfo=UTC), "Monday at nine"
    clock.moves(days=2)
    assert empty(office) == 0
    clock.now = row.not_before
    assert empty(office) == 1
    assert len(post.came) == 1


def test_what_came_due_while_nobody_worked_is_not_sent_at_night(
    kari: Someone, office: Office, post: Post, clock: Clock, db: TenantSession
) -> None:
    row = tell(kari, Notice.VOLUNTEER_READY)
    clock.now = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    empty(office)
    db.refresh(row)
    assert (row.state, row.not_before, row.attempts) == (S.PENDING, datetime(2026, 11, 25, 8, 0, tzinfo=UTC), 0)
    assert post.came == []


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-24T07:59:00+00:00", "2026-11-24T08:00:00+00:00"),
        ("2026-11-24T18:59:59+00:00", "2026-11-24T18:59:59+00:00"),
        ("2026-11-24T19:00:00+00:00", "2026-11-25T08:00:00+00:00"),
        ("2026-12-23T19:30:00+00:00", "2026-12-24T08:00:00+00:00"),
        ("2026-12-24T19:30:00+00:00", "2026-12-28T08:00:00+00:00"),
        ("2026-10-25T00:30:00+00:00", "2026-10-26T08:00:00+00:00"),
        ("2027-03-28T00:30:00+00:00", "2027-03-30T07:00:00+00:00"),
    ],
)
def test_the_next_open_moment(now: str, then: str) -> None:
    found = notices.next_open_moment(datetime.fromisoformat(now), quiet_from=9, quiet_to=20)
    assert found == datetime.fromisoformat(then)


# Overtaken


def test_what_has_been_answered_is_not_reminded_of(
    kari: Someone, office: Office, post: Post, builders: Builders, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari)
    tell(kari, Notice.OFFER_REMINDER, thing=offer)
    does(kari, offers.decline, offer.id)
    empty(office)
    assert states(db) == [S.SUPERSEDED]
    assert post.came == []


def test_who_was_told_is_told_that_it_is_off_and_in_that_order(
    kari: Someone, mona: Someone, office: Office, post: Post, builders: Builders, db: TenantSession
) -> None:
    offer = builders.an_offer(volunteer=kari)
    tell(kari, Notice.OFFER_SENT, thing=offer)
    empty(office)
    does(mona, offers.withdraw, offer.id)
    empty(office)
    assert states(db) == [S.SENT, S.SENT]
    assert [str(one["Subject"]) for one in post.came] == ["Ny beskjed i Samskap venter på svar", "Ny beskjed i Samskap"]


def test_who_has_been_deleted_gets_nothing(
    kari: Someone, office: Office, post: Post, clock: Clock, db: TenantSession
) -> None:
    tell(kari, Notice.VOLUNTEER_READY)
    with keep(db):
        db.get_one(Person, kari.id).erased_at = clock()
    empty(office)
    assert (states(db), post.came) == ([S.DEAD], [])
    assert notices.to_phone(db) == []


# Who is not written to


def test_somebody_without_an_address_is_rung_from_the_first_moment(
    builders: Builders, db: TenantSession, clock: Clock
) -> None:
    berit = builders.a_volunteer("Berit Bakke")
    offer = builders.an_offer(volunteer=berit)
    with keep(db):
        notices.tell_person(db, Notice.OFFER_SENT, berit.id, key="x", thing=offer, now=clock())
        notices.tell_person(db, Notice.OFFER_REMINDER, berit.id, key="y", thing=offer, now=clock())
    (waiting,) = notices.to_phone(db)
    assert (waiting.person_id, waiting.name, waiting.count) == (berit.id, "Berit Bakke", 2)


def test_what_is_answered_on_the_phone_need_not_be_rung_about(
    mona: Someone, builders: Builders, db: TenantSession
) -> None:
    berit = builders.a_volunteer()
    offer = builders.an_offer(volunteer=berit)
    with keep(db):
        notices.tell_person(db, Notice.OFFER_SENT, berit.id, key="x", thing=offer, now=mona.town.clock())
    does(mona, offers.decline_by_phone, offer.id)
    assert notices.to_phone(db) == []


@pytest.mark.parametrize(
    ("columns", "written_to"),
    [
        ({"source": "import"}, False),
        ({"source": "assisted"}, False),
        ({"source": "demo"}, True),
        ({"source": "self", "email": None}, False),
    ],
)
def test_nobody_is_written_to_before_they_are_invited(
    builders: Builders, db: TenantSession, columns: dict[str, Any], *, written_to: bool
) -> None:
    person = builders.a_person(**{"email": "berit@oyer.example", **columns})
    assert (notices.address_of(db, person.id) is not None) is written_to


def test_an_address_that_nobody_has_shown_to_be_theirs_is_not_written_to(kari: Someone, db: TenantSession) -> None:
    from samskap.models import Account

    assert notices.address_of(db, kari.id) == kari.person.email
    with keep(db):
        db.scalars(select(Account).where(Account.id == kari.person.account_id)).one().verified_at = None
    assert notices.address_of(db, kari.id) is None


# Two at once, and one that dies


def claim(engine: Engine, municipality_id: int, owner: str, now: datetime) -> list[int]:
    with writing(), TenantSession(engine) as session:
        session.stand_in(municipality_id)
        found = list(outbox.claim(session, owner=owner, now=now))
        session.commit()
        return found


def test_two_who_claim_at_once_never_get_the_same(kari: Someone, engine: Engine, clock: Clock) -> None:
    for number in range(60):
        tell(kari, Notice.VOLUNTEER_READY, key=f"n{number}")
    taken: Counter[int] = Counter()
    lock, start = threading.Lock(), threading.Barrier(6)

    def work(owner: str) -> None:
        start.wait()
        while found := claim(engine, kari.town.id, owner, clock.now):
            with lock:
                taken.update(found)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 60
    assert set(taken.values()) == {1}


def test_what_a_dead_worker_claimed_is_sent_by_the_next_when_the_lease_is_over(
    kari: Someone, office: Office, post: Post, engine: Engine, clock: Clock, db: TenantSession
) -> None:
    tell(kari, Notice.VOLUNTEER_READY)
    assert len(claim(engine, kari.town.id, "dead", clock.now)) == 1
    clock.now += LEASE
    assert empty(office) == 0
    clock.moves(seconds=1)
    assert empty(office) == 1
    assert (len(post.came), states(db)) == (1, [S.SENT])


def test_an_answer_that_comes_after_the_lease_changes_nothing(
    kari: Someone, office: Office, post: Post, engine: Engine, clock: Clock, db: TenantSession
) -> None:
    row = tell(kari, Notice.VOLUNTEER_READY)
    claim(engine, kari.town.id, "slow", clock.now)
    clock.moves(seconds=61)
    claim(engine, kari.town.id, "quick", clock.now)
    with keep(db):
        assert outbox.take_up(db, row.id, owner="slow", now=clock.now) is None
        assert not outbox.sent(db, row.id, owner="slow", now=clock.now)
        assert not outbox.failed(db, row.id, owner="slow", error="550", for_good=True, now=clock.now)
        assert outbox.sent(db, row.id, owner="quick", now=clock.now)
    assert states(db) == [S.SENT]


def test_each_message_renews_the_lease_before_it_is_sent(
    kari: Someone, app: Flask, engine: Engine, clock: Clock, db: TenantSession
) -> None:
    """A handful is claimed at once; the last of them is still ours after the others took their time."""

    class Slow:
        def send(self, mail: Mail) -> None:
            clock.moves(seconds=19)
            assert claim(engine, kari.town.id, "other", clock.now) == [], "nobody else may take what is being sent"

    for number in range(3):
        tell(kari, Notice.VOLUNTEER_READY, key=f"n{number}")
    worker = Worker(app, Slow())
    assert empty(worker.office(Slow())) == 3
    assert states(db) == [S.SENT] * 3


def test_what_is_over_is_forgotten_after_a_month(
    kari: Someone, office: Office, clock: Clock, db: TenantSession
) -> None:
    tell(kari, Notice.VOLUNTEER_READY, key="sent")
    empty(office)
    clock.moves(days=29)
    tell(kari, Notice.VOLUNTEER_READY, key="new")
    clock.moves(days=2)
    with keep(db):
        outbox.forget_old(db, now=clock.now)
    assert states(db) == [S.PENDING]


def test_the_oldest_that_is_due_is_known(kari: Someone, office: Office, clock: Clock, db: TenantSession) -> None:
    assert outbox.oldest_due(db, now=clock.now) is None
    row = tell(kari, Notice.VOLUNTEER_READY)
    assert outbox.oldest_due(db, now=clock.now) == row.not_before
    empty(office)
    db.rollback()
    assert outbox.oldest_due(db, now=clock.now) is None
