"""Every word list says where it comes from."""

import re
from pathlib import Path

import pytest

from marketplace.core.folding import fold
from marketplace.search.lexicon import BACKWARD
from marketplace.search.words import DATA
from marketplace.words.kinds import EXAMPLES, KINDS, MEANINGS

README = (DATA / "README.md").read_text("utf-8")
LISTS = sorted(path for path in DATA.iterdir() if path.name != "README.md")
ROW = re.compile(r"^\| (\S+\.\w+) \| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
ROWS = {row[1]: row.groups()[1:] for row in ROW.finditer(README)}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_names_source_licence_growth_and_length(path: Path):
    assert path.name in ROWS, "add the list to marketplace/search/data/README.md"
    lines, *told = ROWS[path.name]
    assert int(lines) == len(path.read_text("utf-8").splitlines())
    assert all(cell.strip() for cell in told)


def test_names_no_list_that_is_gone():
    assert set(ROWS) == {path.name for path in LISTS}


def test_staff_know_every_kind_of_the_lexicon():
    assert set(KINDS) == set(MEANINGS) == set(EXAMPLES) == set(BACKWARD) - {"genus"}
    assert all(fold(term) != fold(variant) for term, variant in EXAMPLES.values())
