"""Every word of the file of cues, by its own example and counter-example."""

import pytest

from marketplace.reading.cues import CLASSES, Cue, all_cues
from marketplace.reading.tokens import tokens_of


def names_in(text: str) -> set[str]:
    return {token.name for token in tokens_of(text) if token.name}


@pytest.mark.parametrize("cue", all_cues(), ids=lambda cue: f"{cue.name}-{cue.word}")
def test_a_cue_is_read_in_its_example(cue: Cue) -> None:
    assert cue.name in CLASSES
    assert cue.why
    assert cue.word.lower() in cue.example.lower()
    assert cue.name in names_in(cue.example)


def test_every_word_stands_once() -> None:
    words = [cue.word for cue in all_cues()]
    assert len(words) == len(set(words))
