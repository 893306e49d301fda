"""Reading trade text: what the words of an offer say in figures, and where they say it."""

from marketplace.reading.facts import Duration, Fact, PaperState, Rate, ReadPaper, ReadPrice
from marketplace.reading.offers import Offer, read_offer, read_papers

__all__ = ["Duration", "Fact", "Offer", "PaperState", "Rate", "ReadPaper", "ReadPrice", "read_offer", "read_papers"]
