"""Every setting of the site, declared once: name, type, default, unit and help.

The environment (`DOORSTEP_<NAME>`) wins over `instance/settings.toml`, which wins over the default.
`flask settings` prints each one with its value and where it came from; `docs/settings.md` lists them all.
"""

import difflib
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

PREFIX = "DOORSTEP_"
OTHER_NAMES = frozenset({"INSTANCE", "KILLS"})
"""What `DOORSTEP_<NAME>` says besides settings: the instance folder, and the number of kills in `make torture`."""
SECRETS = frozenset({"SECRET_KEY", "MAIL_PASSWORD"})
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
FILE = "instance/settings.toml"
NEAR = 0.65
"""Share of letters in common from which on a name counts as a slip of another."""


class WrongSetting(ValueError):
    """One sentence that names the setting, its value and what is expected."""


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_server(text: str) -> bool:
    host, colon, port = text.partition(":")
    return not text or (bool(host) and (not colon or (port.isascii() and port.isdigit() and 0 < int(port) < 65536)))


@dataclass(frozen=True)
class Setting:
    """One setting: its type is the type of its default. `valid` and `expected` say more of its values."""

    name: str
    default: Any
    help: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    least: int = 1
    valid: Callable[[Any], bool] | None = None
    expected: str = ""

    @property
    def expects(self) -> str:
        """What a value must be, in words."""
        if self.expected:
            return self.expected
        if self.choices:
            words = f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
            return f"some of {words}, in order" if isinstance(self.default, tuple) else words
        if isinstance(self.default, bool):
            return "yes or no"
        if isinstance(self.default, int):
            return f"a whole number, {self.least} or more"
        return "a number above 0" if isinstance(self.default, float) else "a text"

    def parse(self, text: str, origin: str = "environment") -> Any:
        """The value that `text` (from the environment) stands for. Raises `WrongSetting` when it stands for none."""
        try:
            return self.checked(self._read(text), origin)
        except (ValueError, TypeError):
            raise self._wrong(text, origin) from None

    def _read(self, text: str) -> Any:
        if isinstance(self.default, bool):
            if text.strip().lower() not in YES | NO:
                raise ValueError
            return text.strip().lower() in YES
        if isinstance(self.default, tuple):
            return tuple(part.strip() for part in text.split(",") if part.strip())
        return type(self.default)(text)

    def checked(self, value: Any, origin: str) -> Any:
        """`value` in the type of the default. Raises `WrongSetting` when it is none of the expected."""
        if isinstance(self.default, tuple) and isinstance(value, list):
            value = tuple(value)
        if type(self.default) is float and type(value) is int:
            value = float(value)
        if type(value) is not type(self.default) or not self._may_be(value):
            raise self._wrong(value, origin)
        return value

    def _may_be(self, value: Any) -> bool:
        if isinstance(value, tuple):
            return bool(value) and all(isinstance(one, str) and one in self.choices for one in value)
        if type(value) is int and value < self.least:
            return False
        if type(value) is float and not 0 < value < float("inf"):
            return False
        return (not self.choices or value in self.choices) and (self.valid is None or self.valid(value))

    def _wrong(self, value: Any, origin: str) -> WrongSetting:
        name = f"{PREFIX}{self.name}" if origin == "environment" else f"{FILE}: {self.name.lower()}"
        shown = "(hidden)" if self.name in SECRETS else repr(value)
        return WrongSetting(f"{name} = {shown} cannot be used: expected is {self.expects}.")


SETTINGS = (
    Setting("SITE_NAME", "", "Name of the site in the header and in page titles; empty means 家门口 (Doorstep)."),
    Setting("OPERATOR_NAME", "园区管理方", "Who runs the site, shown in the footer."),
    Setting("ICP_NUMBER", "", "ICP filing number for the footer; hidden when empty."),
    Setting(
        "PUBLIC_URL",
        "http://127.0.0.1:5000",
        "Address that links in mail begin with, without a final slash.",
        valid=_is_address,
        expected="an address such as https://doorstep.example.com",
    ),
    Setting("DATABASE_URL", "", "SQLAlchemy address of the database; empty means instance/doorstep.sqlite."),
    Setting("SECRET_KEY", "", "Signs sessions; empty means the key in instance/secret_key, made at the first start."),
    Setting("SECURE_COOKIES", False, "Send cookies over TLS only; switch on behind HTTPS."),
    Setting(
        "PROXIES", 0, "How many proxies stand before the site and may name the visitor's address.", "proxies", least=0
    ),
    Setting(
        "LANGUAGES", ("zh_Hans", "en"), "Languages of the pages, the first is the default.", choices=("zh_Hans", "en")
    ),
    Setting(
        "TIME_ZONE",
        "Asia/Shanghai",
        "Time zone of every time on a page.",
        valid=lambda name: name in available_timezones(),
        expected="the name of a time zone such as Asia/Shanghai",
    ),
    Setting("CATEGORIES_FILE", "", "CSV tree of categories with licences and traits; empty means the project's."),
    Setting("PLACES_FILE", "", "CSV gazetteer of towns with coordinates; empty means the demonstration park's."),
    Setting("HOME_PLACE", "天府中药城", "Place that distances are measured from when a reader has none of his own."),
    Setting("REGION_RADIUS_KM", 80, "Radius of the locality 周边 around the home place.", "km", least=0),
    Setting(
        "MAIL_SERVER",
        "",
        "SMTP server as host:port; empty writes readable files to instance/outbox/.",
        valid=_is_server,
        expected="host:port such as mail.example.com:587",
    ),
    Setting("MAIL_FROM", "doorstep@example.com", "Sender of all mail."),
    Setting("MAIL_USER", "", "Account at the mail server; empty sends without signing in."),
    Setting("MAIL_PASSWORD", "", "Password of that account."),
    Setting(
        "MAIL_SECURITY",
        "starttls",
        "How the connection to the mail server is encrypted: starttls, tls or none.",
        choices=("starttls", "tls", "none"),
    ),
    Setting("ANSWER_WORKING_HOURS", 16, "A supplier should answer an inquiry within this long (R1).", "working hours"),
    Setting(
        "ANSWER_REMINDER_WORKING_HOURS", 8, "Unanswered this long, the supplier is reminded (R1).", "working hours"
    ),
    Setting("INQUIRY_LIFE_DAYS", 30, "An inquiry that nobody answers lapses after this long.", "days"),
    Setting("INQUIRY_RECIPIENTS", 10, "Most suppliers asked with one letter.", "suppliers"),
    Setting("INQUIRY_FILES", 5, "Most files with one message (R13).", "files", least=0),
    Setting("MAX_UPLOAD_MB", 10, "Largest file that may be uploaded (R13).", "MB"),
    Setting("MAX_FILES_PER_LISTING", 20, "Most files and pictures of one listing (R13).", "files", least=0),
    Setting("MAX_PICTURE_MEGAPIXELS", 40, "Largest picture that is decoded.", "megapixels"),
    Setting("SIGN_IN_TRIES", 5, "Wrong passwords for one account from one network within the window.", "tries"),
    Setting(
        "SIGN_IN_TRIES_ACCOUNT",
        20,
        "Wrong passwords for one account, wherever they come from, within the window; known devices have as many.",
        "tries",
    ),
    Setting(
        "SIGN_IN_TRIES_ADDRESS",
        200,
        "Wrong passwords from one network, whatever the accounts, within an hour.",
        "tries",
    ),
    Setting("SIGN_IN_WINDOW_MINUTES", 15, "Window in which wrong passwords are counted.", "minutes"),
    Setting(
        "MAILS_PER_ADDRESS",
        3,
        "Most mails of one purpose (registration, password, invitation) to one typed-in address within an hour.",
        "mails",
    ),
    Setting("MAILS_PER_NETWORK", 30, "Most such mails asked for from one network within an hour.", "mails"),
    Setting("SIGN_IN_DAYS", 30, "A device stays signed in this long at most.", "days"),
    Setting(
        "DEV_PAGES",
        False,
        "Show /dev/components and /dev/mail, on this machine only: the site does not start with it on another HOST.",
    ),
    Setting("LISTING_LIFE_DAYS", 180, "A published listing expires after this long.", "days"),
    Setting(
        "REVIEW_LISTINGS",
        "flagged",
        "Which listings staff see before they are published: always, or flagged (restricted, or words of R11).",
        choices=("always", "flagged"),
    ),
    Setting("NEED_OPEN_MIN_HOURS", 24, "A need stays open at least this long (R4).", "hours", least=0),
    Setting("NEED_OPEN_MAX_DAYS", 90, "A need stays open at most this long (R4).", "days"),
    Setting(
        "PROCUREMENT_THRESHOLD_YUAN",
        1_000_000,
        "Budget of a public body above which the statutory channel applies (R10).",
        "yuan",
        least=0,
    ),
    Setting("LOCAL_LIFT", True, "Lift local offers within the bound of R8."),
    Setting("FEATURED_SLOTS", 4, "Featured listings on the home page at a time (R7).", "slots", least=0),
    Setting("FEATURED_TURN_HOURS", 6, "How long one turn on the home page lasts (R7).", "hours"),
    Setting(
        "SEARCH_LOG_DAYS", 90, "Counts of searches, kept without persons, are dropped after this long.", "days", least=0
    ),
    Setting("WORKER_TICK_SECONDS", 0.3, "Pause of the worker between two looks for work.", "seconds"),
    Setting("JOB_TRIES", 5, "A failing job is tried this often before staff see it as dead.", "tries"),
    Setting("LOG_JSON", True, "Write logs as JSON lines; off writes them for people."),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def _nearest(name: str, known: Iterable[str]) -> str:
    """The known name that `name` is a slip of; empty when none is near."""
    return next(iter(difflib.get_close_matches(name, list(known), 1, NEAR)), "")


def _of_file(file: Path) -> dict[str, Any]:
    """What `settings.toml` says, by the names of settings."""
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSetting(f"{FILE} cannot be read: {error}.") from None
    values = {}
    for key, value in given.items():
        name = key.upper()
        if name not in BY_NAME:
            near = _nearest(name, BY_NAME)
            meant = f" Is {near.lower()} meant?" if near else " docs/settings.md lists all."
            raise WrongSetting(f"{FILE}: there is no setting {key!r}.{meant}")
        values[name] = BY_NAME[name].checked(value, "settings.toml")
    return values


def _strangers(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that begin like ours and are far from any setting: another program's, perhaps. A slip is refused."""
    far = []
    for variable in sorted(environ):
        name = variable.removeprefix(PREFIX)
        if name == variable or name in BY_NAME or name in OTHER_NAMES:
            continue
        if near := _nearest(name, (*BY_NAME, "INSTANCE")):
            raise WrongSetting(f"{variable}: there is no such setting. Is {PREFIX}{near} meant?")
        far.append(variable)
    return tuple(far)


def load_settings(instance: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name, their origin under `SETTING_ORIGINS`, and `UNKNOWN_VARIABLES` that begin with our prefix.

    Raises:
        WrongSetting: a name is no setting's, or a value is none of the expected.
    """
    values = {setting.name: setting.default for setting in SETTINGS}
    origins = dict.fromkeys(values, "default")
    file = instance / "settings.toml"
    if file.exists():
        for name, value in _of_file(file).items():
            values[name], origins[name] = value, "settings.toml"
    strangers = _strangers(environ)
    for name, setting in BY_NAME.items():
        if f"{PREFIX}{name}" in environ:
            values[name], origins[name] = setting.parse(environ[f"{PREFIX}{name}"]), "environment"
    return {**values, "SETTING_ORIGINS": origins, "UNKNOWN_VARIABLES": strangers}
