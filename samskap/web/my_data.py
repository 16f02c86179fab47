"""Mine data: see, download, who has looked, delete."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import logout_user
from wtforms import BooleanField

from matching.week import Week
from samskap.models import Term
from samskap.permissions import Can
from samskap.privacy import how_long
from samskap.services import own_data
from samskap.services.own_data import Held
from samskap.text import date_with_year, moment_in_words, week_in_words
from samskap.web.blueprint import Pages, recent_password
from samskap.web.forms.base import Filled, Form
from samskap.web.menu import role_name
from samskap.web.paging import page_of
from samskap.web.shown import name_of
from samskap.web.volunteers import state_names as volunteer_states

pages = Pages("my_data", __name__)


class EraseForm(Form):
    """One box that says what will happen."""

    sure = BooleanField(
        _l("Jeg vil slette alt om meg her. Det kan ikke angres."), [Filled(_l("Kryss av for at du vil slette alt."))],
    )  # fmt: skip


@pages.shows("/mine-data", needs=Can.SEE_MY_DATA)
def show() -> str:
    """Every value with why it is kept and for how long, and who has been shown what."""
    lines = [
        (_(one.word.why), said, how_long(one.word, locale=g.locale))
        for _table, row in own_data.held_about(g.db, g.actor)
        for one in row
        if (said := _in_words(one))
    ]
    return render_template(
        "my_data/show.html", page=page_of(lines, size=50), seen=own_data.shown_to_others(g.db, g.actor)
    )


def _in_words(held: Held) -> str:
    """A value as people read it; empty for what says nothing. What is long stands whole in the file alone."""
    value: Any = held.value
    if value is None or value == "" or (held.table == "volunteer_term" and not value):
        return ""
    if isinstance(value, bool):
        return _("Ja") if value else _("Nei")
    if isinstance(value, datetime):
        return moment_in_words(value, now=g.now, locale=g.locale)
    if isinstance(value, date):
        return date_with_year(value, locale=g.locale)
    if isinstance(value, Week):
        return week_in_words(value.spans(), locale=g.locale)
    if isinstance(value, dict):
        return _("Står i fila du kan laste ned.") if value else ""
    return _in_our_words(held)


def _in_our_words(held: Held) -> str:
    """Words that the program has for its own values; else the value itself."""
    if held.column == "term_id":
        return name_of(g.db.get_one(Term, held.value))
    if held.table == "volunteer" and held.column == "state":
        return volunteer_states()[held.value]
    if held.column == "role":
        return role_name(held.value)
    return str(held.value)


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
        logout_user()
        g.login = None
        flash(_("Alt om deg her er slettet. Takk for at du var med."), "success")
        return redirect(url_for("public.front"), 303)
    return render_template("my_data/erase.html", form=form), 422 if request.method == "POST" else 200
