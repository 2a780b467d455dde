"""The asyncio client: cancelling, loops, crowds, forks."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import sys
import threading
import time
import traceback
import weakref
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop
from support import HANGS, own, until, until_async

from partner_messaging import (
    AsyncClient,
    InvalidMessageError,
    OutcomeUnknownError,
    Receipt,
    Sms,
    TransportError,
    _async,
)
from partner_messaging.testing import Sandbox

HELLO = Sms(to="+6591234567", content="Hello")


@asynccontextmanager
async def sending(sandbox: Sandbox) -> AsyncIterator[tuple[AsyncClient, asyncio.Task[Receipt]]]:
    """A client with a call that the server has read and does not answer."""
    sandbox.push_fault("stall")
    async with sandbox.async_client() as client:
        task = asyncio.create_task(client.send(HELLO))
        await until_async(lambda: sandbox.requests)
        yield client, task


def test_send_and_close(sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        async with client as entered:
            assert entered is client
            assert (await client.send(HELLO, timeout=5, max_retries=0, headers={"x-tag": "1"})).status == "SENT"
            with pytest.raises(InvalidMessageError):
                await client.send({"channel": "SMS"})
        with pytest.raises(TransportError) as raised:
            await client.send(HELLO)
        assert (raised.value.kind, raised.value.outcome) == ("closed", "not_sent")

    asyncio.run(main())
    assert dict(sandbox.requests[0]["headers"])["x-tag"] == "1"


def test_closing_ends_calls(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sending(sandbox) as (client, task):
            await client.close()
            with pytest.raises(OutcomeUnknownError) as raised:
                await task
            assert raised.value.kind == "closed"

    asyncio.run(main())


def test_cancelling_a_call_that_may_have_arrived(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sending(sandbox) as (client, task):
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as raised:
                await task
            assert task.cancelled()
            error = own(raised.value).__cause__
            assert type(error) is OutcomeUnknownError
            assert (error.kind, error.outcome) == ("cancelled", "unknown")
            assert own(raised.value).outcome == "unknown"
            assert own(raised.value).__notes__ == [f"OutcomeUnknownError: {error} (outcome: unknown)"]
            assert (await client.send(HELLO)).status == "SENT"

    asyncio.run(main())


def test_cancelling_a_call_that_waits_for_a_slot(sandbox: Sandbox) -> None:
    async def main() -> None:
        sandbox.push_fault("stall")
        async with sandbox.async_client(max_connections=1) as client:
            first = asyncio.create_task(client.send(HELLO))
            await until_async(lambda: sandbox.requests)
            second = asyncio.create_task(client.send(HELLO))
            await asyncio.sleep(0.05)
            second.cancel()
            with pytest.raises(asyncio.CancelledError) as raised:
                await second
            error = own(raised.value).__cause__
            assert type(error) is TransportError
            assert (error.kind, error.outcome) == ("cancelled", "not_sent")
            (note,) = own(raised.value).__notes__
            assert note.startswith("TransportError: ") and note.endswith("(outcome: not_sent)")
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
        assert len(sandbox.requests) == 1

    asyncio.run(main())


async def cancelled_in_the_turn_of_its_answer(call: Coroutine[Any, Any, Any]) -> Any:
    """The cancellation of a call whose answer is in before the cancelled task runs."""
    task = asyncio.create_task(call)
    await asyncio.sleep(0)
    # The answer arrives while the loop stands still.
    queue = _async._completions(asyncio.get_running_loop()).queue
    assert select.select([queue.fileno()], [], [], HANGS)[0]
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as raised:
        await task
    return own(raised.value)


def test_cancelling_in_the_very_turn_of_the_answer_loses_nothing(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            for _ in range(10):
                cancelled = await cancelled_in_the_turn_of_its_answer(client.send(HELLO))
                assert cancelled.outcome == "sent"
                assert cancelled.receipt.status == "SENT"
                (note,) = cancelled.__notes__
                assert note.endswith("(outcome: sent)")

    asyncio.run(main())


def test_cancelling_a_request_in_the_turn_of_its_answer_keeps_its_reply(sandbox: Sandbox) -> None:
    async def main() -> None:
        sandbox.set_fault("respond", status=200, body={"success": True, "data": {"id": 7}})
        async with sandbox.async_client() as client:
            for method, outcome in (("PUT", "sent"), ("GET", None)):
                cancelled = await cancelled_in_the_turn_of_its_answer(client.request(method, "/x"))
                assert cancelled.outcome == outcome and not hasattr(cancelled, "receipt")
                if outcome is None:
                    assert not hasattr(cancelled, "reply") and not hasattr(cancelled, "__notes__")
                else:
                    assert cancelled.reply.data == {"id": 7}
                    (note,) = cancelled.__notes__
                    assert "carried the request out" in note and note.endswith("(outcome: sent)")

    asyncio.run(main())


def test_a_traceback_shows_the_outcome_of_a_cancelled_call(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sending(sandbox) as (_, task):
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as raised:
                await task
            shown = "".join(traceback.format_exception(own(raised.value)))
            # Python 3.10 keeps notes, and shows the cause only.
            words = "(outcome: unknown)" if sys.version_info >= (3, 11) else "OutcomeUnknownError: "
            assert words in shown

    asyncio.run(main())


def test_a_loop_is_woken_once_for_all_that_completed(sandbox: Sandbox) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        add = loop.add_reader
        wakes: list[Any] = []

        def counting(fd: Any, callback: Any) -> None:
            def woken() -> None:
                wakes.append(fd)
                callback()

            add(fd, woken)

        loop.add_reader = counting  # type: ignore
        async with sandbox.async_client() as client:
            tasks = [asyncio.create_task(client.send(HELLO)) for _ in range(50)]
            await asyncio.sleep(0)
            # The loop stands still, the calls don't.
            until(lambda: sum(entry.messages for entry in client._native.spending()) == 50)
            time.sleep(0.2)
            await asyncio.gather(*tasks)
        # One; a few, where the last answers were on their way to the queue.
        assert 1 <= len(wakes) <= 5

    asyncio.run(main())


def test_cancelling_after_the_answer_was_drained_loses_nothing(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            task = asyncio.create_task(client.send(HELLO))
            # The task has been woken and not yet run, or its future was cancelled
            # first and the answer drained then: both orders come up.
            settle = _async._Completions.settle

            def cancelling(self: Any, completion: Any) -> None:
                if early:
                    task.cancel()
                settle(self, completion)
                task.cancel()

            _async._Completions.settle = cancelling  # type: ignore[method-assign]
            try:
                for early in (False, True):
                    with pytest.raises(asyncio.CancelledError) as raised:
                        await task
                    assert own(raised.value).outcome == "sent"
                    assert own(raised.value).receipt.status == "SENT"
                    task = asyncio.create_task(client.send(HELLO))
                task.cancel()
                await asyncio.wait([task])
            finally:
                _async._Completions.settle = settle  # type: ignore[method-assign]

    asyncio.run(main())


def test_wait_for(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sending(sandbox) as (client, task):
            with pytest.raises(asyncio.TimeoutError) as raised:
                await asyncio.wait_for(task, 0.1)
            assert task.cancelled()
            cancelled = raised.value.__cause__
            assert isinstance(cancelled, asyncio.CancelledError)
            assert own(cancelled).__cause__.kind == "cancelled"
            assert (await client.send(HELLO)).status == "SENT"

    asyncio.run(main())


def test_timeout_and_task_group(sandbox: Sandbox) -> None:
    if sys.version_info < (3, 11):
        # asyncio.timeout and TaskGroup came with 3.11.
        assert not hasattr(asyncio, "TaskGroup")
        return

    async def expire_when_sent(timeout: Any) -> None:
        await until_async(lambda: sandbox.requests)
        timeout.reschedule(0)

    async def main() -> None:
        sandbox.push_fault("stall")
        async with sandbox.async_client() as client:
            with pytest.raises(TimeoutError) as raised:
                async with asyncio.timeout(None) as timeout:
                    expiring = asyncio.create_task(expire_when_sent(timeout))
                    await client.send(HELLO)
            await expiring
            # The first releases of 3.11 give it no cause, but a context.
            cancelled = raised.value.__context__
            assert isinstance(cancelled, asyncio.CancelledError)
            assert isinstance(cancelled.__cause__, OutcomeUnknownError)
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(client.send(HELLO)) for _ in range(20)]
            assert {task.result().status for task in tasks} == {"SENT"}
            sandbox.set_fault("stall")
            with pytest.raises(ExceptionGroup) as failed:
                async with asyncio.TaskGroup() as group:
                    stalled = group.create_task(client.send(HELLO))
                    await asyncio.sleep(0.05)
                    group.create_task(client.send({"channel": "SMS"}))
            assert isinstance(failed.value.exceptions[0], InvalidMessageError) and stalled.cancelled()

    asyncio.run(main())


def test_cancelling_a_crowd(sandbox: Sandbox) -> None:
    async def main() -> None:
        sandbox.set_fault("stall")
        async with sandbox.async_client(max_connections=20) as client:
            tasks = [asyncio.create_task(client.send(HELLO)) for _ in range(300)]
            await until_async(lambda: len(sandbox.requests) == 20)
            for task in tasks:
                task.cancel()
            outcomes = []
            for task in tasks:
                with pytest.raises(asyncio.CancelledError) as raised:
                    await task
                outcomes.append(own(raised.value).outcome)
                assert own(raised.value).__cause__.kind == "cancelled"
            # The 20 that the server had read, and hardly one that took their place meanwhile: 20 for
            # each time that this thread was held up between two cancellations.
            unknown = outcomes.count("unknown")
            assert 20 <= unknown <= 150 and unknown + outcomes.count("not_sent") == 300
            assert len(sandbox.requests) <= unknown

    asyncio.run(main())


def test_two_thousand_at_once(sandbox: Sandbox) -> None:
    sandbox.set_state(balance="100000.00")

    async def main() -> list[Receipt]:
        async with sandbox.async_client(timeout=HANGS) as client:
            return await asyncio.gather(*(client.send(HELLO) for _ in range(2000)))

    receipts = asyncio.run(main())
    assert len({receipt.message_id for receipt in receipts}) == 2000 == len(sandbox.requests)


def test_several_loops_in_several_threads(sandbox: Sandbox) -> None:
    client = sandbox.async_client()
    results: list[list[Receipt]] = []

    async def main() -> list[Receipt]:
        return [receipt for _ in range(5) for receipt in await asyncio.gather(*[client.send(HELLO)] * 1)]

    threads = [threading.Thread(target=lambda: results.append(asyncio.run(main()))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANGS)
    assert [len(receipts) for receipts in results] == [5] * 6


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_loops_in_turn_leak_nothing(sandbox: Sandbox) -> None:
    client = sandbox.async_client()
    loops = [asyncio.new_event_loop(), asyncio.new_event_loop()]

    async def main() -> str | None:
        return (await client.send(HELLO)).status

    def turn() -> None:
        for loop in loops:
            assert loop.run_until_complete(main()) == "SENT"

    turn()
    before = descriptors()
    for _ in range(20):
        turn()
    gc.collect()
    # A connection that is not used again is closed in time; what leaks stays.
    until(lambda: descriptors() <= before + 4)
    for loop in loops:
        loop.close()


def test_an_idle_client_leaves_the_loop_alone(sandbox: Sandbox) -> None:
    async def main() -> None:
        readers: set[int] = set()
        loop = asyncio.get_running_loop()
        add, remove = loop.add_reader, loop.remove_reader
        loop.add_reader = lambda fd, *rest: (readers.add(fd), add(fd, *rest))  # type: ignore
        loop.remove_reader = lambda fd: (readers.discard(fd), remove(fd))[1]  # type: ignore
        async with sandbox.async_client() as client:
            for _ in range(3):
                task = asyncio.create_task(client.send(HELLO))
                await asyncio.sleep(0)
                assert len(readers) == 1
                await task
                await until_async(lambda: not readers)
            with pytest.raises(InvalidMessageError):
                await client.send({})
            await until_async(lambda: not readers)

    asyncio.run(main())


def test_a_closed_loop_hears_nothing(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    sandbox.set_fault("stall", ms=100)
    client = sandbox.async_client()
    loop = asyncio.new_event_loop()
    task = loop.create_task(client.send(HELLO))
    while not sandbox.requests:
        loop.run_until_complete(asyncio.sleep(0.01))
    loop.call_exception_handler = lambda context: None  # type: ignore[method-assign]  # the task's own destruction
    loop.close()
    until(lambda: sandbox.messages)
    time.sleep(0.2)
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    del task
    gc.collect()
    sandbox.set_fault(None)
    assert asyncio.run(client.send(HELLO)).status == "SENT"
    assert capfd.readouterr().err == ""


def test_a_coroutine_thrown_away_cancels_its_call(sandbox: Sandbox) -> None:
    async def main() -> None:
        sandbox.push_fault("stall")
        async with sandbox.async_client(max_connections=1, timeout=2 * HANGS) as client:
            coroutine = client.send(HELLO)
            coroutine.send(None)
            await until_async(lambda: sandbox.requests)
            coroutine.close()
            # Its one connection is free again, long before its deadline.
            assert (await client.send(HELLO, timeout=HANGS)).status == "SENT"

    asyncio.run(main())


def test_an_error_is_no_garbage_cycle(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            sandbox.push_fault("code", code="ORG_INACTIVE")
            try:
                await client.send(HELLO)
            except Exception as error:
                errors.append(weakref.ref(error))

    errors: list[weakref.ref[Exception]] = []
    gc.disable()
    try:
        asyncio.run(main())
        assert errors[0]() is None
    finally:
        gc.enable()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork(sandbox: Sandbox) -> None:
    client = sandbox.async_client()
    assert asyncio.run(client.send(HELLO)).status == "SENT"
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if asyncio.run(client.send(HELLO)).status == "SENT" else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert asyncio.run(client.send(HELLO)).status == "SENT"
    assert len(sandbox.requests) == 3


def test_debug_mode_finds_nothing(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            await asyncio.gather(*(client.send(HELLO) for _ in range(50)))

    asyncio.run(main(), debug=True)


class WithoutReaders(asyncio.SelectorEventLoop):
    """Can't watch a file descriptor, as Windows' proactor loop and some GUIs' loops can't."""

    def add_reader(self, fd: Any, callback: Any, *args: Any) -> None:
        raise NotImplementedError

    remove_reader = None  # type: ignore[assignment]


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop, WithoutReaders])
def test_other_event_loops(new_loop: Any, sandbox: Sandbox) -> None:
    loop = new_loop()

    async def main() -> None:
        async with sandbox.async_client() as client:
            assert len(await asyncio.gather(*(client.send(HELLO) for _ in range(100)))) == 100
            sandbox.push_fault("stall")
            stalled = asyncio.ensure_future(client.send(HELLO))
            await until_async(lambda: len(sandbox.requests) == 101)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(stalled, 0.1)
            assert (await client.send(HELLO)).status == "SENT"

    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
