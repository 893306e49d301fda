"""What a domain tells the index about one of its rows."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from marketplace.core.folding import fold
from marketplace.search.words import ANALYSIS, bigrams, learned, pinyin_tokens, tokens, tokens_of_path

WORD_FIELDS = ("title", "aliases", "category", "specs", "body")
"""Fields scored together by BM25F, in the order of the columns of a block."""


@dataclass(frozen=True)
class Document:
    """One searchable row; the database stays the source.

    `audiences` says who may see it (`public`, `org:7`, `staff`), `facets` what can be counted and filtered,
    `numbers` whole numbers to filter and sort by (fen, days, epoch seconds), `names` what it is called, for things
    that are looked for by name.
    """

    id: str
    title: str
    aliases: tuple[str, ...] = ()
    category_path: str = ""
    specs: str = ""
    body: str = ""
    audiences: frozenset[str] = frozenset({"public"})
    facets: Mapping[str, list[str]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def digest(self) -> str:
        """A fingerprint of everything above and of the analysis, to tell a stale index row from a fresh one."""
        told = {
            "analysis": ANALYSIS,
            "texts": [self.id, self.title, list(self.aliases), self.category_path, self.specs, self.body],
            "audiences": sorted(self.audiences),
            "facets": {name: sorted(values) for name, values in sorted(self.facets.items())},
            "numbers": dict(sorted(self.numbers.items())),
            **({"names": list(self.names)} if self.names else {}),
            **({"learned": beyond} if (beyond := self.learned_words()) else {}),
        }
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:24]

    def holds(self, folded: str) -> bool:
        """True when a folded word stands in one of the texts."""
        return any(folded in text for text in self._folded())

    def learned_words(self) -> list[str]:
        """The words beyond the project's lists that its texts were cut with."""
        known = learned().words
        texts = self._folded() if known else ()
        return [word for word in known if any(word in text for text in texts)]

    def _folded(self) -> tuple[str, ...]:
        return tuple(map(fold, (self.title, *self.aliases, self.category_path, self.specs, self.body)))

    def words(self) -> dict[str, Counter[str]]:
        """Tokens and their counts by word field."""
        return {
            "title": Counter(tokens(self.title)),
            "aliases": Counter(token for alias in self.aliases for token in tokens(alias)),
            "category": Counter(tokens_of_path(self.category_path)),
            "specs": Counter(tokens(self.specs)),
            "body": Counter(tokens(self.body)),
        }

    def pairs(self) -> set[str]:
        """Character bigrams of title and aliases."""
        return {pair for text in (self.title, *self.aliases) for pair in bigrams(text)}

    def sounds(self) -> set[str]:
        """Pinyin and initials of the words of title and aliases."""
        return {sound for text in (self.title, *self.aliases) for sound in pinyin_tokens(text)}
