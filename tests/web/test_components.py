"""Every component as people meet it: narrow, wide, light, dark, with and without script, by keyboard, with errors."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from werkzeug.datastructures import MultiDict
from wtforms import Form

from samskap.web.fields import DayMonthYearField
from tests.browser import DESK, NARROW, PHONE, ROOT, Visit, Visitor, axe_violations, scrolls_sideways
from tests.web.markup import faults_of
from tests.web.showcase import showcase_app

PAGES = ("/", "/uka", "/velg", "/feil/404", "/?flash=ja", "/uka?lang=en")
ERRORS = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)
VISITORS = (
    NARROW,
    PHONE,
    DESK,
    Visitor(320, scheme="dark", script=False, touch=True),
    Visitor(390, scheme="dark", touch=True),
    Visitor(1280, 900, scheme="dark", script=False),
    Visitor(1280, 900, script=False),
)
WRONG = {"phone": "", "born-dag": "31", "born-maned": "2", "born-ar": "1961", "people": "mange", "about": "Hei <b>"}
OUR_TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def refused(showcase: str, visit: Visit, visitor: Visitor) -> Page:
    """The form sent with everything wrong."""
    page = visit(showcase, visitor)
    page.get_by_label("Om deg").fill("Hei <b>")
    page.get_by_label("Hvor mange?").fill("mange")
    page.get_by_label("Dag", exact=True).fill("31")
    page.get_by_label("Måned").fill("2")
    page.get_by_label("Gå tur sammen").uncheck()
    page.get_by_role("button", name="Neste steg").click()
    return page


# ---------------------------------------------------------------- every page, every visitor


@pytest.mark.parametrize("visitor", VISITORS, ids=str)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_never_scrolls_sideways_and_keeps_its_policy(
    showcase: str, visit: Visit, path: str, visitor: Visitor
) -> None:
    page = visit("about:blank", visitor)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(showcase + path)
    assert axe_violations(page) == []
    assert scrolls_sideways(page) == 0
    assert [text for text in complaints if "404 (NOT FOUND)" not in text] == []


@pytest.mark.parametrize("visitor", [PHONE, Visitor(1280, 900, scheme="dark", script=False)], ids=str)
def test_a_form_that_was_refused_is_accessible_too(showcase: str, visit: Visit, visitor: Visitor) -> None:
    page = refused(showcase, visit, visitor)
    assert page.locator(".ds-error-summary li").count() == 4
    assert axe_violations(page) == []
    assert scrolls_sideways(page) == 0


@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_while_a_page_loads(showcase: str, visit: Visit, path: str) -> None:
    page = visit(showcase + path, PHONE)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(LAYOUT_SHIFT) == 0


LAYOUT_SHIFT = """() => new Promise(tell => {
  let moved = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) moved += entry.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => tell(moved), 300);
})"""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_bears_the_line_and_letter_spacing_that_a_reader_chooses(showcase: str, visit: Visit, path: str) -> None:
    """WCAG 1.4.12: line height 1.5, paragraphs 2, letters 0.12 and words 0.16 times the size of the text."""
    page = visit(showcase + path, NARROW)
    page.evaluate(TEXT_SPACING)
    assert scrolls_sideways(page) == 0


TEXT_SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; }' +
                    '* { word-spacing: .16em !important } p { margin-block-end: 2em !important }');
  document.adoptedStyleSheets.push(sheet);
}"""


@pytest.mark.parametrize("visitor", [DESK, Visitor(1280, 900, script=False)], ids=str)
def test_axe_sees_what_is_wrong_with_and_without_script(showcase: str, visit: Visit, visitor: Visitor) -> None:
    page = visit("about:blank", visitor)
    page.route(
        "**/*",
        lambda route: route.fulfill(body='<html lang="nb"><main><img src="data:,"></main>', content_type="text/html"),
    )
    page.goto(showcase)
    broken = {fault.split(":")[0] for fault in axe_violations(page)}
    assert {"image-alt", "document-title"} <= broken


def test_a_page_that_is_too_wide_is_seen(showcase: str, visit: Visit) -> None:
    page = visit("about:blank", NARROW)
    page.route("**/*", lambda route: route.fulfill(body="<p style='width:400px'>Bredt", content_type="text/html"))
    page.goto(showcase)
    assert scrolls_sideways(page) > 0


def test_every_page_is_valid_html() -> None:
    client = showcase_app().test_client()
    pages = {re.sub(r"\W", "_", path): client.get(path).text for path in PAGES}
    pages |= {f"feil_{code}": client.get(f"/feil/{code}").text for code in ERRORS}
    pages["refused"] = client.post("/", data=WRONG).text
    pages["week_refused"] = client.post("/uka", data={"tid-1": "x"}).text
    assert faults_of(pages) == []


def test_invalid_html_is_seen() -> None:
    assert any("no-dup-id" in fault for fault in faults_of({"a": '<p id="a">En</p>\n<p id="a">To</p>\n'}))


# ---------------------------------------------------------------- templates


@pytest.mark.parametrize("template", OUR_TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_holds_no_inline_style_no_inline_script_and_no_other_host(template: Path) -> None:
    assert inline_faults(template.read_text("utf-8")) == []


def inline_faults(markup: str) -> list[str]:
    """What a strict policy would refuse."""
    patterns = (
        r"\sstyle\s*=",
        r"\son[a-z]+\s*=\s*[\"']",
        r"<style\b",
        r"<script(?![^>]*\bsrc=)",
        r"(?:src|href)=[\"'](?:https?:)?//",
    )
    return [found for pattern in patterns for found in re.findall(pattern, markup)]


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color:red">',
        "<a onclick='x()'>",
        "<style>",
        "<script>x()</script>",
        '<script src="https://x.example/a.js">',
    ],
)
def test_each_inline_fault_is_seen(markup: str) -> None:
    assert len(inline_faults(markup)) == 1


def test_templates_say_innbygger_frivillig_or_person_and_raise_their_voice_at_nobody() -> None:
    said = [
        sentence
        for template in OUR_TEMPLATES
        for sentence in re.findall(r"_\((?:\"([^\"]+)\"|'[^']+')", template.read_text("utf-8"))
    ]
    assert len(said) > 50
    assert [
        s for s in said if re.search(r"\b(?:bruker|brukere|kunde|kunder|klient|klienter)\b|!", s, re.IGNORECASE)
    ] == []


# ---------------------------------------------------------------- a form that was refused


@pytest.mark.parametrize("visitor", [PHONE, Visitor(1280, 900, script=False)], ids=str)
def test_each_error_stands_in_the_summary_and_at_its_field_and_the_one_leads_to_the_other(
    showcase: str, visit: Visit, visitor: Visitor
) -> None:
    page = refused(showcase, visit, visitor)
    expect(page.locator(".ds-error-summary")).to_be_focused()
    for link in page.locator(".ds-error-summary a").all():
        target = page.locator(link.get_attribute("href") or "")
        assert target.get_attribute("aria-invalid") == "true"
        described = [target.get_attribute("aria-describedby") or ""]
        described += [
            group.get_attribute("aria-describedby") or "" for group in target.locator("xpath=ancestor::fieldset").all()
        ]
        assert link.inner_text() in [page.locator(f"#{name}").inner_text() for name in " ".join(described).split()]
        link.click()
        expect(target).to_be_focused()


def test_what_was_typed_is_kept_as_it_was_typed(showcase: str, visit: Visit) -> None:
    page = refused(showcase, visit, PHONE)
    assert page.get_by_label("Om deg").input_value() == "Hei <b>"
    assert page.get_by_label("Hvor mange?").input_value() == "mange"
    assert [page.get_by_label(part, exact=True).input_value() for part in ("Dag", "Måned", "År")] == ["31", "2", "1961"]
    assert not page.get_by_label("Gå tur sammen").is_checked()


def test_a_browser_is_never_told_to_cut_what_is_pasted() -> None:
    assert "maxlength" not in showcase_app().test_client().get("/").text


# ---------------------------------------------------------------- top of the page


def test_on_a_phone_the_menu_opens_and_closes_by_keyboard_without_script(showcase: str, visit: Visit) -> None:
    page = visit(showcase, Visitor(390, script=False))
    menu, log_out = page.get_by_role("button", name="Meny"), page.get_by_role("button", name="Logg ut")
    expect(log_out).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Frivillige")).to_be_visible()
    expect(page.get_by_role("button", name="Bytt til frivillig")).to_be_visible()
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    expect(log_out).to_be_hidden()


def test_on_a_desk_the_menu_who_one_is_and_the_other_role_are_one_press_away(showcase: str, visit: Visit) -> None:
    page = visit(showcase, DESK)
    expect(page.get_by_role("button", name="Meny")).to_be_hidden()
    expect(page.get_by_text("Du er Mona Lien, koordinator")).to_be_visible()
    expect(page.get_by_role("button", name="Bytt til frivillig")).to_be_visible()
    assert page.get_by_role("link", name="Arbeidsliste").first.get_attribute("aria-current") == "page"


def test_the_first_stop_of_the_keyboard_leads_past_the_menu(showcase: str, visit: Visit) -> None:
    page = visit(showcase, DESK)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hopp til hovedinnhold")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_candidate_stands_whole_with_its_buttons_in_the_first_view(showcase: str, visit: Visit) -> None:
    for visitor in (PHONE, DESK):
        box = visit(showcase, visitor).get_by_role("button", name="Godkjenn og spør").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < visitor.height


def test_what_a_press_led_to_is_told_as_a_status(showcase: str, visit: Visit) -> None:
    expect(visit(f"{showcase}/?flash=ja").get_by_role("status")).to_have_text("Lagret kl. 14.32.")


# ---------------------------------------------------------------- the searchable list


def test_the_list_narrows_to_what_fits_best_and_a_ticked_box_stays_in_sight(showcase: str, visit: Visit) -> None:
    page = visit(f"{showcase}/velg")
    page.get_by_label("Søk i lista").fill("Kjører BIL")
    assert page.locator(".pick:visible").all_inner_texts() == ["Gå tur sammen", "Kjøre til noe\nTrengs nå"]
    expect(page.get_by_role("status")).to_have_text("1 passer til det du skrev.")
    page.get_by_label("Søk i lista").fill("astronomi")
    expect(page.get_by_role("status")).to_contain_text("Vi fant ikke ordet.")
    page.get_by_label("Søk i lista").fill("")
    assert page.locator(".pick:visible").all_inner_texts() == [
        "Besøk og prat\nHjemme eller på telefon",
        "Gå tur sammen",
    ]
    expect(page.get_by_role("button", name="Søk")).to_be_hidden()


def test_a_group_opens_on_a_press_and_the_first_stands_open(showcase: str, visit: Visit) -> None:
    page = visit(f"{showcase}/velg")
    assert page.locator(".pick:visible").count() == 2
    page.get_by_role("heading", name="Kjøre og følge").click()
    assert page.locator(".pick:visible").count() == 4


def test_without_script_the_list_is_whole_and_has_a_search_button(showcase: str, visit: Visit) -> None:
    page = visit(f"{showcase}/velg", Visitor(390, script=False))
    page.get_by_role("heading", name="Kjøre og følge").click()
    assert page.locator(".pick:visible").count() == 4
    expect(page.get_by_role("button", name="Søk")).to_be_visible()


# ---------------------------------------------------------------- a date in three parts


class Born(Form):
    """A form with a date alone."""

    born = DayMonthYearField("Fødselsdato")


def read_date(day: str, month: str, year: str) -> DayMonthYearField:
    """The field after three parts were posted."""
    with showcase_app().test_request_context():
        form = Born(MultiDict({"born-dag": day, "born-maned": month, "born-ar": year}))
        form.validate()
        return form.born


@pytest.mark.parametrize(("day", "month", "year"), [("5", "3", "1961"), (" 05", "03 ", "1961")])
def test_a_date_is_read_from_its_parts(day: str, month: str, year: str) -> None:
    assert read_date(day, month, year).data == date(1961, 3, 5)


@pytest.mark.parametrize(
    "parts", [("31", "2", "1961"), ("5", "mars", "1961"), ("5", "3", "61"), ("5", "", "1961"), ("0", "1", "2000")]
)
def test_what_is_no_date_is_said_and_kept(parts: tuple[str, str, str]) -> None:
    field = read_date(*parts)
    assert field.data is None
    assert field.errors == ["Fødselsdato må være en dato med dag, måned og år, for eksempel 5 3 1961."]
    assert (field.day.value, field.month.value, field.year.value) == parts


def test_three_empty_parts_are_no_date_and_no_error() -> None:
    field = read_date("", "", "")
    assert (field.data, list(field.errors)) == (None, [])


# ---------------------------------------------------------------- when something is wrong


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_page_stands_without_any_context_and_says_what_to_do(code: int) -> None:
    page = showcase_app().test_client().get(f"/feil/{code}").text
    assert page.count("<h1") == 1
    assert len(re.findall(r"<p>[A-ZÆØÅ][^<]{30,}</p>", page)) == 2
