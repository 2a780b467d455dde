"""Sending many messages with asyncio: an asynchronous iterator over what became of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Any, Protocol

    from typing_extensions import Self

    from ._native import Batch, BatchResult, BatchSummary, Completion, CompletionQueue
    from .types import BatchItem, OnEvent, OnProgress

    class Waiting(Protocol):
        async def wait(self) -> Completion: ...

    class Completions(Protocol):
        queue: CompletionQueue

        def begin(self, on_event: None) -> tuple[int, Waiting]: ...

    CompletionsOf = Callable[[asyncio.AbstractEventLoop], Completions]


async def _pump(
    batch: Batch,
    messages: Iterable[BatchItem] | AsyncIterable[BatchItem],
    completions: Completions,
    failures: list[BaseException],
) -> None:
    """Takes messages from the source as long as there is room."""
    try:
        if isinstance(messages, AsyncIterable):
            source = aiter(messages)
            while await _has_room(batch, completions):
                try:
                    message = await anext(source)
                except StopAsyncIteration:
                    break
                batch.offer(message)
        else:
            items = iter(messages)
            while await _has_room(batch, completions):
                try:
                    message = next(items)
                except StopIteration:
                    break
                batch.offer(message)
    except asyncio.CancelledError:
        raise
    except BaseException as failure:  # it is raised when what is in flight has ended
        failures.append(failure)
    finally:
        batch.finish()


async def _has_room(batch: Batch, completions: Completions) -> bool:
    room = batch.room_now()
    if room is None:
        number, waiting = completions.begin(None)
        batch.room(completions.queue, number)
        room = bool((await waiting.wait())[1])
    return room


class AsyncSendMany:
    """What became of many messages, in the order in which they end: see
    :meth:`AsyncClient.send_many`.

    The source is asked by a task of the event loop that iterates. Closing it, with
    :meth:`close` or by ``async with``, begins nothing more and waits for what is in flight.
    """

    __slots__ = (
        "_batch",
        "_buffered",
        "_completions",
        "_ended",
        "_failures",
        "_loop",
        "_messages",
        "_on_event",
        "_on_progress",
        "_pump",
        "_waiting",
    )

    def __init__(
        self,
        batch: Batch,
        messages: Iterable[BatchItem] | AsyncIterable[BatchItem],
        on_progress: OnProgress | None,
        on_event: OnEvent | None,
        completions: CompletionsOf,
    ) -> None:
        if not isinstance(messages, AsyncIterable):
            messages = iter(messages)
        self._batch = batch
        self._messages = messages
        self._on_progress = on_progress
        self._on_event = on_event
        self._completions = completions
        self._buffered: deque[BatchResult] = deque()
        self._failures: list[BaseException] = []
        self._ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pump: asyncio.Task[None] | None = None
        self._waiting: Waiting | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> BatchResult:
        if self._pump is None and not self._ended:
            self._loop = asyncio.get_running_loop()
            pump = _pump(self._batch, self._messages, self._completions(self._loop), self._failures)
            self._pump = self._loop.create_task(pump)
        while not self._buffered and not self._ended:
            await self._fetch()
        if self._buffered:
            return self._buffered.popleft()
        if self._failures:
            raise self._failures.pop(0)
        raise StopAsyncIteration

    async def _fetch(self) -> None:
        """Waits for results. Cancelling it loses none."""
        waiting = self._waiting
        if waiting is None:
            completions = self._completions(asyncio.get_running_loop())
            number, waiting = completions.begin(None)
            self._batch.results(completions.queue, number)
            self._waiting = waiting
        _, results, error, _ = await waiting.wait()
        if self._waiting is not waiting:
            return  # another task has had them
        self._waiting = None
        self._buffered.extend(results or ())
        if error is not None:
            self._failures.insert(0, error)
        if not results:
            self._ended = True
            await self._stop_pump()
        self._tell()

    async def _stop_pump(self) -> None:
        pump, self._pump = self._pump, None
        if pump is not None and not pump.done():
            pump.cancel()
            await asyncio.wait([pump])

    def _tell(self) -> None:
        self._batch.emit(self._on_event)
        if self._on_progress is not None:
            summary = self._batch.progress()
            if summary is not None:
                self._on_progress(summary)

    @property
    def summary(self) -> BatchSummary:
        """The sums by now; at the end, those of the whole run."""
        return self._batch.summary()

    async def close(self) -> None:
        """Begins nothing more, and waits until what is in flight has ended; its results
        are given if the iteration goes on. Cancelling it ends what is in flight, too.
        Idempotent."""
        self._batch.close()
        try:
            await self._stop_pump()
            while not self._ended:
                await self._fetch()
        except asyncio.CancelledError:
            self._batch.abort()
            raise

    aclose = close

    def __del__(self) -> None:
        try:
            self._batch.close()
            if self._pump is not None and self._loop is not None and not self._pump.done():
                self._loop.call_soon_threadsafe(self._pump.cancel)
        except (AttributeError, RuntimeError):
            pass  # it was never made, or its loop is closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncSendMany {self.summary!r}>"


AsyncSendMany.__module__ = "partner_messaging"
