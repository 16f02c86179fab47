"""Taushetserklæring: read and signed here, or registered from paper by a coordinator."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from samskap.models import Assignment, Person
from samskap.permissions import Can
from samskap.services import declarations, legal_texts
from samskap.services.steps import Missing, Refused
from samskap.web.blueprint import Pages
from samskap.web.forms.declarations import PaperForm, SignForm
from samskap.web.words import say
from samskap.workflows.assignment import MET, AssignmentState

pages = Pages("declarations", __name__)


@pages.asks("/taushetserklaering", needs=Can.SIGN_DECLARATION)
def sign() -> Any:
    """The text, and the promise."""
    form = SignForm()
    if request.method == "POST" and form.validate():
        declarations.sign(g.db, g.actor, language=g.locale, now=g.now)
        flash(_("Takk. Taushetserklæringen er signert."), "success")
        return redirect(_where_next(), 303)
    page = render_template(
        "declarations/sign.html",
        text=legal_texts.declaration(),
        form=form,
        signed=declarations.signed(g.db, g.actor.id),
        waiting=_newest(AssignmentState.AGREED) is not None,
    )
    return page, 422 if request.method == "POST" else 200


def _where_next() -> str:
    """To the assignment that was opened by it, if any."""
    opened = _newest(*MET)
    return url_for("assignments.show", assignment_id=opened) if opened else url_for("declarations.sign")


def _newest(*states: AssignmentState) -> int | None:
    query = select(Assignment.id).where(Assignment.volunteer_id == g.actor.id, Assignment.state.in_(sorted(states)))
    found: int | None = g.db.scalar(query.order_by(Assignment.opened_at.desc(), Assignment.id.desc()).limit(1))
    return found


@pages.asks("/frivillige/<int:volunteer_id>/taushetserklaering", needs=Can.REGISTER_FOR_SOMEONE)
def register(volunteer_id: int) -> Any:
    """A signature on paper."""
    person = g.db.get(Person, volunteer_id)
    if person is None or person.erased_at is not None:
        raise Missing("Person")
    form = PaperForm()
    if request.method == "POST" and form.validate() and _registered(volunteer_id, form):
        flash(_("Taushetserklæringen er registrert."), "success")
        return redirect(url_for("volunteers.show", volunteer_id=volunteer_id), 303)
    text, signed = legal_texts.declaration(), declarations.signed(g.db, volunteer_id)
    page = render_template("declarations/register.html", text=text, form=form, person=person, signed=signed)
    return page, 422 if request.method == "POST" else 200


def _registered(volunteer_id: int, form: PaperForm) -> bool:
    """False with a sentence in the form when it cannot be so."""
    signed_on = form.signed_on.data
    assert signed_on is not None, "the form has asked for it"
    try:
        declarations.register_paper(g.db, g.actor, volunteer_id, signed_on=signed_on, language=g.locale, now=g.now)
    except Refused as refusal:
        form.fault(form.signed_on, say(refusal.text))
        return False
    return True
