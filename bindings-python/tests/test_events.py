"""The events of calls: to `on_event`, to the logger, to stderr."""

from __future__ import annotations

import asyncio
import copy
import gc
import logging
import logging.handlers
import multiprocessing
import multiprocessing.queues
import os
import pickle
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from support import HANGS, steps_of_calls, until_async

from partner_messaging import (
    AsyncClient,
    Client,
    ConfigError,
    Event,
    InsufficientCreditError,
    OutcomeUnknownError,
    PartnerMessagingError,
    Receipt,
    Sms,
)
from partner_messaging.testing import Sandbox

HELLO = Sms(to="+6591234567", content="your code is 987654")


def blocking(sandbox: Sandbox, **options: Any) -> Receipt:
    with sandbox.client(**options) as client:
        return client.send(HELLO)


def in_asyncio(sandbox: Sandbox, **options: Any) -> Receipt:
    async def main() -> Receipt:
        async with sandbox.async_client(**options) as client:
            return await client.send(HELLO)

    return asyncio.run(main())


both = pytest.mark.parametrize("send", [blocking, in_asyncio])


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda info: seen.append(info.exc_value))
    return seen


@pytest.fixture
def debug() -> Iterator[logging.Logger]:
    logger = logging.getLogger("partner_messaging")
    logger.setLevel(logging.DEBUG)
    yield logger
    logger.setLevel(logging.NOTSET)


@both
def test_every_step_is_emitted_before_the_call_returns(send: Any, sandbox: Sandbox) -> None:
    sandbox.push_fault("rate_limit", retry_after="0")
    events: list[Event] = []
    threads = set()

    def on_event(event: Event) -> None:
        events.append(event)
        threads.add(threading.get_ident())

    receipt = send(sandbox, on_event=steps_of_calls(on_event))
    assert [(event.step, event.attempt) for event in events] == [("attempt", 1), ("retry", 1), ("attempt", 2), ("ended", 2)]
    assert {(event.call, event.channel, event.recipient) for event in events} == {("send", "SMS", "*******4567")}
    _, retry, _, ended = events
    assert retry.kind == "api" and retry.pause is not None and 0 <= retry.pause < 10
    assert (ended.outcome, ended.kind, ended.status) == ("sent", None, None)
    assert ended.elapsed is not None and 0 < ended.elapsed <= receipt.elapsed + 10
    assert threads == {threading.get_ident()}
    for event in events:
        assert "987654" not in f"{event} {event!r}" and "+659" not in f"{event} {event!r}"


@both
def test_failures_are_emitted(send: Any, sandbox: Sandbox) -> None:
    events: list[Event] = []
    sandbox.push_fault("reset")
    sandbox.push_fault("code", code="INSUFFICIENT_CREDIT")
    for error in (OutcomeUnknownError, InsufficientCreditError):
        with pytest.raises(error):
            send(sandbox, on_event=events.append)
    ended = [event for event in events if event.step == "ended"]
    assert [(event.outcome, event.kind) for event in ended] == [("unknown", "reset"), ("rejected", "api")]
    assert ended[1].status == 402


@both
def test_what_the_callback_raises_changes_nothing(send: Any, sandbox: Sandbox, unraisable: list[Any]) -> None:
    def on_event(event: Event) -> None:
        raise LookupError(event.step)

    assert send(sandbox, on_event=on_event).status == "SENT"
    assert [str(error) for error in unraisable] == ["attempt", "ended"]
    assert len(sandbox.requests) == 1


def test_ctrl_c_in_the_callback_keeps_the_outcome(sandbox: Sandbox) -> None:
    def on_event(event: Event) -> None:
        if event.step == "ended":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        blocking(sandbox, on_event=on_event)
    assert raised.value.receipt.status == "SENT"  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        in_asyncio(sandbox, on_event=on_event)
    assert len(sandbox.requests) == 2
    sandbox.set_fault("respond", status=200, body={"success": True, "data": {"id": 7}})
    with sandbox.client(on_event=on_event) as client, pytest.raises(KeyboardInterrupt) as raised:
        client.request("PUT", "/x")
    assert raised.value.reply.data == {"id": 7}  # type: ignore[attr-defined]
    assert not hasattr(raised.value, "receipt")


def test_a_blocked_call_tells_before_it_ends(sandbox: Sandbox) -> None:
    stalled = 3
    sandbox.push_fault("stall", ms=stalled * 1000)
    seen: list[float] = []
    with sandbox.client(on_event=steps_of_calls(lambda event: seen.append(time.monotonic()))) as client:
        began = time.monotonic()
        client.send(HELLO)
    attempt, ended = seen
    assert attempt < began + stalled <= ended


def test_a_callback_may_send_by_the_same_client(sandbox: Sandbox) -> None:
    steps: list[str] = []

    def on_event(event: Event) -> None:
        steps.append(event.step)
        if len(steps) == 1:
            client.send(HELLO)

    with sandbox.client(on_event=steps_of_calls(on_event)) as client:
        client.send(HELLO)
    assert steps == ["attempt", "attempt", "ended", "ended"]


def test_a_cancelled_task_has_its_outcome(sandbox: Sandbox) -> None:
    events: list[Event] = []

    async def main() -> None:
        sandbox.push_fault("stall")
        async with sandbox.async_client(on_event=events.append) as client:
            task = asyncio.create_task(client.send(HELLO))
            await until_async(lambda: sandbox.requests)
            task.cancel()
            await asyncio.wait([task])
            assert [(event.step, event.outcome) for event in events] == [("attempt", None), ("ended", "unknown")]

            # Nor is it lost when the coroutine is thrown away by hand.
            sandbox.push_fault("stall")
            coroutine = client.send(HELLO)
            coroutine.send(None)
            await until_async(lambda: len(sandbox.requests) == 2)
            coroutine.close()
            await until_async(lambda: len(events) == 4)
            assert [event.outcome for event in events[2:]] == [None, "unknown"]

    asyncio.run(main())


def test_tasks_and_threads_do_not_mix_their_events(sandbox: Sandbox) -> None:
    sandbox.set_state(balance="1000.00")
    seen: list[tuple[int, str | None, str]] = []

    def on_event(event: Event) -> None:
        seen.append((threading.get_ident(), event.recipient, event.step))

    observed = steps_of_calls(on_event)
    blocking_client, async_client = sandbox.client(on_event=observed), sandbox.async_client(on_event=observed)

    async def crowd(to: str) -> None:
        await asyncio.gather(*(async_client.send(Sms(to=to, content="Hello")) for _ in range(20)))

    together = threading.Barrier(4)  # a thread that ends early leaves its number to the next

    def work(number: int) -> None:
        together.wait(HANGS)
        to = f"+659123{number:04}"
        asyncio.run(crowd(to))
        for _ in range(20):
            blocking_client.send(Sms(to=to, content="Hello"))
        together.wait(HANGS)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANGS)
    assert len(seen) == 4 * 40 * 2
    assert len({thread for thread, _, _ in seen}) == len({(thread, to) for thread, to, _ in seen}) == 4
    assert [step for _, _, step in seen].count("ended") == 160


@pytest.mark.parametrize("make", [Client, AsyncClient])
def test_on_event_must_be_callable(make: Any) -> None:
    with pytest.raises(ConfigError, match="callable") as raised:
        make("key", on_event="print")
    assert raised.value.field == "on_event"


@pytest.mark.parametrize("make", [Client, AsyncClient])
def test_a_callback_that_holds_its_client_is_collected(make: Any) -> None:
    class Service:
        def __init__(self) -> None:
            self.client = make("key", on_event=self.record)

        def record(self, event: Event) -> None: ...

    service = weakref.ref(Service())
    gc.collect()
    assert service() is None


@both
def test_the_logger(send: Any, sandbox: Sandbox, debug: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    send(sandbox)
    assert [record.name for record in caplog.records] == ["partner_messaging"] * 2
    assert caplog.messages[0] == "send SMS to *******4567: attempt 1"
    assert caplog.messages[1].startswith("send SMS to *******4567: sent after 1 attempts")
    assert "987654" not in caplog.text
    ended: Event = caplog.records[1].partner_messaging  # type: ignore[attr-defined]
    assert (ended.step, ended.outcome) == ("ended", "sent")


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_records_and_events_travel_between_processes(sandbox: Sandbox, debug: logging.Logger) -> None:
    events: list[Event] = []
    records: multiprocessing.queues.Queue[logging.LogRecord] = multiprocessing.Queue()
    handler = logging.handlers.QueueHandler(records)
    debug.addHandler(handler)
    try:
        blocking(sandbox, on_event=events.append)
    finally:
        debug.removeHandler(handler)
    received = [records.get(timeout=HANGS) for _ in range(2)]
    assert [record.partner_messaging for record in received] == events  # type: ignore[attr-defined]
    assert [record.getMessage() for record in received] == [str(event) for event in events]
    assert copy.deepcopy(events) == pickle.loads(pickle.dumps(events)) == events and events[0] != events[1]


def test_the_logger_is_honoured_from_call_to_call(
    sandbox: Sandbox, debug: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    with sandbox.client() as client:
        for level, count in [(logging.INFO, 0), (logging.DEBUG, 2), (logging.WARNING, 2), (logging.DEBUG, 4)]:
            debug.setLevel(level)
            client.send(HELLO)
            assert len(caplog.records) == count
        debug.setLevel(logging.NOTSET)
        with caplog.at_level(logging.DEBUG):  # the root's level
            client.send(HELLO)
        assert len(caplog.records) == 6
        debug.setLevel(logging.DEBUG)
        logging.disable(logging.CRITICAL)
        try:
            client.send(HELLO)
        finally:
            logging.disable(logging.NOTSET)
        assert len(caplog.records) == 6
    with pytest.raises(PartnerMessagingError):
        client.send(HELLO)


def test_a_closed_client_stays_closed_when_it_is_observed_later(sandbox: Sandbox, debug: logging.Logger) -> None:
    debug.setLevel(logging.INFO)
    client = sandbox.client()
    client.close()
    debug.setLevel(logging.DEBUG)
    with pytest.raises(PartnerMessagingError) as raised:
        client.send(HELLO)
    assert raised.value.kind == "closed" and sandbox.requests == []


def python(program: str, sandbox: Sandbox, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {
        **os.environ,
        "PARTNER_MESSAGING_API_KEY": sandbox.api_key,
        "PARTNER_MESSAGING_BASE_URL": sandbox.url,
        **environment,
    }
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=HANGS, env=variables)


def test_an_unwanted_event_costs_no_python() -> None:
    """Neither is `logging` imported, nor any function of it called while its logger is off."""
    program = """
import sys
from partner_messaging import Client, Sms
client, message = Client(), Sms(to="+6591234567", content="Hello")
client.send(message)
assert "logging" not in sys.modules
import logging
client.send(message)
calls = []
sys.setprofile(lambda frame, event, argument: calls.append((frame.f_code.co_name, event)))
client.send(message)
sys.setprofile(None)
assert [name for name, event in calls if event == "call"] == ["send", "_run"], calls
"""
    with Sandbox() as sandbox:
        done = python(program, sandbox)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("level, lines", [("debug", 4), ("DEBUG", 4), ("", 0), ("off", 0)])
def test_the_environments_quick_look(level: str, lines: int, sandbox: Sandbox) -> None:
    program = """
import asyncio
from partner_messaging import AsyncClient, Client, Sms
message = Sms(to="+6591234567", content="your code is 987654")
Client().send(message)
async def main():
    await AsyncClient().send(message)
asyncio.run(main())
"""
    done = python(program, sandbox, PARTNER_MESSAGING_LOG=level)
    assert done.returncode == 0
    seen = done.stderr.splitlines()
    assert len(seen) == lines and "987654" not in done.stderr
    assert all(line.startswith("partner-messaging: send SMS to *******4567: ") for line in seen)
