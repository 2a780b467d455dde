"""Campaigns over Ray Data, on all machines of a cluster: ``pip install partner-messaging[ray]``.

Ray runs a part of a dataset again when its worker or its machine died. Every row has a key,
and all workers have one journal on a PostgreSQL server, so no key is accepted twice; the rate and
the spend limit are the campaign's, and what stops one worker stops all. The sums are the
journal's: of what Ray's own results say, a part is lost with a machine.
"""

from __future__ import annotations

import base64
import pickle
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._errors import PartnerMessagingError
from ._journal import Journal
from ._send_batch import send_batch

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._native import JournalSummary
    from .types import Message

__all__ = ["SendBatch", "send_dataset"]

_COLUMNS = ("key", "outcome", "message_id", "error", "kind")

_STOPPED = "stopped"

_PROGRESS_SECONDS = 1.0


class SendBatch:
    """Sends a batch of rows, for ``Dataset.map_batches``, which makes one for each worker.

    Args:
        to_message: Makes a row's message; a row is a dictionary.
        **options: As of :func:`partner_messaging.send_batch`: ``key``, ``journal`` and others.

    Example:
        .. code-block:: python

            dataset.map_batches(
                SendBatch,
                fn_constructor_args=(to_message,),
                fn_constructor_kwargs={"key": "id", "journal": "postgresql://user@host/db?journal=NAME"},
                batch_size=256,
                concurrency=4,
            )
    """

    def __init__(self, to_message: Callable[[dict[str, Any]], Message], **options: Any) -> None:
        self._to_message = to_message
        self._options = options

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str | None]]:
        """Takes columns, and gives the columns ``key``, ``outcome``, ``message_id``, ``error``
        and ``kind``: see ``partner_messaging.types.SentRow``."""
        rows = [dict(zip(batch, values)) for values in zip(*batch.values())]
        sent: list[Any] = list(send_batch(rows, self._to_message, **self._options))
        return {column: [row[column] for row in sent] for column in _COLUMNS}

    def __repr__(self) -> str:
        return "<SendBatch>"


class _SendAndTellWhy(SendBatch):
    """Gives for each batch nothing but the error that stopped it. Of one that a worker raises,
    Ray brings the text alone."""

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str | None]]:
        try:
            super().__call__(batch)
        except PartnerMessagingError as error:
            return {_STOPPED: [base64.b64encode(pickle.dumps(error)).decode()]}
        return {_STOPPED: [""]}


def send_dataset(
    dataset: Any,
    to_message: Callable[[dict[str, Any]], Message],
    *,
    key: str | Callable[[dict[str, Any]], str],
    journal: str,
    concurrency: int | None = None,
    batch_size: int = 256,
    on_progress: Callable[[JournalSummary], object] | None = None,
    **options: Any,
) -> JournalSummary:
    """Sends a message for each row of a ``ray.data.Dataset``, and waits for the end.

    The driver may die and be started again, with the same dataset and journal: what was sent
    isn't sent again.

    Args:
        dataset: The rows.
        to_message: Makes a row's message; a row is a dictionary. It is sent to the workers.
        key: The column that is a row's key, or a function that gives it.
        journal: A place on a PostgreSQL server, ``postgresql://user@host/db?journal=NAME``; a
            name for each campaign. A file will do where all workers are on one machine.
        concurrency: How many workers send. Default: one for each machine of the cluster.
        batch_size: How many rows a worker is given at once; a machine that dies makes
            another one look up as many.
        on_progress: Called with the journal's sums about once a second, on a thread of its
            own, and at the end.
        **options: As of :func:`partner_messaging.send_batch`: ``max_rate``, ``spend_limit``,
            ``max_in_flight``, ``base_url`` and others. Give the API key in the workers'
            environment rather than here: Ray stores what it is given.

    Returns:
        The journal's sums. What a worker that died had under way is ``in_progress`` until its
        calls' ``timeout`` is over, and ``unknown`` then.

    Raises:
        PartnerMessagingError: What stopped the campaign, as ``Client.send_many`` raises it.
            When that is fixed, ``partner-messaging journal resume`` and the same call go on.
    """
    if concurrency is None:
        nodes = import_module("ray").nodes()
        concurrency = max(1, sum(1 for node in nodes if node["Alive"]))
    sent = dataset.map_batches(
        _SendAndTellWhy,
        fn_constructor_args=(to_message,),
        fn_constructor_kwargs={"key": key, "journal": journal, **options},
        batch_size=batch_size,
        batch_format="numpy",
        concurrency=concurrency,
    )
    with Journal(journal) as opened:
        ended = threading.Event()
        teller = threading.Thread(target=_tell, args=(opened, on_progress, ended), daemon=True)
        if on_progress is not None:
            teller.start()
        try:
            # Nothing is kept of what comes: whatever the campaign's length, memory is flat.
            for batch in sent.iter_batches(batch_size=None):
                for failure in filter(None, batch[_STOPPED]):
                    raise pickle.loads(base64.b64decode(failure))
        finally:
            ended.set()
            if on_progress is not None:
                teller.join()
        summary = opened.summary()
    if on_progress is not None:
        on_progress(summary)
    return summary


def _tell(
    journal: Journal, on_progress: Callable[[JournalSummary], object] | None, ended: threading.Event
) -> None:
    while on_progress is not None and not ended.wait(_PROGRESS_SECONDS):
        try:
            summary = journal.summary()
        except PartnerMessagingError:
            continue  # The server is away for a while; if for long, the workers tell.
        on_progress(summary)
