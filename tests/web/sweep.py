"""Every address asked for by everybody: a town with one of each thing, whose they are, and who asks.

The things are Kari's (volunteer), Tor's (recipient) and Ane's (who posted for the home care unit), all in Øyer. Ola,
Gro and Siri are a volunteer, a recipient and a professional who have nothing to do with them; Per, Jon, Odd and Else
are in the neighbouring municipality, where there is one of each thing too.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
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
from samskap.workflows.assignment import AssignmentState
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState
from samskap.workflows.notice import Notice
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import WEEKDAYS, Someone, a_person
from tests.page import BASE
from tests.town import Clock, Town, keep, kept

VISITORS = (
    "stranger", "eva", "kari", "ola", "tor", "gro", "ane", "siri", "mona", "ida", "liv", "grete", "per", "jon", "odd",
    "else",
)  # fmt: skip
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
    """A town with everything in it, and everybody who may come by."""

    app: Flask
    clock: Clock
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
        browser = self.visitors[visit.visitor].browser
        url = self.address(visit.endpoint, fresh=fresh)
        body = {"csrf_token": self.token_of(visit.visitor), **(data or {})} if visit.method == "POST" else None
        response = browser.open(url, method=visit.method, data=body, headers={"Origin": BASE, "Referer": f"{BASE}/"})
        self.heard.append((visit, response))
        return response

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
        with self.app.test_request_context(base_url=BASE):
            return self.app.url_for(endpoint, **values).removeprefix(BASE)

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

    def one_set_aside(self) -> Volunteer:
        """Somebody set aside for the newest need; arguments are made in the order of the alphabet, the need first."""
        newest = self.town.db.scalars(select(Need).order_by(Need.id.desc()).limit(1)).one()
        somebody = self.candidate()
        self.build.a_proposal(volunteer=somebody, need=newest, state=ProposalState.SET_ASIDE)
        return somebody

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
    "candidates.approve.volunteer_id": lambda play: play.candidate().id,
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


def canaries(town: Town, word: str) -> dict[str, str]:
    """Puts a word of its own into every text that somebody wrote in a town: "word-table-column"; which stands where."""
    flown: dict[str, str] = {}
    with keep(town.db):
        for mapper in sorted(Base.registry.mappers, key=lambda one: str(one.local_table)):
            if issubclass(mapper.class_, Tenanted) and mapper.class_ is not StepTaken:
                for row in town.db.scalars(select(mapper.class_)):
                    flown |= perch(row, mapper.class_.__tablename__, word)  # type: ignore[attr-defined]
    return flown


def perch(row: Any, table: str, word: str) -> dict[str, str]:
    """The canaries of one row."""
    found = {}
    for column in type(row).__table__.columns:
        plain = isinstance(column.type, String | Text) and not isinstance(column.type, Chosen | HalfHours)
        if not plain or column.key in SPELLED or getattr(row, column.key) is None:
            continue
        canary = f"{word}-{table}-{column.key}"
        if column.key == "phone":
            canary = "+4759" + f"{abs(hash((word, table))) % 1_000_000:06}"
        if column.key in ("name", "words", "key") or column.unique:
            canary += f"-{row.id}"
        if column.key == "email":
            canary = f"{word}-{row.id}@kanari.example"
        setattr(row, column.key, canary[: column.type.length])
        found[f"{table}.{column.key}"] = canary
    return found


def everybody(app: Flask, clock: Clock, oyer: Town, gausdal: Town) -> dict[str, Someone]:
    """The cast of both towns, by name, with three more who have nothing to do with the things in the play."""
    home_care, school = oyer.builders.a_unit("Hjemmetjenesten"), oyer.builders.a_unit("Skolen", "early_intervention")
    there = gausdal.builders.a_unit("Hjemmetjenesten")
    named: dict[str, tuple[Town, str, tuple[Role, ...], Any]] = {
        "eva": (oyer, "Eva Engen", (), None),
        "kari": (oyer, "Kari Kvam", (Role.VOLUNTEER,), None),
        "ola": (oyer, "Ola Odden", (Role.VOLUNTEER,), None),
        "tor": (oyer, "Tor Tande", (Role.RECIPIENT,), None),
        "gro": (oyer, "Gro Gillund", (Role.RECIPIENT,), None),
        "ane": (oyer, "Ane Ås", (Role.PROFESSIONAL,), home_care),
        "siri": (oyer, "Siri Sæter", (Role.PROFESSIONAL,), school),
        "mona": (oyer, "Mona Moen", (Role.COORDINATOR,), None),
        "ida": (oyer, "Ida Iversen", (Role.CLEARANCE_OFFICER,), None),
        "liv": (oyer, "Liv Lund", (Role.LEADER,), None),
        "grete": (oyer, "Grete Gran", (Role.ADMINISTRATOR,), None),
        "per": (gausdal, "Per Prestrud", (Role.COORDINATOR,), None),
        "jon": (gausdal, "Jon Jevne", (Role.VOLUNTEER,), None),
        "odd": (gausdal, "Odd Olstad", (Role.PROFESSIONAL,), there),
        "else": (gausdal, "Else Enge", (Role.RECIPIENT,), None),
    }
    phones = iter(range(40_000_101, 40_000_200))
    return {"stranger": Someone(oyer, app)} | {
        name: a_person(town, app, full, *roles, unit=unit, phone=f"+47{next(phones)}", address=f"{name}vegen 1")
        for name, (town, full, roles, unit) in named.items()
    }
