"""A campaign in Python: ours, and what its user would write instead.

many.py <who> <base URL> <warm-up> <sends> <in flight> <characters>; "journal" in the name of one
is a committed row for each message.
"""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import HEADERS, KEY, TO, check, run

TICKS = os.sysconf("SC_CLK_TCK")


def messages(job, first, count):
    from partner_messaging import Sms

    return ((str(first + n), Sms(to=TO, content=job.content)) for n in range(count))


def send_many(client, job, first, count, keyed):
    items = messages(job, first, count)
    results = client.send_many(items if keyed else (message for _, message in items), max_in_flight=job.in_flight)
    for result in results:
        if result.error:
            raise result.error
    if results.summary.sent != count:
        raise RuntimeError("another count")


def ours(job, journal=None):
    from partner_messaging import Client

    options = {"journal": journal} if journal else {}
    with Client(api_key=KEY, base_url=job.base_url, max_connections=job.in_flight, **options) as client:
        send_many(client, job, 0, job.warm_up, journal)
        job.measure_once(lambda: send_many(client, job, job.warm_up, job.sends, journal))


def ours_journal(job):
    with tempfile.TemporaryDirectory(dir=os.environ["BENCH_FOLDER"]) as folder:
        ours(job, f"{folder}/campaign.db")


async def aiohttp(job, log=None):
    """A semaphore, and a task for each message, as the tutorials have it."""
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=30)
    connector = aiohttp.TCPConnector(limit=job.in_flight)
    async with aiohttp.ClientSession(headers=HEADERS, timeout=timeout, connector=connector) as session:
        semaphore = asyncio.Semaphore(job.in_flight)

        async def send(key):
            async with semaphore:
                if log:
                    log.execute("INSERT INTO log VALUES (?, 'begun', NULL)", (key,))
                    log.commit()
                async with session.post(job.url, json=job.body()) as response:
                    response.raise_for_status()
                    envelope = await response.json()
                    check(envelope)
                if log:
                    message_id = envelope["data"]["messageId"]
                    log.execute("UPDATE log SET state = 'sent', message_id = ? WHERE key = ?", (message_id, key))
                    log.commit()

        await asyncio.gather(*(send(str(n)) for n in range(job.warm_up)))
        keys = range(job.warm_up, job.warm_up + job.sends)
        await job.measure_once_async(lambda: asyncio.gather(*(send(str(n)) for n in keys)))


async def aiohttp_journal(job):
    with tempfile.TemporaryDirectory(dir=os.environ["BENCH_FOLDER"]) as folder:
        log = sqlite3.connect(f"{folder}/log.db")
        log.execute("PRAGMA journal_mode = WAL")
        log.execute("CREATE TABLE log (key TEXT PRIMARY KEY, state TEXT, message_id TEXT)")
        await aiohttp(job, log)
        log.close()


def celery(job):
    """A worker as `celery worker` starts it, with as many processes as are to be in flight, but 16 at most."""
    import redis
    from celery_sends import send

    broker = redis.Redis(unix_socket_path=os.environ["BENCH_REDIS"])
    broker.flushall()
    processes = min(job.in_flight, 16)
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_sends", "worker", f"--concurrency={processes}", "--loglevel=ERROR"],
        cwd=Path(__file__).parent,
        env=os.environ | {"BENCH_URL": job.url, "C_FORCE_ROOT": "1"},
        start_new_session=True,
        stdout=sys.stderr,
    )

    def send_all(count):
        """What is queued has been taken, and what was taken has ended."""
        for _ in range(count):
            send.delay(job.body())
        while broker.llen("celery") or broker.hlen("unacked"):
            if worker.poll() is not None:
                raise RuntimeError("the worker has ended")
            time.sleep(0.01)

    try:
        send_all(job.warm_up)
        before = cpu_of_session(worker.pid)
        job.measure_once(lambda: send_all(job.sends), lambda: cpu_of_session(worker.pid) - before)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def cpu_of_session(session):
    """The CPU time of the living processes of a session, in microseconds."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session:
            total += int(fields[11]) + int(fields[12])
    return total * 1_000_000 // TICKS


PROGRAMS = {
    "ours": ours,
    "ours-journal": ours_journal,
    "aiohttp": aiohttp,
    "aiohttp-journal": aiohttp_journal,
    "celery": celery,
}


run(PROGRAMS)
