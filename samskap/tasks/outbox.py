"""Emptying the outbox: claim, read anew, write the letter, hand it over outside any transaction, acknowledge."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from jinja2 import Environment
from sqlalchemy import Engine

from samskap.integrations.mail import Mail, Mailer, NotSent
from samskap.models import Municipality
from samskap.models.session import TenantSession
from samskap.services import links, outbox
from samskap.services.outbox import Letter
from samskap.tasks.standing import municipalities, reading_in, writing_in

log = logging.getLogger("samskap")


@dataclass(frozen=True, kw_only=True)
class Office:
    """What is needed to write and send letters. `owner` names this worker among all of them."""

    engine: Engine
    templates: Environment
    mailer: Mailer
    clock: Callable[[], datetime]
    owner: str
    base_url: str
    secret: str


def empty(office: Office) -> int:
    """Send what is due, a handful from each municipality; how many rows were dealt with."""
    return sum(_empty_one(office, municipality_id) for municipality_id in municipalities(office.engine))


def _empty_one(office: Office, municipality_id: int) -> int:
    with reading_in(office.engine, municipality_id) as db:
        if outbox.oldest_due(db, now=office.clock()) is None:
            return 0
    with writing_in(office.engine, municipality_id) as db:
        claimed = outbox.claim(db, owner=office.owner, now=office.clock())
    for outbox_id in claimed:
        _deliver(office, municipality_id, outbox_id)
    return len(claimed)


def _deliver(office: Office, municipality_id: int, outbox_id: int) -> None:
    """One notice from its row to the mail server, and the answer back to its row."""
    with writing_in(office.engine, municipality_id) as db:
        letter = outbox.take_up(db, outbox_id, owner=office.owner, now=office.clock())
        municipality = db.get_one(Municipality, municipality_id)
        mail = None if letter is None else _write(office, letter, municipality)
    if letter is None:
        return
    problem = _hand_over(office, mail) if mail else NotSent("the words could not be written", for_good=False)
    with writing_in(office.engine, municipality_id) as db:
        _answer(db, office, outbox_id, problem)


def _write(office: Office, letter: Letter, municipality: Municipality) -> Mail | None:
    """The letter in the person's language; None when its words cannot be written, which is a fault of ours."""
    try:
        template = office.templates.get_template(f"notices/{letter.locale}/{letter.notice}.txt")
        host = letter.host or urlsplit(office.base_url).netloc
        link = links.address_of(letter.data, secret=office.secret, base_url=office.base_url) if letter.data else ""
        subject, _, body = template.render(host=host, link=link, municipality=municipality).partition("\n")
    except Exception:  # whatever a template does wrong must not keep the others from being sent
        log.exception("notice %s could not be written", letter.outbox_id)
        return None
    name = f"outbox-{letter.outbox_id}"
    return Mail(name=name, to=letter.to, subject=subject, body=body.strip() + "\n", at=office.clock())


def _hand_over(office: Office, mail: Mail) -> NotSent | None:
    """None when it was accepted; else what went wrong."""
    try:
        office.mailer.send(mail)
    except NotSent as problem:
        return problem
    except Exception:  # a fault of ours with one letter must not keep the others from being sent
        log.exception("%s could not be handed over", mail.name)
        return NotSent("a fault of ours", for_good=False)
    return None


def _answer(db: TenantSession, office: Office, outbox_id: int, problem: NotSent | None) -> None:
    now = office.clock()
    if problem is None:
        outbox.sent(db, outbox_id, owner=office.owner, now=now)
        return
    log.warning("notice %s was not sent: %s", outbox_id, problem.says)
    outbox.failed(db, outbox_id, owner=office.owner, error=problem.says, for_good=problem.for_good, now=now)
