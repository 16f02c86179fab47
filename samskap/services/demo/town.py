"""Øyer as a demo: units, 300 volunteers, needs in every state, and a year that went mostly well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

import matching
from samskap.integrations.places import Point, coarse, municipality, place_of_postcode
from samskap.models import (
    Account,
    Assignment,
    Association,
    Audience,
    Away,
    Clearance,
    ClearanceKind,
    Consent,
    ConsentGiven,
    Meeting,
    Membership,
    Municipality,
    Need,
    NeedTerm,
    NeedWindow,
    Offer,
    Outbox,
    OwnWord,
    Person,
    Proposal,
    Requirement,
    RuleBookVersion,
    SendState,
    Side,
    StepTaken,
    Term,
    Times,
    Travel,
    Unit,
    Volunteer,
    VolunteerTerm,
    WordKind,
)
from samskap.models.session import TenantSession
from samskap.permissions import Role
from samskap.services import accounts, clearances, kinds, legal_texts, openings, steps, terms
from samskap.services.demo.crowd import Made, crowd, words
from samskap.services.meetings import SUGGESTED
from samskap.services.outbox import KEPT
from samskap.services.resources import USUAL_REACH_KM
from samskap.services.steps import workflow_of
from samskap.text import OSLO, today
from samskap.workflows.assignment import AssignmentState, Ending
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.notice import Notice, Tells, To
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.volunteer import VolunteerState

CODE = "3440"
DEMO_DOMAIN = "demo.samskap.example"
DEMO_PASSWORD = "dugnad-i-hver-bygd"  # noqa: S105 - meant to be known, in demo mode alone
VOLUNTEERS = 300
SHARE_OF_NEIGHBOURS = 0.12
SHARE_WITH_AN_INTEREST = 0.7
"""How many of those who want company have said what they would like to talk about or do."""
DAY = 24 * 60
SETTLEMENTS = (("Øyer", 5), ("Tretten", 4), ("Musdal", 1), ("Granrudmoen", 1))
"""Where people live here, and how many."""
AT = {"Øyer": "i Øyer", "Tretten": "på Tretten", "Musdal": "i Musdal", "Granrudmoen": "på Granrudmoen"}
"""The same places as people say that something is there."""
ANSWERS = {
    OfferState.ACCEPTED: "accept",
    OfferState.DECLINED: "decline",
    OfferState.NOT_NOW: "not_now",
    OfferState.EXPIRED: "expire",
}
BEGINS: Mapping[str, Sequence[Tells]] = {
    "send": (Tells(Notice.OFFER_SENT, To.VOLUNTEER),),
    "ask": (Tells(Notice.ASSIGNMENT_TO_CONFIRM, To.RECIPIENT), Tells(Notice.ASSIGNMENT_TO_CONFIRM, To.POSTER)),
    "suggest": SUGGESTED[Side.VOLUNTEER],
}
"""What the first line of an offer, an assignment and a meeting tells."""


class NotEmpty(RuntimeError):
    """There are people here already; the demo municipality is only made in an empty database."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody whom one can be at the press of a button."""

    address: str
    name: str
    roles: tuple[Role, ...]


PEOPLE = (
    DemoPerson("koordinator", "Ingrid Moen", (Role.COORDINATOR, Role.PROFESSIONAL)),
    DemoPerson("fagperson", "Ane Solbakken", (Role.PROFESSIONAL,)),
    DemoPerson("innbygger", "Kari Nordli", (Role.VOLUNTEER,)),
    DemoPerson("mottaker", "Tor Bakken", (Role.RECIPIENT,)),
    DemoPerson("leder", "Liv Haugen", (Role.LEADER,)),
    DemoPerson("admin", "Grete Lund", (Role.ADMINISTRATOR,)),
    DemoPerson("avklaring", "Ida Brenden", (Role.CLEARANCE_OFFICER,)),
    DemoPerson("koordinator2", "Arne Sveen", (Role.COORDINATOR,)),
)
ADDRESSES = tuple(f"{one.address}@{DEMO_DOMAIN}" for one in PEOPLE)


def is_empty(db: TenantSession) -> bool:
    """Whether nobody has an account yet."""
    return db.scalars(select(Account.id).limit(1)).first() is None


def municipalities(db: TenantSession) -> Municipality:
    """Øyer and its neighbours, made where they are missing; gives Øyer."""
    here = municipality(CODE)
    known = {row.code: row for row in db.scalars(select(Municipality))}
    for code in (CODE, *(here.neighbours if here else ())):
        place = municipality(code)
        if place is not None and code not in known:
            known[code] = Municipality(
                code=code,
                name=f"{place.nb} kommune",
                neighbours=list(place.neighbours),
                phone="400 00 000",
                email=f"hei@{DEMO_DOMAIN}",
            )
            db.add(known[code])
    db.flush()
    return known[CODE]


def seed(db: TenantSession, *, password_hash: str, now: datetime, number: int = 3440) -> None:
    """Make the town in the municipality where the session stands; NotEmpty when people are there."""
    if not is_empty(db):
        raise NotEmpty("There are accounts in this database already; the demo is made only in an empty one.")
    terms.stock(db)
    _Town(db, Random(number), now).build(password_hash)  # noqa: S311 - a town, not a secret


@dataclass
class _Town:
    """The town while it is built; every chance comes from one pair of dice."""

    db: TenantSession
    dice: Random
    now: datetime
    units: list[Unit] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    volunteers: list[Volunteer] = field(default_factory=list)
    recipients: list[Person] = field(default_factory=list)
    terms: dict[tuple[WordKind, str], Term] = field(default_factory=dict)
    book: RuleBookVersion | None = None
    needs_made: int = 0

    def build(self, password_hash: str) -> None:
        """Everything, in the order in which it hangs together."""
        self.terms = {(term.kind, term.key): term for term in self.db.scalars(select(Term))}
        self._publish_book()
        self._units()
        made = list(crowd(self.dice, VOLUNTEERS + 40, today=today(self.now)))
        self._people(password_hash)
        for one in made[: VOLUNTEERS - 1]:
            self._volunteer(one, self._person(one))
        self.recipients = [self.people["mottaker"], *(self._person(one) for one in made[VOLUNTEERS:])]
        for person in self.recipients:
            self._role(person, Role.RECIPIENT)
        self._associations()
        self._stories()
        self._deliver()
        self.db.flush()

    # Ground

    def _keep(self, row: Any) -> Any:
        self.db.add(row)
        self.db.flush()
        return row

    def _publish_book(self) -> None:
        book = matching.STANDARD
        self.book = self._keep(
            RuleBookVersion(
                version=1,
                fingerprint=book.fingerprint,
                book=book.as_data(),
                reason="Den første regelboka",
                published_at=self._ago(380),
            )
        )

    def _units(self) -> None:
        self.units = [
            self._keep(Unit(name=row["name"], sector=row["sector"], phone="400 00 000")) for row in words()["unit"]
        ]

    def _ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    # People

    def _people(self, password_hash: str) -> None:
        for one in PEOPLE:
            address = f"{one.address}@{DEMO_DOMAIN}"
            account = accounts.make(
                self.db,
                email=address,
                password_hash=password_hash,
                subject=address,
                now=self._ago(400),
                verified=True,
                demo=True,
            )
            person = accounts.settle(self.db, account, name=one.name, locale="nb", now=self._ago(400))
            person.phone, person.source = f"+47400{99000 + len(self.people):05d}", "demo"
            person.confirmed_at = self._ago(400)
            for role in one.roles:
                unit = self.units[len(self.people) % len(self.units)] if role is Role.PROFESSIONAL else None
                self._role(person, role, unit)
            self.people[one.address] = person
        kari = self.people["innbygger"]
        self._live(kari, "Tretten")
        kari.birth_date, kari.gender = date(1968, 5, 14), "f"
        week = matching.Week.from_spans([(d * DAY + 9 * 60, d * DAY + 14 * 60) for d in range(5)])
        self._volunteer(
            Made(
                name=kari.name, gender="f", birth_date=kari.birth_date, email="", phone="", travel=Travel.CAR, free=week
            ),
            kari,
            state=VolunteerState.ACTIVE,
        )
        self._live(self.people["mottaker"], "Tretten")

    def _role(self, person: Person, role: Role, unit: Unit | None = None) -> None:
        self._keep(
            Membership(person_id=person.id, role=role, unit_id=unit.id if unit else None, since=person.created_at)
        )

    def _person(self, made: Made) -> Person:
        person = Person(
            name=made.name,
            email=made.email,
            phone=made.phone,
            birth_date=made.birth_date,
            gender=made.gender,
            locale=self.dice.choices(["nb", "nn", "en"], [12, 2, 1])[0],
            created_at=self._ago(self.dice.randrange(5, 400)),
            source="demo",
            registered_by_id=self.people["koordinator"].id,
        )
        person.confirmed_at = person.created_at
        if self.dice.random() < SHARE_OF_NEIGHBOURS:
            self._live_at(person, self.dice.choice(["2609", "2634", "2651", "2656"]))
        else:
            self._live(
                person, self.dice.choices([name for name, _ in SETTLEMENTS], [many for _, many in SETTLEMENTS])[0]
            )
        return self._keep(person)  # type: ignore[no-any-return]

    def _live(self, person: Person, settlement: str) -> None:
        here = municipality(CODE)
        place = next(one for one in (here.settlements if here else ()) if one.name == settlement)
        self._put(person, place.postcode, place.point)

    def _live_at(self, person: Person, code: str) -> None:
        town = place_of_postcode(code)
        if town is not None:
            self._put(person, code, town.point)

    def _put(self, person: Person, code: str, point: Point) -> None:
        home = coarse(Point(point.lat + self.dice.gauss(0, 0.008), point.lon + self.dice.gauss(0, 0.014)))
        person.postcode, person.lat, person.lon = code, home.lat, home.lon

    def _volunteer(self, made: Made, person: Person, state: VolunteerState | None = None) -> None:
        state = (
            state
            or self.dice.choices(
                [VolunteerState.READY, VolunteerState.REGISTERED, VolunteerState.CONVERSATION, VolunteerState.LEFT],
                [79, 4, 9, 8],
            )[0]
        )
        volunteer = Volunteer(
            id=person.id,
            municipality_id=self.db.municipality_id,
            state=state,
            free=made.free,
            travel=made.travel,
            reach_km=USUAL_REACH_KM[made.travel] + self.dice.choice([-1, 0, 0, 5]),
            capacity=self.dice.choices([1, 2, 3], [7, 3, 1])[0],
            registered_at=person.created_at,
        )
        if state is VolunteerState.REGISTERED:
            volunteer.registered_at = person.created_at = self._ago(self.dice.choice([0.1, 0.6, 1, 1.5, 2, 3]))
        if state is not VolunteerState.LEFT and self.dice.random() < 0.05:
            volunteer.paused_since = today(self._ago(self.dice.randrange(1, 60)))
            volunteer.paused_until = today(self.now) + timedelta(days=self.dice.randrange(5, 90))
        self._keep(volunteer)
        self._role(person, Role.VOLUNTEER)
        self._came(volunteer)
        if state in (VolunteerState.READY, VolunteerState.ACTIVE):
            self._declare(person)
        self._gives(volunteer)
        self.volunteers.append(volunteer)

    def _came(self, volunteer: Volunteer) -> None:
        """How somebody came to stand where they stand."""
        began, koordinator = volunteer.registered_at, self.people["koordinator"].id
        self._log(volunteer, "register", "signing_up", "registered", volunteer.id, began)
        if volunteer.state in (VolunteerState.READY, VolunteerState.ACTIVE):
            ready = began + timedelta(days=self.dice.randrange(1, 12))
            self._log(volunteer, "make_ready", "registered", "ready", koordinator, ready)
        if volunteer.state is VolunteerState.ACTIVE:
            self._log(volunteer, "start", "ready", "active", None, self._ago(30))
        if volunteer.state is VolunteerState.CONVERSATION:
            self._log(volunteer, "talk", "registered", "conversation", koordinator, began + timedelta(days=1))
        if volunteer.state is VolunteerState.LEFT:
            self._log(volunteer, "leave", "registered", "left", volunteer.id, began + (self.now - began) / 2)

    def _declare(self, person: Person) -> None:
        if self.dice.random() < 0.9:
            self._sign(person)
        if self.dice.random() < 0.25:
            key = self.dice.choice(sorted({one.key for kind in kinds.kinds() for one in kind.requirements}))
            self._clear(person, key)

    def _sign(self, person: Person) -> None:
        """The declaration, unless it is signed already."""
        if openings.signature_of(self.db, person.id) is not None:
            return
        signed = min(person.created_at + timedelta(days=1), self.now)
        self._keep(
            Clearance(
                person_id=person.id,
                kind=ClearanceKind.DECLARATION,
                key=legal_texts.CURRENT,
                seen_on=today(signed),
                made_at=signed,
                language=person.locale,
            )
        )

    def _clear(self, person: Person, key: str) -> None:
        """A certificate that was shown, unless it was already."""
        if any(one.key == key for one in clearances.held(self.db, person.id)):
            return
        shown = min(person.created_at + timedelta(days=20), self.now)
        self._keep(
            Clearance(
                person_id=person.id,
                kind=ClearanceKind.CERTIFICATE,
                key=key,
                issued_on=today(shown) - timedelta(days=25),
                seen_on=today(shown),
                seen_by_id=self.people["avklaring"].id,
                made_at=shown,
            )
        )

    def _gives(self, volunteer: Volunteer) -> None:
        resources = [term for (kind, _), term in self.terms.items() if kind is WordKind.RESOURCE]
        interests = [term for (kind, _), term in self.terms.items() if kind is WordKind.INTEREST]
        popular = [
            term for kind in kinds.kinds() for key in kind.skills if (term := self.terms.get((WordKind.RESOURCE, key)))
        ]
        chosen = {term.id for term in self.dice.sample(popular, self.dice.randrange(1, 6))}
        chosen |= {term.id for term in self.dice.sample(resources, self.dice.randrange(0, 3))}
        chosen |= {term.id for term in self.dice.sample(interests, self.dice.randrange(0, 4))}
        for ident in sorted(chosen):
            self.db.add(VolunteerTerm(volunteer_id=volunteer.id, term_id=ident))
        spoken = [
            "nb",
            *(["en"] if self.dice.random() < 0.6 else []),
            *self.dice.choices([[], ["uk"], ["pl"], ["ar"]], [85, 6, 5, 4])[0],
        ]
        for key in spoken:
            if term := self.terms.get((WordKind.LANGUAGE, key)):
                self.db.add(VolunteerTerm(volunteer_id=volunteer.id, term_id=term.id, level=3 if key != "en" else 2))
        if self.dice.random() < 0.04:
            said = self.dice.choice(
                ["treskjæring", "spiller trommer", "kan sette potet", "gamle oppskrifter", "kløve ved"]
            )
            self.db.add(OwnWord(volunteer_id=volunteer.id, words=said))
        if self.dice.random() < 0.05:
            first = today(self.now) + timedelta(days=self.dice.randrange(1, 40))
            self.db.add(
                Away(
                    volunteer_id=volunteer.id,
                    first_day=first,
                    last_day=first + timedelta(days=self.dice.randrange(3, 15)),
                )
            )
        self.db.flush()

    def _associations(self) -> None:
        for name, offers, place in (
            ("Tretten pensjonistlag", "Torsdagskafé og turer", "Tretten"),
            ("Musdal grendelag", "Dugnad, utlån av grendehus og tilhenger", "Musdal"),
            ("Øyer turlag", "Turledere og merking av stier", "Øyer"),
            ("Øyer sanitetsforening", "Strikking, kaker og besøk", "Øyer"),
        ):
            contact = self.db.get_one(Person, self.dice.choice(self.volunteers).id)
            self._keep(
                Association(name=name, offers=offers, place=place, contact_id=contact.id, created_at=self._ago(200))
            )

    def _log(self, thing: Any, step: str, was: str, becomes: str, by: int | None, at: datetime) -> None:
        """One line of history, and what was told of it, where that is not forgotten yet."""
        at, workflow = min(at, self.now), workflow_of(thing)
        line = StepTaken(
            noun=workflow.noun, thing_id=thing.id, step=step, from_state=was, to_state=becomes, by_id=by, at=at
        )
        tells = BEGINS[step] if not was else workflow[step].tells
        steps.write_down(self.db, line, thing, tells if at > self.now - KEPT else (), now=at)

    def _deliver(self) -> None:
        """Everything that was told has arrived."""
        for row in self.db.scalars(select(Outbox).where(Outbox.state == SendState.PENDING)):
            row.state, row.attempts, row.sent_at = SendState.SENT, 1, min(row.not_before, self.now)

    # Needs

    def _stories(self) -> None:
        """Needs in every state, and what came of them."""
        told = list(words()["task"])
        plan: list[tuple[NeedState, int]] = [
            (NeedState.OPEN, 18),
            (NeedState.RUNNING, 15),
            (NeedState.CLOSED, 12),
            (NeedState.COVERED, 3),
            (NeedState.DRAFT, 4),
            (NeedState.SUBMITTED, 3),
        ]
        order = [state for state, count in plan for _ in range(count)]
        for number, state in enumerate(order):
            self._story(told[number % len(told)], state)
        self._for_demo_people()

    def _story(self, kind_key: str, state: NeedState) -> None:
        own, refused = state is NeedState.SUBMITTED, state is NeedState.OPEN and self.needs_made % 4 == 0
        need = self._need(
            "visiting_friend" if own else kind_key, NeedState.DRAFT if own else NeedState.OPEN,
            days=8 if refused else self._age(state), own=own,
        )  # fmt: skip
        if state is NeedState.DRAFT:
            self._set(need, NeedState.DRAFT)
        elif own:
            self._set(need, NeedState.SUBMITTED)
            self._log(need, "submit", "draft", "submitted", need.posted_by_id, need.created_at)
        else:
            self._published(need)
            self._go_on(need, state, refused=refused)

    def _age(self, state: NeedState) -> float:
        """How many days ago a need was written: most that is open is fresh, and what came of the rest took its time."""
        if state in (NeedState.DRAFT, NeedState.SUBMITTED):
            return self.dice.choice([0.3, 1, 2])
        if state is NeedState.OPEN:
            return self.dice.choice([0.2, 0.5, 1, 1, 1.5, 2, 4])
        return self.dice.randrange(3, 5) if state is NeedState.COVERED else self.dice.randrange(20, 300)

    def _set(self, need: Need, state: NeedState) -> None:
        need.state = state
        if state in (NeedState.DRAFT, NeedState.SUBMITTED):
            need.published_at = None
        self.db.flush()

    def _published(self, need: Need) -> None:
        at = min(need.created_at + timedelta(hours=2), self.now)
        need.published_at = at
        self._log(need, "publish", "draft", "open", need.posted_by_id, at)

    def _go_on(self, need: Need, state: NeedState, *, refused: bool) -> None:
        """What came after the publishing."""
        if state is NeedState.OPEN:
            if refused:
                answer = self.dice.choice([OfferState.DECLINED, OfferState.NOT_NOW, OfferState.EXPIRED])
                self._asked(need, answer, days=6)
            return
        wanted = {
            NeedState.RUNNING: AssignmentState.RUNNING,
            NeedState.COVERED: AssignmentState.ASKED,
            NeedState.CLOSED: AssignmentState.ENDED,
        }[state]
        stages = {
            AssignmentState.ASKED: [AssignmentState.ASKED, AssignmentState.AGREED, AssignmentState.OPENED],
        }.get(wanted, [wanted])
        need.wanted = min(need.wanted, 2)
        for _ in range(need.wanted):
            self._agreed(need, self.dice.choice(stages))
        if state is NeedState.RUNNING:
            self._log(need, "run", "open", "running", None, need.published_at or self.now)
        if state is NeedState.COVERED:
            self._log(need, "cover", "open", "covered", None, need.published_at or self.now)
        if state is NeedState.CLOSED:
            need.outcome = self.dice.choice([Outcome.FULFILLED, Outcome.FULFILLED, Outcome.PARTLY])
            need.closed_at, need.taken = self._ago(self.dice.randrange(2, 15)), 0
            self._log(need, "close", "open", "closed", need.posted_by_id, need.closed_at)
        need.state = state
        self.db.flush()

    def _need(self, kind_key: str, state: NeedState, *, days: float, own: bool = False, place: str = "",
              at_ten: Sequence[int] = ()) -> Need:  # fmt: skip
        self.needs_made += 1
        task, kind = words()["task"][kind_key], kinds.kind(kind_key)
        place = place or self.dice.choices([name for name, _ in SETTLEMENTS], [many for _, many in SETTLEMENTS])[0]
        town = next(one for one in municipality(CODE).settlements if one.name == place)  # type: ignore[union-attr]
        unit = self.units[self.needs_made % len(self.units)]
        recipient = self.dice.choice(self.recipients[1:]) if own else None
        created = self._ago(days)
        need = Need(
            kind=kind.key,
            title=str(task["title"]).format(at=AT[place]),
            goal=self.dice.choice(task["goal"]),
            task=str(task["task"]).format(at=AT[place]),
            audience=kind.audience,
            mode=kind.mode,
            place=place,
            postcode=town.postcode,
            lat=town.point.lat,
            lon=town.point.lon,
            cross_border=self.dice.random() < 0.3,
            times=Times.NONE,
            wanted=max(1, min(kind.people, 6)),
            minimum=1,
            urgency=self.dice.choices([2, 3, 4, 5], [2, 6, 2, 1])[0],
            starts_on=today(self.now) + timedelta(days=self.dice.randrange(2, 30)),
            ends_on=today(self.now) + timedelta(days=self.dice.randrange(60, 250)),
            unit_id=None if own else unit.id,
            posted_by_id=recipient.id
            if recipient
            else self.people["fagperson"].id
            if self.needs_made % 3
            else self.people["koordinator"].id,
            recipient_id=recipient.id if recipient else None,
            created_at=created,
            state=NeedState.DRAFT,
            source="demo",
        )
        self._keep(need)
        need.state = state
        self._windows(need, at_ten)
        self._asks_for(need, kind)
        if kind.audience is Audience.PERSON:
            self._keep(
                Consent(
                    need_id=need.id,
                    person_id=need.recipient_id,
                    given=ConsentGiven.SELF if own else ConsentGiven.SPOKEN,
                    given_on=today(created),
                    covers_publication=self.dice.random() < 0.2,
                    recorded_by_id=need.posted_by_id,
                    recorded_at=created,
                )
            )
        self.db.flush()
        return need

    def _windows(self, need: Need, at_ten: Sequence[int]) -> None:
        """One to three wanted times, those days from ten to eleven, or a Saturday to come for a day of common work."""
        if need.kind in ("path_work", "bathing_place", "event_helper", "culture_event"):
            saturday = today(self.now) + timedelta(
                days=(5 - today(self.now).weekday()) % 7 + 7 * self.dice.randrange(1, 6)
            )
            begins = datetime.combine(saturday, time(10), tzinfo=OSLO)
            self.db.add(NeedWindow(need_id=need.id, starts_at=begins, ends_at=begins + timedelta(hours=4)))
        elif not at_ten and self.dice.random() < 0.15:
            need.how_often = "en gang i uka"
            return
        else:
            days = at_ten or sorted(self.dice.sample(range(5), self.dice.randrange(1, 4)))
            for order, day in enumerate(days):
                start = day * DAY + (10 if at_ten else self.dice.choice([9, 10, 10, 11, 12, 13, 17, 18])) * 60
                self.db.add(
                    NeedWindow(need_id=need.id, place_in_order=order, start_minute=start, end_minute=start + 60)
                )
        need.times = Times.ANY
        self.db.flush()

    def _asks_for(self, need: Need, kind: kinds.KindOfTask) -> None:
        for key in kind.skills[:3]:
            if term := self.terms.get((WordKind.RESOURCE, key)):
                self.db.add(NeedTerm(need_id=need.id, term_id=term.id))
        if kind.audience is Audience.PERSON and self.dice.random() < SHARE_WITH_AN_INTEREST:
            liked = self.dice.choice([term for (what, _), term in self.terms.items() if what is WordKind.INTEREST])
            self.db.add(NeedTerm(need_id=need.id, term_id=liked.id))
        for one in kinds.requirements_of(kind):
            if one.required is kinds.Required.YES:
                self.db.add(Requirement(need_id=need.id, key=one.key, basis=one.basis.key))
        self.db.flush()

    # Asked and answered

    def _free_volunteer(self) -> Volunteer:
        ready = [
            one
            for one in self.volunteers
            if one.state is VolunteerState.READY and one.last_asked_at is None and one.paused_since is None
        ]
        return self.dice.choice(ready)

    def _asked(self, need: Need, state: OfferState, *, days: float, volunteer: Volunteer | None = None) -> Offer:
        volunteer = volunteer or self._free_volunteer()
        sent, koordinator = self._ago(days), self.people["koordinator"].id
        rank = self.dice.choices([1, 2, 3], [8, 2, 1])[0]
        proposal = self._keep(
            Proposal(
                need_id=need.id,
                volunteer_id=volunteer.id,
                rank=rank,
                points=self.dice.randrange(280, 760),
                state=ProposalState.APPROVED
                if state in (OfferState.SENT, OfferState.ACCEPTED)
                else ProposalState.OUTDATED,
                explanation={},
                fingerprint=self.book.fingerprint if self.book else "",
                overruled=rank > 1,
                reason="Kjenner bygda godt" if rank > 1 else "",
                made_at=sent,
                decided_at=sent,
                decided_by_id=koordinator,
            )
        )
        self._log(proposal, "approve", "proposed", "approved", koordinator, sent)
        answered = (
            None
            if state in (OfferState.SENT, OfferState.EXPIRED)
            else min(sent + timedelta(hours=self.dice.randrange(2, 60)), self.now)
        )
        offer: Offer = self._keep(
            Offer(
                proposal_id=proposal.id,
                need_id=need.id,
                volunteer_id=volunteer.id,
                option=0 if need.times is not Times.NONE else None,
                state=state,
                sent_at=sent,
                expires_at=sent + timedelta(days=5),
                answered_at=answered,
                insurance_read_at=answered if state is OfferState.ACCEPTED else None,
                reason=self.dice.choice(["", "Litt for langt", "Har nok akkurat nå"])
                if state is OfferState.DECLINED
                else "",
            )
        )
        self._log(offer, "send", "", "sent", koordinator, sent)
        if state in ANSWERS:
            by = None if state is OfferState.EXPIRED else volunteer.id
            self._log(offer, ANSWERS[state], "sent", state, by, answered or offer.expires_at)
        if proposal.state is ProposalState.OUTDATED:
            self._log(proposal, "outdate", "approved", "outdated", None, answered or offer.expires_at)
        volunteer.last_asked_at = sent
        if state in (OfferState.SENT, OfferState.ACCEPTED):
            need.taken += 1
        self.db.flush()
        return offer

    def _agreed(
        self,
        need: Need,
        state: AssignmentState,
        *,
        volunteer: Volunteer | None = None,
        recipient: Person | None = None,
    ) -> Assignment:
        age = (self.now - (need.published_at or need.created_at)) / timedelta(days=1)
        offer = self._asked(
            need, OfferState.ACCEPTED, days=max(2.0, age - self.dice.randrange(1, 9)), volunteer=volunteer
        )
        yes = offer.answered_at or self.now
        met = state in (AssignmentState.OPENED, AssignmentState.RUNNING, AssignmentState.ENDED)
        if met and recipient is None and need.recipient_id is None and need.audience is Audience.PERSON:
            recipient = self.dice.choice(self.recipients[1:])
        assignment: Assignment = self._keep(
            Assignment(
                offer_id=offer.id,
                need_id=need.id,
                volunteer_id=offer.volunteer_id,
                recipient_id=recipient.id if recipient else need.recipient_id,
                posted_by_id=need.posted_by_id,
                unit_id=need.unit_id,
                option=offer.option,
                state=state,
                created_at=min(yes, self.now),
                ends_on=need.ends_on,
                ending=Ending.PLANNED if state is AssignmentState.ENDED else None,
                ended_at=self._ago(3) if state is AssignmentState.ENDED else None,
            )
        )
        self._let_in(assignment, need, met=met, yes=yes)
        self._walk(assignment, state, yes)
        if state in (AssignmentState.RUNNING, AssignmentState.ENDED):
            self._meet(assignment)
        live = self.db.get_one(Volunteer, offer.volunteer_id)
        if state is AssignmentState.ENDED:
            assignment.again_volunteer = assignment.again_recipient = self.dice.random() < 0.85
            need.taken = max(0, need.taken - 1)
        elif state is AssignmentState.RUNNING and live.state is VolunteerState.READY:
            live.state = VolunteerState.ACTIVE
            self._log(live, "start", "ready", "active", None, yes)
        self.db.flush()
        return assignment

    def _let_in(self, assignment: Assignment, need: Need, *, met: bool, yes: datetime) -> None:
        """Contact was opened to who had signed and was cleared; somebody still waits because they have not signed."""
        volunteer = self.db.get_one(Person, assignment.volunteer_id)
        if met:
            self._sign(volunteer)
            for key in self.db.scalars(select(Requirement.key).where(Requirement.need_id == need.id)):
                self._clear(volunteer, key)
            openings.write_down(self.db, assignment, now=min(yes + timedelta(days=1), self.now))
        elif assignment.state is AssignmentState.AGREED and (row := openings.signature_of(self.db, volunteer.id)):
            self.db.delete(row)

    def _walk(self, assignment: Assignment, state: AssignmentState, yes: datetime) -> None:
        path: Sequence[tuple[str, str, str]] = (
            ("ask", "", "asked"),
            ("confirm", "asked", "agreed"),
            ("open", "agreed", "opened"),
            ("run", "opened", "running"),
            ("end", "running", "ended"),
        )
        upto = ["asked", "agreed", "opened", "running", "ended"].index(state)
        for number, (step, was, becomes) in enumerate(path[: upto + 1]):
            by = {
                "ask": assignment.volunteer_id,
                "confirm": assignment.posted_by_id,
                "end": assignment.volunteer_id,
            }.get(step)
            self._log(assignment, step, was, becomes, by, yes + timedelta(days=max(0, number - 1)))

    def _meet(self, assignment: Assignment) -> None:
        """The meetings that were held, and the next one."""
        for weeks in (-2, -1, 1):
            starts = datetime.combine(today(self.now) + timedelta(weeks=weeks), time(11), tzinfo=OSLO)
            if weeks > 0 and assignment.state is AssignmentState.ENDED:
                continue
            held = (
                MeetingState.PLANNED
                if weeks > 0
                else self.dice.choices([MeetingState.HELD, MeetingState.NO_SHOW], [9, 1])[0]
            )
            meeting = self._keep(
                Meeting(
                    assignment_id=assignment.id,
                    volunteer_id=assignment.volunteer_id,
                    recipient_id=assignment.recipient_id,
                    posted_by_id=assignment.posted_by_id,
                    unit_id=assignment.unit_id,
                    state=held,
                    suggested_by=Side.VOLUNTEER,
                    starts_at=starts,
                    ends_at=starts + timedelta(hours=1),
                    place="Utenfor butikken",
                )
            )
            self._agreed_to_meet(meeting)

    def _agreed_to_meet(self, meeting: Meeting) -> None:
        """Suggested, agreed to, and for what has been: met or not."""
        before, other = meeting.starts_at - timedelta(days=8), meeting.recipient_id or meeting.posted_by_id
        self._log(meeting, "suggest", "", "suggested", meeting.volunteer_id, before)
        self._log(meeting, "agree", "suggested", "planned", other, before + timedelta(days=1))
        if meeting.state is not MeetingState.PLANNED:
            step = "hold" if meeting.state is MeetingState.HELD else "miss"
            self._log(meeting, step, "planned", meeting.state, meeting.volunteer_id, meeting.ends_at)

    # What waits for the demo people

    def _for_demo_people(self) -> None:
        """Something to answer for each of them."""
        kari = self.db.get_one(Volunteer, self.people["innbygger"].id)
        kari.capacity, kari.reach_km = 3, 20
        has = set(self.db.scalars(select(VolunteerTerm.term_id).where(VolunteerTerm.volunteer_id == kari.id)))
        for key in ("walking", "visiting"):
            if (term := self.terms[WordKind.RESOURCE, key]).id not in has:
                self.db.add(VolunteerTerm(volunteer_id=kari.id, term_id=term.id))
        running = self._fresh("visiting_friend", place="Tretten", at_ten=(1, 3))
        self._agreed(running, AssignmentState.RUNNING, volunteer=kari, recipient=self.recipients[1])
        self._log(running, "run", "open", "running", None, self._ago(4))
        self._set(running, NeedState.RUNNING)
        asked = self._fresh("walking_friend", place="Tretten", at_ten=(1, 3))
        self._asked(asked, OfferState.SENT, days=0.5, volunteer=kari)
        tor = self.people["mottaker"]
        mine = self._fresh("walking_friend", recipient=tor, place="Tretten")
        self._agreed(mine, AssignmentState.ASKED)
        self._log(mine, "cover", "open", "covered", None, self._ago(1))
        self._set(mine, NeedState.COVERED)
        refused = self._fresh("errands")
        gone = self._agreed(refused, AssignmentState.ASKED)
        gone.state = AssignmentState.REFUSED
        self._log(gone, "refuse", "asked", "refused", gone.posted_by_id, self._ago(1))
        withdrawn = self._fresh("digital_home")
        went = self._agreed(withdrawn, AssignmentState.ASKED)
        went.state = AssignmentState.WITHDRAWN
        self._log(went, "withdraw", "asked", "withdrawn", went.volunteer_id, self._ago(1))
        refused.taken = withdrawn.taken = 0
        self.db.flush()

    def _fresh(
        self, kind_key: str, *, recipient: Person | None = None, place: str = "", at_ten: Sequence[int] = ()
    ) -> Need:
        need = self._need(kind_key, NeedState.OPEN, days=6, place=place, at_ten=at_ten)
        need.wanted = 1
        if recipient is not None:
            need.recipient_id = need.posted_by_id = recipient.id
            need.unit_id = None
        self._published(need)
        self.db.flush()
        return need
