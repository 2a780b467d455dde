"""The asyncio client: calls run on a background thread, and each event loop is
woken through a file descriptor once for all completions that wait for it."""

from __future__ import annotations

import asyncio
from _thread import _local
from time import monotonic

from ._async_list import AsyncMessages, AsyncPages
from ._async_send_many import AsyncSendMany
from ._native import BackgroundClient, CompletionQueue, Operation, emit
from ._signatures import takes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable, Mapping
    from types import TracebackType
    from typing import Any, TypeVar

    from typing_extensions import Self, Unpack

    from ._errors import PartnerMessagingError
    from ._native import (
        Balance,
        Batch,
        Completion,
        FallbackReceipt,
        Json,
        MessageRecord,
        PendingCall,
        Receipt,
        Reply,
        Spending,
    )
    from ._options import CallOptions, ClientOptions, ListOptions
    from .types import BatchItem, Message, OnEvent, OnProgress

    T = TypeVar("T")

# A cancelled call ends within microseconds; a machine that is busier than this
# must not hold up the event loop to learn its outcome.
_OUTCOME_SECONDS = 1.0

# How often a loop that can't watch a file descriptor looks for completions.
_POLL_SECONDS = 0.005


class _Woken(asyncio.Future[None]):
    """Wakes a coroutine; cancels its call in the very moment it is cancelled itself.

    When many tasks are cancelled at once, each runs later, one after the other:
    if their calls were cancelled only then, those that wait for a connection
    would take the ones that become free, and go out.
    """

    call: PendingCall | None = None

    def cancel(self, msg: Any = None) -> bool:
        if self.call is not None and not self.done():
            self.call.cancel()
        return super().cancel(msg)


class _Waiting:
    """A coroutine that waits for its call. The future only wakes it: what became
    of the call is kept beside it, where cancelling the future can't lose it."""

    __slots__ = ("completion", "on_event", "woken")

    def __init__(self, loop: asyncio.AbstractEventLoop, on_event: OnEvent | None) -> None:
        self.on_event = on_event
        self.woken = _Woken(loop=loop)
        self.completion: Completion | None = None

    async def wait(self) -> Completion:
        """Waits for the completion of what nothing cancels: who waits may be."""
        while self.completion is None:
            if self.woken.done():
                self.woken = _Woken(loop=self.woken.get_loop())
            await asyncio.wait([self.woken])
        return self.completion


class _Completions:
    """The pending calls of one event loop. Used on that loop's thread only."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.queue = CompletionQueue()
        self.pending: dict[int, _Waiting] = {}
        self.last = 0
        self.reading = False
        self.ending = False
        self.timer: asyncio.TimerHandle | None = None

    def begin(self, on_event: OnEvent | None) -> tuple[int, _Waiting]:
        if not self.reading:
            # A loop that closes forgets it; what completes after that stays in the queue.
            try:
                self.loop.add_reader(self.queue.fileno(), self.drain)
            except NotImplementedError:
                self.timer = self.loop.call_later(_POLL_SECONDS, self.poll)
            self.reading = True
        self.last += 1
        waiting = self.pending[self.last] = _Waiting(self.loop, on_event)
        return self.last, waiting

    def drain(self) -> None:
        interrupt: BaseException | None = None
        for completion in self.queue.drain():
            try:
                self.settle(completion)
            except BaseException as raised:  # Ctrl-C in a callback: the other calls must not miss theirs
                interrupt = raised
        self.end_if_idle()
        if interrupt is not None:
            raise interrupt

    def poll(self) -> None:
        self.timer = self.loop.call_later(_POLL_SECONDS, self.poll)
        self.drain()

    def settle(self, completion: Completion) -> None:
        waiting = self.pending.pop(completion[0])
        waiting.completion = completion
        try:
            if completion[3]:
                emit(waiting.on_event, completion[3])
        finally:
            if not waiting.woken.done():
                waiting.woken.set_result(None)

    def end_if_idle(self) -> None:
        if not self.pending and self.reading and not self.ending:
            # Whoever was just woken runs before this, and may send the next message.
            self.ending = True
            self.loop.call_soon(self.end)

    def end(self) -> None:
        """Leaves the loop as it was found, unless there are calls again."""
        self.ending = False
        if not self.pending and self.reading:
            if self.timer is None:
                self.loop.remove_reader(self.queue.fileno())
            else:
                self.timer.cancel()
                self.timer = None
            self.reading = False

    def await_outcome(self, waiting: _Waiting) -> None:
        """Waits for what became of a call that was just cancelled."""
        until = monotonic() + _OUTCOME_SECONDS
        while waiting.completion is None:
            completion = self.queue.next(max(0.0, until - monotonic()))
            if completion is None:
                break
            self.settle(completion)
        self.end_if_idle()


# Each thread's last event loop and its completions: a thread runs one loop at a time.
_thread = _local()


def _completions(loop: asyncio.AbstractEventLoop) -> _Completions:
    found: _Completions | None = getattr(_thread, "completions", None)
    if found is None or found.loop is not loop:
        found = _thread.completions = _Completions(loop)
    return found


class AsyncClient:
    """A client of the Partner Messaging API for asyncio.

    It takes the options of :class:`Client`, and is not bound to an event loop:
    use it from any number of them. Cancelling a call's task cancels the call;
    the ``CancelledError`` has what became of the message in its attribute
    ``outcome`` (``None`` for a read) and on its notes, and the error that says so
    as its ``__cause__``.

    >>> import asyncio
    >>> from partner_messaging import Sms
    >>> from partner_messaging.testing import Sandbox
    >>> async def main():
    ...     with Sandbox() as sandbox:
    ...         async with sandbox.async_client() as client:
    ...             return await client.send(Sms(to="+6591234567", content="Hello"))
    >>> asyncio.run(main()).status
    'SENT'
    """

    @takes("ClientOptions")
    def __init__(self, api_key: str | None = None, **options: Unpack[ClientOptions]) -> None:
        self._native = BackgroundClient(api_key, options)
        self._on_event = options.get("on_event")
        self._batches: list[Batch] = []

    @takes("CallOptions")
    async def send(self, message: Message, **options: Unpack[CallOptions]) -> Receipt:
        """Sends one message.

        Arguments, result and errors are those of :meth:`Client.send`.
        """
        return await self._run(Operation.send(message, options))

    @takes("CallOptions")
    async def send_with_fallback(
        self,
        messages: Iterable[Message],
        *,
        fallback_codes: Iterable[str] | None = None,
        **options: Unpack[CallOptions],
    ) -> FallbackReceipt:
        """Sends the first of these messages that the service takes.

        Arguments, result and errors are those of :meth:`Client.send_with_fallback`.
        """
        return await self._run(Operation.send_with_fallback(messages, fallback_codes, options))

    def send_many(
        self,
        messages: Iterable[BatchItem] | AsyncIterable[BatchItem],
        *,
        max_in_flight: int | None = None,
        stop_on: Iterable[str | type[PartnerMessagingError]] | None = None,
        max_unknown: int | None = None,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> AsyncSendMany:
        """Sends many messages, and gives what became of each in the order in which they end.

        The source may be an asynchronous iterable, too; it is asked by a task of its own.
        Arguments, results and errors are those of :meth:`Client.send_many`; what it gives
        is for ``async for``, and its ``close`` is a coroutine.

        >>> import asyncio
        >>> from partner_messaging import Sms
        >>> from partner_messaging.testing import Sandbox
        >>> async def main():
        ...     messages = (Sms(to=f"+659123456{n}", content="Hello") for n in range(5))
        ...     with Sandbox() as sandbox:
        ...         async with sandbox.async_client() as client:
        ...             results = client.send_many(messages)
        ...             return sorted([(result.index, result.outcome) async for result in results])
        >>> asyncio.run(main())
        [(0, 'sent'), (1, 'sent'), (2, 'sent'), (3, 'sent'), (4, 'sent')]
        """
        batch = self._native.send_many(
            {
                "max_in_flight": max_in_flight,
                "stop_on": stop_on,
                "max_unknown": max_unknown,
                "on_progress": on_progress,
                "timeout": timeout,
            },
            self._on_event is not None,
        )
        results = AsyncSendMany(batch, messages, on_progress, self._on_event, _completions)
        self._batches = [batch for batch in self._batches if not batch.wait_for_end(0)]
        self._batches.append(batch)
        return results

    @takes("CallOptions")
    async def get_message(self, message_id: str, **options: Unpack[CallOptions]) -> MessageRecord:
        """Gets the current state of a message that was accepted before.

        Arguments, result and errors are those of :meth:`Client.get_message`.
        """
        return await self._run(Operation.get_message(message_id, options))

    @takes("CallOptions")
    async def wait_for_status(
        self,
        message_id: str,
        *,
        final_statuses: Iterable[str] | None = None,
        **options: Unpack[CallOptions],
    ) -> MessageRecord:
        """Waits until a message's status is final, or the call's time is over.

        Arguments, result and errors are those of :meth:`Client.wait_for_status`.
        """
        return await self._run(Operation.wait_for_status(message_id, final_statuses, options))

    @takes("ListOptions")
    def list_messages(self, **options: Unpack[ListOptions]) -> AsyncMessages:
        """Lists messages: all pages, each fetched when it is needed.

        Arguments and errors are those of :meth:`Client.list_messages`; what it
        gives is for ``async for``.

        >>> import asyncio
        >>> from partner_messaging import Sms
        >>> from partner_messaging.testing import Sandbox
        >>> async def main():
        ...     with Sandbox() as sandbox:
        ...         async with sandbox.async_client() as client:
        ...             await client.send(Sms(to="+6591234567", content="Hello"))
        ...             return [message.status async for message in client.list_messages(channel="SMS")]
        >>> asyncio.run(main())
        ['SENT']
        """
        return AsyncMessages(AsyncPages(self._run, Operation.list_messages(options)))

    @takes("CallOptions")
    async def get_balance(self, **options: Unpack[CallOptions]) -> Balance:
        """Gets the credit that is left.

        Arguments, result and errors are those of :meth:`Client.get_balance`.
        """
        return await self._run(Operation.get_balance(options))

    @takes("CallOptions")
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Json = ...,
        idempotent: bool | None = None,
        **options: Unpack[CallOptions],
    ) -> Reply:
        """Makes any other request to the service.

        Arguments, result and errors are those of :meth:`Client.request`.
        """
        return await self._run(Operation.request(method, path, query, json, idempotent, options))

    async def spending(self) -> tuple[Spending, ...]:
        """What the messages sent by this client have cost: see :meth:`Client.spending`."""
        return self._native.spending()

    async def reset_spending(self) -> tuple[Spending, ...]:
        """Like ``spending``, and starts again at zero: see :meth:`Client.reset_spending`."""
        return self._native.reset_spending()

    async def _run(self, operation: Operation[T]) -> T:
        completions = _completions(asyncio.get_running_loop())
        number, waiting = completions.begin(self._on_event)
        try:
            observed = self._on_event is not None
            call = self._native.submit(completions.queue, number, observed, operation)
            waiting.woken.call = call
        except BaseException:
            del completions.pending[number]
            completions.end_if_idle()
            raise
        try:
            await waiting.woken
        except asyncio.CancelledError as cancelled:
            call.cancel()
            completions.await_outcome(waiting)
            _attach_outcome(cancelled, waiting.completion, operation)
            raise
        except BaseException:
            # The coroutine is thrown away, perhaps after its loop: only events have its outcome.
            call.cancel()
            raise
        result: T = _result(waiting)
        return result

    async def close(self) -> None:
        """Closes the client: further calls are refused, calls in flight end at
        once with the outcome they have by now."""
        self._native.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            # What `send_many` has in flight ends first.
            for batch in self._batches:
                batch.close()
                while not batch.wait_for_end(0):
                    await asyncio.sleep(_POLL_SECONDS)
                batch.emit(self._on_event)
        finally:
            await self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("an AsyncClient can't be pickled: make one in each process, from the same options")

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}>"


def _result(waiting: _Waiting) -> Any:
    assert waiting.completion is not None  # that is what it was woken for
    _, result, error, _ = waiting.completion
    # The error's traceback refers to this call's frames: they must not refer back.
    waiting.completion = None
    if error is None:
        return result
    try:
        raise error
    finally:
        del error


def _attach_outcome(
    cancelled: asyncio.CancelledError, completion: Completion | None, operation: Operation[Any]
) -> None:
    """Has the cancellation say what became of the call, if that has an outcome."""
    _, result, error, _ = completion or (0, None, None, None)
    known: tuple[str, str] | None
    if error is not None:
        known = (error.outcome, f"{type(error).__name__}: {error}") if error.outcome else None
        cancelled.__cause__ = error
    else:
        known = operation.cancelled_outcome(completion is not None)
        if known is not None and completion is not None:
            setattr(cancelled, operation.result_name, result)
    cancelled.outcome = known and known[0]  # type: ignore[attr-defined]
    if known is not None:
        outcome, note = known
        # What `add_note` does, which came with Python 3.11.
        notes = getattr(cancelled, "__notes__", ())
        cancelled.__notes__ = [*notes, f"{note} (outcome: {outcome})"]


AsyncClient.__module__ = "partner_messaging"
