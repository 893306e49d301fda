"""The names of certificates: one canonical name for each of the ways people write it.

The parser, the facets and the judging of a match all compare canonical names, so a buyer's "SC" meets a supplier's
食品生产许可证.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

CERTIFICATES_FILE = Path(__file__).parent / "data" / "certificates.csv"

UNQUALIFIED = frozenset({"备案凭证", "注册证", "执业许可"})
"""Short names that mean the paper of one field alone, unless another field stands before them."""
OTHER_FIELD = re.compile(r"(?:食品|妆品|消毒产品|农药|兽药|饲料|肥料|商标|网站|ICP)$")
VERSION_YEAR = r"(?:\s*[:-]\s*(?:19|20)\d\d)?"
"""ISO 9001:2015 is ISO 9001."""


@dataclass(frozen=True)
class Certificate:
    """A certificate under its canonical name, and how it counts.

    `kind` is `voluntary` for systems of management and tests of one's own choice, which a buyer may ask for or not,
    and `report` for papers that come with the goods; all others the law asks for, or they make another thing of it
    (有机, 清真).
    `serves` names the certificates that it also serves for, each with the trait of the goods it does so for, or none.
    `said_as` are words that tell of it in a text beside its name.
    """

    name: str
    aliases: tuple[str, ...]
    kind: str = ""
    serves: tuple[tuple[str, str], ...] = ()
    said_as: tuple[str, ...] = ()


@dataclass(frozen=True)
class CertificateMention:
    """Where a text names a certificate: characters `start` to `end`."""

    name: str
    start: int
    end: int


def fold(text: str) -> str:
    """Full-width letters made half-width and lower case made upper, each letter staying in its place."""
    return text.translate(_folded)


class _Folded(dict[int, str]):
    """What each letter folds to, by its code, found at its first use."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = unicodedata.normalize("NFKC", letter).upper()
        self[code] = folded if len(folded) == 1 else letter
        return self[code]


_folded = _Folded()


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word for word in cell.split(";") if word)


@lru_cache(maxsize=1)
def all_certificates() -> tuple[Certificate, ...]:
    """Every certificate of the table, in its order."""
    with CERTIFICATES_FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Certificate(
                row["name"],
                _words(row["aliases"]),
                row["kind"],
                tuple((asked, trait) for asked, _at, trait in (each.partition("@") for each in _words(row["serves"]))),
                _words(row["said_as"]),
            )
            for row in csv.DictReader(lines)
        )


def certificates_of_kind(kind: str) -> frozenset[str]:
    """The names of the certificates of a kind."""
    return frozenset(certificate.name for certificate in all_certificates() if certificate.kind == kind)


@lru_cache(maxsize=1)
def words_for() -> dict[str, tuple[str, ...]]:
    """The words that tell of each certificate in a text, its own name first."""
    return {certificate.name: (certificate.name, *certificate.said_as) for certificate in all_certificates()}


def _key(name: str) -> str:
    """What two spellings of one name have in common."""
    return re.sub(r"[\s\-]+", "", fold(name))


@lru_cache(maxsize=1)
def _canonical_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for certificate in all_certificates():
        names[_key(certificate.name)] = certificate.name
    for certificate in all_certificates():
        for alias in certificate.aliases:
            names.setdefault(_key(alias), certificate.name)
    return names


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """Every spelling, the longest first; Latin spellings only as whole words, blanks inside them optional."""
    spellings = sorted(_canonical_names(), key=len, reverse=True)
    begins = "".join(sorted({re.escape(key[0]) for key in spellings}))  # most letters of a text begin no paper
    return re.compile(rf"(?=[{begins}])(?:{'|'.join(map(_spelling_pattern, spellings))})")


def _spelling_pattern(key: str) -> str:
    pattern = re.escape(key[0])
    for before, letter in pairwise(key):
        if before.isascii() != letter.isascii() or before.isdigit() != letter.isdigit():
            pattern += r"[\s\-]{0,2}"
        pattern += re.escape(letter)
    if key[0].isascii() and key[0].isalnum():
        pattern = r"(?<![A-Z0-9])" + pattern
    if key[-1].isascii() and key[-1].isalnum():
        pattern += VERSION_YEAR + r"(?!-?[A-Z0-9])" if key.startswith("ISO") else r"(?!-?[A-Z0-9])"
    return pattern


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The canonical name of `name`; a name that nobody knows stays as it is written, without outer blanks."""
    known = _canonical_names().get(_key(name))
    if known is None:
        known = _canonical_names().get(_key(re.sub(VERSION_YEAR + r"$", "", fold(name))))
    return known or name.strip()


def find_certificates(text: str) -> list[CertificateMention]:
    """Every certificate named in `text`, from left to right, under its canonical name, with its place in the text."""
    mentions = []
    for match in _pattern().finditer(fold(text)):
        name = canonical(match.group())
        if match.group() in UNQUALIFIED and OTHER_FIELD.search(text, 0, match.start()):
            continue
        mentions.append(CertificateMention(name, match.start(), match.end()))
    return mentions
