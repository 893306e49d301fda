"""Every link and every button that somebody finds, from the home page on."""

import re
from collections import deque
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from tests.functional.who_may.asking import Site

LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
FORM = re.compile(r'<form[^>]*method="post"[^>]*>', re.I)
BUTTON = re.compile(r'(?:action|formaction|hx-post)="(/[^"]*)"')
BUTTON_BESIDE = re.compile(r'(?:formaction|hx-post)="(/[^"]*)"')
SEARCHES = {"/listings", "/needs", "/organisations"}
"""Their filters are the same for everybody: the visitor follows them together, the others one at a time."""
MOST_PAGES = 130
LEAST_PAGES = 20


def dead_ends(site: Site, name: str) -> list[tuple[object, ...]]:
    """Links to a page that is refused, reading that writes, and buttons that can never work, as `name` finds them."""
    waiting, seen, buttons, dead = deque(["/", "/workbench" if name != "visitor" else "/needs"]), set(), {}, []
    came: dict[str, str] = {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        parts = urlsplit(path)
        kind = (parts.path, tuple(sorted({key for key, _value in parse_qsl(parts.query)})))
        if kind in seen or parts.path.startswith(("/static/", "/language/")):
            continue
        if name != "visitor" and parts.path in SEARCHES and len(kind[1]) > 1:
            continue
        seen.add(kind)
        answer = site.ask(name, path)
        if answer.status >= 400 or answer.written:
            dead.append((path, answer.status, answer.written, came.get(path)))
        found = [unescape(link) for link in LINK.findall(answer.body)]
        came |= {link: path for link in found if link not in came}
        waiting += found
        beside = BUTTON_BESIDE.findall(answer.body)
        for action in beside + [
            action for form in FORM.findall(answer.body) for action in BUTTON.findall(form) or [path]
        ]:
            action = unescape(action)
            by_itself = action.startswith("/language/")  # where it leads back to is no other button
            buttons.setdefault(urlsplit(action).path if by_itself else action, path)
    for action, page in buttons.items():
        answer = site.ask(name, action, "POST", {})
        if answer.status >= 500 or answer.sign in "x." or (answer.sign == ">" and name != "visitor"):
            dead.append((action, answer.status, f"on {page}"))
    assert len(seen) > LEAST_PAGES
    return dead
