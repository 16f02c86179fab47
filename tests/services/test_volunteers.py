"""Volunteers: from the first answer to leaving and coming back. What the pages hold is in tests/web."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import Engine, select

from samskap.models import Clearance, Membership, Offer, Person, Volunteer, VolunteerTerm, WordKind
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted, Role
from samskap.services import resources, volunteers
from samskap.services.steps import Missing
from samskap.workflows.offer import OfferState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.faults.races import race, tries
from tests.hands import does, history, is_refused, told
from tests.town import Clock, keep

S = VolunteerState
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def begins(who: Someone, **born: object) -> Volunteer:
    """Somebody who has begun, with what is known of their age."""
    volunteer = does(who, volunteers.begin, who.id)
    with keep(who.town.db):
        for name, value in born.items():
            setattr(who.town.db.get_one(Person, who.id), name, value)
    return volunteer


# Signing up


def test_sending_in_makes_a_volunteer_once_and_tells_the_coordinators(
    eva: Someone, mona: Someone, arne: Someone, db: TenantSession
) -> None:
    volunteer = begins(eva, birth_date=date(1961, 3, 5))
    does(eva, volunteers.register, volunteer)
    assert (eva.volunteer.state, eva.volunteer.registered_at) == (S.REGISTERED, eva.town.clock())
    assert told(db) == [("volunteer_registered", mona.id), ("volunteer_registered", arne.id)]
    roles = select(Membership.role).where(Membership.person_id == eva.id)
    assert db.scalars(roles).all() == [Role.VOLUNTEER]
    assert (
        is_refused(eva, volunteers.register, eva.volunteer) == "Dette er allerede gjort. Du trenger ikke gjøre noe mer."
    )


@only_sqlite
def test_only_who_is_known_to_be_eighteen_is_registered(eva: Someone, db: TenantSession) -> None:
    volunteer = begins(eva)
    no = "Foreløpig må du være 18 år for å melde deg. Vi må vite fødselsdatoen din for å være sikre."
    day, year = date(2008, 11, 24), 2007
    for born in ((None, None), (date(2008, 11, 25), None), (None, year + 1), (date(2010, 1, 1), 1961)):
        begins(eva, birth_date=born[0], birth_year=born[1])
        assert is_refused(eva, volunteers.register, volunteer) == no, born
    for born in ((day, None), (None, year)):
        begins(eva, birth_date=born[0], birth_year=born[1])
        assert volunteers.is_adult(db.get_one(Person, eva.id), date(2026, 11, 24)), born
    does(eva, volunteers.register, eva.volunteer)
    assert eva.volunteer.state is S.REGISTERED


def test_two_windows_that_begin_at_once_make_one_volunteer(
    eva: Someone, engine: Engine, db: TenantSession, now: datetime
) -> None:
    attempts = [tries(eva.actor, volunteers.begin, person_id=eva.id)] * 4
    db.rollback()
    assert race(engine, eva.town.id, attempts, now=now) == ["done"] * 4
    assert db.scalars(select(Volunteer.id)).all() == [eva.id]


@only_sqlite
def test_nobody_begins_for_another_but_a_coordinator_here(
    eva: Someone, kari: Someone, mona: Someone, per: Someone, builders: Builders
) -> None:
    berit = builders.a_person("Berit Bakke")
    for who in (eva, kari):
        with pytest.raises(NotPermitted):
            does(who, volunteers.begin, berit.id)
    with pytest.raises((Missing, NotPermitted)):
        does(per, volunteers.begin, berit.id)
    assert does(mona, volunteers.begin, berit.id).state is S.SIGNING_UP


# What coordinators do


@only_sqlite
@pytest.mark.parametrize("verb", [volunteers.make_ready, volunteers.talk], ids=lambda verb: verb.__name__)
def test_nobody_makes_themselves_ready(
    verb: Callable[..., Volunteer], kari: Someone, per: Someone, mona: Someone, db: TenantSession
) -> None:
    with keep(db):
        db.get_one(Volunteer, kari.id).state = S.REGISTERED
    with pytest.raises(NotPermitted):
        does(kari, verb, kari.id)
    with pytest.raises(Missing):
        does(per, verb, kari.id)
    does(mona, verb, kari.id)


def test_one_press_makes_ready_and_the_volunteer_is_told_once(kari: Someone, mona: Someone, db: TenantSession) -> None:
    with keep(db):
        db.get_one(Volunteer, kari.id).state = S.REGISTERED
    does(mona, volunteers.make_ready, kari.id)
    assert kari.volunteer.state is S.READY
    assert is_refused(mona, volunteers.make_ready, kari.id).startswith("Dette er allerede gjort.")
    assert told(db) == [("volunteer_ready", kari.id)]


@only_sqlite
def test_a_newcomer_of_a_coordinator_s_is_kept_apart_from_who_is_here(
    mona: Someone, kari: Someone, per: Someone, db: TenantSession
) -> None:
    who = {"name": "Gudrun Gard", "locale": "nn"}
    made = does(mona, volunteers.assist, phone=None, email="Gudrun@Gard.example", **who)
    person = db.get_one(Person, made.id)
    assert (person.email, person.source, person.confirmed_at) == ("gudrun@gard.example", "assisted", None)
    for contact in ({"phone": None, "email": "GUDRUN@gard.example"}, {"phone": "+4740000001", "email": None}):
        assert is_refused(mona, volunteers.assist, **contact, **who).startswith("En person med samme e-post")
    does(per, volunteers.assist, phone="+4740000001", email=None, **who)
    with pytest.raises(NotPermitted):
        does(kari, volunteers.assist, phone=None, email=None, **who)


# Breaks


def test_a_break_stands_beside_the_state_and_ends_by_itself_or_by_hand(
    kari: Someone, db: TenantSession, clock: Clock
) -> None:
    assert is_refused(kari, volunteers.resume, kari.id) == "Du har ikke pause nå."
    does(kari, volunteers.pause, kari.id, until=date(2026, 11, 30))
    does(kari, volunteers.pause, kari.id, until=date(2026, 12, 7))
    assert (kari.volunteer.paused_since, kari.volunteer.paused_until) == (date(2026, 11, 24), date(2026, 12, 7))
    clock.moves(days=14)
    does(kari, volunteers.pause, kari.id, until=None)
    assert (kari.volunteer.paused_since, kari.volunteer.paused_until) == (date(2026, 12, 8), None)
    does(kari, volunteers.resume, kari.id)
    assert (kari.volunteer.state, kari.volunteer.paused_since) == (S.READY, None)
    assert history(db) == ["volunteer pause", "volunteer pause", "volunteer resume"]


@only_sqlite
@pytest.mark.parametrize("state", [S.SIGNING_UP, S.LEFT])
def test_who_is_not_here_has_no_break_to_take(kari: Someone, db: TenantSession, state: VolunteerState) -> None:
    with keep(db):
        db.get_one(Volunteer, kari.id).state = state
    assert is_refused(kari, volunteers.pause, kari.id, until=None).startswith("Dette går ikke lenger")


@only_sqlite
@pytest.mark.parametrize(
    "verb", [volunteers.leave, volunteers.resume, volunteers.come_back], ids=lambda verb: verb.__name__
)
def test_nobody_does_it_for_another_but_a_coordinator_here(
    verb: Callable[..., Volunteer], kari: Someone, ola: Someone, per: Someone, eva: Someone
) -> None:
    for who in (ola, per):
        with pytest.raises(Missing):
            does(who, verb, kari.id)
    with pytest.raises(NotPermitted):
        does(eva, verb, kari.id)


# Leaving, and coming back


def test_who_leaves_loses_certificates_and_keeps_words(
    kari: Someone, mona: Someone, builders: Builders, db: TenantSession
) -> None:
    builders.gives(kari, builders.a_term("Lese høyt"))
    builders.a_clearance(kari, "police_certificate:kindergarten")
    offer = builders.an_offer(volunteer=kari)
    does(kari, volunteers.leave, kari.id)
    assert db.scalars(select(Clearance.ended_at)).all() == [kari.town.clock()]
    assert db.get_one(Offer, offer.id).state is OfferState.WITHDRAWN
    does(kari, volunteers.come_back, kari.id)
    assert kari.volunteer.state is S.REGISTERED
    assert len(db.scalars(select(VolunteerTerm.id)).all()) == 1
    assert history(db, of="volunteer") == ["leave", "return"]


@only_sqlite
def test_coming_back_forgets_that_one_asked_to_be_left_alone(kari: Someone, db: TenantSession) -> None:
    with keep(db):
        held = db.get_one(Volunteer, kari.id)
        held.paused_since, held.ask_after = date(2026, 11, 1), date(2027, 6, 1)
    does(kari, volunteers.leave, kari.id)
    does(kari, volunteers.come_back, kari.id)
    assert (kari.volunteer.paused_since, kari.volunteer.ask_after) == (None, None)


# What they offer


@only_sqlite
def test_a_wish_that_becomes_something_one_can_is_no_wish_any_more_and_the_others_stay(
    kari: Someone, builders: Builders, db: TenantSession
) -> None:
    bakes, sings = builders.a_term("Bake"), builders.a_term("Synge")
    with keep(db):
        resources.set_wants(db, kari.volunteer, {bakes.id, sings.id})
        resources.set_words(db, kari.volunteer, WordKind.RESOURCE, {bakes.id, 99_999})
        resources.set_wants(db, kari.volunteer, {bakes.id, sings.id})
    held = {row.term_id: row.wish for row in db.scalars(select(VolunteerTerm))}
    assert held == {bakes.id: False, sings.id: True}


@only_sqlite
def test_a_language_that_nobody_has_heard_of_is_left_out(kari: Someone, builders: Builders, db: TenantSession) -> None:
    norwegian = builders.a_term("Norsk", WordKind.LANGUAGE)
    with keep(db):
        resources.set_languages(db, kari.volunteer, {norwegian.id: 2, 99_999: 3})
    assert [(row.term_id, row.level) for row in db.scalars(select(VolunteerTerm))] == [(norwegian.id, 2)]
