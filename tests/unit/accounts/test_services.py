"""Organisations are registered, verified and returned; people sign in under a limit."""

from collections import Counter
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.accounts import passwords, queries, services
from marketplace.accounts.lifecycle import (
    STEPS,
    Locality,
    MembershipRole,
    OrganisationKind,
    OrganisationStatus,
)
from marketplace.accounts.models import SignIn
from marketplace.accounts.services import LicenceFacts, OrganisationFacts, Verdict
from marketplace.core.db import db, transaction
from marketplace.core.limits import CountedTry
from marketplace.core.refusals import RuleBroken, StepNotPossible, Throttled
from marketplace.core.timeline import timeline_of
from tests.factories.accounts import (
    NOW,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    StaffFactory,
    credit_code,
    owner_of,
)

pytestmark = pytest.mark.usefixtures("request_context")


def facts(**changes):
    known = {"name": "彭州示例制药有限公司", "kind": OrganisationKind.ENTERPRISE, "credit_code": credit_code(900001)}
    return OrganisationFacts(**{**known, **changes})


class TestRegistering:
    def test_an_organisation_waits_with_its_owner(self):
        person = PersonFactory()
        with transaction():
            row = services.register_organisation(person, facts(), [LicenceFacts("食品生产许可证")], now=NOW)
        assert row.status is OrganisationStatus.PENDING
        assert queries.members_of(row.id)[0].role is MembershipRole.OWNER
        assert [entry.step for entry in timeline_of(row)] == ["registered"]

    @pytest.mark.parametrize("code", ["", "91510182MA00000000", "abc", "9" * 18])
    def test_refuses_a_credit_code_whose_check_digit_is_wrong(self, code):
        with pytest.raises(RuleBroken, match="credit code"), transaction():
            services.register_organisation(PersonFactory.build(), facts(credit_code=code), now=NOW)

    def test_accepts_the_code_in_small_letters_and_with_blanks(self):
        code = credit_code(900002)
        assert services.normal_credit_code(f" {code[:8].lower()} {code[8:]} ") == code

    def test_refuses_a_code_that_is_registered(self):
        row = OrganisationFactory()
        person = PersonFactory()
        with pytest.raises(RuleBroken, match="registered"), transaction():
            services.register_organisation(person, facts(credit_code=row.credit_code), now=NOW)

    def test_one_person_acts_for_one_organisation(self):
        person = owner_of()
        with pytest.raises(RuleBroken, match="already"), transaction():
            services.register_organisation(person, facts(), now=NOW)


class TestVerifying:
    def pending(self):
        return OrganisationFactory(status=OrganisationStatus.PENDING, locality=None, verified_at=None)

    def test_staff_set_the_locality(self):
        row, staff = self.pending(), StaffFactory()
        with transaction():
            services.verify_organisation(row, Verdict(Locality.CITY), actor=staff, now=NOW)
        assert (row.status, row.locality, row.verified_at) == (OrganisationStatus.VERIFIED, Locality.CITY, NOW)
        assert timeline_of(row)[-1].actor.id == staff.id

    def test_a_return_needs_a_reason(self):
        row = self.pending()
        with pytest.raises(RuleBroken, match="missing"), transaction():
            services.return_organisation(row, "", actor=StaffFactory.build(), now=NOW)

    def test_a_returned_one_goes_back_when_corrected(self):
        row = self.pending()
        owner = owner_of(row)
        staff = StaffFactory()
        with transaction():
            services.return_organisation(row, "营业执照看不清", actor=staff, now=NOW)
        assert row.status_reason == "营业执照看不清"
        with transaction():
            services.edit_organisation(row, facts(), [], actor=owner, now=NOW)
        assert row.status is OrganisationStatus.PENDING

    @pytest.mark.parametrize(
        ("start", "target"),
        [
            (start, target)
            for start in OrganisationStatus
            for target in OrganisationStatus
            if target not in STEPS[start]
        ],
    )
    def test_no_other_step_is_possible(self, start, target):
        row = OrganisationFactory.build(status=start)
        with pytest.raises(StepNotPossible):
            row.move_to(target)

    def test_a_verified_name_stands(self):
        row = OrganisationFactory()
        owner = owner_of(row)
        with pytest.raises(RuleBroken, match="verified name"), transaction():
            services.edit_organisation(
                row, facts(name="另一个名字", credit_code=row.credit_code), [], actor=owner, now=NOW
            )

    def test_only_licences_that_staff_checked_are_held(self):
        row, staff = self.pending(), StaffFactory()
        owner = owner_of(row)
        with transaction():
            services.edit_organisation(
                row,
                facts(),
                [LicenceFacts("药品生产许可证", "1", date(2027, 1, 1)), LicenceFacts("食品经营许可证", "2")],
                actor=owner,
                now=NOW,
            )
        with transaction():
            first = row.licences[0].id
            services.verify_organisation(row, Verdict(Locality.PARK, None, frozenset({first})), actor=staff, now=NOW)
        assert row.holds("药品生产许可证", date(2026, 12, 31))
        assert not row.holds("药品生产许可证", date(2027, 1, 2))
        assert not row.holds("食品经营许可证", date(2026, 12, 31))

    def test_an_edited_licence_is_unchecked_and_an_untouched_one_stays_checked(self):
        row, staff = OrganisationFactory(), StaffFactory()
        owner = owner_of(row)
        kept, old = LicenceFacts("A", "1"), LicenceFacts("B", "1")
        same = facts(name=row.name, credit_code=row.credit_code)
        with transaction():
            services.edit_organisation(row, same, [kept, old], actor=owner, now=NOW)
        with transaction():
            services.update_verdict(
                row, Verdict(Locality.PARK, None, frozenset(x.id for x in row.licences)), actor=staff, now=NOW
            )
        with transaction():
            services.edit_organisation(row, same, [kept, LicenceFacts("B", "2")], actor=owner, now=NOW)
        assert [licence.checked_at is not None for licence in row.licences] == [True, False]


class TestMembers:
    def test_the_last_owner_stays(self):
        membership = MembershipFactory()
        with pytest.raises(RuleBroken, match="needs an owner"), transaction():
            services.remove_member(membership, actor=membership.person, now=NOW)
        with pytest.raises(RuleBroken, match="needs an owner"), transaction():
            services.change_role(membership, MembershipRole.MEMBER, actor=membership.person, now=NOW)

    def test_a_member_can_become_owner_and_the_first_owner_leave(self):
        first = MembershipFactory()
        second = MembershipFactory(organisation=first.organisation, role=MembershipRole.MEMBER)
        with transaction():
            services.change_role(second, MembershipRole.OWNER, actor=first.person, now=NOW)
        with transaction():
            services.remove_member(first, actor=second.person, now=NOW)
        assert [m.person_id for m in queries.members_of(second.organisation_id)] == [second.person_id]


class TestPasswords:
    @pytest.mark.parametrize("weak", ["short", "1234567890", "aaaaaaaaaaaa", "li.person@example.com", "x" * 200])
    def test_refuses_weak_ones(self, weak):
        with pytest.raises(RuleBroken):
            passwords.ensure_good(weak, "li.person@example.com", "李四")

    def test_full_width_and_half_width_are_the_same_password(self):
        kept = passwords.hash_password("门口第一家 abcd")
        assert passwords.is_right(kept, "门口第一家 ａｂｃｄ")
        assert not passwords.is_right(kept, "门口第二家 abcd")

    def test_nobody_signs_in_without_a_password(self):
        assert not passwords.is_right("", "nobody has this password")

    def test_a_new_password_ends_the_other_sessions(self):
        person = PersonFactory()
        with transaction():
            services.start_sign_in(person, now=NOW)
        with transaction():
            services.change_password(person, "一句足够长的话 abc")
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0


class TestSignInLimits:
    def try_wrong(self, email, address, times, now=NOW, **options):
        with transaction():
            for _ in range(times):
                services.count_sign_in(email, address, now=now, **options)

    @pytest.mark.parametrize(("tried", "is_refused"), [(4, False), (5, True)])
    def test_the_sixth_wrong_try_for_an_account_from_one_network_waits(self, tried, is_refused):
        self.try_wrong("a@example.com", "10.0.0.1", tried)
        with pytest.raises(Throttled) if is_refused else nullcontext():
            self.try_wrong(" A@example.com", "10.0.0.1", 1)

    def test_the_wait_ends_with_the_window(self):
        self.try_wrong("a@example.com", "10.0.0.1", 5)
        with pytest.raises(Throttled) as refusal:
            self.try_wrong("a@example.com", "10.0.0.1", 1, now=NOW + timedelta(minutes=5))
        assert 9 * 60 < refusal.value.retry_after <= 10 * 60 + 1
        self.try_wrong("a@example.com", "10.0.0.1", 1, now=NOW + timedelta(minutes=16))

    def test_one_account_is_tried_twenty_times_at_most_wherever_from(self):
        for number in range(20):
            self.try_wrong("a@example.com", f"10.0.1.{number}", 1)
        with pytest.raises(Throttled):
            self.try_wrong("a@example.com", "10.0.2.1", 1)
        self.try_wrong("b@example.com", "10.0.2.1", 1)

    def test_the_owner_is_not_locked_out_on_a_known_device(self):
        self.try_wrong("a@example.com", "10.0.0.1", 5)
        self.try_wrong("a@example.com", "10.0.0.1", 20, known_device=True)
        with pytest.raises(Throttled):
            self.try_wrong("a@example.com", "10.0.0.1", 1, known_device=True)

    def test_one_network_has_two_hundred_tries_an_hour_but_for_known_devices(self):
        for number in range(40):
            self.try_wrong(f"p{number}@example.com", "2001:db8::1", 5)
        with pytest.raises(Throttled):
            self.try_wrong("fresh@example.com", "2001:db8::ffff", 1, now=NOW + timedelta(minutes=59))
        self.try_wrong("fresh@example.com", "2001:db8:0:1::1", 1)
        self.try_wrong("fresh@example.com", "2001:db8::1", 1, known_device=True)
        self.try_wrong("fresh@example.com", "2001:db8::ffff", 1, now=NOW + timedelta(minutes=61))

    def test_a_right_password_clears_the_count_of_its_account(self):
        self.try_wrong("a@example.com", "10.0.0.1", 4)
        with transaction():
            services.count_sign_in("a@example.com", "10.0.0.1", now=NOW + timedelta(seconds=1))
            services.forget_tries("a@example.com", "10.0.0.1", tried_at=NOW + timedelta(seconds=1))
        assert Counter(db.session.scalars(select(CountedTry.kind))) == {"sign_in.network": 4}
        self.try_wrong("a@example.com", "10.0.0.1", 5)
