"""The matching engine: facts and a rule book in, verdicts out. No clock, no database, nothing hidden."""

from matching.books import REFERENCE, STANDARD
from matching.explain import Explanation, explain
from matching.facts import Facts
from matching.place import Place
from matching.plan import Plan, plan
from matching.rank import Candidate, NearMiss, Ranking, candidates, judged, needs_for
from matching.records import Hold, NeedFacts, VolunteerFacts
from matching.rulebook import BookError, Entry, RuleBook, Scope, compare
from matching.rules import RULES
from matching.times import Dated, Weekly
from matching.week import Week
from matching.weight import PlanNumbers
from matching.words import sentence

__all__ = [
    "REFERENCE", "RULES", "STANDARD", "BookError", "Candidate", "Dated", "Entry", "Explanation", "Facts", "Hold",
    "NearMiss", "NeedFacts", "Place", "Plan", "PlanNumbers", "Ranking", "RuleBook", "Scope", "VolunteerFacts", "Week",
    "Weekly", "candidates", "compare", "explain", "judged", "needs_for", "plan", "sentence",
]  # fmt: skip
