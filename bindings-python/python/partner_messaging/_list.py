"""Lists of messages: iterators that fetch a page when it is needed."""

from __future__ import annotations

from _thread import allocate_lock

from ._errors import PartnerMessagingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from ._native import Cursor, MessageRecord, Operation, Page

    PageResult: TypeAlias = tuple[Page | None, Cursor]


class Pages:
    """The pages of a list of messages, one after another: see :meth:`Messages.pages`.

    A page is fetched when it is needed. An error ends the list; Ctrl-C does not.
    """

    __slots__ = ("_lock", "_next", "_run")

    def __init__(
        self, run: Callable[[Operation[PageResult]], PageResult], first: Operation[PageResult]
    ) -> None:
        self._run = run
        self._next: Operation[PageResult] | None = first
        self._lock = allocate_lock()

    def __iter__(self) -> Pages:
        return self

    def __next__(self) -> Page:
        # Held by another thread, or by what a signal handler interrupted.
        if not self._lock.acquire(blocking=False):
            raise RuntimeError("the next page of this list is being fetched already")
        try:
            operation = self._next
            if operation is None:
                raise StopIteration
            try:
                page, cursor = self._run(operation)
            except PartnerMessagingError:
                self._next = None
                raise
            self._next = operation.at(cursor)
        finally:
            self._lock.release()
        if page is None:
            raise StopIteration
        return page


class Messages:
    """The messages of a list, one after another, from as many pages as it has.

    A page is fetched when its first message is needed. An error ends the list; Ctrl-C
    does not.
    """

    __slots__ = ("_page", "_pages")

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._page: Iterator[MessageRecord] = iter(())

    def __iter__(self) -> Messages:
        return self

    def __next__(self) -> MessageRecord:
        while True:
            for message in self._page:
                return message
            self._page = iter(next(self._pages).messages)

    def pages(self) -> Pages:
        """The same list page by page, with the totals that the service reports.

        What is left of the current page is not in it.
        """
        return self._pages


for _class in (Pages, Messages):
    _class.__module__ = "partner_messaging"
