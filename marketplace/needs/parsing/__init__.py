"""Understanding a need typed as a sentence: what, how much, at which price, by when, where to, with which papers.

Plain Python on plain text; every proposed value carries the place of its words in the text, so that the page can
mark them and the buyer can correct them.
"""

from marketplace.needs.parsing.dates import DayMention, find_days
from marketplace.needs.parsing.result import Bound, ParsedLine, ParsedNeed, Span
from marketplace.needs.parsing.sentence import parse_need, parse_sentence

__all__ = ["Bound", "DayMention", "ParsedLine", "ParsedNeed", "Span", "find_days", "parse_need", "parse_sentence"]
