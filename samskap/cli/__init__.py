"""The console command. Every file of this folder adds the commands it lists in COMMANDS."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from config import SettingError
from samskap.cli.inside import MakeApp
from samskap.models.session import UnsafeDatabase


class Samskap(click.Group):
    """Tells what is wrong with a setting or with the database in one sentence instead of a trace."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (SettingError, UnsafeDatabase) as error:
            raise click.ClickException(str(error)) from error
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(f"The database does not do what it is asked: {error.orig}") from error
        except (PermissionError, FileNotFoundError) as error:
            raise click.ClickException(f"Cannot use {error.filename}: {error.strerror}.") from error


@click.group(cls=Samskap)
def samskap() -> None:
    """What can be done with Samskap from the command line."""


def main(make_app: MakeApp) -> None:
    """Runs the command that the command line names, on the service that make_app joins."""
    samskap(obj=make_app, prog_name="samskap")


for module in iter_modules(__path__):
    for command in getattr(import_module(f"{__name__}.{module.name}"), "COMMANDS", ()):
        samskap.add_command(command)
