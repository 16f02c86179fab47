"""Where people are, and how far apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

_WGS84_A = 6_378_137.0
_WGS84_E2 = 6.694_379_990_141_316e-3
EARTH_RADIUS_M = 6_371_008.8
"""Mean radius that `reference/1` uses for its haversine."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point in degrees north and east; ValueError when it is not on earth."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        for name, value, most in (("lat", self.lat, 90), ("lon", self.lon, 180)):
            if not -most <= value <= most:
                raise ValueError(f"{name} is {value:g} degrees; it may be {-most} to {most}")


def earth_centred_cm(lat: ArrayLike, lon: ArrayLike) -> NDArray[np.int32]:
    """Whole centimetres from the centre of the WGS84 ellipsoid, shape (3, n); zero where a degree is NaN."""
    phi, lam = np.radians(np.asarray(lat, dtype=np.float64)), np.radians(np.asarray(lon, dtype=np.float64))
    normal = _WGS84_A / np.sqrt(1 - _WGS84_E2 * np.sin(phi) ** 2)
    metres = np.stack(
        (
            normal * np.cos(phi) * np.cos(lam),
            normal * np.cos(phi) * np.sin(lam),
            normal * (1 - _WGS84_E2) * np.sin(phi),
        )
    )
    return np.rint(np.nan_to_num(metres) * 100).astype(np.int32)


def chord_cm(here: NDArray[np.int32], there: NDArray[np.int32]) -> NDArray[np.float32]:
    """Centimetres of the straight line between two earth-centred points; within 0.25 m of the geodesic up to 60 km.

    The subtraction is exact in whole centimetres, so that float32 keeps seven digits of the distance itself.
    """
    apart = (here - there).astype(np.float32)
    apart *= apart
    square: NDArray[np.float32] = apart[0]
    square += apart[1]
    square += apart[2]
    np.sqrt(square, out=square)
    return square


def chord_m(here: NDArray[np.int32], there: NDArray[np.int32]) -> NDArray[np.int32]:
    """Whole metres of the chord, rounded half up."""
    metres = chord_cm(here, there)
    metres *= np.float32(0.01)
    metres += np.float32(0.5)
    return metres.astype(np.int32)


def haversine_m(here: Place, there: Place) -> int:
    """Whole metres on a sphere of the mean radius, rounded half up: the distance of `reference/1`."""
    phi_1, phi_2 = math.radians(here.lat), math.radians(there.lat)
    d_phi, d_lam = phi_2 - phi_1, math.radians(there.lon - here.lon)
    a = math.sin(d_phi / 2) ** 2 + math.cos(phi_1) * math.cos(phi_2) * math.sin(d_lam / 2) ** 2
    return math.floor(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(a))) + 0.5)
