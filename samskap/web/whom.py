"""Whose page it is: one's own, or that of somebody a coordinator does it for (`?for=7` in the address)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for

from samskap.models import Person, Volunteer
from samskap.services import volunteers


def whom() -> int | None:
    """Somebody else whom a coordinator does it for; None for oneself."""
    word = request.args.get("for", "")
    found = int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None
    return None if found == g.actor.id else found


def for_whom() -> dict[str, Any]:
    """What an address carries on, so that the next page is about the same person."""
    return {"for": whom()}


def the_volunteer() -> Volunteer:
    """The volunteer whose page it is; Refused when one has not begun to sign up, Missing for somebody not here."""
    return volunteers.changeable(g.db, g.actor, whom() or g.actor.id)


def begun() -> Volunteer:
    """The same for an answer: it begins one's own sign-up if there is none."""
    somebody = whom()
    if somebody is None:
        return volunteers.begin(g.db, g.actor, g.actor.id, now=g.now)
    return volunteers.changeable(g.db, g.actor, somebody)


def seen() -> Volunteer | None:
    """The same for a page that is only read: nothing is made."""
    if whom() is not None:
        return the_volunteer()
    found: Volunteer | None = g.db.get(Volunteer, g.actor.id)
    return found


def home_of(volunteer: Volunteer) -> str:
    """Where one goes on from: one's own page, or the coordinator's page about the volunteer."""
    if volunteer.id == g.actor.id:
        return url_for("my_page.show")
    return url_for("volunteers.show", volunteer_id=volunteer.id)


def somebody_named() -> str:
    """The name of whom a coordinator does it for; empty for oneself."""
    somebody = whom()
    return "" if somebody is None else str(g.db.get_one(Person, somebody).name)
