"""A local server that speaks as the address API of Kartverket does (adresser/v1), on its good days and its bad ones."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Final, Literal
from urllib.parse import parse_qs, urlsplit

Mood = Literal["well", "busy", "down", "slow", "dripping", "huge", "elsewhere", "garbled", "shapeless", "silent"]

KNOWN: Final = frozenset(
    {
        "sok",
        "fuzzy",
        "sokemodus",
        "adressenavn",
        "adressetekst",
        "adressetilleggsnavn",
        "adressekode",
        "nummer",
        "bokstav",
        "kommunenummer",
        "kommunenavn",
        "gardsnummer",
        "bruksnummer",
        "festenummer",
        "undernummer",
        "bruksenhetsnummer",
        "objtype",
        "postnummer",
        "poststed",
        "filtrer",
        "utkoordsys",
        "treffPerSide",
        "side",
        "asciiKompatibel",
        "lat",
        "lon",
        "radius",
        "koordsys",
    }
)
"""The documented parameters; any other is answered with 400."""


def row(text: str, *, municipality: str, postcode: str, town: str, lat: float, lon: float) -> dict[str, Any]:
    """Give one address in the documented shape: upper-case names, empty letters, nulls where nothing is known."""
    name, _, number = text.rpartition(" ")
    return {
        "adressenavn": name,
        "adressetekst": text,
        "adressetilleggsnavn": None,
        "adressekode": 1440,
        "nummer": int(number),
        "bokstav": "",
        "kommunenummer": municipality,
        "kommunenavn": "ØYER" if municipality == "3440" else "LILLEHAMMER",
        "gardsnummer": 11,
        "bruksnummer": 22,
        "festenummer": 0,
        "undernummer": None,
        "bruksenhetsnummer": [],
        "objtype": "Vegadresse",
        "poststed": town,
        "postnummer": postcode,
        "adressetekstutenadressetilleggsnavn": text,
        "stedfestingverifisert": True,
        "representasjonspunkt": {"epsg": "EPSG:4258", "lat": lat, "lon": lon},
        "oppdateringsdato": "2024-01-01T00:00:00",
    }


REGISTER: Final = (
    row("Kongsvegen 325", municipality="3440", postcode="2636", town="ØYER", lat=61.2649, lon=10.4132),
    row("Kongsvegen 1840", municipality="3440", postcode="2635", town="TRETTEN", lat=61.3131, lon=10.3025),
    row("Kongsvegen 12", municipality="3405", postcode="2609", town="LILLEHAMMER", lat=61.1163, lon=10.4622),
)


@dataclass
class Standin:
    """A running stand-in: where it is, how it answers, and what it was asked."""

    domain: str
    mood: Mood = "well"
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)


@contextmanager
def serving() -> Iterator[Standin]:
    """Serve on a free port of this machine until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    standin = Standin(f"127.0.0.1:{server.server_address[1]}")
    server.standin = standin  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield standin
    finally:
        standin.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        standin: Standin = self.server.standin  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        if not parts.path.startswith("/adresser/v1/"):
            standin.strayed.append(self.path)
            return self._json(404, {"message": "not here"})
        asked = parse_qs(parts.query, keep_blank_values=True)
        standin.asked.append(asked)
        standin.agents.append(self.headers.get("User-Agent", ""))
        return getattr(self, f"_{standin.mood}")(parts.path, asked)  # type: ignore[no-any-return]

    def _well(self, path: str, asked: dict[str, list[str]]) -> None:
        wrong = {name: ["Ukjent parameter."] for name in asked if name not in KNOWN}
        if path.endswith("/punktsok"):
            wrong |= {
                name: ["Missing data for required field."] for name in ("lat", "lon", "radius") if name not in asked
            }
        elif not asked.get("sok", [""])[0]:
            wrong["sok"] = ["Missing data for required field."]
        if wrong:
            return self._json(400, {"message": wrong})
        rows = _near(asked) if path.endswith("/punktsok") else _found(asked)
        return self._json(200, {"metadata": {"totaltAntallTreff": len(rows), "side": 0}, "adresser": rows})

    def _busy(self, path: str, asked: dict[str, list[str]]) -> None:
        self._json(429, {"message": "Too many requests"}, **{"Retry-After": "30"})

    def _down(self, path: str, asked: dict[str, list[str]]) -> None:
        self._json(503, {"message": "Service unavailable"})

    def _silent(self, path: str, asked: dict[str, list[str]]) -> None:
        self.close_connection = True

    def _slow(self, path: str, asked: dict[str, list[str]]) -> None:
        self.server.standin.over.wait(10)  # type: ignore[attr-defined]

    def _dripping(self, path: str, asked: dict[str, list[str]]) -> None:
        self._pour(b" ", times=100, pause=0.1)

    def _huge(self, path: str, asked: dict[str, list[str]]) -> None:
        self._pour(b" " * 64 * 1024, times=160, pause=0)

    def _elsewhere(self, path: str, asked: dict[str, list[str]]) -> None:
        self._json(302, {}, Location=f"http://{self.server.standin.domain}/inner/secret")  # type: ignore[attr-defined]

    def _garbled(self, path: str, asked: dict[str, list[str]]) -> None:
        self._bytes(200, b"<html>vedlikehold</html>")

    def _shapeless(self, path: str, asked: dict[str, list[str]]) -> None:
        point = {"lat": 961.2, "lon": 10.4}
        rows = [None, {}, {"adressetekst": "Uten punkt 1"}, {"adressetekst": "Ute 2", "representasjonspunkt": point}]
        self._json(200, {"adresser": rows})

    def _pour(self, piece: bytes, *, times: int, pause: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            for _ in range(times):
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            self.close_connection = True

    def _json(self, status: int, said: object, **headers: str) -> None:
        self._bytes(status, json.dumps(said, ensure_ascii=True).encode(), **headers)

    def _bytes(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Stay quiet."""


def _found(asked: dict[str, list[str]]) -> list[dict[str, Any]]:
    words = asked["sok"][0].lower().replace(",", " ").split()
    number = asked.get("kommunenummer", [""])[0]
    most = int(asked.get("treffPerSide", ["10"])[0])
    fits = [one for one in REGISTER if not number or one["kommunenummer"] == number]
    return [one for one in fits if all(word in f"{one['adressetekst']} {one['poststed']}".lower() for word in words)][
        :most
    ]


def _near(asked: dict[str, list[str]]) -> list[dict[str, Any]]:
    lat, lon = float(asked["lat"][0]), float(asked["lon"][0])
    return [
        {**one, "meterDistanseTilPunkt": 12.5}
        for one in REGISTER
        if abs(one["representasjonspunkt"]["lat"] - lat) < 0.01 and abs(one["representasjonspunkt"]["lon"] - lon) < 0.01
    ]
