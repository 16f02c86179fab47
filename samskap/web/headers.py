"""What every response says to the browser, and which requests are not even looked at."""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, current_app, g, request
from werkzeug.exceptions import SecurityError

from config import Config

YEAR = 365 * 24 * 3600
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
        "picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
READS = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask) -> None:
    """Put the security headers on every response, errors and files included, and refuse what comes from elsewhere."""
    app.before_request(_refuse_strange_host)
    app.before_request(_refuse_foreign_origin)
    app.before_request(_allow_uploads)
    app.after_request(_harden)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """128 random bits, new for each response."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def policy(nonce: str) -> str:
    """The content security policy: our own files, scripts by nonce, nothing inline, nobody may frame us."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def _refuse_strange_host() -> None:
    """A request for a host that is not ours is answered before anything is looked up for it."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception


def _refuse_foreign_origin() -> None:
    """A form that comes from another site is refused before its token is even read."""
    origin = request.headers.get("Origin")
    if request.method not in READS and origin and origin.partition("://")[2] != request.host:
        abort(400)


def _allow_uploads() -> None:
    """Only a page that was declared with uploads=True may be sent more than any form needs."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "uploads", False):
        request.max_content_length = current_app.extensions["config"].max_upload


def _harden(response: Response) -> Response:
    config: Config = current_app.extensions["config"]
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", policy(csp_nonce()))
    if config.https:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
    if g.get("login") is not None or request.method not in READS or "lenke" in request.args:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
