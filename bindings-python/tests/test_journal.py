"""Keys and journals, beyond what the vectors say of them."""

from __future__ import annotations

import asyncio
import copy
import datetime
import multiprocessing
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import HANGS, own, steps_of_calls, until, until_async

import partner_messaging
from partner_messaging import (
    AsyncJournal,
    Client,
    ConfigError,
    Event,
    InvalidMessageError,
    Journal,
    JournalConflict,
    JournalError,
    JournalRecord,
    JournalSummary,
    JournalTotal,
    OutcomeUnknownError,
    Receipt,
    Sms,
)
from partner_messaging.testing import Sandbox

HELLO = Sms(to="+6591234567", content="Hello")
KEY = "order-4711"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal(path) as journal:
        yield journal


def wait_for_requests(sandbox: Sandbox, count: int) -> None:
    until(lambda: len(sandbox.requests) >= count)


def test_clients_share_a_journal_and_close_their_own(sandbox: Sandbox, path: Path, journal: Journal) -> None:
    with sandbox.client(journal=path) as own, sandbox.client(journal=journal) as other:
        first = own.send(HELLO, key=KEY)
        assert not first.replayed
        own.close()
        again = other.send(HELLO, key=KEY)
        assert (again.replayed, again.attempts, again.message_id) == (True, 0, first.message_id)
        assert (again.cost, again.recipient, again.outcome) == (first.cost, None, "sent")
        journal.close()
        journal.close()
        with pytest.raises(JournalError) as raised:
            other.send(HELLO, key=KEY)
        assert (raised.value.outcome, raised.value.kind) == ("not_sent", "journal")
        with pytest.raises(JournalError) as raised:
            journal.summary()
        assert raised.value.outcome is None
    assert len(sandbox.requests) == 1


def test_either_sort_of_client_takes_either_sort_of_journal(sandbox: Sandbox, path: Path) -> None:
    async def main() -> list[bool]:
        async with AsyncJournal(path) as awaited:
            with Journal(path) as journal, sandbox.client(journal=awaited) as client:
                replayed = [client.send(HELLO, key=KEY).replayed]
                for each in (journal, awaited, str(path), path):
                    async with sandbox.async_client(journal=each) as async_client:
                        replayed.append((await async_client.send(HELLO, key=KEY)).replayed)
                return replayed

    assert asyncio.run(main()) == [False, True, True, True, True]


def test_what_a_journal_is_asked(sandbox: Sandbox, journal: Journal) -> None:
    with sandbox.client(journal=journal, max_retries=0) as client:
        sandbox.push_fault("close_after_read")
        with pytest.raises(OutcomeUnknownError):
            client.send(HELLO, key=KEY)
        record = journal.get(KEY)
        assert record is not None and (record.outcome, record.kind, record.conflict) == ("unknown", "closed", None)
        claimed = datetime.datetime.fromisoformat(record.claimed_at.replace("Z", "+00:00"))
        assert claimed < datetime.datetime.now(datetime.timezone.utc)
        (found,) = journal.reconcile(client, {KEY: HELLO}, timeout=10)
        assert (found.outcome, found.resolved) == ("sent", True)
        assert [each.key for each in journal.records(outcome="sent")] == [KEY]
        assert journal.get("nothing") is None and list(journal.records(outcome="unknown")) == []
        assert journal.summary().sent == 1
        assert journal.purge(datetime.date(2020, 1, 1)) == 0
        assert journal.purge(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)) == 1
        assert journal.get(KEY) is None


def test_the_same_is_awaited(sandbox: Sandbox, path: Path) -> None:
    async def main() -> None:
        async with AsyncJournal(path) as journal, sandbox.async_client(journal=journal, max_retries=0) as client:
            sandbox.push_fault("close_after_read")
            with pytest.raises(OutcomeUnknownError):
                await client.send(HELLO, key=KEY)
            (found,) = await journal.reconcile(client, {KEY: HELLO})
            assert (found.outcome, found.resolved) == ("sent", True)
            assert [each.key async for each in journal.records(outcome="sent")] == [KEY]
            assert await journal.get("nothing") is None
            assert (await journal.summary()).sent == 1
            with pytest.raises(ConfigError):
                await journal.resolve(KEY, "not_sent")
            assert await journal.purge("2999-01-01") == 1
        with pytest.raises(JournalError):
            await journal.summary()

    asyncio.run(main())


def test_what_cannot_be_asked_is_refused(sandbox: Sandbox, path: Path, journal: Journal) -> None:
    client: Any = sandbox.client(journal=journal)
    asked: Any = journal
    refused = [
        ("key", lambda: asked.get(7)),
        ("key", lambda: asked.get("half \ud800")),
        ("key", lambda: asked.resolve(KEY, "not_sent")),
        ("outcome", lambda: asked.resolve(KEY, "lost")),
        ("outcome", lambda: asked.resolve(KEY, "rejected")),
        ("outcome", lambda: asked.records(outcome="lost")),
        ("message_id", lambda: asked.resolve(KEY, "sent")),
        ("message_id", lambda: asked.resolve(KEY, "not_sent", message_id="m")),
        ("before", lambda: asked.purge("soon")),
        ("before", lambda: asked.purge(datetime.datetime(2026, 1, 1))),
    ]
    for field, call in refused:
        with pytest.raises(ConfigError) as raised:
            call()
        assert (raised.value.field, raised.value.outcome) == (field, None)
    with pytest.raises(InvalidMessageError) as invalid:
        asked.get("")
    assert (invalid.value.field, invalid.value.outcome) == ("key", None)
    with pytest.raises(InvalidMessageError) as invalid:
        asked.reconcile(client, [HELLO])
    assert invalid.value.field == "messages"
    with pytest.raises(ConfigError) as raised:
        client.send(HELLO, key=7)
    assert (raised.value.field, raised.value.outcome) == ("key", "not_sent")
    for given in (7, {}, object(), Journal):
        with pytest.raises(ConfigError) as raised:
            sandbox.client(journal=given)
        assert raised.value.field == "journal"
    for place in ("", ":memory:", "ftp://example.com/x", 7):
        with pytest.raises(ConfigError) as raised:
            Journal(place)  # type: ignore[arg-type]
        assert raised.value.field == "journal"
    with pytest.raises(JournalError, match="/dev/null/"):
        sandbox.client(journal="/dev/null/journal.db")
    with pytest.raises(TypeError, match="AsyncJournal"):
        asked.reconcile(sandbox.async_client(), {})
    with pytest.raises(TypeError, match="reconcile.*colour"):
        asked.reconcile(client, {}, colour="blue")
    assert not sandbox.requests


def test_records_are_read_page_by_page(sandbox: Sandbox, journal: Journal) -> None:
    keys = [f"k{number:04}" for number in range(1203)]

    async def main() -> None:
        async with sandbox.async_client(journal=journal, timeout=HANGS) as client:
            await asyncio.gather(*(client.send(HELLO, key=key) for key in keys))

    sandbox.set_state(balance="1000000.00")
    asyncio.run(main())
    assert [record.key for record in journal.records()] == keys
    records = journal.records(outcome="sent")
    assert iter(records) is records and next(records).key == "k0000"
    journal.close()
    with pytest.raises(JournalError):
        list(records)
    assert list(records) == []


def test_results_are_values() -> None:
    conflict = JournalConflict("sent", message_id="msg_1", at="2026-11-29T02:47:00.123Z")
    record = JournalRecord(KEY, outcome="sent", cost="0.05", currency="SGD", conflict=conflict)
    total = JournalTotal("sent", "SMS", "SGD", 2, "0.10")
    summary = JournalSummary(sent=2, totals=[total])
    for value in (conflict, record, total, summary):
        for made in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
            assert made == value and hash(made) == hash(value) and repr(made) == repr(value)
    assert record.conflict is conflict and record.claimed_at == "" and JournalSummary().totals == ()
    assert summary.to_dict()["totals"] == [
        {"outcome": "sent", "channel": "SMS", "currency": "SGD", "messages": 2, "cost": "0.10", "unpriced": 0}
    ]
    assert Receipt("msg_1", replayed=True, attempts=0).to_dict()["replayed"] is True
    for journal in (Journal, AsyncJournal):
        with pytest.raises(TypeError, match="by its path"):
            pickle.dumps(object.__new__(journal))


def test_a_journal_says_which_it_is(path: Path, journal: Journal) -> None:
    assert repr(journal) == f"<Journal {str(path)!r}>"


def test_events_tell_that_a_key_is_claimed_waited_for_and_answered(
    sandbox: Sandbox, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "partner_messaging")
    events: list[Event] = []
    with sandbox.client(journal=path, on_event=steps_of_calls(events.append)) as client:
        # Long enough for another call to meet the key's.
        sandbox.push_fault("stall", ms=3000)
        first = threading.Thread(target=client.send, args=(HELLO,), kwargs={"key": KEY})
        first.start()
        wait_for_requests(sandbox, 1)
        assert client.send(HELLO, key=KEY).replayed
        first.join()
    steps = [event.step for event in events]
    assert sorted(steps) == ["attempt", "claimed", "ended", "ended", "replayed", "waiting"]
    assert steps.index("claimed") < steps.index("attempt") and steps.index("waiting") < steps.index("replayed")
    assert all(KEY not in str(event) for event in events)
    told = caplog.text
    assert "its key is claimed" in told and "accepted before, by the journal" in told


def test_what_a_closed_client_had_under_way_is_recorded(sandbox: Sandbox, path: Path, journal: Journal) -> None:
    client = sandbox.client(journal=path)
    sandbox.set_fault("stall")
    errors: list[OutcomeUnknownError] = []

    def send() -> None:
        with pytest.raises(OutcomeUnknownError) as raised:
            client.send(HELLO, key=KEY)
        errors.append(raised.value)

    thread = threading.Thread(target=send)
    thread.start()
    wait_for_requests(sandbox, 1)
    client.close()
    thread.join()
    record = journal.get(KEY)
    assert record is not None and (record.outcome, record.kind) == ("unknown", errors[0].kind) == ("unknown", "closed")


def test_cancelling_ends_a_call_that_waits(sandbox: Sandbox, path: Path) -> None:
    async def main() -> None:
        async with sandbox.async_client(journal=path) as client:
            sandbox.set_fault("stall")
            first = asyncio.create_task(client.send(HELLO, key=KEY))
            await until_async(lambda: sandbox.requests)
            ends = []
            for seconds in (0.05, 1, 20):
                second = asyncio.create_task(client.send(HELLO, key=KEY))
                await asyncio.sleep(seconds)
                second.cancel()
                with pytest.raises(asyncio.CancelledError) as cancelled:
                    await second
                ends.append((own(cancelled.value).outcome, own(cancelled.value).__cause__.kind))
                if ends[-1][0] == "unknown":
                    break
            # Before its first look at the key, on a busy machine, it is known not to be sent.
            assert ends.pop() == ("unknown", "in_progress") and set(ends) <= {("not_sent", "cancelled")}
            first.cancel()
            with pytest.raises(asyncio.CancelledError) as cancelled:
                await first
            assert own(cancelled.value).outcome == "unknown"
        async with AsyncJournal(path) as journal:
            record = await journal.get(KEY)
            assert record is not None and (record.outcome, record.kind) == ("unknown", "cancelled")

    asyncio.run(main())


WAITS = """
import sys
from partner_messaging import Client, Journal, Sms
journal = Journal(sys.argv[2])
client = Client(
    api_key="sandbox-key", base_url=sys.argv[1], journal=journal, on_event=lambda event: print(event.step, flush=True)
)
try:
    client.send(Sms(to="+6591234567", content="Hello"), key="order-4711", timeout=600)
except KeyboardInterrupt as interrupt:
    error = interrupt.__cause__
    print(type(error).__name__, error.outcome, error.kind, journal.get("order-4711").outcome)
"""


def program(text: str, *arguments: object, stdin: int | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", text, *map(str, arguments)]
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_ctrl_c_ends_a_call_that_waits_for_another_process(sandbox: Sandbox, path: Path) -> None:
    sandbox.set_fault("stall")
    with program(WAITS, sandbox.url, path) as first:
        wait_for_requests(sandbox, 1)
        with program(WAITS, sandbox.url, path) as second:
            assert second.stdout is not None and second.stdout.readline() == "waiting\n"
            second.send_signal(signal.SIGINT)
            output, errors = second.communicate(timeout=HANGS)
        assert output.splitlines()[-1] == "OutcomeUnknownError unknown in_progress None", errors
        first.send_signal(signal.SIGINT)
        output, errors = first.communicate(timeout=HANGS)
    assert output.splitlines()[-1] == "OutcomeUnknownError unknown cancelled unknown", errors
    assert len(sandbox.requests) == 1


def test_a_killed_process_leaves_an_unknown(sandbox: Sandbox, path: Path) -> None:
    sandbox.set_fault("stall")
    with program(WAITS, sandbox.url, path) as killed:
        wait_for_requests(sandbox, 1)
        killed.kill()
    with sandbox.client(journal=path) as client, pytest.raises(OutcomeUnknownError) as raised:
        client.send(HELLO, key=KEY)
    assert (raised.value.kind, raised.value.attempts) == ("interrupted", 0)
    assert len(sandbox.requests) == 1


def test_a_forked_child_goes_on(sandbox: Sandbox, path: Path, journal: Journal) -> None:
    with sandbox.client(journal=journal) as client:
        assert not client.send(HELLO, key="a").replayed

        def child() -> None:
            assert client.send(HELLO, key="a").replayed and not client.send(HELLO, key="b").replayed
            assert journal.summary().sent == 2
            asyncio.run(sandbox.async_client(journal=journal).send(HELLO, key="c"))
            client.close()
            journal.close()
            os._exit(0)

        process = multiprocessing.get_context("fork").Process(target=child)
        process.start()
        process.join(HANGS)
        assert process.exitcode == 0
        # What the child closed was its own.
        assert client.send(HELLO, key="b").replayed and client.send(HELLO, key="c").replayed
        assert not client.send(HELLO, key="d").replayed
    assert len(sandbox.requests) == 4


FORKS = """
import os, sys, threading
from partner_messaging import Client, OutcomeUnknownError, Sms
hello = Sms(to="+6591234567", content="Hello")
client = Client(api_key="sandbox-key", base_url=sys.argv[1], journal=sys.argv[2], timeout=3600)
threading.Thread(target=client.send, args=(hello,), kwargs={"key": "order-4711"}, daemon=True).start()
sys.stdin.readline()
if os.fork():
    threading.Event().wait()
print("forked", flush=True)
sys.stdin.readline()
try:
    client.send(hello, key="order-4711")
except OutcomeUnknownError as error:
    print(error.kind, client.send(hello, key="own").replayed, flush=True)
os._exit(0)
"""


def test_a_child_of_a_process_that_is_killed_in_mid_send_does_not_keep_its_claim_alive(
    sandbox: Sandbox, path: Path
) -> None:
    sandbox.set_fault("stall")
    with program(FORKS, sandbox.url, path, stdin=subprocess.PIPE) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        wait_for_requests(sandbox, 1)
        parent.stdin.write("fork\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == "forked\n"
        parent.kill()
        parent.wait(HANGS)
        sandbox.set_fault(None)
        output, errors = parent.communicate("go on\n", timeout=HANGS)
    assert output == "interrupted False\n", errors
    assert len(sandbox.requests) == 2


LOCKS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


def test_a_fork_is_not_held_up_by_another_process_that_has_the_file_locked(sandbox: Sandbox, path: Path) -> None:
    """Who is forked while its parent is inside SQLite can't use a journal."""
    with sandbox.client(journal=path, timeout=HANGS) as client:
        assert not client.send(HELLO, key="a").replayed
        with program(LOCKS, path, stdin=subprocess.PIPE) as other:
            assert other.stdin is not None and other.stdout is not None and other.stdout.readline() == "locked\n"
            # It tries again and again to get the file.
            sender = threading.Thread(target=lambda: client.send(HELLO, key="b"))
            sender.start()
            go_on, may_go_on = os.pipe()
            children = []
            for _ in range(5):
                sender.join(0.1)
                children.append(os.fork())
                if not children[-1]:
                    os.close(may_go_on)
                    os.read(go_on, 1)
                    try:
                        os._exit(0 if client.send(HELLO, key="a").replayed else 1)
                    finally:
                        os._exit(2)
            other.communicate("\n", timeout=HANGS)
        os.close(may_go_on)
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 5
        os.close(go_on)
        sender.join(HANGS)
        assert client.send(HELLO, key="b").replayed
    assert len(sandbox.requests) == 2


def test_threads_send_each_message_once(sandbox: Sandbox, path: Path) -> None:
    replayed: list[bool] = []
    with sandbox.client(journal=path) as client:

        def send() -> None:
            replayed.extend(client.send(HELLO, key=f"k{number}").replayed for number in range(25))

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(replayed) == [False] * 25 + [True] * 75
    assert len(sandbox.requests) == 25


def test_the_programs_own_sqlite_does_no_harm(sandbox: Sandbox, path: Path) -> None:
    """Python's sqlite3 opens, reads and closes the file in mid-run, in this process: where a
    journal's locks were POSIX's, the first close would drop them, and the last one unlink the log."""
    sandbox.set_state(balance="1000000.00")
    with sandbox.client(journal=path) as client:
        stop = threading.Event()
        reads: list[int] = []

        def read() -> None:
            while not stop.is_set():
                connection = sqlite3.connect(f"file:{path}?mode=ro" if len(reads) % 2 else path, uri=bool(len(reads) % 2))
                try:
                    (tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
                    assert tables > 0
                finally:
                    connection.close()
                reads.append(tables)

        reader = threading.Thread(target=read)
        reader.start()
        sent = 0
        while sent < 200 or len(reads) <= 10:
            assert reader.is_alive() and not client.send(HELLO, key=f"k{sent}").replayed
            sent += 1
        stop.set()
        reader.join()
        # In this process, and as another one finds it.
        assert all(client.send(HELLO, key=f"k{number}").replayed for number in range(sent))
        counts = subprocess.run(
            [sys.executable, "-c", "import sys; from partner_messaging import Journal\n"
             "with Journal(sys.argv[1]) as journal: print(journal.summary().sent)", str(path)],
            capture_output=True, text=True, timeout=HANGS,
        )
        assert counts.stdout == f"{sent}\n", counts.stderr
    assert len(sandbox.requests) == sent


def test_the_module_exports_nothing_of_sqlite() -> None:
    (module,) = Path(partner_messaging.__file__).parent.glob("_native*.so")
    symbols = subprocess.run(["nm", "-D", "--defined-only", module], capture_output=True, text=True, check=True).stdout
    assert "PyInit__native" in symbols and "sqlite3" not in symbols


def test_the_journal_outlives_its_program(sandbox: Sandbox, path: Path) -> None:
    with Client(sandbox.api_key, base_url=sandbox.url, journal=path) as client:
        first = client.send(HELLO, key=KEY)
    with Client(sandbox.api_key, base_url=sandbox.url, journal=path) as client:
        assert client.send(HELLO, key=KEY).message_id == first.message_id
    assert len(sandbox.requests) == 1
