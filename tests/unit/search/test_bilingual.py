"""Names in the other language, from the dictionary that comes as a package."""

import sqlite3
from pathlib import Path

import pytest

from marketplace.search import bilingual
from marketplace.search.bilingual import other_language
from marketplace.search.lexicon import lexicon
from marketplace.search.words import latin_pieces, singular, tokens


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("木糖醇", "xylitol"),
        ("xylitol", "木糖醇"),
        ("硅胶", "silica gel"),
        ("dehumidifier", "除湿机"),
        ("capsules", "胶囊"),
    ],
)
def test_names_in_the_other_language(word: str, name: str) -> None:
    assert name in other_language(word)


@pytest.mark.parametrize("word", ["", "北京", "the", "去", "e41", "e41b"])
def test_what_is_no_name_of_a_thing_has_none(word: str) -> None:
    assert other_language(word) == ()


def test_a_search_widens_by_them_less_than_by_the_words_of_the_trade() -> None:
    weights = {expansion.text: expansion.weight for expansion in lexicon().expand("除湿机")}
    assert 0.5 < weights["dehumidifier"] < 0.9


@pytest.mark.parametrize(
    ("word", "one"),
    [("capsules", "capsule"), ("boxes", "box"), ("batteries", "battery"), ("glass", "glass"), ("virus", "virus"),
     ("gas", "gas"), ("sus", "sus")],
)  # fmt: skip
def test_the_singular(word: str, one: str) -> None:
    assert singular(word) == one


def test_the_index_holds_the_singular_beside_the_plural() -> None:
    assert {"capsules", "capsule"} <= set(tokens("HPMC capsules"))
    assert latin_pieces("tube") == []


def test_it_is_made_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bilingual, "BUILT", tmp_path / "built")
    path = bilingual.build()
    made = path.stat().st_mtime_ns
    assert bilingual.build() == path and path.stat().st_mtime_ns == made
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM names").fetchone()[0] > 50_000


def test_it_stands_in_memory_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(bilingual, "BUILT", tmp_path / "file" / "built")
    connection = bilingual._database.__wrapped__()
    assert (
        connection.execute("SELECT others FROM names WHERE word = 'xylitol'").fetchone()[0].split("|").count("木糖醇")
        == 1
    )
