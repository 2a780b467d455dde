"""The Python programs of the benchmark: ours, and each peer as a careful user has it.

send.py <who> <base URL> <warm-up> <sends> <in flight> <characters>; with BENCH_CA the URL is https.
"""

import json
from itertools import count
from tempfile import TemporaryDirectory

from measure import HEADERS, KEY, TO, check, check_id, run


def ours(job):
    from partner_messaging import Client, Sms

    with Client(api_key=KEY, base_url=job.base_url, ca_file=job.ca) as client:
        job.measure(lambda: check_id(client.send(Sms(to=TO, content=job.content)).message_id))


async def ours_async(job):
    from partner_messaging import AsyncClient, Sms

    async with AsyncClient(api_key=KEY, base_url=job.base_url, ca_file=job.ca) as client:

        async def send():
            receipt = await client.send(Sms(to=TO, content=job.content))
            check_id(receipt.message_id)

        await job.measure_async(send)


async def ours_keyed(job):
    from partner_messaging import AsyncClient, Sms

    numbers = count()
    with TemporaryDirectory() as folder:
        async with AsyncClient(api_key=KEY, base_url=job.base_url, journal=f"{folder}/journal.db") as client:

            async def send():
                receipt = await client.send(Sms(to=TO, content=job.content), key=f"order-{next(numbers):09}")
                check_id(receipt.message_id)

            await job.measure_async(send)


async def aiohttp_sqlite(job):
    """What somebody writes who wants to know after a crash what was sent: a row for each, committed."""
    import sqlite3

    import aiohttp

    numbers = count()
    timeout = aiohttp.ClientTimeout(total=30)
    with TemporaryDirectory() as folder:
        connection = sqlite3.connect(f"{folder}/sent.db")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE sent (key TEXT PRIMARY KEY, message_id TEXT)")
        async with aiohttp.ClientSession(headers=HEADERS, timeout=timeout) as session:

            async def send():
                async with session.post(job.url, json=job.body()) as response:
                    response.raise_for_status()
                    answer = await response.json()
                check(answer)
                row = (f"order-{next(numbers):09}", answer["data"]["messageId"])
                connection.execute("INSERT INTO sent VALUES (?, ?)", row)
                connection.commit()

            await job.measure_async(send)
        connection.close()


def requests_session(job):
    import requests

    with requests.Session() as session:
        session.headers.update(HEADERS)

        def send():
            response = session.post(job.url, json=job.body(), timeout=30)
            response.raise_for_status()
            check(response.json())

        job.measure(send)


def requests_post(job):
    """The form of the API document: no session, so a connection for each message."""
    import requests

    def send():
        response = requests.post(job.url, headers=HEADERS, json=job.body(), timeout=30)
        response.raise_for_status()
        check(response.json())

    job.measure(send)


def httpx(job):
    import httpx

    with httpx.Client(headers=HEADERS, timeout=30, **tls(job)) as client:

        def send():
            response = client.post(job.url, json=job.body())
            response.raise_for_status()
            check(response.json())

        job.measure(send)


async def httpx_async(job):
    import httpx

    async with httpx.AsyncClient(headers=HEADERS, timeout=30, **tls(job)) as client:

        async def send():
            response = await client.post(job.url, json=job.body())
            response.raise_for_status()
            check(response.json())

        await job.measure_async(send)


def tls(job):
    import ssl

    return {"verify": ssl.create_default_context(cafile=job.ca), "http2": True} if job.ca else {}


async def aiohttp(job):
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(headers=HEADERS, timeout=timeout) as session:

        async def send():
            async with session.post(job.url, json=job.body()) as response:
                response.raise_for_status()
                check(await response.json())

        await job.measure_async(send)


def pycurl(job):
    from io import BytesIO

    import pycurl

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, job.url)
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()])
    curl.setopt(pycurl.TIMEOUT_MS, 30_000)
    curl.setopt(pycurl.NOSIGNAL, 1)
    if job.ca:
        curl.setopt(pycurl.CAINFO, job.ca)

    def send():
        answer = BytesIO()
        curl.setopt(pycurl.POSTFIELDS, json.dumps(job.body()))
        curl.setopt(pycurl.WRITEDATA, answer)
        curl.perform()
        if curl.getinfo(pycurl.RESPONSE_CODE) != 200:
            raise RuntimeError("another status than 200")
        check(json.loads(answer.getvalue()))

    job.measure(send)
    curl.close()


PROGRAMS = {
    "ours": ours,
    "ours-async": ours_async,
    "ours-keyed": ours_keyed,
    "aiohttp-sqlite": aiohttp_sqlite,
    "requests": requests_session,
    "requests-post": requests_post,
    "httpx": httpx,
    "httpx-async": httpx_async,
    "aiohttp": aiohttp,
    "pycurl": pycurl,
}


run(PROGRAMS)
