"""What the documentation shows, run against the sandbox."""

import doctest
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from support import HANGS

import partner_messaging
from partner_messaging import _async, _errors, testing, types

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"


def run(path, sandbox, *arguments):
    environment = {
        **os.environ,
        "PARTNER_MESSAGING_API_KEY": sandbox.api_key,
        "PARTNER_MESSAGING_BASE_URL": sandbox.url,
    }
    return subprocess.run(
        [sys.executable, path, *arguments], capture_output=True, text=True, timeout=HANGS, env=environment
    )


@pytest.mark.parametrize("name", ["first.py", "first_async.py"])
def test_first_programs(sandbox, name):
    done = run(EXAMPLES / name, sandbox, "+6591234567")
    assert done.returncode == 0, done.stderr
    assert "msg_" in done.stdout and "0.05 SGD" in done.stdout
    sandbox.push_fault("close_after_read")
    done = run(EXAMPLES / name, sandbox, "+6591234567")
    assert done.returncode == 3 and "perhaps sent" in done.stderr
    sandbox.set_state(balance="0")
    done = run(EXAMPLES / name, sandbox, "+6591234567")
    assert done.returncode == 1 and "not accepted" in done.stderr
    assert run(EXAMPLES / name, sandbox).returncode == 2


@pytest.mark.parametrize("name", ["demo.py", "demo_asyncio.py"])
def test_demos(sandbox, name):
    done = run(EXAMPLES / name, sandbox)
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[:2] for row in rows] == [
        [kind, "sent"] for kind in ("whatsapp", "sms-template", "sms-text", "email")
    ]
    assert [row[3] for row in rows] == ["0.12 SGD", "0.05 SGD", "0.05 SGD", "0.01 SGD"]


@pytest.mark.parametrize("name", ["tour.py", "tour_asyncio.py"])
def test_tours(sandbox, name):
    sandbox.set_state(channels={"WHATSAPP": "not_configured"}, delivery={"after_ms": 100})
    done = run(EXAMPLES / name, sandbox)
    assert done.returncode == 0, done.stderr
    columns = ["5 sent", "DELIVERED", "5 on 3 pages", "0.30 SGD", "0.30 SGD", "WHATSAPP rejected, SMS sent"]
    assert done.stdout == "\t".join(columns) + "\n"


@pytest.mark.parametrize("module", [partner_messaging, testing, types, _errors, _async])
def test_docstrings(module):
    # The exceptions and AsyncClient call themselves the public package's: they
    # are found through their own modules.
    runner = doctest.DocTestRunner()
    names = vars(partner_messaging)
    tried = 0
    ours = (value for value in vars(module).values() if getattr(value, "__module__", "").startswith("partner_messaging"))
    for item in [module, *(value for value in ours if isinstance(value, type))]:
        finder = doctest.DocTestFinder(recurse=isinstance(item, type))
        for test in finder.find(item, module=False, globs=dict(names)):
            tried += runner.run(test).attempted
    assert tried > 0 and runner.failures == 0


def test_runpy_is_enough_for_the_examples(sandbox, monkeypatch):
    monkeypatch.setenv("PARTNER_MESSAGING_API_KEY", sandbox.api_key)
    monkeypatch.setenv("PARTNER_MESSAGING_BASE_URL", sandbox.url)
    monkeypatch.setattr(sys, "argv", ["first.py", "+6591234567"])
    runpy.run_path(str(EXAMPLES / "first.py"))


# The API document's own example ("Code Examples", "Python Example"), word for
# word but for the key, the base URL and the number's place in the text.
DOCUMENTED = '''import requests, json
API_KEY = "{key}"
BASE_URL = "{url}"
headers = {{
"x-api-key": API_KEY,
"Content-Type": "application/json"
}}
def send_sms(phone, message):
    data = {{"request": {{"channel": "SMS", "to": phone, "content": message}}}}
    res = requests.post(f"{{BASE_URL}}/partner/message/send", headers=headers, json=data)
    return res.json()
result = send_sms("+1234567890", "Hello from API!")
print(result)'''


def test_the_documents_own_example_works_against_the_sandbox(sandbox):
    program = DOCUMENTED.format(key=sandbox.api_key, url=sandbox.url)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=HANGS)
    assert done.returncode == 0, done.stderr
    assert "'success': True" in done.stdout and "'recipient': '+1234567890'" in done.stdout
    assert sandbox.requests[0]["json"] == {
        "request": {"channel": "SMS", "to": "+1234567890", "content": "Hello from API!"}
    }
