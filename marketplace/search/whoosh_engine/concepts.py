"""What a query asks for, in parts: each concept is one thing, said in one of several wordings."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Alternative:
    """One wording: all of `tokens` when `whole`, else the more of them the better. `weight` 0 to 1.

    `channel` is where the tokens stand: `words`, `sounds` (pinyin) or `pairs` (bigrams).
    """

    tokens: tuple[str, ...]
    weight: float = 1.0
    channel: str = "words"
    whole: bool = True
    shares: tuple[float, ...] = ()
    """What each token is worth of the whole, for a wording in parts; empty means alike."""

    def share(self, place: int) -> float:
        """The worth of the token at `place`; all of them make 1."""
        return self.shares[place] if self.shares else 1 / len(self.tokens)


@dataclass(frozen=True)
class Concept:
    """One thing asked for. `counts` is False for what only helps the order and need not be found."""

    text: str
    alternatives: tuple[Alternative, ...]
    weight: float = 1.0
    counts: bool = True
    corrected: str = ""
    """What the asker meant, when the word looked like a typing error."""

    def first_wording(self) -> "Concept | None":
        """The concept as it was typed, without other names; None when there was no such wording."""
        typed = next((a for a in self.alternatives if a.channel == "words" and a.whole), None)
        return None if typed is None else replace(self, alternatives=(replace(typed, weight=1.0),), weight=1.0)
