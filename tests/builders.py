"""Things for the people of the cast: one line each, saying only what matters to the test; the rest follows.

    an_offer(volunteer=kari, state=S.SENT)

makes the need, its consent, the proposal and the offer, with the counts that would stand there had it all been done by
hand, and commits them. History and notices are left empty: what a test then finds there came from what it tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest
from sqlalchemy import select

from samskap.models import (
    Assignment,
    Association,
    Audience,
    Away,
    Base,
    Block,
    Clearance,
    ClearanceKind,
    Consent,
    ConsentGiven,
    Meeting,
    Mode,
    Need,
    NeedTerm,
    NeedWindow,
    Offer,
    OwnWord,
    Person,
    Proposal,
    Requirement,
    Side,
    Term,
    Times,
    Unit,
    Volunteer,
    VolunteerTerm,
    WordKind,
)
from samskap.models.session import TenantSession
from samskap.services import facts, terms
from samskap.text import today
from samskap.workflows.assignment import LIVE, AssignmentState, Ending
from samskap.workflows.meeting import MeetingState
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.volunteer import VolunteerState
from tests.town import Town, keep, kept

if TYPE_CHECKING:
    from tests.cast import Someone

Row = TypeVar("Row", bound=Base)
EXPLANATION: dict[str, Any] = {"verdicts": [], "points": [], "numbers": {}}
SEATED = frozenset({OfferState.SENT, OfferState.ACCEPTED})
"""Offers that take up one of the need's seats, unless what came of them is over."""


Build = TypeVar("Build", bound=Callable[..., Any])


def in_one_go(build: Build) -> Build:
    """All that one builder makes is one transaction."""

    @wraps(build)
    def whole(self: Builders, *arguments: Any, **options: Any) -> Any:
        with keep(self.db):
            return build(self, *arguments, **options)

    return cast("Build", whole)


class Builders:
    """What can be built in one municipality."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.db = town.db

    @property
    def now(self) -> datetime:
        """The time on the town's clock."""
        return self.town.clock()

    def add(self, row: Row) -> Row:
        """One row, committed."""
        with keep(self.db):
            kept(self.db, row)
            _touch(self.db, row)
        return row

    # people

    def a_unit(
        self, name: str = "Tretten omsorgssenter", sector: str = "everyday_rehabilitation", **columns: Any
    ) -> Unit:
        """A place where professionals work; the one of that name if it stands there already."""
        return self.add(Unit(name=name, sector=sector, **columns))

    def a_person(self, name: str = "Berit Bakke", **columns: Any) -> Person:
        """Somebody without an account."""
        return self.add(
            Person(**{"name": name, "created_at": self.now, "confirmed_at": self.now, "source": "assisted", **columns})
        )

    @in_one_go
    def a_volunteer(
        self, name: str = "Berit Bakke", state: VolunteerState = VolunteerState.READY, **columns: Any
    ) -> Volunteer:
        """Somebody without an account who gives."""
        person = self.a_person(name)
        return self.add(Volunteer(**{"id": person.id, "state": state, "registered_at": self.now, **columns}))

    def a_volunteer_of(self, state: VolunteerState, **columns: Any) -> Volunteer:
        """Somebody with an account who gives, in any state."""
        return self.a_volunteer(state=state, **columns)

    def a_term(self, key: str = "drive", kind: WordKind = WordKind.RESOURCE, **columns: Any) -> Term:
        """A word of the vocabulary."""
        return self.add(Term(**{"kind": kind, "key": key, "nb": key, "nn": key, "en": key, **columns}))

    def the_vocabulary(self) -> None:
        """The words that every municipality begins with."""
        with keep(self.db):
            terms.stock(self.db)

    def word(self, key: str, kind: WordKind = WordKind.RESOURCE) -> Term:
        """A word of that vocabulary."""
        return self.db.scalars(select(Term).where(Term.kind == kind, Term.key == key)).one()

    def gives(self, volunteer: Someone | Volunteer, term: Term, level: int = 0) -> VolunteerTerm:
        """A volunteer's word."""
        return self.add(VolunteerTerm(volunteer_id=volunteer.id, term_id=term.id, level=level))

    def an_own_word(self, volunteer: Someone | Volunteer, words: str = "kan slå med ljå") -> OwnWord:
        """A resource in the volunteer's own words."""
        return self.add(OwnWord(volunteer_id=volunteer.id, words=words))

    def away(self, volunteer: Someone | Volunteer, first: date, last: date) -> Away:
        """Days on which a volunteer is away."""
        return self.add(Away(volunteer_id=volunteer.id, first_day=first, last_day=last))

    def a_block(self, person: Someone | Person, other: Someone | Person) -> Block:
        """That one does not want to meet another."""
        return self.add(Block(person_id=person.id, other_id=other.id))

    def a_clearance(
        self, person: Someone | Person, key: str, kind: ClearanceKind = ClearanceKind.CERTIFICATE, **columns: Any
    ) -> Clearance:
        """That a requirement was met."""
        issued_on = today(self.now) - timedelta(days=30) if kind is ClearanceKind.CERTIFICATE else None
        told = {"kind": kind, "key": key, "seen_on": today(self.now), "made_at": self.now, "issued_on": issued_on}
        told |= columns
        return self.add(Clearance(person_id=person.id, **told))

    def an_association(self, contact: Someone | Person, name: str = "Øyer Turlag", **columns: Any) -> Association:
        """An organisation of the place."""
        return self.add(Association(**{"name": name, "contact_id": contact.id, "created_at": self.now, **columns}))

    # the chain from need to meeting

    @in_one_go
    def a_need(
        self,
        *,
        state: NeedState = NeedState.OPEN,
        posted_by: Someone | Person | None = None,
        recipient: Someone | Person | None = None,
        consent: bool = True,
        windows: Iterable[tuple[int, int]] = (),
        requires: Iterable[str] = (),
        terms: Iterable[Term] = (),
        wishes: Iterable[Term] = (),
        **columns: Any,
    ) -> Need:
        """A need for one person, open and with consent on file unless said otherwise; `terms` are required."""
        poster = posted_by or recipient or self.a_person("Unni Utsender")
        spans = list(windows)
        told = {
            "kind": "walking_friend", "title": "Turvenn på Tretten", "task": "Gå tur en gang i uka.",
            "audience": Audience.PERSON, "mode": Mode.OUTDOORS, "place": "Tretten", "postcode": "2635",
            "lat": 61.3133, "lon": 10.3083,
            "times": Times.ANY if spans else Times.NONE, "created_at": self.now, "unit_id": _unit_of(poster), **columns,
        }  # fmt: skip
        if state is not NeedState.DRAFT:
            told.setdefault("published_at", self.now)
        if state is NeedState.CLOSED:
            told = {"outcome": Outcome.FULFILLED, "closed_at": self.now, **told}
        recipient_id = recipient.id if recipient else None
        need = self.add(Need(state=state, posted_by_id=poster.id, recipient_id=recipient_id, **told))
        for order, (start, end) in enumerate(spans):
            self.db.add(NeedWindow(need_id=need.id, place_in_order=order, start_minute=start, end_minute=end))
        for key in requires:
            self.db.add(Requirement(need_id=need.id, key=key, basis=key.partition(":")[2]))
        for term in terms:
            self.db.add(NeedTerm(need_id=need.id, term_id=term.id, required=True))
        for term in wishes:
            self.db.add(NeedTerm(need_id=need.id, term_id=term.id))
        if consent:
            self.a_consent(need, recipient=recipient, recorded_by=poster)
        return need

    def a_consent(
        self, need: Need, *, recipient: Someone | Person | None = None, recorded_by: Someone | Person, **columns: Any
    ) -> Consent:
        """That the recipient agreed."""
        told = {"given": ConsentGiven.SPOKEN, "given_on": today(self.now), "recorded_at": self.now, **columns}
        person_id = recipient.id if recipient else None
        return self.add(Consent(need_id=need.id, person_id=person_id, recorded_by_id=recorded_by.id, **told))

    @in_one_go
    def a_proposal(
        self,
        *,
        volunteer: Someone | Volunteer | None = None,
        need: Need | None = None,
        state: ProposalState = ProposalState.PROPOSED,
        **columns: Any,
    ) -> Proposal:
        """A pair that the engine found."""
        told = {
            "points": 70,
            "rank": 1,
            "explanation": EXPLANATION,
            "fingerprint": "0" * 64,
            "made_at": self.now,
            **columns,
        }
        return self.add(
            Proposal(
                need_id=(need or self.a_need()).id,
                volunteer_id=(volunteer or self.a_volunteer()).id,
                state=state,
                **told,
            )
        )

    @in_one_go
    def an_offer(
        self,
        *,
        volunteer: Someone | Volunteer | None = None,
        need: Need | None = None,
        state: OfferState = OfferState.SENT,
        **columns: Any,
    ) -> Offer:
        """What a volunteer was asked; a seat is taken while it is out or was answered with a yes."""
        need = need or self.a_need()
        decided = ProposalState.APPROVED if state in SEATED else ProposalState.OUTDATED
        proposal = self.a_proposal(volunteer=volunteer, need=need, state=decided, decided_at=self.now)
        told = {"sent_at": self.now, "expires_at": self.now + timedelta(days=3), **columns}
        if state is not OfferState.SENT:
            told.setdefault("answered_at", self.now)
        need.taken += state in SEATED
        ties = {"proposal_id": proposal.id, "need_id": need.id, "volunteer_id": proposal.volunteer_id}
        return self.add(Offer(state=state, **ties, **told))

    @in_one_go
    def an_assignment(
        self,
        *,
        volunteer: Someone | Volunteer | None = None,
        need: Need | None = None,
        recipient: Someone | Person | None = None,
        posted_by: Someone | Person | None = None,
        state: AssignmentState = AssignmentState.ASKED,
        **columns: Any,
    ) -> Assignment:
        """What the volunteer has said yes to; over, it takes up no seat."""
        need = need or self.a_need(recipient=recipient, posted_by=posted_by)
        offer = self.an_offer(volunteer=volunteer, need=need, state=OfferState.ACCEPTED, insurance_read_at=self.now)
        told = {"created_at": self.now, **columns}
        if state is AssignmentState.ENDED:
            told = {"ending": Ending.PLANNED, "ended_at": self.now, **told}
        if state not in LIVE:
            need.taken -= 1
            self.db.get_one(Proposal, offer.proposal_id).state = ProposalState.OUTDATED
        return self.add(Assignment(offer_id=offer.id, need_id=need.id, state=state, **_ties(offer, need), **told))

    @in_one_go
    def a_meeting(
        self, *, assignment: Assignment | None = None, state: MeetingState = MeetingState.SUGGESTED, **columns: Any
    ) -> Meeting:
        """A session, suggested by the volunteer for tomorrow at the same hour."""
        assignment = assignment or self.an_assignment(state=AssignmentState.OPENED)
        starts = self.now + timedelta(days=1)
        told = {"suggested_by": Side.VOLUNTEER, "starts_at": starts, "ends_at": starts + timedelta(hours=1), **columns}
        return self.add(Meeting(assignment_id=assignment.id, state=state, **_ties(assignment, assignment), **told))


def _touch(db: TenantSession, row: Base) -> None:
    """The engine reads anew what a row says of a volunteer or a need."""
    volunteer_id = (
        row.id if isinstance(row, Volunteer) else getattr(row, "volunteer_id", getattr(row, "person_id", None))
    )
    need_id = row.id if isinstance(row, Need) else getattr(row, "need_id", None)
    if volunteer_id is not None:
        facts.touch(db, volunteer_id)
    if need_id is not None:
        facts.touch_need(db, need_id)


def _ties(given: Offer | Assignment, asked: Need | Assignment) -> dict[str, Any]:
    """Whose a thing is: the volunteer of one row, the other side of another."""
    return {
        "volunteer_id": given.volunteer_id,
        "recipient_id": asked.recipient_id,
        "posted_by_id": asked.posted_by_id,
        "unit_id": asked.unit_id,
    }


def _unit_of(poster: Any) -> int | None:
    """The unit of a professional of the cast."""
    unit = getattr(poster, "unit", None)
    return unit.id if unit is not None else None


def _fixture(name: str) -> Any:
    """A fixture that gives one builder of Øyer."""

    def build(builders: Builders) -> Any:
        return getattr(builders, name)

    return pytest.fixture(build, name=name)


a_unit = _fixture("a_unit")
a_person = _fixture("a_person")
a_volunteer = _fixture("a_volunteer")
a_term = _fixture("a_term")
a_clearance = _fixture("a_clearance")
an_association = _fixture("an_association")
a_need = _fixture("a_need")
a_consent = _fixture("a_consent")
a_proposal = _fixture("a_proposal")
an_offer = _fixture("an_offer")
an_assignment = _fixture("an_assignment")
a_meeting = _fixture("a_meeting")
