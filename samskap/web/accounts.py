"""Logging in and out, signing up, one's password, and changing hats or municipality."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import (
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from config import Config
from samskap.models import Account
from samskap.permissions import Can, Role
from samskap.services import accounts, passwords, sessions
from samskap.services.accounts import Known
from samskap.web import known_browsers, tries
from samskap.web.blueprint import Pages, commit_before_hashing, to_log_in
from samskap.web.forms.accounts import ChangePasswordForm, JoinForm, LogInForm, ProveForm, SignUpForm
from samskap.web.forms.base import Form
from samskap.web.here import LoggedIn
from samskap.web.menu import ORDER, TOWN, home_of, role_name
from samskap.web.redirects import own_path

pages = Pages("accounts", __name__)
pages.record(lambda _state: passwords.warm_up())


# ---------------------------------------------------------------- logging in and out


@pages.asks("/logg-inn", needs=Can.VISIT)
def log_in() -> Any:
    """The log-in page; in demo mode with a button for each demo person."""
    form = LogInForm(next=request.args.get("next"))
    if request.method == "GET" and g.login is not None:
        return redirect(own_path(form.next.data) or url_for("accounts.home"), 303)
    if not form.validate_on_submit():
        return _log_in_page(form)
    if (wait := tries.count_password(form.email.data)) is not None:
        return must_wait(form, wait, _log_in_page)
    known = accounts.known_by(g.db, form.email.data, demo=_config().demo)
    commit_before_hashing()
    token = _enter(known, form.password.data)
    if token is None:
        form.fault(
            form.password, _("E-postadressen eller passordet stemmer ikke. Prøv igjen, eller velg «Glemt passord».")
        )
        return _log_in_page(form)
    tries.password_was_right(form.email.data)
    response = welcome(token, form.next.data)
    known_browsers.remember(response, accounts.normal_address(form.email.data))
    return response


def _enter(known: Known, password: str) -> str | None:
    """A session's token if the password is right; hashed while no transaction is open."""
    if not passwords.matches(password, known.kept) or known.kept is None:
        return None
    better = passwords.hashed(password) if passwords.outdated(known.kept) else None
    return accounts.enter(g.db, known, better=better, now=g.now)


def _log_in_page(form: LogInForm) -> Response:
    people = accounts.demo_people(g.db) if _config().demo else []
    return page(
        "accounts/log_in.html", form, people=[(one, [role_name(r) for r in _in_order(one.roles)]) for one in people]
    )


def _in_order(roles: tuple[Role, ...]) -> list[Role]:
    return [role for role in ORDER if role in roles] or [Role.CITIZEN]


@pages.changes("/logg-inn/demo", needs=Can.VISIT)
def enter_demo() -> Response:
    """Be a demo person at the press of a button; not found outside demo mode."""
    chosen = request.form.get("konto", "")
    if not _config().demo or not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 10):
        abort(404)
    return welcome(accounts.enter_demo(g.db, int(chosen), now=g.now), request.form.get("next"))


@pages.changes("/logg-ut", needs=Can.LOG_OUT)
def log_out() -> Response:
    """Ends the session on our side: its token is dead."""
    if current_user.is_authenticated:
        sessions.end(g.db, current_user.get_id())
        logout_user()
    g.login = None
    _begin_clean()
    flash(_("Du er logget ut."), "success")
    response = redirect(url_for("public.front"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def welcome(token: str, wanted: str | None) -> Response:
    """Put a new session in the cookie, and go where one wanted, or home."""
    if current_user.is_authenticated:
        sessions.end(g.db, current_user.get_id())
    _begin_clean()
    carry(token)
    return redirect(own_path(wanted) or url_for("accounts.home"), 303)


def carry(token: str) -> None:
    """The cookie names this session from now on."""
    login_user(LoggedIn(token, None))


def _begin_clean() -> None:
    """Nothing a stranger left in the cookie is taken along, except the language."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale


@pages.shows("/hjem", needs=Can.VISIT)
def home() -> Response:
    """To where one's day begins."""
    if g.login is not None and not g.actor.known:
        return redirect(url_for("accounts.join"), 303)
    return redirect(home_of(g.login), 303)


# ---------------------------------------------------------------- signing up


@pages.asks("/ny-konto", needs=Can.VISIT)
def sign_up() -> Any:
    """A new account, and a session at once; offers come when the address is verified."""
    form = SignUpForm(next=request.args.get("next"))
    if request.method == "GET" and g.login is not None:
        return redirect(own_path(form.next.data) or url_for("accounts.home"), 303)
    if not form.validate_on_submit():
        return page("accounts/sign_up.html", form)
    if (wait := tries.count_mail(form.email.data)) is not None:
        return must_wait(form, wait, lambda form: page("accounts/sign_up.html", form))
    commit_before_hashing()
    account = _signed_up(form, passwords.hashed(form.password.data))
    response = welcome(sessions.begin(g.db, account, g.actor.municipality_id, now=g.now), form.next.data)
    flash(_("Vi har sendt en e-post til %(address)s. Åpne den og bekreft at adressen er din.", address=form.email.data))
    return response


def _signed_up(form: SignUpForm, kept: str) -> Account:
    return accounts.sign_up(
        g.db,
        name=form.name.data,
        email=form.email.data,
        password=form.password.data,
        password_hash=kept,
        browser=g.who,
        locale=g.locale,
        secret=_config().secret_key,
        now=g.now,
    )


@pages.asks("/bli-med", needs=Can.VISIT)
def join() -> Any:
    """Somebody with an account who is nobody here yet becomes somebody here."""
    if g.login is None or g.actor.known:
        return redirect(url_for("accounts.home"), 303)
    form = JoinForm()
    if not form.validate_on_submit():
        return page("accounts/join.html", form)
    account = g.db.get_one(Account, g.login.account_id)
    accounts.settle(g.db, account, name=form.name.data, locale=g.locale, now=g.now)
    return redirect(own_path(request.args.get("next")) or url_for("accounts.home"), 303)


# ---------------------------------------------------------------- one's account


@pages.shows("/konto", needs=Can.KEEP_ACCOUNT)
def show() -> str:
    """One's address, password and municipalities."""
    account = g.db.get_one(Account, g.login.account_id)
    places = [place for place in sessions.places_of(g.db, account.id) if place.id != g.actor.municipality_id]
    return render_template("accounts/show.html", account=account, places=places, town=TOWN)


@pages.changes("/konto/bekreft", needs=Can.KEEP_ACCOUNT)
def send_again() -> Response:
    """Another e-mail to verify one's address."""
    account = g.db.get_one(Account, g.login.account_id)
    if account.verified_at is None and account.email:
        if (wait := tries.count_mail(account.email)) is not None:
            flash(tries.wait_in_words(wait), "warning")
        else:
            accounts.ask_to_verify(g.db, account, locale=g.locale, secret=_config().secret_key, now=g.now)
            flash(_("Vi har sendt en ny e-post til %(address)s.", address=account.email), "success")
    return redirect(url_for("accounts.show"), 303)


@pages.asks("/konto/passord", needs=Can.KEEP_ACCOUNT)
def change_password() -> Any:
    """Another password, for one who knows the present one; every other session is dead afterwards."""
    account = g.db.get_one(Account, g.login.account_id)
    email, account_id = account.email or "", account.id
    form = ChangePasswordForm(known=(g.login.name, email))
    if not form.validate_on_submit():
        return page("accounts/change_password.html", form)
    if (wait := tries.count_password(email)) is not None:
        return must_wait(form, wait, lambda form: page("accounts/change_password.html", form))
    known = accounts.known_as(g.db, account_id)
    commit_before_hashing()
    if not passwords.matches(form.old.data, known.kept):
        form.fault(form.old, _("Passordet du har nå, stemmer ikke."))
        return page("accounts/change_password.html", form)
    kept = passwords.hashed(form.password.data)
    tries.password_was_right(email)
    account = g.db.get_one(Account, account_id)
    accounts.change_password(g.db, account, kept)
    g.db.refresh(account)
    response = welcome(sessions.begin(g.db, account, g.actor.municipality_id, now=g.now), url_for("accounts.show"))
    flash(_("Passordet er byttet. Du er logget ut alle andre steder."), "success")
    return response


@pages.changes("/konto/logg-ut-andre", needs=Can.KEEP_ACCOUNT)
def end_others() -> Response:
    """Ends one's sessions everywhere but here."""
    sessions.end_all(g.db, g.login.account_id, but=g.login.session_id)
    flash(_("Du er logget ut alle andre steder."), "success")
    return redirect(url_for("accounts.show"), 303)


@pages.asks("/bekreft-deg", needs=Can.KEEP_ACCOUNT)
def prove() -> Any:
    """The password once more, before what must not be done on a borrowed screen."""
    form = ProveForm(next=request.args.get("next"))
    if g.login.demo:
        form.password.validators = []
    if not form.validate_on_submit():
        return page("accounts/prove.html", form)
    if not g.login.demo:
        account = g.db.get_one(Account, g.login.account_id)
        if (wait := tries.count_password(account.email or "")) is not None:
            return must_wait(form, wait, lambda form: page("accounts/prove.html", form))
        email, known = account.email or "", accounts.known_as(g.db, account.id)
        commit_before_hashing()
        if not passwords.matches(form.password.data, known.kept):
            form.fault(form.password, _("Passordet stemmer ikke."))
            return page("accounts/prove.html", form)
        tries.password_was_right(email)
    carry(sessions.prove(g.db, g.login, now=g.now))
    return redirect(own_path(form.next.data) or url_for("accounts.home"), 303)


# ---------------------------------------------------------------- hats and municipalities


@pages.changes("/bytt", needs=Can.VISIT)
def switch() -> Response:
    """Puts on another of one's hats, or goes on in another of one's municipalities, in one press."""
    wanted = request.form.get("rolle", "")
    if g.login is None:
        return to_log_in()
    if wanted.startswith(TOWN):
        return _go_to(wanted.removeprefix(TOWN))
    if wanted not in g.login.actor.roles:
        return redirect(url_for("accounts.home"), 303)
    sessions.put_on(g.db, g.login, Role(wanted))
    return redirect(home_of(replace(g.login, hat=Role(wanted))), 303)


def _go_to(code: str) -> Response:
    """A new session in the other municipality; forms that lie open from this one are refused there."""
    place = next((place for place in sessions.places_of(g.db, g.login.account_id) if place.code == code), None)
    if place is not None:
        session.pop("kommune", None)
        carry(sessions.move(g.db, g.login, place.id))
    return redirect(url_for("accounts.home"), 303)


# ---------------------------------------------------------------- what these pages share


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def page(template: str, form: Form, **more: Any) -> Response:
    """A form's page; 422 when something in it must be mended."""
    return make_response(render_template(template, form=form, **more), 422 if form.errors else 200)


def must_wait(form: Form, wait: timedelta, show: Callable[..., Response]) -> Response:
    """The same page with how long to wait."""
    form.form_errors.append(tries.wait_in_words(wait))
    response = show(form)
    response.status_code = 429
    response.headers["Retry-After"] = str(max(1, round(wait.total_seconds())))
    return response
