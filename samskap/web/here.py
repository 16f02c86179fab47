"""Who asks, where they stand, in which language, and at what time: settled once, before each request."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from typing import Any

from flask import Flask, Response, abort, current_app, g, request, session
from flask_login import LoginManager, current_user
from sqlalchemy import or_, select
from sqlalchemy.exc import DBAPIError

from samskap.models import Municipality
from samskap.models.session import TenantSession, writing
from samskap.permissions import Actor, Can, holds, may
from samskap.services import sessions
from samskap.services.sessions import Login
from samskap.services.steps import steps_open_to
from samskap.text import LOCALES, Locale, as_locale

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NO_DATABASE = frozenset({"static", "public.healthz"})
"""Endpoints that answer before anything is looked up in the database."""


log = logging.getLogger("samskap")


class LoggedIn:
    """What Flask-Login holds on to: the session's token and what it led to."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, login: Login | None) -> None:
        self.token = token
        self.login = login

    def get_id(self) -> str:
        """The token of the server-side session: what the signed cookie carries."""
        return self.token


def install(app: Flask) -> None:
    """Settle g.db, g.now, g.municipality, g.login, g.actor, g.locale and g.who before each request."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_resume)
    app.before_request(_arrive)
    app.after_request(_still_here)
    app.teardown_request(_leave)
    app.context_processor(_words_for_templates)


def _arrive() -> None:
    g.writing = writing(write=request.method not in SAFE_METHODS)
    g.writing.__enter__()
    if request.endpoint in NO_DATABASE:
        g.actor = Actor(municipality_id=None)
        return
    if any("\x00" in value for values in request.args.listvalues() for value in values):
        abort(400)
    g.now = current_app.extensions["clock"]()
    g.db = current_app.extensions["sqlalchemy"].session()
    g.login = current_user.login if current_user.is_authenticated else None
    g.municipality = _municipality(g.db)
    g.db.stand_in(g.municipality.id)
    g.actor = g.login.actor if g.login else Actor(municipality_id=g.municipality.id)
    g.locale = _locale(g.login, g.municipality)
    g.who = _who()


def _resume(token: str) -> LoggedIn | None:
    """Flask-Login's user loader: the log-in of a token, while its session lives."""
    db: TenantSession = current_app.extensions["sqlalchemy"].session()
    login = sessions.resume(db, token, now=current_app.extensions["clock"]())
    if login is None or (login.demo and not current_app.extensions["config"].demo):
        return None
    return LoggedIn(token, login)


def _municipality(db: TenantSession) -> Municipality:
    """Where this request stands: the log-in's municipality, else the one asked for, the host's, or the usual one."""
    if db.municipality_id is not None:
        return db.get_one(Municipality, db.municipality_id)
    host, usual = request.host.partition(":")[0], current_app.extensions["config"].municipality
    asked = request.args.get("kommune") or session.get("kommune") or usual
    candidates = db.scalars(
        select(Municipality).where(or_(Municipality.host == host, Municipality.code.in_([asked, usual])))
    )
    ranks = {(place.code == asked != usual, place.host == host, place.code == usual): place for place in candidates}
    if not ranks:
        log.error("there is no municipality %s in the database; SAMSKAP_MUNICIPALITY must name one", usual)
        abort(503)
    return _remembered(ranks[max(ranks)])


def _remembered(municipality: Municipality) -> Municipality:
    """A stranger who has come by a link to one municipality stays in it."""
    if request.args.get("kommune") == municipality.code:
        session["kommune"] = municipality.code
    return municipality


def _locale(login: Login | None, municipality: Municipality) -> Locale:
    """The language asked for in the address, else chosen before, else the person's own, else the municipality's."""
    asked = request.args.get("lang")
    if asked in LOCALES:
        session["locale"] = asked
    return as_locale(session.get("locale") or (login.locale if login else None) or municipality.locale)


def _who() -> str:
    """Whose form keys these are: the account's, or those of a stranger's browser."""
    if g.login is not None:
        return hashlib.sha256(f"account {g.login.account_id}".encode()).hexdigest()
    return hashlib.sha256(f"browser {session.get('csrf_token', '')}".encode()).hexdigest()


def _still_here(response: Response) -> Response:
    login: Login | None = g.get("login")
    if login is not None and response.status_code < 500 and "no_touch" not in g:
        _touch(login, g.now)
    return response


def _touch(login: Login, now: datetime) -> None:
    """In a transaction of its own: what the page did is committed or rolled back by now, and is not to suffer."""
    if now - login.seen_at < sessions.SEEN_EVERY:
        return
    g.db.rollback()
    try:
        with writing():
            sessions.touch(g.db, login, now=now)
            g.db.commit()
    except DBAPIError as error:
        g.db.rollback()
        log.warning("could not write down that a session is in use: %s", type(error.orig).__name__)


def _leave(error: BaseException | None) -> None:
    if "writing" in g:
        g.pop("writing").__exit__(None, None, None)


def _words_for_templates() -> dict[str, Any]:
    """What every template may ask: may(), can(), steps_open_to(), and the time."""
    return {
        "Can": Can,
        "can": lambda can: holds(g.actor, can),
        "may": lambda can, thing: may(g.actor, can, thing),
        "steps_open_to": lambda thing: steps_open_to(g.actor, thing),
        "now": g.get("now"),
        "login": g.get("login"),
        "locale": g.get("locale", "nb"),
        "municipality": g.get("municipality"),
    }
