"""Postcodes, settlements and homes."""

from __future__ import annotations

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from matching.place import chord_cm, earth_centred_cm
from samskap.integrations.places import (
    Address,
    Home,
    How,
    NoAnswerError,
    Point,
    PostcodeTable,
    coarse,
    distance_km,
    municipalities,
    municipality,
    municipality_of_postcode,
    place_home,
    place_of_name,
    place_of_postcode,
)

EXACT = Point(61.2649, 10.4132)


class Register:
    """A search that finds one address, and remembers that it was asked."""

    def __init__(self, *found: Address) -> None:
        self.found = found
        self.asked: list[str] = []

    def addresses(self, query: str, *, municipality: str, most: int = 5) -> tuple[Address, ...]:
        self.asked.append(query)
        return self.found


class Down:
    """A search that never answers."""

    def addresses(self, query: str, *, municipality: str, most: int = 5) -> tuple[Address, ...]:
        raise NoAnswerError


def kongsvegen(postcode: str = "2636") -> Address:
    return Address("Kongsvegen 325", postcode, "Øyer", "3440", EXACT)


def home(
    geocoding: Register | Down | PostcodeTable, *, address: str = "Kongsvegen 325", postcode: str = "2636"
) -> Home:
    return place_home(geocoding, address=address, postcode=postcode, municipality_number="3440", shielded=False)


def test_the_four_postcodes_of_oyer_are_known_with_their_towns() -> None:
    towns = {code: found.town for code in ("2635", "2636", "2637", "2638") if (found := place_of_postcode(code))}
    assert towns == {"2635": "Tretten", "2636": "Øyer", "2637": "Øyer", "2638": "Tretten"}


def test_every_postcode_of_the_table_is_read() -> None:
    assert sum(place_of_postcode(f"{code:04}") is not None for code in range(10_000)) == 5_132


@pytest.mark.parametrize("code", ["", "263", "00001", "0000", "9999", "abcd", "2636.0", "２６３６", "26 36", "-636"])
def test_what_is_no_postcode_is_not_guessed(code: str) -> None:
    assert place_of_postcode(code) is None


@pytest.mark.parametrize("name", ["Øyer", "ØYER", "Øyer ", "øyer sentrum", "Øyer\u00a0"])
def test_a_place_is_found_however_it_is_written(name: str) -> None:
    found = place_of_name(name, near="3440")
    assert found is not None
    assert found.postcode == "2636"


@pytest.mark.parametrize(
    ("name", "postcode"),
    [("TRETTEN", "2635"), ("Fåvang", "2634"), ("Lillehammer", "2609"), ("Østre Gausdal", "2651"), ("Musdal", "2635")],
)
def test_every_place_in_the_coordinators_list_stands_in_for_a_broken_postcode(name: str, postcode: str) -> None:
    found = place_of_name(name, near="3440")
    assert found is not None
    assert found.postcode == postcode


def test_a_town_far_away_is_found_when_it_is_the_only_one_of_its_name() -> None:
    found = place_of_name("Røros", near="3440")
    assert found is not None
    assert (found.postcode, found.municipality) == ("7361", "")


@pytest.mark.parametrize("name", ["", "  ", "Atlantis", "Geilo", "Skjåk"])
def test_a_name_that_no_town_bears_or_that_the_table_puts_in_two_places_is_not_guessed(name: str) -> None:
    assert place_of_name(name, near="3440") is None


def test_neighbours_are_neighbours_both_ways_and_every_postcode_and_settlement_is_in_the_table() -> None:
    for one in municipalities():
        assert all(one.number in municipality(number).neighbours for number in one.neighbours)  # type: ignore[union-attr]
        assert all(place_of_postcode(code) for code in one.postcodes)
        for settlement in one.settlements:
            town = place_of_postcode(settlement.postcode)
            assert town is not None
            assert settlement.postcode in one.postcodes
            assert distance_km(settlement.point, town.point) < 15, settlement.name


def test_a_postcode_belongs_to_one_municipality() -> None:
    oyer = municipality_of_postcode("2638")
    assert oyer is not None
    assert (oyer.number, oyer.neighbours) == ("3440", ("3405", "3439", "3441"))
    assert municipality_of_postcode("0150") is None
    codes = [code for one in municipalities() for code in one.postcodes]
    assert len(codes) == len(set(codes))


norway = st.builds(Point, lat=st.floats(57.9, 71.2), lon=st.floats(4.5, 31.1))


@given(point=norway)
def test_a_square_hides_where_in_it_someone_lives(point: Point) -> None:
    square = coarse(point)
    assert distance_km(point, square) * 1000 <= 361
    assert coarse(square) == square


@given(point=norway, metres=st.floats(1, 100))
def test_neighbours_in_one_square_cannot_be_told_apart(point: Point, metres: float) -> None:
    middle = coarse(point)
    beside = Point(middle.lat + metres / 111_412, middle.lon)
    assert coarse(beside) == middle


def test_only_as_many_points_are_left_as_there_are_squares() -> None:
    points = {coarse(Point(61.26 + step / 10_000, 10.41)) for step in range(100)}
    assert len(points) == 3


@given(here=norway, there=norway)
def test_distance_is_geopys_geodesic(here: Point, there: Point) -> None:
    assert distance_km(here, there) == pytest.approx(geodesic((here.lat, here.lon), (there.lat, there.lon)).km)


def test_the_engines_chord_agrees_with_the_geodesic_within_a_quarter_of_a_metre() -> None:
    towns = [town.point for code in range(2600, 2700) if (town := place_of_postcode(str(code)))]
    columns = earth_centred_cm([one.lat for one in towns], [one.lon for one in towns])
    oyer = earth_centred_cm([EXACT.lat], [EXACT.lon])
    near = 0
    for point, centimetres in zip(towns, chord_cm(columns, oyer), strict=True):
        metres = distance_km(EXACT, point) * 1000
        if metres <= 60_000:
            near += 1
            assert abs(metres - centimetres / 100) <= 0.25
    assert near > 30


def test_a_home_by_address_is_kept_as_a_square() -> None:
    placed = home(Register(kongsvegen()))
    assert placed.how is How.ADDRESS
    assert placed.point == coarse(EXACT)
    assert placed.point != EXACT


def test_a_home_without_an_address_stands_at_its_postcode_and_nobody_is_asked() -> None:
    register = Register(kongsvegen())
    placed = home(register, address="  ")
    assert (placed.how, placed.point) == (How.POSTCODE, Point(61.2631, 10.4164))
    assert register.asked == []


def test_an_address_in_another_postcode_is_not_taken() -> None:
    placed = home(Register(kongsvegen("2609")))
    assert placed.how is How.POSTCODE
    assert "Det går fint" in placed.says.nb


def test_a_search_that_is_down_loses_nothing() -> None:
    placed = home(Down())
    assert (placed.how, placed.point) == (How.POSTCODE, Point(61.2631, 10.4164))
    assert placed.says == NoAnswerError.sentence


def test_offline_the_postcode_is_enough() -> None:
    assert home(PostcodeTable()).how is How.POSTCODE


def test_an_unknown_postcode_is_no_place_at_all() -> None:
    placed = home(PostcodeTable(), postcode="0000")
    assert (placed.how, placed.point) == (How.NOWHERE, None)


@pytest.mark.parametrize("address", ["Kongsvegen 325", ""])
def test_a_shielded_address_is_never_looked_up_and_never_placed(address: str) -> None:
    register = Register(kongsvegen())
    placed = place_home(register, address=address, postcode="2636", municipality_number="3440", shielded=True)
    assert (placed.how, placed.point) == (How.NOWHERE, None)
    assert register.asked == []


@pytest.mark.parametrize(("lat", "lon"), [(91, 10), (-91, 10), (61, 181), (float("nan"), 10), (61, float("inf"))])
def test_a_point_off_the_earth_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="degrees"):
        Point(lat, lon)


def test_svalbard_is_on_earth_and_has_squares() -> None:
    assert distance_km(coarse(Point(78.22, 15.64)), Point(78.22, 15.64)) < 0.5
