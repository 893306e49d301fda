"""Registering, signing in, being verified: through the real forms and pages."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from marketplace.accounts import links, passwords, queries
from marketplace.accounts.lifecycle import Locality, OrganisationStatus
from marketplace.accounts.models import Invitation, Organisation, Person
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.core.limits import CountedTry
from marketplace.notifications.models import Mail
from tests.factories.accounts import (
    InvitationFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    StaffFactory,
    credit_code,
    owner_of,
)

PASSWORD = "家门口有好邻居 2026"


def registered(**person):
    return PersonFactory(**person, password_hash=passwords.hash_password(PASSWORD))


def link_in_mail(to, worker):
    mail = db.session.scalars(select(Mail).where(Mail.to == to).order_by(Mail.id.desc())).first()
    return re.search(r"https?://[^/\s]+(/\S+)", mail.text).group(1)


def registration(**changes):
    fields = {
        "person_name": "李采",
        "person_title": "厂长",
        "password": PASSWORD,
        "name": "彭州示例包装有限公司",
        "kind": "enterprise",
        "credit_code": credit_code(700001),
        "town": "致和街道",
        "contact_name": "李采",
        "contact_phone": "028-83710000",
        "short_name": "示例包装",
        "licences-0-kind": "食品相关产品 生产许可证",
        "licences-1-kind": "GMP",
        "licences-0-number": "川XK16",
        "licences-0-valid_until": "2028-01-01",
    }
    return {**fields, **changes}


class TestRegistering:
    def test_from_the_first_address_to_the_public_page(self, browser, as_person, worker):
        answer = browser.post("/register", data={"email": "Li@Example.com"})
        assert "li@example.com" in answer.text
        path = link_in_mail("li@example.com", worker)
        assert browser.get(path).status_code == 200
        answer = browser.post(path, data=registration(), follow_redirects=True)
        assert answer.status_code == 200
        row = db.session.scalars(select(Organisation)).one()
        assert row.status is OrganisationStatus.PENDING
        assert row.latitude == pytest.approx(30.968)
        public = f"/organisations/{row.id}"
        assert browser.get(public).status_code == 200
        staff = as_person(StaffFactory())
        queue = staff.get("/staff/organisations").text
        assert "彭州示例包装有限公司" in queue
        assert row.licences[0].kind == "食品相关产品生产许可证"
        licence = row.licences[0].id
        done = staff.post(
            f"/staff/organisations/{row.id}/verification",
            data={"locality": "city", "officer": "0", "licences": [str(licence)], "version": row.version},
        )
        assert done.status_code == 302
        db.session.expire_all()
        assert (row.status, row.locality) == (OrganisationStatus.VERIFIED, Locality.CITY)
        assert row.licences[0].checked_at is not None
        worker()
        browser.post("/sign-out")
        assert "示例包装" in browser.get("/organisations?q=示例包装").text
        assert "028-83710000" not in browser.get(public).text

    def test_the_answer_hides_whether_the_address_is_known(self, browser):
        registered(email="known@example.com")
        answers = [
            browser.post("/register", data={"email": email}).text.replace(email, "")
            for email in ("known@example.com", "fresh@example.com")
        ]
        assert answers[0] == answers[1]
        assert db.session.scalar(select(func.count()).select_from(Mail)) == 2

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"credit_code": "123"}, "18"),
            ({"name": ""}, ""),
            ({"password": "kurz"}, ""),
            ({"contact_phone": "abc"}, ""),
            ({"town": "Atlantis"}, ""),
            ({"founded": "abc"}, ""),
        ],
    )
    def test_bad_input_is_kept_and_explained(self, browser, worker, change, sentence):
        browser.post("/register", data={"email": "li@example.com"})
        path = link_in_mail("li@example.com", worker)
        answer = browser.post(path, data=registration(**change))
        assert answer.status_code == 422
        assert "form-errors" in answer.text
        assert sentence in answer.text
        assert "028-83710000" in answer.text or "contact_phone" in change
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0

    def test_a_link_ends_and_cannot_be_forged(self, browser):
        token = links.make_token("register", {"email": "li@example.com"})
        assert browser.get(f"/register/{token}").status_code == 200
        assert browser.get(f"/register/{token[:-2]}xx").status_code == 410
        assert browser.get(f"/password/{token}").status_code == 410
        with time_machine.travel(utc_now() + timedelta(hours=25), tick=False):
            assert browser.get(f"/register/{token}").status_code == 410


class TestSigningIn:
    def test_leads_back_to_where_one_wanted_to_go(self, browser):
        registered(email="li@example.com")
        answer = browser.get("/account")
        assert answer.status_code == 302
        assert answer.location == "/sign-in?next=/account"
        answer = browser.post("/sign-in", data={"email": "LI@example.com", "password": PASSWORD, "next": "/account"})
        assert answer.location == "/account"
        assert browser.get("/account").status_code == 200

    @pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
    def test_never_leads_to_another_host(self, browser, target):
        registered(email="li@example.com")
        answer = browser.post("/sign-in", data={"email": "li@example.com", "password": PASSWORD, "next": target})
        assert answer.location == "/workbench"

    def test_a_wrong_password_and_an_unknown_account_look_the_same(self, browser):
        registered(email="li@example.com")
        answers = [
            browser.post("/sign-in", data={"email": email, "password": "wrong"})
            for email in ("li@example.com", "no@example.com")
        ]
        assert [answer.status_code for answer in answers] == [422, 422]
        assert answers[0].text.replace("li@example.com", "") == answers[1].text.replace("no@example.com", "")

    def test_the_sixth_wrong_try_is_told_to_wait_even_with_the_right_password(self, browser):
        registered(email="li@example.com")
        for _ in range(5):
            assert browser.post("/sign-in", data={"email": "li@example.com", "password": "wrong"}).status_code == 422
        answer = browser.post("/sign-in", data={"email": "li@example.com", "password": PASSWORD})
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0

    def test_right_passwords_are_never_too_many(self, app, browser):
        registered(email="li@example.com")
        for _ in range(8):
            answer = app.test_client().post("/sign-in", data={"email": "li@example.com", "password": PASSWORD})
            assert answer.status_code == 302
        assert db.session.scalar(select(func.count()).select_from(CountedTry)) == 0

    def test_one_forgetful_colleague_locks_out_neither_colleagues_nor_known_devices(self, app, browser):
        for name in ("li", "wang", *(f"p{n}" for n in range(13))):
            registered(email=f"{name}@example.com")
        assert browser.post("/sign-in", data={"email": "li@example.com", "password": PASSWORD}).status_code == 302
        browser.post("/sign-out")
        colleague = app.test_client()
        for name in ("li", *(f"p{n}" for n in range(13))):
            for _ in range(5):
                colleague.post("/sign-in", data={"email": f"{name}@example.com", "password": "wrong"})
        answers = {
            who: client.post("/sign-in", data={"email": f"{email}@example.com", "password": PASSWORD}).status_code
            for who, client, email in (
                ("new device of that account", app.test_client(), "li"),
                ("new device of another account", app.test_client(), "wang"),
                ("known device of that account", browser, "li"),
            )
        }
        assert answers == {
            "new device of that account": 429,
            "new device of another account": 302,
            "known device of that account": 302,
        }

    def test_a_new_password_by_mail_opens_what_wrong_tries_had_locked(self, browser, worker):
        registered(email="li@example.com")
        for _ in range(6):
            browser.post("/sign-in", data={"email": "li@example.com", "password": "wrong"})
        browser.post("/password", data={"email": "li@example.com"})
        browser.post(link_in_mail("li@example.com", worker), data={"password": PASSWORD})
        answer = browser.post("/sign-in", data={"email": "li@example.com", "password": PASSWORD})
        assert answer.status_code == 302

    def test_the_present_password_cannot_be_guessed_on_a_device_left_open(self, browser):
        browser.sign_in(registered(email="li@example.com"))
        guesses = [{"old_password": f"guess {number}", "password": PASSWORD + "x"} for number in range(6)]
        statuses = [browser.post("/account/password", data=guess).status_code for guess in guesses]
        assert statuses == [422] * 5 + [429]
        right = {"old_password": PASSWORD, "password": PASSWORD + "x"}
        assert browser.post("/account/password", data=right).status_code == 429
        with time_machine.travel(utc_now() + timedelta(minutes=16), tick=False):
            assert browser.post("/account/password", data=right).status_code == 302

    def test_a_disabled_person_stays_out(self, browser):
        row = registered(email="li@example.com")
        with transaction() as session:
            session.merge(row).disabled_at = row.created_at
        assert browser.post("/sign-in", data={"email": "li@example.com", "password": PASSWORD}).status_code == 422

    def test_a_new_password_signs_other_devices_out(self, app, browser, as_person):
        row = registered(email="li@example.com")
        other = as_person(row)
        assert other.get("/account").status_code == 200
        browser.post("/sign-in", data={"email": "li@example.com", "password": PASSWORD})
        wrong = browser.post("/account/password", data={"old_password": "no", "password": PASSWORD + "x"})
        assert wrong.status_code == 422
        answer = browser.post("/account/password", data={"old_password": PASSWORD, "password": PASSWORD + "x"})
        assert answer.status_code == 302
        assert browser.get("/account").status_code == 200
        assert other.get("/account").status_code == 302

    def test_a_copied_cookie_is_worth_nothing_after_signing_out(self, app, browser):
        registered(email="li@example.com")
        telephone = app.test_client()
        for device in (browser, telephone):
            device.post("/sign-in", data={"email": "li@example.com", "password": PASSWORD})
        copy = app.test_client()
        copy.set_cookie("session", browser.get_cookie("session").value)
        assert copy.get("/account").status_code == 200
        browser.post("/sign-out")
        assert copy.get("/account").status_code == 302
        assert telephone.get("/account").status_code == 200

    def test_a_device_signs_in_again_after_thirty_days(self, browser):
        browser.sign_in(registered(email="li@example.com"))
        with time_machine.travel(utc_now() + timedelta(days=29), tick=False):
            assert browser.get("/account").status_code == 200
        with time_machine.travel(utc_now() + timedelta(days=30, seconds=1), tick=False):
            assert browser.get("/account").status_code == 302

    def test_a_disabled_person_is_signed_out(self, browser):
        row = registered(email="li@example.com")
        browser.sign_in(row)
        with transaction() as session:
            session.merge(row).disabled_at = row.created_at
        assert browser.get("/account").status_code == 302

    def test_who_is_signed_in_costs_one_query(self, browser, count_queries):
        visitors = count_queries(browser, "/help")
        assert count_queries(browser.sign_in(owner_of()), "/help") - visitors == 2  # the other one counts the notices

    def test_the_session_cookie_changes_at_sign_in(self, browser):
        registered(email="li@example.com")
        browser.get("/sign-in")
        with browser.session_transaction() as session:
            session["planted"] = "by somebody else"
        browser.post("/sign-in", data={"email": "li@example.com", "password": PASSWORD})
        with browser.session_transaction() as session:
            assert "planted" not in session


class TestMailsToTypedInAddresses:
    """Nobody can have any number of mails sent to anybody."""

    def mails_to(self, email):
        return db.session.scalar(select(func.count()).select_from(Mail).where(Mail.to == email))

    @pytest.mark.parametrize(
        ("path", "email"),
        [("/password", "li@example.com"), ("/register", "li@example.com"), ("/register", "stranger@example.com")],
    )
    def test_three_an_hour_to_one_address_and_the_same_answer_to_the_fourth(self, browser, path, email):
        registered(email="li@example.com")
        answers = {
            (answer.status_code, answer.text)
            for answer in (browser.post(path, data={"email": spelling}) for spelling in [email, email.title()] * 6)
        }
        assert len(answers) == 1
        assert self.mails_to(email) == 3
        with time_machine.travel(utc_now() + timedelta(minutes=61), tick=False):
            browser.post(path, data={"email": email})
        assert self.mails_to(email) == 4

    def test_registrations_do_not_use_up_the_mails_for_a_password(self, browser):
        registered(email="li@example.com")
        for path in ["/register"] * 4 + ["/password"]:
            browser.post(path, data={"email": "li@example.com"})
        assert self.mails_to("li@example.com") == 4

    def test_thirty_an_hour_from_one_network(self, app, browser):
        for number in range(32):
            assert browser.post("/register", data={"email": f"p{number}@example.com"}).status_code == 200
        assert db.session.scalar(select(func.count()).select_from(Mail)) == 30
        elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
        browser.post("/register", data={"email": "p40@example.com"}, environ_base=elsewhere)
        assert self.mails_to("p40@example.com") == 1

    def test_an_owner_who_invites_is_told_to_wait(self, as_person):
        row = OrganisationFactory()
        owner = as_person(owner_of(row))
        pages = [
            owner.post(f"/organisations/{row.id}/invitations", data={"email": "new@example.com"}, follow_redirects=True)
            for _ in range(4)
        ]
        assert [("60 分钟" in page.text, page.status_code) for page in pages] == [(False, 200)] * 3 + [(True, 200)]
        assert self.mails_to("new@example.com") == 3


class TestForgottenPassword:
    def test_a_new_link_ends_the_earlier_ones(self, browser, worker):
        registered(email="li@example.com")
        browser.post("/password", data={"email": "li@example.com"})
        earlier = link_in_mail("li@example.com", worker)
        browser.post("/password", data={"email": "li@example.com"})
        assert browser.get(earlier).status_code == 410
        assert browser.get(link_in_mail("li@example.com", worker)).status_code == 200

    def test_asking_for_a_link_signs_nobody_out(self, browser):
        browser.sign_in(registered(email="li@example.com"))
        browser.post("/password", data={"email": "li@example.com"})
        assert browser.get("/account").status_code == 200

    def test_the_link_works_once(self, browser, worker):
        registered(email="li@example.com")
        browser.post("/password", data={"email": "li@example.com"})
        path = link_in_mail("li@example.com", worker)
        assert browser.post(path, data={"password": "short"}).status_code == 422
        assert browser.post(path, data={"password": "新的一句足够长的话语"}).status_code == 302
        assert browser.post(path, data={"password": "又一句足够长的话语吧"}).status_code == 410
        answer = browser.post("/sign-in", data={"email": "li@example.com", "password": "新的一句足够长的话语"})
        assert answer.status_code == 302

    @pytest.mark.parametrize(("server", "words"), [("", "sends no mail yet"), ("mail.example:25", "is on its way")])
    def test_the_page_says_whether_mail_goes_out(self, browser, as_person, app, monkeypatch, server, words):
        monkeypatch.setitem(app.config, "MAIL_SERVER", server)
        page = browser.post("/password", data={"email": "li@example.com"}, headers={"Accept-Language": "en"}).text
        assert words in " ".join(page.split())
        board = as_person(StaffFactory(language="en")).get("/staff").text
        assert ("No mail goes out" in board) is (not server)

    def test_nobody_learns_who_has_an_account(self, browser):
        registered(email="li@example.com")
        answers = [
            browser.post("/password", data={"email": email}).text.replace(email, "")
            for email in ("li@example.com", "no@example.com")
        ]
        assert answers[0] == answers[1]
        assert db.session.scalar(select(func.count()).select_from(Mail)) == 1


class TestOrganisationPages:
    def test_one_that_waits_is_hidden_from_others(self, browser, as_person):
        row = OrganisationFactory(status=OrganisationStatus.PENDING)
        assert browser.get(f"/organisations/{row.id}").status_code == 404
        assert as_person(owner_of()).get(f"/organisations/{row.id}").status_code == 404
        assert as_person(owner_of(row)).get(f"/organisations/{row.id}").status_code == 200

    def test_one_that_waits_tells_its_owner_what_to_do_meanwhile_and_staff_where_its_file_is(self, as_person):
        row = OrganisationFactory(status=OrganisationStatus.PENDING, verified_at=None)
        to_owner = as_person(owner_of(row, language="en")).get(f"/organisations/{row.id}").text
        assert "Waiting for verification" in to_owner
        assert "Drafts can be prepared meanwhile." in to_owner
        assert f"/organisations/{row.id}/edit" in to_owner
        assert f"/staff/organisations/{row.id}" not in to_owner
        to_operator = as_person(StaffFactory(language="en")).get(f"/organisations/{row.id}").text
        assert "Waiting for verification" in to_operator
        assert "Drafts can be prepared meanwhile." not in to_operator
        assert f"/organisations/{row.id}/edit" not in to_operator
        assert f"/staff/organisations/{row.id}" in to_operator

    def test_only_an_owner_edits(self, as_person):
        row = OrganisationFactory()
        member = MembershipFactory(organisation=row, role="member").person
        assert as_person(member).get(f"/organisations/{row.id}/edit").status_code == 403
        assert as_person(StaffFactory()).get(f"/organisations/{row.id}/edit").status_code == 403
        assert as_person(owner_of()).get(f"/organisations/{row.id}/edit").status_code == 403

    def test_a_lost_edit_is_told(self, as_person):
        row = OrganisationFactory()
        owner = as_person(owner_of(row))
        form = {
            "name": row.name,
            "credit_code": row.credit_code,
            "kind": "enterprise",
            "town": "",
            "contact_name": "甲",
            "contact_phone": "028-83710000",
            "intro": "first",
            "version": str(row.version),
        }
        assert owner.post(f"/organisations/{row.id}/edit", data=form).status_code == 302
        answer = owner.post(f"/organisations/{row.id}/edit", data={**form, "intro": "second"})
        assert answer.status_code == 409
        assert "second" in answer.text
        db.session.expire_all()
        assert row.intro == "first"

    def test_returned_with_a_reason_and_sent_again(self, as_person):
        row = OrganisationFactory(status=OrganisationStatus.PENDING, verified_at=None)
        owner, staff = as_person(owner_of(row)), as_person(StaffFactory())
        assert (
            staff.post(f"/staff/organisations/{row.id}/return", data={"reason": "", "version": row.version}).status_code
            == 422
        )
        assert (
            staff.post(
                f"/staff/organisations/{row.id}/return", data={"reason": "请补营业执照", "version": row.version}
            ).status_code
            == 302
        )
        page = owner.get(f"/organisations/{row.id}/edit").text
        assert "请补营业执照" in page
        version = re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)
        form = {
            "name": row.name,
            "credit_code": row.credit_code,
            "kind": "enterprise",
            "town": "",
            "contact_name": "甲",
            "contact_phone": "028-83710000",
            "version": version,
        }
        assert owner.post(f"/organisations/{row.id}/edit", data=form).status_code == 302
        db.session.expire_all()
        assert row.status is OrganisationStatus.PENDING

    def test_suspended_ones_disappear_and_come_back(self, browser, as_person, worker):
        row = OrganisationFactory(name="会消失的企业")
        staff = as_person(StaffFactory())
        staff.post(f"/staff/organisations/{row.id}/suspension", data={"reason": "投诉属实", "version": row.version})
        worker()
        assert "会消失的企业" not in browser.get("/organisations").text
        staff.post(f"/staff/organisations/{row.id}/reinstatement", data={"version": row.version})
        worker()
        assert "会消失的企业" in browser.get("/organisations").text

    def test_members_cannot_reach_the_staff_pages(self, as_person, browser):
        row = OrganisationFactory()
        member = as_person(owner_of(row))
        for path in ("/staff/organisations", f"/staff/organisations/{row.id}"):
            assert member.get(path).status_code == 403
            assert browser.get(path).status_code == 302

    def test_an_invited_person_joins(self, as_person, browser, worker):
        row = OrganisationFactory()
        as_person(owner_of(row)).post(f"/organisations/{row.id}/invitations", data={"email": "new@example.com"})
        path = link_in_mail("new@example.com", worker)
        answer = browser.post(path, data={"name": "新同事", "password": PASSWORD})
        assert answer.status_code == 302
        assert "新同事" in as_person(owner_of(row)).get(f"/organisations/{row.id}").text

    @pytest.mark.parametrize(
        ("who", "status", "sentences"),
        [
            ("member elsewhere", 422, ("You act for 测试. Only once its owner has removed you",)),
            ("staff", 422, ("Park staff act for no organisation",)),
            ("somebody else", 403, ("This invitation is for another e-mail address", "You are signed in as ")),
        ],
    )
    def test_who_cannot_join_reads_why_in_place_of_the_button(self, as_person, who, status, sentences):
        invitation = InvitationFactory()
        path = f"/invitations/{links.make_token('invite', {'key': invitation.key})}"
        if who == "staff":
            person = StaffFactory(email=invitation.email, language="en")
        elif who == "somebody else":
            PersonFactory(email=invitation.email)
            person = PersonFactory(language="en")
        else:
            person = owner_of(OrganisationFactory(short_name="测试"), email=invitation.email, language="en")
        client = as_person(person)
        page = client.get(path)
        assert page.status_code == 200
        assert [sentence for sentence in sentences if sentence not in page.text] == []
        assert not re.search(r"<button[^>]*>\s*<span>Join", page.text)
        assert client.post(path).status_code == status
        assert db.session.get(Invitation, invitation.id) is not None

    def test_who_can_join_has_the_button(self, as_person):
        invitation = InvitationFactory()
        client = as_person(PersonFactory(email=invitation.email, language="en"))
        path = f"/invitations/{links.make_token('invite', {'key': invitation.key})}"
        assert re.search(r"<button[^>]*>\s*<span>Join", client.get(path).text)
        assert client.post(path).status_code == 302

    def test_a_removed_member_does_not_come_back_with_the_old_link(self, as_person, browser, worker):
        row = OrganisationFactory()
        owner = as_person(owner_of(row))
        owner.post(f"/organisations/{row.id}/invitations", data={"email": "new@example.com"})
        path = link_in_mail("new@example.com", worker)
        browser.post(path, data={"name": "新同事", "password": PASSWORD})
        assert browser.get(path).status_code == 410
        (membership,) = db.session.scalars(select(Person).where(Person.email == "new@example.com")).one().memberships
        owner.post(f"/organisations/{row.id}/members/{membership.id}/removal")
        assert browser.get(path).status_code == browser.post(path).status_code == 410
        assert "新同事" not in [member.person.name for member in queries.members_of(row.id)]

    def test_an_owner_sees_open_invitations_takes_them_back_and_sends_them_again(self, as_person, browser, worker):
        row = OrganisationFactory()
        person = owner_of(row, name="张经理")
        owner, member = as_person(person), as_person(MembershipFactory(organisation=row, role="member").person)
        for email in ("first@example.com", "second@example.com"):
            owner.post(f"/organisations/{row.id}/invitations", data={"email": email})
        first, earlier = (link_in_mail(f"{name}@example.com", worker) for name in ("first", "second"))
        page = owner.get(f"/organisations/{row.id}").text
        assert "first@example.com" in page
        assert "张经理" in page
        assert "first@example.com" not in member.get(f"/organisations/{row.id}").text
        again, back = (
            re.search(rf'(/organisations/{row.id}/invitations/{number}/{step})"', page).group(1)
            for number, step in zip(
                re.findall(r"/invitations/(\d+)/renewal", page), ("renewal", "withdrawal"), strict=True
            )
        )
        owner.post(back)
        assert browser.get(first).status_code == 410
        owner.post(again)
        assert browser.get(earlier).status_code == 410
        assert browser.get(link_in_mail("second@example.com", worker)).status_code == 200
        assert "first@example.com" not in owner.get(f"/organisations/{row.id}").text

    def test_the_list_asks_as_often_for_many_as_for_few(self, browser, worker, count_queries):
        OrganisationFactory.create_batch(3)
        worker()
        few = count_queries(browser, "/organisations")
        OrganisationFactory.create_batch(15)
        worker()
        assert count_queries(browser, "/organisations") == few <= 25


def test_commands_make_staff_and_reset_passwords(app, browser):
    runner = app.test_cli_runner()
    out = runner.invoke(args=["people", "add-staff", "op@example.com", "操作员"]).output
    password = out.split()[-1]
    assert browser.post("/sign-in", data={"email": "op@example.com", "password": password}).status_code == 302
    out = runner.invoke(args=["people", "reset-password", "op@example.com"]).output
    assert out.split()[-1] != password
    assert runner.invoke(args=["people", "reset-password", "no@example.com"]).exit_code == 1
    assert runner.invoke(args=["people", "add-staff", "op@example.com", "again"]).exit_code == 1
