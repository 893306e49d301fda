"""Reading trade text: what the words of an offer say in figures, and where they say it."""

from marketplace.reading.facts import Duration, Fact, PaperState, Rate, ReadPaper, ReadPrice
from marketplace.reading.offers import Offer, paper_state, read_offer, read_papers
from marketplace.reading.terms import Handover, Invoice, Tax, Terms, read_terms

__all__ = ["Duration", "Fact", "Handover", "Invoice", "Offer", "PaperState", "Rate", "ReadPaper", "ReadPrice", "Tax",
           "Terms", "paper_state", "read_offer", "read_papers", "read_terms"]  # fmt: skip
