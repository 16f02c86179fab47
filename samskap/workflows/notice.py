"""Every notice the service sends, and to whom; the words, nothing sensitive in them, are in templates/notices/."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class To(StrEnum):
    """Who a notice is for, seen from the thing that it speaks of."""

    VOLUNTEER = "volunteer"
    RECIPIENT = "recipient"
    POSTER = "poster"
    """The one who posted the need."""
    COORDINATORS = "coordinators"


class Notice(StrEnum):
    """What a notice is about; the value names its template."""

    OFFER_SENT = "offer_sent"
    OFFER_REMINDER = "offer_reminder"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_DECLINED = "offer_declined"
    OFFER_EXPIRED = "offer_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"
    ASSIGNMENT_TO_CONFIRM = "assignment_to_confirm"
    ASSIGNMENT_CONFIRMED = "assignment_confirmed"
    ASSIGNMENT_REFUSED = "assignment_refused"
    ASSIGNMENT_OPENED = "assignment_opened"
    ASSIGNMENT_ENDED = "assignment_ended"
    MEETING_SUGGESTED = "meeting_suggested"
    MEETING_AGREED = "meeting_agreed"
    MEETING_CALLED_OFF = "meeting_called_off"
    NEED_SUBMITTED = "need_submitted"
    NEED_PUBLISHED = "need_published"
    NEED_SENT_BACK = "need_sent_back"
    NEED_WITHOUT_CANDIDATES = "need_without_candidates"
    VOLUNTEER_REGISTERED = "volunteer_registered"
    VOLUNTEER_READY = "volunteer_ready"
    VERIFY_ADDRESS = "verify_address"
    ADDRESS_TAKEN = "address_taken"
    RESET_PASSWORD = "reset_password"
    INVITE_STAFF = "invite_staff"
    INVITE_VOLUNTEER = "invite_volunteer"


@dataclass(frozen=True)
class Tells:
    """One notice to one side."""

    notice: Notice
    to: To
