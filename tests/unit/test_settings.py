"""A wrong setting ends in one line that names it, its value and what is expected."""

import os
import subprocess
import sys

import pytest

from marketplace import create_app
from marketplace.settings import SETTINGS, WrongSetting, load_settings
from tests.conftest import TEST_SETTINGS
from tests.live import ROOT

WRONG = {
    "SECURE_COOKIES": ["maybe", ""],
    "PROXIES": ["-1", "two", "1.5"],
    "NEED_OPEN_MAX_DAYS": ["0", "many", ""],
    "WORKER_TICK_SECONDS": ["0", "-1", "nan", "inf", "fast"],
    "LANGUAGES": ["zh", "", "zh_Hans,fr"],
    "TIME_ZONE": ["Peking", "GMT+8 "],
    "MAIL_SERVER": ["mail.example.com:smtp", ":25", "mail.example.com:99999"],
    "MAIL_SECURITY": ["ssl"],
    "REVIEW_LISTINGS": ["never"],
    "PUBLIC_URL": ["doorstep.example.com", ""],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_wrong_value_of_the_environment(tmp_path, name, text):
    with pytest.raises(WrongSetting) as wrong:
        load_settings(tmp_path, {f"DOORSTEP_{name}": text})
    sentence = str(wrong.value)
    assert sentence.startswith(f"DOORSTEP_{name} = {text!r} cannot be used: expected is ")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        ('secure_cookies = "yes"', "secure_cookies", "yes or no"),
        ("secure_cookies = 1", "secure_cookies", "yes or no"),
        ('need_open_max_days = "60"', "need_open_max_days", "a whole number, 1 or more"),
        ("need_open_max_days = 60.5", "need_open_max_days", "a whole number"),
        ("need_open_max_days = true", "need_open_max_days", "a whole number"),
        ("site_name = 5", "site_name", "a text"),
        ('languages = "en"', "languages", "zh_Hans or en"),
        ("languages = [1]", "languages", "zh_Hans or en"),
        ('mail_security = "ssl"', "mail_security", "starttls, tls or none"),
        ("[site_name]\nx = 1", "site_name", "a text"),
    ],
)
def test_a_wrong_type_in_the_file(tmp_path, line, name, expected):
    (tmp_path / "settings.toml").write_text(line, "utf-8")
    with pytest.raises(WrongSetting, match=f"settings.toml: {name} = .+ expected is .*{expected}"):
        load_settings(tmp_path, {})


@pytest.mark.parametrize("content", [b"site_name = ", b"\xff\xfe", b"site_name: x"])
def test_a_file_that_is_no_toml_is_told_in_one_line(tmp_path, content):
    (tmp_path / "settings.toml").write_bytes(content)
    with pytest.raises(WrongSetting, match=r"settings\.toml cannot be read"):
        load_settings(tmp_path, {})


def test_every_default_is_a_good_value_and_says_what_it_expects():
    for setting in SETTINGS:
        assert setting.checked(setting.default, "settings.toml") == setting.default
        assert setting.expects


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("DOORSTEP_SECURE_COOKIE", "DOORSTEP_SECURE_COOKIES"),
        ("DOORSTEP_DATABASEURL", "DOORSTEP_DATABASE_URL"),
        ("DOORSTEP_PROXY", "DOORSTEP_PROXIES"),
        ("DOORSTEP_INSTANC", "DOORSTEP_INSTANCE"),
    ],
)
def test_a_misspelt_name_is_told_with_the_nearest(tmp_path, variable, meant):
    with pytest.raises(WrongSetting, match=f"{variable}: there is no such setting. Is {meant} meant"):
        load_settings(tmp_path, {variable: "1"})
    key = variable.removeprefix("DOORSTEP_").lower()
    if key != "instanc":
        (tmp_path / "settings.toml").write_text(f"{key} = 1", "utf-8")
        with pytest.raises(WrongSetting, match=f"Is {meant.removeprefix('DOORSTEP_').lower()} meant"):
            load_settings(tmp_path, {})


def test_variables_of_others_are_passed_over(tmp_path):
    names = {"DOORSTEP_INSTANCE": "x", "DOORSTEP_KILLS": "3", "DOORSTEP_PORT_5000_TCP": "tcp://x", "PROXY": "1"}
    assert load_settings(tmp_path, names)["UNKNOWN_VARIABLES"] == ("DOORSTEP_PORT_5000_TCP",)


def test_a_secret_is_not_shown(tmp_path):
    (tmp_path / "settings.toml").write_text("mail_password = 12345", "utf-8")
    with pytest.raises(WrongSetting) as wrong:
        load_settings(tmp_path, {})
    assert "12345" not in str(wrong.value)


def run(tmp_path, **environment):
    return subprocess.run(
        [sys.executable, "-m", "flask", "settings"],
        cwd=ROOT,
        env={**os.environ, "DOORSTEP_INSTANCE": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "environment", [{"DOORSTEP_DEV_PAGES": "maybe"}, {"DOORSTEP_PLACES_FILE": "no/such.csv"}, {"DOORSTEP_PROXY": "1"}]
)
def test_a_command_ends_with_one_line_and_no_traceback(tmp_path, environment):
    done = run(tmp_path, **environment)
    assert done.returncode
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Error: ")


HEAD = "name,type,lat,lon,scope\n"


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "where", "what"),
        [
            ("name,type,lat,lng,scope\n甲,town,30,103,x\n", 1, "a column is missing: lon"),
            (HEAD + "甲,town,30,103,x\n乙,town,三十,103,x\n", 3, "lat must be a number of degrees, not '三十'"),
            (HEAD + "甲,town,103.9,30.9,x\n", 2, "lat must lie between -90 and 90, not 103.9"),
            (HEAD + "甲,town,30,,x\n", 2, "lon must be a number of degrees"),
            (HEAD + "甲,town,30,nan,x\n", 2, "lon must lie between"),
            (HEAD + ",town,30,103,x\n", 2, "name is missing"),
            (HEAD + "甲,town,30\n", 2, "lon|scope"),
        ],
    )
    def test_a_wrong_file_stops_the_start_with_file_line_and_sentence(self, tmp_path, text, where, what):
        file = tmp_path / "places.csv"
        file.write_text(text, "utf-8")
        with pytest.raises(WrongSetting, match=f"PLACES_FILE cannot be used: {file}:{where}: .*({what})"):
            create_app({**TEST_SETTINGS, "PLACES_FILE": str(file)}, instance=tmp_path / "instance")

    @pytest.mark.parametrize("content", [b"", HEAD.encode(), "甲".encode("gbk") + b"\n"])
    def test_an_empty_file_and_one_in_another_encoding(self, tmp_path, content):
        file = tmp_path / "places.csv"
        file.write_bytes(content)
        with pytest.raises(WrongSetting, match=str(file)):
            create_app({**TEST_SETTINGS, "PLACES_FILE": str(file)}, instance=tmp_path / "instance")

    def test_readiness_tells_of_a_file_that_was_spoilt_later_and_the_pages_go_on(self, tmp_path):
        file = tmp_path / "places.csv"
        file.write_text(HEAD + "天府中药城,park,30.9,103.9,x\n", "utf-8")
        app = create_app({**TEST_SETTINGS, "PLACES_FILE": str(file)}, instance=tmp_path / "instance")
        with app.app_context():
            from marketplace.core.db import db

            db.create_all()
        assert "places" not in app.test_client().get("/readyz").json["wrong"]
        file.write_text(HEAD + "天府中药城,park,east,103.9,x\n", "utf-8")
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 503
        assert f"{file}:2: lat must be a number" in answer.json["wrong"]["places"]
        assert app.test_client().get("/listings").status_code == 200
