"""Forespørsel: what a volunteer is asked, without anything that names the recipient; yes, no or not now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from samskap.integrations.places import Point, distance_km
from samskap.models import Assignment, Audience, Mode, Need, NeedWindow, Offer, Person, Unit, Volunteer
from samskap.permissions import Can, may
from samskap.services import kinds, offers
from samskap.services.steps import find
from samskap.text import distance
from samskap.web import drawing
from samskap.web.blueprint import Pages
from samskap.web.forms.offers import NoForm, YesForm
from samskap.web.paging import page_of_rows
from samskap.web.shown import as_shown
from samskap.web.told import told_of
from samskap.workflows.offer import OfferState

pages = Pages("offers", __name__)


def state_names() -> Mapping[str, str]:
    """The states of an offer on screen."""
    return {
        OfferState.SENT: _("Venter på svar"),
        OfferState.ACCEPTED: _("Ja"),
        OfferState.DECLINED: _("Nei"),
        OfferState.NOT_NOW: _("Ikke nå"),
        OfferState.EXPIRED: _("Ikke besvart"),
        OfferState.WITHDRAWN: _("Trukket tilbake"),
    }


@pages.shows("/foresporsler", needs=Can.SEE_NEEDS_FOR_ME)
def mine() -> str:
    """What I have been asked; what waits for my answer first."""
    page = page_of_rows(g.db, offers.mine(g.actor))
    return render_template("offers/mine.html", page=page, needs=_needs_of(page.items), states=state_names())


def _needs_of(found: Any) -> Mapping[int, Need]:
    ids = {offer.need_id for offer in found}
    return {need.id: need for need in g.db.scalars(select(Need).where(Need.id.in_(sorted(ids))))}


@pages.shows("/foresporsel/<int:offer_id>", needs=Can.SEE_OFFER)
def show(offer_id: int) -> Any:
    """The request, and the answer if it was given."""
    return _page(find(g.db, g.actor, Can.SEE_OFFER, Offer, offer_id))


def _page(offer: Offer, *, yes: YesForm | None = None, no: NoForm | None = None, status: int = 200) -> tuple[str, int]:
    need = g.db.get_one(Need, offer.need_id)
    page = render_template(
        "offers/show.html",
        offer=offer,
        need=need,
        shown=as_shown(need, exact=True),
        task=_task(need),
        whom=with_whom(need),
        far=how_far(offer.volunteer_id, need),
        week=_week(offer, need),
        yes=yes or YesForm(formdata=None),
        no=no or _empty_no(),
        asked=_asked(offer),
        state=state_names()[offer.state],
        assignment=g.db.scalars(select(Assignment).where(Assignment.offer_id == offer.id)).one_or_none(),
        told=told_of(offer),
    )
    return page, status


def _task(need: Need) -> kinds.KindOfTask:
    return kinds.kind(need.kind)


def _empty_no() -> NoForm:
    form = NoForm(formdata=None)
    form.fill()
    return form


def with_whom(need: Need) -> str:
    """Whom one would work with: a role or a unit, never the recipient."""
    unit = g.db.get(Unit, need.unit_id) if need.unit_id is not None else None
    if need.posted_by_id == need.recipient_id:
        return _("En innbygger som selv har spurt. Koordinatoren kjenner til det.")
    if need.audience is Audience.PERSON:
        return (
            _("En innbygger, og en fagperson ved %(unit)s", unit=unit.name)
            if unit
            else _("En innbygger, gjennom koordinatoren")
        )
    group = _("En gruppe") if need.audience is Audience.GROUP else _("En virksomhet i kommunen")
    return _("%(group)s ved %(unit)s", group=group, unit=unit.name) if unit else group


def how_far(volunteer_id: int, need: Need) -> str:
    """About how far it is from a volunteer's home, in whole kilometres; nothing for what takes no travel."""
    person = g.db.get_one(Person, volunteer_id)
    home, there = _point(person), _point(need)
    if need.mode in (Mode.PHONE, Mode.ONLINE) or home is None or there is None:
        return ""
    return distance(distance_km(home, there), locale=g.locale)


def _point(thing: Person | Need) -> Point | None:
    return Point(thing.lat, thing.lon) if thing.lat is not None and thing.lon is not None else None


def _week(offer: Offer, need: Need) -> drawing.WeekPicture | None:
    """The wanted weekly times beside one's own; None where nothing is wanted weekly."""
    weekly = select(NeedWindow.start_minute, NeedWindow.end_minute).where(
        NeedWindow.need_id == need.id, NeedWindow.start_minute.is_not(None)
    )
    asked = [(row.start_minute, row.end_minute) for row in g.db.execute(weekly)]
    free = g.db.get_one(Volunteer, offer.volunteer_id).free
    if not asked:
        return None
    return drawing.week_picture(free=free.spans() if free else (), asked=asked, locale=g.locale)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who was asked, as the coordinator sees it."""

    id: int
    name: str
    phone: str | None
    by_phone: bool


def _asked(offer: Offer) -> Asked | None:
    """None for the volunteer, who knows."""
    if not may(g.actor, Can.WITHDRAW_OFFER, offer):
        return None
    person = g.db.get_one(Person, offer.volunteer_id)
    by_phone = offers.answers_by_phone(g.db, offer)
    return Asked(id=person.id, name=person.name, phone=person.phone, by_phone=by_phone)


# Answering


@pages.changes("/foresporsel/<int:offer_id>/ja", needs=Can.ANSWER_OFFER)
def accept(offer_id: int) -> Any:
    """Yes, with the insurance line read."""
    return _yes(offer_id, Can.ANSWER_OFFER, offers.accept, _("Takk. Nå spør vi den andre siden, og du får beskjed."))


@pages.changes("/foresporsel/<int:offer_id>/nei", needs=Can.ANSWER_OFFER)
def decline(offer_id: int) -> Any:
    """No."""
    return _no(
        offer_id, Can.ANSWER_OFFER, offers.decline, _("Takk for at du svarte. Du blir ikke spurt om dette igjen.")
    )


@pages.changes("/foresporsel/<int:offer_id>/ikke-na", needs=Can.ANSWER_OFFER)
def not_now(offer_id: int) -> Any:
    """Not now, and when one may be asked again."""
    return _not_now(offer_id, Can.ANSWER_OFFER, offers.not_now)


@pages.changes("/foresporsel/<int:offer_id>/ja-pa-telefon", needs=Can.ANSWER_FOR_SOMEONE)
def accept_by_phone(offer_id: int) -> Any:
    """A yes on the phone."""
    return _yes(offer_id, Can.ANSWER_FOR_SOMEONE, offers.accept_by_phone, _("Svaret er skrevet inn."))


@pages.changes("/foresporsel/<int:offer_id>/nei-pa-telefon", needs=Can.ANSWER_FOR_SOMEONE)
def decline_by_phone(offer_id: int) -> Any:
    """A no on the phone."""
    return _no(offer_id, Can.ANSWER_FOR_SOMEONE, offers.decline_by_phone, _("Svaret er skrevet inn."))


@pages.changes("/foresporsel/<int:offer_id>/ikke-na-pa-telefon", needs=Can.ANSWER_FOR_SOMEONE)
def not_now_by_phone(offer_id: int) -> Any:
    """“Later” on the phone."""
    return _not_now(offer_id, Can.ANSWER_FOR_SOMEONE, offers.not_now_by_phone)


def _yes(offer_id: int, can: Can, verb: Callable[..., Any], thanks: str) -> Any:
    offer = find(g.db, g.actor, can, Offer, offer_id)
    form = YesForm()
    if offer.state is OfferState.SENT and not form.validate():
        return _page(offer, yes=form, status=422)
    verb(g.db, g.actor, offer_id, insurance_read=bool(form.insurance.data), now=g.now)
    flash(thanks, "success")
    return _back(offer_id)


def _no(offer_id: int, can: Can, verb: Callable[..., Any], thanks: str) -> Any:
    offer = find(g.db, g.actor, can, Offer, offer_id)
    form = NoForm()
    form.fill()
    if not form.reason.validate(form):
        return _page(offer, no=form, status=422)
    verb(g.db, g.actor, offer_id, reason=form.reason.data or "", now=g.now)
    flash(thanks, "success")
    return _back(offer_id)


def _not_now(offer_id: int, can: Can, verb: Callable[..., Any]) -> Any:
    offer = find(g.db, g.actor, can, Offer, offer_id)
    form = NoForm()
    form.fill()
    if not form.validate():
        return _page(offer, no=form, status=422)
    verb(g.db, g.actor, offer_id, ask_again_on=form.ask_again_on, reason=form.reason.data or "", now=g.now)
    flash(_("Takk for at du svarte. Vi spør ikke før den dagen."), "success")
    return _back(offer_id)


@pages.changes("/foresporsel/<int:offer_id>/trekk", needs=Can.WITHDRAW_OFFER)
def withdraw(offer_id: int) -> Response:
    """The coordinator takes it back."""
    offers.withdraw(g.db, g.actor, offer_id, now=g.now)
    flash(_("Forespørselen er trukket tilbake."), "success")
    return _back(offer_id)


def _back(offer_id: int) -> Response:
    return redirect(url_for("offers.show", offer_id=offer_id), 303)
