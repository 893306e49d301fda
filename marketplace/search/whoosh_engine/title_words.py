"""The words of titles, block by block: which there are, how they begin and which rows have them."""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

import numpy as np

from marketplace.search.pieces import whole_tokens
from marketplace.search.prefix_index import Beginnings
from marketplace.search.whoosh_engine.blocks import EMPTY_ROWS, Block, Bools, Ints, WordPostings
from marketplace.search.words import QUERY_TALK, says_nothing


def is_worth_suggesting(word: str) -> bool:
    """True for a word that may be the name of something: no measure, no number, no single sign, no talk."""
    return len(word) > 1 and word[0].isalpha() and not says_nothing(word) and word not in QUERY_TALK


class TitleWords:
    """The words in the titles of one block and the rows that hold them."""

    def __init__(self, words: WordPostings):
        codes, self.rows = words.title_postings()
        terms = list(words.vocabulary)
        held, starts = np.unique(codes, return_index=True)
        self.bounds = np.append(starts, len(self.rows)).astype(np.int64)
        self.terms = [terms[code] for code in held.tolist()]
        self.numbers = {term: number for number, term in enumerate(self.terms)}
        self.beginnings = Beginnings((number, term) for term, number in self.numbers.items()
                                     if is_worth_suggesting(term))  # fmt: skip

    def rows_with(self, term: str) -> Ints:
        """Rows that have the word in their title."""
        number = self.numbers.get(term)
        return EMPTY_ROWS if number is None else self.rows[self.bounds[number] : self.bounds[number + 1]]

    def shown(self, seen: Bools) -> Iterator[str]:
        """The words that one of the rows `seen` has in its title."""
        if len(self.rows):
            held = np.logical_or.reduceat(seen[self.rows], self.bounds[:-1])
            yield from (self.terms[number] for number in np.flatnonzero(held).tolist())

    def holding(self, head: str, seen: Bools) -> Bools:
        """The rows of `seen` that have every word of `head` in their title."""
        for token in whole_tokens(head):
            held = np.zeros(len(seen), np.bool_)
            held[self.rows_with(token)] = True
            seen = seen & held
        return seen

    def completions(self, typed: str, seen: Bools) -> dict[str, int]:
        """Words that begin like what was typed, and how many of the rows `seen` have them in their title."""
        numbers = np.array(self.beginnings.find(typed)[0], np.int64)
        if not len(numbers):
            return {}
        starts = self.bounds[numbers]
        sizes = self.bounds[numbers + 1] - starts
        firsts = np.cumsum(sizes) - sizes
        places = np.arange(sizes.sum()) + np.repeat(starts - firsts, sizes)
        counts = np.add.reduceat(seen[self.rows[places]].astype(np.int64), firsts)
        words = [self.terms[number] for number in numbers.tolist()]
        return {word: count for word, count in zip(words, counts.tolist(), strict=True) if count}


TITLES: WeakKeyDictionary[WordPostings, TitleWords] = WeakKeyDictionary()
"""Kept as long as the words of a block, which its copies share: made once for a segment, gone with it."""


def title_words(block: Block) -> TitleWords:
    """The title words of a block, put in order when first asked for."""
    if block.words not in TITLES:
        TITLES[block.words] = TitleWords(block.words)
    return TITLES[block.words]
