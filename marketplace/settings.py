"""Every setting of the site, declared once: name, type, default, unit and help.

The environment (`DOORSTEP_<NAME>`) wins over `instance/settings.toml`, which wins over the default.
`flask settings` prints each one with its value and where it came from; `docs/settings.md` lists them all.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One setting: its type is the type of its default."""

    name: str
    default: Any
    help: str
    unit: str = ""

    def parse(self, text: str) -> Any:
        """The value that `text` (from the environment) stands for; ValueError when it stands for none."""
        if isinstance(self.default, bool):
            if text.lower() not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
                raise ValueError(f"{self.name} takes yes or no, not {text!r}.")
            return text.lower() in {"1", "true", "yes", "on"}
        if isinstance(self.default, tuple):
            return tuple(part.strip() for part in text.split(",") if part.strip())
        return type(self.default)(text)


SETTINGS = (
    Setting("SITE_NAME", "", "Name of the site in the header and in page titles; empty means 家门口 (Doorstep)."),
    Setting("OPERATOR_NAME", "园区管理方", "Who runs the site, shown in the footer."),
    Setting("ICP_NUMBER", "", "ICP filing number for the footer; hidden when empty."),
    Setting("PUBLIC_URL", "http://127.0.0.1:5000", "Address that links in mail begin with, without a final slash."),
    Setting("DATABASE_URL", "", "SQLAlchemy address of the database; empty means instance/doorstep.sqlite."),
    Setting("SECRET_KEY", "", "Signs sessions; empty means the key in instance/secret_key, made at the first start."),
    Setting("SECURE_COOKIES", False, "Send cookies over TLS only; switch on behind HTTPS."),
    Setting("PROXIES", 0, "How many proxies stand before the site and may name the visitor's address.", "proxies"),
    Setting("LANGUAGES", ("zh_Hans", "en"), "Languages of the pages, the first is the default."),
    Setting("TIME_ZONE", "Asia/Shanghai", "Time zone of every time on a page."),
    Setting("PLACES_FILE", "", "CSV gazetteer of towns with coordinates; empty means the demonstration park's."),
    Setting("HOME_PLACE", "天府中药城", "Place that distances are measured from when a reader has none of his own."),
    Setting("REGION_RADIUS_KM", 80, "Radius of the locality 周边 around the home place.", "km"),
    Setting("MAIL_SERVER", "", "SMTP server as host:port; empty writes readable files to instance/outbox/."),
    Setting("MAIL_FROM", "doorstep@example.com", "Sender of all mail."),
    Setting("MAIL_USER", "", "Account at the mail server; empty sends without signing in."),
    Setting("MAIL_PASSWORD", "", "Password of that account."),
    Setting("MAIL_SECURITY", "starttls", "How the connection to the mail server is encrypted: starttls, tls or none."),
    Setting("ANSWER_WORKING_HOURS", 16, "A supplier should answer an inquiry within this long (R1).", "working hours"),
    Setting(
        "ANSWER_REMINDER_WORKING_HOURS", 8, "Unanswered this long, the supplier is reminded (R1).", "working hours"
    ),
    Setting("INQUIRY_LIFE_DAYS", 30, "An inquiry that nobody answers lapses after this long.", "days"),
    Setting("INQUIRY_RECIPIENTS", 10, "Most suppliers asked with one letter.", "suppliers"),
    Setting("INQUIRY_FILES", 5, "Most files with one message (R13).", "files"),
    Setting("MAX_UPLOAD_MB", 10, "Largest file that may be uploaded (R13).", "MB"),
    Setting("MAX_FILES_PER_LISTING", 20, "Most files and pictures of one listing (R13).", "files"),
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
    ),
    Setting("NEED_OPEN_MIN_HOURS", 24, "A need stays open at least this long (R4).", "hours"),
    Setting("NEED_OPEN_MAX_DAYS", 90, "A need stays open at most this long (R4).", "days"),
    Setting(
        "PROCUREMENT_THRESHOLD_YUAN",
        1_000_000,
        "Budget of a public body above which the statutory channel applies (R10).",
        "yuan",
    ),
    Setting("LOCAL_LIFT", True, "Lift local offers within the bound of R8."),
    Setting("FEATURED_SLOTS", 4, "Featured listings on the home page at a time (R7).", "slots"),
    Setting("FEATURED_TURN_HOURS", 6, "How long one turn on the home page lasts (R7).", "hours"),
    Setting("SEARCH_LOG_DAYS", 90, "Counts of searches, kept without persons, are dropped after this long.", "days"),
    Setting("WORKER_TICK_SECONDS", 0.3, "Pause of the worker between two looks for work.", "seconds"),
    Setting("JOB_TRIES", 5, "A failing job is tried this often before staff see it as dead.", "tries"),
    Setting("LOG_JSON", True, "Write logs as JSON lines; off writes them for people."),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def load_settings(instance: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name, and their origin under `SETTING_ORIGINS`.

    Raises:
        ValueError: `instance/settings.toml` names a setting that does not exist, or a value has the wrong type.
    """
    values = {setting.name: setting.default for setting in SETTINGS}
    origins = dict.fromkeys(values, "default")
    file = instance / "settings.toml"
    if file.exists():
        for key, value in tomllib.loads(file.read_text("utf-8")).items():
            name = key.upper()
            if name not in BY_NAME:
                raise ValueError(f"instance/settings.toml: there is no setting {key!r}.")
            values[name] = tuple(value) if isinstance(value, list) else value
            origins[name] = "settings.toml"
    for name, setting in BY_NAME.items():
        if f"DOORSTEP_{name}" in environ:
            values[name] = setting.parse(environ[f"DOORSTEP_{name}"])
            origins[name] = "environment"
    return {**values, "SETTING_ORIGINS": origins}
