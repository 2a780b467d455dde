"""What constructors and calls take by keyword. Importing this module imports `typing`;
the package itself does not.

GENERATED from the core's public types by `cargo xtask generate`: change those.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import TypeAlias, TypedDict

from ._journal import AsyncJournal, Journal
from ._native import Event, FallbackStep

OnEvent: TypeAlias = Callable[[Event], object]
"""What a client's ``on_event`` takes."""


class ClientOptions(TypedDict, total=False):
    """The options of a client. All have defaults but the API key; nothing is checked before the
    client is made. ``None`` is the default.

    Attributes:
        base_url: Where the service is: an ``https`` origin, with a path if it lies under one.
            Default: the environment variable ``PARTNER_MESSAGING_BASE_URL``, else the base URL of
            the API document.
        timeout: The one deadline of a call, over queueing, every attempt and every pause, in
            seconds. Default: 30 seconds.
        connect_timeout: How long making one connection may take, in seconds. Name, TCP, proxy
            and TLS count; the addresses of a name share it, so that each is tried. Default: 5
            seconds.
        max_retries: How often a call may be tried again when nothing was sent, or a read met a
            transient failure. Default: 2.

            All calls of a client share a budget for that, so that an outage is not multiplied: a
            hundred retries at once, and one more for every ten calls. Where it ends a call, the
            error says so. Retries after a 429 use neither: they are bound by the deadline only. 0
            turns them off, too.
        max_connections: How many requests may be under way at once, and how many connections
            open: over HTTP/1.1 each request has one of its own, over HTTP/2 all share one. Further
            calls wait for a slot. Default: 100.
        max_hold: The longest pause that a 429 of the service imposes on the whole client, in
            seconds. It is its ``Retry-After``, or, without one, a pause that grows from 0.5 to 8
            seconds; a longer ``Retry-After`` binds only the call that got it. Default: 60 seconds.
        max_rate: How many messages may leave in a second, retries counted: no second has more.
            What is beyond waits within its deadline. A fraction is left out; below 1 it is one
            message in so many seconds. Clients that share a journal share the count, those of other
            processes and, on a server, of other machines, too: each process takes a share for a
            second, so that a message costs no round trip of its own. Default: no limit.
        spend_limit: What messages may cost in a currency, for example ``SGD`` and ``100.00``:
            what is spent and what those under way may cost at most, by the highest cost seen on
            their channel, stays within it. Until a channel's cost is known its messages go one at a
            time. One that would pass it is not sent: ``SpendLimitError``. A message whose outcome
            is unknown counts as spent; one in another currency ends all sending. Default: no limit.

            With a journal what it knows counts, whoever sent it, and a message with a key is
            counted with its claim: so all who share the journal stay within the limit together. A
            message without a key counts in its own process alone.
        max_cost: What one message costs at most in a currency of the ``spend_limit``, for
            example ``SGD`` and ``0.12``. It is what counts for a message under way, and for one
            whose receipt has no cost; without it such a receipt ends all sending. Default: none.
        http2: Whether to use HTTP/2 where the server offers it (by ALPN). Default: ``True``.
        keep_alive: Whether connections are used again. Without, each request has one of its
            own, over HTTP/1.1. A connection is not used within a second of the end that the service
            announced (``Keep-Alive: timeout=N``), nor after 15 idle seconds. Default: ``True``.
        proxy: The proxy to go through: ``http://[user:password@]host:port``, or with the scheme
            ``https``, ``socks5`` or ``socks5h`` (which has the proxy look the service's name up).
            It is never used for loopback. Default: none, or what the environment says.
        trust_env: Whether these variables of the environment count: ``HTTPS_PROXY``,
            ``ALL_PROXY`` and ``NO_PROXY`` (names with their subdomains, addresses, networks, each
            with ``:port`` or not, or ``*``, as curl reads them); ``SSL_CERT_FILE`` (a PEM file) and
            ``SSL_CERT_DIR`` (folders of them), which replace the platform's certificates. Default:
            ``True``. After those two ``REQUESTS_CA_BUNDLE`` and ``CURL_CA_BUNDLE`` count.
        ca_file: A PEM file of certificates to trust besides the platform's, or besides those
            that the environment replaces them with.
        client_cert_file: A PEM file of the certificate that the client shows where the service
            wants one (mutual TLS), followed by those that it was issued by. Default: none.
        client_key_file: A PEM file of the private key, without a password, of
            ``client_cert_file``. Default: that file itself.
        allow_http: Whether plain ``http`` may go to other hosts than loopback. Default:
            ``False``.
        headers: A header to send with every request.
        user_agent: The ``User-Agent`` to send. Default: the name and the version of this
            package.
        max_response_bytes: How many bytes an answer's body may have. Default: 1 MiB.
        endpoints: Where the service has an endpoint that the published document doesn't
            describe, under the base URL. ``name`` is ``get_message`` (default path
            ``/partner/message/{messageId}``), ``list_messages`` (``/partner/message``) or
            ``get_balance`` (``/partner/credit/balance``); all three defaults are assumptions.
        journal: Where it is remembered what became of messages that have a ``key``: a journal.
            It belongs to the origin of the client that first used it; a client of another one is
            refused. Default: none. By the path of a file or a URL it is opened with the client, and
            closed with it; several clients may share a ``Journal``.
        on_event: Called with an ``Event`` for every attempt, retry and outcome: by ``Client``
            on the thread that made the call or takes the results of ``send_many``, by
            ``AsyncClient`` on the event loop's once the call has ended. What it raises doesn't
            change the call.
    """

    base_url: str | None
    timeout: float | None
    connect_timeout: float | None
    max_retries: int | None
    max_connections: int | None
    max_hold: float | None
    max_rate: float | None
    spend_limit: Mapping[str, str | Decimal | int] | None
    max_cost: Mapping[str, str | Decimal | int] | None
    http2: bool | None
    keep_alive: bool | None
    proxy: str | None
    trust_env: bool | None
    ca_file: str | PathLike[str] | None
    client_cert_file: str | PathLike[str] | None
    client_key_file: str | PathLike[str] | None
    allow_http: bool | None
    headers: Mapping[str, str] | None
    user_agent: str | None
    max_response_bytes: int | None
    endpoints: Mapping[str, str] | None
    journal: str | PathLike[str] | Journal | AsyncJournal | None
    on_event: OnEvent | None


class CallOptions(TypedDict, total=False):
    """What one call may have different from its client. ``None`` is the client's.

    Attributes:
        timeout: The call's deadline, from its start, in seconds.
        max_retries: How often this call may be tried again.
        headers: A header to send with this call; it replaces the client's of the same name.
        key: The caller's name for what this call is to do at most once: whatever crashes, is
            repeated or runs twice at a time, under one key of the client's journal a message is
            accepted at most once. Of a ``send_with_fallback`` it is one key for all messages.

            A key is 1 to 255 bytes of UTF-8 without control characters. It stands for one message:
            another one with the same key is refused.
    """

    timeout: float | None
    max_retries: int | None
    headers: Mapping[str, str] | None
    key: str | None


class ListOptions(CallOptions, total=False):
    """Which messages ``list_messages`` lists, and in pages of what size. By default all of them.

    The API document promises filtering and pagination and describes neither: the names of the
    query's parameters are assumptions (those of the filters here). ``query`` adds any other. The
    options of its calls are here, too: see ``CallOptions``.

    Attributes:
        channel: Only those of one channel, for example ``SMS``.
        status: Only those with one status, for example ``DELIVERED``.
        recipient: Only those to one recipient.
        sender: Only those from one sender: a phone number or a sender's name.
        since: Only those taken at this time or later: a date, or a time with its offset from
            UTC (RFC 3339), such as ``2026-11-23T09:00:00Z``. A ``date`` or a ``datetime`` with a
            time zone will do, too.
        until: Only those taken before this time, given as for ``since``. A ``date`` or a
            ``datetime`` with a time zone will do, too.
        page: The page to begin with, from 1. Default: 1.
        limit: How many messages to ask for at a time: 1 to 1000. Default: 50.
        query: Any further parameter of the query.
    """

    channel: str | None
    status: str | None
    recipient: str | None
    sender: str | None
    since: str | date | None
    until: str | date | None
    page: int | None
    limit: int | None
    query: Mapping[str, str] | None


class ErrorFields(TypedDict, total=False):
    """The fields of a ``PartnerMessagingError`` besides its message."""

    kind: str | None
    outcome: str | None
    field: str | None
    attempts: int
    elapsed: float
    status: int | None
    code: str | None
    request_id: str | None
    retry_after: float | None
    body: str | None
    trail: Sequence[FallbackStep]
