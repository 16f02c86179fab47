"""Mine data: see, download, who has looked, delete."""

from __future__ import annotations

import json
from typing import Any

from flask import (
    Response,
    after_this_request,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import logout_user
from wtforms import BooleanField

from samskap.models import Person, Volunteer
from samskap.models.session import fold_log
from samskap.permissions import Can
from samskap.privacy import how_long
from samskap.services import own_data
from samskap.text import phone
from samskap.web.blueprint import Pages, recent_password
from samskap.web.forms.base import Filled, Form
from samskap.web.forms.signup import CorrectForm
from samskap.web.own_values import Wording, opened_names
from samskap.web.paging import page_of

pages = Pages("my_data", __name__)


class EraseForm(Form):
    """One box that says what will happen."""

    sure = BooleanField(
        _l("Jeg vil slette alt om meg her. Det kan ikke angres."), [Filled(_l("Kryss av for at du vil slette alt."))],
    )  # fmt: skip


@pages.shows("/mine-data", needs=Can.SEE_MY_DATA)
def show() -> str:
    """Every value with why it is kept and for how long, and who has been shown what."""
    wording = Wording()
    lines = [
        (_(one.word.why), said, how_long(one.word, locale=g.locale))
        for _table, row in own_data.held_about(g.db, g.actor)
        for one in row
        if (said := wording.of(one))
    ]
    return render_template(
        "my_data/show.html",
        page=page_of(lines, size=50),
        seen=own_data.shown_to_others(g.db, g.actor),
        opened=opened_names(),
        offers=g.db.get(Volunteer, g.actor.id) is not None,
    )


@pages.asks("/mine-data/rett", needs=Can.SEE_MY_DATA)
def correct() -> Any:
    """One's name, phone and language; the rest is put right where it was written."""
    person = g.db.get_one(Person, g.actor.id)
    shown = phone(person.phone) if person.phone else ""
    form = CorrectForm(data={"name": person.name, "phone": shown, "locale": person.locale})
    form.fill()
    if request.method == "POST" and form.validate():
        own_data.correct(g.db, g.actor, name=form.name.data or "", phone=form.e164, locale=form.locale.data)
        flash(_("Lagret."), "success")
        return redirect(url_for("my_data.show"), 303)
    return render_template("my_data/correct.html", form=form), 422 if request.method == "POST" else 200


@pages.shows("/mine-data/last-ned", needs=Can.SEE_MY_DATA)
def download() -> Response:
    """Everything as one JSON file."""
    recent_password()
    told = json.dumps(own_data.export(g.db, g.actor), ensure_ascii=False, indent=1)
    response = make_response(told)
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="mine-data.json"'
    return response


@pages.asks("/mine-data/slett", needs=Can.SEE_MY_DATA)
def erase() -> Any:
    """Asks once, says what happens, and then does it."""
    recent_password()
    form = EraseForm()
    if request.method == "POST" and form.validate():
        own_data.erase(g.db, g.actor, now=g.now)
        after_this_request(_off_the_disk)
        logout_user()
        g.login = None
        flash(_("Alt om deg her er slettet. Takk for at du var med."), "success")
        return redirect(url_for("public.front"), 303)
    return render_template("my_data/erase.html", form=form), 422 if request.method == "POST" else 200


def _off_the_disk(response: Response) -> Response:
    """What was deleted is committed by now; nor is it left in the database's log."""
    engine: Any = current_app.extensions["sqlalchemy"].engine
    fold_log(engine)
    return response
