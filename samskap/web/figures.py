"""Tall: one plain page of figures for those who lead."""

from __future__ import annotations

import math

from flask import g, render_template
from flask_babel import gettext as _

from samskap.permissions import Can
from samskap.services import figures
from samskap.text import counted
from samskap.web.blueprint import Pages

pages = Pages("figures", __name__)


@pages.shows("/tall", needs=Can.SEE_FIGURES)
def show() -> str:
    """Counts and medians; what speaks of fewer than five is not shown."""
    names = {
        "signing_up": _("Holder på å melde seg"),
        "registered": _("Meldt seg"),
        "conversation": _("Samtale avtalt"),
        "ready": _("Klare, uten avtale nå"),
        "active": _("I gang"),
        "left": _("Sluttet"),
        "asked": _("Spurt"),
        "yes": _("Sa ja"),
        "agreed": _("Begge sa ja"),
        "met": _("Møttes"),
    }
    told = figures.figures(g.db, g.actor, now=g.now)
    wait = counted(max(1, math.ceil(told.days_to_yes)), "day", locale=g.locale) if told.days_to_yes is not None else ""
    return render_template("figures/show.html", figures=told, wait=wait, names=names)
