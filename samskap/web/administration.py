"""The administrator's pages: people and roles, invitations, units, the municipality, and what was changed by whom."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samskap.models import Unit
from samskap.permissions import STAFF, Can, Role
from samskap.services import administration, invitations, kinds, roles
from samskap.services.administration import Change
from samskap.services.steps import Refused, find
from samskap.web.accounts import page
from samskap.web.assets import themes
from samskap.web.blueprint import Pages, recent_password
from samskap.web.forms.administration import InviteForm, SettingsForm, UnitForm, staff_roles, town_names
from samskap.web.frame import Link
from samskap.web.menu import role_name
from samskap.web.paging import page_of_rows
from samskap.web.words import say

pages = Pages("administration", __name__)


# ---------------------------------------------------------------- people and roles


@pages.shows("/administrasjon", needs=Can.INVITE_STAFF)
def show() -> str:
    """Who works here, as what and where; and who has been invited and has not answered."""
    role, unit_id = _asked_role(), _asked_unit()
    staff = page_of_rows(g.db, administration.staff(role=role, unit_id=unit_id))
    return render_template(
        "administration/show.html",
        staff=staff,
        held=administration.roles_of(g.db, [person.id for person in staff.items]),
        waiting=invitations.waiting(g.db, now=g.now),
        units=administration.units(g.db),
        role_name=role_name,
        roles=staff_roles(),
        chosen=(role, unit_id),
    )


def _asked_role() -> Role | None:
    asked = request.args.get("rolle", "")
    return Role(asked) if asked in STAFF else None


def _asked_unit() -> int | None:
    asked = request.args.get("virksomhet", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None


@pages.asks("/administrasjon/inviter", needs=Can.INVITE_STAFF)
def invite() -> Any:
    """Sends somebody a single-use link to a role."""
    recent_password()
    form = InviteForm()
    form.fill(administration.units(g.db))
    if not form.validate_on_submit():
        return page("administration/invite.html", form, crumb_links=_crumbs(_("Inviter")))
    invitations.invite_staff(
        g.db,
        g.actor,
        email=form.email.data,
        role=Role(form.role.data),
        unit_id=form.unit_id,
        locale=g.municipality.locale,
        secret=current_app.extensions["config"].secret_key,
        now=g.now,
    )
    flash(_("Invitasjonen er sendt til %(address)s. Lenken virker i 48 timer.", address=form.email.data), "success")
    return redirect(url_for("administration.show"), 303)


@pages.changes("/administrasjon/invitasjoner/<int:link_id>/trekk", needs=Can.INVITE_STAFF)
def withdraw(link_id: int) -> Response:
    """Makes an invitation useless before it is answered."""
    invitations.withdraw(g.db, g.actor, link_id, now=g.now)
    flash(_("Invitasjonen er trukket tilbake."), "success")
    return redirect(url_for("administration.show"), 303)


@pages.asks("/administrasjon/roller/<int:membership_id>/avslutt", needs=Can.CHANGE_ROLES)
def end_role(membership_id: int) -> Any:
    """Asks whether a role is to end, and ends it."""
    recent_password()
    person, held = administration.held_by(g.db, g.actor, membership_id)
    if request.method == "GET":
        return render_template(
            "administration/end_role.html",
            person=person,
            held=held,
            role_name=role_name,
            crumb_links=_crumbs(_("Avslutt rolle")),
        )
    roles.end(g.db, g.actor, membership_id, now=g.now)
    flash(_("%(name)s er ikke lenger %(role)s.", name=person.name, role=role_name(held.role)), "success")
    return redirect(url_for("administration.show"), 303)


# ---------------------------------------------------------------- units


@pages.asks("/administrasjon/virksomheter", needs=Can.CHANGE_MUNICIPALITY)
def units() -> Any:
    """Every unit, and a form for one more."""
    form = UnitForm()
    form.fill()
    if form.validate_on_submit() and _saved(
        form, lambda: administration.add_unit(g.db, g.actor, **_unit_in(form), now=g.now)
    ):
        flash(_("%(name)s er lagt til.", name=form.name.data), "success")
        return redirect(url_for("administration.units"), 303)
    return page(
        "administration/units.html",
        form,
        units=administration.units(g.db),
        sector_name=_sector_name,
        crumb_links=_crumbs(_("Virksomheter")),
    )


@pages.asks("/administrasjon/virksomheter/<int:unit_id>", needs=Can.CHANGE_MUNICIPALITY)
def unit(unit_id: int) -> Any:
    """One unit, to be changed."""
    found = find(g.db, g.actor, Can.CHANGE_MUNICIPALITY, Unit, unit_id)
    form = UnitForm()
    form.fill()
    if request.method == "GET":
        form.show(found)
    elif form.validate() and _saved(
        form, lambda: administration.change_unit(g.db, g.actor, found, **_unit_in(form), now=g.now)
    ):
        flash(_("%(name)s er endret.", name=form.name.data), "success")
        return redirect(url_for("administration.units"), 303)
    return page("administration/unit.html", form, unit=found, crumb_links=_crumbs(_("Endre virksomhet")))


def _unit_in(form: UnitForm) -> dict[str, str]:
    return {"name": form.name.data, "sector": form.sector.data, "phone": form.phone.data or ""}


def _saved(form: UnitForm, save: Any) -> bool:
    """False, with the sentence beside the name, where the name is taken."""
    try:
        save()
    except Refused as refused:
        form.fault(form.name, say(refused.text))
        return False
    return True


def _sector_name(key: str) -> str:
    return next((say(sector.label) for sector in kinds.sectors() if sector.key == key), key)


# ---------------------------------------------------------------- the municipality


@pages.asks("/administrasjon/kommunen", needs=Can.CHANGE_MUNICIPALITY)
def settings() -> Any:
    """How the municipality appears, and its limits and hours."""
    form = SettingsForm()
    form.fill(themes())
    if request.method == "GET":
        form.show(administration.settings_of(g.municipality))
    elif form.validate():
        administration.change_settings(g.db, g.actor, form.settings(), now=g.now)
        flash(_("Lagret."), "success")
        return redirect(url_for("administration.settings"), 303)
    towns = town_names(g.municipality.neighbours)
    return page("administration/settings.html", form, towns=towns, crumb_links=_crumbs(_("Om kommunen")))


# ---------------------------------------------------------------- history


@pages.shows("/administrasjon/endringer", needs=Can.CHANGE_MUNICIPALITY)
def history() -> str:
    """What administrators have done, newest first."""
    lines = page_of_rows(g.db, administration.history())
    changes = [(change, _sentence(change)) for change in administration.in_words(g.db, lines.items)]
    return render_template(
        "administration/history.html", lines=lines, changes=changes, crumb_links=_crumbs(_("Endringer"))
    )


def _sentence(change: Change) -> str:
    """One change in a sentence."""
    unit = f", {change.why}" if change.noun == "membership" and change.why else ""
    sentences = {
        ("membership", "give"): _(
            "%(name)s ble %(role)s%(unit)s.", name=change.about, role=_role(change.to), unit=unit
        ),
        ("membership", "end"): _(
            "%(name)s er ikke lenger %(role)s%(unit)s.", name=change.about, role=_role(change.frm), unit=unit
        ),
        ("invitation", "invite"): _("Noen ble invitert til å være %(role)s.", role=_role(change.to)),
        ("invitation", "withdraw"): _("En invitasjon til å være %(role)s ble trukket tilbake.", role=_role(change.frm)),
        ("unit", "add"): _("Virksomheten %(name)s ble lagt til.", name=change.why),
    }
    return sentences.get((change.noun, change.step)) or f"{_field(change)}: {change.why}"


def _role(value: str) -> str:
    return role_name(Role(value)) if value else ""


def _field(change: Change) -> str:
    """The name of a setting that was changed."""
    form = UnitForm() if change.noun == "unit" else SettingsForm()
    return str(form[change.step].label.text) if change.step in form else change.step


def _crumbs(here: str) -> list[Link]:
    return [Link(_("Folk og roller"), url_for("administration.show")), Link(here, "", True)]
