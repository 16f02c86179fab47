"""The same people everywhere. Who they are says what they may see; reading the cast is reading the access rules.

In Øyer: Kari and Ola volunteer, Mona and Arne coordinate, Ane is a professional at the home care unit, Tor receives,
Liv leads, Grete administers, Ida is the clearance officer, Eva has signed up for nothing yet.
In Gausdal: Per coordinates, Jon volunteers, Odd is a professional, Else receives. They must never see what is in Øyer,
and nobody in Øyer may see what is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matching.week import Week
from samskap.models import LOCAL, Account, Membership, Municipality, Person, Standing, Unit, Volunteer
from samskap.models.session import TenantSession, writing
from samskap.permissions import Actor, Role
from samskap.services import facts, sessions
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.page import BASE, Page
from tests.town import Clock, Town, engine_of, keep, kept

WEEKDAYS = Week.from_spans([(day * 1440 + 9 * 60, day * 1440 + 15 * 60) for day in range(5)])
HOME_CARE = "Hjemmetjenesten"


@dataclass
class Someone:
    """One person of the cast: their row, what they may do, and a browser in which they are logged in."""

    town: Town
    app: Flask
    account: Account | None = None
    person: Person = field(repr=False, default=None)  # type: ignore[assignment]  # a stranger has none
    unit: Unit | None = None
    _browser: FlaskClient | None = None
    _person_id: int | None = None
    _account_id: int | None = None

    def __post_init__(self) -> None:
        """Ids are read once, so that asking who somebody is begins no transaction."""
        self._person_id = self.person.id if self.person is not None else None
        self._account_id = self.account.id if self.account is not None else None

    @property
    def id(self) -> int:
        """The person's id, which is also the volunteer's."""
        assert self._person_id is not None, "a stranger has none"
        return self._person_id

    @property
    def volunteer(self) -> Volunteer:
        """What they offer."""
        return self.town.db.get_one(Volunteer, self.person.id)

    @property
    def actor(self) -> Actor:
        """Them, as services know them, with the roles they hold now; read in a session of its own, writing nothing."""
        if self.account is None:
            return Actor(municipality_id=self.town.id)
        with TenantSession(engine_of(self.app)) as session, writing(write=False):
            session.stand_in(self.town.id)
            held = session.scalars(select(Membership).where(Membership.person_id == self._person_id)).all()
        return Actor(
            municipality_id=self.town.id,
            roles=frozenset({Role.ANYONE, Role.CITIZEN, *(one.role for one in held)}),
            id=self._person_id,
            account_id=self._account_id,
            unit_ids=frozenset(one.unit_id for one in held if one.unit_id is not None),
        )

    @property
    def browser(self) -> FlaskClient:
        """Their browser, with a session cookie for somebody with an account."""
        if self._browser is None:
            self._browser = self.app.test_client()
            if self.account is not None:
                self.logs_in(self._browser)
        return self._browser

    def logs_in(self, browser: FlaskClient) -> str:
        """Begins a session in a browser, as the log-in page does; its token."""
        assert self.account is not None
        with keep(self.town.db):
            token = sessions.begin(self.town.db, self.account, self.town.id, now=self.town.clock())
        with browser.session_transaction(base_url=BASE) as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return token

    def logs_out(self) -> None:
        """Forgets the browser; the next page is opened in a new one."""
        self._browser = None

    def opens(self, where: str | object, **query: str) -> Page:
        """Opens a page by its address, or the page of a thing."""
        return Page(self.browser, self.town.db).opens(where, **query)


def a_person(
    town: Town, app: Flask, name: str, *roles: Role, unit: Unit | None = None, account: bool = True, **columns: object
) -> Someone:
    """Somebody new, with an account and roles; a volunteer is ready and free from nine to three on weekdays."""
    here, now = town.db, town.clock()
    first = name.split()[0].lower()
    email = f"{first}@{town.municipality.name.split()[0].lower()}.example"
    with keep(here):
        owner = None
        if account:
            owner = kept(here, Account(issuer=LOCAL, subject=email, email=email, verified_at=now, created_at=now))
            here.add(Standing(account_id=owner.id, municipality_id=town.id))
        person = kept(
            here,
            Person(account_id=owner.id if owner else None, name=name, created_at=now, **{
                "email": email, "confirmed_at": now, "postcode": "2636", "lat": 61.2653, "lon": 10.4137, **columns,
            }),
        )  # fmt: skip
        for role in roles:
            here.add(Membership(person_id=person.id, role=role, unit_id=unit.id if unit else None, since=now))
        if Role.VOLUNTEER in roles:
            here.add(Volunteer(id=person.id, state=VolunteerState.READY, free=WEEKDAYS, registered_at=now))
            facts.touch(here, person.id)
    return Someone(town, app, account=owner, person=person, unit=unit)


def a_town(app: Flask, clock: Clock, code: str, name: str) -> Iterator[Town]:
    """A municipality with a session that stands in it."""
    with TenantSession(engine_of(app)) as here:
        with keep(here):
            row = kept(here, Municipality(code=code, name=name))
            here.stand_in(row.id)
        yield Town(id=row.id, municipality=row, db=here, clock=clock)


@pytest.fixture
def oyer(app: Flask, clock: Clock) -> Iterator[Town]:
    """The municipality that a visitor is shown."""
    yield from a_town(app, clock, "3440", "Øyer kommune")


@pytest.fixture
def gausdal(app: Flask, clock: Clock, oyer: Town) -> Iterator[Town]:
    """The neighbour, on the same database."""
    yield from a_town(app, clock, "3441", "Gausdal kommune")


@pytest.fixture
def db(oyer: Town) -> TenantSession:
    """A session of the test's own, standing in Øyer. Reads anew after every page opened or pressed."""
    return oyer.db


@pytest.fixture
def home_care(oyer: Town) -> Unit:
    """The unit where Ane works."""
    return oyer.builders.a_unit(HOME_CARE)


@pytest.fixture
def stranger(oyer: Town, app: Flask) -> Someone:
    """Nobody in particular, not logged in."""
    return Someone(oyer, app)


@pytest.fixture
def eva(oyer: Town, app: Flask) -> Someone:
    """A citizen with an account and no role."""
    return a_person(oyer, app, "Eva Engen")


@pytest.fixture
def kari(oyer: Town, app: Flask) -> Someone:
    """A volunteer."""
    return a_person(oyer, app, "Kari Kvam", Role.VOLUNTEER, phone="+4740000001")


@pytest.fixture
def ola(oyer: Town, app: Flask) -> Someone:
    """Another volunteer."""
    return a_person(oyer, app, "Ola Odden", Role.VOLUNTEER, phone="+4740000002")


@pytest.fixture
def mona(oyer: Town, app: Flask) -> Someone:
    """A coordinator."""
    return a_person(oyer, app, "Mona Moen", Role.COORDINATOR)


@pytest.fixture
def arne(oyer: Town, app: Flask) -> Someone:
    """Another coordinator."""
    return a_person(oyer, app, "Arne Aasen", Role.COORDINATOR)


@pytest.fixture
def ane(oyer: Town, app: Flask, home_care: Unit) -> Someone:
    """A professional at the home care unit."""
    return a_person(oyer, app, "Ane Ås", Role.PROFESSIONAL, unit=home_care)


@pytest.fixture
def tor(oyer: Town, app: Flask) -> Someone:
    """A recipient."""
    return a_person(oyer, app, "Tor Tande", Role.RECIPIENT, phone="+4740000003", address="Kongsvegen 3")


@pytest.fixture
def liv(oyer: Town, app: Flask) -> Someone:
    """A leader."""
    return a_person(oyer, app, "Liv Lund", Role.LEADER)


@pytest.fixture
def grete(oyer: Town, app: Flask) -> Someone:
    """An administrator."""
    return a_person(oyer, app, "Grete Gran", Role.ADMINISTRATOR)


@pytest.fixture
def ida(oyer: Town, app: Flask) -> Someone:
    """A clearance officer."""
    return a_person(oyer, app, "Ida Iversen", Role.CLEARANCE_OFFICER)


@pytest.fixture
def per(gausdal: Town, app: Flask) -> Someone:
    """A coordinator in the neighbouring municipality."""
    return a_person(gausdal, app, "Per Prestrud", Role.COORDINATOR)


@pytest.fixture
def jon(gausdal: Town, app: Flask) -> Someone:
    """A volunteer in the neighbouring municipality."""
    return a_person(gausdal, app, "Jon Jevne", Role.VOLUNTEER)


@pytest.fixture
def odd(gausdal: Town, app: Flask) -> Someone:
    """A professional in the neighbouring municipality."""
    return a_person(gausdal, app, "Odd Olstad", Role.PROFESSIONAL, unit=gausdal.builders.a_unit(HOME_CARE))


@pytest.fixture
def else_(gausdal: Town, app: Flask) -> Someone:
    """A recipient in the neighbouring municipality."""
    return a_person(gausdal, app, "Else Enge", Role.RECIPIENT)


@pytest.fixture
def builders(oyer: Town) -> Builders:
    """Everything that can be built in Øyer; `gausdal.builders` for the neighbour."""
    return oyer.builders
