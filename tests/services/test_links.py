"""Single-use links: what they are bound to, how long they live, and that only one of many uses them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from samskap.models import Base, Link
from samskap.models.account import Purpose
from samskap.models.session import TenantSession, writing
from samskap.permissions import Role
from samskap.services import links
from samskap.services.links import Bound
from samskap.services.steps import Refused
from tests.at_once import at_once
from tests.letters import SECRET, letters_to
from tests.town import Town, keep

TO = "ny@post.example"
BASE_URL = "https://samskap.example"
ROUNDS = 15


def send(town: Town, purpose: Purpose = Purpose.VERIFY, **bound: Any) -> str:
    """Sends a link; its token as the receiver has it."""
    with keep(town.db):
        links.send(
            town.db,
            purpose,
            TO,
            bound=Bound(**bound),
            locale="nn",
            secret=SECRET,
            now=town.clock(),
        )
    return address_of_newest(town).rpartition("lenke=")[2]


def address_of_newest(town: Town) -> str:
    return links.address_of(letters_to(town.db, TO)[-1].data, secret=SECRET, base_url=BASE_URL)


def test_the_address_is_built_from_our_own_base_url_and_names_the_municipality(oyer: Town) -> None:
    token = send(oyer, Purpose.RESET)
    assert address_of_newest(oyer) == f"{BASE_URL}/nytt-passord?kommune=3440&lenke={token}"
    assert letters_to(oyer.db, TO)[-1].data["locale"] == "nn"


def test_a_token_has_256_bits_and_stands_nowhere_in_the_database(oyer: Town, engine: Engine) -> None:
    token = send(oyer)
    assert len(token) == 43
    assert send(oyer) != token
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        rows = [str(tuple(row)) for table in Base.metadata.sorted_tables for row in connection.execute(table.select())]
    assert rows
    assert not [row for row in rows if token in row]


def test_the_same_letter_written_again_carries_the_same_link(oyer: Town) -> None:
    send(oyer)
    assert address_of_newest(oyer) == address_of_newest(oyer)


def test_nobody_makes_the_token_from_the_outbox_without_the_secret(oyer: Town) -> None:
    token = send(oyer)
    guessed = links.address_of(letters_to(oyer.db, TO)[-1].data, secret="another secret", base_url=BASE_URL)
    assert token not in guessed


def test_looking_at_a_link_uses_nothing_up(oyer: Town, now: datetime) -> None:
    token = send(oyer)
    for _ in range(5):
        assert links.find(oyer.db, token, Purpose.VERIFY, now=now) is not None


@pytest.mark.parametrize(
    ("purpose", "hours"),
    [(Purpose.VERIFY, 48), (Purpose.INVITE_STAFF, 48), (Purpose.INVITE_VOLUNTEER, 48), (Purpose.RESET, 0.5)],
)
def test_a_link_lives_exactly_as_long_as_was_decided(oyer: Town, now: datetime, purpose: Purpose, hours: float) -> None:
    token, end = send(oyer, purpose), now + timedelta(hours=hours)
    assert links.find(oyer.db, token, purpose, now=end - timedelta(seconds=1)) is not None
    assert links.find(oyer.db, token, purpose, now=end) is None


def test_a_link_that_waits_for_office_hours_lives_from_when_it_is_sent(oyer: Town) -> None:
    oyer.clock.now = datetime(2026, 11, 27, 21, 0, tzinfo=UTC)  # Friday at ten in the evening
    token = send(oyer, Purpose.INVITE_VOLUNTEER)
    monday_at_nine = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    alive = monday_at_nine + timedelta(hours=47)
    assert links.find(oyer.db, token, Purpose.INVITE_VOLUNTEER, now=alive) is not None


@pytest.mark.parametrize(
    "change", [str.upper, lambda token: token[:-1], lambda token: token + "x", lambda _: "", "æ".join]
)
def test_a_token_that_was_not_copied_in_full_leads_nowhere(oyer: Town, now: datetime, change: object) -> None:
    token = send(oyer)
    assert links.find(oyer.db, change(token), Purpose.VERIFY, now=now) is None  # type: ignore[operator]


def test_a_link_opens_one_purpose_in_one_municipality(oyer: Town, gausdal: Town, now: datetime) -> None:
    token = send(oyer, Purpose.INVITE_STAFF, role=Role.LEADER)
    assert links.find(oyer.db, token, Purpose.RESET, Purpose.VERIFY, now=now) is None
    assert links.find(gausdal.db, token, Purpose.INVITE_STAFF, now=now) is None
    assert links.find(oyer.db, token, Purpose.INVITE_STAFF, now=now) is not None


def test_a_used_link_is_dead(oyer: Town, now: datetime) -> None:
    token = send(oyer)
    link = links.find(oyer.db, token, Purpose.VERIFY, now=now)
    assert link is not None
    with keep(oyer.db):
        links.use(oyer.db, link, now=now)
    assert links.find(oyer.db, token, Purpose.VERIFY, now=now) is None
    with writing(), pytest.raises(Refused):
        links.use(oyer.db, link, now=now)


def test_of_eight_clicks_at_once_one_uses_the_link(oyer: Town, engine: Engine, now: datetime) -> None:
    def click(token: str) -> str:
        with writing(), TenantSession(engine) as session:
            session.stand_in(oyer.id)
            link = links.find(session, token, Purpose.VERIFY, now=now)
            if link is None:
                return "dead"
            try:
                links.use(session, link, now=now)
            except Refused:
                return "dead"
            session.commit()
            return "used"

    for _ in range(ROUNDS):
        token = send(oyer)
        results = at_once([lambda token=token: click(token)] * 8)  # type: ignore[misc]
        assert sorted(map(str, results)) == ["dead"] * 7 + ["used"]


def test_links_that_have_been_dead_for_a_month_are_swept(oyer: Town, now: datetime) -> None:
    send(oyer)
    for days, left in ((31, 1), (33, 0)):
        with keep(oyer.db):
            links.forget_old(oyer.db, now=now + timedelta(days=days))
        assert len(oyer.db.scalars(select(Link)).all()) == left
