"""Messages and receipts as values."""

import copy
import datetime
import pickle
from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal

import pytest

from partner_messaging import Email, InvalidMessageError, Receipt, Sms, WhatsApp

MESSAGES = [
    (
        WhatsApp(to="+6591234567", from_="+6581234567", template_id="HX1", template_variables={"1": "123456"}),
        {
            "channel": "WHATSAPP",
            "to": "+6591234567",
            "from": "+6581234567",
            "templateId": "HX1",
            "templateVariables": {"1": "123456"},
        },
    ),
    (
        Sms(to="+6591234567", sender_id="Pathomics", template_id="HX1", template_variables={"1": "123456"}),
        {
            "channel": "SMS",
            "to": "+6591234567",
            "senderId": "Pathomics",
            "templateId": "HX1",
            "templateVariables": {"1": "123456"},
        },
    ),
    (Sms(to="+6591234567", content="Hello"), {"channel": "SMS", "to": "+6591234567", "content": "Hello"}),
    (
        Email(to="a@example.com", subject="Hi", html_content="<p>Hi</p>"),
        {"channel": "EMAIL", "to": "a@example.com", "subject": "Hi", "htmlContent": "<p>Hi</p>"},
    ),
]


@pytest.mark.parametrize("message, wire", MESSAGES, ids=lambda value: type(value).__name__)
def test_messages_are_values(client, sandbox, message, wire):
    assert message.to_dict() == wire
    for same in (copy.copy(message), copy.deepcopy(message), pickle.loads(pickle.dumps(message))):
        assert same == message and hash(same) == hash(message)
    assert message != Sms(to="+6500000000", content="another")
    assert message != "something else"
    with pytest.raises(AttributeError):
        message.to = "+6500000000"
    receipt = client.send(message)
    # The object and its wire form are the same message.
    assert client.send(wire).cost == receipt.cost
    assert sandbox.requests[0]["json"] == sandbox.requests[1]["json"] == {"request": wire}


def test_fields_can_be_read():
    message = MESSAGES[0][0]
    assert (message.to, message.from_, message.template_id) == ("+6591234567", "+6581234567", "HX1")
    message.template_variables["1"] = "changed"
    assert message.template_variables == {"1": "123456"}
    email = MESSAGES[3][0]
    assert (email.to, email.subject, email.html_content) == ("a@example.com", "Hi", "<p>Hi</p>")
    sms = MESSAGES[2][0]
    assert (sms.content, sms.sender_id, sms.template_id, sms.template_variables) == ("Hello", None, None, {})


def test_reprs_are_masked():
    for message, _ in MESSAGES:
        shown = repr(message)
        for secret in ("+659", "123456", "Hello", "<p>", "a@example"):
            assert secret not in shown
        assert shown.startswith(type(message).__name__)


@pytest.mark.parametrize(
    "field, make",
    [
        ("to", lambda: Sms(to=6591234567, content="x")),
        ("to", lambda: Sms(to=b"+6591234567", content="x")),
        ("content", lambda: Sms(to="+6591234567", content="\ud800")),
        ("from", lambda: WhatsApp(to="+6591234567", from_=None, template_id="HX1")),
        ("templateVariables", lambda: Sms(to="+6591234567", template_id="x", template_variables={"1": 123456})),
        ("templateVariables", lambda: Sms(to="+6591234567", template_id="x", template_variables=["123456"])),
        ("subject", lambda: Email(to="a@example.com", subject=1, html_content="x")),
    ],
)
def test_values_of_no_usable_type(field, make):
    with pytest.raises(InvalidMessageError) as raised:
        make()
    assert raised.value.field == field
    assert "123456" not in str(raised.value)


class Odd(Mapping):
    """A mapping that is no dict."""

    def __getitem__(self, key):
        return MESSAGES[2][1][key]

    def __iter__(self):
        return iter(MESSAGES[2][1])

    def __len__(self):
        return len(MESSAGES[2][1])


@pytest.mark.parametrize("message", [OrderedDict(MESSAGES[2][1]), Odd()])
def test_any_mapping_will_do(client, message):
    assert client.send(message).status == "SENT"


def cycle():
    message = dict(MESSAGES[2][1])
    message["self"] = message
    return message


@pytest.mark.parametrize(
    "message",
    [
        None,
        "text",
        7,
        [("channel", "SMS")],
        {"channel": "SMS", "to": "+6591234567", "content": "x", "when": datetime.date(2026, 1, 1)},
        {"channel": "SMS", "to": "+6591234567", "content": "x", "amount": Decimal("0.1")},
        {"channel": "SMS", "to": "+6591234567", "content": "x", "ratio": float("nan")},
        {"channel": "SMS", "to": "+6591234567", "content": "\ud800"},
        cycle(),
    ],
    ids=["None", "text", "number", "list", "date", "Decimal", "NaN", "lone surrogate", "cycle"],
)
def test_what_is_no_message(client, sandbox, message):
    with pytest.raises(InvalidMessageError) as raised:
        client.send(message)
    assert (raised.value.field, raised.value.outcome) == ("message", "not_sent")
    assert sandbox.requests == []


def test_missing_arguments_are_pythons_business():
    with pytest.raises(TypeError):
        Sms(content="x")
    with pytest.raises(TypeError):
        Sms("+6591234567", "positional")


def test_receipts_are_values(client):
    receipt = client.send(MESSAGES[2][0])
    assert receipt.cost == Decimal("0.05") and isinstance(receipt.cost, Decimal)
    assert receipt.raw["messageId"] == receipt.message_id
    assert receipt.elapsed > 0
    for same in (copy.copy(receipt), copy.deepcopy(receipt), pickle.loads(pickle.dumps(receipt))):
        assert same == receipt and hash(same) == hash(receipt) and same.to_dict() == receipt.to_dict()
    assert receipt != client.send(MESSAGES[2][0])
    assert "+659" not in repr(receipt) and "4567" in repr(receipt)
    with pytest.raises(AttributeError):
        receipt.message_id = "x"


def test_receipts_can_be_made_for_tests():
    receipt = Receipt("msg_1", cost="0.10", currency="SGD", raw={"messageId": "msg_1"})
    assert str(receipt.cost) == "0.10" and receipt.raw == {"messageId": "msg_1"}
    assert Receipt("msg_1").cost is None and Receipt("msg_1").raw == {}
    with pytest.raises(TypeError, match="a float is not exact"):
        Receipt("msg_1", cost=0.1)
