"""Every route asks a policy or is listed public; a POST without a token is refused; GET changes nothing by itself."""

import inspect
import re

import pytest

from marketplace import create_app
from marketplace.core.policies import is_public
from tests.conftest import TEST_SETTINGS


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """An application with CSRF protection on, as in production."""
    return create_app(
        {**TEST_SETTINGS, "WTF_CSRF_ENABLED": True, "DEV_PAGES": True}, instance=tmp_path_factory.mktemp("guarded")
    )


def asks(view, seen=frozenset()):
    """True when the view, or a function of its module that it calls, asks a policy."""
    source = inspect.getsource(view)
    if re.search(r"\bauthorize\(", source):
        return True
    module = inspect.getmodule(view)
    called = {name for name in re.findall(r"\b(\w+)\(", source) if name not in seen and name != view.__name__}
    own = [getattr(module, name, None) for name in called]
    return any(
        asks(function, seen | called)
        for function in own
        if inspect.isfunction(function) and inspect.getmodule(function) is module
    )


def test_every_route_asks_a_policy_or_is_public(guarded):
    silent = [
        endpoint
        for endpoint, view in guarded.view_functions.items()
        if not is_public(guarded, endpoint) and not asks(view)
    ]
    assert silent == []


def test_every_form_needs_a_token(guarded):
    client = guarded.test_client()
    refused = {}
    for rule in guarded.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            values = {name: EXAMPLES.get(name, "1") for name in rule.arguments}
            with guarded.test_request_context():
                path = guarded.url_map.bind("localhost").build(rule.endpoint, values, method="POST")
            refused[rule.endpoint] = client.post(path).status_code
    assert len(refused) > 20
    assert {endpoint: status for endpoint, status in refused.items() if status not in {400, 404}} == {}


def test_public_routes_are_the_ones_we_mean(guarded):
    """A new public route is a decision: add it here when it is one."""
    ours = {endpoint for endpoint in guarded.view_functions if is_public(guarded, endpoint)}
    assert ours == PUBLIC_ROUTES


EXAMPLES = {"side": "buyer", "code": "en"}
PUBLIC_ROUTES = {
    "static",
    "web.healthz",
    "web.readyz",
    "dev.components",
    "dev.mail",
    "accounts.complete_registration",
    "accounts.forgot_password",
    "accounts.invitation",
    "accounts.new_password",
    "accounts.organisations",
    "accounts.register",
    "accounts.sign_in",
    "accounts.sign_out",
    "campaigns.rota",
    "catalog.category",
    "catalog.how",
    "catalog.index",
    "matching.how",
    "matching.of_listing",
    "matching.of_sentence",
    "needs.create",
    "needs.index",
    "needs.preview",
    "needs.understand",
    "pages.about",
    "pages.help",
    "pages.home",
    "pages.language",
    "pages.publish",
    "pages.suggestions",
}
