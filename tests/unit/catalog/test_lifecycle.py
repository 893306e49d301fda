"""The step table of a listing, and when it asks for renewal."""

import pytest

from marketplace.catalog.lifecycle import STEPS, ListingStatus, due_reminder
from marketplace.core.lifecycle import ensure_step
from marketplace.core.refusals import StepNotPossible

ALLOWED = {(start, target) for start, targets in STEPS.items() for target in targets}


class TestSteps:
    @pytest.mark.parametrize("start", ListingStatus)
    @pytest.mark.parametrize("target", ListingStatus)
    def test_only_the_steps_of_the_table_are_possible(self, app, start, target):
        if (start, target) in ALLOWED:
            ensure_step(STEPS, start, target)
        else:
            with pytest.raises(StepNotPossible):
                ensure_step(STEPS, start, target)

    def test_everything_but_withdrawn_can_be_withdrawn(self):
        assert all(
            ListingStatus.WITHDRAWN in targets
            for status, targets in STEPS.items()
            if status is not ListingStatus.WITHDRAWN
        )

    def test_withdrawn_is_the_end(self):
        assert STEPS[ListingStatus.WITHDRAWN] == set()


class TestRenewalNoticesR6:
    @pytest.mark.parametrize(
        ("left", "reminded", "due"),
        [
            (20, None, None),
            (14.5, None, None),
            (14, None, 14),
            (10, None, 14),
            (10, 14, None),
            (7, 14, 7),
            (7, 7, None),
            (1, 7, 1),
            (0.2, 1, None),
            (0.5, None, 1),
            (6, None, 7),
        ],
    )
    def test_asks_at_14_7_and_1_days_once_each(self, left, reminded, due):
        assert due_reminder(left, reminded) == due
