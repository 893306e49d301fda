"""No other host, and the headers of every route."""

import re
from html import unescape
from urllib.parse import quote, urlsplit

from marketplace.core.db import db

ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https://evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "//localhost@evil.example",
    "https://localhost@evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "%2f%2fevil.example",
    "//evil%E3%80%82example",
    "/\u2044/evil.example",
    "／／evil.example",
    "//xn--evil-abc.example",
    "localhost.evil.example",
    "/x\r\nLocation: //evil.example",
    "\x00//evil.example",
)


def test_no_way_back_leads_to_another_host(site):
    """`next` of the sign-in and of the language switch, by address and by form."""
    led = []
    for target in ELSEWHERE:
        given = quote(target)
        answers = [
            site.client("owner").get(f"/sign-in?next={given}"),
            site.client("visitor").get(f"/language/en?next={given}"),
            site.client("visitor").post("/language/en", data={"next": target}),
            site.client("owner").post("/sign-in", data={"next": target}),
        ]
        for answer in answers:
            location = answer.headers.get("Location", "")
            browsers = re.sub(r"[\t\r\n]", "", unescape(location)).replace("\\", "/").strip()
            parts = urlsplit(browsers)
            if answer.status_code != 302 or parts.netloc not in {"", "localhost"} or browsers.startswith("//"):
                led.append((target, answer.status_code, location))
    assert led == []


NEEDED = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin",
    "Permissions-Policy": "camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def test_every_route_carries_its_headers(site):
    """Also refusals; what is shown to somebody signed in is not stored, but pictures and assets."""
    lacking = []
    for rule in site.app.url_map.iter_rules():
        values = {
            name: {
                "filename": "images/favicon.svg",
                "side": "buyer",
                "code": "en",
                "variant": "small",
                "key": "x",
                "token": "x",
            }.get(name, 1)
            for name in rule.arguments
        }
        path = site.app.url_map.bind("localhost").build(
            rule.endpoint, values, method=min(rule.methods - {"HEAD", "OPTIONS"})
        )
        for name in ("visitor", "owner"):
            for method in rule.methods & {"GET", "POST"}:
                answer = site.client(name).open(path, method=method)
                if method == "POST":  # signing out, above all
                    db.session.remove()
                    site.copy.put_back()
                wrong = [
                    header
                    for header, part in NEEDED.items()
                    if part not in answer.headers.get(header, "")
                    and not (header == "Content-Security-Policy" and "sandbox" in answer.headers.get(header, ""))
                ]
                if "unsafe" in answer.headers.get("Content-Security-Policy", "unsafe"):
                    wrong.append("unsafe")
                stored = "no-store" not in answer.headers.get("Cache-Control", "")
                if stored and name == "owner" and rule.endpoint not in {"static", "files.show", "accounts.sign_out"}:
                    wrong.append("Cache-Control")
                if wrong:
                    lacking.append((rule.endpoint, method, name, wrong))
    db.session.remove()
    site.copy.put_back()
    assert lacking == []
