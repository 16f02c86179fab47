"""Pages for anyone: the front page, and the sign of life that machines ask for."""

from __future__ import annotations

from flask import Response, current_app, make_response, render_template

from samskap.permissions import Can
from samskap.services import health
from samskap.web.blueprint import Pages

pages = Pages("public", __name__)


@pages.shows("/", needs=Can.VISIT)
def front() -> str:
    """The front page."""
    return render_template("public/front.html")


@pages.shows("/healthz", needs=Can.VISIT)
def healthz() -> Response:
    """200 when the database answers and its migrations are at head, else 503; looks nothing else up."""
    engine = current_app.extensions["sqlalchemy"].engine
    well = health.is_well(engine, head=current_app.extensions["migrations_head"])
    response = make_response("ok\n" if well else "unavailable\n", 200 if well else 503)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response
