"""The tables: brought to the newest form, or back."""

from __future__ import annotations

import click
from flask import Flask
from flask_migrate import downgrade, upgrade

from samskap.cli.inside import inside


@click.group("database")
def database() -> None:
    """Brings the tables to another form."""


@database.command("upgrade")
@click.option("--to", "revision", default="head", show_default=True, help="the migration to stop at")
@inside
def upgrade_command(app: Flask, revision: str) -> None:
    """Runs the migrations that have not run yet."""
    upgrade(revision=revision)


@database.command("downgrade")
@click.option("--to", "revision", required=True, help="the migration to go back to; base is an empty database")
@click.confirmation_option(prompt="This can delete data. Go on?")
@inside
def downgrade_command(app: Flask, revision: str) -> None:
    """Undoes migrations, newest first."""
    downgrade(revision=revision)


COMMANDS = (database,)
