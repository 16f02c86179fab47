"""A coordinator's list from the command line: what would happen row by row, and with --apply that it happens."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from config import Config, from_env
from samskap.cli.inside import MakeApp
from samskap.integrations.places import municipality
from samskap.integrations.spreadsheets import SpreadsheetError, content_of
from samskap.models import Municipality, Person
from samskap.models.session import TenantSession, writing
from samskap.permissions import Actor, Role
from samskap.services import notices
from samskap.services.imports.columns import Kind
from samskap.services.imports.lists import AnyPlan, Choice, carry_out, look
from samskap.services.imports.plan import Outcome
from samskap.services.imports.saving import SOURCE
from samskap.text import Locale, Text, as_locale

NOBODY_HERE: Final = "Import fra kommandolinja"
"""Who posted imported needs where nobody coordinates yet."""
SUMMARY: Final = Text(
    nb="{rows} rader: {new} nye, {same} som før, {changed} endret, {unreadable} kan ikke leses.",
    nn="{rows} rader: {new} nye, {same} som før, {changed} endra, {unreadable} kan ikkje lesast.",
    en="{rows} rows: {new} new, {same} as before, {changed} changed, {unreadable} cannot be read.",
)
ROW: Final = Text(nb="Rad {row}: {why}", nn="Rad {row}: {why}", en="Row {row}: {why}")
CELL: Final = Text(nb="Rad {row}, {column}: {why}", nn="Rad {row}, {column}: {why}", en="Row {row}, {column}: {why}")
SAVED: Final = Text(nb="Lagret.", nn="Lagra.", en="Saved.")
DRY_RUN: Final = Text(
    nb="Dette var en prøve; ingenting er lagret. Legg til --apply for å lagre.",
    nn="Dette var ei prøve; ingenting er lagra. Legg til --apply for å lagre.",
    en="This was a dry run; nothing was saved. Add --apply to save.",
)


@click.group("import")
def import_() -> None:
    """Reads a list (.xlsx or .csv). A dry run unless --apply."""


def _command(kind: Kind) -> click.Command:
    @import_.command(kind.value, help=f"Reads a list of {kind.value}.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
    @click.option("--municipality", "code", required=True, metavar="NUMBER", help="kommunenummer, such as 3440")
    @click.option("--sheet", help="the sheet to read; otherwise the one whose headings fit best")
    @click.option("--apply", is_flag=True, help="save; otherwise only say what would happen")
    @click.option("--json", "as_json", is_flag=True, help="print one JSON object")
    def command(file: Path, *, code: str, sheet: str | None, apply: bool, as_json: bool) -> None:
        make_app: MakeApp = click.get_current_context().obj
        app = make_app(settings())
        with app.app_context():
            _bring_up(app)
            plan, locale = _within(
                app, code, lambda db, actor, now: _import(db, actor, file, kind, sheet, now), apply=apply
            )
        _print(plan, locale, apply=apply, as_json=as_json)

    return command


def settings() -> Config:
    """The settings of the environment; what only a web server needs is made up where it is missing."""
    made_up = {"SAMSKAP_BASE_URL": "https://samskap.invalid", "SAMSKAP_SECRET_KEY": secrets.token_urlsafe(48)}
    return from_env({**made_up, **os.environ})


def _bring_up(app: Flask) -> None:
    """The instance folder's own database is made and brought up to date; one that somebody runs is left to them."""
    config: Config = app.extensions["config"]
    if config.sqlite:
        upgrade()


def _within(
    app: Flask,
    code: str,
    do: Callable[[TenantSession, Actor, datetime], AnyPlan],
    *,
    apply: bool,
) -> tuple[AnyPlan, Locale]:
    """Do something in a municipality as its coordinator, in one transaction that is kept only with `apply`."""
    db: TenantSession = app.extensions["sqlalchemy"].session()
    now: datetime = app.extensions["clock"]()
    with writing():
        here = _municipality(db, code)
        db.stand_in(here.id)
        locale = as_locale(here.locale)
        plan = do(db, _coordinator(db, here, now=now), now)
        if apply:
            carry_out(db, _coordinator(db, here, now=now), plan, now=now)
            db.commit()
        else:
            db.rollback()
    return plan, locale


def _import(db: TenantSession, actor: Actor, file: Path, kind: Kind, sheet: str | None, now: datetime) -> AnyPlan:
    try:
        return look(db, actor, content_of(file), kind, Choice(sheet=sheet), now=now)
    except SpreadsheetError as error:
        here = db.get_one(Municipality, db.municipality_id)
        click.echo(f"{file.name}: {error.sentence.say(as_locale(here.locale))}", err=True)
        db.rollback()
        sys.exit(2)


def _municipality(db: TenantSession, code: str) -> Municipality:
    """The municipality with this number; made where it is known by name and has no row yet."""
    here = db.scalars(select(Municipality).where(Municipality.code == code)).one_or_none()
    if here is not None:
        return here
    known = municipality(code)
    if known is None:
        raise click.BadParameter(f"there is no municipality {code} here.", param_hint="--municipality")
    here = Municipality(code=code, name=f"{known.nb} kommune", neighbours=list(known.neighbours))
    db.add(here)
    db.flush()
    return here


def _coordinator(db: TenantSession, here: Municipality, *, now: datetime) -> Actor:
    """Somebody to stand as the one who imported: the first who coordinates, else a row that says where it came from."""
    ids = sorted(notices.coordinators(db)) or list(db.scalars(select(Person.id).where(Person.name == NOBODY_HERE)))
    if not ids:
        nobody = Person(name=NOBODY_HERE, source=SOURCE, created_at=now)
        db.add(nobody)
        db.flush()
        ids = [nobody.id]
    return Actor(municipality_id=here.id, roles=frozenset({Role.COORDINATOR}), id=ids[0])


# ---------------------------------------------------------------- what is printed


def _print(plan: AnyPlan, locale: Locale, *, apply: bool, as_json: bool) -> None:
    told = plan.as_json(locale)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    counts = {outcome.value: plan.count(outcome) for outcome in Outcome}
    click.echo(SUMMARY.say(locale, rows=len(plan.rows), **counts))
    for row in told["unreadable"]:
        click.echo(ROW.say(locale, **row))
    for warning in told["warnings"]:
        click.echo(
            CELL.say(locale, **warning)
            if warning["column"]
            else ROW.say(locale, row=warning["row"], why=warning["why"])
        )
    click.echo((SAVED if apply else DRY_RUN).say(locale))


for _kind in Kind:
    _command(_kind)

COMMANDS = (import_,)
