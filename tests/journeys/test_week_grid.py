"""The week is filled in with a thumb, a mouse, a keyboard or a pen, and the server reads the same from all of them."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from matching.week import Week
from samskap.text import week_in_words
from samskap.web.week_form import BOX_HOURS, EMPTY, QUICK
from tests.browser import DESK, NARROW, PHONE, Visit, Visitor, axe_violations, scrolls_sideways

WITHOUT_SCRIPT = Visitor(390, script=False, touch=True)
DAY = 24 * 60
SHOWN = Week.from_spans([(DAY + 480, DAY + 720), (3 * DAY + 480, 3 * DAY + 690), (5 * DAY + 600, 5 * DAY + 840)])
"""What the showcase's form holds at first: Tuesday 8–12, Thursday 8–11.30, Saturday 10–14."""
FRAME = 0.016
"""Seconds between two messages from a screen that feels a finger."""


class Thumb:
    """A finger on the screen, as the browser feels one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session: CDPSession = page.context.new_cdp_session(page)

    def stroke(self, first: str, last: str, *, drift: float = 0, steps: int = 6, hold: float = 0) -> None:
        """From the middle of one box to the middle of another, in some steps, sinking by `drift` pixels on the way."""
        (x0, y0), (x1, _) = middle(self.page, first), middle(self.page, last)
        self.send("touchStart", x0, y0)
        for step in range(1, steps + 1):
            self.send("touchMove", x0 + (x1 - x0) * step / steps, y0 + drift * step / steps)
            time.sleep(FRAME)
        time.sleep(hold)
        self.send("touchEnd")

    def tap(self, box: str) -> None:
        """Down and up in the middle of a box."""
        self.send("touchStart", *middle(self.page, box))
        self.send("touchEnd")

    def pull(self, box: str, by: float) -> None:
        """Down on a box and straight up the screen, as one scrolls."""
        x, y = middle(self.page, box)
        self.send("touchStart", x, y)
        for step in range(1, 9):
            self.send("touchMove", x, y - by * step / 8)
            time.sleep(FRAME)
        self.send("touchEnd")

    def send(self, kind: str, *point: float) -> None:
        """One message from the screen."""
        points = [{"x": point[0], "y": point[1]}] if point else []
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def middle(page: Page, name: str) -> tuple[float, float]:
    """Where the middle of a box is in the window; the box is named as it is read aloud."""
    box = page.get_by_role("checkbox", name=name, exact=True).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def two_hours(day: str, hour: int) -> str:
    """The name of a box of two hours."""
    return f"{day} kl. {hour} til {hour + 2}"


def full(page: Page, day: str) -> list[int]:
    """The hours at which the full boxes of a day begin."""
    number = ("Mandag", "Tirsdag", "Onsdag", "Torsdag", "Fredag", "Lørdag", "Søndag").index(day)
    return [hour for hour in BOX_HOURS if page.locator(f"input[name=ledig][value='{number}-{hour}']").is_checked()]


def sent(page: Page) -> Week:
    """What the server made of the form."""
    with page.expect_navigation():
        page.get_by_role("button", name="Neste steg").click()
    return shown(page)


def shown(page: Page) -> Week:
    """The week that the server wrote into the page."""
    return Week.from_hex(page.locator("input[name=uke-for]").get_attribute("value") or "")


def press_quick(page: Page, button: Locator, visitor: Visitor) -> None:
    """A quick button, which the script answers on the spot and the server with a new page."""
    if visitor.script:
        button.tap()
        return
    with page.expect_navigation():
        button.tap()


def with_spans(*spans: tuple[int, float, float]) -> Week:
    """The week at first, and (day, from hour, to hour) more."""
    return SHOWN | Week.from_spans([(day * DAY + int(a * 60), day * DAY + int(b * 60)) for day, a, b in spans])


@pytest.fixture
def week(showcase: str, visit: Visit) -> Page:
    """The form on a phone with script."""
    return visit(f"{showcase}/uka", PHONE)


# ---------------------------------------------------------------- strokes and taps of a thumb


def test_a_stroke_along_a_day_fills_it_and_the_sum_says_so_at_once(week: Page) -> None:
    Thumb(week).stroke(two_hours("Mandag", 8), two_hours("Mandag", 16))
    assert full(week, "Mandag") == [8, 10, 12, 14, 16]
    expect(week.get_by_role("status")).to_have_text(
        "Du kan: mandag 8–18, tirsdag 8–12, torsdag 8–11.30 og lørdag 10–14."
    )
    assert sent(week) == with_spans((0, 8, 18))


def test_a_stroke_that_begins_on_a_full_box_empties(week: Page) -> None:
    Thumb(week).stroke(two_hours("Tirsdag", 10), two_hours("Tirsdag", 8))
    assert full(week, "Tirsdag") == []


def test_a_stroke_so_quick_that_the_screen_skips_boxes_leaves_no_gaps(week: Page) -> None:
    Thumb(week).stroke(two_hours("Onsdag", 8), two_hours("Onsdag", 20), steps=1)
    assert full(week, "Onsdag") == list(BOX_HOURS)


def test_a_thumb_that_sinks_on_its_way_stays_on_its_day(week: Page) -> None:
    Thumb(week).stroke(two_hours("Onsdag", 8), two_hours("Onsdag", 18), drift=50)
    assert full(week, "Onsdag") == [8, 10, 12, 14, 16, 18]
    assert full(week, "Torsdag") == [8]


def test_a_stroke_that_turns_back_takes_back_what_it_passed(week: Page) -> None:
    thumb = Thumb(week)
    start, far = middle(week, two_hours("Fredag", 8)), middle(week, two_hours("Fredag", 18))
    near = middle(week, two_hours("Fredag", 10))
    thumb.send("touchStart", *start)
    for x, y in (near, far, near):
        thumb.send("touchMove", x, y)
        time.sleep(FRAME)
    assert full(week, "Fredag") == [8, 10]
    thumb.send("touchEnd")


def test_every_tap_counts_however_soon_it_comes_after_a_stroke(week: Page) -> None:
    """A browser takes a tap within half a second of a flick for the end of the fling, and sends no click."""
    thumb = Thumb(week)
    for pause in (0, 0.05, 0.1, 0.3, 0.6):
        thumb.stroke(two_hours("Mandag", 8), two_hours("Mandag", 16))
        time.sleep(pause)
        before = full(week, "Onsdag")
        thumb.tap(two_hours("Onsdag", 14))
        time.sleep(0.1)
        assert full(week, "Onsdag") != before, f"the tap {pause} s after a stroke was lost"


def test_ten_taps_one_after_the_other_all_count_once(week: Page) -> None:
    thumb = Thumb(week)
    for _ in range(5):
        thumb.tap(two_hours("Søndag", 12))
        thumb.tap(two_hours("Mandag", 12))
        time.sleep(0.05)
    time.sleep(0.6)
    assert (full(week, "Søndag"), full(week, "Mandag")) == ([12], [12])


def test_a_thumb_that_begins_on_a_box_can_still_scroll_and_changes_nothing(showcase: str, visit: Visit) -> None:
    page = visit(f"{showcase}/uka", Visitor(390, 500, touch=True))
    Thumb(page).pull(two_hours("Mandag", 12), by=200)
    page.wait_for_function("scrollY > 60")
    assert sent(page) == SHOWN


def test_a_stroke_over_a_day_whose_text_is_being_written_counts_too(week: Page) -> None:
    week.get_by_text("Skriv tidene i stedet").tap()
    week.locator("#tid-2").fill("9–12")
    Thumb(week).stroke(two_hours("Onsdag", 16), two_hours("Onsdag", 18))
    expect(week.locator("#tid-2")).to_have_value("9–12, 16–20")
    assert sent(week) == with_spans((2, 9, 12), (2, 16, 20))


# ---------------------------------------------------------------- half hours


def test_a_day_opens_to_its_half_hours_and_a_stroke_fills_them(week: Page) -> None:
    week.get_by_role("button", name="Onsdag").tap()
    Thumb(week).stroke("Onsdag 9.30–10", "Onsdag 11–11.30")
    expect(week.get_by_role("status")).to_contain_text("onsdag 9.30–11.30")
    assert full(week, "Onsdag") == []
    assert sent(week) == with_spans((2, 9.5, 11.5))


@pytest.mark.parametrize("visitor", [NARROW, PHONE, DESK, Visitor(390, scheme="dark", touch=True)], ids=str)
def test_an_opened_day_is_accessible_and_its_half_hours_are_wide_enough_to_press(
    showcase: str, visit: Visit, visitor: Visitor
) -> None:
    page = visit(f"{showcase}/uka", visitor)
    page.get_by_role("button", name="Torsdag").click()
    assert axe_violations(page) == []
    assert scrolls_sideways(page) == 0
    boxes = page.locator(".halves input")
    assert boxes.count() == 36
    first, second = (boxes.nth(n).bounding_box() for n in (0, 1))
    assert first is not None
    assert second is not None
    assert second["x"] - first["x"] >= 24
    assert first["height"] >= 44


def test_a_day_with_hours_in_the_night_shows_the_night_too(showcase: str, visit: Visit) -> None:
    page = visit(f"{showcase}/uka", DESK)
    page.get_by_text("Skriv tidene i stedet").click()
    page.get_by_label("Mandag", exact=True).and_(page.locator("input[type=text]")).fill("23–24, 0–1.30")
    page.get_by_role("button", name="Mandag").click()
    assert page.locator(".halves input").count() == 48
    assert page.locator(".halves :checked").count() == 5


def test_a_box_that_is_partly_free_keeps_its_half_hours_until_it_is_touched(week: Page) -> None:
    assert week.locator("td.part").count() == 1
    Thumb(week).tap(two_hours("Søndag", 8))
    assert sent(week) == with_spans((6, 8, 10))
    Thumb(week).tap(f"{two_hours('Torsdag', 10)}, deler av tiden")
    assert sent(week) == with_spans((6, 8, 10), (3, 8, 12))


# ---------------------------------------------------------------- mouse and keyboard


def test_a_mouse_fills_a_rectangle_of_days(showcase: str, visit: Visit) -> None:
    page = visit(f"{showcase}/uka", DESK)
    page.mouse.move(*middle(page, two_hours("Mandag", 16)))
    page.mouse.down()
    page.mouse.move(*middle(page, two_hours("Onsdag", 20)), steps=5)
    page.mouse.up()
    assert [full(page, day) for day in ("Mandag", "Tirsdag", "Onsdag")] == [
        [16, 18, 20],
        [8, 10, 16, 18, 20],
        [16, 18, 20],
    ]
    page.get_by_role("checkbox", name=two_hours("Fredag", 12)).click()
    assert full(page, "Fredag") == [12]


def test_a_keyboard_ticks_boxes_also_right_after_a_stroke_and_opens_a_day(showcase: str, visit: Visit) -> None:
    page = visit(f"{showcase}/uka", DESK)
    page.mouse.move(*middle(page, two_hours("Mandag", 8)))
    page.mouse.down()
    page.mouse.move(*middle(page, two_hours("Mandag", 12)), steps=3)
    page.mouse.up()
    page.get_by_role("checkbox", name=two_hours("Mandag", 16)).focus()
    page.keyboard.press("Space")
    assert full(page, "Mandag") == [8, 10, 12, 16]
    page.get_by_role("button", name="Fredag").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.get_by_role("checkbox", name="Fredag 7–7.30").focus()
    page.keyboard.press("Space")
    assert sent(page) == with_spans((0, 8, 14), (0, 16, 18), (4, 7, 7.5))


def test_enter_in_a_text_field_sends_the_form_and_presses_no_quick_button(showcase: str, visit: Visit) -> None:
    for visitor in (DESK, Visitor(1280, 900, script=False)):
        page = visit(f"{showcase}/uka", visitor)
        page.get_by_text("Skriv tidene i stedet").click()
        page.locator("#tid-6").fill("10–11.30")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert shown(page) == with_spans((6, 10, 11.5))


# ---------------------------------------------------------------- the same with and without script


@pytest.mark.parametrize("visitor", [PHONE, WITHOUT_SCRIPT], ids=str)
def test_boxes_text_and_quick_buttons_mean_the_same_with_and_without_script(
    showcase: str, visit: Visit, visitor: Visitor
) -> None:
    page = visit(f"{showcase}/uka", visitor)
    page.get_by_role("checkbox", name=two_hours("Mandag", 18)).tap()
    page.get_by_role("checkbox", name=two_hours("Tirsdag", 8)).tap()
    page.get_by_text("Skriv tidene i stedet").tap()
    page.locator("#tid-4").fill("7.30-9 og 12–13")
    press_quick(page, page.get_by_role("button", name="Helger"), visitor)
    once = Week.from_hex("0" * 84)
    for day, start, end in ((0, 18, 20), (1, 10, 12), (3, 8, 11.5), (4, 7.5, 9), (4, 12, 13), (5, 8, 22), (6, 8, 22)):
        once |= Week.from_spans([(day * DAY + int(start * 60), day * DAY + int(end * 60))])
    expect(page.get_by_role("status")).to_have_text(f"Du kan: {week_in_words(once.spans(), locale='nb')}.")
    assert sent(page) == once


@pytest.mark.parametrize("quick", [*QUICK, EMPTY])
def test_each_quick_button_does_the_same_with_and_without_script(showcase: str, visit: Visit, quick: str) -> None:
    sums = []
    for visitor in (PHONE, WITHOUT_SCRIPT):
        page = visit(f"{showcase}/uka", visitor)
        press_quick(page, page.locator(f"button[name=fyll][value={quick}]"), visitor)
        sums.append((page.get_by_role("status").inner_text(), sent(page)))
    assert sums[0] == sums[1]


@pytest.mark.parametrize("visitor", [PHONE, WITHOUT_SCRIPT], ids=str)
def test_hours_that_cannot_be_read_are_kept_and_said_and_the_rest_is_saved(
    showcase: str, visit: Visit, visitor: Visitor
) -> None:
    page = visit(f"{showcase}/uka", visitor)
    page.get_by_text("Skriv tidene i stedet").tap()
    page.locator("#tid-1").fill("etter fjøset")
    page.locator("#tid-2").fill("9–12")
    page.get_by_role("checkbox", name=two_hours("Søndag", 8)).tap()
    assert sent(page) == with_spans((2, 9, 12), (6, 8, 10))
    assert page.locator("#tid-1").input_value() == "etter fjøset"
    expect(page.locator("#tid-1-e")).to_contain_text("Tirsdag: skriv fra og til")
    assert axe_violations(page) == []
    assert sent(page) == with_spans((2, 9, 12), (6, 8, 10))
    assert page.locator("#tid-1").input_value() == "etter fjøset"


def test_without_script_the_name_of_a_day_leads_to_its_text(showcase: str, visit: Visit) -> None:
    page = visit(f"{showcase}/uka", WITHOUT_SCRIPT)
    page.get_by_role("link", name="Torsdag").tap()
    expect(page.locator("#tid-3")).to_be_in_viewport()
    expect(page.locator("#tid-3")).to_have_value("8–11.30")


def weeks_of_all_sorts() -> Sequence[Week]:
    """Empty, full, and many between them, dense and sparse; the same at every run."""
    dice = random.Random(3440)
    some = [Week(), Week(2**336 - 1), Week.from_spans([(day * DAY + 540, day * DAY + 720) for day in range(7)])]
    some += [
        Week.from_spans([(day * DAY + 540, day * DAY + 720) for day in days])
        for days in (range(5), (0, 1, 2), (0, 2), (5, 6))
    ]
    for _ in range(60):
        hours = [(dice.randrange(7), dice.randrange(47)) for _ in range(dice.randrange(1, 9))]
        spans = [(d * DAY + h * 30, d * DAY + min(h + dice.randrange(1, 14), 48) * 30) for d, h in hours]
        some.append(Week.touching(spans))
    return some


@pytest.mark.parametrize("locale", ["nb", "nn", "en"])
def test_the_sum_that_the_script_writes_is_the_very_sentence_of_the_server(
    showcase: str, visit: Visit, locale: str
) -> None:
    page = visit(f"{showcase}/uka?lang={locale}", DESK)
    for week in weeks_of_all_sorts():
        said = page.evaluate(TYPE_AND_TELL, [hours_of(week, day) for day in range(7)])
        assert said == f"{week_in_words(week.spans(), locale=locale)}."  # type: ignore[arg-type]


TYPE_AND_TELL = """texts => {
  texts.forEach((text, day) => {
    const field = document.getElementById('tid-' + day);
    field.value = text;
    field.dispatchEvent(new Event('change'));
  });
  return document.querySelector('#sum span').textContent;
}"""


def hours_of(week: Week, day: int) -> str:
    """A day's hours as somebody could type them."""
    hours = [(start - day * DAY, end - day * DAY) for start, end in (week & whole(day)).spans()]
    return ", ".join(f"{a // 60}.{a % 60:02}–{b // 60}.{b % 60:02}" for a, b in hours)


def whole(day: int) -> Week:
    """All of a day."""
    return Week.from_spans([(day * DAY, (day + 1) * DAY)])
