"""The sandbox as users' tests see it."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request

import pytest

from partner_messaging import (
    Client,
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
    with pytest.raises(TransportError) as refused:
        client.send(HELLO, max_retries=0)
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


def test_stopping() -> None:
    sandbox = Sandbox()
    sandbox.set_fault("stall")
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=10)
    connection.request("POST", "/partner/message/send", "{}", {"x-api-key": sandbox.api_key})
    began = time.monotonic()
    sandbox.stop()
    sandbox.stop()
    assert time.monotonic() - began < 5
    connection.close()
    with pytest.raises(RuntimeError, match="stopped"):
        sandbox.requests
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(sandbox.url, timeout=5)
