"""How a command gets hold of the service."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import click
from flask import Flask

from config import Config, from_env


class MakeApp(Protocol):
    """Joins the service, with the settings of the environment or with others."""

    def __call__(self, config: Config | None = None) -> Flask: ...


P = ParamSpec("P")
R = TypeVar("R")


def settings() -> Config:
    """The settings of the environment; what only a web server needs is made up where it is missing."""
    made_up = {"SAMSKAP_BASE_URL": "https://samskap.invalid", "SAMSKAP_SECRET_KEY": secrets.token_urlsafe(48)}
    return from_env({**made_up, **os.environ})


def inside(command: Callable[Concatenate[Flask, P], R]) -> Callable[P, R]:
    """The command gets the service as its first argument and runs inside its application context."""

    def with_app(*arguments: P.args, **options: P.kwargs) -> R:
        make_app: MakeApp = click.get_current_context().obj
        app = make_app()
        with app.app_context():
            return command(app, *arguments, **options)

    return update_wrapper(with_app, command)
