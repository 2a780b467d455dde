"""The blocking client."""

from __future__ import annotations

from ._list import Messages, Pages
from ._native import BlockingClient, Operation
from ._send_many import SendMany, wait_for_end
from ._signatures import takes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType
    from typing import Any, TypeVar

    from typing_extensions import Self, Unpack

    from ._errors import PartnerMessagingError
    from ._native import Balance, Batch, FallbackReceipt, Json, MessageRecord, Receipt, Reply, Spending
    from ._options import CallOptions, ClientOptions, ListOptions
    from .types import BatchItem, Message, OnProgress

    T = TypeVar("T")


class Client:
    """A client of the Partner Messaging API whose calls block.

    Make one and keep it: it holds a pool of connections. It may be used from
    any number of threads, and in a process forked from the one that made it.

    Args:
        api_key: The key; default: the environment's ``PARTNER_MESSAGING_API_KEY``.
        **options: See ``partner_messaging.types.ClientOptions``.

    Raises:
        ConfigError: An option can't be used; ``field`` names it.

    Example:
        >>> from partner_messaging import Sms
        >>> from partner_messaging.testing import Sandbox
        >>> with Sandbox() as sandbox, sandbox.client() as client:
        ...     client.send(Sms(to="+6591234567", content="Hello")).status
        'SENT'
    """

    @takes("ClientOptions")
    def __init__(self, api_key: str | None = None, **options: Unpack[ClientOptions]) -> None:
        self._native = BlockingClient(api_key, options)
        self._on_event = options.get("on_event")
        self._batches: list[Batch] = []

    @takes("CallOptions")
    def send(self, message: Message, **options: Unpack[CallOptions]) -> Receipt:
        """Sends one message.

        Args:
            message: A ``WhatsApp``, an ``Sms``, an ``Email``, or a mapping in wire form.
            **options: See ``partner_messaging.types.CallOptions``.

        Returns:
            The receipt: the service accepted the message.

        Raises:
            InvalidMessageError: Refused before any I/O; ``field`` names the field.
            TransportError: Nothing was sent.
            ApiError: The service refused; see its subclasses.
            OutcomeUnknownError: It may have been accepted. Find out before sending it again.
            KeyboardInterrupt: Ctrl-C; its ``__cause__`` says what became of the message.
        """
        return self._run(Operation.send(message, options))

    @takes("CallOptions")
    def send_with_fallback(
        self,
        messages: Iterable[Message],
        *,
        fallback_codes: Iterable[str] | None = None,
        **options: Unpack[CallOptions],
    ) -> FallbackReceipt:
        """Sends the first of these messages that the service takes.

        The next message is tried only after a refusal with one of the
        ``fallback_codes``: its channel can't be used. Any other refusal ends the
        call, since it would meet the next message too; so does an unknown outcome,
        since the message may arrive. All messages are checked before the first is
        sent, and one deadline is over all.

        Args:
            messages: Messages as ``send`` takes them, the preferred one first.
            fallback_codes: The service's codes after which the next message is tried;
                default: ``CHANNEL_CONFIG_NOT_FOUND``, ``CHANNEL_CREDENTIALS_NOT_FOUND``.
            **options: See ``partner_messaging.types.CallOptions``; ``timeout`` is for
                the whole call, ``max_retries`` for each message.

        Returns:
            The accepted message's receipt, and the trail of what was tried.

        Raises:
            InvalidMessageError: Refused before any I/O; ``field`` names message and
                field, for example ``messages[1].to``.
            PartnerMessagingError: As ``send``, for the last message that was tried;
                ``trail`` has all of them.

        Example:
            >>> from partner_messaging import Sms, WhatsApp
            >>> from partner_messaging.testing import Sandbox
            >>> whatsapp = WhatsApp(to="+6591234567", from_="+6581234567", template_id="HX1")
            >>> sms = Sms(to="+6591234567", content="Your table is ready.")
            >>> with Sandbox(state={"channels": {"WHATSAPP": "not_configured"}}) as sandbox:
            ...     with sandbox.client() as client:
            ...         accepted = client.send_with_fallback([whatsapp, sms])
            >>> [(step.channel, step.outcome) for step in accepted.trail]
            [('WHATSAPP', 'rejected'), ('SMS', 'sent')]
        """
        return self._run(Operation.send_with_fallback(messages, fallback_codes, options))

    def send_many(
        self,
        messages: Iterable[BatchItem],
        *,
        max_in_flight: int | None = None,
        stop_on: Iterable[str | type[PartnerMessagingError]] | None = None,
        max_unknown: int | None = None,
        on_progress: OnProgress | None = None,
        timeout: float | None = None,
    ) -> SendMany:
        """Sends many messages, and gives what became of each in the order in which they end.

        The source is asked only as fast as messages leave, on the thread that iterates. A
        message that is refused or fails is a result like any other. One that was turned
        away (429) is tried again after the pause that the service asks for; what was
        provably not sent is tried again within ``max_retries``. What would meet every
        further message stops the run: then what is in flight ends and is given, and at
        last the error is raised; so it is with an error of the source. The first Ctrl-C
        begins nothing more and lets what is in flight end, a second leaves at once.

        Args:
            messages: Messages as ``send`` takes them, or pairs of a key of the journal and
                a message.
            max_in_flight: How many messages may be under way at once. Default: 64.
            stop_on: Which refusals stop the run: codes of the service, and classes of errors,
                which stand for those below them, too. Default: those for the API key, the
                credit, the organisation and the app. An error of the journal, a spend limit
                and an option that can't be used stop it in any case.
            max_unknown: With more requests of the run than this whose outcome is unknown, it
                stops. Default: 100.
            on_progress: Called with the sums while results are waited for, at most ten times
                a second, and at the end.
            timeout: The time that each message has, in seconds, from the moment on that it
                may go. Default: the client's.

        Returns:
            An iterator over a ``BatchResult`` for each message; its ``summary`` has the sums.

        Raises:
            ConfigError: An option can't be used; ``field`` names it.

        Example:
            >>> from partner_messaging import Sms
            >>> from partner_messaging.testing import Sandbox
            >>> people = {"ann": "+6591234567", "bob": "+6591234568"}
            >>> with Sandbox() as sandbox, sandbox.client() as client:
            ...     results = client.send_many(Sms(to=to, content="Hello") for to in people.values())
            ...     print(sorted((result.index, result.outcome) for result in results))
            ...     print(results.summary.sent, results.summary.cost["SGD"])
            [(0, 'sent'), (1, 'sent')]
            2 0.10
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
        results = SendMany(batch, messages, on_progress, self._on_event)
        self._batches = [batch for batch in self._batches if not batch.wait_for_end(0)]
        self._batches.append(batch)
        return results

    @takes("CallOptions")
    def get_message(self, message_id: str, **options: Unpack[CallOptions]) -> MessageRecord:
        """Gets the current state of a message that was accepted before.

        The published document doesn't describe this; the path is one of the
        ``endpoints``. Reads are tried again after every transient failure, and their
        errors have no outcome.

        Args:
            message_id: The id of the message's receipt.
            **options: See ``partner_messaging.types.CallOptions``.

        Raises:
            MessageNotFoundError: There is no such message; any other ``ApiError`` too.
            TransportError: No answer came.
            ProtocolError: The answer is not the documented envelope, or no such record.
            ConfigError: It can't be an id.

        Example:
            >>> from partner_messaging import Sms
            >>> from partner_messaging.testing import Sandbox
            >>> with Sandbox() as sandbox, sandbox.client() as client:
            ...     receipt = client.send(Sms(to="+6591234567", content="Hello"))
            ...     client.get_message(receipt.message_id).recipient
            '+6591234567'
        """
        return self._run(Operation.get_message(message_id, options))

    @takes("CallOptions")
    def wait_for_status(
        self,
        message_id: str,
        *,
        final_statuses: Iterable[str] | None = None,
        **options: Unpack[CallOptions],
    ) -> MessageRecord:
        """Waits until a message's status is final, or the call's time is over, looking
        again and again at growing intervals (0.25 to 5 seconds).

        Args:
            message_id: The id of the message's receipt.
            final_statuses: The statuses to wait for, in capitals or not; default:
                ``DELIVERED``, ``READ``, ``FAILED``, ``UNDELIVERED``, ``REJECTED`` and
                ``EXPIRED``, an assumption, since the document has no list of them.
            **options: See ``partner_messaging.types.CallOptions``; ``timeout`` is for
                the whole call, ``max_retries`` for each look.

        Returns:
            The message as it was seen last: where its status is not final, the time was over.

        Raises:
            PartnerMessagingError: As ``get_message``.

        Example:
            >>> from partner_messaging import Sms
            >>> from partner_messaging.testing import Sandbox
            >>> with Sandbox(state={"delivery": {"after_ms": 100}}) as sandbox:
            ...     with sandbox.client() as client:
            ...         receipt = client.send(Sms(to="+6591234567", content="Hello"))
            ...         client.wait_for_status(receipt.message_id, timeout=10).status
            'DELIVERED'
        """
        return self._run(Operation.wait_for_status(message_id, final_statuses, options))

    @takes("ListOptions")
    def list_messages(self, **options: Unpack[ListOptions]) -> Messages:
        """Lists messages: all pages, each fetched when it is needed.

        The published document promises lists and doesn't describe them: the path is
        one of the ``endpoints``, and the names of the query's parameters are those
        of the filters here, an assumption; ``query`` adds any other.

        Args:
            **options: See ``partner_messaging.types.ListOptions``.

        Returns:
            An iterator over the messages; its method ``pages`` gives them page by page.

        Raises:
            ConfigError: A filter or an option can't be used; ``field`` names it.
                Everything else is raised while listing, as by ``get_message``, and
                ends the list: ``InvalidPaginationError`` when the service refuses a
                page, ``ProtocolError`` also when it repeats one instead of giving the next.

        Example:
            >>> from partner_messaging import Sms
            >>> from partner_messaging.testing import Sandbox
            >>> with Sandbox() as sandbox, sandbox.client() as client:
            ...     for n in range(3):
            ...         receipt = client.send(Sms(to=f"+659123456{n}", content="Hello"))
            ...     print(*(message.recipient for message in client.list_messages(channel="SMS")))
            ...     print(*(len(page.messages) for page in client.list_messages(limit=2).pages()))
            +6591234562 +6591234561 +6591234560
            2 1
        """
        return Messages(Pages(self._run, Operation.list_messages(options)))

    @takes("CallOptions")
    def get_balance(self, **options: Unpack[CallOptions]) -> Balance:
        """Gets the credit that is left.

        The published document doesn't describe this; the path is one of the
        ``endpoints``.

        Args:
            **options: See ``partner_messaging.types.CallOptions``.

        Raises:
            PartnerMessagingError: As ``get_message``.

        Example:
            >>> from partner_messaging.testing import Sandbox
            >>> with Sandbox(balance="12.50") as sandbox, sandbox.client() as client:
            ...     client.get_balance()
            Balance(amount='12.50', currency='SGD')
        """
        return self._run(Operation.get_balance(options))

    @takes("CallOptions")
    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Json = ...,
        idempotent: bool | None = None,
        **options: Unpack[CallOptions],
    ) -> Reply:
        """Makes any other request to the service, with the key, the envelope and the
        errors of all calls.

        ``GET`` is a read: it is tried again as reads are, and its errors have no
        outcome. Any other method changes something: it is never made twice unless
        it is ``idempotent``, and its errors say what became of it.

        Args:
            method: ``GET``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``.
            path: The path under the base URL; it begins with a slash.
            query: The query's parameters: names and strings.
            json: The body, anything that ``json.dumps`` takes; ``None`` is JSON's null.
                Default: no body.
            idempotent: Whether making it twice does no more than making it once
                (True for ``GET``, else False).
            **options: See ``partner_messaging.types.CallOptions``.

        Raises:
            ConfigError: The request can't be made; ``field`` names what is wrong.
            PartnerMessagingError: For ``GET`` as ``get_message``, else as ``send``.

        Example:
            >>> from partner_messaging.testing import Sandbox
            >>> with Sandbox() as sandbox, sandbox.client() as client:
            ...     client.request("GET", "/partner/message", query={"limit": "10"}).status
            200
        """
        return self._run(Operation.request(method, path, query, json, idempotent, options))

    def spending(self) -> tuple[Spending, ...]:
        """What the messages sent by this client have cost in this process, by channel
        and currency, as their receipts say: exact sums. No request is made.

        Example:
            >>> from partner_messaging import Sms
            >>> from partner_messaging.testing import Sandbox
            >>> with Sandbox() as sandbox, sandbox.client() as client:
            ...     receipt = client.send(Sms(to="+6591234567", content="Hello"))
            ...     client.spending()
            (Spending(channel='SMS', currency='SGD', cost='0.05', messages=1, unpriced=0),)
        """
        return self._native.spending()

    def reset_spending(self) -> tuple[Spending, ...]:
        """Like ``spending``, and starts again at zero: every message is counted exactly once."""
        return self._native.reset_spending()

    def _run(self, operation: Operation[T]) -> T:
        return self._native.run(operation, self._on_event)

    def close(self) -> None:
        """Closes the client: further calls are refused, calls in flight on other
        threads end at once with the outcome they have by now. Never blocks."""
        self._native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            # What `send_many` has in flight ends first.
            for batch in self._batches:
                wait_for_end(batch, self._on_event)
        finally:
            self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a Client can't be pickled: make one in each process, from the same options")

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}>"


Client.__module__ = "partner_messaging"
