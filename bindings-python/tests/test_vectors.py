"""Runs the shared cases of ``tests/vectors`` through both clients."""

import asyncio
import json
from pathlib import Path

import pytest

from partner_messaging import AsyncClient, Client, Email, PartnerMessagingError, Sms, WhatsApp
from partner_messaging.testing import Sandbox

FOLDER = Path(__file__).parents[2] / "tests" / "vectors"
CASES = [case for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text("utf-8"))]
CLASSES = {"whatsapp": WhatsApp, "sms": Sms, "email": Email}


@pytest.fixture(scope="module")
def sandbox():
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
    """What a case came to: the facts of its result; the ids that a list gave, perhaps
    before an error; and the ledger."""

    def __init__(self):
        self.facts = self.spending = None
        self.got = []


def blocking(sandbox, case, ended):
    given = {"api_key": sandbox.api_key, "base_url": sandbox.url, **options(case.get("client", {}))}
    with Client(**given) as client:
        try:
            if "message" in case:
                result = client.send(message(case["message"]), **options(case.get("call", {})))
                ended.facts = receipt_facts(result)
            elif "do" in case:
                op = case["do"]["op"]
                if op == "list_messages":
                    for record in client.list_messages(**arguments(case)):
                        ended.got.append(record.message_id)
                    ended.facts = {"ids": ended.got}
                elif op == "list_pages":
                    pages = client.list_messages(**arguments(case)).pages()
                    ended.facts = {"pages": [page_facts(page) for page in pages]}
                else:
                    ended.facts = FACTS[op](getattr(client, op)(**arguments(case)))
        finally:
            ended.spending = client.spending()


def asynchronous(sandbox, case, ended):
    async def main():
        given = {"api_key": sandbox.api_key, "base_url": sandbox.url, **options(case.get("client", {}))}
        async with AsyncClient(**given) as client:
            try:
                if "message" in case:
                    result = await client.send(message(case["message"]), **options(case.get("call", {})))
                    ended.facts = receipt_facts(result)
                elif "do" in case:
                    op = case["do"]["op"]
                    if op == "list_messages":
                        async for record in client.list_messages(**arguments(case)):
                            ended.got.append(record.message_id)
                        ended.facts = {"ids": ended.got}
                    elif op == "list_pages":
                        pages = client.list_messages(**arguments(case)).pages()
                        ended.facts = {"pages": [page_facts(page) async for page in pages]}
                    else:
                        ended.facts = FACTS[op](await getattr(client, op)(**arguments(case)))
            finally:
                ended.spending = await client.spending()

    asyncio.run(main())


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
    return facts_of(reply, "status", "message", "attempts", "data", "headers")


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


def check(facts, expected):
    expected = dict(expected)
    headers = expected.pop("headers", {})
    assert {name: facts["headers"].get(name) for name in headers} == headers
    assert {name: facts[name] for name in expected} == expected


def test_there_are_cases():
    assert len(CASES) > 200


@pytest.mark.parametrize("run", [blocking, asynchronous])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_vector(sandbox, run, case):
    sandbox.reset()
    if "state" in case:
        sandbox.set_state(**case["state"])
    for fault in case.get("faults", []):
        sandbox.push_fault(**fault)
    ended = Ended()
    if "error" in case:
        with pytest.raises(PartnerMessagingError) as raised:
            run(sandbox, case, ended)
        expected = dict(case["error"])
        shown = f"{raised.value} {raised.value!r}"
        for text in expected.pop("text_has", []):
            assert text in shown
        for text in expected.pop("text_lacks", []):
            assert text not in shown
        assert raised.value.elapsed >= 0
        check({**error_facts(raised.value), "got": ended.got}, expected)
    else:
        run(sandbox, case, ended)
        check(ended.facts, case["receipt"] if "receipt" in case else case["result"])
    if "spending" in case:
        assert spending_facts(ended.spending) == case["spending"]
    if "requests" in case:
        check_requests(sandbox.requests, case["requests"])
