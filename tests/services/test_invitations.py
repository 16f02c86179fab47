"""Invitations: a role at work, or a place among the volunteers; bound to an address, used once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from samskap.models import Account, Link, Membership, Person, Unit
from samskap.models.account import Purpose
from samskap.models.session import TenantSession, writing
from samskap.permissions import NotPermitted, Role
from samskap.services import accounts, invitations, links, passwords, sessions
from samskap.services.steps import Missing, Refused
from samskap.workflows.notice import Notice
from tests.at_once import at_once
from tests.cast import Someone, a_person
from tests.faults.races import ROUNDS
from tests.hands import does, is_refused
from tests.letters import SECRET, letters_to
from tests.town import Town, keep

NEW = "ny@post.example"
KEPT = passwords.hashed("hest lampe skog brev")


def invites(grete: Someone, email: str = NEW, role: Role = Role.COORDINATOR, unit_id: int | None = None) -> Link:
    """An administrator invites somebody."""
    return does(grete, invitations.invite_staff, email=email, role=role, unit_id=unit_id, locale="nb", secret=SECRET)


def token_to(town: Town, email: str) -> str:
    """The token in the newest letter to an address."""
    data = letters_to(town.db, email)[-1].data
    return links.address_of(data, secret=SECRET, base_url="").rpartition("lenke=")[2]


def accepts(town: Town, email: str = NEW, *, name: str = "Nils Nymo", kept: str | None = KEPT) -> Account:
    """The receiver of the newest letter takes the invitation."""
    token = token_to(town, email)
    with keep(town.db):
        link = links.find(town.db, token, *invitations.PURPOSES, now=town.clock())
        assert link is not None, "the link leads nowhere"
        return invitations.accept(town.db, link, name=name, password_hash=kept, locale="nn", now=town.clock())


def roles_of(town: Town, account: Account) -> list[tuple[Role, int | None]]:
    query = select(Membership.role, Membership.unit_id).join(Person, Person.id == Membership.person_id)
    rows = town.db.execute(query.where(Person.account_id == account.id).order_by(Membership.id)).all()
    return [(row.role, row.unit_id) for row in rows]


def test_somebody_new_gets_a_verified_account_a_person_and_the_role(
    oyer: Town, grete: Someone, home_care: Unit, now: datetime
) -> None:
    invites(grete, role=Role.PROFESSIONAL, unit_id=home_care.id)
    assert [letter.notice for letter in letters_to(oyer.db, NEW)] == [Notice.INVITE_STAFF]
    account = accepts(oyer)
    assert (account.email, account.verified_at) == (NEW, now)
    assert roles_of(oyer, account) == [(Role.PROFESSIONAL, home_care.id)]
    person = accounts.person_of(oyer.db, account.id)
    assert person is not None
    assert (person.name, person.locale, person.confirmed_at) == ("Nils Nymo", "nn", now)


def test_somebody_with_an_account_gets_the_role_added_and_keeps_the_password(
    oyer: Town, grete: Someone, kari: Someone, now: datetime
) -> None:
    with keep(oyer.db):
        token = sessions.begin(oyer.db, kari.account, oyer.id, now=now)  # type: ignore[arg-type]
    invites(grete, "kari@øyer.example", Role.LEADER)
    account = accepts(oyer, "kari@øyer.example", kept=None)
    assert account.id == kari.account.id  # type: ignore[union-attr]
    assert roles_of(oyer, account) == [(Role.VOLUNTEER, None), (Role.LEADER, None)]
    assert sessions.resume(oyer.db, token, now=now) is None


def test_an_account_of_another_municipality_becomes_somebody_here_too(oyer: Town, grete: Someone, jon: Someone) -> None:
    email = str(jon.account.email)  # type: ignore[union-attr]
    invites(grete, email)
    account = accepts(oyer, email, kept=None)
    assert account.id == jon.account.id  # type: ignore[union-attr]
    assert [place.name for place in sessions.places_of(oyer.db, account.id)] == ["Gausdal kommune", "Øyer kommune"]


def test_who_is_registered_without_an_account_is_the_same_person_afterwards(
    oyer: Town, app: Flask, grete: Someone
) -> None:
    known = a_person(oyer, app, "Berit Bakke", Role.VOLUNTEER, account=False)
    invites(grete, "berit@øyer.example")
    account = accepts(oyer, "berit@øyer.example", name="Berit B.")
    person = accounts.person_of(oyer.db, account.id)
    assert person is not None
    assert (person.id, person.name) == (known.id, "Berit Bakke")
    assert roles_of(oyer, account) == [(Role.VOLUNTEER, None), (Role.COORDINATOR, None)]


def test_an_unverified_account_with_the_address_is_not_the_one_that_gets_the_role(oyer: Town, grete: Someone) -> None:
    with keep(oyer.db):
        squatter = accounts.sign_up(
            oyer.db, name="X", email=NEW, password="x", password_hash=KEPT, browser="b", locale="nb", secret=SECRET,
            now=oyer.clock(),
        )  # fmt: skip
    invites(grete)
    account = accepts(oyer)
    assert account.id != squatter.id
    assert roles_of(oyer, squatter) == []


def test_an_invitation_for_the_same_again_makes_the_first_one_dead(oyer: Town, grete: Someone, now: datetime) -> None:
    invites(grete)
    first = token_to(oyer, NEW)
    invites(grete)
    assert links.find(oyer.db, first, Purpose.INVITE_STAFF, now=now) is None
    assert len(invitations.waiting(oyer.db, now=now)) == 1


def test_an_invitation_that_was_withdrawn_leads_nowhere(oyer: Town, grete: Someone, now: datetime) -> None:
    link = invites(grete)
    does(grete, invitations.withdraw, link.id)
    assert links.find(oyer.db, token_to(oyer, NEW), Purpose.INVITE_STAFF, now=now) is None
    with pytest.raises(Missing):
        does(grete, invitations.withdraw, link.id)


def test_another_municipalitys_invitation_is_not_here_to_withdraw(
    gausdal: Town, app: Flask, grete: Someone, now: datetime
) -> None:
    link = invites(grete)
    neighbour = a_person(gausdal, app, "Guri Grov", Role.ADMINISTRATOR)
    assert invitations.waiting(gausdal.db, now=now) == []
    with pytest.raises(Missing):
        does(neighbour, invitations.withdraw, link.id)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.RECIPIENT, Role.CITIZEN, Role.ANYONE])
def test_what_people_do_themselves_is_not_given_away(grete: Someone, role: Role) -> None:
    said = is_refused(grete, invitations.invite_staff, email=NEW, role=role, unit_id=None, locale="nb", secret=SECRET)
    assert "kan ikke gis bort" in said


def test_a_professional_belongs_to_a_unit_of_this_municipality(grete: Someone, gausdal: Town) -> None:
    words: dict[str, Any] = {"email": NEW, "role": Role.PROFESSIONAL, "locale": "nb", "secret": SECRET}
    assert "høre til en virksomhet" in is_refused(grete, invitations.invite_staff, unit_id=None, **words)
    elsewhere = gausdal.builders.a_unit("Segalstad")
    with pytest.raises(Missing):
        does(grete, invitations.invite_staff, unit_id=elsewhere.id, **words)


@pytest.mark.parametrize("name", ["mona", "liv", "ane", "kari"])
def test_only_an_administrator_invites(oyer: Town, home_care: Unit, request: pytest.FixtureRequest, name: str) -> None:
    with pytest.raises(NotPermitted):
        invites(request.getfixturevalue(name))


def test_12_eight_who_accept_at_once_are_one_account_with_one_role(oyer: Town, grete: Someone, engine: Engine) -> None:
    def accept(token: str, now: datetime) -> str:
        with writing(), TenantSession(engine) as session:
            session.stand_in(oyer.id)
            link = links.find(session, token, Purpose.INVITE_STAFF, now=now)
            if link is None:
                return "dead"
            try:
                invitations.accept(session, link, name="Nils", password_hash=KEPT, locale="nb", now=now)
            except Refused:
                return "dead"
            session.commit()
            return "accepted"

    for number in range(ROUNDS):
        email = f"ny{number}@post.example"
        invites(grete, email)
        token = token_to(oyer, email)
        oyer.db.rollback()
        results = at_once([lambda token=token: accept(token, oyer.clock())] * 8)  # type: ignore[misc]
        assert sorted(map(str, results)) == ["accepted"] + ["dead"] * 7
        assert oyer.db.scalar(select(func.count(Account.id)).where(Account.email == email)) == 1
        assert (
            oyer.db.scalar(select(func.count(Membership.id)).where(Membership.role == Role.COORDINATOR)) == number + 1
        )


# ---------------------------------------------------------------- volunteers


@pytest.fixture
def berit(oyer: Town, app: Flask) -> Someone:
    """A volunteer whom a coordinator has registered, or a list; no account."""
    return a_person(oyer, app, "Berit Bakke", Role.VOLUNTEER, account=False, confirmed_at=None)


def test_a_registered_volunteer_takes_over_what_stands_about_them(
    oyer: Town, mona: Someone, berit: Someone, now: datetime
) -> None:
    does(mona, invitations.invite_volunteer, berit.id, secret=SECRET)
    assert berit.person.invited_at == now
    account = accepts(oyer, "berit@øyer.example", name="")
    assert (berit.person.account_id, berit.person.confirmed_at) == (account.id, now)
    assert account.verified_at == now
    assert [place.id for place in sessions.places_of(oyer.db, account.id)] == [oyer.id]


def test_thirty_days_are_counted_from_the_first_invitation(
    oyer: Town, mona: Someone, berit: Someone, now: datetime
) -> None:
    does(mona, invitations.invite_volunteer, berit.id, secret=SECRET)
    oyer.clock.moves(days=5)
    does(mona, invitations.invite_volunteer, berit.id, secret=SECRET)
    assert berit.person.invited_at == now


def test_who_has_an_account_or_no_address_is_not_invited(oyer: Town, app: Flask, mona: Someone, kari: Someone) -> None:
    nobody = a_person(oyer, app, "Nils Nymo", Role.VOLUNTEER, account=False, email=None)
    assert "ingen e-postadresse" in is_refused(mona, invitations.invite_volunteer, nobody.id, secret=SECRET)
    assert "har allerede en konto" in is_refused(mona, invitations.invite_volunteer, kari.id, secret=SECRET)


def test_an_account_that_is_somebody_here_already_does_not_become_two(
    oyer: Town, app: Flask, mona: Someone, kari: Someone
) -> None:
    twin = a_person(oyer, app, "Kari K.", Role.VOLUNTEER, account=False, email="kari@øyer.example")
    does(mona, invitations.invite_volunteer, twin.id, secret=SECRET)
    with pytest.raises(Refused, match="already registered"):
        accepts(oyer, "kari@øyer.example", kept=None)


def test_a_volunteer_whose_link_is_too_old_gets_a_fresh_one_to_the_same_address(
    oyer: Town, mona: Someone, berit: Someone
) -> None:
    does(mona, invitations.invite_volunteer, berit.id, secret=SECRET)
    old = token_to(oyer, "berit@øyer.example")
    oyer.clock.moves(days=6)
    with keep(oyer.db):
        invitations.renew(oyer.db, old, secret=SECRET, now=oyer.clock())
        invitations.renew(oyer.db, old, secret=SECRET, now=oyer.clock())
    assert len(letters_to(oyer.db, "berit@øyer.example")) == 2
    accepts(oyer, "berit@øyer.example", name="")
    assert berit.person.account_id is not None


def test_no_other_link_is_renewed(oyer: Town, grete: Someone, mona: Someone, berit: Someone) -> None:
    invites(grete)
    does(mona, invitations.invite_volunteer, berit.id, secret=SECRET)
    of_staff, of_berit = token_to(oyer, NEW), token_to(oyer, "berit@øyer.example")
    accepts(oyer, "berit@øyer.example", name="")
    oyer.clock.moves(days=3)
    with keep(oyer.db):
        for token in (of_staff, of_berit, "nonsense", ""):
            invitations.renew(oyer.db, token, secret=SECRET, now=oyer.clock())
    assert len(letters_to(oyer.db, NEW)) == len(letters_to(oyer.db, "berit@øyer.example")) == 1


def test_after_thirty_days_nothing_is_renewed(oyer: Town, mona: Someone, berit: Someone) -> None:
    does(mona, invitations.invite_volunteer, berit.id, secret=SECRET)
    old = token_to(oyer, "berit@øyer.example")
    oyer.clock.now += timedelta(days=33)
    with keep(oyer.db):
        invitations.renew(oyer.db, old, secret=SECRET, now=oyer.clock())
    assert len(letters_to(oyer.db, "berit@øyer.example")) == 1
