"""A coordinator's list from the command line: what would happen row by row, and with --apply that it happens."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from config import Config
from samskap.cli.inside import MakeApp, settings
from samskap.integrations.places import municipality
from samskap.integrations.spreadsheets import SpreadsheetError, content_of
from samskap.models import Municipality, Person
from samskap.models.session import TenantSession, writing
from samskap.permissions import Actor, Role
from samskap.services import health, notices
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
            plan, locale = _import(app, file, kind, code=code, sheet=sheet, apply=apply)
        _print(plan, locale, apply=apply, as_json=as_json)

    return command


def _bring_up(app: Flask) -> None:
    """The instance folder's own database is made and brought up to date; one that somebody runs is left to them."""
    config: Config = app.extensions["config"]
    if config.sqlite:
        upgrade()
    elif not health.is_well(app.extensions["sqlalchemy"].engine, head=app.extensions["migrations_head"]):
        raise click.ClickException("The database does not answer, or its tables are old. Run: samskap database upgrade")


def _import(app: Flask, file: Path, kind: Kind, *, code: str, sheet: str | None, apply: bool) -> tuple[AnyPlan, Locale]:
    """Look at the file, and with `apply` carry the plan out: one transaction, kept as a whole or not at all."""
    db: TenantSession = app.extensions["sqlalchemy"].session()
    now: datetime = app.extensions["clock"]()
    with writing():
        here = _municipality(db, code)
        db.stand_in(here.id)
        locale = as_locale(here.locale)
        try:
            actor = _coordinator(db, here, kind, now=now)
            plan = look(db, actor, content_of(file), kind, Choice(sheet=sheet), now=now)
        except SpreadsheetError as error:
            db.rollback()
            click.echo(f"{file.name}: {error.sentence.say(locale)}", err=True)
            sys.exit(2)
        if apply:
            carry_out(db, actor, plan, now=now)
            db.commit()
        else:
            db.rollback()
    return plan, locale


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


def _coordinator(db: TenantSession, here: Municipality, kind: Kind, *, now: datetime) -> Actor:
    """Who imports: the first who coordinates here. A need is posted by somebody, so a row stands in where nobody is."""
    ids = sorted(notices.coordinators(db))
    if not ids and kind is Kind.NEEDS:
        ids = list(db.scalars(select(Person.id).where(Person.name == NOBODY_HERE))) or [_nobody(db, now=now)]
    return Actor(municipality_id=here.id, roles=frozenset({Role.COORDINATOR}), id=ids[0] if ids else None)


def _nobody(db: TenantSession, *, now: datetime) -> int:
    nobody = Person(name=NOBODY_HERE, source=SOURCE, created_at=now)
    db.add(nobody)
    db.flush()
    return nobody.id


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
