"""The demo municipality: always the same town, whole and lawful in every row, and never beside real people."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click import ClickException
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, func, inspect, select
from sqlalchemy.orm import Session

from app import create_app
from config import Config, SettingError, from_env
from samskap.cli import samskap
from samskap.cli.serve import refuse_wrong_mode
from samskap.integrations import places
from samskap.models import (
    Account,
    Assignment,
    Base,
    Clearance,
    ClearanceKind,
    Municipality,
    Need,
    Opening,
    Person,
    Requirement,
    StepTaken,
    Unit,
    Volunteer,
)
from samskap.models.base import Moment
from samskap.models.session import TenantSession
from samskap.permissions import Actor, Role
from samskap.services import facts, kinds, matching, passwords, scanner, work_list
from samskap.services.demo import DEMO_PASSWORD
from samskap.services.demo.town import DEMO_DOMAIN, PEOPLE
from samskap.workflows.assignment import MET, AssignmentState
from samskap.workflows.need import NeedState
from tests import databases
from tests.cast import Someone
from tests.databases import Database
from tests.faults.invariants import check_invariants, past_the_fences
from tests.page import BASE, Client, Page
from tests.seeded import demo_config, seed_elsewhere, seeded
from tests.town import engine_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TO_COME = frozenset({"expires_at", "starts_at", "ends_at", "not_before"})
"""Columns of moments that may lie ahead."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Database]]:
    """The demo municipality, and the database it lies in."""
    with databases.fresh("sqlite") as database:
        config = demo_config(
            database, tmp_path_factory.mktemp("demo"), base_url=BASE, trusted_hosts=("samskap.example",)
        )
        app = seeded(config, lambda: NOW, password_hash=passwords.hashed(DEMO_PASSWORD))
        app.test_client_class = Client
        yield app, database
        engine_of(app).dispose()


@pytest.fixture
def rows(town: tuple[Flask, Database]) -> Iterator[Session]:
    """Every row of it, whatever municipality it lies in."""
    with past_the_fences(town[1]) as session:
        yield session


@contextmanager
def in_the_town(app: Flask) -> Iterator[TenantSession]:
    """A session that stands in Øyer."""
    with TenantSession(engine_of(app)) as db:
        db.stand_in(db.scalars(select(Municipality.id).where(Municipality.code == "3440")).one())
        yield db


# The same town


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Every column of every row of every table, but for hashed passwords."""
    found = {}
    for mapper in Base.registry.mappers:
        keys = [column.key for column in mapper.column_attrs if column.key != "password_hash"]
        primary = [getattr(mapper.class_, column.name) for column in inspect(mapper.class_).primary_key]
        lines = session.execute(select(*(getattr(mapper.class_, key) for key in keys)).order_by(*primary))
        found[mapper.class_.__name__] = [dict(zip(keys, line, strict=True)) for line in lines]
    return found


def test_the_same_seed_gives_the_same_town_in_another_process_on_the_other_database(
    town: tuple[Flask, Database], rows: Session, tmp_path: Path
) -> None:
    with databases.fresh("postgresql") as other:
        seed_elsewhere(other, tmp_path, now=NOW, hash_seed=1)
        with past_the_fences(other) as elsewhere:
            here, there = everything(rows), everything(elsewhere)
        check_invariants(other, now=NOW)
    assert {name: len(lines) for name, lines in here.items()} == {name: len(lines) for name, lines in there.items()}
    for name, lines in here.items():
        assert lines == there[name], f"{name} differs"


# What there is


def test_there_is_as_much_as_was_promised(rows: Session) -> None:
    def how_many(model: type[Base]) -> int:
        return rows.scalar(select(func.count()).select_from(model)) or 0

    assert (how_many(Volunteer), how_many(Need), how_many(Unit)) == (300, 60, 8)
    assert set(rows.scalars(select(Municipality.code))) == {"3440", "3405", "3439", "3441"}
    sectors = {kinds.kind(kind).sector for kind in rows.scalars(select(Need.kind))}
    assert sectors == {one.key for one in kinds.sectors()}
    assert set(rows.scalars(select(Assignment.state))) == set(AssignmentState)
    assert set(rows.scalars(select(Need.state))) == set(NeedState)


def test_its_history_goes_back_a_year_and_not_into_the_future(rows: Session) -> None:
    moments = rows.scalars(select(StepTaken.at)).all()
    assert NOW - min(moments) > timedelta(days=365)
    assert max(moments) <= NOW
    assert len({(moment.year, moment.month) for moment in moments}) >= 12
    for mapper in Base.registry.mappers:
        for column in (one for one in mapper.columns if isinstance(one.type, Moment) and one.name not in TO_COME):
            assert (rows.scalar(select(func.max(column))) or NOW) <= NOW, column


def test_everybody_in_it_is_made_up(rows: Session) -> None:
    people = rows.scalars(select(Person)).all()
    assert all(re.fullmatch(r"\+47400\d{5}", str(one.phone)) for one in people)
    assert all(str(one.email).endswith(".example") for one in people)
    for said in ("phone", "name", "email"):
        assert len({getattr(one, said) for one in people}) == len(people), said
    assert all(rows.scalars(select(Account.demo)))


def test_people_live_by_the_real_postcodes_of_the_town_and_its_neighbours(rows: Session) -> None:
    codes = [str(code) for code in set(rows.scalars(select(Person.postcode).where(Person.postcode.is_not(None))))]
    homes = [places.municipality_of_postcode(code) for code in codes]
    assert {one.number for one in homes if one is not None} == {"3440", "3405", "3439", "3441"}
    assert None not in homes
    assert {"Øyer", "Tretten", "Musdal"} <= set(rows.scalars(select(Need.place)))


def test_no_text_of_a_need_has_a_hole_in_it_or_tells_what_the_scanner_would_stop(rows: Session) -> None:
    for need in rows.scalars(select(Need)):
        for text in (need.title, need.goal, need.task):
            assert not re.search(r"[{}%]|  |None", text), text
            assert not scanner.scan(text), text


def test_most_open_needs_can_be_met(town: tuple[Flask, Database]) -> None:
    facts.forget()
    with in_the_town(town[0]) as db:
        open_now = db.scalars(select(Need.id).where(Need.state == NeedState.OPEN)).all()
        without = matching.without_candidates(db, open_now, now=NOW)
    assert len(without) <= len(open_now) / 4


# Lawful in every row


def test_every_invariant_holds(town: tuple[Flask, Database]) -> None:
    check_invariants(town[1], now=NOW)


def test_contact_is_open_to_who_has_signed_and_was_cleared_and_it_is_written_down_for_both(rows: Session) -> None:
    held: dict[int, set[str]] = defaultdict(set)
    for row in rows.scalars(select(Clearance)):
        held[row.person_id].add("signed" if row.kind is ClearanceKind.DECLARATION else row.key)
    opened = {(row.assignment_id, row.person_id, row.seen_by_id) for row in rows.scalars(select(Opening))}
    for one in rows.scalars(select(Assignment)):
        pair = (one.volunteer_id, one.recipient_id or one.posted_by_id)
        both = {(one.id, *pair), (one.id, *reversed(pair))}
        if one.state not in MET | {AssignmentState.ENDED}:
            assert not both & opened
            continue
        asked = set(rows.scalars(select(Requirement.key).where(Requirement.need_id == one.need_id)))
        assert asked | {"signed"} <= held[one.volunteer_id], one.id
        assert both <= opened, one.id


# Who one can be


def a_stranger(app: Flask) -> Page:
    return Page(app.test_client())


def logs_in(app: Flask, address: str) -> Page:
    """The way of somebody who was told the password."""
    page = a_stranger(app).opens("/logg-inn")
    page.fill("E-postadresse", f"{address}@{DEMO_DOMAIN}").fill("Passord", DEMO_PASSWORD)
    return page.press("Logg inn", beside="Glemt passord")


@pytest.mark.parametrize(
    ("address", "where", "says"),
    [
        ("innbygger", "/min-side", "Kari Nordli"),
        ("mottaker", "/min-side", "En frivillig har sagt ja"),
        ("fagperson", "/mine-behov", "Mine behov"),
        ("koordinator", "/arbeidsliste", "Resten kan vente."),
        ("leder", "/tall", "Frivillige, fra spurt til møtt"),
        ("admin", "/administrasjon", "Ingrid Moen"),
    ],
)
def test_each_of_the_six_logs_in_by_the_password_that_was_given_and_has_something_before_them(
    town: tuple[Flask, Database], address: str, where: str, says: str
) -> None:
    assert DEMO_PASSWORD == "dugnad-i-hver-bygd"  # as it was ordered
    page = logs_in(town[0], address)
    assert page.status == 200
    page.opens(where)
    assert page.status == 200
    assert says in page.html


def test_there_is_a_button_for_each_and_it_opens_the_same(town: tuple[Flask, Database]) -> None:
    page = a_stranger(town[0]).opens("/logg-inn")
    assert [button.split(",")[0] for button in page.buttons()[1:]] == [one.name for one in PEOPLE]
    assert page.press("Ingrid Moen").opens("/arbeidsliste").status == 200


def test_the_work_list_of_the_demo_has_every_kind_of_case_that_needs_no_accident(town: tuple[Flask, Database]) -> None:
    with in_the_town(town[0]) as db:
        coordinator = Actor(municipality_id=db.municipality_id, roles=frozenset({Role.COORDINATOR}))
        tasks = {case.task for case in work_list.cases(db, coordinator, now=NOW)}
    assert tasks == set(work_list.Task) - {work_list.Task.RING}


# Never beside real people


@pytest.fixture
def real(town: tuple[Flask, Database]) -> Iterator[Flask]:
    """The same database, by a service that is told to be for real people."""
    config = replace(town[0].extensions["config"], demo=False)
    app = create_app(config, clock=lambda: NOW)
    app.test_client_class = Client
    yield app
    engine_of(app).dispose()


def test_outside_demo_mode_nobody_of_the_demo_comes_in(real: Flask) -> None:
    page = logs_in(real, "koordinator")
    assert page.heading == "Logg inn"
    assert page.errors()
    assert a_stranger(real).opens("/logg-inn").buttons() == ["Logg inn"]
    assert a_stranger(real).opens("/demo/post").status == 404
    assert real.test_client().post("/logg-inn/demo", data={"konto": "1"}, headers={"Origin": BASE}).status_code >= 400


def test_a_service_for_real_people_does_not_start_on_a_demo_database(real: Flask) -> None:
    with pytest.raises(ClickException, match="holds demo people"):
        refuse_wrong_mode(engine_of(real), real.extensions["config"])


def test_a_demo_does_not_start_on_a_database_with_real_people(kari: Someone, app: Flask, config: Config) -> None:
    with pytest.raises(ClickException, match="real people"):
        refuse_wrong_mode(engine_of(app), replace(config, demo=True))


def seeds(app: Flask, *options: str) -> Result:
    """`samskap demo seed`, on a service that stands ready."""
    return CliRunner().invoke(samskap, ["demo", "seed", *options], obj=lambda config=None: app)


def test_the_command_makes_no_demo_outside_demo_mode(app: Flask, engine: Engine) -> None:
    done = seeds(app)
    assert (done.exit_code, done.output) == (
        1, "Error: The demo municipality is made only in demo mode. Set SAMSKAP_DEMO=1.\n",
    )  # fmt: skip
    with TenantSession(engine) as db:
        assert db.scalars(select(Municipality)).all() == []


def test_the_command_makes_it_once_and_never_among_others(town: tuple[Flask, Database]) -> None:
    again = seeds(town[0])
    assert again.exit_code == 1
    assert "There are accounts in this database already" in again.output
    quiet = seeds(town[0], "--if-empty")
    assert (quiet.exit_code, quiet.output) == (0, "")


@pytest.mark.parametrize("word", [None, "", "0", "no", "false"])
def test_demo_mode_is_off_unless_it_is_asked_for(word: str | None, tmp_path: Path) -> None:
    env = {
        "SAMSKAP_BASE_URL": "https://a.example",
        "SAMSKAP_SECRET_KEY": "x" * 48,
        "SAMSKAP_INSTANCE_DIR": str(tmp_path),
    }
    assert from_env(env if word is None else {**env, "SAMSKAP_DEMO": word}).demo is False


@pytest.mark.parametrize("word", ["2", "ja", "demo", "on", "True!"])
def test_a_word_that_is_neither_yes_nor_no_is_refused(word: str) -> None:
    with pytest.raises(SettingError, match="SAMSKAP_DEMO"):
        from_env({"SAMSKAP_DEMO": word})
