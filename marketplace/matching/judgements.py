"""What people made of pairs, as grades that an order can be measured by. Plain Python."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from marketplace.core.jsonlines import BadLine, read_json_lines

GRADES: Mapping[tuple[str, str], int] = {
    ("answered", ""): 3,
    ("asked", ""): 2,
    ("declined", ""): 1,
    ("dismissed", "size"): 1,
    ("dismissed", "too_far"): 1,
    ("dismissed", "price"): 1,
    ("dismissed", "quality"): 1,
    ("dismissed", "other_thing"): 0,
}
"""3: asked and taken up. 2: the buyer asked. 1: the thing is meant, but it does not fit. 0: another thing is meant.
"We know each other" and "another reason" say nothing of the order: no grade."""
NO = frozenset({"declined", "dismissed"})


def grade_of(judgement: str, reason: str = "") -> int | None:
    """The grade of one judgement; None when it says nothing of the order."""
    return GRADES.get((judgement, reason))


def pair_grade(judged: Iterable[tuple[str, str]]) -> int | None:
    """The grade of a pair from all its `(judgement, reason)`: the lowest no, or else the highest yes."""
    graded = [(grade, judgement in NO) for judgement, reason in judged
              if (grade := grade_of(judgement, reason)) is not None]  # fmt: skip
    refused = [grade for grade, is_no in graded if is_no]
    return min(refused) if refused else max((grade for grade, _no in graded), default=None)


def row_of(need_id: int, listing_id: int, side: str, judgement: str, reason: str, **standing: Any) -> dict[str, Any]:
    """One judgement as a line of a file; `standing` is how the pair stood on that day."""
    findings = standing.pop("findings")
    return {
        "need": str(need_id), "listing": str(listing_id), "side": side, "judgement": judgement, "reason": reason,
        "grade": grade_of(judgement, reason), **standing,
        "findings": [{name: finding[name] for name in ("code", "state", "hard")} for finding in findings],
    }  # fmt: skip


def read_grades(path: str | Path) -> dict[str, dict[str, int]]:
    """The grades in a file of judgements: need -> listing -> grade.

    Raises:
        BadLine: a line is no judgement.
        OSError: the file cannot be read.
    """
    judged: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for number, row in read_json_lines(path, required=("need", "listing", "judgement")):
        told = [row[name] for name in ("need", "listing", "judgement")] + [row.get("reason") or ""]
        if not all(isinstance(text, str) for text in told):
            raise BadLine(path, number, "need, listing, judgement and reason are texts")
        judged.setdefault((told[0], told[1]), []).append((told[2], told[3]))
    grades: dict[str, dict[str, int]] = {}
    for (need, listing), all_of_pair in judged.items():
        grade = pair_grade(all_of_pair)
        if grade is not None:
            grades.setdefault(need, {})[listing] = grade
    return grades
