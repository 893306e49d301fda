"""Words that staff add reach every process; the index takes in those that it had cut apart."""

import time
from pathlib import Path

import pytest

from marketplace import search
from marketplace.core.clock import utc_now
from marketplace.core.db import db, transaction
from marketplace.matching.ingredients import names_of
from marketplace.search import Document, staff_words_sync
from marketplace.search.lexicon import WordPair, lexicon, lexicon_of_files, trial
from marketplace.search.pieces import whole_tokens
from marketplace.search.registry import word_source
from marketplace.search.staff_words_sync import Follower, search_by
from marketplace.search.whoosh_engine.postings import snapshot_of_documents
from marketplace.search.whoosh_engine.word_changes import candidates, saying
from marketplace.search.words import HAN, learned, segment, tokens, word_parts
from marketplace.words import queries
from marketplace.words.services import other_names
from tests.factories.words import OtherNameFactory

PAIR = WordPair("自封袋", "骨条封口袋子", "alias")


@pytest.fixture(autouse=True)
def words_of_the_files():
    search_by(())
    yield
    search_by(())


def add(pair=PAIR, note=""):
    with transaction():
        return other_names.add_name(pair, note=note, actor=None, now=utc_now())


def stamp(app):
    return Path(app.instance_path) / "words.stamp"


class TestWords:
    def test_a_new_word_is_cut_out_whole_and_no_answer_of_before_stays(self):
        before = whole_tokens("骨条封口袋子"), word_parts("骨条封口袋子"), names_of("自封袋")
        assert search_by([PAIR])
        assert whole_tokens("骨条封口袋子") == ("骨条封口袋子",)
        assert "骨条封口袋子" in names_of("自封袋")
        assert segment("进口骨条封口袋子") == ["进口", "骨条封口袋子"]
        search_by(())
        assert (whole_tokens("骨条封口袋子"), word_parts("骨条封口袋子"), names_of("自封袋")) == before

    def test_a_word_that_is_cut_out_whole_already_stays_as_common_as_it_was(self):
        search_by([WordPair("川芎", "电子", "near")])
        assert learned().words == ()

    def test_a_wrong_form_widens_searches_and_is_not_learned(self):
        search_by([WordPair("自封袋", "自峰口袋", "typo")])
        assert learned().words == ()
        assert [other.text for other in lexicon().expand("自峰口袋")][0] == "自封袋"

    def test_every_order_of_the_same_pairs_gives_the_same_words(self):
        pairs = [PAIR, WordPair("夹链密实袋", "拉骨袋子", "alias"), WordPair("封口袋子", "自封袋", "near")]
        search_by(pairs)
        cut = tokens("骨条封口袋子和夹链密实袋")
        search_by(())
        search_by(reversed(pairs))
        assert tokens("骨条封口袋子和夹链密实袋") == cut

    def test_a_trial_is_seen_by_nobody_else(self):
        with trial(lexicon_of_files().widened([PAIR])):
            assert "骨条封口袋子" in lexicon()
        assert "骨条封口袋子" not in lexicon()
        assert "骨条封口袋子" not in lexicon_of_files()


class TestFingerprint:
    def test_names_the_learned_words_that_stand_in_the_texts(self):
        holding, other = Document("1", "進口骨条封口袋子"), Document("2", "川芎")
        before = holding.digest(), other.digest()
        search_by([PAIR])
        assert holding.learned_words() == ["骨条封口袋子"]
        assert holding.digest() != before[0]
        assert other.digest() == before[1]

    @pytest.mark.parametrize("word", ["骨条封口袋子", "三层袋子", "的士袋", "pe袋子", "子和"])
    def test_no_document_that_holds_the_word_is_left_out(self, word):
        texts = [f"进口{word}十号", f"{word}", f"大骨条与{word}", f"一百只{word}等", f"电{word}孙", "川芎饮片"]
        rows = [Document(str(number), text) for number, text in enumerate(texts, 1)]
        rows.append(Document("9", "无", body=f"说明：采用{word}包装", specs=f"袋:{word}"))
        snapshot = snapshot_of_documents(rows)
        holding = {int(row.id) for row in rows if row.holds(word)}
        assert len(holding) >= 6
        assert holding <= set(candidates(snapshot, word))
        assert HAN.search(word)

    def test_who_says_a_word_is_told_by_its_tokens(self):
        rows = [Document("1", "Panax notoginseng 提取物"), Document("2", "Panax ginseng"), Document("3", "川芎")]
        assert saying(snapshot_of_documents(rows), ["panax notoginseng", "川芎", "的"]) == {1, 3}


class TestEveryProcess:
    def test_who_commits_and_who_looks_later_search_by_the_same(self, app):
        add()
        search.follower().renew()
        assert "骨条封口袋子" in lexicon()
        search_by(())  # another process, which has not looked yet
        other = Follower(search.engine(), stamp(app))
        other.look()
        assert "骨条封口袋子" in lexicon()
        assert staff_words_sync.in_force() == (PAIR,)

    def test_a_look_costs_no_query_while_nothing_has_changed(self, app, monkeypatch):
        add()
        search.follower().renew()
        monkeypatch.setattr(search.follower(), "source", lambda: pytest.fail("asked the database"))
        search.follower().look()

    def test_the_worker_tells_what_a_killed_process_did_not(self, app):
        add()  # and the process dies before it renews the stamp
        search.follower().look()
        assert "骨条封口袋子" not in lexicon()
        search.drain()
        assert "骨条封口袋子" in lexicon()
        assert stamp(app).read_text() == "1"

    def test_each_change_makes_another_state(self, app):
        row = add()
        states = [queries.pairs_state()]
        for step in (
            lambda: other_names.remove_name(row, actor=None, now=utc_now()),
            lambda: other_names.restore_name(row, actor=None, now=utc_now()),
            lambda: other_names.change_name(row, PAIR, note="新", actor=None, now=utc_now()),
        ):
            with transaction():
                step()
            states.append(queries.pairs_state())
        assert states == sorted(set(states))

    def test_a_lost_stamp_is_no_loss(self, app):
        add()
        search.follower().renew()
        stamp(app).unlink()
        search.follower().look()
        assert "骨条封口袋子" in lexicon()
        search.drain()
        assert stamp(app).exists()

    def test_an_instance_that_cannot_be_written_keeps_its_own_process_right(self, app, monkeypatch):
        add()

        def refuse(*_arguments):
            raise OSError("read-only")

        monkeypatch.setattr(Path, "write_text", refuse)
        search.follower().renew()
        assert "骨条封口袋子" in lexicon()

    def test_a_database_without_answer_leaves_the_words_as_they_are(self, app, monkeypatch):
        OtherNameFactory(variant="骨条封口袋子", variant_key="骨条封口袋子")
        follower = Follower(search.engine(), stamp(app), lambda: 1 / 0)
        follower.look()
        assert "骨条封口袋子" not in lexicon()
        follower.source = word_source
        follower.words._retry_at = time.monotonic()
        follower.look()
        assert "骨条封口袋子" in lexicon()

    def test_a_snapshot_of_before_is_not_asked_again(self, app):
        search.drain()
        before = search.engine().snapshot("listings", now=True)
        add()
        search.follower().renew()
        assert search.engine().snapshot("listings", now=True) is not before
        db.session.rollback()
