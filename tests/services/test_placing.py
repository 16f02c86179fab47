"""Addresses are looked up after the form is saved: coarse, one at a time, and never for whom it could give away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from app import create_app
from config import Config
from samskap.integrations.kartverket import geocoding_at
from samskap.integrations.places import Geocoding, Point, coarse
from samskap.models import Person, Volunteer
from samskap.models.session import TenantSession
from samskap.services import placing, resources
from samskap.services.resources import Where
from samskap.tasks import addresses
from tests.builders import Builders
from tests.cast import Someone
from tests.standins import kartverket
from tests.standins.kartverket import Standin
from tests.town import Clock, engine_of, keep

FOUND = Point(61.2649, 10.4132)
TOWN = Point(61.2631, 10.4164)
"""Where Kongsvegen 325 is, and the postal town of Øyer."""


@pytest.fixture
def standin() -> Iterator[Standin]:
    with kartverket.serving() as running:
        yield running


@pytest.fixture
def search(standin: Standin) -> Geocoding:
    return geocoding_at(f"http://{standin.domain}/adresser/v1")


def lives(who: Someone, address: str = "Kongsvegen 325", postcode: str = "2636", *, protected: bool = False) -> None:
    with keep(who.town.db):
        resources.set_where(who.town.db, who.volunteer, Where(postcode=postcode, address=address, protected=protected))


def place_of(who: Someone) -> tuple[Point | None, bool]:
    """Where somebody is placed, and whether an address of theirs still waits."""
    who.town.db.rollback()
    person = who.town.db.get_one(Person, who.id)
    return Point(
        person.lat, person.lon
    ) if person.lat is not None and person.lon is not None else None, person.place_due


def test_an_address_is_found_and_kept_as_a_square_and_asked_for_once(
    kari: Someone, engine: Engine, search: Geocoding, standin: Standin, db: TenantSession
) -> None:
    lives(kari)
    assert place_of(kari) == (TOWN, True)
    before = db.get_one(Volunteer, kari.id).facts_version
    assert addresses.look_up(engine, search) == 1
    assert place_of(kari) == (coarse(FOUND), False)
    assert FOUND not in (coarse(FOUND), TOWN)
    assert db.get_one(Volunteer, kari.id).facts_version > before, "matching reads it anew"
    assert standin.asked[0]["kommunenummer"] == ["3440"]
    assert addresses.look_up(engine, search) == 0
    assert len(standin.asked) == 1


def test_an_address_that_does_not_exist_leaves_one_at_the_postal_town(
    kari: Someone, engine: Engine, search: Geocoding
) -> None:
    lives(kari, "Ingenstedsvegen 9")
    addresses.look_up(engine, search)
    assert place_of(kari) == (TOWN, False)


def test_a_search_that_is_down_is_asked_again_and_nothing_is_lost_meanwhile(
    kari: Someone, ola: Someone, engine: Engine, search: Geocoding, standin: Standin
) -> None:
    lives(kari)
    lives(ola)
    standin.mood = "down"
    assert addresses.look_up(engine, search) == 0
    assert len(standin.asked) == 1, "the others are not tried against a search that is down"
    assert place_of(kari) == (TOWN, True)
    standin.mood = "well"
    assert addresses.look_up(engine, search) == 2
    assert place_of(kari) == place_of(ola) == (coarse(FOUND), False)


def test_a_protected_or_deleted_person_is_never_looked_up(
    kari: Someone, ola: Someone, engine: Engine, search: Geocoding, standin: Standin, db: TenantSession
) -> None:
    lives(kari, protected=True)
    lives(ola)
    with keep(db):
        db.get_one(Person, ola.id).erased_at = ola.town.clock()
    assert addresses.look_up(engine, search) == 0
    assert standin.asked == []


@pytest.mark.parametrize(
    ("address", "postcode", "protected", "placed"),
    [
        ("Kongsvegen 1840", "2635", False, (Point(61.3142, 10.3007), True)),
        ("Kongsvegen 325", "2635", False, (Point(61.3142, 10.3007), True)),
        ("Kongsvegen 325", "2636", True, (None, False)),
    ],
)
def test_who_moves_or_is_protected_while_the_search_answers_is_not_placed_where_they_were(
    kari: Someone, search: Geocoding, db: TenantSession, address: str, postcode: str, protected: bool,
    placed: tuple[Point | None, bool],
) -> None:  # fmt: skip
    lives(kari)
    (one,) = placing.due(db)
    home = placing.look_up(search, one)
    lives(kari, address, postcode, protected=protected)
    with keep(db):
        placing.put(db, one, home)
    assert place_of(kari) == placed


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_address_that_has_not_changed_keeps_the_place_that_was_found(
    kari: Someone, engine: Engine, search: Geocoding, standin: Standin
) -> None:
    lives(kari)
    addresses.look_up(engine, search)
    lives(kari)
    assert place_of(kari) == (coarse(FOUND), False)
    lives(kari, address="")
    assert place_of(kari) == (TOWN, False)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_worker_looks_addresses_up_where_the_search_is_turned_on(
    kari: Someone, config: Config, clock: Clock, standin: Standin
) -> None:
    lives(kari)
    for url, placed in (("", (TOWN, True)), (f"http://{standin.domain}/adresser/v1", (coarse(FOUND), False))):
        app: Flask = create_app(replace(config, geocoder=url), clock=clock)
        app.extensions["worker"].run_once()
        assert place_of(kari) == placed
        engine_of(app).dispose()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_many_addresses_are_looked_up_a_few_at_a_time(builders: Builders, engine: Engine, search: Geocoding) -> None:
    for number in range(placing.AT_A_TIME + 1):
        builders.a_volunteer(f"Berit {number}")
    db = builders.db
    with keep(db):
        for person in db.scalars(select(Person)):
            person.address, person.postcode, person.place_due = "Kongsvegen 325", "2636", True
    assert [addresses.look_up(engine, search) for _ in range(3)] == [placing.AT_A_TIME, 1, 0]
