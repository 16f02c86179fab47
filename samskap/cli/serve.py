"""The web server: gunicorn with two processes of four threads each."""

from __future__ import annotations

import os
import socket
from typing import Any

import click
from flask import Flask
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from sqlalchemy import Engine

from config import Config
from samskap.cli.inside import MakeApp
from samskap.models.session import TenantSession
from samskap.services import accounts
from samskap.services.demo.town import DEMO_DOMAIN, DEMO_PASSWORD, PEOPLE

PROCESSES = 2
THREADS = 4
"""Per process. More gains nothing on two cores, and on SQLite the writers stand in one line anyhow."""
STOPS_WITHIN = 10
"""Seconds that requests under way are given when the server is told to stop."""
HANGS_AFTER = 60
"""Seconds without a sign of life after which a process is replaced."""


class Server(BaseApplication):
    """Gunicorn as a part of this process: the database is made ready before the first worker is forked."""

    def __init__(self, make_app: MakeApp, *, host: str, port: int, welcome: str) -> None:
        self.make_app = make_app
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.welcome = welcome
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn shall do otherwise than by default."""
        wanted: dict[str, Any] = {
            "bind": [self.address],
            "worker_class": "gthread",
            "workers": PROCESSES,
            "threads": THREADS,
            "timeout": HANGS_AFTER,
            "graceful_timeout": STOPS_WITHIN,
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "samskap",
            "when_ready": self.say_welcome,
        }
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]  # Flask is a WSGI application
        """The service, made anew in each worker so that no connection is shared between processes."""
        app = self.make_app()
        app.extensions["worker"].start()
        return app

    def say_welcome(self, arbiter: Arbiter) -> None:
        """Printed when the socket listens."""
        click.echo(self.welcome)


@click.command("serve")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="the address to listen on")
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_context
def serve(context: click.Context, host: str, port: int) -> None:
    """Makes the database ready and serves the pages until it is told to stop."""
    make_app: MakeApp = context.obj
    refuse_if_taken(host, port)
    app = make_app()
    config: Config = app.extensions["config"]
    with app.app_context():
        upgrade()
        engine = app.extensions["sqlalchemy"].engine
        refuse_wrong_mode(engine, config)
        if config.demo:
            seed_demo(context)
        engine.connect().close()  # what is wrong with the service's own role is told here, and not page by page
        engine.dispose()
    Server(make_app, host=host, port=port, welcome=welcome(config)).run()


def refuse_if_taken(host: str, port: int) -> None:
    """Says in a sentence that nobody can listen there, before anything else is done."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else "no machine has that name"
        advice = "Choose another address with HOST and PORT, for example: PORT=8001 script/server"
        raise click.ClickException(f"Cannot listen on {host}:{port}: {why}. {advice}") from error


def refuse_wrong_mode(engine: Engine, config: Config) -> None:
    """Says in a sentence that demo people and real people would share a database."""
    try:
        with TenantSession(engine) as session:
            accounts.refuse_wrong_mode(session, demo=config.demo)
    except accounts.WrongMode as error:
        raise click.ClickException(str(error)) from error


def seed_demo(context: click.Context) -> None:
    """`samskap demo seed --if-empty` in this process: a second start of Python would cost a second."""
    root = context.find_root()
    assert isinstance(root.command, click.Group)
    with root.command.make_context("samskap", ["demo", "seed", "--if-empty"], obj=root.obj) as inner:
        root.command.invoke(inner)


def welcome(config: Config) -> str:
    """Where to go, and in demo mode whom one can be."""
    lines = [f"Samskap: {config.base_url}", "Stop with Ctrl-C."]
    if config.demo:
        people = [f"  {f'{one.address}@{DEMO_DOMAIN}':<36} {one.name}" for one in PEOPLE]
        log_in = f"Log in at {config.base_url}/logg-inn with a button, or with {DEMO_PASSWORD} as one of:"
        lines[1:1] = [log_in, *people]
    return "\n".join(lines)


COMMANDS = (serve,)
