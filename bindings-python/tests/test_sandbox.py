"""The sandbox as users' tests see it."""

from __future__ import annotations

import gc
import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support import HANGS, until

from partner_messaging import (
    AsyncClient,
    Client,
    ConfigError,
    InsufficientCreditError,
    OutcomeUnknownError,
    Receipt,
    Sms,
    TransportError,
)
from partner_messaging.testing import Sandbox

HELLO = Sms(to="+6591234567", content="Hello")


def test_it_is_configured() -> None:
    with Sandbox(api_key="other-key", balance="0.07", state={"prices": {"SMS": "0.06"}}) as sandbox:
        assert sandbox.api_key == "other-key" and sandbox.url.startswith("http://127.0.0.1:")
        assert sandbox.state["balance"] == "0.07" and sandbox.url in repr(sandbox)
        with urllib.request.urlopen(sandbox.inbox_url, timeout=HANGS) as page:
            assert b"<title>Inbox" in page.read()
        with sandbox.client() as client:
            client.send(HELLO)
            with pytest.raises(InsufficientCreditError):
                client.send(HELLO)
        assert sandbox.state["balance"] == "0.01"
        sandbox.reset()
        assert (sandbox.state["balance"], sandbox.requests, sandbox.messages) == ("0.07", [], [])


def test_requests_and_messages(client: Client, sandbox: Sandbox) -> None:
    receipt = client.send(HELLO)
    (request,), (message,) = sandbox.requests, sandbox.messages
    assert (request["method"], request["path"]) == ("POST", "/partner/message/send")
    assert request["json"] == {"request": HELLO.to_dict()}
    assert message["messageId"] == receipt.message_id
    sandbox.clear_requests()
    assert sandbox.requests == []


def test_faults(client: Client, sandbox: Sandbox) -> None:
    sandbox.set_fault("html502")
    sandbox.push_fault("rate_limit", retry_after="0", times=2)
    for _ in range(2):
        with pytest.raises(OutcomeUnknownError) as raised:
            client.send(HELLO)
        assert raised.value.status == 502
    sandbox.set_fault(None)
    assert isinstance(client.send(HELLO), Receipt)
    sandbox.set_fault("refuse")
    # A client without connections: one that is just closing would fail otherwise.
    with sandbox.client() as fresh, pytest.raises(TransportError) as refused:
        fresh.send(HELLO, max_retries=0)
    assert refused.value.kind == "connect"


@pytest.mark.parametrize("wrong", [{"balance": "much"}, {"nothing": 1}])
def test_what_it_does_not_understand_is_a_value_error(wrong: dict[str, object], sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        sandbox.set_state(**wrong)
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Sandbox(state=dict(wrong))
    with pytest.raises(ValueError, match="explode"):
        sandbox.push_fault("explode")


def test_it_listens_where_it_is_told() -> None:
    with Sandbox(listen="[::1]:0") as sandbox, sandbox.client() as client:
        assert sandbox.url.startswith("http://[::1]:")
        assert client.send(HELLO).status == "SENT"
    with pytest.raises(ValueError, match="listen"):
        Sandbox(listen="everywhere")
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(listen="0.0.0.0:0")


ALLOW = "PARTNER_MESSAGING_ALLOW"


def test_while_one_runs_no_client_leaves_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOW, raising=False)
    first, second = Sandbox(), Sandbox()
    for client in (Client, AsyncClient):
        for options in ({"base_url": "https://messaging.example.com"}, {"proxy": "http://proxy.example.com:3128"}):
            with pytest.raises(ConfigError, match=ALLOW) as raised:
                client("key", **{"base_url": first.url, **options})  # type: ignore[arg-type]
            assert raised.value.field in options
    with first.client() as client_of_it:
        assert client_of_it.send(HELLO).status == "SENT"
    first.stop()
    first.stop()
    assert os.environ[ALLOW] == "loopback"
    second.stop()
    assert ALLOW not in os.environ
    Client("key", base_url="https://messaging.example.com").close()
    # One that nobody stopped ends when nobody has it any more.
    forgotten = Sandbox()
    assert os.environ[ALLOW] == "loopback"
    del forgotten
    gc.collect()
    assert ALLOW not in os.environ


def test_what_blocks_pythons_sockets_does_not_see_it(
    client: Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the README says, and why a sandbox keeps clients on the machine."""

    class Blocked(socket.socket):
        def __init__(self, *arguments: object, **options: object) -> None:
            raise RuntimeError("the network is blocked")  # as pytest-socket does it

    monkeypatch.setattr(socket, "socket", Blocked)
    with pytest.raises(RuntimeError, match="blocked"):
        urllib.request.urlopen(sandbox.url, timeout=HANGS)
    assert client.send(HELLO).status == "SENT"
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("value", ["", "loopback"])
def test_whoever_has_set_the_variable_has_decided(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW, value)
    with Sandbox():
        assert os.environ[ALLOW] == value
        if not value:
            Client("key", base_url="https://messaging.example.com").close()
    assert os.environ[ALLOW] == value


def test_one_that_does_not_start_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOW, raising=False)
    with pytest.raises(ValueError):
        Sandbox(listen="everywhere")
    assert ALLOW not in os.environ


INBOX = """
import sys
from partner_messaging.testing import Sandbox
with Sandbox(inbox=sys.argv[1] or None) as sandbox:
    print(sandbox.inbox_url, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("argument, variable", [("open", ""), ("open", "off"), ("", "open"), ("", "print"), ("print", "open")])
def test_it_shows_its_inbox_on_wish(
    argument: str, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, asked = tmp_path / "browser", tmp_path / "asked"
    browser.write_text(f'#!/bin/sh\necho "$1" > {asked}.new && mv {asked}.new {asked}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("PARTNER_MESSAGING_INBOX", variable)
    monkeypatch.setenv("BROWSER", str(browser))
    pipes: dict[str, int] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen([sys.executable, "-c", INBOX, argument], text=True, **pipes) as process:
        assert process.stdout is not None
        url = process.stdout.readline()
        if (argument or variable) == "open":
            until(asked.exists)
            assert asked.read_text() == url
            line = ""
        else:
            line = f"partner-messaging sandbox: inbox at {url}"
        _, complaints = process.communicate(timeout=HANGS)
    assert (process.returncode, complaints) == (0, line)
    assert asked.exists() == (line == "")


def test_how_to_show_the_inbox_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="inbox.*print"):
        Sandbox(inbox="draw")  # type: ignore[arg-type]
    monkeypatch.setenv("PARTNER_MESSAGING_INBOX", "draw")
    with pytest.raises(ValueError, match="PARTNER_MESSAGING_INBOX: must be print, open or off"):
        Sandbox()
    Sandbox(inbox="off").stop()


def test_stopping() -> None:
    sandbox = Sandbox()
    sandbox.set_fault("stall")
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=HANGS)
    connection.request("POST", "/partner/message/send", "{}", {"x-api-key": sandbox.api_key})
    began = time.monotonic()
    sandbox.stop()
    sandbox.stop()
    assert time.monotonic() - began < 50
    connection.close()
    with pytest.raises(RuntimeError, match="stopped"):
        sandbox.requests
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(sandbox.url, timeout=HANGS)
