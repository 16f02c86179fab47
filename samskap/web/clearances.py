"""Avklaringer: the register of certificates that were shown. Only the clearance officer opens it."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField

from samskap.models import Person, Volunteer
from samskap.permissions import Can
from samskap.services import clearances, kinds
from samskap.services.steps import Missing, Refused
from samskap.web.blueprint import Pages
from samskap.web.forms.base import Filled, Form
from samskap.web.paging import page_of
from samskap.web.words import say

pages = Pages("clearances", __name__)


class ShownForm(Form):
    """A certificate that was shown: for which role, and two dates. Never the paper itself."""

    key = RadioField(_l("Hvilken rolle?"), [Filled(_l("Velg hvilken rolle attesten gjelder."))])
    issued_on = DateField(_l("Datoen på attesten"), [Filled()])
    seen_on = DateField(_l("Når så du den?"), [Filled()])

    def fill(self) -> None:
        """The legal bases that kinds of task here have."""
        found = {one.key: one for kind in kinds.kinds() for one in kinds.requirements_of(kind)}
        self.key.choices = [
            (key, f"{say(one.basis.role)} ({one.basis.citation})") for key, one in sorted(found.items())
        ]


@pages.shows("/avklaringer", needs=Can.SEE_CLEARANCE)
def register() -> str:
    """What holds now, and whom to register for."""
    name = request.args.get("navn", "").strip()[:80]
    return render_template(
        "clearances/register.html",
        page=page_of(clearances.register_page(g.db, g.actor, name=name)),
        people=clearances.volunteers_named(g.db, g.actor, name) if name else [],
        roles={one.key: say(one.basis.role) for kind in kinds.kinds() for one in kinds.requirements_of(kind)},
        name=name,
    )


@pages.asks("/avklaringer/<int:person_id>/vist", needs=Can.RECORD_CLEARANCE)
def shown(person_id: int) -> Any:
    """Register that a certificate was shown."""
    person = g.db.get(Person, person_id)
    if person is None or g.db.get(Volunteer, person_id) is None:
        raise Missing("Person")
    form = ShownForm()
    form.fill()
    if request.method == "POST" and form.validate():
        assert form.issued_on.data is not None
        assert form.seen_on.data is not None
        try:
            clearances.show_certificate(
                g.db,
                g.actor,
                person_id=person_id,
                key=form.key.data,
                issued_on=form.issued_on.data,
                seen_on=form.seen_on.data,
                now=g.now,
            )
        except Refused as why:
            form.fault(form.issued_on, say(why.text))
        else:
            flash(_("%(name)s er avklart.", name=person.name), "success")
            return redirect(url_for("clearances.register"), 303)
    return render_template("clearances/shown.html", form=form, person=person), 422 if request.method == "POST" else 200


@pages.changes("/avklaringer/<int:clearance_id>/avslutt", needs=Can.RECORD_CLEARANCE)
def end(clearance_id: int) -> Response:
    """The role is over; what was shown counts no more."""
    clearances.end(g.db, g.actor, clearance_id, now=g.now)
    flash(_("Avklaringen gjelder ikke lenger."), "success")
    return redirect(url_for("clearances.register"), 303)
