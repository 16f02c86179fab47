"""Behov: written in three minutes, read through as citizens will see it, published, copied, withdrawn, closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from samskap.models import Assignment, Audience, Need, Offer, Unit, WordKind
from samskap.permissions import Can, holds
from samskap.services import consents, kinds, needs, seen_needs, terms, waiting
from samskap.services.steps import Refused, find
from samskap.web import own_needs
from samskap.web.blueprint import Pages
from samskap.web.forms.needs import CloseForm, NeedForm, WhyForm, as_typed, findings_in, usual
from samskap.web.own_needs import version_shown
from samskap.web.paging import page_of_rows
from samskap.web.shown import as_openings, as_shown, name_of, outcome_names, state_names
from samskap.web.told import told_of
from samskap.web.words import say
from samskap.workflows.need import NeedState, Outcome

pages = Pages("needs", __name__)


# ---------------------------------------------------------------- lists


@pages.shows("/behov", needs=Can.SEE_CANDIDATES)
def all_needs() -> str:
    """Every need of the municipality, for the coordinator."""
    state = request.args.get("tilstand", NeedState.OPEN.value)
    query = select(Need).order_by(Need.urgency.desc(), Need.created_at.desc(), Need.id.desc())
    if state in set(NeedState):
        query = query.where(Need.state == state)
    return render_template("needs/all.html", page=page_of_rows(g.db, query), states=state_names(), chosen=state)


@pages.shows("/mine-behov", needs=Can.POST_NEED)
def mine() -> str:
    """What this professional or their unit has posted, and what waits for their answer."""
    return render_template(
        "needs/mine.html",
        page=page_of_rows(g.db, seen_needs.posted(g.actor)),
        waiting=waiting.to_confirm(g.db, g.actor),
        states=state_names(),
    )


# ---------------------------------------------------------------- writing


@pages.shows("/behov/nytt", needs=Can.POST_NEED)
def new() -> str:
    """First the kind of task, one's own sector on top: it brings the defaults, and what the law lets anyone ask for."""
    own = set(g.db.scalars(select(Unit.sector).where(Unit.id.in_(sorted(g.actor.unit_ids)))))
    order = sorted(kinds.sectors(), key=lambda sector: sector.key not in own)
    return render_template("needs/kinds.html", sectors=[(one, kinds.kinds_in(one.key)) for one in order])


@pages.asks("/behov/nytt/<kind_key>", needs=Can.POST_NEED)
def write(kind_key: str) -> Any:
    """The form, filled with what is usual for this kind of task."""
    kind = _kind(kind_key)
    skills = terms.ids_of(g.db, WordKind.RESOURCE, kind.skills)
    form = NeedForm(data=usual(kind, skills=skills, unit_id=min(g.actor.unit_ids, default=0)))
    _fill(form, kind)
    if _is_sent(form):
        need = needs.write(g.db, g.actor, form.words(kind), now=g.now)
        return redirect(url_for("needs.show", need_id=need.id), 303)
    return _form_page(form, kind, heading=_("Nytt behov"))


@pages.asks("/behov/<int:need_id>/endre", needs=Can.CHANGE_NEED)
def change(need_id: int) -> Any:
    """The same form for a need that is there; a citizen's own is changed in the form it was written in."""
    need = find(g.db, g.actor, Can.CHANGE_NEED, Need, need_id)
    if need.posted_by_id == need.recipient_id == g.actor.id:
        return own_needs.change(need)
    kind = kinds.kind(need.kind)
    was = needs.words_of(g.db, need)
    languages = {term.id for term in terms.in_use(g.db)[WordKind.LANGUAGE]}
    form = NeedForm(data=as_typed(was, consents.current(g.db, need.id), languages=languages))
    form.was, form.before = was, was.windows
    _fill(form, kind, need=need)
    if not _is_sent(form):
        return _form_page(form, kind, heading=_("Endre behovet"), need=need)
    try:
        needs.change(g.db, g.actor, need_id, form.words(kind), version=version_shown() or 0, now=g.now)
    except Refused as why:
        form.form_errors = [say(why.text)]
        return _form_page(form, kind, heading=_("Endre behovet"), need=need, status=409)
    flash(_("Behovet er lagret."), "success")
    return redirect(url_for("needs.show", need_id=need_id), 303)


def _is_sent(form: NeedForm) -> bool:
    """Whether a form was posted that can be saved."""
    if request.method != "POST":
        return False
    form.read_times()
    return not form.quick and form.validate()


def _kind(key: str) -> kinds.KindOfTask:
    try:
        return kinds.kind(key)
    except kinds.UnknownKindError:
        raise NotFound from None


def _fill(form: NeedForm, kind: kinds.KindOfTask, *, need: Need | None = None) -> None:
    words = {which: [(term.id, name_of(term)) for term in found] for which, found in terms.in_use(g.db).items()}
    form.fill(kind, units=_units(need), terms=words)
    if need is not None and consents.current(g.db, need.id) is not None:
        form.has_consent()


def _units(need: Need | None) -> Sequence[Unit]:
    """Where the need may belong: a professional's own units and the one it belongs to; any, for a coordinator."""
    query = select(Unit).order_by(Unit.name)
    if not holds(g.actor, Can.SEE_CANDIDATES):
        query = query.where(Unit.id.in_({*g.actor.unit_ids, *([need.unit_id] if need and need.unit_id else [])}))
    units: Sequence[Unit] = g.db.scalars(query).all()
    return units


def _form_page(
    form: NeedForm, kind: kinds.KindOfTask, *, heading: str, need: Need | None = None, status: int = 0
) -> tuple[str, int]:
    faulty = request.method == "POST" and not form.quick
    return render_template(
        "needs/form.html",
        form=form,
        kind=kind,
        heading=heading,
        need=need,
        now_stands=as_shown(need, exact=True) if need and status == 409 else None,
        legal=kind.requirements,
        Required=kinds.Required,
        never=kinds.never_asked(),
    ), status or (422 if faulty else 200)


# ---------------------------------------------------------------- reading


@pages.shows("/behov/<int:need_id>", needs=Can.SEE_NEED)
def show(need_id: int) -> str:
    """Where it stands, what may be done, and how citizens see it."""
    need = find(g.db, g.actor, Can.SEE_NEED, Need, need_id)
    return render_template(
        "needs/show.html",
        need=need,
        shown=as_openings([need])[0],
        when_asked="" if seen_needs.exact_times_shown(need) else as_shown(need, exact=True).when,
        sent_back=needs.sent_back_because(g.db, need),
        consent=consents.current(g.db, need.id),
        findings=list(findings_in(need)) if need.state is not NeedState.CLOSED else [],
        seen_by=seen_by(need),
        state=state_names()[need.state],
        outcome=outcome_names().get(need.outcome or "", ""),
        asked=g.db.scalars(select(Offer.id).where(Offer.need_id == need.id)).all(),
        agreed=g.db.scalars(select(Assignment).where(Assignment.need_id == need.id).order_by(Assignment.id)).all(),
        is_person=need.audience is Audience.PERSON,
        told=told_of(need),
    )


def seen_by(need: Need) -> str:
    """Who sees it once it is published."""
    consent = consents.current(g.db, need.id)
    if need.audience is not Audience.PERSON or (consent and consent.covers_publication):
        return _("Alle kan se det, også på nett.")
    if seen_needs.one_to_one_at_home(need):
        return _("Bare innloggede frivillige som er klare, ser det. Eksakte tider vises ikke.")
    return _("Bare innloggede frivillige ser det.")


# ---------------------------------------------------------------- pressing


@pages.changes("/behov/<int:need_id>/publiser", needs=Can.PUBLISH_NEED)
def publish(need_id: int) -> Response:
    """It is matched from here on."""
    needs.publish(g.db, g.actor, need_id, version=version_shown(), now=g.now)
    flash(_("Behovet er publisert. Nå leter vi etter noen."), "success")
    if holds(g.actor, Can.SEE_CANDIDATES):
        return redirect(url_for("candidates.show", need_id=need_id), 303)
    return redirect(url_for("needs.show", need_id=need_id), 303)


@pages.asks("/jeg-trenger-noen", needs=Can.ASK_FOR_MYSELF)
def ask_for_myself() -> Any:
    """A citizen's own; sent to the coordinator, who reads it before anyone else."""
    return own_needs.write()


@pages.changes("/behov/<int:need_id>/send-inn", needs=Can.SUBMIT_NEED)
def submit(need_id: int) -> Response:
    """A citizen's need goes to the coordinator once more."""
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
        flash(_("Behovet er sendt tilbake, med grunnen."), "success")
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
        flash(_("Behovet er avsluttet."), "success")
        return redirect(url_for("needs.show", need_id=need_id), 303)
    return render_template("needs/close.html", need=need, form=form), 422 if request.method == "POST" else 200


@pages.changes("/behov/<int:need_id>/kopier", needs=Can.SEE_NEED)
def copy(need_id: int) -> Response:
    """A new draft from an earlier need."""
    new_need = needs.copy(g.db, g.actor, need_id, now=g.now)
    flash(_("Dette er en kopi. Se gjennom den, og skriv inn samtykket på nytt."), "info")
    return redirect(url_for("needs.change", need_id=new_need.id), 303)
