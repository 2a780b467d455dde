"""Sending many messages: an iterator over what became of them."""

from __future__ import annotations

from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from typing_extensions import Self

    from ._native import Batch, BatchResult, BatchSummary
    from .types import BatchItem, OnEvent, OnProgress

# How long one wait is; between two, Ctrl-C is looked for.
_WAIT_SECONDS = 0.05


def wait_for_end(batch: Batch, on_event: OnEvent | None) -> None:
    """Begins nothing more, and waits until what is in flight has ended; Ctrl-C ends that, too."""
    batch.close()
    try:
        while not batch.wait_for_end(_WAIT_SECONDS):
            batch.emit(on_event)
        batch.emit(on_event)
    except KeyboardInterrupt:
        batch.abort()
        raise


class SendMany:
    """What became of many messages, in the order in which they end: see
    :meth:`Client.send_many`.

    The source is asked on the thread that iterates. Closing it, with :meth:`close` or as
    a context manager, begins nothing more and waits for what is in flight.
    """

    __slots__ = ("_batch", "_failure", "_interrupted", "_lock", "_observed", "_on_event", "_on_progress", "_source")

    def __init__(
        self,
        batch: Batch,
        messages: Iterable[BatchItem],
        on_progress: OnProgress | None,
        on_event: OnEvent | None,
    ) -> None:
        self._source: Iterator[BatchItem] = iter(messages)
        self._batch = batch
        self._on_progress = on_progress
        self._on_event = on_event
        self._observed = batch.is_observed
        # What the source raised, or Ctrl-C: it is raised at the end.
        self._failure: BaseException | None = None
        self._interrupted = False
        self._lock = allocate_lock()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> BatchResult:
        # Held by another thread, or by what a signal handler interrupted.
        if not self._lock.acquire(blocking=False):
            raise RuntimeError("the next result of this run is being waited for already")
        try:
            return self._next()
        finally:
            self._lock.release()

    def _next(self) -> BatchResult:
        while True:
            self._tell()
            try:
                step = self._batch.wait(_WAIT_SECONDS)
                if self._observed:
                    self._batch.emit(self._on_event)
                if step is True:
                    self._take()
                    continue
            except KeyboardInterrupt as interrupt:
                result = self._interrupt(interrupt)
                if result is None:
                    continue
                return result
            if step is False:
                self._tell()
                failure, self._failure = self._failure, None
                if failure is not None:
                    raise failure
                raise StopIteration
            if step is not None:
                return step

    def _take(self) -> None:
        """Begins the source's next message."""
        try:
            message = next(self._source)
        except StopIteration:
            self._batch.finish()
        except KeyboardInterrupt:
            raise
        except BaseException as failure:  # it is raised when what is in flight has ended
            self._failure = failure
            self._batch.finish()
        else:
            self._batch.offer(message)

    def _interrupt(self, interrupt: KeyboardInterrupt) -> BatchResult | None:
        """The first Ctrl-C lets what is in flight end, a second leaves at once."""
        if self._interrupted:
            self._batch.abort()
            raise interrupt
        self._interrupted = True
        self._failure = interrupt
        self._batch.close()
        # It may have come before the result was had.
        return self._batch.last()

    def _tell(self) -> None:
        if self._on_progress is not None:
            summary = self._batch.progress()
            if summary is not None:
                self._on_progress(summary)

    @property
    def summary(self) -> BatchSummary:
        """The sums by now; at the end, those of the whole run."""
        return self._batch.summary()

    def close(self) -> None:
        """Begins nothing more, and waits until what is in flight has ended; its results
        are given if the iteration goes on. Ctrl-C ends what is in flight, too. Idempotent."""
        wait_for_end(self._batch, self._on_event)

    def __del__(self) -> None:
        try:
            self._batch.close()
        except AttributeError:
            pass  # it was never made

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SendMany {self.summary!r}>"


SendMany.__module__ = "partner_messaging"
