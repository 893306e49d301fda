"""Nothing is promised that nothing keeps: docs/promises.md names what keeps each sentence about what will be."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from marketplace import create_app
from marketplace.core.jobs import CLOCKS, JOBS
from tests.conftest import TEST_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
PROMISE = re.compile(
    r"\b(will|can now|now you can|(is|are) told|told of|gets? (a notice|to)|later|soon|you hear|by (itself|themselves)|"
    r"notif(y|ied)|automatically|reads? (it|your|the reason)|we send|(is|are) sent|reminded|usually within|then you|"
    r"devices are signed out|within seconds|in a moment|as they come)\b",
    re.I,
)
CHINESE_PROMISE = re.compile(
    r"(?<![不社协机])会(?![员议计馆])|将(?!来)|之后|以后|届时|稍后|尽快|到时|现在(就)?可以|自动|马上|立即|通知[您你]"
)
LINE = re.compile(r"^\| (.+) \| (.+) \|$", re.M)


def is_promise(english: str, chinese: str) -> bool:
    """True when the sentence speaks of what comes, or of what the site does by itself."""
    return bool(PROMISE.search(english) or CHINESE_PROMISE.search(chinese))


def promises() -> set[str]:
    """The messages of the catalogue that promise something in either language."""
    found = set()
    with (ROOT / "marketplace/translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as file:
        for message in read_po(file):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id and any(is_promise(id_, text) for id_ in ids for text in strings):
                found.add(ids[0])
    return found


def keepers() -> dict[str, list[str]]:
    """The lines of the table: sentence and what keeps it."""
    text = (ROOT / "docs/promises.md").read_text("utf-8")
    return {sentence: re.findall("`([^`]+)`", kept) for sentence, kept in LINE.findall(text)[1:]}


@pytest.fixture(scope="module")
def known(tmp_path_factory) -> set[str]:
    """All that may keep a promise besides a test: addresses, jobs, clocks."""
    app = create_app(TEST_SETTINGS, instance=tmp_path_factory.mktemp("promises"))
    return {rule.endpoint for rule in app.url_map.iter_rules()} | set(JOBS) | set(CLOCKS)


def is_there(keeper: str, known: set[str]) -> bool:
    path, _colons, name = keeper.partition("::")
    if not name:
        return keeper in known
    return (ROOT / path).exists() and f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_every_promise_has_its_line_and_every_line_its_promise():
    assert promises() ^ set(keepers()) == set()


def test_what_keeps_a_promise_is_there(known):
    assert {
        sentence: keeper for sentence, kept in keepers().items() for keeper in kept if not is_there(keeper, known)
    } == {}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Suppliers can now answer.", "供方可以答复。"),
        ("Noted. The park staff see what is missing here.", "已记录，园区会看到这里缺什么。"),
        ("Read at the end.", "截止后将统一开启。"),
    ],
)
def test_a_new_promise_would_be_noticed(english, chinese):
    assert is_promise(english, chinese)
    assert english not in keepers()


def test_a_keeper_that_is_gone_would_be_noticed(known):
    assert not is_there("quotations.award", known)
    assert not is_there("tests/functional/test_needs.py::test_sealed_quotations", known)
