"""Is the volunteer taking part?"""

from dataclasses import dataclass, replace
from datetime import date

from matching.pairs import Bools, Pairs
from matching.rule import Case, HardRule, Source, Text, Who


@dataclass(frozen=True)
class Active(HardRule):
    """Has not left, and has not paused."""

    label = Text(nb="aktiv", nn="aktiv", en="active")
    says = Text(
        nb="Den frivillige skal være med for tiden: verken ha sluttet eller tatt pause.",
        nn="Den frivillige skal vere med for tida: verken ha slutta eller teke pause.",
        en="The volunteer must be taking part: neither have left nor be on a break.",
    )
    because = Text(
        nb="Den frivillige har pause eller har sluttet.",
        nn="Den frivillige har pause eller har slutta.",
        en="The volunteer is on a break or has left.",
    )
    fits = Text(nb="Den frivillige er med nå.", nn="Den frivillige er med no.", en="The volunteer is taking part now.")
    remedy = Text(
        nb="Kunne vært med uten pausen. Den frivillige kan selv avslutte den.",
        nn="Kunne vore med utan pausen. Den frivillige kan sjølv avslutte han.",
        en="Could take part without the break. The volunteer can end it.",
    )
    who = Who.VOLUNTEER
    source = Source("choice", "Pause at any time; whoever has left is never asked", since=date(2026, 11, 1))
    reads = frozenset({"volunteer.active", "volunteer.paused"})

    def allows(self, pairs: Pairs) -> Bools:
        return pairs.volunteer.active & ~pairs.volunteer.paused

    def remedied(self, case: Case) -> Case:
        return replace(case, volunteer=replace(case.volunteer, active=True, paused=False))
