"""Sending a part of a campaign in one process of many: what engines that distribute work call."""

from __future__ import annotations

from _thread import allocate_lock

from ._client import Client
from ._signatures import takes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeVar

    from typing_extensions import Unpack

    from ._errors import PartnerMessagingError
    from ._native import BatchResult
    from ._options import ClientOptions
    from .types import Message, SentRow

    Row = TypeVar("Row")

# The clients of this process, each made by the first batch with its options: a client for
# every batch would make connections and open the journal anew each time. A forked child
# goes on with its parent's.
_clients: dict[str, Client] = {}
_lock = allocate_lock()


@takes("ClientOptions")
def send_batch(
    rows: Iterable[Row],
    to_message: Callable[[Row], Message],
    *,
    key: str | Callable[[Row], str],
    api_key: str | None = None,
    max_in_flight: int | None = None,
    stop_on: Iterable[str | type[PartnerMessagingError]] | None = None,
    max_unknown: int | None = None,
    **options: Unpack[ClientOptions],
) -> list[SentRow]:
    """Sends a message for each row, and gives what became of each, in the rows' order.

    It is for the workers of an engine that distributes a campaign (``multiprocessing``,
    Celery, Spark, Ray): every row has a key, and all workers have one ``journal``, a
    server's for those on several machines. So an engine may run a batch twice, on two
    machines at once, or again after a worker died in the midst of it: no key is accepted
    twice, and what was sent is told again. Rate and spend limit hold for all workers
    together, and on a server's journal so does what stops a run.

    The process keeps one client for each set of options, with its connections.

    Args:
        rows: What the messages are made of, for example dictionaries.
        to_message: Makes a row's message, as ``Client.send`` takes it.
        key: The field of a row that is its key, or a function that gives it. What is no
            text becomes one by ``str``.
        api_key: The key; default: the environment's ``PARTNER_MESSAGING_API_KEY``, which
            keeps it out of what an engine stores of its tasks.
        max_in_flight: As of ``Client.send_many``.
        stop_on: As of ``Client.send_many``.
        max_unknown: As of ``Client.send_many``.
        **options: Those of the client, ``journal`` among them; see
            ``partner_messaging.types.ClientOptions``.

    Returns:
        For each row a dictionary of texts, as tables have them: ``key``, ``outcome``,
        ``message_id`` if it was sent, else ``error``, the class's name, and ``kind``. The
        sums of a campaign are the journal's: an engine that loses a batch's results runs it
        again.

    Raises:
        ConfigError: An option can't be used, or there is no ``journal``.
        PartnerMessagingError: What would meet every further message, as ``Client.send_many``
            raises it. What was sent before is in the journal, and the rest is untouched.

    Example:
        >>> import tempfile
        >>> from partner_messaging import Sms, send_batch
        >>> from partner_messaging.testing import Sandbox
        >>> rows = [{"id": 7, "phone": "+6591234567"}, {"id": 8, "phone": "8"}]
        >>> with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        ...     for row in send_batch(
        ...         rows,
        ...         lambda row: Sms(to=row["phone"], content="Hello"),
        ...         key="id",
        ...         journal=f"{folder}/journal.db",
        ...         api_key=sandbox.api_key,
        ...         base_url=sandbox.url,
        ...     ):
        ...         print(row["key"], row["outcome"], row["kind"])
        7 sent None
        8 not_sent invalid_message
    """
    client = _client(api_key, options)
    results = client.send_many(
        _keyed(rows, to_message, key),
        max_in_flight=max_in_flight,
        stop_on=stop_on,
        max_unknown=max_unknown,
    )
    ended = sorted(results, key=lambda result: result.index)
    return [_row(result) for result in ended]


def _client(api_key: str | None, options: ClientOptions) -> Client:
    """The process's client with these options."""
    name = repr((api_key, sorted(options.items())))
    with _lock:
        client = _clients.get(name)
        if client is None:
            client = _clients[name] = Client(api_key, **options)
        return client


def _keyed(
    rows: Iterable[Row], to_message: Callable[[Row], Message], key: str | Callable[[Row], str]
) -> Iterator[tuple[str, Message]]:
    for row in rows:
        # A field by its name, of whatever has fields.
        name: Any = key(row) if callable(key) else row[key]  # type: ignore[index]
        yield str(name), to_message(row)


def _row(result: BatchResult) -> SentRow:
    receipt, error = result.receipt, result.error
    return {
        "key": result.key or "",
        "outcome": result.outcome,
        "message_id": receipt.message_id if receipt is not None else None,
        "error": type(error).__name__ if error is not None else None,
        "kind": error.kind if error is not None else None,
    }


send_batch.__module__ = "partner_messaging"
