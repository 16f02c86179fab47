"""Avtale: where it stands, what waits for whom, the other's contact details once both have said yes, and the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from samskap.models import Assignment, Audience, Meeting, Need, Person, Side, Term, Unit, VolunteerTerm, WordKind
from samskap.permissions import Can, Role, may
from samskap.services import assignments, declarations, kinds, meetings, needs, openings
from samskap.services.steps import find
from samskap.text import name_list, session_in_words
from samskap.web.blueprint import Pages
from samskap.web.forms.assignments import ConfirmForm, ContactForm, EndForm, WhyForm, ending_names
from samskap.web.offers import how_far, with_whom
from samskap.web.paging import page_of_rows
from samskap.web.shown import as_shown, word_of
from samskap.web.told import told_of
from samskap.workflows.assignment import MET, AssignmentState, Ending
from samskap.workflows.meeting import MeetingState

pages = Pages("assignments", __name__)
S = AssignmentState


def state_names() -> Mapping[str, str]:
    """The states of an assignment on screen."""
    return {
        S.ASKED: _("Venter på ja fra mottakersiden"),
        S.AGREED: _("Begge har sagt ja"),
        S.OPENED: _("Kontakt åpnet"),
        S.RUNNING: _("I gang"),
        S.ENDED: _("Avsluttet"),
        S.REFUSED: _("Mottakersiden sa nei"),
        S.WITHDRAWN: _("Falt bort"),
    }


# Lists


@dataclass(frozen=True, kw_only=True)
class Line:
    """One assignment in a list."""

    id: int
    title: str
    state: AssignmentState
    said: str
    """The state in words."""
    since: datetime
    volunteer: str
    """Empty for those who may not know yet."""


def state_of(assignment: Assignment) -> str:
    """Where it stands, said to the one who looks: what waits for an answer waits for them, if they may give it."""
    if assignment.state is S.ASKED and standing(assignment).answers:
        return _("Venter på svar fra deg")
    return state_names()[assignment.state]


@pages.shows("/avtaler", needs=Can.SEE_CANDIDATES)
def all_assignments() -> str:
    """Every assignment of the municipality, for the coordinator."""
    chosen = request.args.get("tilstand", "")
    states = [S(chosen)] if chosen in set(S) else []
    page = page_of_rows(g.db, assignments.everyone(g.actor, states=states))
    lines = _lines(page.items, named=True)
    return render_template("assignments/all.html", page=page, lines=lines, states=state_names(), chosen=chosen)


@pages.shows("/mine-avtaler", needs=Can.SEE_MY_PAGE)
def mine() -> str:
    """My own, as a volunteer, a recipient or a professional."""
    page = page_of_rows(g.db, assignments.mine(g.actor))
    return render_template("assignments/mine.html", page=page, lines=_lines(page.items, named=False))


def _lines(found: Sequence[Assignment], *, named: bool) -> list[Line]:
    titles = _column(Need.id, Need.title, {one.need_id for one in found})
    names = _column(Person.id, Person.name, {one.volunteer_id for one in found}) if named else {}
    return [
        Line(
            id=one.id,
            title=titles[one.need_id],
            state=one.state,
            said=state_names()[one.state] if named else state_of(one),
            since=one.created_at,
            volunteer=names.get(one.volunteer_id, ""),
        )
        for one in found
    ]


def _column(key: Any, value: Any, ids: set[int]) -> Mapping[int, str]:
    return {row[0]: row[1] for row in g.db.execute(select(key, value).where(key.in_(sorted(ids))))}


# One assignment


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How to reach one person of the other side."""

    name: str
    role: str
    phone: str | None = None
    email: str | None = None
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one person stands to an assignment: which side, and what that side may do now."""

    side: Side
    coordinates: bool
    """Nothing to do with it but to coordinate."""
    answers: bool
    """May say yes or no for the recipient's side."""


def standing(assignment: Assignment) -> Standing:
    """Where this request's actor stands."""
    coordinates = (
        assignments.is_only_coordinator(g.actor, assignment)
        and g.actor.id != assignment.volunteer_id
        and Role.COORDINATOR in g.actor.roles
    )
    side = assignments.side_of(g.actor, assignment)
    by_phone = not coordinates or not assignments.has_account(g.db, assignment.recipient_id)
    answers = side is Side.RECIPIENT and may(g.actor, Can.CONFIRM_ASSIGNMENT, assignment) and by_phone
    return Standing(side=side, coordinates=coordinates, answers=answers)


@pages.shows("/avtaler/<int:assignment_id>", needs=Can.SEE_ASSIGNMENT)
def show(assignment_id: int) -> str:
    """One assignment, seen from the side of whoever looks."""
    assignment = find(g.db, g.actor, Can.SEE_ASSIGNMENT, Assignment, assignment_id)
    need = g.db.get_one(Need, assignment.need_id)
    stands = standing(assignment)
    return render_template(
        "assignments/show.html",
        assignment=assignment,
        need=need,
        stands=stands,
        volunteer_side=stands.side is Side.VOLUNTEER,
        state=state_of(assignment),
        step=_step(assignment),
        shown=as_shown(need, exact=True),
        task=kinds.kind(need.kind),
        whom=with_whom(need) if assignment.recipient_id != g.actor.id else "",
        signed=declarations.signed(g.db, assignment.volunteer_id) is not None,
        reaches=reaches(assignment, stands) if assignment.state in MET else [],
        about=about_volunteer(assignment, need) if stands.side is Side.RECIPIENT else [],
        by_phone=stands.coordinates and not assignments.has_account(g.db, assignment.volunteer_id),
        coming=[_coming(one, assignment) for one in meetings.coming(g.db, assignment, now=g.now)],
        past=meetings.past(g.db, assignment, now=g.now),
        meeting_states=meeting_states(),
        seen=_seen(assignment),
        ending=ending_names()[assignment.ending] if assignment.ending else "",
        told=told_of(assignment, *meetings.all_of(g.db, assignment)),
    )


def _step(assignment: Assignment) -> int:
    """Which of the four steps it has come to; 0 where they no longer say anything."""
    return {S.ASKED: 2, S.AGREED: 3, S.OPENED: 4}.get(assignment.state, 0)


def reaches(assignment: Assignment, stands: Standing) -> list[Reach]:
    """The contact details that this person may see, now that contact is open."""
    found = []
    if stands.side is Side.VOLUNTEER or stands.coordinates:
        found += _recipient_side(assignment)
    if stands.side is Side.RECIPIENT:
        person = g.db.get_one(Person, assignment.volunteer_id)
        found.append(Reach(name=person.name, role=_("frivillig"), phone=person.phone, email=person.email))
    return found


def _recipient_side(assignment: Assignment) -> list[Reach]:
    """The recipient, and the professional whose need it is. A protected address is never shown."""
    found = []
    if assignment.recipient_id is not None:
        person = g.db.get_one(Person, assignment.recipient_id)
        address = "" if person.address_protected else person.address or ""
        found.append(Reach(name=person.name, role=_("den du møter"), phone=person.phone, address=address))
    if assignment.posted_by_id != assignment.recipient_id:
        poster = g.db.get_one(Person, assignment.posted_by_id)
        unit = g.db.get(Unit, assignment.unit_id) if assignment.unit_id is not None else None
        role = _("fagperson ved %(unit)s", unit=unit.name) if unit else _("den som meldte behovet")
        found.append(Reach(name=poster.name, role=role, phone=(unit.phone if unit else "") or None))
    return found


def about_volunteer(assignment: Assignment, need: Need) -> list[str]:
    """What helps the other side to answer, without saying who it is: how far, languages, and what was asked for."""
    query = select(Term).join(VolunteerTerm, VolunteerTerm.term_id == Term.id)
    query = query.where(VolunteerTerm.volunteer_id == assignment.volunteer_id, VolunteerTerm.wish.is_(False))
    has = g.db.scalars(query.order_by(Term.nb)).all()
    asked = {term.id for term, _required in needs.terms_of(g.db, need)}
    languages = [word_of(term) for term in has if term.kind is WordKind.LANGUAGE]
    can = [word_of(term) for term in has if term.id in asked and term.kind is not WordKind.LANGUAGE]
    far = how_far(assignment.volunteer_id, need)
    told = [_("Bor %(distance)s unna.", distance=far)] if far else []
    told += [_("Snakker %(languages)s.", languages=name_list(languages, locale=g.locale))] if languages else []
    return [*told, *([_("Kan %(words)s.", words=name_list(can, locale=g.locale))] if can else [])]


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A meeting that is suggested or agreed, and what this person may do with it."""

    id: int
    when: str
    place: str
    agreed: bool
    answers: bool
    """Whether it waits for this person's yes."""
    begun: bool


def _coming(meeting: Meeting, assignment: Assignment) -> Coming:
    agreed = meeting.state is MeetingState.PLANNED
    mine = meetings.speaks_for(g.db, g.actor, assignment, meeting) is meeting.suggested_by
    return Coming(
        id=meeting.id,
        when=session_in_words(meeting.starts_at, meeting.ends_at, now=g.now, locale=g.locale),
        place=meeting.place,
        agreed=agreed,
        answers=not agreed and not mine and meeting.starts_at > g.now,
        begun=meeting.starts_at <= g.now,
    )


def meeting_states() -> Mapping[str, str]:
    """What became of a meeting, on screen."""
    return {
        MeetingState.PLANNED: _("Avtalt"),
        MeetingState.HELD: _("Dere møttes"),
        MeetingState.EXCUSED: _("Meldt forfall"),
        MeetingState.NO_SHOW: _("Dere møttes ikke"),
        MeetingState.SUGGESTED: _("Foreslått"),
        MeetingState.CALLED_OFF: _("Avlyst"),
    }


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One opening of contact details, in words."""

    what: str
    at: datetime


def _seen(assignment: Assignment) -> list[Seen]:
    """Whose contact details were shown to whom; told to everybody who has a part in it."""
    roles = {
        assignment.posted_by_id: "poster",
        assignment.recipient_id: "recipient",
        assignment.volunteer_id: "volunteer",
        g.actor.id: "me",
    }
    words = _seen_in_words()
    rows = openings.of_assignment(g.db, assignment)
    return [
        Seen(what=words[roles.get(row.seen_by_id, "recipient"), roles.get(row.person_id, "recipient")], at=row.at)
        for row in rows
    ]


def _seen_in_words() -> Mapping[tuple[str, str], str]:
    """Who saw whose contact details."""
    return {
        ("me", "volunteer"): _("Du fikk se kontaktopplysningene til den frivillige."),
        ("me", "recipient"): _("Du fikk se kontaktopplysningene til mottakeren."),
        ("me", "poster"): _("Du fikk se kontaktopplysningene til fagpersonen."),
        ("volunteer", "me"): _("Den frivillige fikk se kontaktopplysningene dine."),
        ("recipient", "me"): _("Mottakeren fikk se kontaktopplysningene dine."),
        ("poster", "me"): _("Fagpersonen fikk se kontaktopplysningene dine."),
        ("volunteer", "recipient"): _("Den frivillige fikk se kontaktopplysningene til mottakeren."),
        ("volunteer", "poster"): _("Den frivillige fikk se kontaktopplysningene til fagpersonen."),
        ("recipient", "volunteer"): _("Mottakeren fikk se kontaktopplysningene til den frivillige."),
        ("poster", "volunteer"): _("Fagpersonen fikk se kontaktopplysningene til den frivillige."),
    }


# Answering


@pages.asks("/avtaler/<int:assignment_id>/ja", needs=Can.CONFIRM_ASSIGNMENT)
def confirm(assignment_id: int) -> Any:
    """The second yes, with what the volunteer needs in order to find the way."""
    assignment = find(g.db, g.actor, Can.CONFIRM_ASSIGNMENT, Assignment, assignment_id)
    assignments.refuse_unless_for_recipient(g.db, g.actor, assignment)
    need = g.db.get_one(Need, assignment.need_id)
    named = assignment.recipient_id is not None or assignments.contact_before(g.db, assignment) is not None
    form: ConfirmForm = ConfirmForm() if named else ContactForm()
    if request.method == "POST" and form.validate():
        assignments.confirm(
            g.db, g.actor, assignment_id, contact=form.contact, place=form.place.data or "", now=g.now
        )  # fmt: skip
        flash(_("Takk. Begge har sagt ja."), "success")
        return _back(assignment_id)
    page = render_template(
        "assignments/confirm.html", assignment=assignment, need=need, form=form, named=named,
        about=about_volunteer(assignment, need), for_oneself=g.actor.id == assignment.recipient_id,
        one_to_one=need.audience is Audience.PERSON,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@pages.asks("/avtaler/<int:assignment_id>/nei", needs=Can.CONFIRM_ASSIGNMENT)
def refuse(assignment_id: int) -> Any:
    """The other side says no thanks."""
    assignment = find(g.db, g.actor, Can.CONFIRM_ASSIGNMENT, Assignment, assignment_id)
    assignments.refuse_unless_for_recipient(g.db, g.actor, assignment)
    return _with_reason(assignment, assignments.refuse, "refuse")


@pages.asks("/avtaler/<int:assignment_id>/trekk", needs=Can.WITHDRAW_FROM_ASSIGNMENT)
def withdraw(assignment_id: int) -> Any:
    """The volunteer goes back on the yes."""
    assignment = find(g.db, g.actor, Can.WITHDRAW_FROM_ASSIGNMENT, Assignment, assignment_id)
    return _with_reason(assignment, assignments.withdraw, "withdraw")


def _with_reason(assignment: Assignment, verb: Any, which: str) -> Any:
    form = WhyForm()
    if request.method == "POST" and form.validate():
        verb(g.db, g.actor, assignment.id, why=form.why.data or "", now=g.now)
        flash(_("Det er notert. De andre får beskjed."), "success")
        return _back(assignment.id)
    need = g.db.get_one(Need, assignment.need_id)
    page = render_template("assignments/no.html", assignment=assignment, need=need, form=form, which=which)
    return page, 422 if request.method == "POST" else 200


@pages.asks("/avtaler/<int:assignment_id>/avslutt", needs=Can.END_ASSIGNMENT)
def end(assignment_id: int) -> Any:
    """It ends, by either side."""
    assignment = find(g.db, g.actor, Can.END_ASSIGNMENT, Assignment, assignment_id)
    form = EndForm()
    form.fill(assignments.endings_for(g.actor, assignment))
    if request.method == "POST" and form.validate():
        assignments.end(
            g.db, g.actor, assignment_id, ending=Ending(form.ending.data), look_on=bool(form.look_on.data),
            again=form.meet_again, why=form.why.data or "", now=g.now,
        )  # fmt: skip
        flash(_("Avtalen er avsluttet. Takk for det dere har gjort."), "success")
        return _back(assignment_id)
    need = g.db.get_one(Need, assignment.need_id)
    asks_on = assignments.side_of(g.actor, assignment) is Side.RECIPIENT
    page = render_template("assignments/end.html", assignment=assignment, need=need, form=form, asks_on=asks_on)
    return page, 422 if request.method == "POST" else 200


def _back(assignment_id: int) -> Response:
    return redirect(url_for("assignments.show", assignment_id=assignment_id), 303)
