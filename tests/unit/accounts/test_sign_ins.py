"""Each device that signs in is a row; without it the cookie is worth nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.accounts import drop_old_sign_ins, queries, services
from marketplace.accounts.models import SignIn
from marketplace.core.db import db, transaction
from marketplace.core.refusals import StepNotPossible
from tests.factories.accounts import NOW, PersonFactory

pytestmark = pytest.mark.usefixtures("request_context")


def start(person, now=NOW, **options):
    with transaction():
        return services.start_sign_in(person, now=now, **options)


def signed_in(token, now=NOW):
    return queries.person_signed_in(services.token_hash(token), since=services.oldest_sign_in(now))


def test_one_device_signs_out_and_the_others_stay():
    person = PersonFactory()
    office, telephone = start(person), start(person)
    with transaction():
        services.end_sign_in(office)
    assert signed_in(office) is None
    assert signed_in(telephone) is person


def test_the_table_does_not_hold_what_the_cookie_holds():
    token = start(PersonFactory())
    assert db.session.scalar(select(SignIn.token_hash)) != token
    assert signed_in(services.token_hash(token)) is None


def test_a_device_that_signs_in_as_somebody_else_gives_its_former_token_up():
    former, other = start(PersonFactory()), PersonFactory()
    token = start(other, instead_of=former)
    assert signed_in(former) is None
    assert signed_in(token) is other


def test_a_password_that_was_changed_while_it_was_looked_at_is_not_taken():
    person = PersonFactory(password_hash="before")
    services.ensure_password_stands(person, "before")
    with pytest.raises(StepNotPossible):
        services.ensure_password_stands(person, "after")


@pytest.mark.parametrize(("days", "left"), [(30, 1), (31, 0)])
def test_old_rows_are_forgotten(days, left):
    start(PersonFactory())
    drop_old_sign_ins(NOW + timedelta(days=days))
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == left
