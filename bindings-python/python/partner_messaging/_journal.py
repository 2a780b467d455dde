"""Journals: what became of the message under a key, over crashes, processes and machines."""

from __future__ import annotations

from ._client import Client
from ._errors import PartnerMessagingError
from ._native import OpenJournal, Operation, Question
from ._signatures import takes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from datetime import date
    from os import PathLike
    from types import TracebackType
    from typing import Any, Literal, TypeVar, overload

    from typing_extensions import Self, Unpack

    from ._async import AsyncClient
    from ._native import JournalRecord, JournalSummary
    from ._options import CallOptions
    from .types import Message, Outcome

    T = TypeVar("T")
else:

    def overload(function):
        return function


class Journal:
    """An open journal: under one of its keys the service accepts one message at most.

    Several clients may share it, ``Client`` and ``AsyncClient`` alike, and so may threads,
    and a process forked from the one that opened it. Under asyncio see ``AsyncJournal``.

    Args:
        path: The path of a file, which is made if it doesn't exist, or a URL. A file that
            this process has open already is not opened twice. The processes of one machine may share
            it; it must lie on a local disk.

    Raises:
        JournalError: It can't be used: it is another program's, a newer version's, damaged,
            or on a network file system. Then it is left as it is.
        ConfigError: What is given is neither a path nor a URL.

    Example:
        >>> import tempfile
        >>> from partner_messaging import Journal, Sms
        >>> from partner_messaging.testing import Sandbox
        >>> code = Sms(to="+6591234567", content="Your code is 123456")
        >>> with Sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        ...     with Journal(f"{folder}/codes.db") as journal, sandbox.client(journal=journal) as client:
        ...         receipts = [client.send(code, key="order-4711-otp") for _ in range(2)]
        ...         print([receipt.replayed for receipt in receipts], journal.summary().sent)
        [False, True] 1
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._native = OpenJournal(path)

    def get(self, key: str) -> JournalRecord | None:
        """What is under a key; ``None`` if there is nothing."""
        return self._run(Question.get(key))

    def records(self, *, outcome: Outcome | None = None) -> JournalRecords:
        """The records in the order of their keys, those with this outcome or all; read as
        they are needed.

        Example:
            >>> import tempfile
            >>> from partner_messaging import Journal
            >>> with tempfile.TemporaryDirectory() as folder, Journal(f"{folder}/codes.db") as journal:
            ...     [record.key for record in journal.records(outcome="unknown")]
            []
        """
        return JournalRecords(self._run, Question.records(outcome))

    def summary(self) -> JournalSummary:
        """Counts and costs of all that was ever recorded."""
        return self._run(Question.summary())

    @overload
    def resolve(self, key: str, outcome: Literal["sent"], *, message_id: str) -> JournalRecord: ...
    @overload
    def resolve(self, key: str, outcome: Literal["not_sent"]) -> JournalRecord: ...
    def resolve(
        self, key: str, outcome: Literal["sent", "not_sent"], *, message_id: str | None = None
    ) -> JournalRecord:
        """Says what became of a message whose outcome is unknown: ``sent``, with the id that
        the service gave it, or ``not_sent``, so that its key may be used again.

        That it was not sent is your own risk: what had left the process may still be on
        its way, and then the message goes out twice. Ask the service first.

        Raises:
            ConfigError: Nothing unknown is under the key (any more): ``field`` is ``key``; or
                the message id is another key's: ``message_id``.
        """
        return self._run(Question.resolve(key, outcome, message_id))

    @takes("CallOptions")
    def reconcile(
        self, client: Client, messages: Mapping[str, Message], **options: Unpack[CallOptions]
    ) -> list[JournalRecord]:
        """Looks messages whose outcome is unknown up in the service's list of messages.

        If the list has exactly one to that recipient by that channel, made within the call's
        time by the service's clock (5 seconds more or less) and under no other key, the key is
        resolved as sent with that one's id. Nothing found proves nothing: then it stays
        unknown. The published document doesn't describe the list; this is an assumption.

        Args:
            client: The client that asks.
            messages: The messages by their keys. One that its key doesn't stand for is left as it is.
            **options: See ``partner_messaging.types.CallOptions``.

        Returns:
            The records of the keys as they are then, without those that the journal doesn't have.
        """
        if not isinstance(client, Client):
            raise TypeError("client must be a Client; an AsyncClient goes with an AsyncJournal")
        return client._run(Operation.reconcile(self._native, messages, options))

    def purge(self, before: str | date) -> int:
        """Forgets what was sent, rejected or not sent and ended before a moment; what is
        unknown or has a conflict stays, and so do the sums of the summary. A key that was
        forgotten is a new key.

        Args:
            before: A ``datetime`` with a time zone, a ``date``, or either as a string (RFC 3339).

        Returns:
            The number of records.
        """
        return self._run(Question.purge(before))

    def close(self) -> None:
        """Closes it for all who share this object; what was asked for is done then. Calls
        with a key that are under way come to their end; later ones raise a ``JournalError``,
        and nothing is sent. Idempotent."""
        self._run(Question.close())

    def _run(self, question: Question[T]) -> T:
        return self._native.run(question)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a Journal can't be pickled: open it in each process, by its path")

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} {self._native.name!r}>"


class JournalRecords:
    """Records of a journal, one after another: see :meth:`Journal.records`.

    An error ends it; Ctrl-C does not.
    """

    __slots__ = ("_next", "_page", "_run")

    def __init__(
        self,
        run: Callable[[Question[list[JournalRecord]]], list[JournalRecord]],
        first: Question[list[JournalRecord]],
    ) -> None:
        self._run = run
        self._next: Question[list[JournalRecord]] | None = first
        self._page: Iterator[JournalRecord] = iter(())

    def __iter__(self) -> JournalRecords:
        return self

    def __next__(self) -> JournalRecord:
        for record in self._page:
            return record
        if self._next is None:
            raise StopIteration
        try:
            records = self._run(self._next)
        except PartnerMessagingError:
            self._next = None
            raise
        self._next = self._next.after(records[-1].key) if records else None
        self._page = iter(records)
        return next(self)


class AsyncJournal:
    """A journal for asyncio: like ``Journal``, with methods to be awaited.

    It is not bound to an event loop. Opening it reads its file at once, as making a client
    reads certificates.

    >>> import asyncio, tempfile
    >>> from partner_messaging import AsyncJournal, Sms
    >>> from partner_messaging.testing import Sandbox
    >>> async def main(folder):
    ...     with Sandbox() as sandbox:
    ...         async with AsyncJournal(f"{folder}/codes.db") as journal:
    ...             async with sandbox.async_client(journal=journal) as client:
    ...                 await client.send(Sms(to="+6591234567", content="Hello"), key="order-4711-otp")
    ...             return [(record.key, record.outcome) async for record in journal.records()]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     asyncio.run(main(folder))
    [('order-4711-otp', 'sent')]
    """

    # A journal tells nobody of events.
    _on_event = None

    def __init__(self, path: str | PathLike[str]) -> None:
        self._native = OpenJournal(path)

    async def get(self, key: str) -> JournalRecord | None:
        """What is under a key: see :meth:`Journal.get`."""
        return await self._run(Question.get(key))

    def records(self, *, outcome: Outcome | None = None) -> AsyncJournalRecords:
        """The records in the order of their keys: see :meth:`Journal.records`; for ``async for``."""
        return AsyncJournalRecords(self._run, Question.records(outcome))

    async def summary(self) -> JournalSummary:
        """Counts and costs of all that was ever recorded."""
        return await self._run(Question.summary())

    @overload
    async def resolve(self, key: str, outcome: Literal["sent"], *, message_id: str) -> JournalRecord: ...
    @overload
    async def resolve(self, key: str, outcome: Literal["not_sent"]) -> JournalRecord: ...
    async def resolve(
        self, key: str, outcome: Literal["sent", "not_sent"], *, message_id: str | None = None
    ) -> JournalRecord:
        """Says what became of a message whose outcome is unknown: see :meth:`Journal.resolve`."""
        return await self._run(Question.resolve(key, outcome, message_id))

    @takes("CallOptions")
    async def reconcile(
        self, client: AsyncClient, messages: Mapping[str, Message], **options: Unpack[CallOptions]
    ) -> list[JournalRecord]:
        """Looks messages whose outcome is unknown up in the service's list: see :meth:`Journal.reconcile`."""
        from ._async import AsyncClient

        if not isinstance(client, AsyncClient):
            raise TypeError("client must be an AsyncClient; a Client goes with a Journal")
        return await client._run(Operation.reconcile(self._native, messages, options))

    async def purge(self, before: str | date) -> int:
        """Forgets what ended before a moment: see :meth:`Journal.purge`."""
        return await self._run(Question.purge(before))

    async def close(self) -> None:
        """Closes it for all who share this object: see :meth:`Journal.close`."""
        await self._run(Question.close())

    async def _run(self, question: Question[T]) -> T:
        # asyncio takes longer to import than all of this package: only who runs a loop pays.
        from ._async import AsyncClient

        return await AsyncClient._run(self, question)  # type: ignore[arg-type]

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
        raise TypeError("an AsyncJournal can't be pickled: open it in each process, by its path")

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__} {self._native.name!r}>"


class AsyncJournalRecords:
    """Records of a journal, one after another: see :meth:`AsyncJournal.records`.

    An error ends it; cancelling does not.
    """

    __slots__ = ("_next", "_page", "_run")

    def __init__(
        self,
        run: Callable[[Question[list[JournalRecord]]], Awaitable[list[JournalRecord]]],
        first: Question[list[JournalRecord]],
    ) -> None:
        self._run = run
        self._next: Question[list[JournalRecord]] | None = first
        self._page: Iterator[JournalRecord] = iter(())

    def __aiter__(self) -> AsyncJournalRecords:
        return self

    async def __anext__(self) -> JournalRecord:
        for record in self._page:
            return record
        if self._next is None:
            raise StopAsyncIteration
        try:
            records = await self._run(self._next)
        except PartnerMessagingError:
            self._next = None
            raise
        self._next = self._next.after(records[-1].key) if records else None
        self._page = iter(records)
        return await self.__anext__()


for _class in (Journal, JournalRecords, AsyncJournal, AsyncJournalRecords):
    _class.__module__ = "partner_messaging"
