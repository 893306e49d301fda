"""Words in advertising that the law forbids or binds to proof, marked with their rule (R11).

Superlatives: Advertising Law of the PRC, article 9(3), in any listing. Healing claims: article 17 of the same law, for
food and cosmetics only: a medicine may say what it heals.
A mark is a question for people to decide, no verdict: staff see the words when the listing waits for them.
"""

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from flask_babel import lazy_gettext as _l

from marketplace.catalog.tree import park_tree, words

CLAIMS_FILE = Path(__file__).parent / "data" / "claims.csv"
DENIED = re.compile(r"(?:不(?:能|可|得|具有?|含|做|作|以|是)?|不能?[代替]替药[物品]|非|无|未|没有|勿)$")
"""Words just before a claim that turn it round: 不能代替药物治疗 claims nothing."""
DENIAL_REACH = 7


class ClaimRule(StrEnum):
    SUPERLATIVE = "superlative"
    HEALING = "healing"


RULE_WORDS = {
    ClaimRule.SUPERLATIVE: _l("Superlatives are not allowed in advertising (Advertising Law, article 9)."),
    ClaimRule.HEALING: _l("Food and cosmetics may not claim to heal or prevent illness (Advertising Law, article 17)."),
}


@dataclass(frozen=True)
class Claim:
    """A marked word: characters `start` to `end` of the text."""

    start: int
    end: int
    word: str
    rule: ClaimRule


@dataclass(frozen=True)
class Piece:
    """A stretch of text, marked when `rule` is given."""

    text: str
    rule: ClaimRule | None = None


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[ClaimRule, tuple[str, ...], re.Pattern[str]], ...]:
    with CLAIMS_FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            (ClaimRule(row["rule"]), words(row["traits"]), re.compile(row["pattern"])) for row in csv.DictReader(lines)
        )


def _is_denied(text: str, start: int) -> bool:
    return bool(DENIED.search(text[max(0, start - DENIAL_REACH) : start]))


def find_claims(text: str, category: str = "") -> list[Claim]:
    """Forbidden words in `text` of a listing in the category with this code, from left to right, never overlapping."""
    found = []
    tree = park_tree()
    for rule, traits, pattern in _patterns():
        if traits and not any(tree.has(category, trait) for trait in traits):
            continue
        for match in pattern.finditer(text):
            if match.group() and not _is_denied(text, match.start()):
                found.append(Claim(match.start(), match.end(), match.group(), rule))
    found.sort(key=lambda claim: (claim.start, -claim.end))
    kept: list[Claim] = []
    for claim in found:
        if not kept or claim.start >= kept[-1].end:
            kept.append(claim)
    return kept


def marked_pieces(text: str, category: str = "") -> list[Piece]:
    """`text` in pieces, the forbidden words with their rule; joined they give `text` again."""
    pieces, at = [], 0
    for claim in find_claims(text, category):
        if claim.start > at:
            pieces.append(Piece(text[at : claim.start]))
        pieces.append(Piece(claim.word, claim.rule))
        at = claim.end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return pieces
