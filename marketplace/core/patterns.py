"""Patterns that are compiled when they are first used: hundreds of them would hold up every start.

The processes of the site compile them all in the background once they serve (`compile_all`).
"""

import re
from typing import Any, cast

_NOT_YET: list["_LazyPattern"] = []


class _LazyPattern:
    """Stands for a compiled pattern; its methods are the pattern's own from the first use on."""

    def __init__(self, pattern: str, flags: int):
        self._source = pattern, flags
        _NOT_YET.append(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(*self._source)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split", "pattern"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, compiled at its first use. A mistake in it shows there: `compile_all` in a test."""
    return cast(re.Pattern[str], _LazyPattern(pattern, flags))


def compile_all() -> int:
    """Compile what is not compiled yet; returns how many patterns that were."""
    waiting = [pattern for pattern in _NOT_YET if "search" not in vars(pattern)]
    for pattern in waiting:
        pattern.search  # noqa: B018 - the first look compiles it
    _NOT_YET.clear()
    return len(waiting)
