"""Vi er en forening: registered by a contact person, listed for the coordinator."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from samskap.permissions import Can
from samskap.services import associations, kinds
from samskap.services.associations import AssociationWords
from samskap.services.steps import Refused
from samskap.web.blueprint import Pages
from samskap.web.forms.base import Form, line, paragraph, pick
from samskap.web.paging import page_of_rows
from samskap.web.words import say

pages = Pages("associations", __name__)


class AssociationForm(Form):
    """Who you are, and what you can bring."""

    name = line(_l("Navn på foreningen"), most=160, required=True)
    orgnr = line(_l("Organisasjonsnummer"), most=20)
    icnpo = pick(_l("Hva driver dere med?"))
    offers = paragraph(_l("Hva kan dere bidra med?"), most=1_000, required=True)
    place = line(_l("Hvor holder dere til?"), most=80)

    def fill(self) -> None:
        """The categories of voluntary work."""
        self.icnpo.choices = [("", _("Velg")), *((one.code, say(one.label)) for one in kinds.icnpo())]

    def validate_orgnr(self, field: Field) -> None:
        """Nine digits that fit together, spaces or not."""
        if field.data and not associations.is_orgnr(self.digits()):
            raise ValidationError(_("Organisasjonsnummer må ha ni siffer. Se etter om noe er byttet om."))

    def digits(self) -> str:
        """The organisation number without the spaces that people write in it."""
        return (self.orgnr.data or "").replace(" ", "").replace("\u00a0", "")

    def words(self) -> AssociationWords:
        """The form as the service takes it."""
        return AssociationWords(
            name=self.name.data or "", orgnr=self.digits() or None, icnpo=self.icnpo.data or None,
            offers=self.offers.data or "", place=self.place.data or "",
        )  # fmt: skip


@pages.asks("/vi-er-en-forening", needs=Can.REGISTER_ASSOCIATION)
def register() -> Any:
    """Register an association with oneself as its contact person."""
    form = AssociationForm()
    form.fill()
    if request.method == "POST" and form.validate():
        try:
            associations.register(g.db, g.actor, form.words(), now=g.now)
        except Refused as why:
            form.fault(form.orgnr, say(why.text))
        else:
            flash(_("Takk. Foreningen er registrert, og koordinatoren tar kontakt."), "success")
            return redirect(url_for("my_page.show"), 303)
    return render_template("associations/register.html", form=form), 422 if request.method == "POST" else 200


@pages.shows("/foreninger", needs=Can.SEE_ASSOCIATIONS)
def all_associations() -> str:
    """Every association, with whom to ring."""
    return render_template("associations/all.html", page=page_of_rows(g.db, associations.every()))
