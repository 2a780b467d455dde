"""Sends keyed messages, and says what became of each: see README.md for the arguments."""

import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from partner_messaging import Client, PartnerMessagingError, Sms

base_url, journal, first, count, threads, timeout = sys.argv[1:7]
writing = threading.Lock()


def send(client: Client, number: int) -> None:
    try:
        receipt = client.send(Sms(to="+6591234567", content=f"call-{number}."), key=f"key-{number:06}")
        said = "replayed" if receipt.replayed else "sent"
    except PartnerMessagingError as error:
        said = str(error.outcome)
    with writing:
        sys.stdout.write(f"{number} {said}\n")
        sys.stdout.flush()


def look_on() -> None:
    """Another SQLite in this process opens, reads and closes the file all the time."""
    while True:
        try:
            connection = sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=0)
            connection.execute("SELECT count(*) FROM entries").fetchone()
            connection.close()
        except sqlite3.Error:
            pass


threading.Thread(target=look_on, daemon=True).start()
with Client("a-key", base_url=base_url, journal=journal, timeout=float(timeout) / 1000, max_retries=0) as client:
    with ThreadPoolExecutor(int(threads)) as pool:
        for call in [pool.submit(send, client, int(first) + n) for n in range(int(count))]:
            call.result()
