"""The worker as a command of its own: for several machines, or where the web server shall only serve."""

from __future__ import annotations

import signal
from typing import Any

import click
from flask import Flask

from samskap.cli.inside import inside


@click.command("worker")
@click.option("--once", is_flag=True, help="do what is due now and stop; for a timer of the machine's own")
@inside
def worker_command(app: Flask, *, once: bool) -> None:
    """Sends notices and lets the clock strike, until it is told to stop. Any number of them may run."""
    worker: Any = app.extensions["worker"]
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: worker.stop.set())
    if once:
        worker.run_once()
    else:
        worker.run()


COMMANDS = (worker_command,)
