"""The asyncio client: calls run on a background thread, and each event loop is
woken through a file descriptor once for all completions that wait for it."""

from __future__ import annotations

import asyncio
from _thread import _local
from time import monotonic

from ._native import BackgroundClient, CompletionQueue, Receipt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any, TypeAlias

    from ._errors import PartnerMessagingError
    from ._native import Call, Message

    Completion: TypeAlias = tuple[int, Receipt | None, PartnerMessagingError | None]

# A cancelled call ends within microseconds; a machine that is busier than this
# must not hold up the event loop for the sake of the verdict.
_VERDICT_SECONDS = 0.1


class _Completions:
    """The calls of one event loop that are under way. Used on that loop's thread only."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.queue = CompletionQueue()
        self.pending: dict[int, asyncio.Future[Receipt]] = {}
        self.last = 0
        # The loop forgets it when it closes; what completes after that stays in the queue.
        loop.add_reader(self.queue.fileno(), self.drain)

    def begin(self) -> tuple[int, asyncio.Future[Receipt]]:
        self.last += 1
        future: asyncio.Future[Receipt] = self.loop.create_future()
        self.pending[self.last] = future
        return self.last, future

    def drain(self) -> None:
        for completion in self.queue.drain():
            self.settle(completion)

    def settle(self, completion: Completion) -> None:
        number, receipt, error = completion
        future = self.pending.pop(number, None)
        if future is None or future.done():
            return
        if error is None:
            future.set_result(receipt)  # type: ignore[arg-type]  # one of the two is there
        else:
            future.set_exception(error)

    def verdict(self, number: int) -> Completion | None:
        """What became of a call that was just cancelled."""
        until = monotonic() + _VERDICT_SECONDS
        while (completion := self.queue.next(max(0.0, until - monotonic()))) is not None:
            if completion[0] == number:
                self.pending.pop(number, None)
                return completion
            self.settle(completion)
        return None


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
    ``outcome``, and the error that says so as its ``__cause__``.

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

    def __init__(self, api_key: str | None = None, **options: Any) -> None:
        self._native = BackgroundClient(api_key, **options)

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
        completions = _completions(asyncio.get_running_loop())
        number, future = completions.begin()
        try:
            call = self._native.submit(completions.queue, number, message, timeout, max_retries, headers)
        except BaseException:
            del completions.pending[number]
            raise
        try:
            return await future
        except asyncio.CancelledError as cancelled:
            _attach_verdict(cancelled, call, completions, number)
            raise

    async def close(self) -> None:
        """Closes the client: further calls are refused, calls under way end at
        once with the outcome they have by now."""
        self._native.close()

    async def __aenter__(self) -> AsyncClient:
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


def _attach_verdict(
    cancelled: asyncio.CancelledError, call: Call, completions: _Completions, number: int
) -> None:
    if number not in completions.pending:
        # It had ended before it was cancelled, and its result was not picked up any more.
        return
    call.cancel()
    verdict = completions.verdict(number)
    if verdict is None:
        cancelled.outcome = "unknown"  # type: ignore[attr-defined]
    elif verdict[2] is None:
        cancelled.outcome = "sent"  # type: ignore[attr-defined]
        cancelled.receipt = verdict[1]  # type: ignore[attr-defined]
    else:
        cancelled.outcome = verdict[2].outcome  # type: ignore[attr-defined]
        cancelled.__cause__ = verdict[2]


AsyncClient.__module__ = "partner_messaging"
