"""Looking addresses up: after the form is saved and outside any transaction, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from samskap.integrations.places import Geocoding, Home, How, NoAnswerError, place_home
from samskap.models import Municipality, Person, Volunteer
from samskap.models.session import TenantSession
from samskap.services import facts

AT_A_TIME = 10
"""Addresses that are looked up in one round: a slow search must not keep notices waiting for long."""


@dataclass(frozen=True)
class Due:
    """An address that waits to be looked up."""

    person_id: int
    address: str
    postcode: str
    municipality: str


def due(db: TenantSession) -> Sequence[Due]:
    """The next addresses to look up; never a protected one."""
    code = db.get_one(Municipality, db.municipality_id).code
    query = select(Person.id, Person.address, Person.postcode).where(
        Person.place_due.is_(True),
        Person.address_protected.is_(False),
        Person.address.is_not(None),
        Person.erased_at.is_(None),
    )
    rows = db.execute(query.order_by(Person.id).limit(AT_A_TIME))
    return [Due(row.id, row.address or "", row.postcode or "", code) for row in rows]


def look_up(geocoding: Geocoding, one: Due) -> Home:
    """Ask the address search; holds no transaction. NoAnswerError when it cannot say."""
    home = place_home(
        geocoding,
        address=one.address,
        postcode=one.postcode,
        municipality_number=one.municipality,
        shielded=False,
    )
    if home.says == NoAnswerError.sentence:
        raise NoAnswerError
    return home


def put(db: TenantSession, one: Due, home: Home) -> None:
    """Write down what was found, unless the person has moved or been protected meanwhile."""
    person = db.scalars(select(Person).where(Person.id == one.person_id).with_for_update(key_share=True)).one_or_none()
    if person is None or person.address_protected:
        return
    if (person.address, person.postcode or "") != (one.address, one.postcode):
        return
    person.place_due = False
    if home.point is not None and home.how is How.ADDRESS:
        person.lat, person.lon = home.point.lat, home.point.lon
        if db.get(Volunteer, person.id) is not None:
            facts.touch(db, person.id)
