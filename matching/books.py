"""The two built-in rule books."""

from matching.rule import Rule
from matching.rulebook import Entry, RuleBook
from matching.rules.age import AgeOfTask, OldEnough
from matching.rules.area import InArea
from matching.rules.capacity import HasCapacity, WeeklyTimeLeft
from matching.rules.clearance import Cleared, Ready
from matching.rules.consent import ConsentOnFile
from matching.rules.interests import LikeExperience, SharedInterests
from matching.rules.language import CommonLanguage
from matching.rules.reach import Nearness, WithinReach
from matching.rules.reference import CertificateHolds, NearnessInRadius, NotDuplicate, WithinRadius
from matching.rules.relation import MetBefore, NotBlocked, NotEndedBadly, NotOwnCase, NotSamePerson
from matching.rules.skills import GivesAndGets, PreferredSkills, RequiredSkills
from matching.rules.taking_part import Active
from matching.rules.time import FreeTime, NoClash, PreferredTimes, TravelTimeKept
from matching.rules.turn import FewestRunning, FewOpenOffers, LongestIdle, NotAskedTooOften
from matching.rules.wishes import KindWelcome, NotDeclined, RecipientsWish, VolunteersWish
from matching.weight import PlanNumbers


def _book(name: str, reason: str, rules: dict[str, Rule], plan: PlanNumbers) -> RuleBook:
    entries = tuple(Entry(key, rule) for key, rule in rules.items())
    return RuleBook(name=name, version=1, author="Samskap", reason=reason, entries=entries, plan=plan)


REFERENCE = _book(
    "reference",
    "Fixed for ever, so that answers can be compared",
    {
        "active": Active(),
        "capacity": HasCapacity(),
        "not_same_person": NotSamePerson(),
        "not_blocked": NotBlocked(),
        "duplicate_need": NotDuplicate(),
        "municipality": InArea(),
        "distance": WithinRadius(),
        "skills_required": RequiredSkills(),
        "languages": CommonLanguage(),
        "vetting": CertificateHolds(),
        "age": AgeOfTask(),
        "gender": RecipientsWish(),
        "meet_gender": VolunteersWish(),
        "availability": FreeTime(),
        "preferred_skills": PreferredSkills(weight=300),
        "nearness": NearnessInRadius(weight=250),
        "interests": SharedInterests(weight=200, enough=3),
        "experience": LikeExperience(weight=150),
        "continuity": MetBefore(weight=100),
    },
    PlanNumbers(waiting_days=0, evenness=0),
)
"""`reference/1`: instance-format's rules in its order. Its points for distance stand under `nearness`."""

STANDARD = _book(
    "standard",
    "What every municipality starts from",
    {
        "active": Active(),
        "capacity": HasCapacity(),
        "weekly_time": WeeklyTimeLeft(),
        "not_same_person": NotSamePerson(),
        "not_blocked": NotBlocked(),
        "not_ended_badly": NotEndedBadly(),
        "not_own_case": NotOwnCase(),
        "area": InArea(),
        "reach": WithinReach(),
        "required_skills": RequiredSkills(),
        "language": CommonLanguage(),
        "cleared": Cleared(),
        "ready": Ready(),
        "old_enough": OldEnough(),
        "age": AgeOfTask(),
        "recipients_wish": RecipientsWish(),
        "volunteers_wish": VolunteersWish(),
        "kind_welcome": KindWelcome(),
        "time": FreeTime(),
        "no_clash": NoClash(),
        "travel_time": TravelTimeKept(),
        "open_offers": FewOpenOffers(),
        "not_asked_too_often": NotAskedTooOften(),
        "consent": ConsentOnFile(),
        "not_declined": NotDeclined(),
        "preferred_skills": PreferredSkills(),
        "nearness": Nearness(),
        "shared_interests": SharedInterests(),
        "like_experience": LikeExperience(),
        "met_before": MetBefore(),
        "gives_and_gets": GivesAndGets(),
        "longest_idle": LongestIdle(),
        "fewest_running": FewestRunning(),
        "preferred_times": PreferredTimes(),
    },
    PlanNumbers(),
)
"""`standard/1`: the weights sum to 1000."""
