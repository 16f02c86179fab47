"""Pages that e-mails lead to: each shows what a link is for and a button, and the button uses the link up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from samskap.models import Account, Link, Municipality
from samskap.models.account import Purpose
from samskap.permissions import Can
from samskap.services import accounts, invitations, links, passwords, sessions
from samskap.services.invitations import Invitation
from samskap.web import known_browsers, tries
from samskap.web.accounts import must_wait, page, welcome
from samskap.web.blueprint import Pages, commit_before_hashing
from samskap.web.forms.accounts import ForgottenForm, InviteeForm, NewPasswordForm, ProveForm
from samskap.web.forms.base import Form
from samskap.web.menu import role_name

pages = Pages("links", __name__)


def _link(*purposes: Purpose) -> Link | None:
    """The link of this address, while it can be used."""
    return links.find(g.db, request.args.get("lenke", ""), *purposes, now=g.now)


def _spent(purpose: Purpose) -> Response:
    """The link cannot be used: why, and what to do instead."""
    other = g.db.scalars(select(Municipality).filter_by(code=request.args.get("kommune", "")[:4])).one_or_none()
    elsewhere = other if other is not None and other.id != g.actor.municipality_id else None
    return make_response(render_template("links/spent.html", purpose=purpose, elsewhere=elsewhere), 410)


def _secret() -> str:
    secret: str = current_app.extensions["config"].secret_key
    return secret


def _mine(account_id: int | None) -> bool:
    return g.login is not None and g.login.account_id == account_id


def _enter(account: Account, said: str) -> Response:
    """Log the link's account in, in a browser that is known from now on."""
    response = welcome(sessions.begin(g.db, account, g.actor.municipality_id, now=g.now), None)
    known_browsers.remember(response, account.email or "")
    flash(said, "success")
    return response


def _password_refused(
    form: Any, email: str, account_id: int | None, show: Callable[[Any], Response]
) -> Response | None:
    """None if the password of the link's account was right; else the page that says so."""
    if (wait := tries.count_password(email)) is not None:
        return must_wait(form, wait, show)
    known = accounts.known_as(g.db, account_id or 0)
    commit_before_hashing()
    if passwords.matches(form.password.data, known.kept):
        tries.password_was_right(email)
        return None
    form.fault(form.password, _("Passordet stemmer ikke med kontoen som har denne adressen."))
    return show(form)


# ---------------------------------------------------------------- verifying an address


@pages.asks("/bekreft", needs=Can.VISIT)
def verify() -> Any:
    """Shows that an address is one's own: a press where one is logged in, else with the password."""
    link = _link(Purpose.VERIFY)
    if link is None:
        return _spent(Purpose.VERIFY)
    email, account_id, mine = link.email, link.account_id, _mine(link.account_id)
    form = Form() if mine else ProveForm()

    def show(form: Any) -> Response:
        return page("links/verify.html", form, email=email, mine=mine)

    if not form.validate_on_submit():
        return show(form)
    if not mine and (refused := _password_refused(form, email, account_id, show)) is not None:
        return refused
    return _verified(mine=mine)


def _verified(*, mine: bool) -> Response:
    """Use the link up, unless it has been while the password was looked at."""
    link = _link(Purpose.VERIFY)
    if link is None:
        return _spent(Purpose.VERIFY)
    account = accounts.verify(g.db, link, now=g.now)
    if not mine:
        return _enter(account, _("Takk. Adressen er bekreftet."))
    flash(_("Takk. Adressen er bekreftet."), "success")
    return redirect(url_for("accounts.home"), 303)


@pages.changes("/bekreft/ikke-meg", needs=Can.VISIT)
def disown() -> Response:
    """Somebody else has signed up with one's address: what they made can no longer be used."""
    link = _link(Purpose.VERIFY)
    if link is None:
        return _spent(Purpose.VERIFY)
    accounts.disown(g.db, link, now=g.now)
    flash(_("Takk. Kontoen som noen laget med adressen din, kan ikke brukes."), "success")
    return redirect(url_for("public.front"), 303)


# ---------------------------------------------------------------- a new password


@pages.asks("/glemt-passord", needs=Can.VISIT)
def forgotten() -> Any:
    """Asks for a link with which a new password is chosen; the same answer for every address."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return page("links/forgotten.html", form)
    if (wait := tries.count_mail(form.email.data)) is not None:
        return must_wait(form, wait, lambda form: page("links/forgotten.html", form))
    accounts.ask_for_new_password(g.db, form.email.data, locale=g.locale, secret=_secret(), now=g.now)
    return redirect(url_for("links.sent"), 303)


@pages.shows("/glemt-passord/sendt", needs=Can.VISIT)
def sent() -> str:
    """What happens next."""
    return render_template("links/sent.html")


@pages.asks("/nytt-passord", needs=Can.VISIT)
def new_password() -> Any:
    """Chooses a new password by a link."""
    link = _link(Purpose.RESET)
    if link is None:
        return _spent(Purpose.RESET)
    form = NewPasswordForm(known=(link.email,))
    if not form.validate_on_submit():
        return page("links/new_password.html", form, email=link.email)
    commit_before_hashing()
    kept = passwords.hashed(form.password.data)
    link = _link(Purpose.RESET)
    if link is None:
        return _spent(Purpose.RESET)
    account = accounts.choose_new_password(g.db, link, kept, now=g.now)
    tries.begin_anew(link.email)
    return _enter(account, _("Passordet er byttet. Du er logget ut alle andre steder."))


# ---------------------------------------------------------------- invitations


@pages.asks("/invitasjon", needs=Can.VISIT)
def invitation() -> Any:
    """Accepts a role, or a place among the volunteers."""
    link = _link(*invitations.PURPOSES)
    if link is None:
        return _spent(Purpose.INVITE_STAFF)
    told = invitations.about(g.db, link)
    if g.login is not None and not _mine(told.account_id):
        template = render_template("links/log_out_first.html", told=told)
        return make_response(template, 200 if request.method == "GET" else 409)
    form = _invitation_form(told)

    def show(form: Any) -> Response:
        return page("links/invitation.html", form, told=told, mine=g.login is not None, role_name=role_name)

    if not form.validate_on_submit():
        return show(form)
    if isinstance(form, ProveForm):
        refused = _password_refused(form, told.email, told.account_id, show)
        return refused or _accepted(told, name="", password=None)
    return _accepted(told, name=_name_in(form), password=None if told.account_id else form.password.data)


def _invitation_form(told: Invitation) -> Any:
    """What must be told: nothing by one who is logged in, the password by one with an account, more by one without."""
    if _mine(told.account_id):
        return Form()
    if told.account_id is not None:
        return ProveForm()
    return NewPasswordForm(known=(told.email, told.name)) if told.name else InviteeForm(known=(told.email,))


def _name_in(form: Any) -> str:
    return form.name.data if isinstance(form, InviteeForm) else ""


def _accepted(told: Invitation, *, name: str, password: str | None) -> Response:
    """Use the link up, unless it has been while a password was looked at."""
    kept = None
    if password is not None:
        commit_before_hashing()
        kept = passwords.hashed(password)
    link = _link(*invitations.PURPOSES)
    if link is None:
        return _spent(Purpose.INVITE_STAFF)
    account = invitations.accept(g.db, link, name=name or told.name, password_hash=kept, locale=g.locale, now=g.now)
    tries.begin_anew(told.email)
    return _enter(account, _("Velkommen. Rollen er din.") if told.role else _("Velkommen. Nå er du med."))


@pages.changes("/invitasjon/ny", needs=Can.VISIT)
def renew() -> Response:
    """Sends a volunteer whose link is too old a fresh one; the same answer for every link."""
    if tries.count_mail(request.args.get("lenke", "")[:100]) is None:
        invitations.renew(g.db, request.args.get("lenke", ""), secret=_secret(), now=g.now)
    return redirect(url_for("links.renewed"), 303)


@pages.shows("/invitasjon/sendt", needs=Can.VISIT)
def renewed() -> str:
    """What happens next."""
    return render_template("links/renewed.html")
