"""How a page is declared: what it needs, whether it shows, asks or changes. One commit for each that changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.routing import IntegerConverter, Map

from samskap.permissions import Can, holds, require
from samskap.services import form_keys, sessions
from samskap.services.form_keys import Before, Form
from samskap.text import Text
from samskap.web import errors

View = Callable[..., Any]

FOR_THE_NEW: Final = frozenset({Can.SIGN_UP, Can.ASK_FOR_MYSELF, Can.REGISTER_ASSOCIATION})
"""What most people want who have no account yet: they are shown how to get one."""
WRITING: Final = timedelta(minutes=30)
"""How long one may write on a form for which the password was asked when it was opened."""
LOCK_TIMEOUT: Final = "55P03"
"""PostgreSQL's word for: somebody else held it too long."""

OTHER_ANSWERS = Text(
    nb="Skjemaet er allerede sendt, med andre svar. Last siden på nytt og se hva som gjelder nå.",
    nn="Skjemaet er alt sendt, med andre svar. Last sida på nytt og sjå kva som gjeld no.",
    en="The form has already been sent with other answers. Reload the page and see how things stand now.",
)
STILL_AT_IT = Text(
    nb="Vi holder fortsatt på med det du sendte. Vent litt, og last siden på nytt.",
    nn="Vi held framleis på med det du sende. Vent litt, og last sida på nytt.",
    en="We are still working on what you sent. Wait a little, then reload the page.",
)
OTHER_TOWN = Text(
    nb="Du har byttet kommune siden du åpnet denne siden, så ingenting er lagret. Gå til forsiden og begynn derfra.",
    nn="Du har bytt kommune sidan du opna denne sida, så ingenting er lagra. Gå til framsida og byrja derfrå.",
    en="You have changed municipality since you opened this page, so nothing was saved. Begin from the front page.",
)


class RowId(IntegerConverter):
    """The number of a row in an address; what no row can have is not found, whatever the page."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, min=1, max=2**31 - 1)


class Pages(Blueprint):
    """A blueprint whose every page says what it needs; `route` is closed, so that none can forget."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name)
        self.needs: dict[str, Can] = {}

    def route(self, rule: str, **options: Any) -> NoReturn:
        """Closed: a page is declared with shows(), asks() or changes()."""
        raise TypeError(f"{rule}: declare the page with shows(), asks() or changes(), and say what it needs.")

    def shows(self, rule: str, *, needs: Can) -> Callable[[View], View]:
        """A page that is read (GET) and changes nothing."""
        return self._page(rule, needs, ["GET"])

    def asks(self, rule: str, *, needs: Can, uploads: bool = False) -> Callable[[View], View]:
        """A form: GET shows it, POST sends it. Faults are shown again with status 422 and what was typed.

        `uploads`: the form carries a file, and may be larger than others.
        """
        return self._page(rule, needs, ["GET", "POST"], uploads=uploads)

    def changes(self, rule: str, *, needs: Can) -> Callable[[View], View]:
        """A press of a button (POST), answered with a redirect (303)."""
        return self._page(rule, needs, ["POST"])

    def _page(self, rule: str, needs: Can, methods: list[str], *, uploads: bool = False) -> Callable[[View], View]:
        def declare(view: View) -> View:
            self.needs[view.__name__] = needs

            @wraps(view)
            def page(**values: Any) -> Response:
                if not g.actor.known and not holds(g.actor, needs):
                    return to_log_in(needs)
                require(g.actor, needs)
                if request.method != "POST":
                    return make_response(view(**values))
                return _change(view, values)

            page.uploads = uploads  # type: ignore[attr-defined]
            self.add_url_rule(rule, endpoint=view.__name__, view_func=page, methods=methods)
            return view

        return declare


# ---------------------------------------------------------------- who is asked to log in


def to_log_in(needs: Can | None = None) -> Response:
    """To the log-in page and back here afterwards; those who have no account yet are shown how to get one."""
    if g.login is None and session.pop("_user_id", None) is not None:
        flash(_("Du er logget ut, fordi det er en stund siden sist eller noe ved kontoen er endret. Logg inn igjen."))
    if g.actor.account_id is not None:
        return make_response(redirect(url_for("accounts.join", next=_way_back()), 303))
    page = "accounts.sign_up" if needs in FOR_THE_NEW else "accounts.log_in"
    return make_response(redirect(url_for(page, next=_way_back()), 303 if request.method == "POST" else 302))


def recent_password() -> None:
    """Go on only if the password was given within ten minutes; else it is asked for, and then one is led back here.

    Called first in what must not be done on a borrowed screen: export, giving roles, deletion. A form that was opened
    in time may be sent within half an hour, so that nothing written is lost.
    """
    writing = request.method == "POST" and _has_a_page()
    if not g.login.recently_proved(now=g.now, within=WRITING if writing else sessions.RECENT):
        abort(redirect(url_for("accounts.prove", next=_way_back()), 303))


def _way_back() -> str | None:
    """Where to go afterwards: this page, or for a press of a button the page it stood on."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    if _has_a_page():
        return request.path
    stood_on = urlsplit(request.referrer or "")
    return f"{stood_on.path}?{stood_on.query}".rstrip("?") if stood_on.netloc == request.host else None


def _has_a_page() -> bool:
    return request.url_rule is not None and "GET" in (request.url_rule.methods or ())


# ---------------------------------------------------------------- changing


def _change(view: View, values: dict[str, Any]) -> Response:
    """Run a view that changes, and commit once; a form sent twice has its first effect alone (see form_keys)."""
    claimed = _claim()
    if isinstance(claimed, Response):
        return claimed
    try:
        response = make_response(view(**values))
        if response.status_code < 400 and not _still_allowed():
            return to_log_in()
    except BaseException:
        _undo(claimed)
        raise
    if response.status_code >= 400:
        _undo(claimed)
        return response
    _settle(claimed, response)
    g.db.commit()
    return response


def commit_before_hashing() -> None:
    """Keep what has been written so far, whatever follows, and hold no lock while a password is hashed.

    The one exception from one commit a request: a try must be counted although the answer is no.
    """
    g.db.commit()
    g.committed_early = True


def _still_allowed() -> bool:
    """Roles are what they were when the request came; else nothing is kept."""
    if g.login is None or sessions.still_holds(g.db, g.login):
        return True
    g.db.rollback()
    return False


def _undo(claimed: int | None) -> None:
    """Keep nothing, and let the form be sent again."""
    g.db.rollback()
    if claimed is not None and "committed_early" in g:
        form_keys.release(g.db, claimed)
        g.db.commit()


def _settle(claimed: int | None, response: Response) -> None:
    """Remember where the form led; an answer that leads nowhere is not remembered, and may be asked for again."""
    if claimed is not None and response.location:
        form_keys.settle(g.db, claimed, response.location)
    elif claimed is not None:
        form_keys.release(g.db, claimed)


def _claim() -> int | Response | None:
    """Write down this form's key; or, if it was sent before, give the answer that it got. None: it has no key."""
    key = request.form.get("form_key", "")
    town, _dash, _rest = key.partition("-")
    if town.isdecimal() and town != str(g.actor.municipality_id):
        return errors.page(409, OTHER_TOWN)
    if not key or len(key) > form_keys.LONGEST:
        return None
    form = Form(who=g.who, key=key, route=str(request.endpoint)[:120], body_hash=_body_hash())
    try:
        claimed = form_keys.claim(g.db, form, now=g.now)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_TIMEOUT:
            return errors.page(409, STILL_AT_IT)
        raise
    return _answer_of(claimed) if isinstance(claimed, Before) else claimed


def _answer_of(before: Before) -> Response:
    """The answer that the form got the first time; 422 if the key came with something else, 409 while it is at work."""
    if not before.same:
        return errors.page(422, OTHER_ANSWERS)
    if before.location is None:
        return errors.page(409, STILL_AT_IT)
    g.db.rollback()
    return make_response(redirect(before.location, 303))


def _body_hash() -> str:
    """SHA-256 of where the form went and of everything in it, files included."""
    fields = sorted(pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", "form_key"))
    told = hashlib.sha256(repr((request.full_path, fields)).encode("utf-8", "surrogatepass"))
    for name, file in request.files.items(multi=True):
        told.update(repr((name, file.filename)).encode("utf-8", "surrogatepass"))
        while part := file.stream.read(65_536):
            told.update(part)
        file.stream.seek(0)
    return told.hexdigest()
