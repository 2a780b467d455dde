"""What calls give: immutable, comparable, picklable, exact, and silent about recipients."""

from __future__ import annotations

import copy
import json
import pickle
from decimal import Decimal
from typing import Any

import pytest

from partner_messaging import (
    Balance,
    Client,
    Event,
    FallbackReceipt,
    FallbackStep,
    MessageRecord,
    OutcomeUnknownError,
    Page,
    Receipt,
    Reply,
    Sms,
    Spending,
    TransportError,
)
from partner_messaging.testing import Sandbox

RECORD = MessageRecord(
    "msg_1",
    recipient="+6591234567",
    channel="SMS",
    status="DELIVERED",
    cost=Decimal("0.10"),
    currency="SGD",
    created_at="2026-11-23T09:00:00Z",
    updated_at="2026-11-23T09:00:01Z",
    raw={"messageId": "msg_1", "recipient": "+6591234567"},
)
STEP = FallbackStep("WHATSAPP", "rejected", kind="api", status=400, code="CHANNEL_CONFIG_NOT_FOUND")
RESULTS: list[Any] = [
    RECORD,
    Page([RECORD, MessageRecord("msg_2")], page=2, limit=2, total=4, total_pages=2, has_more=False, raw=[1]),
    Balance("12.50", currency="SGD", raw={"balance": 12.5}),
    Spending("SMS", "SGD", "0.05", 1, unpriced=2),
    Reply(201, {"id": 1}, message="made", headers={"x-page": "7"}, attempts=2),
    STEP,
    FallbackReceipt(Receipt("msg_1", recipient="+6591234567", raw={"a": 1}), [STEP]),
    Event("send", "retry", channel="SMS", recipient="+6591234567", attempt=1, kind="dns", pause=0.5),
]
IDS = [type(result).__name__ for result in RESULTS]


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_results_can_be_copied_compared_and_pickled(result: Any) -> None:
    copies = [pickle.loads(pickle.dumps(result, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    for other in [*copies, copy.copy(result), copy.deepcopy(result)]:
        assert type(other) is type(result) and other == result and hash(other) == hash(result)
    assert result != "else" and len({result, *copies}) == 1
    assert type(result).__module__ == "partner_messaging" and type(result).__doc__


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_results_are_immutable(result: Any) -> None:
    fields = [name for name in dir(result) if not name.startswith("_") and not callable(getattr(result, name))]
    assert fields
    for name in [*fields, "new"]:
        with pytest.raises(AttributeError):
            setattr(result, name, None)


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_no_recipient_is_shown(result: Any) -> None:
    assert "6591234567" not in repr(result) + str(result)


def test_reprs() -> None:
    step = (
        "FallbackStep(channel='WHATSAPP', outcome='rejected', kind='api', status=400,"
        " code='CHANNEL_CONFIG_NOT_FOUND', message_id=None, attempts=1)"
    )
    assert [repr(result) for result in RESULTS] == [
        "MessageRecord(message_id='msg_1', recipient='*******4567', channel='SMS', status='DELIVERED',"
        " cost='0.10', currency='SGD', created_at='2026-11-23T09:00:00Z', updated_at='2026-11-23T09:00:01Z')",
        f"Page(messages=({RECORD!r}, {MessageRecord('msg_2')!r}), page=2, limit=2, total=4, total_pages=2, has_more=False)",
        "Balance(amount='12.50', currency='SGD')",
        "Spending(channel='SMS', currency='SGD', cost='0.05', messages=1, unpriced=2)",
        "Reply(status=201, replayed=False, attempts=2)",
        step,
        "FallbackReceipt(receipt=Receipt(message_id='msg_1', recipient='*******4567', channel=None, status=None,"
        f" cost=None, currency=None, replayed=False, attempts=1, elapsed=0.0), trail=({step},))",
        "Event(call='send', step='retry', channel='SMS', recipient='*******4567', attempt=1, kind='dns', pause=0.5,"
        " outcome=None, status=None, elapsed=None, text=None)",
    ]


@pytest.mark.parametrize("result", RESULTS, ids=IDS)
def test_the_fields_as_json(result: Any) -> None:
    """`to_dict` has every field that the class has, as `json.dumps` takes it."""
    fields = result.to_dict()
    assert json.loads(json.dumps(fields)) == fields
    public = {name for name in dir(result) if not name.startswith("_") and not callable(getattr(result, name))}
    assert set(fields) == public
    for name, value in fields.items():
        field = getattr(result, name)
        if isinstance(field, Decimal):
            assert value == str(field)
        elif isinstance(field, tuple):
            assert value == [each.to_dict() for each in field]
        else:
            assert value == (field.to_dict() if hasattr(field, "to_dict") else field)


def test_a_receipt_has_an_outcome_as_errors_have() -> None:
    receipt = Receipt("msg_1", cost="0.10")
    made: list[Any] = [receipt, FallbackReceipt(receipt, [STEP]), TransportError("x"), OutcomeUnknownError("x")]
    assert [each.outcome for each in made] == ["sent", "sent", "not_sent", "unknown"]
    assert Receipt(**receipt.to_dict()) == receipt and receipt.to_dict()["outcome"] == "sent"
    with pytest.raises(ValueError, match="sent"):
        Receipt("msg_1", outcome="rejected")  # type: ignore[arg-type]


def test_unequal_results() -> None:
    for one, other in [
        (MessageRecord("1"), MessageRecord("2")),
        (MessageRecord("1", raw={"a": 1}), MessageRecord("1", raw={"a": 2})),
        (Page([MessageRecord("1")]), Page([MessageRecord("2")])),
        (Page([], total=1), Page([], total=2)),
        (Balance("1"), Balance("2")),
        (Reply(200, None), Reply(200, 0)),
    ]:
        assert one != other and not one == other


@pytest.mark.parametrize("make", [lambda: Balance(1.5), lambda: Receipt("1", cost=0.1)])  # type: ignore[arg-type]
def test_a_float_is_not_exact(make: Any) -> None:
    with pytest.raises(TypeError, match="float"):
        make()


def test_results_of_the_service(sandbox: Sandbox, client: Client) -> None:
    receipt = client.send(Sms(to="+6591234567", content="Hello"))
    record = client.get_message(receipt.message_id)
    (page,) = client.list_messages().pages()
    assert page.messages == (record,)
    accepted = client.send_with_fallback([Sms(to="+6591234567", content="Hello")])
    for result in (record, page, accepted, client.get_balance(), client.request("GET", "/partner/message")):
        assert pickle.loads(pickle.dumps(result)) == result
        assert "6591234567" not in repr(result)
    sandbox.push_fault("respond", status=200, body='{"success":true,"data":{"balance":1.10,"more":[1]}}')
    balance = client.get_balance()
    assert (str(balance.amount), balance.currency, balance.raw) == ("1.10", None, {"balance": 1.1, "more": [1]})


def test_an_error_keeps_its_trail() -> None:
    error = TransportError("text", trail=(STEP,))
    assert pickle.loads(pickle.dumps(error)).trail == (STEP,)
    assert TransportError("text").trail == ()
