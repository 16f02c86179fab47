"""All rules by the name of their class; each file here asks one question."""

from matching.rule import Rule
from matching.rules import (
    age,
    area,
    capacity,
    clearance,
    consent,
    interests,
    language,
    reach,
    reference,
    relation,
    skills,
    taking_part,
    time,
    turn,
    wishes,
)  # fmt: skip

RULES: dict[str, type[Rule]] = {
    name: found
    for module in (
        taking_part, capacity, relation, area, reach, skills, language, clearance, age, wishes, time, turn, consent,
        interests, reference,
    )
    for name, found in vars(module).items()
    if isinstance(found, type) and issubclass(found, Rule) and hasattr(found, "says")
}  # fmt: skip
"""Every rule that a book may use."""
