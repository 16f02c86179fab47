"""Phone numbers as people write them."""

from __future__ import annotations

import pytest

from samskap.integrations.phones import PhoneRefusedError, read_phone
from samskap.text import phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("400 50 752", "+4740050752"),
        ("40 00 79 24", "+4740007924"),
        ("+47 40003137", "+4740003137"),
        ("004740047280", "+4740047280"),
        (" 40000000\u00a0", "+4740000000"),
        ("(+47) 400 00 000", "+4740000000"),
        ("400-00-000", "+4740000000"),
        ("400.00.000", "+4740000000"),
        ("61 26 81 00", "+4761268100"),
        ("+46 70 123 45 67", "+46701234567"),
        ("0046701234567", "+46701234567"),
    ],
)
def test_a_number_is_read_however_it_is_written(typed: str, kept: str) -> None:
    assert read_phone(typed) == kept
    assert read_phone(phone(kept)) == kept


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "bare med tall"),
        ("abc", "bare med tall"),
        ("+4790000000;ext=1", "bare med tall"),
        ("400 00 000 x2", "bare med tall"),
        ("4" * 500, "bare med tall"),
        ("400\x0000000", "bare med tall"),
        ("4007684", "Det du skrev, har 7"),
        ("400076840", "Det du skrev, har 9"),
        ("02800", "Det du skrev, har 5"),
        ("113", "Det du skrev, har 3"),
        ("12345678", "ikke et telefonnummer som er i bruk"),
        ("+46 1", "landkoden"),
        ("+999 123 456", "landkoden"),
        ("+", "landkoden"),
        ("-", "har 0"),
    ],
)
def test_a_number_that_cannot_be_rung_is_refused_with_a_sentence(typed: str, says: str) -> None:
    with pytest.raises(PhoneRefusedError) as raised:
        read_phone(typed)
    assert says in raised.value.sentence.nb
    assert raised.value.sentence.nn != raised.value.sentence.nb
