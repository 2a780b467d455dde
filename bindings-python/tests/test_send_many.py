"""Many messages: the same rules as in the core's own tests, as Python's programs meet them."""

from __future__ import annotations

import asyncio
import pickle
import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from decimal import Decimal

import pytest
from support import HANGS

from partner_messaging import (
    AuthenticationError,
    BatchResult,
    BatchSummary,
    ConfigError,
    InsufficientCreditError,
    InvalidMessageError,
    Journal,
    Receipt,
    Sms,
    SpendLimitError,
)
from partner_messaging.testing import Sandbox


def sms(number: int) -> Sms:
    return Sms(to=f"+65912{number:05}", content="Hello")


def adds_up(summary: BatchSummary) -> bool:
    ended = summary.sent + summary.replayed + summary.rejected + summary.not_sent + summary.unknown
    return summary.taken == ended + summary.in_flight


@pytest.fixture
def rich():
    with Sandbox(balance="1000000") as sandbox:
        yield sandbox


def test_each_message_is_sent_once_and_counted(rich):
    told = []
    with rich.client() as client:
        results = client.send_many((sms(n) for n in range(300)), on_progress=told.append)
        ended = list(results)
        assert sorted(result.index for result in ended) == list(range(300))
        assert {result.outcome for result in ended} == {"sent"}
        assert len({result.receipt.message_id for result in ended}) == 300
        summary = results.summary
        assert adds_up(summary) and summary.sent == 300 and summary.in_flight == 0
        assert summary.cost == {"SGD": sum(entry.cost for entry in client.spending())}
        assert told[-1] == summary and list(results) == []
    assert len(rich.requests) == 300


def test_random_faults_add_up_to_the_servers_book(rich):
    seed = random.randrange(2**32)
    choice = random.Random(seed)
    faults = [
        {"kind": "code", "code": "VALIDATION_ERROR"},
        {"kind": "reset"},
        {"kind": "truncate"},
        {"kind": "html502"},
        {"kind": "rate_limit", "retry_after": "0", "envelope": True},
    ]
    for _ in range(60):
        rich.push_fault(**choice.choice(faults))
    with rich.client() as client:
        results = client.send_many((sms(n) for n in range(200)), max_unknown=1000)
        ended = list(results)
        summary = results.summary
    assert len(ended) == 200 and adds_up(summary), seed
    ids = {result.receipt.message_id for result in ended if result.receipt}
    book = {message["messageId"] for message in rich.messages}
    assert len(ids) == summary.sent and ids <= book, seed
    assert len(book) <= summary.sent + summary.unknown, seed


def test_a_message_that_cannot_be_sent_is_a_result(rich):
    given = [sms(0), {"channel": "SMS"}, 7, ("a", 7), (7, sms(1))]
    with rich.client() as client:
        ended = {result.index: result for result in client.send_many(given)}
    assert [ended[n].outcome for n in range(5)] == ["sent", *["not_sent"] * 4]
    assert all(isinstance(ended[n].error, InvalidMessageError) for n in range(1, 5))
    assert (ended[3].key, ended[4].error.field) == ("a", "key")


def test_what_would_meet_every_further_message_stops():
    with Sandbox(balance="0.20") as sandbox, sandbox.client() as client:
        taken = []
        source = (taken.append(n) or sms(n) for n in range(1_000))
        results = client.send_many(source, max_in_flight=1)
        ended = []
        with pytest.raises(InsufficientCreditError) as stopped:
            for result in results:
                ended.append(result.outcome)
        assert ended == ["sent"] * 4 + ["rejected"] and len(taken) == len(sandbox.requests) == 5
        assert "untouched" in str(stopped.value) and adds_up(results.summary)
        # The choice is the caller's: by a class, or by a code.
        assert len(list(client.send_many([sms(1)] * 5, stop_on=[AuthenticationError, "ORG_INACTIVE"]))) == 5


def test_a_key_is_sent_once_over_runs(rich, tmp_path):
    pairs = [(f"key-{n}", sms(n)) for n in range(50)]
    with Journal(tmp_path / "journal.db") as journal:
        with rich.client(journal=journal) as client:
            first = client.send_many(pairs[:20])
            assert {result.key for result in first} == {key for key, _ in pairs[:20]}
            again = client.send_many(iter(pairs))
            assert {result.outcome for result in again} == {"sent"}
            assert (again.summary.sent, again.summary.replayed) == (30, 20)
        assert journal.summary().sent == 50
    assert len(rich.requests) == 50
    with rich.client() as client, pytest.raises(ConfigError) as refused:
        list(client.send_many(pairs))
    assert refused.value.field == "key"


def test_breaking_out_waits_for_what_is_in_flight(rich):
    rich.set_fault("stall", ms=200)
    with rich.client() as client:
        results = client.send_many((sms(n) for n in range(1_000)), max_in_flight=8)
        for _ in results:
            break
    summary = results.summary
    assert adds_up(summary) and summary.in_flight == 0
    assert summary.sent == len(rich.requests) < 40
    assert summary.unknown == 0


def test_an_error_of_the_source_comes_after_what_is_in_flight(rich):
    def source():
        yield from (sms(n) for n in range(10))
        raise LookupError("no more")

    with rich.client() as client:
        results = client.send_many(source())
        ended = []
        with pytest.raises(LookupError):
            for result in results:
                ended.append(result)
        assert len(ended) == 10 and results.summary.sent == 10
        assert list(results) == []


def test_a_slow_consumer_holds_the_source_back(rich):
    taken = []
    source = (taken.append(n) or sms(n) for n in range(100_000))
    with rich.client() as client, client.send_many(source, max_in_flight=4) as results:
        for _ in range(10):
            next(results)
            time.sleep(0.02)
        assert len(taken) <= 10 + 8


def test_the_source_is_asked_on_the_callers_thread(rich):
    # As a cursor of sqlite3 wants it.
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE people (phone TEXT)")
    database.executemany("INSERT INTO people VALUES (?)", [(f"+65912{n:05}",) for n in range(100)])
    rows = database.execute("SELECT phone FROM people")
    with closing(database), rich.client() as client:
        results = client.send_many(Sms(to=phone, content="Hi") for (phone,) in rows)
        assert sum(result.outcome == "sent" for result in results) == 100


def test_the_limits_of_a_client(rich):
    with rich.client(spend_limit={"SGD": Decimal("1.00")}, max_cost={"SGD": "0.05"}) as client:
        results = client.send_many(sms(n) for n in range(100))
        with pytest.raises(SpendLimitError) as stopped:
            list(results)
        assert stopped.value.kind == "spend_limit" and results.summary.cost == {"SGD": Decimal("1.00")}
        with pytest.raises(SpendLimitError):
            client.send(sms(1))
    with rich.client(max_rate=20) as client:
        begun = time.monotonic()
        assert len(list(client.send_many(sms(n) for n in range(40)))) == 40
        assert time.monotonic() - begun >= 1
    for name, value in [
        ("max_rate", 0),
        ("max_rate", "fast"),
        ("spend_limit", {"SGD": 0.1}),
        ("spend_limit", "SGD 1"),
        ("max_cost", {"SGD": "1"}),
    ]:
        with pytest.raises(ConfigError) as refused:
            rich.client(**{name: value})
        assert refused.value.field == name


def ended(events):
    return sorted((event.recipient, event.outcome) for event in events if event.step == "ended")


def test_events_come_before_their_results_on_the_thread_that_iterates(rich):
    events, threads, told_before = [], set(), []

    def on_event(event):
        events.append(event)
        threads.add(threading.get_ident())

    with rich.client(on_event=on_event) as client:
        rich.push_fault("close_after_read")
        for _ in client.send_many(sms(n) for n in range(40)):
            told_before.append(len(ended(events)))
        outcomes = [outcome for _, outcome in ended(events)]
        assert outcomes.count("sent") == 39 and outcomes.count("unknown") == 1
        assert threads == {threading.get_ident()}
        assert all(told >= results for results, told in enumerate(told_before, 1))
        # A run that nobody iterates to its end tells, too.
        for _ in client.send_many(sms(n) for n in range(100, 110)):
            break
    assert len(ended(events)) == len(rich.requests)


def test_the_logger_gets_the_events_of_a_run(rich, caplog):
    with caplog.at_level("DEBUG", "partner_messaging"), rich.client() as client:
        assert len(list(client.send_many(sms(n) for n in range(5)))) == 5
    assert sum(": sent after 1 attempt" in record.getMessage() for record in caplog.records) == 5


def test_ctrl_c_in_a_listener_loses_no_result(rich):
    def on_event(event):
        if event.step == "ended" and not interrupted:
            interrupted.append(event)
            raise KeyboardInterrupt

    interrupted, results = [], []
    with rich.client(on_event=on_event) as client:
        run = client.send_many(sms(n) for n in range(50))
        with pytest.raises(KeyboardInterrupt):
            for result in run:
                results.append(result)
    assert run.summary.taken == len(results) == len(rich.requests)


def test_asyncio_gets_the_events_of_a_run_on_its_loop(rich):
    events, threads = [], set()

    def on_event(event):
        events.append(event)
        threads.add(threading.get_ident())

    async def main():
        async with rich.async_client(on_event=on_event) as client:
            results = [result async for result in client.send_many(sms(n) for n in range(40))]
            assert len(ended(events)) == len(results) == 40
            await client.send(sms(41))
            async for _ in client.send_many(sms(n) for n in range(50, 60)):
                break

    asyncio.run(main())
    assert threads == {threading.get_ident()}
    assert len(ended(events)) == len(rich.requests)


def test_options_that_cannot_be_used_are_named(rich):
    with rich.client() as client:
        for name, value in [
            ("max_in_flight", 0),
            ("max_in_flight", 1.5),
            ("max_unknown", -1),
            ("stop_on", "ORG_INACTIVE"),
            ("stop_on", [7]),
            ("timeout", 0),
            ("on_progress", 7),
        ]:
            with pytest.raises(ConfigError) as refused:
                client.send_many([], **{name: value})
            assert refused.value.field == name
        with pytest.raises(TypeError):
            client.send_many(7)


def test_results_are_values():
    sent = BatchResult(3, key="a", outcome="sent", receipt=Receipt("msg_1"))
    assert pickle.loads(pickle.dumps(sent)) == sent != BatchResult(4, key="a", outcome="sent")
    assert repr(sent) == "BatchResult(3, key='a', outcome='sent')"
    summary = BatchSummary(taken=2, sent=2, cost={"SGD": "0.10"})
    assert pickle.loads(pickle.dumps(summary)) == summary
    assert summary.to_dict()["cost"] == {"SGD": "0.10"}


CTRL_C = """
import signal, sys, threading, os, time
from partner_messaging import Sms
from partner_messaging.testing import Sandbox

with Sandbox(balance="1000") as sandbox, sandbox.client() as client:
    sandbox.set_fault("stall", ms=int(sys.argv[2]))

    def interrupt():
        while len(sandbox.requests) < 4:
            time.sleep(0.005)
        os.kill(os.getpid(), signal.SIGINT)
        if sys.argv[1] == "twice":
            time.sleep(2)  # the first one has to be noticed
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    results = client.send_many((Sms(to=f"+659123{n:04}", content="Hi") for n in range(5000)), max_in_flight=4)
    ended = []
    begun = time.monotonic()
    try:
        for result in results:
            ended.append(result.outcome)
    except KeyboardInterrupt:
        summary = results.summary
        print(len(ended), len(sandbox.requests), summary.in_flight, time.monotonic() - begun < 25)
"""


@pytest.mark.parametrize(("times", "stall"), [("once", 3000), ("twice", 600_000)])
def test_ctrl_c_lets_what_is_in_flight_end_and_a_second_one_leaves(times, stall):
    run = subprocess.run(
        [sys.executable, "-c", CTRL_C, times, str(stall)], capture_output=True, text=True, timeout=HANGS
    )
    ended = "4 4 0 True" if times == "once" else "0 4"
    assert run.stdout.startswith(ended), (run.stdout, run.stderr)
    assert run.stdout.strip().endswith("True")


def test_asyncio_takes_sources_of_both_kinds(rich):
    async def source():
        for n in range(50):
            await asyncio.sleep(0)
            yield (None, sms(n)) if n % 2 else sms(n)

    async def main():
        async with rich.async_client() as client:
            results = client.send_many(source())
            ended = [result async for result in results]
            assert sorted(result.index for result in ended) == list(range(50))
            assert adds_up(results.summary) and results.summary.sent == 50
            assert len([result async for result in client.send_many(sms(n) for n in range(150))]) == 150

    asyncio.run(main())


def test_an_asynchronous_source_may_wait_for_results(rich):
    async def main():
        seen = asyncio.Queue()

        async def source():
            for n in range(5):
                yield sms(n)
                assert await seen.get() == n

        async with rich.async_client() as client:
            async for result in client.send_many(source()):
                seen.put_nowait(result.index)
        assert len(rich.requests) == 5

    asyncio.run(asyncio.wait_for(main(), HANGS))


def test_asyncio_runs_end_however_they_are_left(rich):
    async def failing():
        yield sms(1)
        raise LookupError("no more")

    async def endless():
        while True:
            yield sms(2)

    async def main():
        # Long enough for waiting to be over before.
        rich.set_fault("stall", ms=1000)
        async with rich.async_client() as client:
            results = client.send_many(failing())
            ended = []
            with pytest.raises(LookupError):
                async for result in results:
                    ended.append(result.outcome)
            assert ended == ["sent"]
            # Waiting for a result is cancelled, and loses none.
            results = client.send_many(endless(), max_in_flight=2)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(anext(results), 0.02)
            assert (await anext(results)).outcome == "sent"
            await results.close()
            rest = [result.outcome async for result in results]
            assert adds_up(results.summary) and results.summary.in_flight == 0
            assert 1 + len(rest) == results.summary.taken
            # What is left without a word ends with the client.
            left = client.send_many(endless(), max_in_flight=2)
            async for _ in left:
                break
        assert left.summary.in_flight == 0 and left.summary.unknown == 0

    asyncio.run(asyncio.wait_for(main(), HANGS))


def test_threads_do_not_disturb_each_other(rich):
    with rich.client() as client:
        totals = []

        def run():
            results = client.send_many(sms(n) for n in range(50))
            totals.append(sum(result.outcome == "sent" for result in results))

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert totals == [50] * 4
