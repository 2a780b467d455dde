"""Reads, lists, fallback and spending with asyncio, where the shared cases don't reach."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from support import HANGS, own, until_async

from partner_messaging import AsyncClient, Client, ConfigError, Sms, TransportError, ValidationError, WhatsApp
from partner_messaging.testing import Sandbox

HELLO = Sms(to="+6591234567", content="Hello")
WHATSAPP = WhatsApp(to="+6591234567", from_="+6581234567", template_id="HX1")


def with_client(sandbox: Sandbox, main: Callable[[AsyncClient], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with sandbox.async_client() as client:
            await main(client)

    asyncio.run(run())


async def send(client: AsyncClient, count: int) -> list[str]:
    return [(await client.send(HELLO)).message_id for _ in range(count)][::-1]


def methods(client: type) -> dict[str, Any]:
    """Its public methods and the special ones of its own."""
    found = {name: getattr(client, name) for name in dir(client) if not name.startswith("_")}
    return {name: value for name, value in found.items() if callable(value)}


def test_both_clients_have_the_same_methods() -> None:
    ours, theirs = methods(AsyncClient), methods(Client)
    assert ours.keys() == theirs.keys()

    def signature(function: Any) -> list[tuple[str, Any, Any]]:
        parameters = inspect.signature(function).parameters.values()
        return [(parameter.name, parameter.kind, parameter.default) for parameter in parameters]

    for name in ours:
        first, *rest = signature(ours[name])
        assert rest == signature(theirs[name])[1:], name
        is_iterated = name in ("list_messages", "send_many")
        assert inspect.iscoroutinefunction(ours[name]) != is_iterated, name
        assert ours[name].__doc__ and theirs[name].__doc__
    assert signature(AsyncClient)[1:] == signature(Client)[1:]


def test_a_message_is_followed_until_its_status_is_final(sandbox: Sandbox) -> None:
    sandbox.set_state(delivery={"after_ms": None})

    async def main(client: AsyncClient) -> None:
        message_id = (await client.send(HELLO)).message_id
        assert (await client.get_message(message_id)).status == "SENT"
        waiting = asyncio.create_task(client.wait_for_status(message_id, timeout=HANGS))
        await until_async(lambda: len(sandbox.requests) > 2)
        sandbox._control("advance", status="DELIVERED")
        assert (await waiting).status == "DELIVERED"

    with_client(sandbox, main)


def test_a_list_is_asked_for_as_it_is_needed(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        sent = await send(client, 5)
        sandbox.clear_requests()
        messages = client.list_messages(limit=2)
        assert messages.__aiter__() is messages and sandbox.requests == []
        assert [(await messages.__anext__()).message_id for _ in range(2)] == sent[:2]
        assert len(sandbox.requests) == 1
        # Left in the middle, and gone on with.
        async for message in messages:
            assert message.message_id == sent[2]
            break
        assert len(sandbox.requests) == 2
        assert [message.message_id async for message in messages] == sent[3:]
        assert len(sandbox.requests) == 3
        assert [message async for message in messages] == []
        totals = [(page.page, page.total) async for page in client.list_messages(limit=2).pages()]
        assert totals == [(1, 5), (2, 5), (3, 5)]

    with_client(sandbox, main)


def test_what_is_unusable_is_refused_at_once(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        for field, value in [("limit", 0), ("since", "now"), ("timeout", 0), ("headers", 7), ("channel", 7)]:
            with pytest.raises(ConfigError) as raised:
                client.list_messages(**{field: value})  # type: ignore[arg-type]
            assert (raised.value.field, raised.value.outcome) == (field, None)
        with pytest.raises(TypeError, match="nonsense"):
            client.list_messages(nonsense=1)  # type: ignore[call-arg]
        with pytest.raises(ConfigError) as raised:
            await client.get_balance(timeout=-1)
        assert raised.value.outcome is None

    with_client(sandbox, main)
    assert sandbox.requests == []


def test_an_error_ends_a_list(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        sent = await send(client, 2)
        messages = client.list_messages(limit=1)
        assert (await messages.__anext__()).message_id == sent[0]
        sandbox.push_fault("code", code="VALIDATION_ERROR")
        with pytest.raises(ValidationError) as raised:
            await messages.__anext__()
        assert raised.value.outcome is None
        assert [message async for message in messages] == []

    with_client(sandbox, main)


def test_a_cancelled_list_goes_on_where_it_was(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        sent = await send(client, 3)
        messages = client.list_messages(limit=1)
        got = [(await messages.__anext__()).message_id]
        sandbox.push_fault("stall")
        requests = len(sandbox.requests)
        stalled = asyncio.ensure_future(messages.__anext__())
        await until_async(lambda: len(sandbox.requests) > requests)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(stalled, 0.1)
        got += [message.message_id async for message in messages]
        assert got == sent

    with_client(sandbox, main)


def test_a_list_is_one_tasks_at_a_time(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        await send(client, 2)
        sandbox.push_fault("stall", ms=200)
        pages = client.list_messages(limit=1).pages()
        first, second = await asyncio.gather(pages.__anext__(), pages.__anext__(), return_exceptions=True)
        assert not isinstance(first, BaseException) and first.page == 1
        assert isinstance(second, RuntimeError)
        assert (await pages.__anext__()).page == 2

    with_client(sandbox, main)


@pytest.mark.parametrize(
    "call, outcome",
    [
        (lambda client: client.get_balance(), None),
        (lambda client: client.get_message("msg_1"), None),
        (lambda client: client.wait_for_status("msg_1"), None),
        (lambda client: client.list_messages().__anext__(), None),
        (lambda client: client.request("GET", "/x"), None),
        (lambda client: client.request("POST", "/x", json={}), "unknown"),
        (lambda client: client.send_with_fallback([WHATSAPP, HELLO]), "unknown"),
    ],
)
def test_cancelling(sandbox: Sandbox, call: Callable[[AsyncClient], Any], outcome: str | None) -> None:
    async def main(client: AsyncClient) -> None:
        sandbox.push_fault("stall")
        task = asyncio.ensure_future(call(client))
        await until_async(lambda: sandbox.requests)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as raised:
            await task
        cancelled = own(raised.value)
        assert (cancelled.outcome, cancelled.__cause__.kind, cancelled.__cause__.outcome) == (
            outcome,
            "cancelled",
            outcome,
        )
        notes = getattr(cancelled, "__notes__", [])
        assert len(notes) == (0 if outcome is None else 1), notes
        assert (await client.get_balance()).currency == "SGD"

    with_client(sandbox, main)


def test_a_cancelled_fallback_tells_its_trail(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        sandbox.push_fault("code", code="CHANNEL_CONFIG_NOT_FOUND")
        sandbox.push_fault("stall")
        task = asyncio.create_task(client.send_with_fallback([WHATSAPP, HELLO]))
        await until_async(lambda: len(sandbox.requests) == 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as raised:
            await task
        trail = own(raised.value).__cause__.trail
        assert [(step.channel, step.outcome) for step in trail] == [("WHATSAPP", "rejected"), ("SMS", "unknown")]

    with_client(sandbox, main)


def test_waiting_is_cancelled_between_two_looks(sandbox: Sandbox) -> None:
    sandbox.set_state(delivery={"after_ms": None})

    async def main(client: AsyncClient) -> None:
        message_id = (await client.send(HELLO)).message_id
        waiting = asyncio.ensure_future(client.wait_for_status(message_id, timeout=HANGS))
        await until_async(lambda: len(sandbox.requests) > 1)
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError) as raised:
            await waiting
        assert own(raised.value).__cause__.kind == "cancelled"

    with_client(sandbox, main)


def test_a_list_of_a_closed_client(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        sent = await send(client, 2)
        messages = client.list_messages(limit=1)
        assert (await messages.__anext__()).message_id == sent[0]
        await client.close()
        with pytest.raises(TransportError) as raised:
            await messages.__anext__()
        assert (raised.value.kind, raised.value.outcome) == ("closed", None)
        assert [message async for message in messages] == []

    with_client(sandbox, main)


def test_a_list_goes_on_in_another_loop(sandbox: Sandbox) -> None:
    client = sandbox.async_client()
    sent = asyncio.run(send(client, 3))
    messages = client.list_messages(limit=1)

    async def one() -> str:
        return (await messages.__anext__()).message_id

    assert [asyncio.run(one()) for _ in range(3)] == sent


def test_the_ledger_is_what_the_balance_sank_by(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        before = await client.get_balance()
        await asyncio.gather(*(client.send(HELLO) for _ in range(50)))
        (entry,) = await client.spending()
        assert (entry.messages, entry.cost) == (50, before.amount - (await client.get_balance()).amount)
        assert await client.reset_spending() == (entry,)
        assert await client.spending() == ()

    with_client(sandbox, main)


def test_many_reads_at_once(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        ids = await send(client, 20)
        records = await asyncio.gather(*(client.get_message(message_id) for message_id in ids * 10))
        assert [record.message_id for record in records] == ids * 10

    with_client(sandbox, main)
