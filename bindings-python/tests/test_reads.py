"""Reads, lists, fallback, requests and spending with the blocking client, where
the shared cases don't reach."""

from __future__ import annotations

import datetime
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support import HANGS, PATIENCE, until

from partner_messaging import (
    Client,
    ConfigError,
    InvalidMessageError,
    OutcomeUnknownError,
    PartnerMessagingError,
    ProtocolError,
    Sms,
    TransportError,
    WhatsApp,
)
from partner_messaging.testing import Sandbox

if TYPE_CHECKING:
    from partner_messaging._native import Message

HELLO = Sms(to="+6591234567", content="Hello")
WHATSAPP = WhatsApp(to="+6591234567", from_="+6581234567", template_id="HX1")


def send(client: Client, count: int) -> list[str]:
    """The ids of messages that were sent, the newest first, as they are listed."""
    ids = [client.send(Sms(to=f"+65912345{n:02}", content="Hello")).message_id for n in range(count)]
    return ids[::-1]


def test_a_message_is_followed_until_its_status_is_final(sandbox: Sandbox, client: Client) -> None:
    sandbox.set_state(delivery={"after_ms": None})
    receipt = client.send(HELLO)
    assert client.get_message(receipt.message_id).status == "SENT"

    def deliver() -> None:
        until(lambda: len(sandbox.requests) > 2)  # it is waited for
        time.sleep(0.01)  # times have milliseconds
        sandbox._control("advance", status="DELIVERED")

    delivering = threading.Thread(target=deliver)
    delivering.start()
    record = client.wait_for_status(receipt.message_id, timeout=HANGS)
    delivering.join()
    assert (record.status, record.cost, record.recipient) == ("DELIVERED", receipt.cost, "+6591234567")
    assert record.created_at is not None and record.updated_at is not None
    assert record.updated_at > record.created_at
    # Any status can be the one to wait for.
    assert client.wait_for_status(receipt.message_id, final_statuses=("delivered",)).status == "DELIVERED"


def test_waiting_ends_at_its_deadline(sandbox: Sandbox, client: Client) -> None:
    sandbox.set_state(delivery={"after_ms": None})
    message_id = client.send(HELLO).message_id
    begun = time.monotonic()
    assert client.wait_for_status(message_id, timeout=2).status == "SENT"
    assert 2 <= time.monotonic() - begun < PATIENCE


def test_a_list_is_asked_for_as_it_is_needed(sandbox: Sandbox, client: Client) -> None:
    sent = send(client, 5)
    sandbox.clear_requests()
    messages = client.list_messages(limit=2, headers={"x-tag": "a"})
    assert iter(messages) is messages and sandbox.requests == []
    assert [next(messages).message_id, next(messages).message_id] == sent[:2]
    assert len(sandbox.requests) == 1
    assert [message.message_id for message in messages] == sent[2:]
    assert len(sandbox.requests) == 3
    assert all(["x-tag", "a"] in request["headers"] for request in sandbox.requests)
    # It has ended for good.
    assert list(messages) == [] and len(sandbox.requests) == 3


def test_pages_tell_their_totals(sandbox: Sandbox, client: Client) -> None:
    sent = send(client, 5)
    pages = client.list_messages(limit=2).pages()
    assert iter(pages) is pages
    first, second, third = pages
    assert (first.page, first.limit, first.total, first.total_pages, first.has_more) == (1, 2, 5, 3, True)
    assert (third.page, third.has_more) == (3, False)
    assert [record.message_id for page in (first, second, third) for record in page.messages] == sent
    assert first.messages[0].raw["messageId"] == sent[0] and first.raw["messages"][0] == first.messages[0].raw


def test_pages_go_on_where_the_messages_are(client: Client) -> None:
    sent = send(client, 5)
    messages = client.list_messages(limit=2)
    assert next(messages).message_id == sent[0]
    assert [len(page.messages) for page in messages.pages()] == [2, 1]
    # What was left of the current page is still the messages' own.
    assert [message.message_id for message in messages] == sent[1:2]


def test_filters(sandbox: Sandbox, client: Client) -> None:
    send(client, 3)
    client.send(WHATSAPP)
    utc, singapore = datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=8))
    day, hour = datetime.timedelta(days=1), datetime.timedelta(hours=1)
    now = datetime.datetime.now(utc)
    for filter, count in [
        ({"channel": "SMS"}, 3),
        ({"status": "FAILED"}, 0),
        ({"recipient": "+6591234501"}, 1),
        ({"sender": "+6581234567"}, 1),
        ({"since": "2100-01-01"}, 0),
        ({"since": now - hour}, 4),
        ({"since": (now + hour).astimezone(singapore)}, 0),
        ({"until": (now + hour).astimezone(singapore)}, 4),
        ({"since": now.date() - day, "until": now.date() + day}, 4),
        ({"until": now.date() - day}, 0),
        ({"page": 2, "limit": 3}, 1),
        ({"channel": None, "query": {"channel2": "x"}}, 4),
    ]:
        assert len(list(client.list_messages(**filter))) == count, filter  # type: ignore[arg-type]
    sandbox.clear_requests()
    list(client.list_messages(since=datetime.datetime(2026, 1, 2, 3, tzinfo=singapore), query={"a b": "c&d"}))
    assert sandbox.requests[0]["path"].endswith("?page=1&limit=50&since=2026-01-02T03%3A00%3A00%2B08%3A00&a+b=c%26d")


@pytest.mark.parametrize(
    "field, value",
    [
        ("channel", 7),
        ("status", ""),
        ("recipient", 6591234567),
        ("since", datetime.datetime(2026, 1, 1)),
        ("since", "yesterday"),
        ("until", 1767225600),
        ("until", datetime.time(12)),
        ("page", 0),
        ("page", "1"),
        ("page", True),
        ("limit", 1001),
        ("limit", -1),
        ("query", [("a", "b")]),
        ("query", {"a": 1}),
        ("query", {"page": "1"}),
        ("timeout", 0),
        ("max_retries", 1.5),
        ("headers", {"x": 1}),
    ],
)
def test_an_unusable_filter_is_refused_at_once(sandbox: Sandbox, client: Client, field: str, value: object) -> None:
    with pytest.raises(ConfigError) as raised:
        client.list_messages(**{field: value})  # type: ignore[arg-type]
    assert (raised.value.field, raised.value.outcome, raised.value.kind) == (field, None, "config")
    assert isinstance(raised.value, ValueError) and sandbox.requests == []


CALLS: list[tuple[str, Callable[[Any], object]]] = [
    ("message_id", lambda client: client.get_message(7)),
    ("message_id", lambda client: client.get_message("")),
    ("message_id", lambda client: client.wait_for_status("x" * 600)),
    ("final_statuses", lambda client: client.wait_for_status("msg_1", final_statuses="DELIVERED")),
    ("final_statuses", lambda client: client.wait_for_status("msg_1", final_statuses=[])),
    ("final_statuses", lambda client: client.wait_for_status("msg_1", final_statuses=[1])),
    ("timeout", lambda client: client.get_balance(timeout="1")),
    ("path", lambda client: client.request("GET", 7)),
    ("query", lambda client: client.request("GET", "/x", query="a=b")),
    ("idempotent", lambda client: client.request("GET", "/x", idempotent="no")),
    ("headers", lambda client: client.request("GET", "/x", headers=7)),
]


@pytest.mark.parametrize("field, call", CALLS)
def test_unusable_arguments_of_reads(
    sandbox: Sandbox, client: Client, field: str, call: Callable[[Client], object]
) -> None:
    with pytest.raises(ConfigError) as raised:
        call(client)
    assert (raised.value.field, raised.value.outcome) == (field, None)
    assert sandbox.requests == []


def test_unusable_arguments_of_changes(sandbox: Sandbox, client: Client) -> None:
    calls: list[tuple[str, Callable[[], object]]] = [
        ("json", lambda: client.request("POST", "/x", json={1, 2})),
        ("json", lambda: client.request("POST", "/x", json=float("nan"))),
        ("method", lambda: client.request(None, "/x")),  # type: ignore[arg-type]
        ("fallback_codes", lambda: client.send_with_fallback([HELLO], fallback_codes="X")),
    ]
    for field, call in calls:
        with pytest.raises(ConfigError) as raised:
            call()
        assert (raised.value.field, raised.value.outcome) == (field, "not_sent")
    assert sandbox.requests == []


@pytest.mark.parametrize(
    "method, arguments",
    [
        ("send", [HELLO]),
        ("send_with_fallback", [[HELLO]]),
        ("get_message", ["msg_1"]),
        ("wait_for_status", ["msg_1"]),
        ("list_messages", []),
        ("get_balance", []),
        ("request", ["GET", "/x"]),
    ],
)
def test_unknown_keywords_are_refused(client: Client, method: str, arguments: list[Any]) -> None:
    for value in (1, None):
        with pytest.raises(TypeError, match=rf"{method}\(\) got an unexpected keyword argument 'nonsense'"):
            getattr(client, method)(*arguments, nonsense=value)


def test_endpoints(sandbox: Sandbox) -> None:
    endpoints = {"get_message": "/m/{messageId}", "list_messages": "/l", "get_balance": "/b"}
    sandbox.set_fault("respond", status=200, body={"success": True, "data": [{"messageId": "a/b"}]})
    with sandbox.client(endpoints=endpoints) as client:
        assert [record.message_id for record in client.list_messages(limit=2, page=3)] == ["a/b"]
        for read in (client.get_balance, lambda: client.get_message("a/b")):
            with pytest.raises(ProtocolError) as raised:
                read()
            assert raised.value.outcome is None
    paths = [request["path"] for request in sandbox.requests]
    assert paths[0] == "/l?page=3&limit=2" and paths[-2:] == ["/b", "/m/a%2Fb"]
    bad: list[tuple[Any, str]] = [
        ({"get_message": "/m"}, "endpoints.get_message"),
        ({"send": "/s"}, "endpoints"),
        (["/m"], "endpoints"),
        ({"get_balance": 7}, "endpoints"),
    ]
    for endpoints, field in bad:
        with pytest.raises(ConfigError) as refused:
            Client("key", endpoints=endpoints)
        assert (refused.value.field, refused.value.outcome) == (field, "not_sent")


def test_an_error_ends_a_list(sandbox: Sandbox, client: Client) -> None:
    sent = send(client, 4)
    messages = client.list_messages(limit=2)
    assert [next(messages).message_id, next(messages).message_id] == sent[:2]
    sandbox.push_fault("code", code="INVALID_PAGINATION")
    with pytest.raises(PartnerMessagingError) as raised:
        next(messages)
    assert (raised.value.outcome, raised.value.code) == (None, "INVALID_PAGINATION")
    assert list(messages) == [] == list(messages.pages())


def test_a_list_of_a_closed_client(client: Client) -> None:
    sent = send(client, 3)
    messages = client.list_messages(limit=2)
    assert next(messages).message_id == sent[0]
    client.close()
    assert next(messages).message_id == sent[1]
    with pytest.raises(TransportError) as raised:
        next(messages)
    assert (raised.value.kind, raised.value.outcome) == ("closed", None)
    assert list(messages) == []


def test_closing_ends_a_list_under_way(sandbox: Sandbox, client: Client) -> None:
    sandbox.push_fault("stall")
    threading.Timer(0.2, client.close).start()
    with pytest.raises(TransportError) as raised:
        list(client.list_messages())
    assert raised.value.kind == "closed"


def test_a_list_keeps_its_client() -> None:
    with Sandbox() as sandbox:
        client = sandbox.client()
        sent = send(client, 3)
        messages = client.list_messages(limit=1)
        del client
        assert [message.message_id for message in messages] == sent


def test_a_list_is_one_threads_at_a_time(sandbox: Sandbox, client: Client) -> None:
    sent = send(client, 2)
    pages = client.list_messages(limit=1).pages()
    # Long enough for another thread to come.
    sandbox.push_fault("stall", ms=3000)
    sandbox.clear_requests()
    thread = threading.Thread(target=lambda: got.append(next(pages)))
    got: list[Any] = []
    thread.start()
    until(lambda: sandbox.requests)
    with pytest.raises(RuntimeError, match="already"):
        next(pages)
    thread.join()
    assert got[0].messages[0].message_id == sent[0]
    assert next(pages).messages[0].message_id == sent[1]


def test_threads_share_the_messages_of_a_list(client: Client) -> None:
    sent = send(client, 40)
    messages, lock = client.list_messages(limit=7), threading.Lock()
    got: list[str] = []

    def work() -> None:
        while True:
            with lock:
                message = next(messages, None)
            if message is None:
                return
            got.append(message.message_id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted(sent)


def test_a_channel_that_cannot_be_used_is_passed_over(sandbox: Sandbox, client: Client) -> None:
    sandbox.set_state(channels={"WHATSAPP": "not_configured"})
    messages: list[Message] = [WHATSAPP, HELLO]
    accepted = client.send_with_fallback(iter(messages))
    assert [(step.channel, step.outcome) for step in accepted.trail] == [("WHATSAPP", "rejected"), ("SMS", "sent")]
    assert accepted.trail[-1].message_id == accepted.receipt.message_id
    assert accepted.trail[0].code == "CHANNEL_CONFIG_NOT_FOUND"
    with pytest.raises(PartnerMessagingError) as raised:
        client.send_with_fallback([WHATSAPP, {"channel": "SMS", "to": "+6591234567", "content": "x"}], fallback_codes=[])
    assert raised.value.outcome == "rejected" and len(raised.value.trail) == 1


def test_a_message_in_a_list_is_named(sandbox: Sandbox, client: Client) -> None:
    for messages, field in [
        ([], "messages"),
        (HELLO, "messages"),
        (HELLO.to_dict(), "messages"),
        (None, "messages"),
        ([HELLO, "Hello"], "messages[1].message"),
        ([HELLO, {"channel": "SMS", "to": {1, 2}}], "messages[1].message"),
        ([{"channel": "SMS", "to": "911", "content": "x"}], "messages[0].to"),
    ]:
        with pytest.raises(InvalidMessageError) as raised:
            client.send_with_fallback(messages)  # type: ignore[arg-type]
        assert (raised.value.field, raised.value.outcome, raised.value.trail) == (field, "not_sent", ())
    assert sandbox.requests == []


def test_what_an_iterator_of_messages_raises_is_passed_on(client: Client) -> None:
    def messages() -> Any:
        yield HELLO
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        client.send_with_fallback(messages())


def test_bodies_of_requests(sandbox: Sandbox, client: Client) -> None:
    sandbox.set_fault("respond", status=201, headers={"X-Page": "7"}, body={"success": True, "data": {"id": 1}})
    reply = client.request("PUT", "/x", json=None)
    assert (reply.status, reply.data, reply.message, reply.attempts) == (201, {"id": 1}, None, 1)
    assert reply.headers["x-page"] == "7"
    client.request("POST", "/x", json=["\u00e9", 1.5, True], headers={"x-tag": "a"})
    client.request("DELETE", "/x")
    assert [request["body"] for request in sandbox.requests] == ["null", '["\u00e9", 1.5, true]', ""]
    assert ["x-tag", "a"] in sandbox.requests[1]["headers"]


def test_the_ledger_is_what_the_balance_sank_by(sandbox: Sandbox, client: Client) -> None:
    assert client.spending() == ()
    before = client.get_balance()
    threads = [threading.Thread(target=send, args=(client, 10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.send_with_fallback([WHATSAPP])
    sms, whatsapp = client.spending()
    assert (sms.channel, sms.currency, sms.cost, sms.messages, sms.unpriced) == ("SMS", "SGD", Decimal("2.00"), 40, 0)
    assert sms.cost + whatsapp.cost == before.amount - client.get_balance().amount
    assert client.reset_spending() == (sms, whatsapp) and client.spending() == ()


PROGRAM = """
    import os, signal, sys, threading, time
    from partner_messaging import Sms, WhatsApp
    from partner_messaging.testing import Sandbox

    HELLO = Sms(to="+6591234567", content="Hello")
    WHATSAPP = WhatsApp(to="+6591234567", from_="+6581234567", template_id="HX1")

    def interrupted(call, requests=1):
        sandbox.clear_requests()
        def interrupt():
            while len(sandbox.requests) < requests:
                time.sleep(0.005)
            time.sleep(0.05)
            interrupt.at = time.monotonic()
            os.kill(os.getpid(), signal.SIGINT)
        threading.Thread(target=interrupt).start()
        try:
            call()
        except KeyboardInterrupt as interrupted:
            late = time.monotonic() - interrupt.at
            cause = interrupted.__cause__
            print(cause.outcome, cause.kind, len(cause.trail), late < 10)

    with Sandbox() as sandbox, sandbox.client() as client:
        sent = [client.send(HELLO).message_id for _ in range(3)][::-1]
        sandbox.set_state(delivery={"after_ms": None}, channels={"WHATSAPP": "not_configured"})
        interrupted(lambda: client.wait_for_status(sent[0]), requests=2)
        messages = client.list_messages(limit=1)
        next(messages)
        sandbox.set_fault("stall")
        interrupted(lambda: next(messages))
        interrupted(client.get_balance)
        interrupted(lambda: client.request("POST", "/x", json={}))
        sandbox.set_fault(None)
        print([message.message_id for message in messages] == sent[1:])
        sandbox.push_fault("code", code="CHANNEL_CONFIG_NOT_FOUND")
        sandbox.push_fault("stall")
        interrupted(lambda: client.send_with_fallback([WHATSAPP, HELLO]), requests=2)
"""


def test_ctrl_c_ends_every_call() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)], capture_output=True, text=True, timeout=HANGS
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "None cancelled 0 True",
        "None cancelled 0 True",
        "None cancelled 0 True",
        "unknown cancelled 0 True",
        # The interrupted list went on where it was.
        "True",
        "unknown cancelled 2 True",
    ]


def test_a_signal_handler_may_use_the_client(sandbox: Sandbox, client: Client) -> None:
    pages = client.list_messages().pages()
    seen: list[object] = []

    def handler(*_: object) -> None:
        seen.append(client.get_balance().currency)
        with pytest.raises(RuntimeError):
            next(pages)

    def interrupt() -> None:
        until(lambda: sandbox.requests)
        signal.raise_signal(signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        # Long enough for the handler to come in between.
        sandbox.push_fault("stall", ms=3000)
        interrupting = threading.Thread(target=interrupt)
        interrupting.start()
        assert len(next(pages).messages) == 0
        interrupting.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen == ["SGD"]


def test_a_change_that_may_have_been_made(sandbox: Sandbox, client: Client) -> None:
    sandbox.push_fault("close_after_read")
    with pytest.raises(OutcomeUnknownError) as raised:
        client.request("POST", "/x", json={})
    assert raised.value.attempts == 1 and "request" in str(raised.value)
