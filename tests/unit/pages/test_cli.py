"""`flask setup` on an empty installation."""

import pytest
from sqlalchemy import func, select

from marketplace.accounts.lifecycle import StaffRole
from marketplace.accounts.queries import has_administrator, person_by_email
from marketplace.catalog.models import Category
from marketplace.core.db import db


@pytest.fixture
def run(app):
    return lambda *args, **options: app.test_cli_runner().invoke(args=["setup", *args], **options)


class TestSetup:
    def test_it_makes_categories_and_the_first_administrator(self, run):
        result = run("--admin-email", "Admin@example.com", "--admin-name", "管理员")
        assert result.exit_code == 0, result.output
        assert person_by_email("admin@example.com").staff_role is StaffRole.ADMINISTRATOR
        assert db.session.scalar(select(func.count()).select_from(Category)) == 242
        assert "password" in result.output

    def test_a_second_run_leaves_the_administrator_alone(self, run):
        run("--admin-email", "admin@example.com", "--admin-name", "管理员")
        result = run("--admin-email", "other@example.com", "--admin-name", "别人")
        assert "already" in result.output
        assert person_by_email("other@example.com") is None

    def test_it_asks_who_the_administrator_is(self, run):
        result = run()
        assert result.exit_code == 2
        assert "--admin-email" in result.output
        assert not has_administrator()

    def test_a_password_may_be_asked_for(self, run):
        result = run(
            "--admin-email", "a@example.com", "--admin-name", "管理员", "--ask-password", input="eine lange Zeile\n"
        )
        assert result.exit_code == 0, result.output
        assert "eine lange" not in result.output

    def test_a_weak_password_is_refused(self, run):
        result = run("--admin-email", "a@example.com", "--admin-name", "管理员", "--ask-password", input="short\n")
        assert result.exit_code == 1
        assert not has_administrator()
