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


def send(sandbox, case):
    client = Client(**{"api_key": sandbox.api_key, "base_url": sandbox.url, **options(case.get("client", {}))})
    with client:
        if "message" in case:
            return client.send(message(case["message"]), **options(case.get("call", {})))


def send_async(sandbox, case):
    async def main():
        given = {"api_key": sandbox.api_key, "base_url": sandbox.url, **options(case.get("client", {}))}
        async with AsyncClient(**given) as client:
            if "message" in case:
                return await client.send(message(case["message"]), **options(case.get("call", {})))

    return asyncio.run(main())


def receipt_facts(receipt):
    facts = receipt.to_dict()
    facts["cost"] = None if receipt.cost is None else str(receipt.cost)
    return facts


def error_facts(error):
    facts = {name: getattr(error, name) for name in ("outcome", "kind", "code", "status", "field", "attempts")}
    facts["class"] = type(error).__name__
    facts["retry_after_ms"] = None if error.retry_after is None else error.retry_after * 1000
    facts["request_id"] = error.request_id
    facts["body"] = error.body
    return facts


def check_requests(recorded, expected):
    assert len(recorded) == len(expected)
    for request, wanted in zip(recorded, expected):
        assert (request["method"], request["path"]) == ("POST", "/partner/message/send")
        assert request["json"] == wanted["json"]
        headers = [tuple(header) for header in request["headers"]]
        for header in wanted["headers"].items():
            assert header in headers


def test_there_are_cases():
    assert len(CASES) > 100


@pytest.mark.parametrize("send", [send, send_async])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_vector(sandbox, send, case):
    sandbox.reset()
    if "state" in case:
        sandbox.set_state(**case["state"])
    for fault in case.get("faults", []):
        sandbox.push_fault(**fault)
    if "receipt" in case:
        expected, facts = case["receipt"], receipt_facts(send(sandbox, case))
    else:
        with pytest.raises(PartnerMessagingError) as raised:
            send(sandbox, case)
        expected, facts = dict(case["error"]), error_facts(raised.value)
        shown = f"{raised.value} {raised.value!r}"
        for text in expected.pop("text_has", []):
            assert text in shown
        for text in expected.pop("text_lacks", []):
            assert text not in shown
        assert raised.value.elapsed >= 0
    assert {name: facts[name] for name in expected} == expected
    if "requests" in case:
        check_requests(sandbox.requests, case["requests"])
