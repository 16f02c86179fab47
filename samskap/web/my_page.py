"""Min side: what waits for me, my assignments, my week; my resources, breaks and where I am needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

import matching as engine
from samskap.models import Assignment, Away, Meeting, Need, Offer, Person, Unit, Volunteer, WordKind
from samskap.permissions import Can, visible
from samskap.services import matching, needs, terms, volunteers
from samskap.services.steps import Refused
from samskap.text import distance, week_in_words
from samskap.web import drawing
from samskap.web.blueprint import Pages
from samskap.web.forms.signup import AwayForm, PauseForm, WishesForm
from samskap.web.needs import state_names, when, where
from samskap.web.paging import page_of
from samskap.workflows.assignment import LIVE
from samskap.workflows.meeting import COMING
from samskap.workflows.volunteer import VolunteerState

pages = Pages("my_page", __name__)


@pages.shows("/min-side", needs=Can.SEE_MY_PAGE)
def show() -> str:
    """What waits for me comes first, then what is agreed, then what I offer."""
    volunteer = g.db.get(Volunteer, g.actor.id)
    free = volunteer.free if volunteer and volunteer.free is not None else None
    return render_template(
        "my_page/show.html",
        person=g.db.get_one(Person, g.actor.id),
        volunteer=volunteer,
        offers=_with_titles(volunteers.waiting_offers(g.db, g.actor.id)) if volunteer else [],
        assignments=_assignments(),
        meeting=_next_meeting(),
        own_needs=g.db.scalars(needs.of_citizen(g.actor)).all(),
        states=state_names(),
        week=week_in_words(free.spans(), locale=g.locale) if free is not None else "",
        picture=drawing.week_picture(free=free.spans(), locale=g.locale) if free is not None else None,
        gives=[
            getattr(term, g.locale)
            for term, has in terms.of_volunteer(g.db, g.actor.id)
            if term.kind is WordKind.RESOURCE and not has.wish
        ],
        volunteer_state=state_words(volunteer) if volunteer else "",
    )


def state_words(volunteer: Volunteer) -> str:
    """Where a volunteer stands, said to the volunteer."""
    if volunteer.paused_since is not None:
        return _("Du har pause. Ingen spør deg imens.")
    return {
        VolunteerState.SIGNING_UP: _("Du har begynt å melde deg, men har ikke sendt inn ennå."),
        VolunteerState.REGISTERED: _(
            "Du er med. Vi kan spørre deg om oppgaver uten særskilte krav, og en koordinator tar kontakt."
        ),
        VolunteerState.CONVERSATION: _("Du er med. Vi har avtalt en samtale."),
        VolunteerState.READY: _("Du er klar for alle slags oppgaver."),
        VolunteerState.ACTIVE: _("Du er i gang."),
        VolunteerState.LEFT: _("Du har meldt deg ut. Du er velkommen tilbake når du vil."),
    }[volunteer.state]


def _with_titles(offers: Any) -> list[tuple[Offer, Need]]:
    ids = [offer.need_id for offer in offers]
    found = {need.id: need for need in g.db.scalars(select(Need).where(Need.id.in_(ids)))}
    return [(offer, found[offer.need_id]) for offer in offers]


def _assignments() -> list[tuple[Assignment, str]]:
    query = (
        select(Assignment, Need.title)
        .join(Need, Need.id == Assignment.need_id)
        .where(visible(g.actor, Can.SEE_ASSIGNMENT, Assignment), Assignment.state.in_(sorted(LIVE)))
        .where((Assignment.volunteer_id == g.actor.id) | (Assignment.recipient_id == g.actor.id))
    )
    return [(row.Assignment, row.title) for row in g.db.execute(query.order_by(Assignment.id.desc()))]


def _next_meeting() -> Meeting | None:
    mine = (Meeting.volunteer_id == g.actor.id) | (Meeting.recipient_id == g.actor.id)
    query = select(Meeting).where(mine, Meeting.state.in_(sorted(COMING)), Meeting.starts_at >= g.now)
    found: Meeting | None = g.db.scalars(query.order_by(Meeting.starts_at)).first()
    return found


# Where I am needed


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One need, with the reason why it is shown to me; nothing that identifies anyone."""

    title: str
    unit: str
    when: str
    where: str
    distance: str
    reasons: tuple[str, ...]


@pages.shows("/her-trengs-du-for-meg", needs=Can.SEE_NEEDS_FOR_ME)
def needs_for_me() -> str:
    """Needs in order, the same verdicts seen from the volunteer's side."""
    try:
        held, book, ranking = matching.needs_for(g.db, g.actor.id, now=g.now)
    except KeyError:
        raise Refused(volunteers.NOT_SIGNED_UP) from None
    shown = set(g.db.scalars(select(Need.id).where(needs.shown_to(g.db, g.actor))))
    page = page_of([int(ident) for ident in ranking.eligible if int(ident) in shown], size=10)
    speak = matching.speaker(held.words, g.locale)
    found = {need.id: need for need in g.db.scalars(select(Need).where(Need.id.in_(page.items)))}
    units = dict(g.db.execute(select(Unit.id, Unit.name)).all())
    lines = []
    for ident in page.items:
        why = engine.explain(held.facts, book, need=ident, volunteer=g.actor.id, now=g.now)
        lines.append(_wanted(found[ident], why, speak, units))
    return render_template("my_page/needs_for_me.html", page=page, lines=lines)


def _wanted(need: Need, why: engine.Explanation, speak: matching.Speaker, units: dict[int, str]) -> Wanted:
    good = sorted((part for part in why.soft if part.points), key=lambda part: -part.points)
    return Wanted(
        title=need.title,
        unit=units.get(need.unit_id or 0, ""),
        when=when(need, exact=needs.exact_times_shown(need)),
        where=where(need),
        distance=distance(why.distance_m / 1_000, locale=g.locale) if why.distance_m is not None else "",
        reasons=tuple(speak(part.why) for part in good[:2]),
    )


# What I offer


@pages.asks("/ressursene-mine", needs=Can.CHANGE_RESOURCES)
def resources() -> Any:
    """How much, how far, with whom, and what not."""
    volunteer = volunteers.changeable(g.db, g.actor, _whom())
    has = terms.of_volunteer(g.db, volunteer.id)
    form = WishesForm(
        data={
            "capacity": volunteer.capacity,
            "hours": volunteer.weekly_minutes // 60 if volunteer.weekly_minutes else None,
            "reach_km": volunteer.reach_km,
            "interests": [term.id for term, _has in has if term.kind is WordKind.INTEREST],
            "experience": [term.id for term, _has in has if term.kind is WordKind.EXPERIENCE],
            "experience_shared": volunteer.experience_shared,
            "meet_gender": volunteer.meet_gender or "",
            "not_modes": volunteer.not_modes.split(),
            "not_kinds": volunteer.not_kinds.split(),
            "wishes": volunteer.wishes,
        },
    )
    form.fill(
        {kind: [(term.id, getattr(term, g.locale)) for term in every] for kind, every in terms.in_use(g.db).items()}
    )
    if request.method == "POST" and form.validate():
        volunteers.set_wishes(g.db, volunteer, form.answers())
        volunteers.set_words(g.db, volunteer, WordKind.INTEREST, form.interests.data or ())
        volunteers.set_words(g.db, volunteer, WordKind.EXPERIENCE, form.experience.data or ())
        flash(_("Lagret."), "success")
        return redirect(_back(volunteer), 303)
    return render_template("my_page/resources.html", form=form, volunteer=volunteer, whom=_asked_whom()), _status()


def _for_whom() -> dict[str, Any]:
    """What an address carries on, so that the next page is about the same person."""
    return {"for": _asked_whom()}


def _asked_whom() -> int | None:
    word = request.args.get("for", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None


def _whom() -> int:
    return _asked_whom() or g.actor.id


def _back(volunteer: Volunteer) -> str:
    if volunteer.id == g.actor.id:
        return url_for("my_page.show")
    return url_for("volunteers.show", volunteer_id=volunteer.id)


def _status() -> int:
    return 422 if request.method == "POST" else 200


@pages.asks("/pause", needs=Can.PAUSE_VOLUNTEER)
def pause() -> Any:
    """Take a break, end it, or say which days one is away."""
    volunteer = volunteers.changeable(g.db, g.actor, _whom())
    form, away = PauseForm(), AwayForm(prefix="borte-")
    if request.method == "POST" and "ta-pause" in request.form and form.validate():
        volunteers.pause(g.db, g.actor, volunteer.id, until=form.until.data, now=g.now)
        flash(_("Du har pause. Ingen spør deg imens."), "success")
        return redirect(_back(volunteer), 303)
    if request.method == "POST" and "borte" in request.form and away.validate():
        assert away.first.data is not None
        assert away.last.data is not None
        volunteers.set_away(g.db, volunteer, away.first.data, away.last.data)
        flash(_("Lagret."), "success")
        return redirect(url_for("my_page.pause", **_for_whom()), 303)
    days = g.db.scalars(select(Away).where(Away.volunteer_id == volunteer.id).order_by(Away.first_day)).all()
    return render_template(
        "my_page/pause.html", form=form, away=away, days=days, volunteer=volunteer, whom=_asked_whom()
    ), _status()


@pages.changes("/pause/avslutt", needs=Can.PAUSE_VOLUNTEER)
def resume() -> Response:
    """Back again."""
    volunteer = volunteers.resume(g.db, g.actor, _whom(), now=g.now)
    flash(_("Velkommen tilbake."), "success")
    return redirect(_back(volunteer), 303)


@pages.changes("/pause/hjemme/<int:away_id>", needs=Can.PAUSE_VOLUNTEER)
def not_away(away_id: int) -> Response:
    """At home after all."""
    volunteers.not_away(g.db, volunteers.changeable(g.db, g.actor, _whom()), away_id)
    return redirect(url_for("my_page.pause", **_for_whom()), 303)


@pages.asks("/meld-meg-ut", needs=Can.LEAVE_VOLUNTEER)
def leave() -> Any:
    """A page that asks once, and says what happens."""
    volunteer = volunteers.changeable(g.db, g.actor, _whom())
    if request.method == "POST":
        volunteers.leave(g.db, g.actor, volunteer.id, now=g.now)
        flash(_("Du er meldt ut. Takk for at du var med."), "success")
        return redirect(_back(volunteer), 303)
    return render_template("my_page/leave.html", volunteer=volunteer, whom=_asked_whom())


@pages.changes("/bli-med-igjen", needs=Can.CHANGE_RESOURCES)
def come_back() -> Response:
    """With everything as it was."""
    volunteer = volunteers.come_back(g.db, g.actor, _whom(), now=g.now)
    flash(_("Velkommen tilbake."), "success")
    return redirect(_back(volunteer), 303)
