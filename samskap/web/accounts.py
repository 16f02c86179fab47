"""Logging in and out, and changing hats."""

from __future__ import annotations

from flask import Response, g, redirect, render_template, request, url_for
from flask_login import current_user, logout_user

from samskap.permissions import Can, Role
from samskap.services import sessions
from samskap.web.blueprint import Pages
from samskap.web.menu import home_of

pages = Pages("accounts", __name__)


@pages.shows("/logg-inn", needs=Can.VISIT)
def log_in() -> str:
    """The log-in page."""
    return render_template("accounts/log_in.html")


@pages.changes("/logg-ut", needs=Can.LOG_OUT)
def log_out() -> Response:
    """Ends the session on our side; its token is dead."""
    if current_user.is_authenticated:
        sessions.end(g.db, current_user.get_id())
        logout_user()
        g.login = None
    response = redirect(url_for("public.front"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@pages.changes("/bytt-rolle", needs=Can.SEE_MY_PAGE)
def switch() -> Response:
    """Puts on another of one's hats."""
    wanted = request.form.get("rolle", "")
    if wanted in g.login.actor.roles:
        sessions.put_on(g.db, g.login, Role(wanted))
    return redirect(home_of(g.login), 303)
