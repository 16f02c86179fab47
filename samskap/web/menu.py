"""The frame of every page: the menu for the hat that is on, the languages, and who is logged in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from samskap.permissions import Can, Role, holds
from samskap.services.sessions import Login, places_of
from samskap.text import LOCALE_NAMES
from samskap.web.frame import LanguageLink, Link, RoleChoice, SignedIn

TOWN = "kommune "
"""Before a municipality's code, where a role's name might stand in what is posted: "kommune 3441"."""
ORDER = (
    Role.COORDINATOR,
    Role.PROFESSIONAL,
    Role.LEADER,
    Role.CLEARANCE_OFFICER,
    Role.ADMINISTRATOR,
    Role.VOLUNTEER,
    Role.RECIPIENT,
)
"""Which hat is put on when nobody has chosen one."""


def install(app: Flask) -> None:
    """Give base.html what it draws around every page."""
    app.context_processor(_frame)


def role_name(role: Role) -> str:
    """What a role is called on screen."""
    return {
        Role.ANYONE: _("besøkende"),
        Role.CITIZEN: _("innbygger"),
        Role.VOLUNTEER: _("frivillig"),
        Role.RECIPIENT: _("mottaker"),
        Role.PROFESSIONAL: _("fagperson"),
        Role.COORDINATOR: _("koordinator"),
        Role.CLEARANCE_OFFICER: _("avklaringsansvarlig"),
        Role.LEADER: _("leder"),
        Role.ADMINISTRATOR: _("administrator"),
    }[role]


def hat_of(login: Login) -> Role:
    """The role that the menu is for: the one put on, else the first that the person holds."""
    if login.hat is not None:
        return login.hat
    return next((role for role in ORDER if role in login.actor.roles), Role.CITIZEN)


def home_of(login: Login | None) -> str:
    """Where a person's day begins."""
    return url_for(HOMES.get(hat_of(login), "my_page.show") if login else "public.front")


HOMES = {
    Role.COORDINATOR: "work_list.show",
    Role.PROFESSIONAL: "needs.mine",
    Role.LEADER: "figures.show",
    Role.CLEARANCE_OFFICER: "clearances.register",
    Role.ADMINISTRATOR: "administration.show",
}


def _links(login: Login | None) -> list[tuple[Can, str, str]]:
    """What may be done, in which words, on which page: one row for each place in the menu."""
    hat = hat_of(login) if login else Role.ANYONE
    if hat is Role.COORDINATOR:
        return [
            (Can.SEE_WORK_LIST, _("Arbeidsliste"), "work_list.show"),
            (Can.DECIDE_PROPOSAL, _("Plan"), "plans.show"),
            (Can.SEE_CANDIDATES, _("Behov"), "needs.all_needs"),
            (Can.SEE_VOLUNTEERS, _("Frivillige"), "volunteers.all_volunteers"),
            (Can.SEE_CANDIDATES, _("Avtaler"), "assignments.all_assignments"),
            (Can.IMPORT_LISTS, _("Importer"), "imports.start"),
            (Can.SEE_FIGURES, _("Tall"), "figures.show"),
        ]
    if hat is Role.PROFESSIONAL:
        return [(Can.POST_NEED, _("Mine behov"), "needs.mine"), (Can.POST_NEED, _("Nytt behov"), "needs.new")]
    if hat is Role.LEADER:
        return [(Can.SEE_FIGURES, _("Tall"), "figures.show")]
    if hat is Role.CLEARANCE_OFFICER:
        return [(Can.SEE_CLEARANCE, _("Avklaringer"), "clearances.register")]
    if hat is Role.ADMINISTRATOR:
        return [
            (Can.INVITE_STAFF, _("Folk og roller"), "administration.show"),
            (Can.SEE_FIGURES, _("Tall"), "figures.show"),
        ]
    if login:
        return [
            (Can.SEE_MY_PAGE, _("Min side"), "my_page.show"),
            (Can.SEE_NEEDS_FOR_ME, _("Her trengs du for meg"), "my_page.needs_for_me"),
            (Can.SEE_MY_DATA, _("Mine data"), "my_data.show"),
        ]
    return [
        (Can.VISIT, _("Her trengs du"), "public.open_needs"),
        (Can.VISIT, _("Slik virker det"), "public.how_it_works"),
        (Can.VISIT, _("Logg inn"), "accounts.log_in"),
    ]


def _frame() -> dict[str, Any]:
    if "actor" not in g:
        return {}
    login: Login | None = g.login
    links = [
        Link(label, url_for(page), request.endpoint == page)
        for can, label, page in _links(login)
        if holds(g.actor, can)
    ]
    return {
        "menu": links,
        "languages": [LanguageLink(code, name, _in(code), code == g.locale) for code, name in LOCALE_NAMES.items()],
        "signed_in": _signed_in(login) if login else None,
        "home_url": home_of(login),
    }


def _in(code: str) -> str:
    """This page in another language; after a form was sent, its page without the answers."""
    kept = {name: values for name, values in request.args.to_dict(flat=False).items() if name != "lang"}
    return f"{request.path}?{urlencode({**kept, 'lang': code}, doseq=True)}"


def _signed_in(login: Login) -> SignedIn:
    hat = hat_of(login)
    hats = [RoleChoice(role_name(role), role) for role in ORDER if role in login.actor.roles and role is not hat]
    return SignedIn(
        name=login.name,
        role=role_name(hat),
        others=(*hats, *_towns(login)),
        log_out_url=url_for("accounts.log_out"),
        switch_url=url_for("accounts.switch"),
        account_url=url_for("accounts.show"),
    )


def _towns(login: Login) -> list[RoleChoice]:
    """The other municipalities in which one is somebody."""
    if login.places < 2:
        return []
    places = places_of(g.db, login.account_id)
    return [RoleChoice(place.name, TOWN + place.code) for place in places if place.id != login.actor.municipality_id]
