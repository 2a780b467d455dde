"""Runs the shared cases of ``tests/vectors`` through both clients."""

import asyncio
import json
import threading
import time
from pathlib import Path

import pytest

from partner_messaging import AsyncClient, AsyncJournal, Client, Email, Journal, PartnerMessagingError, Sms, WhatsApp
from partner_messaging.testing import Sandbox

FOLDER = Path(__file__).parents[2] / "tests" / "vectors"
CASES = [case for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text("utf-8"))]
CLASSES = {"whatsapp": WhatsApp, "sms": Sms, "email": Email}


@pytest.fixture(scope="module")
def sandbox():
    with pytest.MonkeyPatch.context() as patch:
        # In some cases the host is none of this machine, and has no address.
        patch.setenv("PARTNER_MESSAGING_ALLOW", "")
        with Sandbox() as sandbox:
            yield sandbox


def options(given):
    """A case's options as keyword arguments: milliseconds become seconds."""
    return {
        name.removesuffix("_ms"): value / 1000 if name.endswith("_ms") else value for name, value in given.items()
    }


def message(given):
    fields = dict(given)
    kind = fields.pop("type")
    if kind == "wire":
        return fields["json"]
    if "from" in fields:
        fields["from_"] = fields.pop("from")
    return CLASSES[kind](**fields)


def arguments(case):
    """The arguments of a case's call, its options among them."""
    given = {name: value for name, value in case["do"].items() if name != "op"}
    if "messages" in given:
        given["messages"] = [message(each) for each in given["messages"]]
    return {**given, **options(case.get("call", {}))}


class Ended:
    """What a case came to: the fields of its result; the ids that a list gave, perhaps
    before an error; and what was spent."""

    def __init__(self):
        self.facts = self.spending = None
        self.got = []


def push_faults(sandbox, of):
    for fault in of.get("faults", []):
        sandbox.push_fault(**fault)


def steps(case):
    return case.get("journal", {}).get("before", [])


def check_step(sandbox, step, raised):
    """Ends what a step's faults left, such as a closed port; it has to have had its outcome."""
    sandbox.set_fault(None)
    if "outcome" in step:
        assert ("sent" if raised is None else raised.outcome) == step["outcome"]


def blocking(sandbox, case, ended, journal):
    given = {"api_key": sandbox.api_key, "base_url": sandbox.url, **options(case.get("client", {}))}
    pending = []
    with Client(journal=journal, **given) as client:
        try:
            for step in steps(case):
                push_faults(sandbox, step)
                before = len(sandbox.requests)
                if "pending" in step:
                    pending.append(threading.Thread(target=end, args=(make_call, client, journal, step)))
                    pending[-1].start()
                    while len(sandbox.requests) == before:
                        time.sleep(0.001)
                else:
                    check_step(sandbox, step, end(make_call, client, journal, step))
            push_faults(sandbox, case)
            ended.facts = make_call(client, journal, case, ended)
        finally:
            ended.spending = client.spending()
    for thread in pending:
        thread.join()


def end(call, *arguments):
    """The error that a call ends in, if it does."""
    try:
        call(*arguments)
    except PartnerMessagingError as error:
        return error
    return None


def make_call(client, journal, case, ended=None):
    if "message" in case:
        return receipt_facts(client.send(message(case["message"]), **options(case.get("call", {}))))
    if "do" not in case:
        return None
    op = case["do"]["op"]
    if op == "journal_reconcile":
        return records_facts(journal.reconcile(client, keyed(case["do"])))
    if op.startswith("journal_"):
        method, arguments_of, facts = JOURNAL[op]
        positional, named = arguments_of(case["do"])
        return facts(getattr(journal, method)(*positional, **named))
    if op == "list_messages":
        for record in client.list_messages(**arguments(case)):
            ended.got.append(record.message_id)
        return {"ids": ended.got}
    if op == "list_pages":
        return {"pages": [page_facts(page) for page in client.list_messages(**arguments(case)).pages()]}
    return FACTS[op](getattr(client, op)(**arguments(case)))


def asynchronous(sandbox, case, ended, journal):
    async def main():
        given = {"api_key": sandbox.api_key, "base_url": sandbox.url, **options(case.get("client", {}))}
        awaited = None if journal is None else AsyncJournal(journal._native.name)
        pending = []
        async with AsyncClient(journal=awaited, **given) as client:
            try:
                for step in steps(case):
                    push_faults(sandbox, step)
                    before = len(sandbox.requests)
                    call = asyncio.create_task(end_async(client, awaited, step))
                    if "pending" in step:
                        pending.append(call)
                        while len(sandbox.requests) == before:
                            await asyncio.sleep(0.001)
                    else:
                        check_step(sandbox, step, await call)
                push_faults(sandbox, case)
                ended.facts = await make_async_call(client, awaited, case, ended)
            finally:
                ended.spending = await client.spending()
        await asyncio.gather(*pending)
        if awaited is not None:
            await awaited.close()

    asyncio.run(main())


async def end_async(client, journal, step):
    try:
        await make_async_call(client, journal, step)
    except PartnerMessagingError as error:
        return error
    return None


async def make_async_call(client, journal, case, ended=None):
    if "message" in case:
        return receipt_facts(await client.send(message(case["message"]), **options(case.get("call", {}))))
    if "do" not in case:
        return None
    op = case["do"]["op"]
    if op == "journal_records":
        records = journal.records(outcome=case["do"].get("outcome"))
        return records_facts([record async for record in records])
    if op == "journal_reconcile":
        return records_facts(await journal.reconcile(client, keyed(case["do"])))
    if op.startswith("journal_"):
        method, arguments_of, facts = JOURNAL[op]
        positional, named = arguments_of(case["do"])
        return facts(await getattr(journal, method)(*positional, **named))
    if op == "list_messages":
        async for record in client.list_messages(**arguments(case)):
            ended.got.append(record.message_id)
        return {"ids": ended.got}
    if op == "list_pages":
        return {"pages": [page_facts(page) async for page in client.list_messages(**arguments(case)).pages()]}
    return FACTS[op](await getattr(client, op)(**arguments(case)))


def keyed(given):
    return {key: message(each) for key, each in given["messages"].items()}


def record_facts(record):
    return {"record": None if record is None else record.to_dict()}


def records_facts(records):
    return {"records": [record.to_dict() for record in records]}


# What a case asks of a journal: the method, its arguments, and the facts of its result.
JOURNAL = {
    "journal_get": ("get", lambda it: ((it["key"],), {}), record_facts),
    "journal_records": ("records", lambda it: ((), {"outcome": it.get("outcome")}), records_facts),
    "journal_summary": ("summary", lambda _: ((), {}), lambda summary: {"summary": summary.to_dict()}),
    "journal_resolve": (
        "resolve",
        lambda it: ((it["key"], it["outcome"]), {name: it[name] for name in ("message_id",) if name in it}),
        record_facts,
    ),
    "journal_purge": ("purge", lambda it: ((it["before"],), {}), lambda purged: {"purged": purged}),
}


def receipt_facts(receipt):
    facts = receipt.to_dict()
    facts["cost"] = None if receipt.cost is None else str(receipt.cost)
    return facts


def facts_of(value, *names):
    return {name: getattr(value, name) for name in names}


def trail_facts(trail):
    names = ("channel", "outcome", "kind", "status", "code", "message_id", "attempts")
    return [facts_of(step, *names) for step in trail]


def fallback_facts(accepted):
    return {**receipt_facts(accepted.receipt), "trail": trail_facts(accepted.trail)}


def page_facts(page):
    facts = facts_of(page, "page", "limit", "total", "total_pages", "has_more")
    return {**facts, "ids": [record.message_id for record in page.messages]}


def balance_facts(balance):
    return {"amount": str(balance.amount), **facts_of(balance, "currency", "raw")}


def reply_facts(reply):
    return facts_of(reply, "status", "message", "replayed", "attempts", "data", "headers")


def spending_facts(entries):
    names = ("channel", "currency", "messages", "unpriced")
    return [{**facts_of(entry, *names), "cost": str(entry.cost)} for entry in entries]


FACTS = {
    "get_message": receipt_facts,
    "wait_for_status": receipt_facts,
    "get_balance": balance_facts,
    "request": reply_facts,
    "send_with_fallback": fallback_facts,
}


def error_facts(error):
    names = ("outcome", "kind", "code", "status", "field", "attempts", "request_id", "body")
    facts = facts_of(error, *names)
    facts["class"] = type(error).__name__
    facts["retry_after_ms"] = None if error.retry_after is None else error.retry_after * 1000
    facts["trail"] = trail_facts(error.trail)
    return facts


def check_requests(recorded, expected):
    assert len(recorded) == len(expected)
    for request, wanted in zip(recorded, expected):
        where = (wanted.get("method", "POST"), wanted.get("path", "/partner/message/send"))
        assert (request["method"], request["path"]) == where
        assert request.get("json") == wanted.get("json")
        headers = [tuple(header) for header in request["headers"]]
        for header in wanted["headers"].items():
            assert header in headers


def check_part(there, wanted):
    """Of an object what is wanted is there; a list has its items."""
    if isinstance(wanted, dict):
        for name, value in wanted.items():
            check_part(there[name], value)
    elif isinstance(wanted, list):
        assert len(there) == len(wanted)
        for item, each in zip(there, wanted):
            check_part(item, each)
    else:
        assert there == wanted


def check(facts, expected):
    expected = dict(expected)
    for part in ("record", "records", "summary"):
        if part in expected:
            check_part(facts[part], expected.pop(part))
    headers = expected.pop("headers", {})
    assert {name: facts["headers"].get(name) for name in headers} == headers
    assert {name: facts[name] for name in expected} == expected


def test_there_are_cases():
    assert len(CASES) > 260


def open_journal(given, place):
    """A journal in a folder of its own, after another client of it if the case has one."""
    journal = Journal(place / "journal.db")
    if "origin" in given:
        Client("key", base_url=given["origin"], journal=journal).close()
    return journal


@pytest.mark.parametrize("run", [blocking, asynchronous])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_vector(sandbox, run, case, tmp_path):
    sandbox.reset()
    if "state" in case:
        sandbox.set_state(**case["state"])
    journal = open_journal(case["journal"], tmp_path) if "journal" in case else None
    ended = Ended()
    if "error" in case:
        with pytest.raises(PartnerMessagingError) as raised:
            run(sandbox, case, ended, journal)
        expected = dict(case["error"])
        shown = f"{raised.value} {raised.value!r}"
        for text in expected.pop("text_has", []):
            assert text in shown
        for text in expected.pop("text_lacks", []):
            assert text not in shown
        assert raised.value.elapsed >= 0
        check({**error_facts(raised.value), "got": ended.got}, expected)
    else:
        run(sandbox, case, ended, journal)
        check(ended.facts, case["receipt"] if "receipt" in case else case["result"])
    if "spending" in case:
        assert spending_facts(ended.spending) == case["spending"]
    if "requests" in case:
        check_requests(sandbox.requests, case["requests"])
    if "records" in case:
        check_part([record.to_dict() for record in journal.records()], case["records"])
    if journal is not None:
        journal.close()
