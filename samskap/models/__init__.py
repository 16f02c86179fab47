"""The tables: one noun per file."""

from samskap.models.account import LOCAL, Account, Link, LoginSession, Purpose, Standing, Throttle
from samskap.models.assignment import Assignment, Meeting, Opening, Side
from samskap.models.association import Association
from samskap.models.base import Base, Tenanted
from samskap.models.clearance import Clearance, ClearanceKind
from samskap.models.history import FormKey, StepTaken
from samskap.models.municipality import Municipality, Unit
from samskap.models.need import Audience, Consent, ConsentGiven, Mode, Need, NeedTerm, NeedWindow, Requirement, Times
from samskap.models.offer import Offer
from samskap.models.outbox import Outbox, SendState
from samskap.models.person import Membership, Person
from samskap.models.proposal import Proposal, RuleBookVersion
from samskap.models.staged_file import StagedFile
from samskap.models.term import Term, WordKind
from samskap.models.volunteer import Away, Block, OwnWord, Travel, Volunteer, VolunteerTerm

__all__ = [
    "LOCAL",
    "Account",
    "Assignment",
    "Association",
    "Audience",
    "Away",
    "Base",
    "Block",
    "Clearance",
    "ClearanceKind",
    "Consent",
    "ConsentGiven",
    "FormKey",
    "Link",
    "LoginSession",
    "Meeting",
    "Membership",
    "Mode",
    "Municipality",
    "Need",
    "NeedTerm",
    "NeedWindow",
    "Offer",
    "Opening",
    "Outbox",
    "OwnWord",
    "Person",
    "Proposal",
    "Purpose",
    "Requirement",
    "RuleBookVersion",
    "SendState",
    "Side",
    "StagedFile",
    "Standing",
    "StepTaken",
    "Tenanted",
    "Term",
    "WordKind",
    "Throttle",
    "Times",
    "Travel",
    "Unit",
    "Volunteer",
    "VolunteerTerm",
]
