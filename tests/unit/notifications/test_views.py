"""The page of notices."""

from datetime import UTC, datetime

import pytest

from marketplace.accounts.lifecycle import StaffRole
from marketplace.core.db import db, transaction
from marketplace.notifications import services
from marketplace.notifications.messages import N_
from tests.factories.accounts import PersonFactory, StaffFactory, owner_of

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def told(person, times=1):
    with transaction():
        return [
            services.tell(
                [person],
                "x",
                N_("%(organisation)s waits for verification."),
                {"organisation": f"企业{n}"},
                "/notices?page=1",
                NOW,
            )[0]
            for n in range(times)
        ]


def test_a_visitor_is_sent_to_sign_in(browser):
    assert "/sign-in" in browser.get("/notices").headers["Location"]


def test_the_page_lists_what_i_was_told_and_nothing_of_others(as_person, app):
    me, other = PersonFactory(), PersonFactory()
    told(me)
    told(other, 3)
    page = as_person(me).get("/notices").text
    assert page.count("notice-row--unread") == 1


def test_following_a_notice_leads_to_its_page_and_marks_it_read(as_person, app):
    me = PersonFactory()
    (notice,) = told(me)
    answer = as_person(me).get(f"/notices/{notice.id}")
    assert answer.headers["Location"] == "/notices?page=1"
    db.session.refresh(notice)
    assert notice.is_read


def test_somebody_elses_notice_is_not_there(as_person, app):
    (notice,) = told(PersonFactory())
    assert as_person(PersonFactory()).get(f"/notices/{notice.id}").status_code == 404
    db.session.refresh(notice)
    assert not notice.is_read


def test_all_can_be_marked_as_read(as_person, app):
    me = PersonFactory()
    told(me, 3)
    as_person(me).post("/notices/reading")
    assert "notice-row--unread" not in as_person(me).get("/notices").text


def test_the_number_of_queries_does_not_grow_with_the_rows(as_person, app, count_queries):
    few, many = PersonFactory(), PersonFactory()
    told(few, 2)
    told(many, 20)
    assert count_queries(as_person(few), "/notices") == count_queries(as_person(many), "/notices")


@pytest.mark.parametrize(
    ("who", "sentence", "way"),
    [
        (owner_of, "有人询问或答复时", 'href="/listings"'),
        (StaffFactory, "有单位等待核验或供给等待审核", 'href="/staff"'),
        (
            lambda: StaffFactory(staff_role=StaffRole.SERVICE_OFFICER),
            "包片服务专员没有通知",
            'href="/staff/organisations?status=mine"',
        ),
    ],
    ids=["supplier", "operator", "service officer"],
)
def test_an_empty_page_says_what_this_person_will_be_told(as_person, app, who, sentence, way):
    page = as_person(who()).get("/notices").text
    assert sentence in page
    assert f'class="button button--primary" {way}' in page
