"""The address search of Kartverket (ws.geonorge.no) as a geopy geocoder, with limits on time, size and redirects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.message import Message
from functools import partial
from http.client import HTTPException, HTTPResponse
from time import monotonic
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from geopy.adapters import AdapterHTTPError, URLLibAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable, GeopyError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from samskap.integrations.places import Address, Geocoding, NoAnswerError, Point, PostcodeTable

DOMAIN: Final = "ws.geonorge.no"
USER_AGENT: Final = "samskap (address search for municipal volunteering)"
TIMEOUT_S: Final = 3
MOST_BYTES: Final = 256 * 1024
LONGEST_QUERY: Final = 200


class _NoRedirects(HTTPRedirectHandler):
    """Leaves a redirect as the error it is: the service has one address, and it is ours to choose."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str) -> None:
        """Follow nothing."""


class BoundedAdapter(URLLibAdapter):  # type: ignore[misc]
    """geopy's own adapter, with at most 256 kB read, one deadline for all of the answer, and no redirects."""

    def __init__(self, *, proxies: Mapping[str, str] | None, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        known = None if proxies is None else dict(proxies)
        self.urlopen = build_opener(HTTPSHandler(context=ssl_context), ProxyHandler(known), _NoRedirects()).open

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """Give what the answer says; GeocoderParseError, without the answer in it, when it is not JSON."""
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError):
            raise GeocoderParseError("the answer was not JSON") from None

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Give the text of the answer; what goes wrong comes out as geopy's own errors, never with the query in it."""
        deadline = monotonic() + timeout
        try:
            with self.urlopen(Request(url, headers=dict(headers)), timeout=timeout) as page:  # noqa: S310
                return self._read(page, deadline=deadline)
        except HTTPError as error:
            with error:
                raise _refusal(error, deadline=deadline) from None
        except TimeoutError:
            raise GeocoderTimedOut(f"no answer in {timeout:g} s") from None
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise GeocoderTimedOut(f"no answer in {timeout:g} s") from None
            raise GeocoderUnavailable("no connection") from None
        except (HTTPException, OSError):
            raise GeocoderUnavailable("the connection broke") from None

    def _read(self, page: HTTPResponse, *, deadline: float) -> str:
        return _bounded(page, deadline=deadline).decode("utf-8", errors="strict")


def _bounded(page: IO[bytes] | HTTPResponse, *, deadline: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := page.read1(64 * 1024) if isinstance(page, HTTPResponse) else page.read(64 * 1024):
        size += len(piece)
        if size > MOST_BYTES:
            raise GeocoderServiceError(f"the answer was longer than {MOST_BYTES} bytes")
        if monotonic() > deadline:
            raise GeocoderTimedOut("the answer did not end in time")
        pieces.append(piece)
    return b"".join(pieces)


def _refusal(error: HTTPError, *, deadline: float) -> AdapterHTTPError:
    headers = {name.lower(): value for name, value in error.headers.items()}
    return AdapterHTTPError(_message(error, deadline=deadline), status_code=error.code, headers=headers, text=None)


def _message(error: HTTPError, *, deadline: float) -> str:
    """Give the service's own words on what was wrong, as far as they name parameters and not what was asked for."""
    try:
        said = json.loads(_bounded(error, deadline=deadline))["message"]
        return f"HTTP {error.code}: {', '.join(sorted(said))}" if isinstance(said, dict) else f"HTTP {error.code}"
    except (GeopyError, ValueError, KeyError, TypeError, OSError, HTTPException):
        return f"HTTP {error.code}"


class Kartverket(Geocoder):  # type: ignore[misc]
    """geopy geocoder for https://ws.geonorge.no/adresser/v1 (© Kartverket, CC BY 4.0); takes no key."""

    geocode_path = "/adresser/v1/sok"
    reverse_path = "/adresser/v1/punktsok"

    def __init__(
        self,
        *,
        domain: str = DOMAIN,
        scheme: str | None = None,
        timeout: Any = TIMEOUT_S,
        proxies: Any = DEFAULT_SENTINEL,
        user_agent: str = USER_AGENT,
        ssl_context: Any = DEFAULT_SENTINEL,
        adapter_factory: Any = BoundedAdapter,
    ) -> None:
        super().__init__(
            scheme=scheme,
            timeout=timeout,
            proxies=proxies,
            user_agent=user_agent,
            ssl_context=ssl_context,
            adapter_factory=adapter_factory,
        )
        self.domain = domain.strip("/")

    def geocode(
        self,
        query: str,
        *,
        kommunenummer: str | None = None,
        limit: int = 10,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
    ) -> Location | list[Location] | None:
        """Find an address; None when there is none. `kommunenummer` (four digits, text) keeps to one municipality."""
        asked = {"sok": query, "treffPerSide": 1 if exactly_one else limit, "side": 0, "utkoordsys": 4258}
        if kommunenummer:
            asked["kommunenummer"] = kommunenummer
        return self._ask(self.geocode_path, asked, exactly_one=exactly_one, timeout=timeout)

    def reverse(
        self, query: Any, *, radius: int = 200, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """Find the addresses within `radius` whole metres of a point, nearest first; None when there are none."""
        lat, lon = self._coerce_point_to_string(query).split(",")
        asked = {"lat": lat, "lon": lon, "radius": radius, "koordsys": 4258, "utkoordsys": 4258}
        return self._ask(self.reverse_path, asked, exactly_one=exactly_one, timeout=timeout)

    def _ask(
        self, path: str, asked: Mapping[str, object], *, exactly_one: bool, timeout: Any
    ) -> Location | list[Location] | None:
        url = f"{self.scheme}://{self.domain}{path}?{urlencode(asked)}"
        found: Location | list[Location] | None = self._call_geocoder(
            url, partial(self._parse, exactly_one=exactly_one), timeout=timeout
        )
        return found

    def _parse(self, answer: Any, *, exactly_one: bool) -> Location | list[Location] | None:
        rows = answer.get("adresser") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise GeocoderParseError("the answer has no list of addresses")
        found = [place for row in rows if (place := _location(row)) is not None]
        if not found:
            return None
        return found[0] if exactly_one else found


def _location(row: Any) -> Location | None:
    """Read one row; a row without a text or a point on earth is left out."""
    try:
        point = Point(float(row["representasjonspunkt"]["lat"]), float(row["representasjonspunkt"]["lon"]))
        return Location(str(row["adressetekst"]), (point.lat, point.lon), row)
    except (KeyError, TypeError, ValueError):
        return None


class AddressSearch:
    """The address search as the service knows it: addresses in, addresses out, and one error."""

    def __init__(self, geocoder: Kartverket) -> None:
        self._geocoder = geocoder

    def addresses(self, query: str, *, municipality: str, most: int = 5) -> tuple[Address, ...]:
        """Give at most `most` addresses in the municipality; NoAnswerError when the service does not say."""
        asked = " ".join(query.split())[:LONGEST_QUERY]
        if not asked:
            return ()
        try:
            found = self._geocoder.geocode(asked, kommunenummer=municipality, limit=most, exactly_one=False)
        except GeopyError:
            raise NoAnswerError from None
        return tuple(_address(place) for place in found or ())[:most]


def _address(place: Location) -> Address:
    row = place.raw
    town = str(row.get("poststed") or "").title()
    point = Point(place.latitude, place.longitude)
    return Address(place.address, str(row.get("postnummer") or ""), town, str(row.get("kommunenummer") or ""), point)


def geocoding_at(url: str) -> Geocoding:
    """Give the geocoding for a setting: the address search at the url, or the postcode table for the empty string."""
    if not url:
        return PostcodeTable()
    parts = urlsplit(url)
    return AddressSearch(Kartverket(domain=parts.netloc, scheme=parts.scheme))
