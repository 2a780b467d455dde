"""The pytest plugin, in pytest runs of their own as its users have them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support import HANGS

USERS_TESTS = '''
import os
import pytest
from partner_messaging import AsyncClient, Client, ConfigError, InsufficientCreditError, OutcomeUnknownError, Sms

HELLO = Sms(to="+6591234567", content="Hello")

def test_what_was_sent(partner_messaging_sandbox):
    Client().send(HELLO)
    assert partner_messaging_sandbox.requests[0]["json"]["request"]["content"] == "Hello"

def test_each_test_has_its_own(partner_messaging_sandbox):
    assert partner_messaging_sandbox.requests == []
    partner_messaging_sandbox.set_state(balance="0.00")
    with pytest.raises(InsufficientCreditError):
        Client().send(HELLO)

@pytest.mark.parametrize("fault", ["reset", "html502"])
def test_faults(fault, partner_messaging_sandbox):
    partner_messaging_sandbox.push_fault(fault)
    with pytest.raises(OutcomeUnknownError):
        Client().send(HELLO)
    assert Client().send(HELLO).status == "SENT"

@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_nothing_leaves_this_machine(client, partner_messaging_sandbox):
    for options in ({"base_url": "https://messaging.example.com"}, {"proxy": "http://proxy.example.com:3128"}):
        with pytest.raises(ConfigError, match="PARTNER_MESSAGING_ALLOW") as raised:
            client(**options)
        assert raised.value.field in options

def test_the_environment_is_put_back():
    assert "PARTNER_MESSAGING_BASE_URL" not in os.environ
    assert "PARTNER_MESSAGING_ALLOW" not in os.environ
    Client("key", base_url="https://messaging.example.com")
'''


def pytest_run(folder: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_users.py").write_text(program)
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=HANGS,
    )


def test_the_fixture(tmp_path: Path) -> None:
    done = pytest_run(tmp_path, USERS_TESTS)
    assert done.returncode == 0 and "7 passed" in done.stdout, done.stdout + done.stderr


def test_it_is_listed_with_its_description(tmp_path: Path) -> None:
    done = pytest_run(tmp_path, "", "--fixtures")
    listed = done.stdout.partition("partner_messaging_sandbox")[2]
    assert "A running sandbox of the test's own" in listed


def test_who_does_not_ask_for_it_does_not_pay(tmp_path: Path) -> None:
    program = "import sys\ndef test(): assert 'pytest_partner_messaging' in sys.modules and 'partner_messaging' not in sys.modules\n"
    done = pytest_run(tmp_path, program)
    assert done.returncode == 0, done.stdout
