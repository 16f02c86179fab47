"""Who may do what, and to which things: one table, read by pages, services, lists and templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, false, or_, true

Thing = TypeVar("Thing")


class Role(StrEnum):
    """What a person is in the municipality where they now stand. ANYONE and CITIZEN are never stored."""

    ANYONE = "anyone"
    CITIZEN = "citizen"
    VOLUNTEER = "volunteer"
    RECIPIENT = "recipient"
    PROFESSIONAL = "professional"
    COORDINATOR = "coordinator"
    CLEARANCE_OFFICER = "clearance_officer"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"


STAFF = frozenset(
    {Role.PROFESSIONAL, Role.COORDINATOR, Role.CLEARANCE_OFFICER, Role.LEADER, Role.ADMINISTRATOR},
)
"""Roles that the municipality gives; the others follow from what a person does."""


class Can(StrEnum):
    """Everything that somebody may do. Each has a row in GRANTS."""

    VISIT = "visit"
    LOG_OUT = "log_out"
    KEEP_ACCOUNT = "keep_account"
    # oneself
    SEE_MY_PAGE = "see_my_page"
    SEE_MY_DATA = "see_my_data"
    SIGN_UP = "sign_up"
    ASK_FOR_MYSELF = "ask_for_myself"
    REGISTER_ASSOCIATION = "register_association"
    CHANGE_RESOURCES = "change_resources"
    PAUSE_VOLUNTEER = "pause_volunteer"
    LEAVE_VOLUNTEER = "leave_volunteer"
    SIGN_DECLARATION = "sign_declaration"
    SEE_NEEDS_FOR_ME = "see_needs_for_me"
    # needs
    SEE_NEED = "see_need"
    POST_NEED = "post_need"
    CHANGE_NEED = "change_need"
    SUBMIT_NEED = "submit_need"
    PUBLISH_NEED = "publish_need"
    WITHDRAW_NEED = "withdraw_need"
    CLOSE_NEED = "close_need"
    # the coordinator's desk
    SEE_WORK_LIST = "see_work_list"
    SEE_CANDIDATES = "see_candidates"
    DECIDE_PROPOSAL = "decide_proposal"
    SEE_VOLUNTEERS = "see_volunteers"
    MAKE_READY = "make_ready"
    REGISTER_FOR_SOMEONE = "register_for_someone"
    KEEP_VOCABULARY = "keep_vocabulary"
    IMPORT_LISTS = "import_lists"
    EXPORT_LISTS = "export_lists"
    SEE_ASSOCIATIONS = "see_associations"
    RECORD_CLEARANCE = "record_clearance"
    SEE_CLEARANCE = "see_clearance"
    # offers and assignments
    SEE_OFFER = "see_offer"
    ANSWER_OFFER = "answer_offer"
    ANSWER_FOR_SOMEONE = "answer_for_someone"
    WITHDRAW_OFFER = "withdraw_offer"
    SEE_ASSIGNMENT = "see_assignment"
    CONFIRM_ASSIGNMENT = "confirm_assignment"
    WITHDRAW_FROM_ASSIGNMENT = "withdraw_from_assignment"
    END_ASSIGNMENT = "end_assignment"
    SUGGEST_MEETING = "suggest_meeting"
    AGREE_MEETING = "agree_meeting"
    CALL_OFF_MEETING = "call_off_meeting"
    # leading and running
    SEE_FIGURES = "see_figures"
    INVITE_STAFF = "invite_staff"
    CHANGE_ROLES = "change_roles"
    CHANGE_MUNICIPALITY = "change_municipality"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody who acts, with the roles they hold in the municipality where they now stand."""

    municipality_id: int | None
    roles: frozenset[Role] = frozenset({Role.ANYONE})
    id: int | None = None
    """The person's id; None for a stranger and for the service itself."""
    account_id: int | None = None
    unit_ids: frozenset[int] = frozenset()

    @property
    def known(self) -> bool:
        """Whether this is a person who has logged in here."""
        return self.id is not None


@dataclass(frozen=True)
class Tie:
    """What must hold between an actor and a thing: for a thing in the hand, and for rows still in SQL."""

    holds: Callable[[Actor, Any], bool]
    rows: Callable[[Actor, Any], ColumnElement[bool]]


NO_TIE = Tie(lambda actor, thing: True, lambda actor, rows: true())
SAME_MUNICIPALITY = Tie(
    lambda actor, thing: thing.municipality_id == actor.municipality_id,
    lambda actor, rows: rows.municipality_id == actor.municipality_id,
)


def _by(column: str) -> Tie:
    """The thing's column names the actor."""
    return Tie(
        lambda actor, thing: actor.id is not None and getattr(thing, column) == actor.id,
        lambda actor, rows: getattr(rows, column) == actor.id if actor.id is not None else false(),
    )


THEMSELVES = _by("id")
THEIR_OWN = _by("volunteer_id")
ABOUT_THEM = _by("person_id")
FOR_THEM = _by("recipient_id")
POSTED_BY_THEM = _by("posted_by_id")
THEIR_UNIT = Tie(
    lambda actor, thing: thing.unit_id is not None and thing.unit_id in actor.unit_ids,
    lambda actor, rows: rows.unit_id.in_(sorted(actor.unit_ids)),
)


def either(*ties: Tie) -> Tie:
    """Any of the ties is enough."""
    return Tie(
        lambda actor, thing: any(tie.holds(actor, thing) for tie in ties),
        lambda actor, rows: or_(*(tie.rows(actor, rows) for tie in ties)),
    )


TO_A_POSTED_NEED = either(POSTED_BY_THEM, THEIR_UNIT)

GRANTS: dict[Can, dict[Role, Tie]] = {
    Can.VISIT: {Role.ANYONE: NO_TIE},
    Can.LOG_OUT: {Role.ANYONE: NO_TIE},
    Can.KEEP_ACCOUNT: {Role.CITIZEN: NO_TIE},
    Can.SEE_MY_PAGE: {Role.CITIZEN: NO_TIE},
    Can.SEE_MY_DATA: {Role.CITIZEN: THEMSELVES},
    Can.SIGN_UP: {Role.CITIZEN: THEMSELVES, Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.ASK_FOR_MYSELF: {Role.CITIZEN: NO_TIE},
    Can.REGISTER_ASSOCIATION: {Role.CITIZEN: NO_TIE},
    Can.CHANGE_RESOURCES: {Role.VOLUNTEER: THEMSELVES, Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.PAUSE_VOLUNTEER: {Role.VOLUNTEER: THEMSELVES, Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.LEAVE_VOLUNTEER: {Role.VOLUNTEER: THEMSELVES, Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.SIGN_DECLARATION: {Role.CITIZEN: THEMSELVES, Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.SEE_NEEDS_FOR_ME: {Role.VOLUNTEER: NO_TIE},
    Can.SEE_NEED: {
        Role.CITIZEN: POSTED_BY_THEM,
        Role.RECIPIENT: FOR_THEM,
        Role.PROFESSIONAL: TO_A_POSTED_NEED,
        Role.COORDINATOR: SAME_MUNICIPALITY,
    },
    Can.POST_NEED: {Role.PROFESSIONAL: NO_TIE, Role.COORDINATOR: NO_TIE},
    Can.CHANGE_NEED: {
        Role.CITIZEN: POSTED_BY_THEM,
        Role.PROFESSIONAL: TO_A_POSTED_NEED,
        Role.COORDINATOR: SAME_MUNICIPALITY,
    },
    Can.SUBMIT_NEED: {Role.CITIZEN: POSTED_BY_THEM},
    Can.PUBLISH_NEED: {Role.PROFESSIONAL: TO_A_POSTED_NEED, Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.WITHDRAW_NEED: {
        Role.CITIZEN: POSTED_BY_THEM,
        Role.PROFESSIONAL: TO_A_POSTED_NEED,
        Role.COORDINATOR: SAME_MUNICIPALITY,
    },
    Can.CLOSE_NEED: {Role.PROFESSIONAL: TO_A_POSTED_NEED, Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.SEE_WORK_LIST: {Role.COORDINATOR: NO_TIE},
    Can.SEE_CANDIDATES: {Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.DECIDE_PROPOSAL: {Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.SEE_VOLUNTEERS: {Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.MAKE_READY: {Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.REGISTER_FOR_SOMEONE: {Role.COORDINATOR: NO_TIE},
    Can.KEEP_VOCABULARY: {Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.IMPORT_LISTS: {Role.COORDINATOR: ABOUT_THEM},
    Can.EXPORT_LISTS: {Role.COORDINATOR: NO_TIE},
    Can.SEE_ASSOCIATIONS: {Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.RECORD_CLEARANCE: {Role.CLEARANCE_OFFICER: SAME_MUNICIPALITY},
    Can.SEE_CLEARANCE: {Role.CLEARANCE_OFFICER: SAME_MUNICIPALITY},
    Can.SEE_OFFER: {Role.VOLUNTEER: THEIR_OWN, Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.ANSWER_OFFER: {Role.VOLUNTEER: THEIR_OWN},
    Can.ANSWER_FOR_SOMEONE: {Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.WITHDRAW_OFFER: {Role.COORDINATOR: SAME_MUNICIPALITY},
    Can.SEE_ASSIGNMENT: {
        Role.VOLUNTEER: THEIR_OWN,
        Role.RECIPIENT: FOR_THEM,
        Role.PROFESSIONAL: TO_A_POSTED_NEED,
        Role.COORDINATOR: SAME_MUNICIPALITY,
    },
    Can.CONFIRM_ASSIGNMENT: {
        Role.RECIPIENT: FOR_THEM,
        Role.PROFESSIONAL: TO_A_POSTED_NEED,
        Role.COORDINATOR: SAME_MUNICIPALITY,
    },
    Can.WITHDRAW_FROM_ASSIGNMENT: {Role.VOLUNTEER: THEIR_OWN},
    Can.END_ASSIGNMENT: {
        Role.VOLUNTEER: THEIR_OWN,
        Role.RECIPIENT: FOR_THEM,
        Role.PROFESSIONAL: TO_A_POSTED_NEED,
        Role.COORDINATOR: SAME_MUNICIPALITY,
    },
    Can.SUGGEST_MEETING: {
        Role.VOLUNTEER: THEIR_OWN,
        Role.RECIPIENT: FOR_THEM,
        Role.PROFESSIONAL: TO_A_POSTED_NEED,
        Role.COORDINATOR: SAME_MUNICIPALITY,
    },
    Can.AGREE_MEETING: {
        Role.VOLUNTEER: THEIR_OWN,
        Role.RECIPIENT: FOR_THEM,
        Role.PROFESSIONAL: TO_A_POSTED_NEED,
        Role.COORDINATOR: SAME_MUNICIPALITY,
    },
    Can.CALL_OFF_MEETING: {
        Role.VOLUNTEER: THEIR_OWN,
        Role.RECIPIENT: FOR_THEM,
        Role.PROFESSIONAL: TO_A_POSTED_NEED,
        Role.COORDINATOR: SAME_MUNICIPALITY,
    },
    Can.SEE_FIGURES: {Role.LEADER: NO_TIE, Role.COORDINATOR: NO_TIE, Role.ADMINISTRATOR: NO_TIE},
    Can.INVITE_STAFF: {Role.ADMINISTRATOR: NO_TIE},
    Can.CHANGE_ROLES: {Role.ADMINISTRATOR: SAME_MUNICIPALITY},
    Can.CHANGE_MUNICIPALITY: {Role.ADMINISTRATOR: NO_TIE},
}


class NotPermitted(Exception):
    """The actor may not do this: `known` tells whether the thing's existence may be admitted (403) or not (404)."""

    def __init__(self, can: Can, *, known: bool) -> None:
        super().__init__(f"may not {can}")
        self.can = can
        self.known = known


def _ties(actor: Actor, can: Can) -> Iterable[Tie]:
    grants = GRANTS[can]
    return (grants[role] for role in grants if role in actor.roles)


def holds(actor: Actor, can: Can) -> bool:
    """Whether any role of the actor's is granted this, to whatever thing."""
    return any(True for _ in _ties(actor, can))


def may(actor: Actor, can: Can, thing: Any) -> bool:
    """Whether the actor may do this to this thing."""
    return any(tie.holds(actor, thing) for tie in _ties(actor, can))


def require(actor: Actor, can: Can, thing: Any = None) -> None:
    """NotPermitted unless the actor may: wrong role is told so (403), wrong tie is told nothing (404)."""
    if not holds(actor, can):
        raise NotPermitted(can, known=True)
    if thing is not None and not may(actor, can, thing):
        raise NotPermitted(can, known=False)


def visible(actor: Actor, can: Can, rows: Any) -> ColumnElement[bool]:
    """The rows of a model (or alias) that the actor may do this to, as a condition in SQL."""
    return or_(false(), *(tie.rows(actor, rows) for tie in _ties(actor, can)))
