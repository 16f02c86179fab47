"""Ring: whom a notice could not reach in writing, what it was about, and that somebody has rung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from samskap.models import Meeting, Outbox, Person
from samskap.permissions import Can
from samskap.services import notices
from samskap.services.steps import Missing
from samskap.web.blueprint import Pages
from samskap.workflows.notice import Notice

pages = Pages("notices", __name__)


@pages.shows("/ring", needs=Can.SEE_WORK_LIST)
def all_to_ring() -> str:
    """Everybody who has to be rung, and addresses that took nothing."""
    return render_template(
        "notices/all.html", people=notices.to_phone(g.db), addresses=notices.undelivered(g.db, g.actor)
    )


@dataclass(frozen=True, kw_only=True)
class Message:
    """One thing to say on the phone, and where to read more."""

    about: str
    at: datetime
    url: str


@pages.shows("/ring/<int:person_id>", needs=Can.SEE_WORK_LIST)
def ring(person_id: int) -> str:
    """What to say to one person."""
    person = _person(person_id)
    rows = notices.waiting_for(g.db, g.actor, person_id)
    return render_template("notices/ring.html", person=person, messages=[_message(row) for row in rows])


def _person(person_id: int) -> Person:
    person: Person | None = g.db.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise Missing("Person")
    return person


def _message(row: Outbox) -> Message:
    return Message(about=words().get(row.notice, _("Det er en ny beskjed")), at=row.made_at, url=_page_of(row))


def words() -> Mapping[Notice, str]:
    """What each notice is about, said to the one who rings."""
    return {
        Notice.OFFER_SENT: _("Spør om personen vil hjelpe"),
        Notice.OFFER_REMINDER: _("Minn om at vi venter på svar"),
        Notice.OFFER_WITHDRAWN: _("Si at forespørselen er trukket tilbake"),
        Notice.ASSIGNMENT_TO_CONFIRM: _("Si at en frivillig har sagt ja, og spør om det passer"),
        Notice.ASSIGNMENT_CONFIRMED: _("Si at mottakersiden har sagt ja"),
        Notice.ASSIGNMENT_REFUSED: _("Si at det ikke ble noe denne gangen"),
        Notice.ASSIGNMENT_OPENED: _("Si hvem den andre er, og hvordan de får tak i hverandre"),
        Notice.ASSIGNMENT_ENDED: _("Si at avtalen er over"),
        Notice.MEETING_SUGGESTED: _("Spør om det foreslåtte møtet passer"),
        Notice.MEETING_AGREED: _("Si at møtet er avtalt"),
        Notice.MEETING_CALLED_OFF: _("Si at møtet er avlyst"),
        Notice.NEED_PUBLISHED: _("Si at behovet er publisert"),
        Notice.NEED_SENT_BACK: _("Si at behovet må skrives om, og hjelp til"),
        Notice.VOLUNTEER_READY: _("Ønsk velkommen: personen er klar for oppdrag"),
    }


def _page_of(row: Outbox) -> str:
    """Where the thing itself is shown."""
    match row.noun:
        case "offer":
            return url_for("offers.show", offer_id=row.thing_id)
        case "assignment":
            return url_for("assignments.show", assignment_id=row.thing_id)
        case "meeting":
            meeting = g.db.get(Meeting, row.thing_id)
            return url_for("assignments.show", assignment_id=meeting.assignment_id) if meeting else ""
        case "need":
            return url_for("needs.show", need_id=row.thing_id)
        case _:
            return url_for("volunteers.show", volunteer_id=row.person_id)


@pages.changes("/ring/<int:person_id>/ringt", needs=Can.SEE_WORK_LIST)
def rung(person_id: int) -> Response:
    """The coordinator has rung."""
    _person(person_id)
    count = notices.phoned(g.db, g.actor, person_id, now=g.now)
    flash(ngettext("%(num)d beskjed er gitt.", "%(num)d beskjeder er gitt.", count), "success")
    return redirect(url_for("work_list.show"), 303)
