"""How often a visitor may try: whose tries are counted together, and what they are told when they must wait."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from flask import current_app, g, request
from flask_babel import ngettext

from config import Config
from samskap.services import throttles
from samskap.services.accounts import normal_address
from samskap.services.throttles import LOG_IN, LOG_IN_FROM, MAIL_FROM, MAIL_TO, Limit
from samskap.web import known_browsers

Count = tuple[Limit, str]


def count_password(email: str) -> timedelta | None:
    """Count one try at the password of an address. None: it may be made; else how long to wait."""
    return _count(_of_password(email))


def password_was_right(email: str) -> None:
    """Take the try back: wrong ones alone are counted."""
    for limit, what in _of_password(email):
        if limit is LOG_IN:
            throttles.forget(g.db, limit, what, secret=_secret())
        else:
            throttles.give_back(g.db, limit, what, secret=_secret(), now=g.now)


def begin_anew(email: str) -> None:
    """A new password was chosen by its owner: what was tried before counts no longer."""
    throttles.forget(g.db, LOG_IN, f"{normal_address(email)}|", secret=_secret())


def count_mail(email: str) -> timedelta | None:
    """Count one e-mail with a link that a visitor makes us send. None: it may be sent; else how long to wait."""
    return _count([(MAIL_FROM, _network()), (MAIL_TO, normal_address(email))])


def wait_in_words(wait: timedelta) -> str:
    """What somebody who must wait is told; the same whether the address is known or not."""
    seconds = max(1, round(wait.total_seconds()))
    if seconds <= 120:
        said = ngettext(
            "Det er prøvd mange ganger. Vent %(num)d sekund og prøv igjen.",
            "Det er prøvd mange ganger. Vent %(num)d sekunder og prøv igjen.",
            seconds,
        )
    elif seconds <= 7_200:
        said = ngettext(
            "Det er prøvd mange ganger. Vent %(num)d minutt og prøv igjen.",
            "Det er prøvd mange ganger. Vent %(num)d minutter og prøv igjen.",
            -(-seconds // 60),
        )
    else:
        said = ngettext(
            "Det er prøvd mange ganger. Vent %(num)d time, eller velg et nytt passord med «Glemt passord».",
            "Det er prøvd mange ganger. Vent %(num)d timer, eller velg et nytt passord med «Glemt passord».",
            -(-seconds // 3_600),
        )
    return str(said)


def _of_password(email: str) -> list[Count]:
    """A known browser's tries are counted by themselves: what others do elsewhere does not keep its owner out."""
    number = known_browsers.number_of(normal_address(email))
    mine = (LOG_IN, f"{normal_address(email)}|{number}")
    return [mine] if number else [(LOG_IN_FROM, _network()), mine]


def _count(counts: list[Count]) -> timedelta | None:
    """Counts in turn, and no further than the first that is used up."""
    for limit, what in counts:
        wait = throttles.claim(g.db, limit, what, secret=_secret(), now=g.now)
        if wait is not None:
            return wait
    return None


def _network() -> str:
    """The visitor's address; of the newer kind the half that one household or office has for itself."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _secret() -> str:
    config: Config = current_app.extensions["config"]
    return config.secret_key
