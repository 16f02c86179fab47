"""A citizen's own need: the form in which it is written, and written anew before the coordinator has published it."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from samskap.models import Need
from samskap.services import consents, needs, seen_needs
from samskap.services.steps import Refused
from samskap.web.forms.own_needs import USUAL, OwnNeedForm, as_typed
from samskap.web.shown import as_shown, state_names
from samskap.web.words import say


def write() -> Any:
    """A new one, sent to the coordinator at once."""
    form = OwnNeedForm()
    form.fill()
    if not _is_sent(form):
        return _page(form)
    need = needs.write(g.db, g.actor, form.words(), now=g.now, recipient_id=g.actor.id)
    needs.submit(g.db, g.actor, need.id, now=g.now)
    flash(_("Takk. En koordinator leser det du har skrevet, og tar kontakt innen tre virkedager."), "success")
    return redirect(url_for("my_page.show"), 303)


def change(need: Need) -> Any:
    """One that is there."""
    was = needs.words_of(g.db, need)
    form = OwnNeedForm(data=as_typed(was, consents.current(g.db, need.id)))
    form.was, form.before = was, was.windows
    form.fill()
    if not _is_sent(form):
        return _page(form, need)
    try:
        needs.change(g.db, g.actor, need.id, form.words(), version=version_shown() or 0, now=g.now)
    except Refused as why:
        form.form_errors = [say(why.text)]
        return _page(form, need, status=409)
    flash(_("Det du skrev, er lagret."), "success")
    return redirect(url_for("needs.show", need_id=need.id), 303)


def version_shown() -> int | None:
    """The version of the need that the page showed when it was sent; None where it did not say."""
    word = request.form.get("version", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None


def _is_sent(form: OwnNeedForm) -> bool:
    """Whether a form was posted that can be saved."""
    if request.method != "POST":
        return False
    form.read_times()
    return not form.quick and form.validate()


def _page(form: OwnNeedForm, need: Need | None = None, *, status: int = 0) -> tuple[str, int]:
    faulty = request.method == "POST" and not form.quick
    return render_template(
        "needs/for_myself.html",
        form=form,
        usual=len(USUAL),
        need=need,
        now_stands=as_shown(need, exact=True) if need and status == 409 else None,
        mine=g.db.scalars(seen_needs.of_citizen(g.actor)).all() if need is None else [],
        states=state_names(),
    ), status or (422 if faulty else 200)
