"""Egne ord: what volunteers wrote in their own words, turned into vocabulary by a coordinator."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Field
from wtforms.validators import ValidationError

from samskap.models import OwnWord, WordKind
from samskap.permissions import Can
from samskap.services import terms
from samskap.services.steps import Refused, find
from samskap.text import Text
from samskap.web.blueprint import Pages
from samskap.web.forms.base import Filled, Form, line, pick
from samskap.web.paging import page_of
from samskap.web.shown import name_of
from samskap.web.words import say

pages = Pages("own_words", __name__)


class SameForm(Form):
    """It means the same as a word in the list."""

    term = pick(_l("Betyr det samme som"), Filled(_l("Velg et ord i lista.")), coerce=int)

    def validate_term(self, field: Field) -> None:
        """The line above the words is none of them."""
        if not field.data:
            raise ValidationError(_("Velg et ord i lista."))


class NewForm(Form):
    """A new word of the municipality's own, in three languages."""

    kind = pick(_l("Hva slags ord"), Filled())
    nb = line(_l("På bokmål"), required=True)
    nn = line(_l("På nynorsk"), required=True)
    en = line(_l("På engelsk"), required=True)


@pages.shows("/egne-ord", needs=Can.KEEP_VOCABULARY)
def show() -> str:
    """What nobody has read, the oldest first."""
    return render_template("own_words/show.html", page=page_of(terms.unread_alike(g.db)))


@pages.asks("/egne-ord/<int:own_word_id>", needs=Can.KEEP_VOCABULARY)
def turn(own_word_id: int) -> Any:
    """The same as a word that is there, or a new one."""
    word = find(g.db, g.actor, Can.KEEP_VOCABULARY, OwnWord, own_word_id)
    same, new = SameForm(), NewForm(data={"nb": word.words, "kind": WordKind.RESOURCE.value})
    every = terms.in_use(g.db)
    same.term.choices = [(0, _("Velg ord")), *((one.id, name_of(one)) for one in every[WordKind.RESOURCE])]
    new.kind.choices = [
        (WordKind.RESOURCE.value, _("Noe man kan bidra med")),
        (WordKind.INTEREST.value, _("Noe man liker")),
    ]
    if request.method == "POST" and "samme" in request.form and same.validate():
        terms.turn_into(g.db, g.actor, own_word_id, term_id=same.term.data)
        return _done(_("Ordet er lagt til som en annen måte å si det på."))
    if request.method == "POST" and "nytt" in request.form and new.validate():
        label = Text(nb=new.nb.data or "", nn=new.nn.data or "", en=new.en.data or "")
        try:
            terms.make(g.db, g.actor, own_word_id, kind=WordKind(new.kind.data), label=label)
        except Refused as why:
            new.fault(new.nb, say(why.text))
        else:
            return _done(_("Ordet står i lista nå."))
    return render_template(
        "own_words/turn.html", word=word, same=same, new=new
    ), 422 if request.method == "POST" else 200


@pages.changes("/egne-ord/<int:own_word_id>/la-sta", needs=Can.KEEP_VOCABULARY)
def leave(own_word_id: int) -> Response:
    """It stays in the volunteer's own words alone."""
    terms.leave(g.db, g.actor, own_word_id, now=g.now)
    return _done(_("Ordet står hos dem som skrev det."))


def _done(said: str) -> Response:
    flash(said, "success")
    return redirect(url_for("own_words.show"), 303)
