"""The asyncio client: calls run on a background thread, and each event loop is
woken through a file descriptor once for all completions that wait for it."""

from __future__ import annotations

import asyncio
from _thread import _local
from time import monotonic

from ._async_list import AsyncMessages, AsyncPages
from ._native import BackgroundClient, CompletionQueue, Operation, tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from os import PathLike
    from types import TracebackType
    from typing import Any, TypeVar

    from typing_extensions import Self

    from ._native import (
        Balance,
        Call,
        Completion,
        FallbackReceipt,
        Json,
        MessageRecord,
        Receipt,
        Reply,
        Spending,
    )

    from .types import Message, OnEvent

    T = TypeVar("T")

# A cancelled call ends within microseconds; a machine that is busier than this
# must not hold up the event loop for the sake of the verdict.
_VERDICT_SECONDS = 0.1

# How often a loop that can't watch a file descriptor looks for completions.
_POLL_SECONDS = 0.005


class _Woken(asyncio.Future[None]):
    """Wakes a coroutine; cancels its call in the very moment it is cancelled itself.

    When many tasks are cancelled at once, each runs later, one after the other:
    if their calls were cancelled only then, those that wait for a connection
    would take the ones that become free, and go out.
    """

    call: Call | None = None

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


class _Completions:
    """The calls of one event loop that are under way. Used on that loop's thread only."""

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
                tell(waiting.on_event, completion[3])
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

    def await_verdict(self, waiting: _Waiting) -> None:
        """Waits for what became of a call that was just cancelled."""
        until = monotonic() + _VERDICT_SECONDS
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

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        max_retries: int | None = None,
        max_connections: int | None = None,
        http2: bool | None = None,
        proxy: str | None = None,
        trust_env: bool | None = None,
        ca_file: str | PathLike[str] | None = None,
        allow_http: bool | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent: str | None = None,
        max_response_bytes: int | None = None,
        endpoints: Mapping[str, str] | None = None,
        on_event: OnEvent | None = None,
    ) -> None:
        self._native = BackgroundClient(
            api_key,
            base_url=base_url,
            timeout=timeout,
            connect_timeout=connect_timeout,
            max_retries=max_retries,
            max_connections=max_connections,
            http2=http2,
            proxy=proxy,
            trust_env=trust_env,
            ca_file=ca_file,
            allow_http=allow_http,
            headers=headers,
            user_agent=user_agent,
            max_response_bytes=max_response_bytes,
            endpoints=endpoints,
            on_event=on_event,
        )
        self._on_event = on_event

    async def send(
        self,
        message: Message,
        *,
        timeout: float | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Receipt:
        """Sends one message, and tells what became of it.

        Arguments, result and errors are those of :meth:`Client.send`.
        """
        return await self._perform(Operation.send(message, (timeout, max_retries, headers)))

    async def send_with_fallback(
        self,
        messages: Iterable[Message],
        *,
        fallback_codes: Iterable[str] | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> FallbackReceipt:
        """Sends the first of these messages that the service takes.

        Arguments, result and errors are those of :meth:`Client.send_with_fallback`.
        """
        options = (timeout, max_retries, headers)
        return await self._perform(Operation.send_with_fallback(messages, fallback_codes, options))

    async def get_message(
        self,
        message_id: str,
        *,
        timeout: float | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> MessageRecord:
        """Asks what became of a message that was accepted before.

        Arguments, result and errors are those of :meth:`Client.get_message`.
        """
        return await self._perform(Operation.get_message(message_id, (timeout, max_retries, headers)))

    async def wait_for_status(
        self,
        message_id: str,
        *,
        final_statuses: Iterable[str] | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> MessageRecord:
        """Waits until a message's status is final, or the call's time is over.

        Arguments, result and errors are those of :meth:`Client.wait_for_status`.
        """
        options = (timeout, max_retries, headers)
        return await self._perform(Operation.wait_for_status(message_id, final_statuses, options))

    def list_messages(
        self,
        *,
        channel: str | None = None,
        status: str | None = None,
        recipient: str | None = None,
        sender: str | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        page: int | None = None,
        limit: int | None = None,
        query: Mapping[str, str] | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncMessages:
        """Lists messages: all pages, each asked for when it is needed.

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
        operation = Operation.list_messages(
            (timeout, max_retries, headers),
            channel=channel,
            status=status,
            recipient=recipient,
            sender=sender,
            since=since,
            until=until,
            page=page,
            limit=limit,
            query=query,
        )
        return AsyncMessages(AsyncPages(self._perform, operation))

    async def get_balance(
        self,
        *,
        timeout: float | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Balance:
        """Asks for the credit that is left.

        Arguments, result and errors are those of :meth:`Client.get_balance`.
        """
        return await self._perform(Operation.get_balance((timeout, max_retries, headers)))

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Json = ...,
        idempotent: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Makes any other request to the service.

        Arguments, result and errors are those of :meth:`Client.request`.
        """
        options = (timeout, max_retries, headers)
        return await self._perform(Operation.request(method, path, query, json, idempotent, options))

    async def spending(self) -> tuple[Spending, ...]:
        """What the messages sent by this client have cost: see :meth:`Client.spending`."""
        return self._native.spending()

    async def reset_spending(self) -> tuple[Spending, ...]:
        """The same, and begins a new ledger: see :meth:`Client.reset_spending`."""
        return self._native.reset_spending()

    async def _perform(self, operation: Operation[T]) -> T:
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
            completions.await_verdict(waiting)
            _attach_verdict(cancelled, waiting.completion, operation.changes)
            raise
        except BaseException:
            # The coroutine is thrown away, perhaps after its loop: only events tell the verdict.
            call.cancel()
            raise
        result: T = _result(waiting)
        return result

    async def close(self) -> None:
        """Closes the client: further calls are refused, calls under way end at
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


def _attach_verdict(cancelled: asyncio.CancelledError, verdict: Completion | None, changes: bool) -> None:
    """``changes``: whether the call had an outcome to speak of."""
    _, result, error, _ = verdict or (0, None, None, None)
    outcome: str | None = None
    note = None
    if error is not None:
        outcome = error.outcome
        note = f"{type(error).__name__}: {error}"
        cancelled.__cause__ = error
    elif not changes:
        pass
    elif verdict is None:
        outcome = "unknown"
        note = "The call was cancelled and has not ended yet: what it sent may have been accepted."
    else:
        outcome = "sent"
        note = "The call was cancelled when the service had already accepted what it sent."
        cancelled.receipt = result  # type: ignore[attr-defined]
    cancelled.outcome = outcome  # type: ignore[attr-defined]
    if outcome is not None:
        # What `add_note` does, which came with Python 3.11.
        notes = getattr(cancelled, "__notes__", ())
        cancelled.__notes__ = [*notes, f"{note} (outcome: {outcome})"]


AsyncClient.__module__ = "partner_messaging"
