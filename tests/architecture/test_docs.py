"""The documentation is true: what it names exists, its picture shows the house, its walks give what they say."""

import re

import pytest
import time_machine

from marketplace import create_app
from marketplace.core.db import db
from tests.architecture.floors import PICTURE, drawn
from tests.architecture.names_in_docs import OTHERS, PACKAGE, PAGES, ROOT, Names, named
from tests.architecture.test_house import ORDER
from tests.architecture.walks import NOW, PAGE, STEP, load_park, walked
from tests.conftest import TEST_SETTINGS

DOCS = ROOT / "docs"
FALSE_NAMES = {
    "core.settings": "no such module or member",
    "core.db.no_such_function": "no such module or member",
    "format_yuan": "not in the sources: format_yuan",
    "format_yuan(total)": "no such function: format_yuan",
    "matching.scorer.stepped(merit)": "no such function: matching.scorer.stepped",
    "docs/batch.md": "no such file, folder or route",
    "batch.md": "no such file, folder or route",
    "tests/unit/core/test_money.py::test_no_such_thing": "no such test",
    "/staff/no-such-page": "no such file, folder or route",
    "flask search mend": "no such command, option or target",
    "flask match run --fast": "no such command, option or target",
    "make coffee": "no such command, option or target",
    "DOORSTEP_NO_SUCH": "no such setting",
    "scorer": "not in the sources: scorer",
}
"""Names that once stood in the documentation, or might: each is found."""
TRUE_NAMES = (
    "core.db.transaction",
    "Match.plain_score",
    "search_outbox",
    "total_fen(unit_price, quantity)",
    "/needs/7/publication",
    "flask search words export",
    ".venv/bin/flask jobs run",
    "make lint",
    "DOORSTEP_DEV_PAGES=1",
    "LOCAL_LIFT",
    "tests/unit/matching/test_columns.py",
    "static/js/",
    "badge.html",
    "matching.match_need",
    "NeedContent",
)


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What there is, with the pages of development."""
    folder = tmp_path_factory.mktemp("names")
    return Names(create_app({**TEST_SETTINGS, "DEV_PAGES": True}, instance=folder))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_names_exists(names, path):
    wrong = [f"{place} ({why})" for place in named(path) if (why := names.missing_in(place.text))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", FALSE_NAMES)
def test_a_false_name_is_found(names, tmp_path, name):
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\nLook at `{name}` first.\n", "utf-8")
    (place,) = named(page)
    assert (place.line, place.text) == (3, name)
    assert names.missing_in(place.text) == FALSE_NAMES[name]


@pytest.mark.parametrize("name", TRUE_NAMES)
def test_a_true_name_is_left_alone(names, name):
    assert names.missing_in(name) == ""


def test_what_is_none_of_ours_is_named_somewhere():
    told = {place.text for path in PAGES for place in named(path)}
    assert [name for others in OTHERS.values() for name in others if name not in told] == []


def test_links_between_pages_lead_somewhere():
    broken = [
        f"{path.relative_to(ROOT)}: {link}"
        for path in PAGES
        for link in re.findall(r"\]\((?!https?:)([^)#\s]+)", path.read_text("utf-8"))
        if not (path.parent / link).exists()
    ]
    assert broken == []


def test_the_index_leads_to_every_page():
    index = (DOCS / "index.md").read_text("utf-8")
    assert [path.name for path in DOCS.glob("*.md") if path.name != "index.md" and f"({path.name})" not in index] == []


def test_the_code_points_only_at_pages_that_exist():
    pointed = {
        (str(path.relative_to(ROOT)), page)
        for path in PACKAGE.rglob("*.py")
        for page in re.findall(r"\bdocs/[\w/.-]+\.md", path.read_text("utf-8"))
    }
    assert [pair for pair in sorted(pointed) if not (ROOT / pair[1]).exists()] == []


def test_the_picture_shows_every_package_in_its_order():
    told = re.findall(r">([a-z_]+)</text>", PICTURE.read_text("utf-8"))
    assert tuple(reversed([name for name in told if name in ORDER])) == ORDER
    assert re.findall(r">([a-z_]+)</text>", drawn()) == told, "python -m tests.architecture.floors draws it anew"


def test_the_map_and_the_architecture_name_the_packages_in_their_order():
    packages = (DOCS / "map.md").read_text("utf-8").partition("## The packages")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `([a-z_]+)` \|", packages, re.M)) == ORDER
    assert f"`{' < '.join(ORDER)}`" in (DOCS / "architecture.md").read_text("utf-8")


def test_the_architecture_names_every_table_and_every_module_of_the_core():
    told = (DOCS / "architecture.md").read_text("utf-8")
    modules = [path.stem for path in (PACKAGE / "core").glob("*.py") if path.stem != "__init__"]
    spoken = {"quick_check"}  # run as a program: `quick_check.py`
    assert [f"core.{name}" for name in modules if f"`core.{name}`" not in told and name not in spoken] == []
    assert [table for table in db.metadata.tables if f"`{table}`" not in told and table != "alembic_version"] == []


def test_each_step_of_the_walks_gives_what_the_page_says(app):
    text = PAGE.read_text("utf-8")
    assert len(STEP.findall(text)) == text.count("```python") > 10
    with time_machine.travel(NOW, tick=False):
        load_park(app)
        assert walked(text, app) == text
