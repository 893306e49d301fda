"""Patterns are compiled when they are first used, and all of them can be."""

import re

import pytest

from marketplace.core import patterns
from marketplace.core.patterns import compile_all, lazy_pattern


def test_answers_like_a_compiled_pattern():
    lazy, compiled = lazy_pattern(r"(?P<count>\d+)个", re.IGNORECASE), re.compile(r"(?P<count>\d+)个", re.IGNORECASE)
    assert lazy.search("要3个")["count"] == compiled.search("要3个")["count"] == "3"
    assert lazy.sub("x", "3个4个") == compiled.sub("x", "3个4个")
    assert lazy.pattern == compiled.pattern
    assert lazy.flags == compiled.flags


def test_nothing_is_compiled_before_it_is_used(monkeypatch):
    made = []
    monkeypatch.setattr(patterns.re, "compile", lambda *source: made.append(source) or re.Pattern)
    lazy_pattern("a+b")
    assert made == []


def test_every_pattern_of_the_project_can_be_compiled():
    compile_all()


def test_a_mistake_shows_when_all_are_compiled():
    lazy_pattern("(")
    with pytest.raises(re.error):
        compile_all()
    patterns._NOT_YET.clear()
