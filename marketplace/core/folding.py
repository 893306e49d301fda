"""One form of a text for whoever compares texts: width, case and character form do not matter."""

import unicodedata
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Traditional to simplified, character by character (OpenCC's table, the most usual choice)."""
    table: dict[int, str] = {}
    path = resources.files("opencc") / "dictionary" / "TSCharacters.txt"
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            traditional, simplified = line.rstrip("\n").split("\t")
            table[ord(traditional)] = simplified.split(" ")[0]
    return table


def fold(text: str) -> str:
    """One form for full-width and half-width, upper and lower case, traditional and simplified."""
    return unicodedata.normalize("NFKC", text).lower().translate(_simplified())
