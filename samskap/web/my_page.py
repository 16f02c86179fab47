"""Min side: what waits for me, my assignments, my week; my resources, breaks and where I am needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

import matching as engine
from samskap.models import Assignment, Away, Meeting, Need, Offer, Person, Unit, Volunteer, WordKind
from samskap.permissions import Can, visible
from samskap.services import matching, needs, resources, seen_needs, terms, volunteers, waiting
from samskap.services.waiting import Waits
from samskap.text import distance, period, today, week_in_words
from samskap.web import drawing
from samskap.web.blueprint import Pages
from samskap.web.forms.signup import AwayForm, PauseForm, WishesForm
from samskap.web.paging import Page, page_of
from samskap.web.shown import Shown, as_openings, name_of, state_names, word_of
from samskap.web.signup import own_words_of
from samskap.web.whom import for_whom, home_of, somebody_named, the_volunteer, whom
from samskap.workflows.assignment import LIVE
from samskap.workflows.meeting import COMING
from samskap.workflows.need import NeedState
from samskap.workflows.volunteer import HERE, VolunteerState, on_a_break

pages = Pages("my_page", __name__)

ABOUT_ME = frozenset({"longest_idle", "fewest_running"})
"""Parts of the points that say nothing of the one need rather than another."""
REASONS = 2


@pages.shows("/min-side", needs=Can.SEE_MY_PAGE)
def show() -> str:
    """What waits for me comes first, then what is agreed, then what I offer."""
    volunteer = g.db.get(Volunteer, g.actor.id)
    free = volunteer.free.spans() if volunteer and volunteer.free is not None else ()
    own = g.db.scalars(seen_needs.of_citizen(g.actor)).all()
    person = g.db.get_one(Person, g.actor.id)
    return render_template(
        "my_page/show.html",
        first_name=person.name.partition(" ")[0],
        confirmed=person.confirmed_at is not None,
        volunteer=volunteer,
        offers=_with_titles(volunteers.waiting_offers(g.db, g.actor.id)) if volunteer else [],
        waiting=[(one, waits_in_words()[one.what]) for one in waiting.for_me(g.db, g.actor, now=g.now)],
        assignments=_assignments(),
        meeting=_next_meeting(),
        own_needs=own,
        to_rewrite=[(one, needs.sent_back_because(g.db, one)) for one in own if one.state is NeedState.DRAFT],
        states=state_names(),
        week=week_in_words(free, locale=g.locale) if free else "",
        picture=drawing.week_picture(free=free, locale=g.locale) if free else None,
        gives=_gives(volunteer),
        volunteer_state=state_words(volunteer) if volunteer and person.confirmed_at is not None else "",
        paused=volunteer is not None and on_a_break(volunteer, today(g.now)),
    )


def _gives(volunteer: Volunteer | None) -> list[str]:
    """What one can, in the words of the list and in one's own."""
    held = terms.of_volunteer(g.db, g.actor.id)
    listed = [word_of(term) for term, has in held if term.kind is WordKind.RESOURCE and not has.wish]
    return [*listed, *own_words_of(volunteer)]


def waits_in_words() -> Mapping[Waits, str]:
    """What is waited for, said to the one who is waited for."""
    return {
        Waits.CONFIRM: _("En frivillig har sagt ja. Passer det for deg?"),
        Waits.SIGN: _("Begge har sagt ja. Signer taushetserklæringen, så åpnes kontakten."),
        Waits.MEET: _("Den andre har foreslått en tid. Passer den?"),
    }


def state_words(volunteer: Volunteer) -> str:
    """Where a volunteer stands, said to the volunteer."""
    if volunteer.state in HERE and on_a_break(volunteer, today(g.now)):
        until = volunteer.paused_until
        if until is None:
            return _("Du har pause. Ingen spør deg imens.")
        return _("Du har pause %(until)s. Ingen spør deg imens.", until=_period(None, until))
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


def _period(first: Any, last: Any) -> str:
    return period(first, last, now=g.now, locale=g.locale)


def _with_titles(offers: Sequence[Offer]) -> list[tuple[Offer, Need]]:
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


# ---------------------------------------------------------------- where I am needed


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One need, with the reason why it is shown to me; nothing that identifies anyone."""

    shown: Shown
    unit: str
    distance: str
    reasons: tuple[str, ...]


@pages.shows("/her-trengs-du-for-meg", needs=Can.SEE_NEEDS_FOR_ME)
def needs_for_me() -> str:
    """Needs in order, the same verdicts seen from the volunteer's side."""
    volunteer = volunteers.of_actor(g.db, g.actor)
    page = _page_of_needs()
    return render_template(
        "my_page/needs_for_me.html",
        page=page,
        lines=page.items,
        here=volunteer.state in HERE,
        paused=on_a_break(volunteer, today(g.now)),
    )


def _page_of_needs() -> Page[Wanted]:
    """Empty for who is not asked now: on a break, gone, or with an address that is not confirmed."""
    try:
        held, book, ranking = matching.needs_for(g.db, g.actor.id, now=g.now)
    except KeyError:
        return page_of([])
    shown = set(g.db.scalars(select(Need.id).where(seen_needs.shown_to(g.db, g.actor))))
    page = page_of([int(ident) for ident in ranking.eligible if int(ident) in shown], size=10)
    found = {need.id: need for need in g.db.scalars(select(Need).where(Need.id.in_(page.items)))}
    units = {row.id: row.name for row in g.db.execute(select(Unit.id, Unit.name))}
    speak = matching.speaker(held.words, g.locale)
    lines = []
    for one in as_openings([found[ident] for ident in page.items]):
        why = engine.explain(held.facts, book, need=one.id, volunteer=g.actor.id, now=g.now)
        lines.append(_wanted(one, why, speak, units.get(found[one.id].unit_id or 0, "")))
    return Page(lines, page.number, page.pages, page.total)


def _wanted(shown: Shown, why: engine.Explanation, speak: matching.Speaker, unit: str) -> Wanted:
    good = sorted((part for part in why.soft if part.key not in ABOUT_ME), key=lambda part: -part.points)
    said = [part.speaks_for for part in good if part.speaks_for is not None and part.key != "nearness"]
    return Wanted(
        shown=shown,
        unit=unit,
        distance=distance(why.distance_m / 1_000, locale=g.locale) if why.distance_m is not None else "",
        reasons=tuple(speak(one) for one in said[:REASONS]),
    )


# ---------------------------------------------------------------- what I offer


@pages.asks("/ressursene-mine", needs=Can.CHANGE_RESOURCES)
def wishes() -> Any:
    """How much, how far, with whom, and what not."""
    volunteer = the_volunteer()
    form = WishesForm(data=_wishes_of(volunteer))
    form.fill({kind: [(one.id, name_of(one)) for one in every] for kind, every in terms.in_use(g.db).items()})
    if not (request.method == "POST" and form.validate()):
        page = render_template("my_page/wishes.html", form=form, volunteer=volunteer, somebody=somebody_named())
        return page, _status()
    resources.set_wishes(g.db, volunteer, form.answers())
    resources.set_words(g.db, volunteer, WordKind.INTEREST, form.interests.data or ())
    resources.set_words(g.db, volunteer, WordKind.EXPERIENCE, form.experience.data or ())
    resources.set_wants(g.db, volunteer, form.wants.data or ())
    flash(_("Lagret."), "success")
    return redirect(home_of(volunteer), 303)


def _wishes_of(volunteer: Volunteer) -> dict[str, Any]:
    """A volunteer's wishes, as the form's fields."""
    has = terms.of_volunteer(g.db, volunteer.id)
    return {
        "gender": g.db.get_one(Person, volunteer.id).gender or "",
        "capacity": volunteer.capacity,
        "hours": volunteer.weekly_minutes // 60 if volunteer.weekly_minutes else None,
        "reach_km": volunteer.reach_km,
        "interests": [term.id for term, _one in has if term.kind is WordKind.INTEREST],
        "experience": [term.id for term, _one in has if term.kind is WordKind.EXPERIENCE],
        "wants": [term.id for term, one in has if term.kind is WordKind.RESOURCE and one.wish],
        "experience_shared": volunteer.experience_shared,
        "meet_gender": volunteer.meet_gender or "",
        "not_modes": volunteer.not_modes.split(),
        "not_kinds": volunteer.not_kinds.split(),
        "wishes": volunteer.wishes,
    }


def _status() -> int:
    return 422 if request.method == "POST" else 200


# ---------------------------------------------------------------- breaks, and leaving


@pages.asks("/pause", needs=Can.PAUSE_VOLUNTEER)
def pause() -> Any:
    """Take a break, change its end, or say which days one is away."""
    volunteer = the_volunteer()
    form, away = PauseForm(data={"until": volunteer.paused_until}), AwayForm(prefix="borte-")
    if "ta-pause" in request.form and form.validate():
        volunteers.pause(g.db, g.actor, volunteer.id, until=form.until.data, now=g.now)
        name = somebody_named()
        mine = _("Du har pause. Ingen spør deg imens.")
        flash(_("%(name)s har pause. Ingen spør imens.", name=name) if name else mine, "success")
        return redirect(home_of(volunteer), 303)
    if "borte" in request.form and away.validate():
        resources.set_away(g.db, volunteer, *away.days())
        flash(_("Lagret."), "success")
        return redirect(url_for("my_page.pause", **for_whom()), 303)
    return _pause_page(volunteer, form, away), _status()


def _pause_page(volunteer: Volunteer, form: PauseForm, away: AwayForm) -> str:
    days = select(Away).where(Away.volunteer_id == volunteer.id, Away.last_day >= today(g.now))
    return render_template(
        "my_page/pause.html",
        form=form,
        away=away,
        days=[(one, _period(one.first_day, one.last_day)) for one in g.db.scalars(days.order_by(Away.first_day))],
        volunteer=volunteer,
        paused=on_a_break(volunteer, today(g.now)),
        whom=whom(),
        somebody=somebody_named(),
    )


@pages.changes("/pause/avslutt", needs=Can.PAUSE_VOLUNTEER)
def resume() -> Response:
    """Back again."""
    volunteer = volunteers.resume(g.db, g.actor, the_volunteer().id, now=g.now)
    flash(_("Pausen er slutt.") if whom() else _("Velkommen tilbake."), "success")
    return redirect(home_of(volunteer), 303)


@pages.changes("/pause/hjemme/<int:away_id>", needs=Can.PAUSE_VOLUNTEER)
def not_away(away_id: int) -> Response:
    """At home after all."""
    resources.not_away(g.db, the_volunteer(), away_id)
    return redirect(url_for("my_page.pause", **for_whom()), 303)


@pages.asks("/meld-meg-ut", needs=Can.LEAVE_VOLUNTEER)
def leave() -> Any:
    """A page that asks once, and says what happens."""
    volunteer = the_volunteer()
    if request.method == "POST":
        volunteers.leave(g.db, g.actor, volunteer.id, now=g.now)
        name = somebody_named()
        mine = _("Du er meldt ut. Takk for at du var med.")
        flash(_("%(name)s er meldt ut.", name=name) if name else mine, "success")
        return redirect(home_of(volunteer), 303)
    return render_template("my_page/leave.html", volunteer=volunteer, whom=whom(), somebody=somebody_named())


@pages.changes("/bli-med-igjen", needs=Can.CHANGE_RESOURCES)
def come_back() -> Response:
    """With everything as it was."""
    volunteer = volunteers.come_back(g.db, g.actor, whom() or g.actor.id, now=g.now)
    name = somebody_named()
    flash(_("%(name)s er med igjen.", name=name) if name else _("Velkommen tilbake."), "success")
    return redirect(home_of(volunteer), 303)
