"""The task of the Celery peer: one message by requests, with a session for each process."""

import os

import requests
from celery import Celery
from measure import HEADERS, check

app = Celery("sends", broker=f"redis+socket://{os.environ['BENCH_REDIS']}")
app.conf.task_ignore_result = True
session = None


@app.task(name="send")
def send(body):
    global session
    if session is None:
        session = requests.Session()
        session.headers.update(HEADERS)
    response = session.post(os.environ["BENCH_URL"], json=body, timeout=30)
    response.raise_for_status()
    check(response.json())
