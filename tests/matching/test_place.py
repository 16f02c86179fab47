"""Distances: over the ellipsoid by a chord, and the haversine that `reference/1` keeps."""

from __future__ import annotations

import random

import numpy as np
import pytest
from geopy.distance import geodesic

from matching import Place
from matching.place import chord_cm, chord_m, earth_centred_cm, haversine_m


def _pairs_in_norway(most_m: float) -> list[tuple[tuple[float, float], tuple[float, float], float]]:
    dice = random.Random(3)
    found: list[tuple[tuple[float, float], tuple[float, float], float]] = []
    while len(found) < 300:
        here = (dice.uniform(58, 71), dice.uniform(5, 31))
        there = (here[0] + dice.uniform(-0.4, 0.4), here[1] + dice.uniform(-0.9, 0.9))
        metres = geodesic(here, there).m
        if metres <= most_m:
            found.append((here, there, metres))
    return found


def _chord_m(here: tuple[float, float], there: tuple[float, float]) -> float:
    a, b = (earth_centred_cm([lat], [lon]) for lat, lon in (here, there))
    return float(chord_cm(a, b)[0]) / 100


def test_the_chord_is_within_a_quarter_of_a_metre_of_the_geodesic_up_to_sixty_kilometres() -> None:
    worst = max(abs(_chord_m(here, there) - metres) for here, there, metres in _pairs_in_norway(60_000))
    assert worst <= 0.25


def test_a_sphere_of_6371_kilometres_would_be_caught() -> None:
    """The yardstick tells the two apart: the sphere is 0.16–0.41 % short in Norway."""
    worst = max(
        abs(haversine_m(Place(*here), Place(*there)) - metres) for here, there, metres in _pairs_in_norway(60_000)
    )
    assert worst > 50


def test_metres_are_whole_and_rounded_half_up() -> None:
    here = earth_centred_cm([60.0], [10.0])
    for centimetres, metres in ((49, 0), (50, 1), (149, 1), (150, 2), (6_000_049, 60_000), (6_000_050, 60_001)):
        there = here.copy()
        there[2] += centimetres
        assert chord_m(here, there)[0] == metres


def test_a_pair_has_the_distance_that_its_columns_have() -> None:
    """Many at once and one by one give the same metres, to the last one."""
    dice = random.Random(5)
    lat, lon = np.array([[dice.uniform(60, 62), dice.uniform(9, 11)] for _ in range(1_000)]).T
    all_at_once = chord_m(earth_centred_cm(lat, lon), earth_centred_cm([61.2], [10.4]))
    one_by_one = [
        chord_m(earth_centred_cm([a], [b]), earth_centred_cm([61.2], [10.4]))[0] for a, b in zip(lat, lon, strict=True)
    ]
    assert all_at_once.tolist() == one_by_one


@pytest.mark.parametrize(("lat", "lon", "name"), [(90.1, 0, "lat"), (0, -181, "lon"), (float("nan"), 0, "lat")])
def test_a_place_that_is_not_on_earth_is_refused(lat: float, lon: float, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is .* degrees; it may be"):
        Place(lat, lon)
