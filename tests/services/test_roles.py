"""Roles at work: given, ended, written down, and never without an administrator left."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from samskap.models import Membership, Person, StepTaken
from samskap.models.session import TenantSession, writing
from samskap.permissions import Actor, NotPermitted, Role
from samskap.services import roles, sessions
from samskap.services.steps import Missing, Refused
from tests.at_once import at_once
from tests.cast import Someone, a_person
from tests.faults.races import ROUNDS
from tests.hands import does, is_refused
from tests.town import Town, keep


def membership_of(who: Someone, role: Role) -> int:
    """The id of a role that somebody holds."""
    query = select(Membership.id).where(Membership.person_id == who.id, Membership.role == role)
    return who.town.db.scalars(query).one()


def test_an_ended_role_acts_on_the_next_request(grete: Someone, mona: Someone, now: datetime) -> None:
    with keep(mona.town.db):
        token = sessions.begin(mona.town.db, mona.account, mona.town.id, now=now)  # type: ignore[arg-type]
    does(grete, roles.end, membership_of(mona, Role.COORDINATOR))
    assert sessions.resume(mona.town.db, token, now=now) is None
    assert Role.COORDINATOR not in mona.actor.roles


def test_a_given_role_is_held_once_and_written_down_once(
    oyer: Town, grete: Someone, eva: Someone, now: datetime
) -> None:
    for _ in range(2):
        with keep(oyer.db):
            roles.give(oyer.db, eva.person, Role.LEADER, None, by_id=grete.id, now=now)
    assert eva.actor.roles >= {Role.LEADER}
    line = oyer.db.scalars(select(StepTaken)).one()
    assert (line.noun, line.thing_id, line.step, line.to_state) == ("membership", eva.id, "give", "leader")
    assert (line.by_id, line.at) == (grete.id, now)


def test_ending_a_role_keeps_the_others_and_says_who_did_it(grete: Someone, mona: Someone, now: datetime) -> None:
    with keep(mona.town.db):
        roles.give(mona.town.db, mona.person, Role.LEADER, None, by_id=None, now=now)
    does(grete, roles.end, membership_of(mona, Role.COORDINATOR))
    assert mona.actor.roles >= {Role.LEADER}
    line = mona.town.db.scalars(select(StepTaken).order_by(StepTaken.id.desc())).first()
    assert line is not None
    assert (line.step, line.from_state, line.by_id) == ("end", "coordinator", grete.id)


def test_the_last_administrator_stays(grete: Someone) -> None:
    assert "minst én administrator" in is_refused(grete, roles.end, membership_of(grete, Role.ADMINISTRATOR))


def test_somebody_who_cannot_log_in_is_no_administrator_left(oyer: Town, app: Flask, grete: Someone) -> None:
    a_person(oyer, app, "Nils Nymo", Role.ADMINISTRATOR, account=False)
    assert "minst én administrator" in is_refused(grete, roles.end, membership_of(grete, Role.ADMINISTRATOR))


def test_one_of_two_administrators_may_go(oyer: Town, app: Flask, grete: Someone) -> None:
    other = a_person(oyer, app, "Nils Nymo", Role.ADMINISTRATOR)
    does(grete, roles.end, membership_of(grete, Role.ADMINISTRATOR))
    assert "minst én administrator" in is_refused(other, roles.end, membership_of(other, Role.ADMINISTRATOR))


def test_nobody_is_deleted_who_alone_administers(oyer: Town, app: Flask, grete: Someone, mona: Someone) -> None:
    roles.refuse_without_administrator(oyer.db, mona.id)
    with pytest.raises(Refused):
        roles.refuse_without_administrator(oyer.db, grete.id)
    a_person(oyer, app, "Nils Nymo", Role.ADMINISTRATOR)
    roles.refuse_without_administrator(oyer.db, grete.id)


def test_a_role_that_follows_from_what_people_do_is_not_an_administrators_to_end(grete: Someone, kari: Someone) -> None:
    with pytest.raises(Missing):
        does(grete, roles.end, membership_of(kari, Role.VOLUNTEER))


def test_only_an_administrator_of_the_same_municipality_ends_a_role(
    grete: Someone, mona: Someone, per: Someone, liv: Someone
) -> None:
    with pytest.raises(NotPermitted):
        does(liv, roles.end, membership_of(mona, Role.COORDINATOR))
    with pytest.raises(Missing):
        does(grete, roles.end, membership_of(per, Role.COORDINATOR))


def test_16_administrators_who_end_each_others_roles_leave_one(
    oyer: Town, app: Flask, engine: Engine, now: datetime
) -> None:
    people = [a_person(oyer, app, f"{name} Nymo", Role.ADMINISTRATOR) for name in ("Nils", "Nora", "Njål")]
    ids = [person.id for person in people]
    actors = [person.actor for person in people]

    def ends(actor: Actor, membership_id: int) -> str:
        with writing(), TenantSession(engine) as session:
            session.stand_in(oyer.id)
            try:
                roles.end(session, actor, membership_id, now=now)
                session.commit()
            except (Refused, Missing):
                return "refused"
            return "ended"

    for _ in range(ROUNDS):
        held = [membership_of(person, Role.ADMINISTRATOR) for person in people]
        oyer.db.rollback()
        acts = [
            lambda actor=actor, membership_id=held[(place + step) % 3]: ends(actor, membership_id)
            for place, actor in enumerate(actors)
            for step in (0, 1)
        ]
        results = at_once(acts)
        assert results.count("ended") == 2, results
        query = select(func.count(Membership.id)).where(Membership.role == Role.ADMINISTRATOR)
        assert oyer.db.scalar(query) == 1
        with keep(oyer.db):
            for person in oyer.db.scalars(select(Person).where(Person.id.in_(ids))):
                roles.give(oyer.db, person, Role.ADMINISTRATOR, None, by_id=None, now=now)
