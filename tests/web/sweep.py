"""Every address asked for by everybody: a town with one of each thing, whose they are, and who asks.

The things are Kari's (volunteer), Tor's (recipient) and Ane's (who posted for the home care unit), all in Øyer. Ola,
Gro and Siri are a volunteer, a recipient and a professional who have nothing to do with them; Per, Jon, Odd and Else
are in the neighbouring municipality, where there is one of each thing too.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import String, Text, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from samskap.models import (
    Assignment,
    Base,
    Link,
    Meeting,
    Membership,
    Need,
    Offer,
    Opening,
    Outbox,
    Purpose,
    Side,
    StagedFile,
    StepTaken,
    Volunteer,
)
from samskap.models.base import Chosen, HalfHours, Tenanted
from samskap.permissions import Role
from samskap.services import matching
from samskap.text import phone
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState
from samskap.workflows.notice import Notice
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import WEEKDAYS, Someone, a_person, a_town
from tests.databases import Database, Engine, fresh
from tests.page import BASE
from tests.service import running, settings
from tests.town import MORNING, Clock, Town, keep, kept

CAST: Mapping[str, tuple[str, str, tuple[Role, ...], str]] = {
    "eva": ("oyer", "Eva Engen", (), ""),
    "kari": ("oyer", "Kari Kvam", (Role.VOLUNTEER,), ""),
    "ola": ("oyer", "Ola Odden", (Role.VOLUNTEER,), ""),
    "tor": ("oyer", "Tor Tande", (Role.RECIPIENT,), ""),
    "gro": ("oyer", "Gro Gillund", (Role.RECIPIENT,), ""),
    "ane": ("oyer", "Ane Ås", (Role.PROFESSIONAL,), "Hjemmetjenesten"),
    "siri": ("oyer", "Siri Sæter", (Role.PROFESSIONAL,), "Skolen"),
    "mona": ("oyer", "Mona Moen", (Role.COORDINATOR,), ""),
    "ida": ("oyer", "Ida Iversen", (Role.CLEARANCE_OFFICER,), ""),
    "liv": ("oyer", "Liv Lund", (Role.LEADER,), ""),
    "grete": ("oyer", "Grete Gran", (Role.ADMINISTRATOR,), ""),
    "per": ("gausdal", "Per Prestrud", (Role.COORDINATOR,), ""),
    "jon": ("gausdal", "Jon Jevne", (Role.VOLUNTEER,), ""),
    "odd": ("gausdal", "Odd Olstad", (Role.PROFESSIONAL,), "Hjemmetjenesten"),
    "else": ("gausdal", "Else Enge", (Role.RECIPIENT,), ""),
}
"""Town, name, roles and unit of everybody with an account."""
VISITORS = ("stranger", *CAST)
ROLES: Mapping[str, frozenset[Role]] = {"stranger": frozenset({Role.ANYONE})} | {
    name: frozenset({Role.ANYONE, Role.CITIZEN, *roles}) for name, (_town, _full, roles, _unit) in CAST.items()
}
KIND = "walking_friend"
SPELLED = frozenset({
    "locale", "theme", "kind", "key", "basis", "sector", "code", "host", "source", "orgnr", "icnpo", "step", "noun",
    "from_state", "to_state", "state_told", "fingerprint", "not_kinds", "not_modes", "gender", "meet_gender",
    "wish_gender", "postcode", "language", "imported_as", "owner", "what",
})  # fmt: skip
"""Text columns whose words are the program's own, or that hold no sentence that anyone wrote."""


@dataclass(frozen=True)
class Visit:
    """One request to make: what, how, and as whom."""

    endpoint: str
    method: str
    visitor: str


@dataclass
class Sweep:
    """Two towns with everything in them, and everybody who may come by."""

    app: Flask
    database: Database
    oyer: Town
    gausdal: Town
    visitors: Mapping[str, Someone]
    shared: dict[str, int | str] = field(default_factory=dict)
    heard: list[tuple[Visit, TestResponse]] = field(default_factory=list)
    """Every response so far."""

    def rules(self) -> list[tuple[Rule, str]]:
        """Every address of the service with each of its methods; files are not ours to grant."""
        found = [
            (rule, method)
            for rule in self.app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
        return sorted(found, key=lambda one: (one[0].endpoint, one[1]))

    def rule_of(self, endpoint: str) -> Rule:
        """The address of a page."""
        return next(self.app.url_map.iter_rules(endpoint))

    def visit(self, visit: Visit, *, fresh: bool = False, data: Mapping[str, Any] | None = None) -> TestResponse:
        """Asks, with a CSRF token where one is needed; `fresh` makes new things for this one request."""
        response = self.send(visit.visitor, visit.method, self.address(visit.endpoint, fresh=fresh), data)
        self.heard.append((visit, response))
        return response

    def send(self, visitor: str, method: str, url: str, data: Mapping[str, Any] | None = None) -> TestResponse:
        """One request of somebody's, as their browser would send it."""
        body = {"csrf_token": self.token_of(visitor), **(data or {})} if method == "POST" else None
        headers = {"Origin": BASE, "Referer": f"{BASE}/"}
        return self.visitors[visitor].browser.open(url, method=method, data=body, headers=headers)

    def token_of(self, visitor: str) -> str:
        """A CSRF token of somebody's own session."""
        raw = secrets.token_hex(20)
        with self.visitors[visitor].browser.session_transaction(base_url=BASE) as cookie:
            raw = cookie.setdefault("csrf_token", raw)
        return str(URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token").dumps(raw))

    def address(self, endpoint: str, *, fresh: bool = False, town: Town | None = None) -> str:
        """The address of a page, with ids of things in Øyer (or in another town) where it asks for them."""
        names = sorted(self.rule_of(endpoint).arguments)
        values: dict[str, Any] = {name: self.thing(endpoint, name, fresh=fresh, town=town) for name in names}
        return str(self.app.url_map.bind("samskap.example").build(endpoint, values))

    def thing(self, endpoint: str, argument: str, *, fresh: bool, town: Town | None) -> int | str:
        """The id of a thing in the state that this page is for."""
        if argument in WORDS:
            return WORDS[argument]
        maker = MAKERS.get(f"{endpoint}.{argument}") or MAKERS[argument]
        key = f"{(town or self.oyer).id}:{MAKERS.get(f'{endpoint}.{argument}') and endpoint}:{argument}"
        if fresh or key not in self.shared:
            self.shared[key] = maker(self.cast_of(town or self.oyer))
        return self.shared[key]

    def cast_of(self, town: Town) -> Play:
        """Who has the parts in one of the two towns."""
        parts = ("kari", "tor", "ane", "mona") if town is self.oyer else ("jon", "else", "odd", "per")
        return Play(town.builders, town, *[self.visitors[name] for name in parts])


@contextmanager
def a_sweep(engine: Engine, folder: Path) -> Iterator[Sweep]:
    """Both towns on a database of their own, furnished, and everybody in them."""
    clock, town = Clock(MORNING), contextmanager(a_town)
    with (
        fresh(engine) as database,
        running(settings(database, folder), clock) as app,
        town(app, clock, "3440", "Øyer kommune") as oyer,
        town(app, clock, "3441", "Gausdal kommune") as gausdal,
    ):
        made = Sweep(app, database, oyer, gausdal, everybody(app, oyer, gausdal))
        furnish(made)
        yield made


@dataclass(frozen=True)
class Play:
    """One of each part, in one town."""

    build: Builders
    town: Town
    volunteer: Someone
    recipient: Someone
    professional: Someone
    coordinator: Someone

    def need(self, state: NeedState = NeedState.OPEN, **columns: Any) -> Need:
        """A need of the recipient's, posted by the professional."""
        return self.build.a_need(
            **{"state": state, "posted_by": self.professional, "recipient": self.recipient, **columns}
        )

    def offer(self, state: OfferState = OfferState.SENT) -> Offer:
        """What the volunteer was asked."""
        return self.build.an_offer(volunteer=self.volunteer, need=self.need(), state=state)

    def offer_to_one_without_account(self) -> Offer:
        """What somebody was asked whom one has to ring."""
        return self.build.an_offer(need=self.need(), volunteer=self.build.a_volunteer())

    def assignment(self, state: AssignmentState) -> Assignment:
        """What the volunteer has said yes to."""
        return self.build.an_assignment(volunteer=self.volunteer, need=self.need(), state=state)

    def meeting(self, state: MeetingState, *, begun: bool = False, by: Side = Side.RECIPIENT) -> Meeting:
        """A session of theirs; begun an hour ago or beginning tomorrow."""
        starts = self.build.now + (timedelta(hours=-1) if begun else timedelta(days=next(DAYS)))
        assignment = self.assignment(AssignmentState.RUNNING)
        times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        return self.build.a_meeting(assignment=assignment, state=state, suggested_by=by, **times)

    def somebody(self, state: VolunteerState = VolunteerState.REGISTERED, **columns: Any) -> Volunteer:
        """A volunteer whom nobody of the cast is."""
        return self.build.a_volunteer(state=state, **columns)

    def candidate(self) -> Volunteer:
        """Somebody who could take a need here: they live near by and are free."""
        person = self.build.a_person("Kandidat", postcode="2636", lat=61.2653, lon=10.4137)
        return self.build.add(
            Volunteer(id=person.id, state=VolunteerState.READY, free=WEEKDAYS, registered_at=self.build.now)
        )

    def newest(self) -> Need:
        """The need made last; arguments are made in the order of the alphabet, the need before its volunteer."""
        return self.town.db.scalars(select(Need).order_by(Need.id.desc()).limit(1)).one()

    def first_choice(self) -> int:
        """Whoever the engine puts first for the newest need."""
        self.candidate()
        return matching.desk(self.town.db, self.newest(), now=self.build.now).in_order()[0]

    def one_set_aside(self) -> Volunteer:
        """Somebody set aside for the newest need."""
        somebody = self.candidate()
        self.build.a_proposal(volunteer=somebody, need=self.newest(), state=ProposalState.SET_ASIDE)
        return somebody

    def to_invite(self) -> Volunteer:
        """Somebody on a list, whom nobody has written to yet."""
        email = f"{secrets.token_hex(4)}@innbygger.example"
        person = self.build.a_person("Inga Invitert", email=email, confirmed_at=None, source="import")
        return self.build.add(Volunteer(id=person.id, state=VolunteerState.REGISTERED, registered_at=self.build.now))

    def invitation(self) -> Link:
        """An invitation of somebody to work here, not yet used."""
        told = {"token_hash": secrets.token_hex(32), "purpose": Purpose.INVITE_STAFF, "email": "ny@kommunen.example"}
        row = Link(
            **told, municipality_id=self.town.id, role=Role.LEADER, expires_at=self.build.now + timedelta(days=1)
        )
        return self.build.add(row)

    def membership(self) -> Membership:
        """A role of somebody who works here."""
        with keep(self.town.db):
            person = self.build.a_person("Stein Stab")
            return kept(self.town.db, Membership(person_id=person.id, role=Role.LEADER, since=self.build.now))

    def staged(self) -> StagedFile:
        """A list on its way in, uploaded by the coordinator."""
        told = {
            "kind": "volunteers",
            "name": "liste.csv",
            "content": "Navn;Telefon\nKai;40000007\n".encode("utf-8-sig"),
        }
        expires = self.build.now + timedelta(hours=1)
        row = StagedFile(**told, person_id=self.coordinator.id, match={}, made_at=self.build.now, expires_at=expires)
        return self.build.add(row)

    def to_ring(self) -> int:
        """Somebody who must be rung, for they have no address."""
        person = self.build.a_person("Ragna Ring", phone="+4740000008")
        told = {"notice": Notice.VOLUNTEER_READY, "noun": "", "key": f"ring:{person.id}", "person_id": person.id}
        self.build.add(Outbox(**told, data={}, made_at=self.build.now, not_before=self.build.now))
        return person.id


DAYS = count(1)
"""Each coming meeting has a day of its own, so that none is in another's way."""
WORDS: dict[str, str] = {"kind": "frivillige", "kind_key": KIND, "filename": "x"}
"""Arguments that are words, not ids."""

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "accounts.sign_up": {"name": "Ny Nilsen", "email": "ny@innbygger.example", "password": "en setning om vinteren"},
    "administration.invite": {"email": "ny@kommunen.example", "role": "leader"},
    "administration.units": {"name": "Ny virksomhet"},
    "assignments.end": {"ending": "planned"},
    "associations.register": {"name": "Turlaget", "offers": "Turer i helgene"},
    "candidates.person": {"reason": "De kjenner samme fjell"},
    "candidates.set_aside": {"because": "Annet"},
    "clearances.shown": {
        "key": "police_certificate:health_and_care", "issued_on": "2026-11-01", "seen_on": "2026-11-20",
    },
    "declarations.register": {"signed_on-dag": "20", "signed_on-maned": "11", "signed_on-ar": "2026", "seen": "y"},
    "declarations.sign": {"promise": "y"},
    "links.forgotten": {"email": "ingen@innbygger.example"},
    "meetings.suggest": {"day": "2026-12-24", "start": "10", "end": "11"},
    "my_page.pause": {"ta-pause": "1"},
    "needs.ask_for_myself": {
        "kind": KIND, "task": "Noen å gå tur med.", "place": "Tretten", "agrees": "y", "wish_gender": "",
    },
    "needs.close": {"outcome": "fulfilled"},
    "needs.send_back": {"why": "Skriv litt mer"},
    "needs.write": {
        "task": "Gå tur en gang i uka.", "place": "Tretten", "times": "none", "wish_gender": "", "given": "",
    },
    "offers.accept": {"insurance": "y"},
    "offers.accept_by_phone": {"insurance": "y"},
    "offers.not_now": {"again": "2"},
    "offers.not_now_by_phone": {"again": "2"},
    "own_words.turn": {"nn": "slå med ljå", "en": "mow with a scythe"},
    "signup.about": {"born-dag": "1", "born-maned": "2", "born-ar": "1970"},
    "signup.gives": {"own": "slå med ljå"},
    "volunteers.register": {"name": "Ragna Ny", "agreed": "y"},
}  # fmt: skip
"""What must be written in a form before it is taken; the rest is as the page gives it."""

Maker = Callable[[Play], int]
MAKERS: dict[str, Maker] = {
    "need_id": lambda play: play.need().id,
    "needs.submit.need_id": lambda play: play.need(NeedState.DRAFT, posted_by=play.recipient).id,
    "needs.publish.need_id": lambda play: play.need(NeedState.DRAFT).id,
    "needs.change.need_id": lambda play: play.need(NeedState.DRAFT).id,
    "needs.send_back.need_id": lambda play: play.need(NeedState.SUBMITTED).id,
    "volunteer_id": lambda play: play.somebody().id,
    "candidates.take_up.need_id": lambda play: play.need().id,
    "candidates.take_up.volunteer_id": lambda play: play.one_set_aside().id,
    "candidates.person.volunteer_id": lambda play: play.candidate().id,
    "candidates.approve.volunteer_id": lambda play: play.first_choice(),
    "volunteers.invite.volunteer_id": lambda play: play.to_invite().id,
    "offer_id": lambda play: play.offer().id,
    "offers.accept_by_phone.offer_id": lambda play: play.offer_to_one_without_account().id,
    "offers.decline_by_phone.offer_id": lambda play: play.offer_to_one_without_account().id,
    "offers.not_now_by_phone.offer_id": lambda play: play.offer_to_one_without_account().id,
    "assignment_id": lambda play: play.assignment(AssignmentState.OPENED).id,
    "assignments.confirm.assignment_id": lambda play: play.assignment(AssignmentState.ASKED).id,
    "assignments.refuse.assignment_id": lambda play: play.assignment(AssignmentState.ASKED).id,
    "assignments.withdraw.assignment_id": lambda play: play.assignment(AssignmentState.ASKED).id,
    "meeting_id": lambda play: play.meeting(MeetingState.PLANNED).id,
    "meetings.agree.meeting_id": lambda play: play.meeting(MeetingState.SUGGESTED).id,
    "meetings.hold.meeting_id": lambda play: play.meeting(MeetingState.PLANNED, begun=True).id,
    "meetings.miss.meeting_id": lambda play: play.meeting(MeetingState.PLANNED, begun=True).id,
    "away_id": lambda play: (
        play.build.away(play.volunteer, play.build.now.date(), play.build.now.date() + timedelta(days=3)).id
    ),
    "own_word_id": lambda play: play.build.an_own_word(play.somebody()).id,
    "clearance_id": lambda play: (
        play.build.a_clearance(play.volunteer, f"police_certificate:{secrets.token_hex(4)}").id
    ),
    "person_id": lambda play: play.build.a_person("Pelle Person").id,
    "notices.ring.person_id": lambda play: play.to_ring(),
    "notices.rung.person_id": lambda play: play.to_ring(),
    "clearances.shown.person_id": lambda play: play.somebody().id,
    "staged_id": lambda play: play.staged().id,
    "unit_id": lambda play: play.build.a_unit(f"Virksomhet {secrets.token_hex(4)}").id,
    "membership_id": lambda play: play.membership().id,
    "link_id": lambda play: play.invitation().id,
}
"""What makes the thing that an argument names; for one page where that page wants it in another state."""


def furnish(sweep: Sweep) -> None:
    """One of each thing in both towns, in the states in which pages show them, with history and openings."""
    for town in (sweep.oyer, sweep.gausdal):
        play = sweep.cast_of(town)
        for argument in [name for name in MAKERS if "." not in name]:
            sweep.thing("", argument, fresh=False, town=town)
        for state in (AssignmentState.ASKED, AssignmentState.OPENED, AssignmentState.ENDED):
            opened = play.assignment(state)
        told = {"noun": "assignment", "thing_id": opened.id, "step": "end", "from_state": "opened", "to_state": "ended"}
        play.build.add(StepTaken(**told, by_id=play.volunteer.id, at=play.build.now, why="Det var det"))
        who = {"person_id": play.volunteer.id, "seen_by_id": play.recipient.id}
        play.build.add(Opening(**who, assignment_id=opened.id, what="contact", at=play.build.now))
        play.build.a_proposal(volunteer=play.volunteer, need=play.need(), state=ProposalState.SET_ASIDE, reason="Nei")
        play.build.an_association(play.recipient)
        play.build.gives(play.volunteer, play.build.a_term())


BIRDS: Mapping[str, str] = {"3440": "ringdrossel", "3441": "fiskemaake"}
"""The word of each town, by its number."""


def canaries(town: Town) -> frozenset[str]:
    """Puts the town's word into every text that somebody wrote there; what to listen for, phone numbers included."""
    bird, phones = BIRDS[town.municipality.code], set()
    with keep(town.db):
        for mapper in sorted(Base.registry.mappers, key=lambda one: str(one.local_table)):
            if issubclass(mapper.class_, Tenanted) and mapper.class_ is not StepTaken:
                for row in town.db.scalars(select(mapper.class_)):
                    perch(row, bird)
                    phones.add(getattr(row, "phone", None))
    return frozenset({bird, *(form for one in phones if one for form in (one, phone(one)))})


def perch(row: Any, bird: str) -> None:
    """A canary on each text of one row: "ringdrossel-need-title-7"."""
    table = type(row).__table__
    for column in table.columns:
        plain = isinstance(column.type, String | Text) and not isinstance(column.type, Chosen | HalfHours)
        if not plain or column.key in SPELLED or getattr(row, column.key) is None:
            continue
        canary = f"{bird}-{table.name}-{column.key}-{row.id}"
        if column.key == "phone":
            canary = f"+4759{len(bird):02}{len(table.name) % 10}{row.id % 1000:03}"
        if column.key == "email":
            canary = f"{bird}-{row.id}@kanari.example"
        setattr(row, column.key, canary[: column.type.length])


def everybody(app: Flask, oyer: Town, gausdal: Town) -> dict[str, Someone]:
    """The cast of both towns, by name."""
    towns = {"oyer": oyer, "gausdal": gausdal}
    phones = iter(range(40_000_101, 40_000_200))
    found = {"stranger": Someone(oyer, app)}
    for name, (where, full, roles, workplace) in CAST.items():
        unit = towns[where].builders.a_unit(workplace) if workplace else None
        phone, address = f"+47{next(phones)}", f"{name}vegen 1"
        found[name] = a_person(towns[where], app, full, *roles, unit=unit, phone=phone, address=address)
    return found
