"""How two words may stand to each other: the kinds of the lexicon in the words of the form."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

LONGEST = 40
"""Characters of a word; longer ones are sentences, which nobody searches for as they stand."""
LONGEST_NOTE = 200
KINDS: Mapping[str, Any] = {
    "alias": _l("Same thing, another name"),
    "abbreviation": _l("Short form"),
    "english": _l("English name"),
    "latin": _l("Latin name"),
    "traditional": _l("Other characters"),
    "typo": _l("Wrong spelling"),
    "brandlike": _l("Brand and what it is"),
    "hypernym": _l("Broader word"),
    "near": _l("Related"),
}
"""The kinds of the lexicon but the one it derives itself, in the order of the form."""
MEANINGS: Mapping[str, Any] = {
    "alias": _l("Two names of one thing. A search for one also finds the other, both ways."),
    "abbreviation": _l("The other name is a short form of the word. Both ways."),
    "english": _l("The other name is English. Both ways."),
    "latin": _l("The other name is the scientific one. Both ways; its first word alone finds a little, too."),
    "traditional": _l("The other name is the same word in other characters. Both ways."),
    "typo": _l("The other name is a mistake. Who types it gets the right word and is told so; not the reverse."),
    "brandlike": _l("The word is a brand, the other name says what it is. Both ways, counting a little less."),
    "hypernym": _l("The other name is the broader word. A search for it also finds the narrower, not the reverse."),
    "near": _l("Not the same, but who wants one may take the other. Both ways, counting half."),
}
EXAMPLES: Mapping[str, tuple[str, str]] = {
    "alias": ("三七", "田七"), "abbreviation": ("聚乙烯", "PE"), "english": ("三七", "notoginseng"),
    "latin": ("三七", "Panax notoginseng"), "traditional": ("川芎", "芎藭"), "typo": ("川芎", "川穹"),
    "brandlike": ("Teflon", "聚四氟乙烯"), "hypernym": ("PE袋", "塑料袋"), "near": ("云仓", "代发仓"),
}  # fmt: skip
"""A word and its other name for each kind, as the form shows them."""
STEP_LABELS: Mapping[str, Any] = {
    "added": _l("Added"), "changed": _l("Changed"), "removed": _l("Taken out"), "restored": _l("Put back"),
}  # fmt: skip
