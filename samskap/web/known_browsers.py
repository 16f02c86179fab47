"""Browsers in which somebody has logged in before: others' wrong guesses do not keep them out there.

The cookie says nothing but that this browser once knew the password of one address; the address is under a keyed hash.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from config import Config
from samskap.services.throttles import LOG_IN, key_of

KEPT: Final = timedelta(days=90)


def number_of(email: str) -> str:
    """The random number of a browser that is known for this address; empty for any other browser."""
    try:
        told = _signer().loads(request.cookies.get(_name(), ""), max_age=int(KEPT.total_seconds()))
        known, number = str(told["for"]), str(told["number"])
    except (BadSignature, KeyError, TypeError):
        return ""
    return number if secrets.compare_digest(known, _mark(email)) else ""


def remember(response: Response, email: str) -> None:
    """Know this browser again when somebody logs in with this address."""
    config: Config = current_app.extensions["config"]
    told = {"for": _mark(email), "number": number_of(email) or secrets.token_urlsafe(16)}
    response.set_cookie(
        _name(),
        _signer().dumps(told),
        max_age=KEPT,
        secure=config.https,
        httponly=True,
        samesite="Lax",
    )


def _name() -> str:
    config: Config = current_app.extensions["config"]
    return "__Host-samskap-kjent" if config.https else "samskap-kjent"


def _mark(email: str) -> str:
    return key_of(LOG_IN, f"known|{email}", secret=_secret())


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(), salt="known browser")


def _secret() -> str:
    config: Config = current_app.extensions["config"]
    return config.secret_key
