"""When something is wrong: what happened and what to do, in the person's language, never a trace."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, g, make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from samskap.permissions import NotPermitted
from samskap.services.steps import MOVED_ON, Missing, Refused
from samskap.text import Text
from samskap.web.words import say

PAGES_OF = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})
UNDEFINED_TABLE = "42P01"
"""PostgreSQL's word for a table that no migration has made yet; SQLite says the same as an OperationalError."""
log = logging.getLogger("samskap")


def install(app: Flask) -> None:
    """Answer every refusal and fault with a page that helps."""
    app.register_error_handler(NotPermitted, lambda error: page(403 if error.known else 404))
    app.register_error_handler(Missing, lambda error: page(404))
    app.register_error_handler(Refused, lambda error: page(409, error.text))
    app.register_error_handler(StaleDataError, lambda error: page(409, MOVED_ON))
    app.register_error_handler(CSRFError, lambda error: page(400))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _fault)


def page(status: int, sentence: Text | None = None, *, reference: str = "") -> Response:
    """The page of one error; nothing that was begun is kept."""
    if "db" in g:
        g.db.rollback()
    template = f"errors/{status if status in PAGES_OF else 400 if status < 500 else 500}.html"
    said = say(sentence) if sentence else ""
    return make_response(render_template(template, sentence=said, reference=reference), status)


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    return page(error.code)


def _database(error: DBAPIError) -> Response:
    """Locked, gone or out of room: people are asked to try again; anything else is a fault of ours."""
    if getattr(error.orig, "sqlstate", None) == "22P05" or "NUL" in str(error.orig):
        return page(400)
    unready = getattr(error.orig, "sqlstate", None) == UNDEFINED_TABLE
    if unready or error.connection_invalidated or type(error).__name__ == "OperationalError":
        log.warning("database unavailable: %s", type(error.orig).__name__)
        return page(503)
    return _fault(error)


def _fault(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("fault %s", reference, exc_info=error)
    return page(500, reference=reference)
