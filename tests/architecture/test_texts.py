"""Every text has its Chinese, every page obeys the content policy, every setting, rule and command is documented."""

import json
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from marketplace import create_app
from marketplace.settings import SETTINGS
from tests.conftest import TEST_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
METHODS = [("marketplace/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "_l": None,
    "lazy_gettext": None,
    "_n": (1, 2),
    "N_": None,
    "lazy_ngettext": (1, 2),
}
# Texts that are the same in both languages.
SAME = {"CSV", "PDF", "MOQ", "·", ": "}


@pytest.fixture(scope="module")
def messages():
    found = {}
    for folder in ("marketplace", "templates"):
        for file, line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder),
            [(pattern.split("/", 1)[1], kind) for pattern, kind in METHODS if pattern.startswith(folder)],
            keywords=KEYWORDS,
        ):
            text = message[0] if isinstance(message, tuple) else message
            found[text] = f"{folder}/{file}:{line}"
    return found


@pytest.fixture(scope="module")
def catalogue():
    with (ROOT / "marketplace/translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


def test_every_text_has_its_chinese(messages, catalogue):
    translated = {
        (message.id[0] if isinstance(message.id, tuple) else message.id): message for message in catalogue if message.id
    }
    missing = {
        text: place
        for text, place in messages.items()
        if text
        and (
            text not in translated
            or not all(
                [translated[text].string] if isinstance(translated[text].string, str) else translated[text].string
            )
        )
    }
    assert missing == {}
    assert not [message.id for message in catalogue if message.fuzzy and message.id]


def test_no_source_text_is_chinese(messages):
    assert [text for text in messages if HAN.search(text)] == []


def test_translations_keep_the_placeholders(catalogue):
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = set(PLACEHOLDER.findall(ids[-1]))
        for text in strings:
            assert set(PLACEHOLDER.findall(text)) <= wanted | {"num"}, message.id
            assert wanted - set(PLACEHOLDER.findall(text)) <= {"num"}, message.id


def test_chinese_texts_are_chinese(catalogue):
    strange = [
        message.string
        for message in catalogue
        if message.id
        and isinstance(message.string, str)
        and re.search(r"[A-Za-z]{4,}", PLACEHOLDER.sub("", message.string))
        and not HAN.search(message.string)
        and message.string not in SAME
    ]
    assert strange == []
    loud = [message.string for message in catalogue if message.id and re.search(r"尊敬的|！", str(message.string))]
    assert loud == []


def test_signs_between_words_are_those_of_the_language(catalogue):
    """A full stop, colon or comma behind Chinese words is Chinese; templates leave them to the catalogue."""
    latin = [
        message.string
        for message in catalogue
        if message.id and HAN.search(str(message.string)) and re.search(r"[.,;:!?]$", str(message.string))
    ]
    assert latin == []
    bare = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        shown = re.sub(r"\{#.*?#\}|\{%.*?%\}|<[^>]*>", "\0", path.read_text("utf-8"), flags=re.DOTALL)
        if path.parent.name != "dev" and (found := re.findall(r"\}\}[\0\s]*[.,;:!][\0\s]", shown)):
            bare[path.name] = found
    assert bare == {}


FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)",
    "inline style": r"<style|\sstyle=[\"'](?!ago)",
    "inline handler": r"\son[a-z]+\s*=\s*[\"']",
    "address of another host": r"https?://(?!beian\.miit\.gov\.cn|www\.w3\.org)",
}


def test_templates_obey_the_content_policy():
    wrong = []
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        wrong += [(str(path.relative_to(ROOT)), what) for what, sign in FORBIDDEN.items() if re.search(sign, text)]
    assert wrong == []


def test_safe_markup_stays_rare():
    places = [f"{path.name}" for path in TEMPLATES if re.search(r"\|\s*safe\b", path.read_text("utf-8"))]
    assert len(places) <= 3, places


def test_every_setting_is_documented():
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    assert [setting.name for setting in SETTINGS if f"`{setting.name}`" not in text] == []


def test_every_command_is_documented(tmp_path):
    app = create_app(TEST_SETTINGS, instance=tmp_path)
    text = (ROOT / "docs/commands.md").read_text("utf-8")
    missing = []
    for group in app.cli.commands.values():
        if group.name in {"run", "shell", "routes", "db"}:
            continue
        for command in getattr(group, "commands", {"": group}).values():
            full = f"flask {group.name} {command.name}" if hasattr(group, "commands") else f"flask {group.name}"
            if f"`{full}" not in text:
                missing.append(full)
    assert missing == []


def test_every_dependency_has_its_reason():
    text = (ROOT / "docs/dependencies.md").read_text("utf-8").lower()
    named = [
        re.split(r"[=\[<>]", line)[0].lower()
        for file in ("requirements.in", "requirements-test.in")
        for line in (ROOT / file).read_text("utf-8").splitlines()
        if line and line[0] not in "#-"
    ]
    packages = json.loads((ROOT / "package.json").read_text("utf-8"))
    named += [*packages["dependencies"], *packages["devDependencies"]]
    assert [name for name in named if f"| {name} " not in text] == []


def test_every_rule_has_its_line_and_its_test():
    text = (ROOT / "docs/rules.md").read_text("utf-8")
    lines = re.findall(r"^\| (R\d+) \|.*\|\s*`?(tests/[^`|]+)`?\s*\|$", text, re.M)
    assert {rule for rule, _test in lines} >= {"R1", "R4", "R6", "R7", "R8", "R9", "R10", "R11", "R13"}
    for rule, tests in lines:
        for test in re.split(r"[,\s]+", tests.strip()):
            path = ROOT / test.strip("`").split("::")[0]
            assert path.exists(), test
            assert re.search(rf"\b{rule}\b|_{rule.lower()}_", path.read_text("utf-8")), f"{test} does not name {rule}"


def test_locks_hold_no_address():
    for name in ("requirements.txt", "requirements-test.txt", "requirements-node.txt", "package-lock.json"):
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(
            r"https?://(?!opencollective|github\.com/(?:sponsors|prettier/prettier\?sponsor))[^\"\s]*", text
        ), name
        assert "resolved" not in text
