"""One question for all step tables: may this go from here to there?"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from flask_babel import gettext as _

from marketplace.core.errors import StepNotPossible

Status = TypeVar("Status", bound=StrEnum)


def ensure_step(steps: Mapping[Status, set[Status]], current: Status, target: Status) -> None:
    """Raise `StepNotPossible` unless `steps` lead from `current` to `target`."""
    if target not in steps[current]:
        raise StepNotPossible(_("This has changed in the meantime and the step is no longer possible."))
