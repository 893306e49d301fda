"""Other names of things: what a search for one word also finds, and how much that counts.

`data/synonyms.csv` came with the project, `data/trade.csv` grew in it; both have `term,variant,kind,note`, as have the
pairs that park staff add (`staff_words_sync`). Words widen a search only when it is asked, never in the index, so an
edit needs no rebuild. A kind says which way a pair is read: an alias both ways, a broader word only towards the
narrower (a search for 川贝母 also finds 松贝, not the reverse).
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from pathlib import Path

from marketplace.core.folding import fold
from marketplace.search.bilingual import other_language
from marketplace.search.words import (
    HAN_RUN,
    LEXICON_FILES,
    NOT_CUT_OUT,
    TERMS_FILE,
    Answer,
    Asked,
    KeptWhile,
    initials,
    kept_while,
    learned,
    pinyin,
    trade_terms,
)

FORWARD = {
    "alias": 0.9, "english": 0.9, "latin": 0.9, "abbreviation": 0.9, "brandlike": 0.7, "traditional": 1.0, "near": 0.5,
}  # fmt: skip
"""Weight of the variant in a search for the term."""
BACKWARD = {
    "alias": 0.9, "english": 0.9, "latin": 0.9, "abbreviation": 0.9, "brandlike": 0.7, "traditional": 1.0, "typo": 0.95,
    "hypernym": 0.6, "near": 0.5, "genus": 0.6,
}  # fmt: skip
"""Weight of the term in a search for the variant."""
SIBLING = 0.8
"""Two variants of one term: the product of their weights times this."""
BY_DICTIONARY = 0.75
"""A name in the other language by a general dictionary, which knows of no trade; the first ones are the nearest."""
SURE_NAMES, UNSURE = 2, 0.85
LEAST_WEIGHT = 0.4
GENUS_LENGTH = 3
PARTS_OF_PLANTS = ("radix", "rhizoma", "herba", "folium", "flos", "semen", "fructus", "cortex", "pericarpium", "colla")
"""Latin names of drugs begin with the plant in another case (Coptidis rhizoma): its first word is no genus."""
SAME_THING = frozenset({"alias", "english", "latin", "abbreviation", "traditional", "typo"})


@dataclass(frozen=True, order=True)
class WordPair:
    """One line of a list of other names."""

    term: str
    variant: str
    kind: str

    def for_segmenter(self) -> tuple[str, ...]:
        """The words that should be cut out whole: not a wrong form, nor one in other letters."""
        return (fold(self.term),) if self.kind in NOT_CUT_OUT else (fold(self.term), fold(self.variant))


@dataclass(frozen=True)
class Expansion:
    """Another wording of a query word: `weight` 0 to 1; `corrects` when the word was a typing error."""

    text: str
    weight: float
    corrects: bool = False


@dataclass(eq=False)
class Lexicon:
    """Pairs of words, folded, and the pinyin of every Chinese word known."""

    forward: dict[str, list[tuple[str, float, str]]] = field(default_factory=dict)
    backward: dict[str, list[tuple[str, float, str]]] = field(default_factory=dict)
    by_pinyin: dict[str, set[str]] = field(default_factory=dict)
    by_initials: dict[str, set[str]] = field(default_factory=dict)
    longest: int = 1
    number: int = field(default_factory=count().__next__)
    """Told apart by what is kept of answers: a lexicon on trial has another."""

    def add(self, term: str, variant: str, kind: str) -> None:
        """Take in one pair; unknown kinds and pairs that fold to one word are passed over."""
        term, variant = fold(term).strip(), fold(variant).strip()
        if kind not in BACKWARD or not term or not variant or term == variant:
            return
        if kind in FORWARD:
            self.forward.setdefault(term, []).append((variant, FORWARD[kind], kind))
        self.backward.setdefault(variant, []).append((term, BACKWARD[kind], kind))
        self.know(term)
        if kind == "alias":
            self.know(variant)
        genus, _, rest = variant.partition(" ")
        if kind == "latin" and rest and len(genus) > GENUS_LENGTH and not rest.startswith(PARTS_OF_PLANTS):
            self.backward.setdefault(genus, []).append((term, BACKWARD["genus"], "genus"))

    def know(self, word: str) -> None:
        """Remember how a Chinese word sounds."""
        self.longest = max(self.longest, len(word))
        if HAN_RUN.fullmatch(word):
            self.by_pinyin.setdefault(pinyin(word), set()).add(word)
            if len(word) > 1:
                self.by_initials.setdefault(initials(word), set()).add(word)

    def widened(self, pairs: Iterable[WordPair]) -> "Lexicon":
        """A copy with further pairs."""
        wider = Lexicon(
            {word: list(others) for word, others in self.forward.items()},
            {word: list(others) for word, others in self.backward.items()},
            {sound: set(words) for sound, words in self.by_pinyin.items()},
            {letters: set(words) for letters, words in self.by_initials.items()},
            self.longest,
        )
        for pair in pairs:
            wider.add(pair.term, pair.variant, pair.kind)
        return wider

    def kind_of(self, one: str, other: str) -> str:
        """The kind under which two folded words stand together, whichever comes first; empty when they do not."""
        for word, else_ in ((one, other), (other, one)):
            for term, _, kind in self.backward.get(else_, ()):
                if term == word and kind != "genus":
                    return kind
        return ""

    def __contains__(self, word: str) -> bool:
        return word in self.forward or word in self.backward

    def is_typing_error(self, word: str) -> bool:
        """True when the word is only known as a wrong form of another."""
        kinds = {kind for _, _, kind in self.backward.get(word, ())}
        return kinds == {"typo"} and word not in self.forward

    @lru_cache(maxsize=8192)  # noqa: B019 - one lexicon for each process
    def expand(self, word: str) -> tuple[Expansion, ...]:
        """Other wordings of a folded word or phrase, the nearest first."""
        found: dict[str, Expansion] = {}

        def take(text: str, weight: float, corrects: bool) -> None:
            known = found.get(text)
            if text != word and weight >= LEAST_WEIGHT and (known is None or known.weight < weight):
                found[text] = Expansion(text, round(weight, 4), corrects)

        for variant, weight, _ in self.forward.get(word, ()):
            take(variant, weight, False)
        for term, weight, kind in self.backward.get(word, ()):
            corrects = kind == "typo"
            take(term, weight, corrects)
            if kind in SAME_THING:
                for sibling, second, _ in self.forward.get(term, ()):
                    take(sibling, weight * second * (1 if corrects else SIBLING), corrects)
                for narrower, second, kind_below in self.backward.get(term, ()):
                    if kind_below == "hypernym":
                        take(narrower, weight * second, corrects)
        for term, weight, kind in self.backward.get(word, ()):
            if kind == "hypernym":
                for sibling, second, _ in self.forward.get(term, ()):
                    take(sibling, weight * second * SIBLING, False)
        for place, name in enumerate(other_language(word)):
            take(name, BY_DICTIONARY if place < SURE_NAMES else BY_DICTIONARY * UNSURE, False)
        return tuple(sorted(found.values(), key=lambda e: (-e.weight, e.text)))


def read_lexicon(paths: Iterable[Path] = LEXICON_FILES, terms: Path = TERMS_FILE) -> Lexicon:
    """The lexicon of the given files."""
    lexicon = Lexicon()
    for path in paths:
        if path.exists():
            with path.open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines):
                    lexicon.add(row["term"], row["variant"], row["kind"])
    for line in terms.read_text("utf-8").splitlines():
        lexicon.know(fold(line.rpartition(" ")[0]))
    for word in trade_terms():
        lexicon.know(word)
    return lexicon


@lru_cache(maxsize=1)
def lexicon_of_files() -> Lexicon:
    """What the project's own lists say."""
    return read_lexicon()


_in_force: Lexicon | None = None
_on_trial: ContextVar[Lexicon | None] = ContextVar("lexicon_on_trial", default=None)


def lexicon() -> Lexicon:
    """The lexicon of this process: the project's lists and the pairs of park staff."""
    return _on_trial.get() or _in_force or lexicon_of_files()


def other_names(word: str, least: float = 0.0) -> tuple[str, ...]:
    """Other wordings of a folded word that count so much at least, the nearest first."""
    return tuple(expansion.text for expansion in lexicon().expand(word) if expansion.weight >= least)


def is_listed(pair: WordPair) -> bool:
    """True when the project's own lists hold the pair with its kind, whichever word comes first."""
    return lexicon_of_files().kind_of(fold(pair.term), fold(pair.variant)) == pair.kind


def widen(pairs: Iterable[WordPair]) -> None:
    """Let this process search by the files and these pairs, and by no others."""
    global _in_force  # noqa: PLW0603 - one pointer, swapped whole
    _in_force = lexicon_of_files().widened(pairs)


@contextmanager
def trial(other: Lexicon) -> Iterator[None]:
    """What this thread asks inside is asked with another lexicon, to see what it would change."""
    token = _on_trial.set(other)
    try:
        yield
    finally:
        _on_trial.reset(token)


def lexicon_state() -> tuple[int, int]:
    """Another one after each change of the segmenter's words or of the lexicon; one on trial has its own."""
    return learned().number, lexicon().number


def until_lexicon_changes(maxsize: int) -> Callable[[Callable[[*Asked], Answer]], KeptWhile[*Asked, Answer]]:
    """Keep what hangs on the segmenter and the lexicon: one on trial has answers of its own."""
    return kept_while(lexicon_state, maxsize)


@lru_cache(maxsize=1)
def confusable() -> dict[str, frozenset[str]]:
    """Characters that are mistaken for each other by their shape (`data/confusable.txt`, one group a line)."""
    groups: dict[str, set[str]] = {}
    path = TERMS_FILE.parent / "confusable.txt"
    for line in path.read_text("utf-8").splitlines():
        signs = [sign for sign in line.split("#")[0] if HAN_RUN.fullmatch(sign)]
        for sign in signs:
            groups.setdefault(sign, set()).update(other for other in signs if other != sign)
    return {sign: frozenset(others) for sign, others in groups.items()}
