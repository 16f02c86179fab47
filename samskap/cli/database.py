"""The tables: brought to the newest form, or back."""

from __future__ import annotations

import click
from flask_migrate import downgrade, upgrade

from samskap.cli.inside import MakeApp, settings


@click.group("database")
def database() -> None:
    """Brings the tables to another form."""


@database.command("upgrade")
@click.option("--to", "revision", default="head", show_default=True, help="the migration to stop at")
@click.pass_obj
def upgrade_command(make_app: MakeApp, revision: str) -> None:
    """Runs the migrations that have not run yet."""
    with make_app(settings()).app_context():
        upgrade(revision=revision)


@database.command("downgrade")
@click.option("--to", "revision", required=True, help="the migration to go back to; base is an empty database")
@click.confirmation_option(prompt="This can delete data. Go on?")
@click.pass_obj
def downgrade_command(make_app: MakeApp, revision: str) -> None:
    """Undoes migrations, newest first."""
    with make_app(settings()).app_context():
        downgrade(revision=revision)


COMMANDS = (database,)
