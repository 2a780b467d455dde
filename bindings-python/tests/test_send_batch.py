"""Batches of a campaign in many processes, over one journal on a PostgreSQL server."""

from __future__ import annotations

import functools
import multiprocessing
import os
import pickle
import signal
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
from support import HANGS, until

from partner_messaging import ConfigError, InsufficientCreditError, Journal, Sms, TransportError, send_batch
from partner_messaging.testing import Sandbox

Row = dict[str, Any]

# As an engine starts its workers: nothing is inherited but the environment.
SPAWNED = multiprocessing.get_context("spawn")


def to_message(row: Row) -> Sms:
    return Sms(to=row["phone"], content=f"Your number is {row['id']}")


def rows(count: int, begin: int = 0) -> list[Row]:
    return [{"id": n, "phone": f"+65{91000000 + n}"} for n in range(begin, begin + count)]


def batches(all_rows: list[Row], size: int) -> list[list[Row]]:
    return [all_rows[begin : begin + size] for begin in range(0, len(all_rows), size)]


def send(where: dict[str, str], batch: list[Row], **options: Any) -> list[Any]:
    """What a worker does."""
    return list(send_batch(batch, to_message, key="id", **{**where, **options}))  # type: ignore[arg-type]


def place(sandbox: Sandbox, journal: str) -> dict[str, str]:
    """Where a worker sends, and what remembers it."""
    return {"api_key": sandbox.api_key, "base_url": sandbox.url, "journal": journal}


@pytest.fixture
def journal() -> Iterator[str]:
    """A journal of this test's own on the server that the tests are given."""
    server = os.environ["PARTNER_MESSAGING_TEST_POSTGRES"]
    yield f"{server}?journal={uuid.uuid4().hex}"


def accepted(sandbox: Sandbox) -> Counter[str]:
    return Counter(message["recipient"] for message in sandbox.messages)


def test_a_batch_that_runs_twice_sends_once(journal: str) -> None:
    with Sandbox(balance="1000000") as sandbox, ProcessPoolExecutor(3, mp_context=SPAWNED) as workers:
        worker = functools.partial(send, place(sandbox, journal))
        # Every batch twice, the second time beside another's first.
        parts = batches(rows(120), 20)
        results = list(workers.map(worker, [part for pair in zip(parts, parts[1:] + parts[:1]) for part in pair]))
        for part, sent in zip([part for pair in zip(parts, parts[1:] + parts[:1]) for part in pair], results):
            assert [row["key"] for row in sent] == [str(row["id"]) for row in part]
            assert {(row["outcome"], row["error"], row["kind"]) for row in sent} == {("sent", None, None)}
        told = {(row["key"], row["message_id"]) for sent in results for row in sent}
        assert len(told) == len(accepted(sandbox)) == len(sandbox.requests) == 120
        with Journal(journal) as opened:
            assert opened.summary().sent == 120


def test_a_worker_that_is_killed_leaves_nothing_to_be_sent_twice(journal: str) -> None:
    with Sandbox(balance="1000000") as sandbox, Journal(journal) as opened:
        batch = rows(60)
        # The service has accepted what it doesn't answer.
        sandbox.set_fault("stall")
        options = {"max_in_flight": 16, "timeout": 5}
        killed = SPAWNED.Process(target=send, args=(place(sandbox, journal), batch), kwargs=options)
        killed.start()
        until(lambda: len(sandbox.requests) >= 16)
        assert killed.pid is not None
        os.kill(killed.pid, signal.SIGKILL)
        killed.join(HANGS)
        claimed = {record.key for record in opened.records()}
        assert claimed and not [record for record in opened.records(outcome="sent")]
        sandbox.set_fault(None)
        with ProcessPoolExecutor(2, mp_context=SPAWNED) as workers:
            one, two = workers.map(functools.partial(send, place(sandbox, journal)), [batch, batch])
        assert one == two
        outcomes = Counter(row["outcome"] for row in one)
        assert set(outcomes) == {"sent", "unknown"}
        assert {row["key"] for row in one if row["outcome"] == "unknown"} <= claimed
        times = accepted(sandbox)
        assert set(times.values()) == {1} and len(times) >= outcomes["sent"]
        summary = opened.summary()
        assert (summary.sent, summary.unknown) == (outcomes["sent"], outcomes["unknown"])


def test_what_stops_one_worker_stops_all(journal: str) -> None:
    with Sandbox(balance="0.00") as sandbox, ProcessPoolExecutor(2, mp_context=SPAWNED) as workers:
        worker = functools.partial(send, place(sandbox, journal))
        with pytest.raises(InsufficientCreditError):
            workers.submit(worker, rows(20)).result(HANGS)
        requests = len(sandbox.requests)
        assert requests > 0
        # It is remembered where the journal is, also when its cause is gone.
        sandbox.set_state(balance="100.00")
        for _ in range(2):
            with pytest.raises(TransportError) as failure:
                workers.submit(worker, rows(20, 100)).result(HANGS)
            assert "journal resume" in str(failure.value)
        assert len(sandbox.requests) == requests


def test_a_client_is_made_once_for_a_process(tmp_path: Any) -> None:
    with Sandbox() as sandbox:
        where = place(sandbox, str(tmp_path / "journal.db"))
        threads = [threading.Thread(target=send, args=(where, rows(5, 5 * n))) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(HANGS)
        assert len(sandbox.requests) == 20
        # The connections of the first are used again.
        before = {request["connection"] for request in sandbox.requests}
        assert send(where, rows(1, 50))[0]["outcome"] == "sent"
        assert sandbox.requests[-1]["connection"] in before


def test_keys_are_fields_or_functions(tmp_path: Any) -> None:
    with Sandbox() as sandbox:
        options: Any = place(sandbox, str(tmp_path / "journal.db"))
        (sent,) = send_batch(rows(1), to_message, key=lambda row: f"order-{row['id']}", **options)
        assert (sent["key"], sent["outcome"]) == ("order-0", "sent")
        with pytest.raises(KeyError):
            send_batch(rows(1), to_message, key="number", **options)
        with pytest.raises(ConfigError) as failure:
            send_batch(rows(1), to_message, key="id", **{**options, "journal": None})
        assert failure.value.field == "key"
        assert pickle.loads(pickle.dumps(sent)) == sent
