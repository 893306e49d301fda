"""The reason for the product, from an empty hand to an answer, in Chromium at both widths."""

import re

import pytest

from tests.browser.conftest import picture_file
from tests.factories.accounts import credit_code

SENTENCE = "急需食品级PE袋2万只，单价0.3元以内，{day}前送到致和，要检测报告"
PASSWORD = "家门口有好邻居 2026"
# Who buys at which width: an open talk with a supplier goes on, so each has a buyer of its own.
BUYERS = {1280: ("member005@example.com", "荟芷汉方"), 390: ("owner027@example.com", "光禾能源")}


def register(visitor, number):
    """Register an enterprise by the link in the mail."""
    email = f"factory{number}@example.com"
    page = visitor.go("/register", "register")
    page.fill("#email", email)
    page.click("main button[type=submit]")
    visitor.check("register-sent")
    for _ in range(40):
        letters = visitor.page.context.request.get(visitor.base + "/dev/mail").text()
        found = re.search(rf"{email}.*?(/register/[\w.-]+)", letters, re.S)
        if found:
            break
        page.wait_for_timeout(500)
    assert found, "no mail came"
    visitor.go(found.group(1), "register-organisation")
    page.fill("#person_name", "周厂长")
    page.fill("#password", PASSWORD)
    page.fill("#name", f"彭州示例软包装{number}厂")
    page.fill("#credit_code", credit_code(800000 + number))
    page.fill("#short_name", f"示例软包{number}")
    page.select_option("#town", "致和街道")
    page.fill("#contact_name", "周厂长")
    page.fill("#contact_phone", "028-83710000")
    page.fill("#licences-0-kind", "食品相关产品生产许可证")
    page.click("main button[type=submit]:not(.visually-hidden)")
    page.wait_for_url("**/workbench")
    visitor.check("workbench-newcomer")
    return f"彭州示例软包装{number}厂"


def verify(visitor, name):
    """Park staff look at it and set its locality."""
    visitor.sign_in("operator.review@example.com")
    page = visitor.go("/staff/organisations", "staff-verification")
    page.click(f"text={name}")
    visitor.check("staff-organisation-file")
    page.check("input[name=locality][value=city]")
    page.check("input[name=licences]")
    page.click("form[action$='/verification'] button[type=submit]")
    page.wait_for_url("**/staff/organisations")


def publish_listing(visitor, tmp_path):
    page = visitor.go("/listings/new", "listing-new")
    page.check("input[name=kind][value=product]")
    page.fill("#title", "食品级PE平口袋 20×30 小单可做")
    page.select_option("#category", "J0101")
    page.fill("#description", "全新料吹膜，食品接触用，厚度三丝到十丝，三天出货，随货检测报告。")
    page.fill("#unit", "只")
    page.fill("#tiers-0-min_quantity", "1000")
    page.fill("#tiers-0-unit_price", "0.21")
    page.fill("#moq_quantity", "1000")
    page.fill("#capacity_quantity", "900000")
    page.fill("#lead_time_min_days", "3")
    page.fill("#lead_time_max_days", "5")
    page.fill("#certificates-0-kind", "检测报告")
    page.set_input_files("#pictures", str(picture_file(tmp_path)))
    page.click("button[name=publish]")
    page.wait_for_url(re.compile(r"/listings/\d+$"))
    assert page.locator("main img[src*='/files/']").count() >= 1
    visitor.check("listing-own")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", [1280, 390])
def test_from_registration_to_an_answer(visitor, site, width, tmp_path):
    email, buyer_name = BUYERS[width]
    factory = visitor(width, "journey-")
    name = register(factory, width)
    verify(visitor(width, "journey-"), name)
    factory.page.reload()
    publish_listing(factory, tmp_path)

    buyer = visitor(width, "journey-")
    page = buyer.go("/", "home")
    sentence = SENTENCE.format(
        day=page.evaluate(
            "(() => { const d = new Date(Date.now() + 25*864e5); return `${d.getMonth()+1}月${d.getDate()}日` })()"
        )
    )
    page.fill("textarea[name=sentence]", sentence)
    page.wait_for_selector(".sentence mark, .sentence-box mark, main mark")
    buyer.check("home-understood")
    page.click("main form:has(textarea[name=sentence]) button[type=submit]:not(.visually-hidden)")
    page.wait_for_url("**/needs/preview*")
    page.wait_for_selector("text=锦屹包装")
    buyer.check("preview")
    page.click("main a[href*='/sign-in']")
    page.fill("#email", email)
    page.fill("#password", "doorstep-demo")
    page.click("main button[type=submit]")
    page.wait_for_url("**/needs/new*")
    assert page.input_value("#lines-0-quantity").replace(",", "") == "20000"
    assert page.input_value("#deliver_town") == "致和街道"
    buyer.check("need-editor")
    page.click("button[name=step][value=publish]")
    page.wait_for_url(re.compile(r"/needs/\d+$"))
    boxes = page.locator("input[type=checkbox][name=listing]")
    boxes.nth(2).wait_for(timeout=20_000)
    page.wait_for_selector("text=锦屹包装")
    buyer.check("need-matches")
    for number in range(3):
        boxes.nth(number).check()
    page.locator(".dock button[type=submit]").click()
    page.wait_for_url("**/inquiries/new*")
    buyer.check("inquiry-new")
    page.click("main form button[type=submit]:not(.visually-hidden)")
    page.wait_for_url(re.compile(r"/inquiries(\?.*)?$"))
    buyer.check("inquiries-sent")

    supplier = visitor(width, "journey-").sign_in("owner010@example.com")
    page = supplier.go("/inquiries", "inquiries-received")
    page.locator(f"li.inbox-row--unread:has-text('{buyer_name}') h2 a").first.click()
    page.wait_for_url(re.compile(r"/inquiries/\d+$"))
    supplier.check("inquiry-received")
    page.fill("textarea[name=text]", "可以，8号送到，检测报告随货。")
    page.click("main form:has(textarea[name=text]) button[type=submit]")
    page.wait_for_selector("text=检测报告随货")
    supplier.check("inquiry-answered")

    page = buyer.go("/inquiries?tab=sent", "inquiries-answered")
    page.locator("li.inbox-row--unread:has-text('锦屹包装') h2 a").first.click()
    page.wait_for_selector("text=检测报告随货")
    page.locator("form#contact button").click()
    page.wait_for_selector("main a[href^='tel:']")
    buyer.check("inquiry-contact")
