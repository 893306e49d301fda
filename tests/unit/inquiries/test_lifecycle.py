"""The steps of an inquiry."""

import pytest

from marketplace.core.lifecycle import ensure_step
from marketplace.core.refusals import StepNotPossible
from marketplace.inquiries.labels import STATUS_LABELS
from marketplace.inquiries.lifecycle import OPEN, STEPS, InquiryStatus


@pytest.mark.parametrize(
    ("current", "target"),
    [
        ("sent", "answered"),
        ("sent", "declined"),
        ("sent", "closed"),
        ("sent", "lapsed"),
        ("answered", "declined"),
        ("answered", "closed"),
    ],
)
def test_steps_that_are_possible(app, current, target):
    ensure_step(STEPS, InquiryStatus(current), InquiryStatus(target))


@pytest.mark.parametrize(
    ("current", "target"),
    [
        ("answered", "sent"),
        ("answered", "lapsed"),
        ("declined", "answered"),
        ("closed", "answered"),
        ("lapsed", "answered"),
        ("declined", "closed"),
    ],
)
def test_steps_that_are_not(app, current, target):
    with pytest.raises(StepNotPossible):
        ensure_step(STEPS, InquiryStatus(current), InquiryStatus(target))


def test_every_status_has_words_and_steps():
    assert set(STEPS) == set(STATUS_LABELS) == set(InquiryStatus)
    assert {status for status, steps in STEPS.items() if steps} == OPEN
