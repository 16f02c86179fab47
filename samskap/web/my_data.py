"""Mine data: see, download, who has looked, delete."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import logout_user
from wtforms import BooleanField

from samskap.models import Base
from samskap.permissions import Can
from samskap.privacy import how_long, register_of
from samskap.services import own_data
from samskap.web.blueprint import Pages, recent_password
from samskap.web.forms.base import Filled, Form
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
    words = {(one.table, one.column): one.word for one in register_of(Base.metadata).personal()}
    lines = [
        (_(words[table, name].why), value, how_long(words[table, name], locale=g.locale))
        for table, rows in own_data.export(g.db, g.actor).items()
        for row in rows
        for name, value in row.items()
        if value not in (None, "", [])
    ]
    return render_template(
        "my_data/show.html", page=page_of(lines, size=50), seen=own_data.shown_to_others(g.db, g.actor)
    )


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
