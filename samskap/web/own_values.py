"""What is kept about somebody, in words that people read: no code of the program's, and no number of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask import g
from flask_babel import gettext as _

from matching.week import Week
from samskap.models import ClearanceKind, Term
from samskap.permissions import Role
from samskap.services import clearances, kinds, own_data
from samskap.services.own_data import Held
from samskap.services.vocabulary import LEVEL_NAMES
from samskap.text import LOCALE_NAMES, date_with_year, duration, moment_in_words, name_list, phone, week_in_words
from samskap.web.assignments import meeting_states
from samskap.web.assignments import state_names as assignment_states
from samskap.web.forms.assignments import ending_names
from samskap.web.forms.needs import consent_names
from samskap.web.forms.signup import gender_names, travel_choices
from samskap.web.menu import role_name
from samskap.web.offers import state_names as offer_states
from samskap.web.shown import mode_names, name_of
from samskap.web.volunteers import state_names as volunteer_states
from samskap.web.words import say
from samskap.workflows.proposal import ProposalState


class Wording:
    """Says one value after another; what it looks up is looked up once."""

    def __init__(self) -> None:
        self._choices = _choices()
        self._rows = own_data.rows_named(g.db)

    def of(self, held: Held) -> str:
        """The value in words; empty for what says nothing. What is long stands whole in the file alone."""
        value: Any = held.value
        if value in (None, "") or (held.table == "volunteer_term" and not value):
            return ""
        at = (held.table, held.column)
        if at in self._choices:
            return self._choices[at].get(value, str(value))
        if at in self._rows:
            found = self._rows[at][value]
            return name_of(found) if isinstance(found, Term) else found
        if at in LONGER:
            return LONGER[at](value)
        return _plain(value)


def _plain(value: Any) -> str:
    """A value that needs no words of ours."""
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
    return str(value)


def _choices() -> Mapping[tuple[str, str], Mapping[Any, str]]:
    """Columns that hold one of a few words of the program's own."""
    return {
        ("assignment", "state"): assignment_states(),
        ("assignment", "ending"): ending_names(),
        ("clearance", "kind"): clearance_names(),
        ("clearance", "key"): {key: say(one.basis.role) for key, one in clearances.requirements().items()},
        ("consent", "given"): consent_names(),
        ("meeting", "state"): meeting_states(),
        ("membership", "role"): {role: role_name(role) for role in Role},
        ("need", "wish_gender"): gender_names(),
        ("offer", "state"): offer_states(),
        ("opening", "what"): opened_names(),
        ("person", "gender"): gender_names(),
        ("person", "locale"): dict(LOCALE_NAMES),
        ("proposal", "state"): proposal_names(),
        ("volunteer", "meet_gender"): gender_names(),
        ("volunteer", "state"): volunteer_states(),
        ("volunteer", "travel"): dict(travel_choices()),
        ("volunteer_term", "level"): {level: say(name) for level, name in LEVEL_NAMES.items()},
    }


def clearance_names() -> Mapping[ClearanceKind, str]:
    """What was done so that a requirement was met."""
    return {
        ClearanceKind.CONVERSATION: _("Samtale"),
        ClearanceKind.COURSE: _("Kurs"),
        ClearanceKind.CERTIFICATE: _("Politiattest"),
        ClearanceKind.DECLARATION: _("Taushetserklæring"),
    }


def proposal_names() -> Mapping[ProposalState, str]:
    """What became of a proposal, said to the one who was proposed."""
    return {
        ProposalState.PROPOSED: _("Foreslått"),
        ProposalState.APPROVED: _("Godkjent"),
        ProposalState.SET_ASIDE: _("Lagt til side"),
        ProposalState.OUTDATED: _("Ikke aktuelt lenger"),
    }


def opened_names() -> Mapping[str, str]:
    """What of somebody's was opened to another."""
    return {"contact": _("Kontaktopplysningene dine")}


def _kinds_named(keys: str) -> str:
    return name_list([say(kinds.kind(key).label) for key in keys.split()], locale=g.locale)


def _modes_named(modes: str) -> str:
    return name_list([name for mode, name in mode_names().items() if mode in modes.split()], locale=g.locale)


LONGER: Mapping[tuple[str, str], Callable[[Any], str]] = {
    ("association", "contact_id"): lambda _ident: _("Du"),
    ("block", "other_id"): lambda _ident: _("Én person"),
    ("person", "phone"): phone,
    ("volunteer", "not_kinds"): _kinds_named,
    ("volunteer", "not_modes"): _modes_named,
    ("volunteer", "reach_km"): lambda km: _("%(km)s km", km=km),
    ("volunteer", "weekly_minutes"): lambda minutes: duration(minutes, locale=g.locale),
}
"""Columns whose value is said with more than itself."""
