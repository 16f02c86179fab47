"""The address search, against a stand-in that has bad days."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from time import monotonic

import pytest
from geopy.exc import (
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
)
from geopy.location import Location

from samskap.integrations.kartverket import MOST_BYTES, AddressSearch, Kartverket, geocoding_at
from samskap.integrations.places import NoAnswerError, PostcodeTable
from tests.standins import kartverket
from tests.standins.kartverket import Mood, Standin


@pytest.fixture
def standin() -> Iterator[Standin]:
    with kartverket.serving() as running:
        yield running


@pytest.fixture
def geocoder(standin: Standin) -> Kartverket:
    return Kartverket(domain=standin.domain, scheme="http", timeout=0.5, proxies={})


def only(found: Location | list[Location] | None) -> Location:
    assert isinstance(found, Location)
    return found


def test_an_address_is_found_with_its_point(geocoder: Kartverket) -> None:
    place = only(geocoder.geocode("Kongsvegen 325", kommunenummer="3440"))
    assert (place.address, place.latitude, place.longitude) == ("Kongsvegen 325", 61.2649, 10.4132)
    assert place.raw["postnummer"] == "2636"


def test_a_search_keeps_to_the_municipality_and_says_who_asks(geocoder: Kartverket, standin: Standin) -> None:
    everywhere = geocoder.geocode("kongsvegen", exactly_one=False)
    here = geocoder.geocode("kongsvegen", kommunenummer="3440", exactly_one=False)
    assert isinstance(everywhere, list)
    assert isinstance(here, list)
    assert (len(everywhere), len(here)) == (3, 2)
    assert standin.asked[-1]["kommunenummer"] == ["3440"]
    assert "samskap" in standin.agents[-1]


def test_what_does_not_exist_is_none(geocoder: Kartverket) -> None:
    assert geocoder.geocode("Storgata 1", kommunenummer="3440") is None
    assert geocoder.geocode("Storgata 1", kommunenummer="3440", exactly_one=False) is None


def test_a_point_gives_the_addresses_around_it(geocoder: Kartverket) -> None:
    assert only(geocoder.reverse((61.2650, 10.4130))).address == "Kongsvegen 325"
    assert geocoder.reverse((70.0, 25.0)) is None


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("busy", GeocoderRateLimited),
        ("down", GeocoderTimedOut),
        ("slow", GeocoderTimedOut),
        ("dripping", GeocoderTimedOut),
        ("huge", GeocoderServiceError),
        ("elsewhere", GeocoderServiceError),
        ("garbled", GeocoderParseError),
        ("silent", GeocoderUnavailable),
    ],
)
def test_bad_days_come_out_as_geopys_own_errors(
    geocoder: Kartverket, standin: Standin, mood: Mood, error: type[Exception]
) -> None:
    standin.mood = mood
    began = monotonic()
    with pytest.raises(error) as raised:
        geocoder.geocode("Kongsvegen 325", kommunenummer="3440")
    assert monotonic() - began < 3
    assert "Kongsvegen" not in str(raised.value)
    assert type(raised.value) is error
    assert standin.strayed == [], "a redirect was followed"


def test_a_service_that_is_busy_says_for_how_long(geocoder: Kartverket, standin: Standin) -> None:
    standin.mood = "busy"
    with pytest.raises(GeocoderRateLimited) as raised:
        geocoder.geocode("Kongsvegen 325")
    assert raised.value.retry_after == 30


def test_an_empty_search_is_refused_by_the_service_and_names_the_parameter(geocoder: Kartverket) -> None:
    with pytest.raises(GeocoderQueryError, match="HTTP 400: sok"):
        geocoder.geocode("")


def test_a_long_answer_is_not_read_to_its_end(geocoder: Kartverket, standin: Standin) -> None:
    standin.mood = "huge"
    with pytest.raises(GeocoderServiceError, match=str(MOST_BYTES)):
        geocoder.geocode("Kongsvegen 325")


def test_rows_without_a_point_on_earth_are_left_out(geocoder: Kartverket, standin: Standin) -> None:
    standin.mood = "shapeless"
    assert geocoder.geocode("hva som helst") is None


def test_no_server_at_all_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        geocoder = Kartverket(domain=f"127.0.0.1:{free.getsockname()[1]}", scheme="http", timeout=0.5, proxies={})
        with pytest.raises(GeocoderUnavailable):
            geocoder.geocode("Kongsvegen 325")


def test_nothing_that_was_asked_for_is_logged(
    geocoder: Kartverket, standin: Standin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for mood in ("well", "busy", "garbled", "elsewhere"):
        standin.mood = mood
        try:
            geocoder.geocode("Kongsvegen 325")
        except GeocoderServiceError as error:
            logging.getLogger("test").warning("%s", error)
    assert "ongsvegen" not in caplog.text


def test_the_search_gives_addresses_as_people_read_them(geocoder: Kartverket) -> None:
    found = AddressSearch(geocoder).addresses("  kongsvegen \n 1840 ", municipality="3440")
    assert [(one.text, one.postcode, one.town) for one in found] == [("Kongsvegen 1840", "2635", "Tretten")]


@pytest.mark.parametrize("mood", ["busy", "down", "slow", "huge", "elsewhere", "garbled", "silent"])
def test_the_search_knows_one_error_and_says_what_to_do(geocoder: Kartverket, standin: Standin, mood: Mood) -> None:
    standin.mood = mood
    with pytest.raises(NoAnswerError) as raised:
        AddressSearch(geocoder).addresses("Kongsvegen 325", municipality="3440")
    assert "Postnummeret er nok" in raised.value.sentence.nb


@pytest.mark.parametrize("query", ["", "   ", "\n"])
def test_an_empty_search_asks_nobody(geocoder: Kartverket, standin: Standin, query: str) -> None:
    assert AddressSearch(geocoder).addresses(query, municipality="3440") == ()
    assert standin.asked == []


def test_a_search_of_ten_thousand_letters_is_cut_and_not_sent_whole(geocoder: Kartverket, standin: Standin) -> None:
    AddressSearch(geocoder).addresses("å" * 10_000, municipality="3440")
    assert len(standin.asked[-1]["sok"][0]) == 200


def test_an_address_typed_as_a_url_is_only_words_to_search_for(geocoder: Kartverket, standin: Standin) -> None:
    assert (
        AddressSearch(geocoder).addresses("http://169.254.169.254/?a=b&kommunenummer=0301", municipality="3440") == ()
    )
    assert standin.asked[-1]["kommunenummer"] == ["3440"]


def test_no_setting_means_the_postcode_table() -> None:
    assert isinstance(geocoding_at(""), PostcodeTable)
    assert geocoding_at("").addresses("Kongsvegen 325", municipality="3440") == ()


def test_a_setting_is_where_the_search_goes(standin: Standin) -> None:
    search = geocoding_at(f"http://{standin.domain}/adresser/v1")
    assert [one.text for one in search.addresses("Kongsvegen 325", municipality="3440")] == ["Kongsvegen 325"]
