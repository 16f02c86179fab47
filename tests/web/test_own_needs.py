"""A citizen's own need: short, in their own words, with what the kind of task brings."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from samskap.models import Need, NeedTerm, Term, WordKind
from samskap.services import kinds, terms
from samskap.text import Text
from tests.cast import Someone
from tests.page import Page
from tests.town import Town, keep

AGREES = "Jeg vil at kommunen leter etter noen for meg. Ingen får vite hvem jeg er før begge har sagt ja."


@pytest.fixture
def words(oyer: Town) -> None:
    """The municipality has the standard vocabulary."""
    with keep(oyer.db):
        terms.stock(oyer.db)


def label(kind: str) -> str:
    said: Text = kinds.kind(kind).label
    return said.nb


def writes(tor: Someone, kind: str) -> Page:
    page = tor.opens("/jeg-trenger-noen").tick(label(kind)).fill("Fortell litt mer", "En gang i uka.")
    page.fill("Sted", "Tretten").tick(AGREES)
    return page.press("Send inn")


def wished_for(town: Town) -> dict[str, bool]:
    """What the one need asks for, and whether it is required."""
    query = select(Term.key, NeedTerm.required).join(Term, Term.id == NeedTerm.term_id)
    return {row.key: row.required for row in town.db.execute(query)}


def test_the_kind_of_task_brings_what_one_can_for_it(words: None, tor: Someone) -> None:
    assert writes(tor, "errands").says("Takk. En koordinator leser det du har skrevet")
    assert wished_for(tor.town) == dict.fromkeys(kinds.kind("errands").skills, False)


def test_another_kind_of_task_brings_its_own_and_what_was_decided_on_the_same_one_stays(
    words: None, tor: Someone
) -> None:
    writes(tor, "errands")
    need = tor.town.db.scalars(select(Need)).one()
    with keep(tor.town.db):
        term = tor.town.db.scalars(select(Term).where(Term.kind == WordKind.RESOURCE, Term.key == "gardening")).one()
        tor.town.db.add(NeedTerm(need_id=need.id, term_id=term.id))
    change = f"/behov/{need.id}/endre"
    tor.opens(change).fill("Fortell litt mer", "To ganger i uka.").press("Lagre")
    assert wished_for(tor.town) == dict.fromkeys([*kinds.kind("errands").skills, "gardening"], False)
    tor.opens(change).tick(label("walking_friend")).press("Lagre")
    assert wished_for(tor.town) == dict.fromkeys(kinds.kind("walking_friend").skills, False)
