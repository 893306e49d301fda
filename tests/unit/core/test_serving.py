"""What a process of the site does before it serves."""
import gc

from marketplace.core.serving import FULL_COLLECTION_EVERY, collect_seldom


def test_full_collections_become_rare_and_leave_the_application_out():
    before = gc.get_threshold()
    try:
        collect_seldom()
        assert gc.get_threshold() == (*before[:2], FULL_COLLECTION_EVERY)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
