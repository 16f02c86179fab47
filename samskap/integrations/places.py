"""Postcodes, settlements and homes: where people are, never finer than a square of 500 metres."""

from __future__ import annotations

import csv
import math
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, Protocol

from geopy.distance import geodesic

from samskap.text import Text

SQUARE_M: Final = 500
_METRES_A_DEGREE: Final = 111_412.0
"""Metres in a degree of latitude at about 61° north."""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees north and east (WGS84); ValueError when it is not on earth."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        for name, value, most in (("lat", self.lat, 90), ("lon", self.lon, 180)):
            if not -most <= value <= most:
                raise ValueError(f"{name} is {value} degrees; it may be {-most} to {most}")


@dataclass(frozen=True, slots=True)
class Postcode:
    """A Norwegian postcode with its town and the point of the town (© GeoNames)."""

    code: str
    town: str
    county: str
    point: Point


@dataclass(frozen=True, slots=True)
class Settlement:
    """A place with a name in a municipality, and the postcode that stands for it."""

    name: str
    postcode: str
    municipality: str
    point: Point
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownMunicipality:
    """A municipality that the data file describes: number as text, names, postcodes, settlements and neighbours."""

    number: str
    nb: str
    nn: str
    county: str
    postcodes: tuple[str, ...]
    settlements: tuple[Settlement, ...]
    neighbours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """An address that a search found; its point is exact and must pass through `coarse` before it is kept."""

    text: str
    postcode: str
    town: str
    municipality: str
    point: Point


class How(StrEnum):
    """How a home was placed."""

    ADDRESS = "address"
    POSTCODE = "postcode"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Home:
    """Where someone lives, no finer than a square of 500 m or the postcode; a point of None means not placed."""

    point: Point | None
    how: How
    says: Text


class NoAnswerError(Exception):
    """The address search did not answer; the sentence tells what to do instead."""

    sentence = Text(
        nb="Adressesøket svarer ikke akkurat nå. Postnummeret er nok, og adressen kan du legge til senere.",
        nn="Adressesøket svarer ikkje akkurat no. Postnummeret er nok, og adressa kan du leggje til seinare.",
        en="The address search is not answering just now. The postcode is enough, and you can add the address later.",
    )


class Geocoding(Protocol):
    """Finds addresses in one municipality."""

    def addresses(self, query: str, *, municipality: str, most: int = 5) -> tuple[Address, ...]:
        """Give at most `most` addresses that fit, best first; NoAnswerError when the search cannot say."""
        ...


class PostcodeTable:
    """The offline default: knows postcodes, and no addresses."""

    def addresses(self, query: str, *, municipality: str, most: int = 5) -> tuple[Address, ...]:
        """Give no addresses."""
        return ()


# ---------------------------------------------------------------- reading


@cache
def _postcodes() -> dict[str, Postcode]:
    lines = (files("samskap") / "data" / "postnummer_no.csv").read_text("utf-8").splitlines()
    return {row["postnummer"]: _read_postcode(row) for row in csv.DictReader(lines)}


def _read_postcode(row: dict[str, str]) -> Postcode:
    point = Point(float(row["breddegrad"]), float(row["lengdegrad"]))
    return Postcode(row["postnummer"], row["poststed"], row["fylke"], point)


@cache
def municipalities() -> tuple[KnownMunicipality, ...]:
    """Give the municipalities of the data file."""
    data = tomllib.loads((files("samskap") / "data" / "municipalities.toml").read_text("utf-8"))
    return tuple(_read_municipality(row) for row in data["municipality"])


def municipality(number: str) -> KnownMunicipality | None:
    """Give the municipality with this number ("3440"), or None when the data file does not describe it."""
    return next((one for one in municipalities() if one.number == number), None)


def _read_municipality(row: dict[str, Any]) -> KnownMunicipality:
    number = row["number"]
    settlements = tuple(
        Settlement(place["name"], place["postcode"], number, Point(place["lat"], place["lon"]), tuple(place["also"]))
        for place in row["settlements"]
    )
    return KnownMunicipality(
        number, row["nb"], row["nn"], row["county"], tuple(row["postcodes"]), settlements, tuple(row["neighbours"])
    )


# ---------------------------------------------------------------- finding


def place_of_postcode(code: str) -> Postcode | None:
    """Give the postcode with exactly these four digits (spaces around them do not matter), or None."""
    return _postcodes().get(code.strip())


def municipality_of_postcode(code: str) -> KnownMunicipality | None:
    """Give the known municipality that the postcode belongs to, or None."""
    return next((one for one in municipalities() if code.strip() in one.postcodes), None)


def place_of_name(name: str, *, near: str) -> Settlement | None:
    """Give the settlement with this name in the municipality `near`, in its neighbours, or else in all of the table.

    Case, accents and spaces do not matter. A name that several towns of the table bear is not guessed: None.
    """
    wanted = _fold(name)
    home = municipality(near)
    known = [home, *(municipality(number) for number in home.neighbours)] if home else list(municipalities())
    for one in known:
        for settlement in one.settlements if one else ():
            if wanted in {_fold(said) for said in (settlement.name, *settlement.also)}:
                return settlement
    return _town(wanted) if wanted else None


def _town(wanted: str) -> Settlement | None:
    towns = [one for one in _postcodes().values() if _fold(one.town) == wanted]
    if not towns or any(distance_km(towns[0].point, one.point) > 10 for one in towns[1:]):
        return None
    home = municipality_of_postcode(towns[0].code)
    return Settlement(towns[0].town, towns[0].code, home.number if home else "", towns[0].point)


def _fold(name: str) -> str:
    letters = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def town_names() -> frozenset[str]:
    """Give the name of every town and settlement we know."""
    settlements = (name for one in municipalities() for place in one.settlements for name in (place.name, *place.also))
    return frozenset(settlements) | {one.town for one in _postcodes().values()}


# ---------------------------------------------------------------- placing


def coarse(point: Point) -> Point:
    """Give the middle of the square of 500 m that the point lies in; at most 360 m away, the same for all in it."""
    step = SQUARE_M / _METRES_A_DEGREE
    lat = (math.floor(point.lat / step) + 0.5) * step
    wide = SQUARE_M / (_METRES_A_DEGREE * max(math.cos(math.radians(lat)), 0.01))
    lon = (math.floor(point.lon / wide) + 0.5) * wide
    return Point(round(min(max(lat, -90.0), 90.0), 5), round(min(max(lon, -180.0), 180.0), 5))


def distance_km(here: Point, there: Point) -> float:
    """Give the kilometres between two points on the WGS84 ellipsoid."""
    return float(geodesic((here.lat, here.lon), (there.lat, there.lon)).km)


_PLACED_BY_ADDRESS: Final = Text(
    nb="Vi leter bare med omtrent hvor du bor, en rute på 500 meter. Adressen vises ikke før begge har sagt ja.",
    nn="Vi leitar berre med omtrent kvar du bur, ei rute på 500 meter. Adressa blir ikkje vist før begge har sagt ja.",
    en="We search with roughly where you live, a square of 500 metres. The address is hidden until both have said yes.",
)
_PLACED_BY_POSTCODE: Final = Text(
    nb="Vi regner avstander fra poststedet.",
    nn="Vi reknar avstandar frå poststaden.",
    en="We measure distances from the postal town.",
)
_ADDRESS_NOT_FOUND: Final = Text(
    nb="Vi fant ikke adressen, så vi regner avstander fra poststedet. Det går fint.",
    nn="Vi fann ikkje adressa, så vi reknar avstandar frå poststaden. Det går fint.",
    en="We did not find the address, so we measure distances from the postal town. That is fine.",
)
_NOT_PLACED: Final = Text(
    nb="Vi kjenner ikke postnummeret, så avstander kan ikke regnes ut.",
    nn="Vi kjenner ikkje postnummeret, så avstandar kan ikkje reknast ut.",
    en="We do not know the postcode, so distances cannot be worked out.",
)
_SHIELDED: Final = Text(
    nb="Adressen er skjermet. Vi slår den ikke opp, og vi tar ikke vare på hvor du bor.",
    nn="Adressa er skjerma. Vi slår henne ikkje opp, og vi tek ikkje vare på kvar du bur.",
    en="The address is shielded. We do not look it up, and we do not keep where you live.",
)


def place_home(geocoding: Geocoding, *, address: str, postcode: str, municipality_number: str, shielded: bool) -> Home:
    """Place a home: by its address where one is found, else by the postcode, else nowhere.

    A shielded address (code 6 or 7) is never looked up and never placed. The search being down is no error: the
    postcode stands in. Every point comes out no finer than `coarse` or the postcode.
    """
    if shielded:
        return Home(None, How.NOWHERE, _SHIELDED)
    town = place_of_postcode(postcode)
    if not address.strip():
        return _by_town(town, says=_PLACED_BY_POSTCODE)
    try:
        found = geocoding.addresses(address, municipality=municipality_number)
    except NoAnswerError as error:
        return _by_town(town, says=error.sentence)
    one = _only(found, postcode=postcode.strip())
    return Home(coarse(one.point), How.ADDRESS, _PLACED_BY_ADDRESS) if one else _by_town(town, says=_ADDRESS_NOT_FOUND)


def _by_town(town: Postcode | None, *, says: Text) -> Home:
    return Home(town.point, How.POSTCODE, says) if town else Home(None, How.NOWHERE, _NOT_PLACED)


def _only(found: Iterable[Address], *, postcode: str) -> Address | None:
    """Give the best address, but never one in another postcode than the one that was given."""
    return next((one for one in found if not postcode or one.postcode == postcode), None)
