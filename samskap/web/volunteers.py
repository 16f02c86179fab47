"""Frivillige: the coordinator's list, one person's page, ready in one press, and registering for somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from samskap.models import Assignment, Need, Offer, Person, Volunteer, WordKind
from samskap.permissions import Can
from samskap.services import clearances, declarations, invitations, terms, volunteers
from samskap.services.steps import Missing, Refused, find
from samskap.text import today, week_in_words
from samskap.web import drawing
from samskap.web.blueprint import Pages
from samskap.web.candidates import travel_words
from samskap.web.forms.signup import AssistForm
from samskap.web.paging import page_of_rows, searched
from samskap.web.shown import word_of
from samskap.web.signup import own_words_of
from samskap.web.told import told_of
from samskap.web.words import say
from samskap.workflows.volunteer import VolunteerState, on_a_break

pages = Pages("volunteers", __name__)


def state_names() -> Mapping[str, str]:
    """The states of a volunteer, said to the coordinator."""
    return {
        VolunteerState.REGISTERED: _("Ny"),
        VolunteerState.CONVERSATION: _("Samtale avtalt"),
        VolunteerState.READY: _("Klar"),
        VolunteerState.ACTIVE: _("I gang"),
        VolunteerState.SIGNING_UP: _("Ikke sendt inn"),
        VolunteerState.LEFT: _("Sluttet"),
    }


@pages.shows("/frivillige", needs=Can.SEE_VOLUNTEERS)
def all_volunteers() -> str:
    """Everyone, by name; filtered by state and by part of the name."""
    state, name = request.args.get("tilstand", ""), searched("navn")
    query = select(Volunteer, Person).join(Person, Person.id == Volunteer.id).where(Person.erased_at.is_(None))
    if state in set(VolunteerState):
        query = query.where(Volunteer.state == state)
    if name:
        query = query.where(Person.name.icontains(name, autoescape=True))
    page = page_of_rows(g.db, query.order_by(Person.name, Person.id))
    return render_template(
        "volunteers/all.html",
        page=page,
        resting={row.Volunteer.id for row in page.items if on_a_break(row.Volunteer, today(g.now))},
        states=state_names(),
        chosen=state,
        name=name,
    )


@pages.shows("/frivillige/<int:volunteer_id>", needs=Can.SEE_VOLUNTEERS)
def show(volunteer_id: int) -> str:
    """What one volunteer offers, where they stand, and what may be done."""
    volunteer = find(g.db, g.actor, Can.SEE_VOLUNTEERS, Volunteer, volunteer_id)
    person = g.db.get_one(Person, volunteer_id)
    if person.erased_at is not None:
        raise Missing("Volunteer")
    free = volunteer.free.spans() if volunteer.free is not None else ()
    return render_template(
        "volunteers/show.html",
        volunteer=volunteer,
        person=person,
        state=state_names()[volunteer.state],
        **_words_of(volunteer),
        paused=on_a_break(volunteer, today(g.now)),
        travel=travel_words()[volunteer.travel],
        picture=drawing.week_picture(free=free, locale=g.locale) if free else None,
        week=week_in_words(free, locale=g.locale) if free else "",
        cleared=clearances.is_cleared(g.db, volunteer_id),
        declared=declarations.signed(g.db, volunteer_id) is not None,
        offers=_offers(volunteer_id),
        assignments=_assignments(volunteer_id),
        told=told_of(volunteer),
    )


def _words_of(volunteer: Volunteer) -> dict[str, Any]:
    """What one can, would like to, likes and speaks. What somebody has lived through is theirs alone."""
    has = terms.of_volunteer(g.db, volunteer.id)
    return {
        "gives": [word_of(term) for term, one in has if term.kind is WordKind.RESOURCE and not one.wish],
        "wants": [word_of(term) for term, one in has if term.kind is WordKind.RESOURCE and one.wish],
        "likes": [word_of(term) for term, _one in has if term.kind is WordKind.INTEREST],
        "speaks": [word_of(term) for term, _one in has if term.kind is WordKind.LANGUAGE],
        "own": own_words_of(volunteer),
    }


def _offers(volunteer_id: int) -> Any:
    query = select(Offer, Need.title).join(Need, Need.id == Offer.need_id).where(Offer.volunteer_id == volunteer_id)
    return g.db.execute(query.order_by(Offer.id.desc()).limit(10)).all()


def _assignments(volunteer_id: int) -> Any:
    query = select(Assignment, Need.title).join(Need, Need.id == Assignment.need_id)
    return g.db.execute(
        query.where(Assignment.volunteer_id == volunteer_id).order_by(Assignment.id.desc()).limit(10)
    ).all()


@pages.changes("/frivillige/<int:volunteer_id>/gjor-klar", needs=Can.MAKE_READY)
def make_ready(volunteer_id: int) -> Response:
    """Ready for tasks one-to-one."""
    volunteers.make_ready(g.db, g.actor, volunteer_id, now=g.now)
    flash(_("Klar. Nå kan vi også spørre om oppgaver hjemme hos noen."), "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id), 303)


@pages.changes("/frivillige/<int:volunteer_id>/samtale", needs=Can.MAKE_READY)
def talk(volunteer_id: int) -> Response:
    """A conversation is booked."""
    volunteers.talk(g.db, g.actor, volunteer_id, now=g.now)
    flash(_("Samtalen er notert."), "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id), 303)


@pages.changes("/frivillige/<int:volunteer_id>/inviter", needs=Can.REGISTER_FOR_SOMEONE)
def invite(volunteer_id: int) -> Response:
    """A letter by e-mail with which the person can make an account of their own."""
    find(g.db, g.actor, Can.SEE_VOLUNTEERS, Volunteer, volunteer_id)
    invitations.invite_volunteer(
        g.db, g.actor, volunteer_id, secret=current_app.extensions["config"].secret_key, now=g.now
    )
    flash(_("Invitasjonen er sendt. Uten svar innen 30 dager slettes registreringen."), "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id), 303)


@pages.asks("/frivillige/registrer", needs=Can.REGISTER_FOR_SOMEONE)
def register() -> Any:
    """Begin for someone who will not do it alone; then the same four steps."""
    form = AssistForm(data={"locale": g.municipality.locale})
    form.fill()
    if request.method == "POST" and form.validate():
        try:
            volunteer = volunteers.assist(
                g.db,
                g.actor,
                name=form.name.data or "",
                phone=form.e164,
                email=form.email.data or None,
                locale=form.locale.data,
                now=g.now,
            )
        except Refused as why:
            form.fault(form.phone if form.phone.data else form.email, say(why.text))
        else:
            return redirect(url_for("signup.where") + f"?for={volunteer.id}", 303)
    return render_template("volunteers/register.html", form=form), 422 if request.method == "POST" else 200
