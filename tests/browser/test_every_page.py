"""Every page, at both widths, for the person it is for: complete, quiet, accessible, pictured in screenshots/."""

import pytest

SENTENCE = (
    "%E6%80%A5%E9%9C%80%E9%A3%9F%E5%93%81%E7%BA%A7PE%E8%A2%8B2%E4%B8%87%E5%8F%AA%EF%BC%8C"
    "%E5%8D%95%E4%BB%B70.3%E5%85%83%E4%BB%A5%E5%86%85"
)
PAGES = {
    "": {  # a visitor
        "home": "/",
        "search": "/listings?q=PE%E8%A2%8B",
        "listings": "/listings?locality=park&kind=product",
        "search-nothing": "/listings?q=%E6%BD%9C%E6%B0%B4%E8%89%87",
        "listing": "/listings/74",
        "needs": "/needs",
        "needs-search": "/needs?q=%E5%B7%9D%E8%8A%8E",
        "need-public": "/needs/1",
        "preview": f"/needs/preview?sentence={SENTENCE}",
        "preview-empty": "/needs/preview",
        "organisations": "/organisations",
        "organisations-search": "/organisations?q=%E9%A5%AE%E7%89%87",
        "organisation": "/organisations/10",
        "featured": "/featured",
        "how-matching": "/matching/how",
        "how-listings": "/listings/how",
        "publish": "/publish",
        "about": "/about",
        "help": "/help",
        "sign-in": "/sign-in",
        "register": "/register",
        "password": "/password",
        "components": "/dev/components",
        "mail": "/dev/mail",
    },
    "member005@example.com": {  # a buyer
        "workbench": "/workbench",
        "need-new": f"/needs/new?sentence={SENTENCE}",
        "needs-mine": "/workbench/needs",
        "need": "/needs/1",
        "inquiries-sent": "/inquiries?tab=sent",
        "inquiry-new": "/inquiries/new?listing=74",
        "notices": "/notices",
        "account": "/account",
        "listings-mine-empty": "/workbench/listings",
    },
    "owner010@example.com": {  # a supplier
        "workbench-supplier": "/workbench",
        "listing-own": "/listings/74",
        "listing-edit": "/listings/74/edit",
        "listing-new": "/listings/new",
        "listings-mine": "/workbench/listings",
        "inquiries": "/inquiries",
        "inquiry": "/inquiries/1",
        "organisation-own": "/organisations/10",
        "organisation-edit": "/organisations/10/edit",
        "improvements": "/workbench/improvements",
    },
    "operator.review@example.com": {  # park staff
        "staff": "/staff",
        "staff-organisations": "/staff/organisations?status=verified",
        "staff-organisation": "/staff/organisations/10",
        "staff-listings": "/staff/listings",
        "staff-featured": "/staff/featured",
        "staff-words": "/staff/words",
        "staff-searches": "/staff/searches",
        "staff-calendar": "/staff/calendar?year=2027",
        "staff-word-new": "/staff/words/new?term=PE%E8%A2%8B&variant=%E8%83%B6%E8%A2%8B%E5%AD%90&kind=near",
    },
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("email", PAGES, ids=lambda email: email or "visitor")
def test_every_page_in_chinese(visitor, email, width):
    person = visitor(width)
    if email:
        person.sign_in(email)
    for name, path in PAGES[email].items():
        person.go(path, name)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh_Hans", "dark")])
def test_the_main_pages_in_english_and_in_the_dark(visitor, language, scheme):
    person = visitor(1280, f"{language}-{scheme}-", color_scheme=scheme)
    person.page.goto(person.base + f"/language/{language}?next=/")
    for name in ("home", "search", "listing", "need-public", "preview", "organisation", "featured", "how-matching"):
        person.go(PAGES[""][name], name)


def test_nothing_moves_when_matches_come(visitor):
    """Reasons are loaded after the page: no layout shift above the fold that a reader would notice."""
    person = visitor(1280, "shift-")
    person.page.add_init_script("""
        window.__shift = 0;
        new PerformanceObserver(list => list.getEntries().forEach(entry => {
            if (!entry.hadRecentInput) window.__shift += entry.value; }))
            .observe({type: 'layout-shift', buffered: true});""")
    for path in ("/", "/listings?q=PE%E8%A2%8B", "/needs/1"):
        person.go(path, "page")
        assert person.page.evaluate("window.__shift") < 0.1, path


def test_room_for_matches_is_kept_only_where_scripts_fetch_them(visitor):
    page = visitor(1280, "no-script-", java_script_enabled=False).page
    page.goto(visitor(1280).base + "/needs/1")
    assert page.locator("#matches").bounding_box()["height"] < 100
    assert page.locator("#matches .pill").is_hidden()


def test_buttons_of_the_featured_table_are_in_sight_on_a_phone(visitor):
    page = visitor(390, "featured-").sign_in("operator.review@example.com").go("/staff/featured")
    for button in page.locator(".data-table button").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= 390
    rows = [row.bounding_box()["height"] for row in page.locator(".data-table tbody tr").all()]
    assert sorted(rows)[len(rows) // 2] <= 90


def test_what_a_listing_says_fits_its_boxes_on_a_phone(visitor):
    page = visitor(390, "boxes-").sign_in("owner010@example.com").go("/listings/74/edit")
    cut_off = page.evaluate("""[...document.querySelectorAll("main .input:not(textarea)")]
        .filter(box => box.clientWidth && box.scrollWidth > box.clientWidth + 1).map(box => box.name)""")
    assert cut_off == []
