"""How a stored sentence becomes words in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from marketplace.core.presentation import day, moment


def N_(msgid: str) -> str:
    """Mark a msgid for the catalogue; it is translated when somebody reads it."""
    return msgid


def storable(params: Mapping[str, Any]) -> dict[str, Any]:
    """`params` as JSON keeps them: moments and days become `{"moment": ...}` and `{"day": ...}`."""
    kept: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, datetime):
            kept[name] = {"moment": value.isoformat()}
        elif isinstance(value, date):
            kept[name] = {"day": value.isoformat()}
        else:
            kept[name] = value if isinstance(value, int) else str(value)
    return kept


def _worded(value: Any) -> Any:
    if isinstance(value, dict):
        if "moment" in value:
            return moment(datetime.fromisoformat(value["moment"]))
        return day(date.fromisoformat(value["day"]))
    return value


def sentence(message: str, params: Mapping[str, Any]) -> str:
    """The stored message in the language of the page or of the mail being written."""
    return str(gettext(message, **{name: _worded(value) for name, value in params.items()}))
