"""Nobody is reached from a test: a connection to anything but this machine fails, whichever library asks for it."""

from __future__ import annotations

import ipaddress
import sys

LOCAL_NAMES = frozenset({"localhost", "", None})


class ReachedOut(BaseException):
    """A test asked for another machine. No `except Exception` in the code under test can hide it."""


def refuse_other_machines(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook; ReachedOut for a connection or a name look-up that would leave the machine."""
    if event == "socket.connect" and isinstance(arguments[1], tuple) and not is_local(arguments[1][0]):
        raise ReachedOut(f"A test tried to connect to {arguments[1]!r}. Give it a stand-in of tests/standins.")
    if event == "socket.getaddrinfo" and not is_local(arguments[0]):
        raise ReachedOut(f"A test tried to look up {arguments[0]!r}. Give it a stand-in of tests/standins.")


def is_local(host: object) -> bool:
    """Whether a host, given as a name or an address, is this machine."""
    if isinstance(host, bytes):
        host = host.decode()
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def pytest_configure() -> None:
    """From here to the end of the process."""
    sys.addaudithook(refuse_other_machines)
