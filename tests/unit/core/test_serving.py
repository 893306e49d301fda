"""What the site refuses to serve."""

import subprocess
import sys

import pytest

from marketplace.core.limits import is_loopback
from tests.live import ROOT, Site


@pytest.mark.parametrize(
    ("host", "is_this_machine"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("192.168.1.4", False),
        ("doorstep.example.com", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host, is_this_machine):
    assert is_loopback(host) is is_this_machine


@pytest.mark.parametrize("command", ["serve", "start"])
@pytest.mark.parametrize(
    ("host", "public_url"),
    [("0.0.0.0", "http://127.0.0.1:5000"), ("127.0.0.1", "https://doorstep.example.com")],  # noqa: S104
)
def test_the_dev_pages_are_not_served_to_others(tmp_path, command, host, public_url):
    site = Site(tmp_path, settings={"DOORSTEP_PUBLIC_URL": public_url})
    answer = subprocess.run(
        [sys.executable, "-m", "flask", command, "--host", host, "--port", str(site.port)],
        cwd=ROOT,
        env=site.environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 1
    assert "DEV_PAGES is on" in answer.stderr
    assert "DOORSTEP_DEV_PAGES=0" in answer.stderr
    assert "Traceback" not in answer.stderr
