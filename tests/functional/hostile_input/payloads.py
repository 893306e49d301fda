"""What is typed where nobody should, and how a page shows that it ran."""

from urllib.parse import quote

MARKUPS = (
    "<script>window.__x=1</script>",
    '"><img src=x onerror="window.__x=1">',
    "'\"><svg/onload=__x=1>",
    "</textarea><script>__x=1</script>",
    "javascript:window.__x=1",
    "{{71829*91733}}",
    "{% for a in 'b' %}{{71829*91733}}{% endfor %}",
    "${71829*91733} #{71829*91733} <%= 71829*91733 %>",
    "'; DROP TABLE needs; --",
    "' OR '1'='1",
    "%s %(title)s %n {0} {title.__class__}",
    "nul\x00in\x08the\x1bmiddle",
    "\ud800 lone \udfff",
    "\u202egnp.exe\u2066 \ufeff\u200b",
    "长" * 20_000,
    "²٣9" * 40,
    "../../../../etc/passwd",
)
DAYS = ("0001-01-01", "9999-12-31")
NUMBERS = ("9" * 5000, "1e999999", "NaN", "²", "999999999999", "-1", "1e-6", "0.0000001")
PAYLOADS = (*MARKUPS, *DAYS, *NUMBERS)
LARGE = 15
"""Fields; the editors have more, stand twice among the places (new, edit), and share the payloads between them.
A form of one button gets a few."""
STEPS = (
    "add_row",
    "remove_row",
    "remove_picture",
    "step",
    "back",
    "kind",
    "category",
    "locality",
    "officer",
    "licences",
    "reason",
    "to_listing",
    "listing",
    "need",
    "undo",
)
"""Names of buttons, choices and links, which no honest page sends with such a value."""
COMPUTED = "6589089657"
"""The product in the payloads for templates: a number that stands on no page by itself."""
LONG = 900
"""Seconds that a part may take; on a machine at rest the longest takes some 20."""
SIGNS_OF_EXECUTION = ("<script>window.__x", "<script>__x", "<img src=x", "<svg/onload", 'onerror="window')


def is_clean(page: str) -> bool:
    """True when no payload runs and none was computed."""
    return not any(sign in page for sign in (*SIGNS_OF_EXECUTION, COMPUTED))


def encoded(data: dict[str, str]) -> bytes:
    """A form body; what is no text (a lone surrogate) goes as its bytes."""
    return "&".join(
        f"{quote(name)}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in data.items()
    ).encode()
