"""Lists of messages for asyncio: iterators that ask for a page when they need it."""

from __future__ import annotations

from ._errors import PartnerMessagingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from typing import TypeAlias

    from ._native import MessageRecord, Operation, Page, Place

    Given: TypeAlias = tuple[Page | None, Place]


class AsyncPages:
    """The pages of a list of messages, one after another: see :meth:`AsyncMessages.pages`.

    A page is asked for when it is needed. An error ends the list; cancelling does not.
    """

    __slots__ = ("_asking", "_next", "_perform")

    def __init__(self, perform: Callable[[Operation[Given]], Awaitable[Given]], first: Operation[Given]) -> None:
        self._perform = perform
        self._next: Operation[Given] | None = first
        self._asking = False

    def __aiter__(self) -> AsyncPages:
        return self

    async def __anext__(self) -> Page:
        if self._asking:
            raise RuntimeError("the list is being asked for its next page already")
        operation = self._next
        if operation is None:
            raise StopAsyncIteration
        self._asking = True
        try:
            page, place = await self._perform(operation)
        except PartnerMessagingError:
            self._next = None
            raise
        finally:
            self._asking = False
        self._next = operation.at(place)
        if page is None:
            raise StopAsyncIteration
        return page


class AsyncMessages:
    """The messages of a list, one after another, from as many pages as it has.

    A page is asked for when its first message is. An error ends the list;
    cancelling does not.
    """

    __slots__ = ("_at_hand", "_pages")

    def __init__(self, pages: AsyncPages) -> None:
        self._pages = pages
        self._at_hand: Iterator[MessageRecord] = iter(())

    def __aiter__(self) -> AsyncMessages:
        return self

    async def __anext__(self) -> MessageRecord:
        while True:
            for message in self._at_hand:
                return message
            self._at_hand = iter((await self._pages.__anext__()).messages)

    def pages(self) -> AsyncPages:
        """The same list page by page, with the totals that the service tells.

        What is left of the page at hand is not in it.
        """
        return self._pages


for _class in (AsyncPages, AsyncMessages):
    _class.__module__ = "partner_messaging"
