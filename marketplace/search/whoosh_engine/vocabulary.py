"""The words that an index really holds, by spelling, sound and shape: for typing errors, pinyin and suggestions."""

import copy
import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from marketplace.core.garbage_and_caches import Kept
from marketplace.search.lexicon import confusable, lexicon
from marketplace.search.whoosh_engine.blocks import Block, Bools, idf
from marketplace.search.whoosh_engine.concepts import Concept
from marketplace.search.whoosh_engine.title_words import title_words
from marketplace.search.words import HAN_RUN, initials, pinyin

LONGEST_WORD = 8
MOST_KEPT = 65536
BY_LEXICON = ("by_gap", "latin")
"""What is made of the words of the lexicon, too."""

TOLD_APART = re.compile(r"(?<=[zcs])h|(?<=[aei]n)g")
"""What tongues of the south-west do not tell apart: zh, ch, sh and z, c, s; ang, eng, ing and an, en, in."""


def flat(sound: str) -> str:
    """Pinyin without what many people do not tell apart."""
    return TOLD_APART.sub("", sound)


class Vocabulary:
    """The words of some blocks; a word is known when a row or the lexicon has it.

    Each block comes with which of its rows everybody may see: only these count, so that no correction tells a word of a
    draft.
    """

    def __init__(self, blocks: Sequence[tuple[Block, Bools]]):
        self.blocks = blocks
        self.size = sum(block.size for block, _seen in blocks)
        self._shares: Kept[tuple[str, ...], tuple[float, ...]] = Kept(MOST_KEPT)
        self._held: Kept[str, bool] = Kept(MOST_KEPT)
        self.weighed: Kept[tuple[str, bool], tuple[Concept, Concept]] = Kept(MOST_KEPT)
        """What `understanding` has made of concepts by the words of these blocks."""

    def for_other_lexicon(self) -> "Vocabulary":
        """A copy that knows the same rows and reads the lexicon anew."""
        other = copy.copy(self)
        for name in BY_LEXICON:
            other.__dict__.pop(name, None)
        return other

    def holds(self, token: str) -> bool:
        """True when some row holds the word. Kept."""
        known = self._held.get(token)
        if known is None:
            known = self._held[token] = any(seen[block.words.get(token)].any() for block, seen in self.blocks)
        return known

    def count(self, token: str) -> int:
        """How many rows hold the word."""
        return sum(int(np.count_nonzero(seen[block.words.get(token)])) for block, seen in self.blocks)

    def rarity(self, token: str) -> float:
        """The inverse document frequency of a word."""
        return idf(sum(block.words.count(token) for block, _seen in self.blocks), self.size)

    def shares(self, tokens: tuple[str, ...]) -> tuple[float, ...]:
        """What each part of a wording is worth of the whole, by rarity. Kept."""
        known = self._shares.get(tokens)
        if known is None:
            rarities = [self.rarity(token) for token in tokens]
            total = sum(rarities) or 1.0
            known = self._shares[tokens] = tuple(rarity / total for rarity in rarities)
        return known

    def knows(self, word: str) -> bool:
        """True for a word of the index or of the lexicon (a known typing error is none)."""
        book = lexicon()
        return self.holds(word) or (word in book and not book.is_typing_error(word))

    @cached_property
    def title_words(self) -> frozenset[str]:
        """Words of titles and aliases."""
        return frozenset(word for block, seen in self.blocks for word in title_words(block).shown(seen))

    @cached_property
    def by_first_sign(self) -> dict[str, list[str]]:
        """Chinese words of titles, two characters long, by their first character."""
        found: dict[str, list[str]] = {}
        for word in sorted(self.title_words):
            if len(word) == 2 and HAN_RUN.fullmatch(word):
                found.setdefault(word[0], []).append(word)
        return found

    def holds_pair(self, pair: str) -> bool:
        """True when the two characters stand side by side in a title."""
        return any(seen[block.pairs.get(pair)].any() for block, seen in self.blocks)

    @cached_property
    def by_sound(self) -> dict[str, list[str]]:
        """Chinese words of titles by their pinyin."""
        found: dict[str, list[str]] = {}
        for word in sorted(self.title_words):
            if HAN_RUN.fullmatch(word) and len(word) <= LONGEST_WORD:
                found.setdefault(pinyin(word), []).append(word)
        return found

    @cached_property
    def by_flat_sound(self) -> dict[str, list[str]]:
        """Chinese words of titles, two characters and more, by their pinyin as many people speak it."""
        found: dict[str, list[str]] = {}
        for sound, words in self.by_sound.items():
            found.setdefault(flat(sound), []).extend(word for word in words if len(word) > 1)
        return found

    @cached_property
    def by_initials(self) -> dict[str, list[str]]:
        """Chinese words of titles by the first letters of their pinyin."""
        found: dict[str, list[str]] = {}
        for word in sorted(self.title_words):
            if HAN_RUN.fullmatch(word) and 1 < len(word) <= LONGEST_WORD:
                found.setdefault(initials(word), []).append(word)
        return found

    @cached_property
    def by_gap(self) -> dict[str, list[str]]:
        """Words of three characters and more by themselves with one character left open."""
        found: dict[str, list[str]] = {}
        known = self.title_words | {word for words in lexicon().by_pinyin.values() for word in words}
        for word in sorted(known):
            if HAN_RUN.fullmatch(word) and 3 <= len(word) <= LONGEST_WORD:
                for number in range(len(word)):
                    found.setdefault(word[:number] + "?" + word[number + 1 :], []).append(word)
        return found

    @cached_property
    def latin(self) -> list[str]:
        """Latin words of titles and of the lexicon, four letters and more."""
        book = lexicon()
        names = {part for name in (*book.forward, *book.backward) for part in name.split()}
        names |= self.title_words
        return sorted(name for name in names if name.isascii() and name.isalpha() and len(name) > 3)

    @cached_property
    def title_pairs(self) -> frozenset[str]:
        """Neighbouring characters of titles."""
        return frozenset(pair for block, seen in self.blocks for pair in block.pairs.terms(seen))

    @cached_property
    def signs_by_sound(self) -> dict[str, list[str]]:
        """Characters of titles by their pinyin."""
        found: dict[str, list[str]] = {}
        for sign in sorted({sign for pair in self.title_pairs for sign in pair}):
            found.setdefault(pinyin(sign), []).append(sign)
        return found

    def spelled_in_titles(self, text: str) -> list[str]:
        """Words of this sound, one character apart, whose neighbouring characters all stand in titles."""
        found = []
        for number, sign in enumerate(text):
            for other in self.signs_by_sound.get(pinyin(sign), ()):
                changed = text[:number] + other + text[number + 1 :]
                pairs = [changed[place : place + 2] for place in range(len(changed) - 1)]
                if other != sign and pairs and all(pair in self.title_pairs for pair in pairs):
                    found.append(changed)
        return found

    def sounding_like(self, sound: str) -> list[str]:
        """Known words of this pinyin, those of the index first, the most frequent before the others."""
        here = self._by_frequency(self.by_sound.get(sound, []))
        others = sorted(lexicon().by_pinyin.get(sound, ()))
        return here + [word for word in others if word not in here]

    def sounding_nearly_like(self, sound: str) -> list[str]:
        """Words of titles whose pinyin is told apart from this by no more than zh and z, or ang and an."""
        return self._by_frequency(self.by_flat_sound.get(flat(sound), []))

    def _by_frequency(self, words: list[str]) -> list[str]:
        return sorted(words, key=lambda word: (-self.count(word), word))

    def beginning_like(self, letters: str) -> list[str]:
        """Known words with these initials, those of the index first, the most frequent before the others."""
        here = self._by_frequency(self.by_initials.get(letters, []))
        return here or sorted(lexicon().by_initials.get(letters, ()))

    def looking_like(self, word: str, *, has_head: bool = False) -> list[str]:
        """Known words that differ in one character easily mistaken, or (from three characters on) in any one; when the
        last is a head that says what the thing is (牡丹 + 饼), not in that: it is no slip of 牡丹皮."""
        found = []
        for number, sign in enumerate(word):
            for other in sorted(confusable().get(sign, ())):
                changed = word[:number] + other + word[number + 1 :]
                if self.knows(changed) and changed not in found:
                    found.append(changed)
        if len(word) > 2:
            for number in range(len(word) - has_head):
                for other in self.by_gap.get(word[:number] + "?" + word[number + 1 :], ()):
                    if other != word and other not in found:
                        found.append(other)
        return found

    def latin_like(self, word: str) -> list[str]:
        """Latin words one slip of the finger away, two for long ones."""
        if len(word) < 5:
            return []
        allowed = 2 if len(word) >= 8 else 1
        near = process.extract(word, self.latin, scorer=OSA.distance, score_cutoff=allowed, limit=3)
        return [name for name, _, _ in near]
