"""Suggestions while somebody types: words of titles, and names of things that are looked for by name.

Only what everybody may see is suggested and counted, so nothing here can tell of a draft. What a block holds never
changes, so the beginnings of its words and names are put in order once and kept with it; which of its rows can be
seen is asked at each keystroke.
"""

from collections.abc import Iterator
from itertools import pairwise
from weakref import WeakKeyDictionary

from marketplace.core.folding import fold
from marketplace.search.lexicon import lexicon
from marketplace.search.pieces import abbreviations, as_written, whole_tokens
from marketplace.search.prefix_index import NAMED, Beginnings, pieces_of
from marketplace.search.whoosh_engine.blocks import Block, WordPostings
from marketplace.search.whoosh_engine.postings import Snapshot
from marketplace.search.whoosh_engine.title_words import title_words
from marketplace.search.words import HAN

LONGEST_TYPED = 40
"""Characters; who types more wants to say something and looks for no word."""
HEADS = 2
"""So many words at the end of what was typed may be the one that is still being written."""
TRADE_WORD = 3
"""A word that the lexicon knows as the name of something counts as if it stood in so many times more titles."""


NAMES: WeakKeyDictionary[WordPostings, Beginnings] = WeakKeyDictionary()
"""Kept as long as the words of a block, which its copies share."""


def names_of(block: Block) -> Beginnings:
    """The names of a block's rows, put in order when first asked for."""
    if block.words not in NAMES:
        NAMES[block.words] = Beginnings((row, name) for row, names in enumerate(block.names) for name in names)
    return NAMES[block.words]


def suggest_in(snapshot: Snapshot, typed: str, limit: int) -> list[str]:
    """Words that complete what was typed, those of most titles first; then those that complete its last word alone."""
    text = " ".join(fold(typed).split())
    if not text or len(text) > LONGEST_TYPED:
        return []
    found: dict[str, None] = {}
    for head, tail in parts_of(text):
        counts: dict[str, int] = {}
        for block, seen in snapshot.vocabulary.blocks:
            titles = title_words(block)
            for word, count in titles.completions(tail, titles.holding(head, seen)).items():
                counts[word] = counts.get(word, 0) + count
        found.update(dict.fromkeys(head + word for word in in_order(counts, tail) if may_follow(head, word)))
        if len(found) >= limit:
            break
    return [as_written(words) for words in found][:limit]


def named_in(snapshot: Snapshot, typed: str, limit: int) -> list[int]:
    """Ids of the things whose name begins like what was typed, then of those with a later word that does."""
    if len(typed) > LONGEST_TYPED:
        return []
    found: list[list[int]] = [[], []]
    for block, seen in snapshot.vocabulary.blocks:
        for ids, rows in zip(found, names_of(block).find(typed), strict=True):
            ids += sorted(int(block.ids[row]) for row in rows if seen[row])
    return [id_ for ids in found for id_ in ids][:limit]


def parts_of(text: str) -> Iterator[tuple[str, str]]:
    """What was typed as a whole, then its words with the last one, or the last two, still unfinished."""
    yield "", text
    places = [place for place, piece in pieces_of(text) if place and NAMED.match(piece)]
    for place in places[: -HEADS - 1 : -1]:
        if whole_tokens(text[:place]):
            yield text[:place], text[place:]


def may_follow(head: str, word: str) -> bool:
    """False for a word that was said, and for a foreign word right after characters: letters there are pinyin."""
    return word not in head and not (HAN.match(head[-1:]) and word.isascii() and word not in abbreviations())


def in_order(counts: dict[str, int], typed: str) -> list[str]:
    """What was typed itself, then words by the number of titles, names of things before other words.

    A word that only ever begins a longer one (包衣 of 包衣设备) says less than that and is left out.
    """
    book = lexicon()
    words = sorted(counts)
    only_part = {word for word, longer in pairwise(words) if longer.startswith(word) and counts[longer] == counts[word]}
    worth = {word: counts[word] * (TRADE_WORD if word in book else 1) for word in words if word not in only_part}
    return sorted(worth, key=lambda word: (word != typed, -worth[word], word))
