"""The demo municipality: a year of a town that never was. The same seed and day give the same town."""

from samskap.services.demo.town import ADDRESSES, DEMO_DOMAIN, DEMO_PASSWORD, NotEmpty, is_empty, seed

__all__ = ["DEMO_DOMAIN", "DEMO_PASSWORD", "ADDRESSES", "NotEmpty", "is_empty", "seed"]
