"""The sentence that the home page offers to try."""

SENTENCE = "急需食品级PE袋2万只，单价0.3元以内，半个月内送到{place}，要SC和检测报告"


def example_sentence(place: str) -> str:
    """A need as people type it, delivered to the site's home place."""
    return SENTENCE.format(place=place)
