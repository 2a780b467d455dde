"""How many messages a second workers send over one journal on PostgreSQL, what each of the parts
takes for it, and how large the journal becomes. Arguments: psql, and how many messages each run has.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from partner_messaging import Journal, Sms, send_batch
from partner_messaging.testing import Sandbox

SERVER = os.environ["PARTNER_MESSAGING_TEST_POSTGRES"]
TICKS = os.sysconf("SC_CLK_TCK")
SPAWNED = multiprocessing.get_context("spawn")

BATCH = 1000

# What each worker sends before: connections, the journal's tables, the server's memory.
WARM_UP = 500

# A usual SMS.
TEXT = "x" * 100

# There is enough of both: what is measured is what keeping to them costs.
LIMIT = {"spend_limit": {"SGD": "1000000"}, "max_cost": {"SGD": "0.05"}}
RATE = {"max_rate": 100_000}


def to_message(row: dict[str, Any]) -> Sms:
    return Sms(to=row["phone"], content=TEXT)


def rows(begin: int, end: int) -> list[dict[str, Any]]:
    return [{"id": f"campaign-{n:010}", "phone": f"+65{90000000 + n}"} for n in range(begin, end)]


def work(number: int, begin: int, end: int, options: dict[str, Any], ready: Any, results: Any) -> None:
    """A worker: sends its part once all are ready, and tells when it began and ended, and its CPU time."""
    others = 5_000_000 + number * WARM_UP
    send_batch(rows(others, others + WARM_UP), to_message, key="id", **options)
    batches = [rows(at, min(at + BATCH, end)) for at in range(begin, end, BATCH)]
    ready.wait()
    began, cpu = time.monotonic(), time.process_time()
    for batch in batches:
        sent = send_batch(batch, to_message, key="id", **options)
        assert all(row["outcome"] == "sent" for row in sent)
    results.put((began, time.monotonic(), time.process_time() - cpu))


def database_cpu() -> float:
    """Seconds that all processes of the server have taken; those that have ended among them."""
    parent = os.environ["PARTNER_MESSAGING_TEST_POSTGRES_PROCESS"]
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()

    def ticks(pid: str, *fields: int) -> int:
        try:
            values = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return sum(int(values[field]) for field in fields)

    # utime, stime, and of the parent also those of its ended children; see proc(5).
    return (ticks(parent, 11, 12, 13, 14) + sum(ticks(child, 11, 12) for child in children)) / TICKS


def ask(psql: str, sql: str) -> str:
    return subprocess.run([psql, "-XAtc", sql, SERVER], check=True, capture_output=True, text=True).stdout.strip()


def run(
    psql: str, sandbox: Sandbox, delay: int | None, workers: int, count: int, options: dict[str, Any]
) -> dict[str, float]:
    sandbox.reset()
    if delay is not None:
        sandbox.set_fault("stall", ms=delay)
    journal = f"{SERVER}?journal={uuid.uuid4().hex}"
    options = {"api_key": sandbox.api_key, "base_url": sandbox.url, "journal": journal, **options}
    ready, results = SPAWNED.Barrier(workers + 1), SPAWNED.Queue()
    parts = [(n, n * count // workers, (n + 1) * count // workers) for n in range(workers)]
    processes = [SPAWNED.Process(target=work, args=(*part, options, ready, results)) for part in parts]
    for process in processes:
        process.start()
    ready.wait()
    database, service, log = database_cpu(), time.process_time(), ask(psql, "SELECT pg_current_wal_lsn()")
    commits = int(ask(psql, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"))
    times = [results.get() for _ in processes]
    database, service = database_cpu() - database, time.process_time() - service
    for process in processes:
        process.join()
    wal = int(ask(psql, f"SELECT pg_current_wal_lsn() - '{log}'"))
    commits = int(ask(psql, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")) - commits
    with Journal(journal) as opened:
        assert opened.summary().sent == count + workers * WARM_UP
    seconds = max(end for _, end, _ in times) - min(begin for begin, _, _ in times)
    ms = 1000 / count
    return {
        "rate": count / seconds,
        "worker": sum(cpu for _, _, cpu in times) * ms,
        "database": database * ms,
        "service": service * ms,
        "wal": wal / count,
        "commit": count / commits,
    }


def sizes(psql: str) -> None:
    """What the journals of all runs take on the disk, in bytes a message."""
    messages = int(ask(psql, "SELECT count(*) FROM partner_messaging.entries"))

    def each(name: str) -> str:
        return f"{int(ask(psql, f'SELECT {name}')) / messages:8.0f}"

    table = "'partner_messaging.entries'"
    print(f"\n{'bytes a message':40} {'all':>8} {'table':>8} {'indexes':>8}   ({messages} messages)")
    for state, command in [
        ("as the runs leave it", "SELECT"),
        ("written anew (VACUUM FULL)", "VACUUM FULL partner_messaging.entries"),
    ]:
        ask(psql, command)
        parts = ["pg_total_relation_size", "pg_relation_size", "pg_indexes_size"]
        print(f"{state:40} " + " ".join(each(f"{part}({table})") for part in parts))
    for name in ask(
        psql,
        "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'partner_messaging.entries'::regclass ORDER BY 1",
    ).splitlines():
        print(f"  {name:46} {each(f'pg_relation_size({chr(39)}{name}{chr(39)})')}")


def main() -> None:
    psql, count = sys.argv[1], int(sys.argv[2])
    print(f"{count} messages a run, batches of {BATCH}, 64 in flight a worker, {os.cpu_count()} processors")
    print(ask(psql, "SELECT 'PostgreSQL ' || current_setting('server_version') || ', fsync ' || current_setting('fsync')"))
    head = ["messages/s", "CPU ms a message:", "worker", "PostgreSQL", "service", "messages a commit", "WAL bytes"]
    print(f"\n{'':34}" + " ".join(f"{name:>10}" for name in head))
    with Sandbox(balance="100000000", state={"delivery": {"after_ms": None}}) as sandbox:
        for name, delay, options in [
            ("answers at once", None, {}),
            ("answers after 50 ms", 50, {}),
            ("answers at once, a rate", None, RATE),
            ("answers at once, a spend limit", None, LIMIT),
        ]:
            for workers in (1, 2, 4):
                told = run(psql, sandbox, delay, workers, count, options)
                print(
                    f"{name:31} {workers:2} {told['rate']:10.0f} {'':17} {told['worker']:6.2f} {told['database']:10.2f} "
                    f"{told['service']:10.2f} {told['commit']:17.0f} {told['wal']:10.0f}",
                    flush=True,
                )
    sizes(psql)


if __name__ == "__main__":
    main()
