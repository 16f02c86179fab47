"""samskap serve, as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.databases import Database

COMMAND = Path(sysconfig.get_path("scripts"), "samskap")
READY_WITHIN = 30
"""Seconds, on a machine that is busy with other tests."""


def settings(database: Database, folder: Path) -> dict[str, str]:
    """A service for real people: no demo town, and its address is https behind a proxy."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "SAMSKAP_BASE_URL": "https://samskap.example",
        "SAMSKAP_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
        "SAMSKAP_DATABASE_URL": database.url,
        "SAMSKAP_OWNER_DATABASE_URL": database.owner_url,
        "SAMSKAP_INSTANCE_DIR": str(folder),
    }


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[str]]:
    """The server as a child, killed afterwards if it still runs."""
    asked = [str(COMMAND), "serve", "--port", str(port)]
    with subprocess.Popen(
        asked, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            yield server
        finally:
            server.kill()


def health(port: int) -> int:
    """The status of /healthz; 0 while nobody listens."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": "samskap.example"})
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def wait_until_healthy(port: int, server: subprocess.Popen[str]) -> None:
    """Until /healthz says 200."""
    end = time.monotonic() + READY_WITHIN
    while health(port) != 200:
        assert server.poll() is None, server.communicate()[0]
        assert time.monotonic() < end, f"/healthz says {health(port)}"
        time.sleep(0.1)


def test_it_migrates_an_empty_database_serves_and_stops_when_asked(empty_database: Database, tmp_path: Path) -> None:
    port = free_port()
    with serving(settings(empty_database, tmp_path), port) as server:
        wait_until_healthy(port, server)
        server.send_signal(signal.SIGINT)
        said, _ = server.communicate(timeout=15)
        assert server.returncode == 0, said
        assert "Samskap: https://samskap.example" in said
        assert "Traceback" not in said
        assert "demo.samskap.example" not in said


def test_a_port_that_is_taken_is_told_in_one_sentence(sqlite_database: Database, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(settings(sqlite_database, tmp_path), port) as server:
            said, _ = server.communicate(timeout=READY_WITHIN)
    assert server.returncode == 1
    assert said.startswith(f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use. Choose another address")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SAMSKAP_DATABASE_URL", "mysql://x", "SAMSKAP_DATABASE_URL must begin with sqlite:/// or postgresql://."),
        ("SAMSKAP_SECRET_KEY", "short", "SAMSKAP_SECRET_KEY must be 32 or more characters"),
        ("SAMSKAP_BASE_URL", "http://samskap.example", "SAMSKAP_BASE_URL is http://samskap.example"),
        ("SAMSKAP_DATABASE_URL", "sqlite:////proc/nowhere/samskap.db", "Cannot use /proc/nowhere: No such file"),
        ("SAMSKAP_OWNER_DATABASE_URL", "postgresql://x@127.0.0.1:1/x", "The database does not do what it is asked"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_one_sentence(
    sqlite_database: Database, tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    with serving({**settings(sqlite_database, tmp_path), name: value}, free_port()) as server:
        said, _ = server.communicate(timeout=READY_WITHIN)
    assert server.returncode == 1
    assert said.startswith(f"Error: {sentence}")
    assert "Traceback" not in said
