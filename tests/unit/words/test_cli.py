"""Staff's words flow out into a file of the project's form and in again."""

import csv

import pytest

from marketplace.core.db import db
from marketplace.search.lexicon import lexicon
from marketplace.words.models import OtherName
from tests.factories.words import OtherNameFactory


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["search", "words", *map(str, arguments)])


def written(path, *lines):
    path.write_text("\n".join(("term,variant,kind,note", *lines)) + "\n", "utf-8")
    return path


def test_what_goes_out_comes_in_again(run, tmp_path):
    OtherNameFactory(variant="夹链袋", note="采购部门, 口语")
    OtherNameFactory(variant="骨条袋", kind="near")
    OtherNameFactory(variant="拉骨袋", removed_at=OtherNameFactory(variant="密实袋").added_at)
    file = tmp_path / "words.csv"
    assert run("export", "--out", file).output == "Written: 3.\n"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {"term": "自封袋", "variant": "夹链袋", "kind": "alias", "note": "采购部门, 口语"} in rows
    assert run("import", "--in", file).output == "Added: 0, known already: 3.\n"
    with db.session.begin():
        db.session.query(OtherName).delete()
    assert run("import", "--in", file).output == "Added: 3, known already: 0.\n"
    assert {row.variant for row in db.session.query(OtherName)} == {"夹链袋", "骨条袋", "密实袋"}
    assert "夹链袋" in lexicon()


def test_a_wrong_line_is_named_and_nothing_is_kept(run, tmp_path):
    file = written(tmp_path / "words.csv", "自封袋,夹链袋,alias,", "自封袋,自封袋,alias,", "自封袋,拉骨袋,cousin,")
    answer = run("import", "--in", file)
    assert answer.exit_code == 2
    assert f"{file}:3: The search reads both words alike" in answer.output
    assert f"{file}:4: Choose how the two words stand" in answer.output
    assert db.session.query(OtherName).count() == 0


def test_two_lines_that_say_the_same_count_once(run, tmp_path):
    file = written(tmp_path / "words.csv", "自封袋,夹链袋,alias,", "夹链袋,自封袋,alias,")
    assert run("import", "--in", file).output == "Added: 1, known already: 1.\n"


def test_a_file_of_another_form_is_refused(run, tmp_path):
    file = tmp_path / "words.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    answer = run("import", "--in", file)
    assert answer.exit_code == 2
    assert "the first line must name term,variant,kind,note" in answer.output
