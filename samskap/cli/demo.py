"""The demo municipality: made once, in demo mode alone."""

from __future__ import annotations

import click
from flask import Flask, current_app

from config import Config
from samskap.cli.inside import inside
from samskap.models.session import writing
from samskap.services import passwords
from samskap.services.demo import ADDRESSES, DEMO_PASSWORD, NotEmpty, is_empty, seed
from samskap.services.demo.town import municipalities


@click.group("demo")
def demo() -> None:
    """A town that never was, to try the service in."""


@demo.command("seed")
@click.option("--if-empty", is_flag=True, help="do nothing when there are people already")
@inside
def seed_command(app: Flask, *, if_empty: bool) -> None:
    """Makes Øyer as a demo municipality; refused outside demo mode."""
    config: Config = current_app.extensions["config"]
    if not config.demo:
        raise click.ClickException("The demo municipality is made only in demo mode. Set SAMSKAP_DEMO=1.")
    db = current_app.extensions["sqlalchemy"].session()
    with writing():
        if if_empty and not is_empty(db):
            return
        here = municipalities(db)
        db.stand_in(here.id)
        try:
            seed(db, password_hash=passwords.hashed(DEMO_PASSWORD), now=current_app.extensions["clock"]())
        except NotEmpty as why:
            raise click.ClickException(str(why)) from None
        db.commit()
    click.echo(f"The demo municipality is ready. Its people: {', '.join(ADDRESSES)}.")


COMMANDS = (demo,)
