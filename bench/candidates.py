"""What the candidates page costs: SQL statements and CPU milliseconds a page, at a town of 5,000 and one of 50,000."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, select

from app import create_app
from config import Config
from matching import Week
from samskap.models import (
    LOCAL,
    Account,
    Audience,
    Membership,
    Mode,
    Need,
    NeedTerm,
    NeedWindow,
    Person,
    Standing,
    Term,
    Times,
    Travel,
    Volunteer,
    VolunteerTerm,
    WordKind,
)
from samskap.models.session import writing
from samskap.permissions import Role
from samskap.services import facts, sessions, terms
from samskap.services.demo.town import municipalities
from samskap.workflows.need import NeedState
from samskap.workflows.volunteer import VolunteerState

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = 24 * 60
ROUNDS = 60
AT_A_TIME = 1_000
TOWNS = ((300, 60), (5_000, 1_000), (50_000, 1_000))
MOST_STATEMENTS, MOST_MILLISECONDS = 12, 15


@dataclass(frozen=True)
class Cost:
    """One town's page: statements, CPU milliseconds (median, nine of ten), hits, and the seconds to load the facts."""

    volunteers: int
    statements: int
    middle_ms: float
    ninety_ms: float
    hits: str
    load_s: float


def main() -> None:
    """Print the table."""
    print(
        "| volunteers | needs | SQL statements a page | CPU ms a page, median | nine of ten | candidates "
        "of the needs asked for | facts loaded once, s |"
    )
    print("|---|---|---|---|---|---|---|")
    for volunteers, needs in TOWNS:
        cost = measure(volunteers, needs)
        print(
            f"| {volunteers:,} | {needs:,} | {cost.statements} | {cost.middle_ms:.1f} | {cost.ninety_ms:.1f} "
            f"| {cost.hits} | {cost.load_s:.2f} |",
        )
    print(
        f"\nThe figures to reach at 5,000 and 50,000: {MOST_STATEMENTS} statements and {MOST_MILLISECONDS} ms, "
        "whatever the number of hits."
    )


def measure(volunteers: int, needs: int) -> Cost:
    """Make the town, log a coordinator in, and open the candidates of many needs."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(_config(Path(folder)), clock=lambda: NOW)
        with app.app_context():
            upgrade()
            token, ids = _town(app, volunteers, needs)
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
        started = time.process_time()
        _page(client, ids[0])
        load = time.process_time() - started
        return _measured(app, client, ids, volunteers, load)


def _measured(app: Flask, client: Any, ids: list[int], volunteers: int, load: float) -> Cost:
    times, counts, hits = [], [], []
    for at in range(ROUNDS):
        with _counted(app) as statements:
            started = time.process_time()
            html = _page(client, ids[at % len(ids)])
            times.append(1_000 * (time.process_time() - started))
        counts.append(len(statements))
        hits.append(_hits(html))
    times.sort()
    return Cost(
        volunteers, max(counts), median(times), times[int(0.9 * len(times))], f"{min(hits)}–{max(hits)}", load,
    )  # fmt: skip


def _page(client: Any, need_id: int) -> str:
    response = client.get(f"/behov/{need_id}/kandidater")
    assert response.status_code == 200, response.status
    return str(response.text)


def _hits(html: str) -> int:
    """The number before "kan" in the heading."""
    heading = html.split('id="kan">', 1)[1]
    number = heading.split(" ", 1)[0]
    return int(number) if number.isdigit() else 0


@contextmanager
def _counted(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _config(folder: Path) -> Config:
    url = f"sqlite:///{folder / 'bench.db'}"
    return Config(
        secret_key="x" * 48, database_url=url, owner_database_url=url, instance_dir=folder, demo=False,
        base_url="https://localhost", embedded_worker=False,
    )  # fmt: skip


def _town(app: Flask, volunteers: int, needs: int) -> tuple[str, list[int]]:
    """The town, and a coordinator's token."""
    facts.forget()
    dice, db = Random(volunteers), app.extensions["sqlalchemy"].session()
    with writing():
        here = municipalities(db)
        db.stand_in(here.id)
        terms.stock(db)
        known = list(db.scalars(_terms()))
        token, mona = _coordinator(db, here.id)
        for first in range(0, volunteers, AT_A_TIME):
            _volunteers(db, dice, range(first, min(first + AT_A_TIME, volunteers)), known)
        ids = [_need(db, dice, mona, known) for _ in range(needs)]
        db.commit()
    db.remove() if hasattr(db, "remove") else db.close()
    return token, ids[:ROUNDS]


def _terms() -> Any:
    return select(Term.id).where(Term.kind == WordKind.RESOURCE).order_by(Term.id)


def _coordinator(db: Any, municipality_id: int) -> tuple[str, int]:
    account = Account(issuer=LOCAL, subject="mona", email="mona@bench.example", verified_at=NOW, created_at=NOW)
    db.add(account)
    db.flush()
    person = Person(name="Mona Moe", account_id=account.id, created_at=NOW)
    db.add_all([person, Standing(account_id=account.id, municipality_id=municipality_id)])
    db.flush()
    db.add(Membership(person_id=person.id, role=Role.COORDINATOR, since=NOW))
    return sessions.begin(db, account, municipality_id, now=NOW), person.id


def _volunteers(db: Any, dice: Random, numbers: Iterable[int], known: list[int]) -> None:
    """Many at once: people first, then what they offer."""
    people = [_person(dice, number) for number in numbers]
    db.add_all(people)
    db.flush()
    for person in people:
        db.add(_volunteer(db, dice, person.id))
        db.add_all(VolunteerTerm(volunteer_id=person.id, term_id=ident) for ident in dice.sample(known, 4))
    db.flush()
    db.expunge_all()


def _person(dice: Random, number: int) -> Person:
    return Person(
        name=f"Frivillig {number}", phone=f"+4740{number:06d}", created_at=NOW, gender=dice.choice("fm"),
        lat=61.26 + dice.gauss(0, 0.08), lon=10.41 + dice.gauss(0, 0.12),
    )  # fmt: skip


def _volunteer(db: Any, dice: Random, ident: int) -> Volunteer:
    start = dice.randrange(8, 16) * 60
    free = Week.from_spans([(day * DAY + start, day * DAY + start + 240) for day in dice.sample(range(7), 4)])
    return Volunteer(
        id=ident, municipality_id=db.municipality_id, state=VolunteerState.READY, free=free,
        travel=dice.choice(list(Travel)), reach_km=dice.choice([5, 10, 20, 30]), capacity=2, registered_at=NOW,
    )  # fmt: skip


def _need(db: Any, dice: Random, mona: int, known: list[int]) -> int:
    need = Need(
        kind="cafe_host", title="Vert på torsdagskafeen", task="Koke kaffe.", audience=Audience.GROUP,
        mode=Mode.INSTITUTION, place="Øyer", lat=61.26 + dice.gauss(0, 0.05), lon=10.41 + dice.gauss(0, 0.08),
        times=Times.ANY, state=NeedState.OPEN, posted_by_id=mona, created_at=NOW, published_at=NOW,
    )  # fmt: skip
    db.add(need)
    db.flush()
    for order, day in enumerate(dice.sample(range(5), 2)):
        start = day * DAY + dice.randrange(8, 17) * 60
        db.add(NeedWindow(need_id=need.id, place_in_order=order, start_minute=start, end_minute=start + 60))
    for number, ident in enumerate(dice.sample(known, 4)):
        db.add(NeedTerm(need_id=need.id, term_id=ident, required=number == 0 and dice.random() < 0.3))
    return int(need.id)


if __name__ == "__main__":
    main()
