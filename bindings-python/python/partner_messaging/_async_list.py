"""Lists of messages for asyncio: iterators that fetch a page when it is needed."""

from __future__ import annotations

from ._errors import PartnerMessagingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from ._list import PageResult
    from ._native import MessageRecord, Operation, Page


class AsyncPages:
    """The pages of a list of messages, one after another: see :meth:`AsyncMessages.pages`.

    A page is fetched when it is needed. An error ends the list; cancelling does not.
    """

    __slots__ = ("_fetching", "_next", "_run")

    def __init__(
        self, run: Callable[[Operation[PageResult]], Awaitable[PageResult]], first: Operation[PageResult]
    ) -> None:
        self._run = run
        self._next: Operation[PageResult] | None = first
        self._fetching = False

    def __aiter__(self) -> AsyncPages:
        return self

    async def __anext__(self) -> Page:
        if self._fetching:
            raise RuntimeError("the next page of this list is being fetched already")
        operation = self._next
        if operation is None:
            raise StopAsyncIteration
        self._fetching = True
        try:
            page, cursor = await self._run(operation)
        except PartnerMessagingError:
            self._next = None
            raise
        finally:
            self._fetching = False
        self._next = operation.at(cursor)
        if page is None:
            raise StopAsyncIteration
        return page


class AsyncMessages:
    """The messages of a list, one after another, from as many pages as it has.

    A page is fetched when its first message is needed. An error ends the list;
    cancelling does not.
    """

    __slots__ = ("_page", "_pages")

    def __init__(self, pages: AsyncPages) -> None:
        self._pages = pages
        self._page: Iterator[MessageRecord] = iter(())

    def __aiter__(self) -> AsyncMessages:
        return self

    async def __anext__(self) -> MessageRecord:
        while True:
            for message in self._page:
                return message
            self._page = iter((await self._pages.__anext__()).messages)

    def pages(self) -> AsyncPages:
        """The same list page by page, with the totals that the service reports.

        What is left of the current page is not in it.
        """
        return self._pages


for _class in (AsyncPages, AsyncMessages):
    _class.__module__ = "partner_messaging"
