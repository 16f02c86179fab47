"""Approving, setting aside and taking up again, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from matching.times import Dated, Weekly
from samskap.models import Need, Offer, Proposal, Times
from samskap.models.session import TenantSession
from samskap.permissions import NotPermitted
from samskap.services import facts, matching, proposals
from samskap.services.steps import Missing
from samskap.workflows.need import NeedState, Outcome
from samskap.workflows.offer import OfferState
from samskap.workflows.proposal import ProposalState
from samskap.workflows.volunteer import VolunteerState
from tests.builders import Builders
from tests.cast import Someone
from tests.hands import does, history, is_refused, told
from tests.town import Clock, keep

A_NEED = Callable[..., Need]
TUESDAY_TEN = (1440 + 600, 1440 + 660)
TUESDAY_HALF_PAST = (1440 + 630, 1440 + 690)
TUESDAY_ELEVEN = (1440 + 660, 1440 + 720)


def ask(mona: Someone, need: Need, kari: Someone, **words: Any) -> Offer:
    return does(mona, proposals.approve, need_id=need.id, volunteer_id=kari.id, **words)


def cannot_ask(mona: Someone, need: Need, kari: Someone, **words: Any) -> str:
    return is_refused(mona, proposals.approve, need_id=need.id, volunteer_id=kari.id, **words)


def test_an_approved_pair_is_asked(mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession) -> None:
    need = a_need(windows=[TUESDAY_TEN])
    offer = ask(mona, need, kari)
    assert (offer.state, offer.option, need.taken) == (OfferState.SENT, 0, 1)
    assert offer.expires_at == datetime(2026, 11, 27, 22, 59, tzinfo=UTC), "three working days, to the end of the day"
    assert history(db) == ["proposal approve", "offer send"]
    assert told(db) == [("offer_sent", kari.id)]
    assert kari.volunteer.last_asked_at == mona.town.clock()


def test_what_the_engine_saw_is_kept_with_the_decision(
    mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession
) -> None:
    proposal = db.get_one(Proposal, ask(mona, a_need(), kari).proposal_id)
    assert (proposal.state, proposal.rank, proposal.overruled) == (ProposalState.APPROVED, 1, False)
    assert proposal.points > 0
    assert proposal.explanation["hard"]
    assert len(proposal.fingerprint) == 64
    assert proposal.decided_by_id == mona.id


def test_approving_twice_is_approving_once(
    mona: Someone, arne: Someone, kari: Someone, a_need: A_NEED, db: TenantSession
) -> None:
    need = a_need(wanted=3)
    first = ask(mona, need, kari)
    assert ask(arne, need, kari).id == first.id
    assert (need.taken, len(told(db)), len(history(db))) == (1, 1, 2)


def test_the_last_place_goes_to_the_first(mona: Someone, kari: Someone, ola: Someone, a_need: A_NEED) -> None:
    need = a_need()
    ask(mona, need, kari)
    assert cannot_ask(mona, need, ola) == "Plassen er nettopp blitt fylt, så ingen flere ble spurt."


def test_a_covered_need_is_full(mona: Someone, kari: Someone, a_need: A_NEED) -> None:
    need = a_need(state=NeedState.COVERED)
    assert cannot_ask(mona, need, kari).startswith("Plassen er nettopp blitt fylt")


def test_nobody_is_asked_for_a_closed_need(mona: Someone, kari: Someone, a_need: A_NEED) -> None:
    need = a_need(state=NeedState.CLOSED, outcome=Outcome.WITHDRAWN)
    assert cannot_ask(mona, need, kari) == "Behovet er ikke åpent lenger, så ingen ble spurt."


def test_a_hard_rule_says_why_not(mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession) -> None:
    with keep(db):
        kari.volunteer.capacity = 0
    sentence = cannot_ask(mona, a_need(), kari, reason="Jeg vil det likevel")
    assert sentence == "Ledige plasser hos den frivillige: 0. Det trengs 1."


def test_somebody_who_has_left_is_not_asked(mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession) -> None:
    with keep(db):
        kari.volunteer.state = VolunteerState.LEFT
    assert "Ingen ble spurt" in cannot_ask(mona, a_need(), kari)


def test_without_consent_nobody_is_asked(mona: Someone, kari: Someone, a_need: A_NEED) -> None:
    assert cannot_ask(mona, a_need(consent=False), kari).startswith("Samtykket er trukket eller mangler")


def test_the_engine_asks_for_consent_also_where_the_recipient_is_not_registered(
    mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession
) -> None:
    need = a_need(consent=False)
    facts.forget()
    judged = matching.judge(db, need, kari.id, now=mona.town.clock())
    assert [one.nb for one in judged.refusals] == ["Mottakerens samtykke er ikke registrert."]


def test_choosing_the_second_needs_a_reason_which_is_kept(
    mona: Someone, kari: Someone, ola: Someone, a_need: A_NEED, db: TenantSession
) -> None:
    with keep(db):
        ola.person.lat, ola.person.lon = 61.30, 10.31  # a neighbour of the need, so that Ola comes first
    need = a_need()
    assert cannot_ask(mona, need, kari).startswith("Skriv hvorfor du velger denne personen")
    assert cannot_ask(mona, need, kari, expected_rank=1).startswith("Rekkefølgen har endret seg")
    offer = ask(mona, need, kari, reason="De kjenner hverandre fra korpset")
    proposal = db.get_one(Proposal, offer.proposal_id)
    assert (proposal.rank, proposal.overruled, proposal.reason) == (2, True, "De kjenner hverandre fra korpset")


def test_nobody_approves_asking_themselves(oyer: Any, app: Any, a_need: A_NEED) -> None:
    from samskap.permissions import Role
    from tests.cast import a_person

    both = a_person(oyer, app, "Siri Sæter", Role.VOLUNTEER, Role.COORDINATOR)
    assert cannot_ask(both, a_need(), both) == "Forslaget gjelder deg selv. En annen koordinator må avgjøre det."


@pytest.mark.parametrize(("other", "refused"), [(TUESDAY_HALF_PAST, True), (TUESDAY_ELEVEN, False)])
def test_nobody_is_asked_for_the_same_time_twice(
    mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession, *, other: tuple[int, int], refused: bool
) -> None:
    with keep(db):
        kari.volunteer.capacity = 5
    ask(mona, a_need(windows=[TUESDAY_TEN]), kari)
    need = a_need(windows=[other], title="Lesevenn")
    if refused:
        assert cannot_ask(mona, need, kari).startswith("Personen er allerede spurt om noe annet på samme tid")
    else:
        ask(mona, need, kari)


def test_one_of_several_wanted_times_holds_only_that_one(
    mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession
) -> None:
    with keep(db):
        kari.volunteer.capacity = 5
    ask(mona, a_need(windows=[TUESDAY_TEN, TUESDAY_ELEVEN], times=Times.ANY), kari)
    ask(mona, a_need(windows=[TUESDAY_ELEVEN]), kari)


def test_times_that_touch_do_not_overlap() -> None:
    ten, eleven = datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(2026, 12, 1, 10, tzinfo=UTC)
    twelve = datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert not proposals.overlap(Dated(ten, eleven), Dated(eleven, twelve))
    assert proposals.overlap(Dated(ten, twelve), Dated(eleven, twelve))
    assert proposals.overlap(Dated(ten, eleven), Weekly(*TUESDAY_TEN)), "ten o'clock in Norway, in winter"
    assert not proposals.overlap(Dated(ten, eleven), Weekly(*TUESDAY_ELEVEN))
    assert not proposals.overlap(Weekly(*TUESDAY_TEN), Weekly(*TUESDAY_ELEVEN))


def test_set_aside_needs_a_reason_and_costs_nothing_elsewhere(
    mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession
) -> None:
    need, another = a_need(), a_need(title="Lesevenn")
    aside = {"need_id": need.id, "volunteer_id": kari.id}
    assert is_refused(mona, proposals.set_aside, **aside, reason=" ").startswith("Skriv en grunn")
    proposal = does(mona, proposals.set_aside, **aside, reason="Bor i samme hus")
    assert (proposal.state, proposal.reason, need.taken) == (ProposalState.SET_ASIDE, "Bor i samme hus", 0)
    assert does(mona, proposals.set_aside, **aside, reason="En gang til").id == proposal.id
    assert told(db) == []
    assert cannot_ask(mona, need, kari).startswith("Personen er lagt til side")
    ask(mona, another, kari)


def test_taken_up_again_somebody_can_be_asked(mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession) -> None:
    need = a_need()
    pair = {"need_id": need.id, "volunteer_id": kari.id}
    does(mona, proposals.set_aside, **pair, reason="Bor i samme hus")
    does(mona, proposals.take_up, **pair)
    ask(mona, need, kari)
    assert history(db) == ["proposal set_aside", "proposal take_up", "proposal approve", "offer send"]


def test_who_has_been_asked_is_not_set_aside(mona: Someone, kari: Someone, a_need: A_NEED) -> None:
    need = a_need()
    ask(mona, need, kari)
    sentence = is_refused(mona, proposals.set_aside, need_id=need.id, volunteer_id=kari.id, reason="Ombestemt")
    assert sentence == "Personen er allerede spurt. Trekk forespørselen først."


def test_what_was_never_set_aside_cannot_be_taken_up(
    mona: Someone, kari: Someone, a_need: A_NEED, db: TenantSession
) -> None:
    with pytest.raises(Missing):
        proposals.take_up(db, mona.actor, need_id=a_need().id, volunteer_id=kari.id, now=mona.town.clock())


@pytest.mark.parametrize("who", ["kari", "ane", "liv", "tor"])
def test_only_coordinators_approve(request: pytest.FixtureRequest, who: str, kari: Someone, a_need: A_NEED) -> None:
    somebody: Someone = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        ask(somebody, a_need(), kari)


def test_a_coordinator_elsewhere_does_not_learn_that_the_need_exists(
    per: Someone, jon: Someone, kari: Someone, a_need: A_NEED
) -> None:
    for volunteer in (kari, jon):
        with pytest.raises(Missing):
            ask(per, a_need(), volunteer)


def test_a_volunteer_from_elsewhere_is_not_there(mona: Someone, jon: Someone, a_need: A_NEED) -> None:
    with pytest.raises(Missing):
        ask(mona, a_need(), jon)


def test_an_offer_on_a_weekend_lasts_until_the_third_working_day(
    mona: Someone, kari: Someone, a_need: A_NEED, clock: Clock
) -> None:
    clock.moves(days=4)  # Saturday
    assert ask(mona, a_need(), kari).expires_at == datetime(2026, 12, 2, 22, 59, tzinfo=UTC)


def test_the_builders_agree(builders: Builders, db: TenantSession) -> None:
    assert db.get_one(Need, builders.an_offer().need_id).taken == 1
