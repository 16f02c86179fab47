"""Behov: written in three minutes, read through as citizens will see it, published, copied, withdrawn, closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from matching.times import Dated, Weekly
from samskap.models import Assignment, Audience, Mode, Need, Offer, Term, Times, Unit, WordKind
from samskap.permissions import Can, holds
from samskap.services import consents, kinds, needs, terms
from samskap.services.steps import Refused, find, history_of
from samskap.text import session_in_words, week_in_words
from samskap.web.blueprint import Pages
from samskap.web.forms.needs import (
    CloseForm,
    NeedForm,
    OwnNeedForm,
    WhyForm,
    findings_in,
    mode_names,
    session_rows,
    week_to_show,
)
from samskap.web.paging import page_of_rows
from samskap.web.words import say
from samskap.workflows.need import NeedState, Outcome

pages = Pages("needs", __name__)


# Lists


@pages.shows("/behov", needs=Can.SEE_CANDIDATES)
def all_needs() -> str:
    """Every need of the municipality, for the coordinator."""
    state = request.args.get("tilstand", NeedState.OPEN.value)
    query = select(Need).order_by(Need.urgency.desc(), Need.created_at.desc(), Need.id.desc())
    if state in set(NeedState):
        query = query.where(Need.state == state)
    return render_template(
        "needs/all.html", page=page_of_rows(g.db, query), states=state_names(), chosen=state, title=_("Behov")
    )


@pages.shows("/mine-behov", needs=Can.POST_NEED)
def mine() -> str:
    """What this professional or their unit has posted."""
    return render_template("needs/mine.html", page=page_of_rows(g.db, needs.posted(g.actor)), states=state_names())


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


# Writing


@pages.shows("/behov/nytt", needs=Can.POST_NEED)
def new() -> str:
    """First the kind of task: it brings the defaults, and what the law lets anyone ask for."""
    return render_template("needs/kinds.html", sectors=[(one, kinds.kinds_in(one.key)) for one in kinds.sectors()])


@pages.asks("/behov/nytt/<kind_key>", needs=Can.POST_NEED)
def write(kind_key: str) -> Any:
    """The form, filled with what is usual for this kind of task."""
    kind = _kind(kind_key)
    form = _form(kind, data=_usual(kind))
    if request.method == "POST" and form.read_times() & form.validate():
        need = needs.write(g.db, g.actor, form.words(kind), now=g.now)
        return redirect(url_for("needs.show", need_id=need.id), 303)
    return _form_page(form, kind, _("Nytt behov"), ())


@pages.asks("/behov/<int:need_id>/endre", needs=Can.CHANGE_NEED)
def change(need_id: int) -> Any:
    """The same form for a need that is there."""
    need = find(g.db, g.actor, Can.CHANGE_NEED, Need, need_id)
    kind = kinds.kind(need.kind)
    before = needs.words_of(g.db, need)
    form = _form(kind, data=_as_typed(need, before))
    if request.method == "POST" and form.read_times() & form.validate():
        try:
            needs.change(g.db, g.actor, need_id, form.words(kind), version=_version(), now=g.now)
        except Refused as why:
            form.form_errors = [say(why.text)]
            return _form_page(form, kind, _("Endre behovet"), before.windows, need=need, status=409)
        flash(_("Behovet er lagret."), "success")
        return redirect(url_for("needs.show", need_id=need_id), 303)
    return _form_page(form, kind, _("Endre behovet"), before.windows, need=need)


def _version() -> int:
    word = request.form.get("version", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else -1


def _kind(key: str) -> kinds.KindOfTask:
    try:
        return kinds.kind(key)
    except kinds.UnknownKindError:
        raise NotFound from None


def _form(kind: kinds.KindOfTask, *, data: Mapping[str, Any]) -> NeedForm:
    form = NeedForm(data=data)
    words = {
        which: [(term.id, getattr(term, g.locale)) for term in found] for which, found in terms.in_use(g.db).items()
    }
    form.fill(kind, units=_units(), terms={**{which: [] for which in WordKind}, **words})
    return form


def _units() -> Sequence[Unit]:
    query = select(Unit).order_by(Unit.name)
    if g.actor.unit_ids:
        query = query.where(Unit.id.in_(sorted(g.actor.unit_ids)))
    units: Sequence[Unit] = g.db.scalars(query).all()
    return units


def _usual(kind: kinds.KindOfTask) -> dict[str, Any]:
    """What is usual for a kind of task."""
    return {
        "title": say(kind.label),
        "audience": kind.audience,
        "mode": kind.mode,
        "times": Times.ANY,
        "wanted": kind.people,
        "minimum": 1,
        "urgency": "3",
        "preferred": sorted(terms.ids_of(g.db, WordKind.RESOURCE, kind.skills)),
        "wish_gender": "",
        "given": "",
        "unit_id": min(g.actor.unit_ids, default=0),
    }


def _as_typed(need: Need, words: needs.NeedWords) -> dict[str, Any]:
    """A need that is there, as the form's fields."""
    consent = consents.current(g.db, need.id)
    known = {place for place, _label in _place_choices()}
    languages = set(g.db.scalars(_language_ids()))
    return {
        **{
            name: getattr(words, name)
            for name in (
                "title",
                "goal",
                "task",
                "audience",
                "mode",
                "times",
                "how_often",
                "wanted",
                "minimum",
                "starts_on",
                "ends_on",
                "age_min",
                "age_max",
                "wish_reason",
                "cross_border",
            )
        },
        "place": words.place if words.place in known else "other" if words.postcode else "",
        "postcode": words.postcode or "",
        "urgency": str(words.urgency if words.urgency in (2, 3, 5) else 3),
        "wish_gender": words.wish_gender or "",
        "unit_id": words.unit_id or 0,
        "required": sorted(words.required - languages),
        "languages": sorted(words.required & languages),
        "preferred": sorted(words.preferred),
        "settled": sorted(words.settled),
        "given": consent.given if consent else "",
        "given_on": consent.given_on if consent else None,
        "covers_publication": bool(consent and consent.covers_publication),
    }


def _place_choices() -> list[tuple[str, str]]:
    form = OwnNeedForm(formdata=None)
    form.fill_places()
    return [(value, label) for value, label, *_rest in form.place.iter_choices()]


def _language_ids() -> Any:
    return select(Term.id).where(Term.kind == WordKind.LANGUAGE)


def _form_page(
    form: NeedForm,
    kind: kinds.KindOfTask,
    heading: str,
    windows: Sequence[Any],
    *,
    need: Need | None = None,
    status: int = 0,
) -> tuple[str, int]:
    return render_template(
        "needs/form.html",
        form=form,
        kind=kind,
        heading=heading,
        need=need,
        week=week_to_show(windows, form.week_read),
        rows=getattr(form, "rows", None) or session_rows(windows),
        legal=kind.requirements,
        Required=kinds.Required,
        never=kinds.never_asked(),
    ), status or (422 if request.method == "POST" else 200)


# Reading


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A need as citizens see it: area, not address; task, not diagnosis."""

    title: str
    goal: str
    task: str
    expects: str
    when: str
    where: str
    asks_for: tuple[str, ...]
    wishes_for: tuple[str, ...]


def as_shown(need: Need, *, exact: bool) -> Shown:
    """What may be seen of a need; `exact`: with its times, for those who are asked or who posted it."""
    words = needs.terms_of(g.db, need)
    return Shown(
        title=need.title,
        goal=need.goal,
        task=need.task,
        expects=say(kinds.kind(need.kind).expects),
        when=when(need, exact=exact),
        where=where(need),
        asks_for=tuple(getattr(term, g.locale) for term, required in words if required),
        wishes_for=tuple(getattr(term, g.locale) for term, required in words if not required),
    )


def when(need: Need, *, exact: bool) -> str:
    """The wanted times in words; without exact times only how often."""
    if need.times is Times.NONE or not exact:
        return need.how_often or (_("Tiden avtaler dere") if exact else _("Tidene får du når du blir spurt"))
    windows = needs.windows_of(g.db, need)
    weekly = [(one.start, one.end) for one in windows if isinstance(one, Weekly)]
    said = [week_in_words(weekly, locale=g.locale)] if weekly else []
    said += [
        session_in_words(one.begins, one.ends, now=g.now, locale=g.locale) for one in windows if isinstance(one, Dated)
    ]
    link = _("og") if need.times is Times.ALL else _("eller")
    return f" {link} ".join(said) + (f". {need.how_often}" if need.how_often else "")


def where(need: Need) -> str:
    """Where and how, no finer than the village."""
    how = dict(mode_names())[need.mode]
    return f"{how}, {need.place}" if need.place and need.mode not in (Mode.PHONE, Mode.ONLINE) else how


@pages.shows("/behov/<int:need_id>", needs=Can.SEE_NEED)
def show(need_id: int) -> str:
    """Where it stands, what may be done, and how citizens see it."""
    need = find(g.db, g.actor, Can.SEE_NEED, Need, need_id)
    close = CloseForm(formdata=None)
    close.fill()
    return render_template(
        "needs/show.html",
        need=need,
        shown=as_shown(need, exact=True),
        consent=consents.current(g.db, need.id),
        findings=list(findings_in(need)) if need.state in (NeedState.DRAFT, NeedState.SUBMITTED) else [],
        seen_by=seen_by(need),
        state=state_names()[need.state],
        outcome=outcome_names().get(need.outcome or "", ""),
        asked=g.db.scalars(select(Offer.id).where(Offer.need_id == need.id)).all(),
        agreed=g.db.scalars(select(Assignment).where(Assignment.need_id == need.id).order_by(Assignment.id)).all(),
        history=history_of(g.db, need),
        close=close,
        why=WhyForm(formdata=None),
        is_person=need.audience is Audience.PERSON,
    )


def seen_by(need: Need) -> str:
    """Who sees it once it is published."""
    consent = consents.current(g.db, need.id)
    if need.audience is not Audience.PERSON or (consent and consent.covers_publication):
        return _("Alle kan se det, også på nett.")
    return _("Bare innloggede frivillige som er klare, ser det. Eksakte tider vises ikke.")


# Pressing


@pages.changes("/behov/<int:need_id>/publiser", needs=Can.PUBLISH_NEED)
def publish(need_id: int) -> Response:
    """It is matched from here on."""
    needs.publish(g.db, g.actor, need_id, now=g.now)
    flash(_("Behovet er publisert. Nå leter vi etter noen."), "success")
    if holds(g.actor, Can.SEE_CANDIDATES):
        return redirect(url_for("candidates.show", need_id=need_id), 303)
    return redirect(url_for("needs.show", need_id=need_id), 303)


@pages.changes("/behov/<int:need_id>/send-inn", needs=Can.SUBMIT_NEED)
def submit(need_id: int) -> Response:
    """A citizen's need goes to the coordinator."""
    needs.submit(g.db, g.actor, need_id, now=g.now)
    flash(_("Behovet er sendt. En koordinator leser det innen tre virkedager."), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


@pages.asks("/behov/<int:need_id>/send-tilbake", needs=Can.DECIDE_PROPOSAL)
def send_back(need_id: int) -> Any:
    """Back to the citizen, with the reason."""
    need = find(g.db, g.actor, Can.DECIDE_PROPOSAL, Need, need_id)
    form = WhyForm()
    if request.method == "POST" and form.validate():
        needs.send_back(g.db, g.actor, need_id, why=form.why.data or "", now=g.now)
        return redirect(url_for("work_list.show"), 303)
    return render_template("needs/send_back.html", need=need, form=form), 422 if request.method == "POST" else 200


@pages.changes("/behov/<int:need_id>/trekk", needs=Can.WITHDRAW_NEED)
def withdraw(need_id: int) -> Response:
    """It is no longer asked for."""
    needs.withdraw(g.db, g.actor, need_id, now=g.now)
    flash(_("Behovet er trukket tilbake. De som var spurt, får beskjed."), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


@pages.changes("/behov/<int:need_id>/trekk-samtykke", needs=Can.WITHDRAW_NEED)
def withdraw_consent(need_id: int) -> Response:
    """The person concerned has changed their mind."""
    needs.withdraw_consent(g.db, g.actor, need_id, now=g.now)
    flash(_("Samtykket er trukket. Ingenting går videre."), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


@pages.asks("/behov/<int:need_id>/avslutt", needs=Can.CLOSE_NEED)
def close(need_id: int) -> Any:
    """Done with, one way or another."""
    need = find(g.db, g.actor, Can.CLOSE_NEED, Need, need_id)
    form = CloseForm()
    form.fill()
    if request.method == "POST" and form.validate():
        needs.close(g.db, g.actor, need_id, outcome=Outcome(form.outcome.data), now=g.now)
        return redirect(url_for("needs.show", need_id=need_id), 303)
    return render_template("needs/close.html", need=need, form=form), 422 if request.method == "POST" else 200


@pages.changes("/behov/<int:need_id>/kopier", needs=Can.SEE_NEED)
def copy(need_id: int) -> Response:
    """A new draft from an earlier need."""
    new_need = needs.copy(g.db, g.actor, need_id, now=g.now)
    flash(_("Dette er en kopi. Se gjennom den, og skriv inn samtykket på nytt."), "info")
    return redirect(url_for("needs.change", need_id=new_need.id), 303)


# A citizen's own


@pages.asks("/jeg-trenger-noen", needs=Can.ASK_FOR_MYSELF)
def ask_for_myself() -> Any:
    """What a citizen writes for themselves; a coordinator reads it before anyone else."""
    form = OwnNeedForm()
    form.fill()
    if request.method == "POST" and form.read_times() & form.validate():
        need = needs.write(g.db, g.actor, form.words(), now=g.now, recipient_id=g.actor.id)
        needs.submit(g.db, g.actor, need.id, now=g.now)
        flash(_("Takk. En koordinator leser det du har skrevet, og tar kontakt innen tre virkedager."), "success")
        return redirect(url_for("my_page.show"), 303)
    return render_template(
        "needs/for_myself.html",
        form=form,
        week=week_to_show((), form.week_read),
        mine=g.db.scalars(needs.of_citizen(g.actor)).all(),
        states=state_names(),
    ), 422 if request.method == "POST" else 200
