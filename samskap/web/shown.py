"""A need as citizens see it: area, not address; task, not diagnosis; exact times only for those who are asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import g
from flask_babel import gettext as _
from sqlalchemy import select

from matching.times import Dated, Weekly, Window
from samskap.models import Mode, Need, NeedTerm, NeedWindow, Term, Times, WordKind
from samskap.services import kinds, seen_needs
from samskap.services.facts import window_of
from samskap.services.vocabulary import inside
from samskap.text import name_list, session_in_words, week_in_words
from samskap.web.words import say
from samskap.workflows.need import NeedState, Outcome


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A need in words."""

    id: int
    title: str
    goal: str
    task: str
    expects: str
    when: str
    where: str
    asks_for: tuple[str, ...]
    speaks: str
    """The languages of which one is enough."""
    wishes_for: tuple[str, ...]


def as_shown(need: Need, *, exact: bool) -> Shown:
    """What may be seen of a need; `exact`: with its times, for those who are asked or who posted it."""
    return _shown(need, _terms([need.id])[need.id], _windows([need.id])[need.id], exact=exact)


def as_openings(needs: Sequence[Need]) -> list[Shown]:
    """Several needs as those see them who have not been asked; two statements whatever their number."""
    ids = [need.id for need in needs]
    terms, windows = _terms(ids), _windows(ids)
    return [_shown(need, terms[need.id], windows[need.id], exact=seen_needs.exact_times_shown(need)) for need in needs]


def _shown(need: Need, terms: Sequence[tuple[Term, bool]], windows: Sequence[Window], *, exact: bool) -> Shown:
    asked = [term for term, required in terms if required]
    return Shown(
        id=need.id,
        title=need.title,
        goal=need.goal,
        task=need.task,
        expects=say(kinds.kind(need.kind).expects),
        when=_when(need, windows, exact=exact),
        where=where(need),
        asks_for=tuple(word_of(term) for term in asked if term.kind is not WordKind.LANGUAGE),
        speaks=name_list(
            [word_of(term) for term in asked if term.kind is WordKind.LANGUAGE], locale=g.locale, link="or"
        ),
        wishes_for=tuple(word_of(term) for term, required in terms if not required),
    )


def name_of(term: Term) -> str:
    """A word of the vocabulary in the language of the page."""
    name: str = getattr(term, g.locale)
    return name


def word_of(term: Term) -> str:
    """The same as it stands inside a sentence."""
    return inside(name_of(term), term.kind, g.locale)


def times_by_option(needs: Sequence[Need]) -> Mapping[tuple[int, int], str]:
    """Each alternative of time of several needs in words; where all are wanted, they are one. One statement."""
    windows = _windows([need.id for need in needs])
    found: dict[tuple[int, int], str] = {}
    for need in needs:
        if need.times is Times.ALL:
            found[need.id, 0] = f" {_('og')} ".join(_times_in_words(windows[need.id]))
        elif need.times is Times.ANY:
            found |= {(need.id, at): _times_in_words([one])[0] for at, one in enumerate(windows[need.id])}
    return found


def _terms(ids: Sequence[int]) -> Mapping[int, list[tuple[Term, bool]]]:
    """What each need asks for: what is required first, then by alphabet."""
    query = select(NeedTerm.need_id, Term, NeedTerm.required).join(Term, Term.id == NeedTerm.term_id)
    found: dict[int, list[tuple[Term, bool]]] = defaultdict(list)
    for row in g.db.execute(query.where(NeedTerm.need_id.in_(ids)).order_by(NeedTerm.required.desc(), Term.nb)):
        found[row.need_id].append((row.Term, row.required))
    return found


def _windows(ids: Sequence[int]) -> Mapping[int, list[Window]]:
    found: dict[int, list[Window]] = defaultdict(list)
    query = select(NeedWindow).where(NeedWindow.need_id.in_(ids)).order_by(NeedWindow.place_in_order, NeedWindow.id)
    for row in g.db.scalars(query):
        found[row.need_id].append(window_of(row))
    return found


def _when(need: Need, windows: Sequence[Window], *, exact: bool) -> str:
    """The wanted times in words; without exact times only how often."""
    if not exact:
        return need.how_often or _("Tidene får du når du blir spurt")
    if need.times is Times.NONE or not windows:
        return need.how_often or _("Tiden avtaler dere")
    said = _times_in_words(windows)
    link = _("og") if need.times is Times.ALL else _("eller")
    return f" {link} ".join(said) + (f". {need.how_often}" if need.how_often else "")


def _times_in_words(windows: Sequence[Window]) -> list[str]:
    weekly = [(one.start, one.end) for one in windows if isinstance(one, Weekly)]
    dated = [one for one in windows if isinstance(one, Dated)]
    said = [week_in_words(weekly, locale=g.locale)] if weekly else []
    return said + [session_in_words(one.begins, one.ends, now=g.now, locale=g.locale) for one in dated]


def where(need: Need) -> str:
    """Where and how, no finer than the village."""
    how = mode_names()[need.mode]
    if not need.place or need.mode in (Mode.PHONE, Mode.ONLINE):
        return how
    return need.place if need.mode is Mode.INSTITUTION else f"{how}, {need.place}"


def mode_names() -> Mapping[Mode, str]:
    """Where and how, in words."""
    return {
        Mode.HOME: _("Hjemme hos noen"),
        Mode.OUTDOORS: _("Ute"),
        Mode.INSTITUTION: _("På et sted for flere, som bibliotek eller bosenter"),
        Mode.PHONE: _("På telefon"),
        Mode.ONLINE: _("På nett"),
    }


def state_names() -> Mapping[str, str]:
    """The states of a need on screen."""
    return {
        NeedState.OPEN: _("Åpent"),
        NeedState.SUBMITTED: _("Til gjennomlesing"),
        NeedState.DRAFT: _("Utkast"),
        NeedState.COVERED: _("Dekket"),
        NeedState.RUNNING: _("I gang"),
        NeedState.CLOSED: _("Avsluttet"),
    }


def outcome_names() -> Mapping[str, str]:
    """How a need came out, on screen."""
    return {
        Outcome.FULFILLED: _("Behovet ble dekket"),
        Outcome.PARTLY: _("Behovet ble delvis dekket"),
        Outcome.NOT_COVERED: _("Vi fant ingen"),
        Outcome.WITHDRAWN: _("Trukket tilbake"),
        Outcome.NO_LONGER_RELEVANT: _("Ikke aktuelt lenger"),
    }
