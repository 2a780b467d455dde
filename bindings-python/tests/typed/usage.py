"""Uses of the package that type checkers must accept, and misuses that they must refuse."""

import asyncio
from collections.abc import Coroutine
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type  # type: ignore[attr-defined, unused-ignore]  # Python 3.11

import partner_messaging
from partner_messaging import (
    ApiError,
    AsyncClient,
    AsyncMessages,
    AsyncPages,
    Balance,
    Client,
    ConfigError,
    Email,
    Event,
    FallbackReceipt,
    FallbackStep,
    InsufficientCreditError,
    MessageRecord,
    Messages,
    Page,
    Pages,
    PartnerMessagingError,
    Receipt,
    Reply,
    Sms,
    Spending,
    WhatsApp,
)
from partner_messaging.testing import Sandbox
from partner_messaging.types import EmailDict, Message, OnEvent, Outcome, SmsDict, WhatsAppDict

assert_type(partner_messaging.__version__, str)

with Client("key", timeout=5, ca_file=Path("ca.pem"), headers={"x-tag": "1"}, http2=None) as client:
    assert_type(client, Client)
    receipt = client.send(Sms(to="+6591234567", content="Hello"), timeout=1.5, max_retries=0)
    client.send(WhatsApp(to="+1", from_="+2", template_id="HX1", template_variables={"1": "2"}))
    client.send(Email(to="a@example.com", subject="Hi", html_content="Hi"))
    client.send({"channel": "SMS", "to": "+6591234567", "tags": [1, 2]})

assert_type(receipt, Receipt)
assert_type(receipt.message_id, str)
assert_type(receipt.status, str | None)
assert_type(receipt.cost, Decimal | None)
assert_type(receipt.elapsed, float)
assert_type(receipt.raw, dict[str, Any])
assert_type(Sms(to="+1").to_dict(), dict[str, Any])

reading = Client("key", endpoints={"get_balance": "/balance"})
accepted = reading.send_with_fallback([Sms(to="+1"), {"channel": "SMS"}], fallback_codes=["X"], timeout=1)
assert_type(accepted, FallbackReceipt)
assert_type(accepted.receipt, Receipt)
assert_type(accepted.trail, tuple[FallbackStep, ...])
assert_type(reading.get_message("msg_1", timeout=1), MessageRecord)
assert_type(reading.wait_for_status("msg_1", final_statuses={"SENT"}), MessageRecord)
listed = reading.list_messages(since=datetime.now(timezone.utc), until=date(2026, 1, 1), limit=5, query={"a": "b"})
assert_type(listed, Messages)
assert_type(next(listed), MessageRecord)
assert_type(listed.pages(), Pages)
assert_type([page.messages for page in listed.pages()], list[tuple[MessageRecord, ...]])
assert_type(reading.get_balance().amount, Decimal)
assert_type(reading.request("POST", "/x", json=None, idempotent=True), Reply)
assert_type(reading.spending(), tuple[Spending, ...])
assert_type(Balance("1.5").currency, str | None)

reading.list_messages(limit="5")  # type: ignore[arg-type]
reading.list_messages(status_is="SENT")  # type: ignore[call-arg]
reading.get_message(7)  # type: ignore[arg-type]
reading.request("GET", "/x", query="a=b")  # type: ignore[arg-type]
Balance(1.5)  # type: ignore[arg-type]

client.send("Hello")  # type: ignore[arg-type]
client.send(Sms(to="+1"), timeout="5")  # type: ignore[arg-type]
client.send(Sms(to="+1"), 5)  # type: ignore[call-arg, misc, unused-ignore]
Sms("+1")  # type: ignore[call-arg, misc, unused-ignore]
Sms(to=1)  # type: ignore[arg-type]
Client("key", timout=5)  # type: ignore[call-arg]
AsyncClient("key", timout=5)  # type: ignore[call-arg]
AsyncClient("key", max_retries="2")  # type: ignore[arg-type]
receipt.status = "READ"  # type: ignore[misc]


async def main() -> None:
    async with AsyncClient("key", timeout=5) as client:
        assert_type(client, AsyncClient)
        sending: Coroutine[Any, Any, Receipt] = client.send(Sms(to="+1", content="Hi"))
        task = asyncio.create_task(sending)
        assert_type(await task, Receipt)
        assert_type(await client.send_with_fallback([Sms(to="+1")]), FallbackReceipt)
        assert_type(await client.wait_for_status("msg_1"), MessageRecord)
        assert_type(client.list_messages(), AsyncMessages)
        assert_type([message async for message in client.list_messages()], list[MessageRecord])
        assert_type(client.list_messages().pages(), AsyncPages)
        assert_type([page async for page in client.list_messages().pages()], list[Page])
        assert_type(await client.get_balance(), Balance)
        assert_type((await client.request("GET", "/x")).data, Any)
        assert_type(await client.spending(), tuple[Spending, ...])


try:
    pass
except InsufficientCreditError as error:
    assert_type(error.outcome, str | None)
    assert_type(error.retry_after, float | None)
    assert_type(error.elapsed, float)
except ConfigError as error:
    value_error: ValueError = error
except PartnerMessagingError as error:
    assert_type(error.field, str | None)
    assert_type(error.trail, tuple[FallbackStep, ...])

made: ApiError = InsufficientCreditError("no credit", code="INSUFFICIENT_CREDIT", status=402)

with Sandbox(balance="1.00") as sandbox:
    assert_type(sandbox.client(timeout=1), Client)
    assert_type(sandbox.async_client(), AsyncClient)
    assert_type(sandbox.requests, list[dict[str, Any]])

reminder: SmsDict = {"channel": "SMS", "to": "+1", "content": "Hello"}
letter: EmailDict = {"channel": "EMAIL", "to": "a@example.com", "subject": "Hi", "htmlContent": "Hi"}
code: WhatsAppDict = {"channel": "WHATSAPP", "to": "+1", "from": "+2", "templateId": "HX1"}
messages: list[Message] = [reminder, letter, code, Sms(to="+1"), {"channel": "FAX", "pages": 3}]
wrong: SmsDict = {"channel": "SMS", "to": "+1", "text": "Hello"}  # type: ignore[typeddict-unknown-key]
became: Outcome = "sent"


def on_event(event: Event) -> None:
    assert_type(event.outcome, str | None)
    assert_type(event.elapsed, float | None)


listener: OnEvent = on_event
with Client("key", on_event=listener) as client:
    for message in messages:
        client.send(message)
Client("key", on_event=print)
AsyncClient("key", on_event=lambda event: event.step)
Client("key", on_event="print")  # type: ignore[arg-type]
