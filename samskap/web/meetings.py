"""Møter: a time is suggested, agreed, called off, and looked back on."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samskap.models import Assignment, Meeting, Need
from samskap.permissions import Can
from samskap.services import meetings
from samskap.services.steps import Refused, find
from samskap.web.blueprint import Pages
from samskap.web.forms.assignments import MeetingForm
from samskap.web.shown import as_shown
from samskap.web.words import say

pages = Pages("meetings", __name__)


@pages.asks("/avtaler/<int:assignment_id>/foresla", needs=Can.SUGGEST_MEETING)
def suggest(assignment_id: int) -> Any:
    """A day, from when to when, and where: the place that was told stands there only while contact is open."""
    assignment = find(g.db, g.actor, Can.SUGGEST_MEETING, Assignment, assignment_id)
    meetings.refuse_unless_open(assignment)
    need = g.db.get_one(Need, assignment.need_id)
    form = MeetingForm(data={"place": assignment.meeting_place})
    if request.method == "POST" and form.validate() and _suggested(assignment_id, form):
        flash(_("Tiden er foreslått. Den andre siden får beskjed og svarer."), "success")
        return _back(assignment_id)
    page = render_template(
        "assignments/suggest.html", assignment=assignment, need=need, form=form, shown=as_shown(need, exact=True)
    )
    return page, 422 if request.method == "POST" else 200


def _suggested(assignment_id: int, form: MeetingForm) -> bool:
    """False with a sentence in the form when that time cannot be."""
    starts_at, ends_at, place = form.starts_at, form.ends_at, form.place.data or ""
    try:
        meetings.suggest(g.db, g.actor, assignment_id, starts_at=starts_at, ends_at=ends_at, place=place, now=g.now)
    except Refused as refusal:
        form.fault(form.day, say(refusal.text))
        return False
    return True


@pages.changes("/moter/<int:meeting_id>/ja", needs=Can.AGREE_MEETING)
def agree(meeting_id: int) -> Response:
    """The time suits."""
    meeting = meetings.agree(g.db, g.actor, meeting_id, now=g.now)
    flash(_("Møtet er avtalt."), "success")
    return _back(meeting.assignment_id)


@pages.changes("/moter/<int:meeting_id>/avlys", needs=Can.CALL_OFF_MEETING)
def call_off(meeting_id: int) -> Response:
    """It does not suit after all."""
    meeting = meetings.call_off(g.db, g.actor, meeting_id, now=g.now)
    flash(_("Møtet er avlyst. De andre får beskjed."), "success")
    return _back(meeting.assignment_id)


@pages.changes("/moter/<int:meeting_id>/holdt", needs=Can.AGREE_MEETING)
def hold(meeting_id: int) -> Response:
    """They met."""
    return _look_back(meeting_id, "hold")


@pages.changes("/moter/<int:meeting_id>/ikke-holdt", needs=Can.AGREE_MEETING)
def miss(meeting_id: int) -> Response:
    """They did not meet."""
    return _look_back(meeting_id, "miss")


def _look_back(meeting_id: int, step: str) -> Response:
    meeting = find(g.db, g.actor, Can.SEE_ASSIGNMENT, Meeting, meeting_id)
    meetings.look_back(g.db, g.actor, meeting_id, step, now=g.now)
    flash(_("Det er skrevet ned."), "success")
    return _back(meeting.assignment_id)


def _back(assignment_id: int) -> Response:
    return redirect(url_for("assignments.show", assignment_id=assignment_id), 303)
