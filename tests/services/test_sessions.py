"""Sessions: how long they live, to the second, and what ends them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from samskap.models import Account, LoginSession, Membership
from samskap.models.session import TenantSession, writing
from samskap.permissions import Role
from samskap.services import accounts, sessions
from samskap.services.sessions import Login
from tests.at_once import at_once
from tests.cast import Someone
from tests.databases import Database
from tests.town import Town, keep

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def begins(who: Someone) -> str:
    """Somebody logs in; the token of their session."""
    assert who.account is not None
    with keep(who.town.db):
        return sessions.begin(who.town.db, who.account, who.town.id, now=who.town.clock())


def resumed(who: Someone, token: str, *, at: datetime) -> Login | None:
    return sessions.resume(who.town.db, token, now=at)


def seen(who: Someone, login: Login, *, at: datetime) -> None:
    with keep(who.town.db):
        sessions.touch(who.town.db, login, now=at)


@pytest.mark.parametrize(("name", "minutes"), [("mona", 30), ("ane", 30), ("grete", 30), ("kari", 60), ("eva", 60)])
def test_a_session_left_alone_ends_to_the_second(
    database: Database, request: pytest.FixtureRequest, now: datetime, name: str, minutes: int
) -> None:
    who: Someone = request.getfixturevalue(name)
    token = begins(who)
    assert resumed(who, token, at=now + minutes * MINUTE) is not None
    assert resumed(who, token, at=now + minutes * MINUTE + SECOND) is None


@pytest.mark.parametrize(("name", "hours", "step"), [("mona", 8, 30), ("kari", 12, 60)])
def test_a_session_in_constant_use_ends_to_the_second(
    database: Database, request: pytest.FixtureRequest, now: datetime, name: str, hours: int, step: int
) -> None:
    who: Someone = request.getfixturevalue(name)
    token, at, end = begins(who), now, now + timedelta(hours=hours)
    while at < end:
        at = min(at + step * MINUTE, end)
        login = resumed(who, token, at=at)
        assert login is not None
        seen(who, login, at=at)
    assert resumed(who, token, at=end + SECOND) is None


def test_the_table_holds_no_token(kari: Someone) -> None:
    token = begins(kari)
    row = kari.town.db.scalars(select(LoginSession)).one()
    assert token not in str(vars(row))
    assert len(token) >= 43


@pytest.mark.parametrize("token", ["", "x", "x" * 5_000, "\x00", "é"])
def test_a_token_that_was_never_given_opens_nothing(oyer: Town, now: datetime, token: str) -> None:
    if "\x00" in token and oyer.db.get_bind().dialect.name == "postgresql":
        token = "0"
    assert sessions.resume(oyer.db, token, now=now) is None


def test_an_ended_session_is_dead(kari: Someone, now: datetime) -> None:
    token, other = begins(kari), begins(kari)
    with keep(kari.town.db):
        sessions.end(kari.town.db, token)
    assert resumed(kari, token, at=now) is None
    assert resumed(kari, other, at=now) is not None


def test_the_others_can_be_ended_from_one(kari: Someone, now: datetime) -> None:
    mine, elsewhere = begins(kari), begins(kari)
    login = resumed(kari, mine, at=now)
    assert login is not None
    with keep(kari.town.db):
        sessions.end_all(kari.town.db, login.account_id, but=login.session_id)
    assert resumed(kari, mine, at=now) is not None
    assert resumed(kari, elsewhere, at=now) is None


def test_proving_who_one_is_gives_another_token_and_the_old_one_is_dead(kari: Someone, now: datetime) -> None:
    token, later = begins(kari), now + 20 * MINUTE
    login = resumed(kari, token, at=later)
    assert login is not None
    assert not login.recently_proved(now=later)
    with keep(kari.town.db):
        renewed = sessions.prove(kari.town.db, login, now=later)
    assert resumed(kari, token, at=later) is None
    login = resumed(kari, renewed, at=later)
    assert login is not None
    assert login.recently_proved(now=later + 10 * MINUTE)
    assert not login.recently_proved(now=later + 10 * MINUTE + SECOND)


def test_another_municipality_is_another_token_that_lives_no_longer(
    kari: Someone, gausdal: Town, engine: Engine, now: datetime
) -> None:
    token = begins(kari)
    login = resumed(kari, token, at=now)
    assert login is not None
    with keep(kari.town.db):
        moved = sessions.move(kari.town.db, login, gausdal.id)
    assert resumed(kari, token, at=now) is None
    at = now + timedelta(hours=12)
    with TenantSession(engine) as session:
        seen_row = session.scalars(select(LoginSession)).one()
        assert (seen_row.municipality_id, seen_row.created_at) == (gausdal.id, now)
    with TenantSession(engine) as session:
        assert sessions.resume(session, moved, now=at + SECOND) is None


def test_a_role_that_is_put_on_stays_on_and_changes_no_rights(oyer: Town, mona: Someone, now: datetime) -> None:
    with keep(oyer.db):
        oyer.db.add(Membership(person_id=mona.id, role=Role.VOLUNTEER, since=now))
    token = begins(mona)
    login = resumed(mona, token, at=now)
    assert login is not None
    with keep(oyer.db):
        sessions.put_on(oyer.db, login, Role.VOLUNTEER)
    worn = resumed(mona, token, at=now)
    assert worn is not None
    assert (worn.hat, worn.actor) == (Role.VOLUNTEER, login.actor)


def test_a_change_of_the_account_ends_its_sessions(kari: Someone, now: datetime) -> None:
    token = begins(kari)
    with keep(kari.town.db):
        accounts.raise_version(kari.town.db, kari.account.id)  # type: ignore[union-attr]
    assert resumed(kari, token, at=now) is None


def test_logging_in_many_times_at_once_loses_no_session(kari: Someone, engine: Engine, now: datetime) -> None:
    account_id = kari.account.id  # type: ignore[union-attr]
    town_id = kari.town.id

    def log_in() -> str:
        with writing(), TenantSession(engine) as session:
            token = sessions.begin(session, session.get_one(Account, account_id), town_id, now=now)
            session.commit()
            return token

    tokens = at_once([log_in] * 8)
    assert len(set(map(str, tokens))) == 8
    kari.town.db.rollback()
    assert all(resumed(kari, str(token), at=now) for token in tokens)


def test_sessions_that_nobody_can_resume_are_swept(kari: Someone, now: datetime) -> None:
    begins(kari)
    for hours, left in ((12, 1), (13, 0)):
        with keep(kari.town.db):
            sessions.end_old(kari.town.db, now=now + timedelta(hours=hours))
        assert kari.town.db.scalar(select(func.count(LoginSession.id))) == left


def test_somebody_who_is_here_is_written_down_unless_they_have_left(kari: Someone, now: datetime) -> None:
    token = begins(kari)
    login = resumed(kari, token, at=now)
    assert login is not None
    with keep(kari.town.db):
        sessions.end(kari.town.db, token)
    seen(kari, login, at=now + MINUTE)
    assert resumed(kari, token, at=now + MINUTE) is None
