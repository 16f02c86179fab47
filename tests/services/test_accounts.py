"""Accounts: who owns an address, what a stranger can learn, and what ends a session."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, func, select

from samskap.models import LOCAL, Account, Person, Standing
from samskap.models.account import Purpose
from samskap.models.session import TenantSession, writing
from samskap.services import accounts, links, passwords, sessions
from samskap.services.steps import Missing, Refused
from samskap.workflows.notice import Notice
from tests.at_once import at_once
from tests.cast import Someone
from tests.letters import SECRET, letters_to
from tests.town import Town, engine_of, keep

PASSWORD = "hest lampe skog brev"
KEPT = passwords.hashed(PASSWORD)


def signs_up(
    town: Town,
    email: str = "siri@post.example",
    *,
    browser: str = "a browser",
    password: str = PASSWORD,
    kept: str = KEPT,
) -> Account:
    """Somebody signs up, and it is committed."""
    with keep(town.db):
        return sign_up(town.db, town.clock(), email, browser=browser, password=password, kept=kept)


def sign_up(
    db: TenantSession, now: datetime, email: str, *, browser: str, password: str = PASSWORD, kept: str = KEPT
) -> Account:
    return accounts.sign_up(
        db,
        name="Siri Sæter",
        email=email,
        password=password,
        password_hash=kept,
        browser=browser,
        locale="nb",
        secret=SECRET,
        now=now,
    )


def verifies(town: Town, account: Account) -> None:
    """The newest link to the account's address is used."""
    with keep(town.db):
        data = letters_to(town.db, str(account.email))[-1].data
        token = links.address_of(data, secret=SECRET, base_url="").rpartition("lenke=")[2]
        link = links.find(town.db, token, Purpose.VERIFY, now=town.clock())
        assert link is not None
        accounts.verify(town.db, link, now=town.clock())


def notices_to(town: Town, email: str) -> list[Notice]:
    return [letter.notice for letter in letters_to(town.db, email)]


def test_who_signs_up_has_an_account_a_person_and_a_link_on_its_way(oyer: Town) -> None:
    account = signs_up(oyer, "Siri@Post.example")
    assert (account.issuer, account.email, account.verified_at) == (LOCAL, "siri@post.example", None)
    assert account.subject != account.email
    person = accounts.person_of(oyer.db, account.id)
    assert person is not None
    assert (person.name, person.locale, person.confirmed_at, person.source) == ("Siri Sæter", "nb", None, "self")
    assert [place.id for place in sessions.places_of(oyer.db, account.id)] == [oyer.id]
    assert notices_to(oyer, "siri@post.example") == [Notice.VERIFY_ADDRESS]


def test_verifying_confirms_the_person_and_opens_the_log_in(oyer: Town, now: datetime) -> None:
    account = signs_up(oyer)
    assert accounts.known_by(oyer.db, "siri@post.example", demo=False).account_id is None
    verifies(oyer, account)
    assert account.verified_at == now
    person = accounts.person_of(oyer.db, account.id)
    assert person is not None
    assert person.confirmed_at == now
    assert accounts.known_by(oyer.db, " SIRI@post.example", demo=False).account_id == account.id


def test_an_address_that_is_taken_gives_a_stranger_the_same_and_its_owner_a_word(oyer: Town, eva: Someone) -> None:
    account = signs_up(oyer, "eva@øyer.example")
    assert account.id != eva.account.id  # type: ignore[union-attr]
    assert accounts.person_of(oyer.db, account.id) is not None
    assert notices_to(oyer, "eva@øyer.example") == [Notice.ADDRESS_TAKEN]


def test_of_two_who_claim_an_address_the_first_to_verify_has_it(oyer: Town) -> None:
    first, second = signs_up(oyer, browser="one"), signs_up(oyer, browser="another")
    assert first.id != second.id
    assert notices_to(oyer, "siri@post.example") == [Notice.VERIFY_ADDRESS] * 2
    letter = letters_to(oyer.db, "siri@post.example")[0].data
    verifies(oyer, second)
    token = links.address_of(letter, secret=SECRET, base_url="").rpartition("lenke=")[2]
    link = links.find(oyer.db, token, Purpose.VERIFY, now=oyer.clock())
    assert link is not None
    with writing(), pytest.raises(Refused, match="already belongs"):
        accounts.verify(oyer.db, link, now=oyer.clock())
    oyer.db.rollback()
    assert accounts.known_by(oyer.db, "siri@post.example", demo=False).account_id == second.id


def test_the_same_person_in_two_tabs_is_one_account_and_one_letter(oyer: Town, engine: Engine, now: datetime) -> None:
    def tab() -> int:
        with writing(), TenantSession(engine) as session:
            session.stand_in(oyer.id)
            account = sign_up(session, now, "siri@post.example", browser="one browser")
            session.commit()
            return account.id

    for _ in range(5):
        assert len(set(at_once([tab] * 8))) == 1
    oyer.db.rollback()
    assert oyer.db.scalar(select(func.count(Account.id))) == 1
    assert oyer.db.scalar(select(func.count(Person.id))) == 1
    assert oyer.db.scalar(select(func.count(Standing.id))) == 1
    assert notices_to(oyer, "siri@post.example") == [Notice.VERIFY_ADDRESS]


def test_another_password_in_another_tab_is_told_of(oyer: Town) -> None:
    signs_up(oyer)
    other = "noe helt annet enn det"
    with pytest.raises(Refused, match="another window"):
        signs_up(oyer, password=other, kept=passwords.hashed(other))


def test_the_owner_of_an_address_can_disown_what_somebody_else_signed_up(oyer: Town, now: datetime) -> None:
    account = signs_up(oyer)
    with keep(oyer.db):
        token = sessions.begin(oyer.db, account, oyer.id, now=now)
        letter = letters_to(oyer.db, "siri@post.example")[-1].data
        link_token = links.address_of(letter, secret=SECRET, base_url="").rpartition("lenke=")[2]
        link = links.find(oyer.db, link_token, Purpose.VERIFY, now=now)
        assert link is not None
        accounts.disown(oyer.db, link, now=now)
    assert sessions.resume(oyer.db, token, now=now) is None
    assert not passwords.matches(PASSWORD, accounts.known_as(oyer.db, account.id).kept)


def test_a_password_kept_by_older_figures_is_kept_by_todays_after_a_log_in(oyer: Town, now: datetime) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    account = signs_up(oyer, kept=old)
    verifies(oyer, account)
    known = accounts.known_by(oyer.db, "siri@post.example", demo=False)
    with keep(oyer.db):
        assert accounts.enter(oyer.db, known, better=KEPT, now=now) is not None
    assert accounts.known_as(oyer.db, account.id).kept == KEPT


def test_a_password_changed_while_it_was_looked_at_opens_nothing(oyer: Town, now: datetime) -> None:
    account = signs_up(oyer)
    verifies(oyer, account)
    known = accounts.known_by(oyer.db, "siri@post.example", demo=False)
    with keep(oyer.db):
        accounts.change_password(oyer.db, account, passwords.hashed("noe helt annet enn det"))
    with keep(oyer.db):
        assert accounts.enter(oyer.db, known, better=None, now=now) is None


def test_another_password_ends_every_session_and_every_link_to_choose_one(oyer: Town, now: datetime) -> None:
    account = signs_up(oyer)
    verifies(oyer, account)
    with keep(oyer.db):
        token = sessions.begin(oyer.db, account, oyer.id, now=now)
        accounts.ask_for_new_password(oyer.db, "siri@post.example", locale="nb", secret=SECRET, now=now)
        letter = letters_to(oyer.db, "siri@post.example")
    with keep(oyer.db):
        accounts.change_password(oyer.db, account, KEPT)
    reset = links.address_of(letter[-1].data, secret=SECRET, base_url="").rpartition("lenke=")[2]
    assert links.find(oyer.db, reset, Purpose.RESET, now=now) is None
    assert sessions.resume(oyer.db, token, now=now) is None


def test_nobody_is_sent_a_link_for_an_address_that_nobody_has(oyer: Town, now: datetime) -> None:
    with keep(oyer.db):
        accounts.ask_for_new_password(oyer.db, "ingen@post.example", locale="nb", secret=SECRET, now=now)
    assert letters_to(oyer.db, "ingen@post.example") == []


def test_identity_is_issuer_and_subject_so_the_same_address_elsewhere_is_another_account(
    oyer: Town, eva: Someone, now: datetime
) -> None:
    with keep(oyer.db):
        for issuer in ("https://one.example", "https://another.example"):
            oyer.db.add(Account(issuer=issuer, subject="1", email="eva@øyer.example", verified_at=now, created_at=now))
    assert accounts.owner_of(oyer.db, "eva@øyer.example").id == eva.account.id  # type: ignore[union-attr]
    assert oyer.db.scalar(select(func.count(Account.id))) == 3


# ---------------------------------------------------------------- demo people


@pytest.fixture
def demo_person(oyer: Town, now: datetime) -> Account:
    """Somebody whom one may be at the press of a button, in demo mode."""
    with keep(oyer.db):
        account = accounts.make(
            oyer.db,
            email="kari@demo.example",
            password_hash=KEPT,
            subject="demo:kari",
            now=now,
            verified=True,
            demo=True,
        )
        accounts.settle(oyer.db, account, name="Kari", locale="nb", now=now)
    return account


def test_a_demo_person_can_be_logged_in_to_in_demo_mode_alone(oyer: Town, demo_person: Account) -> None:
    assert accounts.known_by(oyer.db, "kari@demo.example", demo=True).account_id == demo_person.id
    assert accounts.known_by(oyer.db, "kari@demo.example", demo=False).account_id is None


def test_nobody_but_a_demo_person_is_entered_by_a_button(
    oyer: Town, demo_person: Account, eva: Someone, now: datetime
) -> None:
    with keep(oyer.db):
        assert accounts.enter_demo(oyer.db, demo_person.id, now=now)
    for other in (eva.account.id, 0, 10**9 - 1):  # type: ignore[union-attr]
        with pytest.raises(Missing):
            accounts.enter_demo(oyer.db, other, now=now)


def test_a_demo_person_of_another_municipality_is_nobody_here(
    gausdal: Town, demo_person: Account, now: datetime
) -> None:
    assert accounts.demo_people(gausdal.db) == []
    with pytest.raises(Missing):
        accounts.enter_demo(gausdal.db, demo_person.id, now=now)


def test_a_demo_person_gets_no_link_to_choose_a_password(oyer: Town, demo_person: Account, now: datetime) -> None:
    with keep(oyer.db):
        accounts.ask_for_new_password(oyer.db, "kari@demo.example", locale="nb", secret=SECRET, now=now)
    assert letters_to(oyer.db, "kari@demo.example") == []


def test_a_database_of_the_wrong_kind_is_refused(oyer: Town, empty_db: TenantSession, now: datetime) -> None:
    for demo in (True, False):
        accounts.refuse_wrong_mode(empty_db, demo=demo)
    signs_up(oyer)
    accounts.refuse_wrong_mode(oyer.db, demo=False)
    with pytest.raises(accounts.WrongMode, match="real people"):
        accounts.refuse_wrong_mode(oyer.db, demo=True)
    with keep(oyer.db):
        accounts.make(
            oyer.db, email="x@demo.example", password_hash=None, subject="x", now=now, verified=True, demo=True
        )
    accounts.refuse_wrong_mode(oyer.db, demo=True)
    with pytest.raises(accounts.WrongMode, match="SAMSKAP_DEMO=1"):
        accounts.refuse_wrong_mode(oyer.db, demo=False)


# ---------------------------------------------------------------- keeping house


def test_who_never_verified_is_to_be_erased_after_thirty_days(oyer: Town, eva: Someone, now: datetime) -> None:
    account = signs_up(oyer)
    person = accounts.person_of(oyer.db, account.id)
    assert person is not None
    assert accounts.unverified_persons(oyer.db, now=now + timedelta(days=30)) == []
    assert accounts.unverified_persons(oyer.db, now=now + timedelta(days=30, seconds=1)) == [person.id]
    later = now + timedelta(days=31)
    with keep(oyer.db):
        accounts.forget_unverified(oyer.db, now=later)
    assert oyer.db.get(Account, account.id) is not None
    with keep(oyer.db):
        oyer.db.delete(person)
        oyer.db.delete(oyer.db.scalars(select(Standing).where(Standing.account_id == account.id)).one())
    with keep(oyer.db):
        accounts.forget_unverified(oyer.db, now=later)
    oyer.db.expire_all()
    assert [row.id for row in oyer.db.scalars(select(Account))] == [eva.account.id]  # type: ignore[union-attr]


def test_two_who_verify_the_same_address_at_the_same_moment(oyer: Town, app: Flask, now: datetime) -> None:
    for browser in "abcdefgh":
        signs_up(oyer, browser=browser)
    tokens = [
        links.address_of(letter.data, secret=SECRET, base_url="").rpartition("lenke=")[2]
        for letter in letters_to(oyer.db, "siri@post.example")
    ]
    oyer.db.rollback()

    def verify(token: str) -> str:
        with writing(), TenantSession(engine_of(app)) as session:
            session.stand_in(oyer.id)
            link = links.find(session, token, Purpose.VERIFY, now=now)
            assert link is not None
            accounts.verify(session, link, now=now)
            session.commit()
            return "verified"

    results = at_once([lambda token=token: verify(token) for token in tokens])  # type: ignore[misc]
    assert results.count("verified") == 1
    assert oyer.db.scalar(select(func.count(Account.id)).where(Account.verified_at.is_not(None))) == 1
