"""Avklaringer: the register of certificates that were shown. Only the clearance officer opens it."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Field

from samskap.permissions import Can
from samskap.services import clearances
from samskap.services.steps import Refused
from samskap.text import Text
from samskap.web.blueprint import Pages
from samskap.web.forms.base import Filled, Form, day, radios
from samskap.web.paging import page_of, searched
from samskap.web.words import say

pages = Pages("clearances", __name__)


class ShownForm(Form):
    """A certificate that was shown: for which role, and two dates. Never the paper itself."""

    key = radios(_l("Hvilken rolle?"), Filled(_l("Velg hvilken rolle attesten gjelder.")))
    issued_on = day(_l("Datoen på attesten"), required=True)
    seen_on = day(_l("Dagen du så attesten"), required=True)

    def fill(self) -> None:
        """The legal bases that kinds of task here have."""
        found = sorted(clearances.requirements().items())
        self.key.choices = [(key, f"{say(one.basis.role)} ({one.basis.citation})") for key, one in found]

    def faulty(self, why: Text) -> Field:
        """The field that a refusal is about."""
        fields = {clearances.IN_FUTURE: self.seen_on, clearances.HELD_ALREADY: self.key, clearances.ONES_OWN: self.key}
        return fields.get(why, self.issued_on)


@pages.shows("/avklaringer", needs=Can.SEE_CLEARANCE)
def register() -> str:
    """What holds now, and whom to register for."""
    name = searched("navn")
    return render_template(
        "clearances/register.html",
        page=page_of(clearances.register_page(g.db, g.actor, name=name)),
        people=clearances.volunteers_named(g.db, g.actor, name) if name else [],
        roles={key: say(one.basis.role) for key, one in clearances.requirements().items()},
        name=name,
    )


@pages.asks("/avklaringer/<int:person_id>/vist", needs=Can.RECORD_CLEARANCE)
def shown(person_id: int) -> Any:
    """Register that a certificate was shown."""
    person = clearances.volunteer_named(g.db, g.actor, person_id)
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
            form.fault(form.faulty(why.text), say(why.text))
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
