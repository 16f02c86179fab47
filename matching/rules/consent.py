"""May what is known of the recipient be used?"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matching.pairs import Bools, Ints, Pairs
from matching.rule import FARTHEST, Case, HardRule, Source, Text, Who


@dataclass(frozen=True)
class ConsentOnFile(HardRule):
    """The recipient's consent is on file; a group or an institution needs none."""

    label = Text(nb="samtykke", nn="samtykke", en="consent")
    says = Text(
        nb="Mottakerens samtykke skal være registrert før noen foreslås.",
        nn="Samtykket frå mottakaren skal vere registrert før nokon blir foreslått.",
        en="The recipient's consent must be recorded before anyone is proposed.",
    )
    because = Text(
        nb="Mottakerens samtykke er ikke registrert.",
        nn="Samtykket frå mottakaren er ikkje registrert.",
        en="The recipient's consent is not recorded.",
    )
    fits = Text(
        nb="Mottakerens samtykke er registrert, eller trengs ikke.",
        nn="Samtykket frå mottakaren er registrert, eller trengst ikkje.",
        en="The recipient's consent is recorded, or not needed.",
    )
    remedy = Text(
        nb="Kunne vært med når samtykket er registrert. Fagpersonen spør mottakeren og registrerer svaret.",
        nn="Kunne vore med når samtykket er registrert. Fagpersonen spør mottakaren og registrerer svaret.",
        en="Could take part once the consent is recorded. The professional asks the recipient and records the answer.",
    )
    who = Who.PROFESSIONAL
    source = Source(
        "law",
        "personopplysningsloven § 1",
        since=date(2026, 11, 1),
        url="https://lovdata.no/lov/2018-06-15-38",
    )
    reads = frozenset({"need.consent", "need.human"})

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.everyone if pairs.need.consent.all() else pairs.need.consent

    def asks(self, pair: Pairs) -> bool:
        return bool(pair.need.human[0])

    def shortfall(self, pairs: Pairs) -> Ints:
        return np.array([FARTHEST // 10])

    def remedied(self, case: Case) -> Case:
        return replace(case, need=replace(case.need, consent=True))
