"""Questions of all step tables, editors and verdicts: may this go from here to there, and is it still the same?"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from marketplace.core.refusals import N_, LostEdit, StepNotPossible

Status = TypeVar("Status", bound=StrEnum)


def ensure_step(steps: Mapping[Status, set[Status]], current: Status, target: Status) -> None:
    """Raise `StepNotPossible` unless `steps` lead from `current` to `target`."""
    if target not in steps[current]:
        raise StepNotPossible(N_("This has changed in the meantime and the step is no longer possible."))


def overtaken_words() -> str:
    """What to say when nobody in particular is to be named."""
    return N_(
        "Somebody changed this while you were editing. Nothing of yours is lost: it stands below. "
        "Compare it with what stands there now, then save again."
    )


def ensure_opened(opened: int | None, version: int, words: Callable[[], str] = overtaken_words) -> None:
    """Raise `LostEdit` unless an editor that was `opened` at a version finds that one now; None is a program.

    `words` say who changed the row meanwhile. A form that does not say its version has 0.
    """
    if opened is None or opened == version:
        return
    if opened == 0:
        raise LostEdit(
            N_(
                "This page did not say which version you changed. Nothing of yours is lost: it stands below. "
                "Compare it with what stands there now, then save again."
            ),
            version,
        )
    raise LostEdit(words(), version)


def ensure_seen(seen: int | None, version: int) -> None:
    """Raise `LostEdit` unless who decides about a row has `seen` it as it is now; None is a program.

    A form that does not say what was looked at has 0.
    """
    if seen is None or seen == version:
        return
    if seen == 0:
        raise LostEdit(
            N_("This page did not say which version you looked at, so nothing was done. Look again, then decide."),
            version,
        )
    raise LostEdit(
        N_("This was changed after you opened the page, so nothing was done. Look at it as it is now, then decide."),
        version,
    )
