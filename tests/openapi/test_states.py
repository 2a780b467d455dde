"""Every status that the description names is answered, and as described.

Generated requests find what one state of the sandbox answers; this walks through the
others. The sandbox is a running one, named by the environment.
"""

import os
from pathlib import Path

import pytest
import requests
import schemathesis
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

URL = os.environ["PARTNER_MESSAGING_BASE_URL"]
KEY = {"x-api-key": os.environ["PARTNER_MESSAGING_API_KEY"]}
SCHEMA = schemathesis.openapi.from_path(Path(__file__).parents[2] / "sandbox/openapi.yaml")
CONFORMANCE = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

SMS = {"channel": "SMS", "to": "+1234567890", "content": "Hello from API!"}
SEND = ("/partner/message/send", "POST")
MESSAGE = ("/partner/message/{messageId}", "GET")
MESSAGES = ("/partner/message", "GET")
BALANCE = ("/partner/credit/balance", "GET")


def control(**command):
    answer = requests.post(f"{URL}/sandbox/control", json=command, timeout=300)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(autouse=True)
def reset():
    yield
    control(op="reset")


# Which operation, in what state, how the request differs from a good one, what it comes to.
CASES = [
    (SEND, {}, {}, 200, None),
    (SEND, {}, {"body": []}, 400, "INVALID_REQUEST"),
    (SEND, {}, {"body": {"request": SMS | {"to": "1"}}}, 400, "VALIDATION_ERROR"),
    (SEND, {"channels": {"SMS": None}}, {}, 400, "CHANNEL_CONFIG_NOT_FOUND"),
    (SEND, {"channels": {"SMS": "no_credentials"}}, {}, 400, "CHANNEL_CREDENTIALS_NOT_FOUND"),
    (SEND, {"balance": "0.04"}, {}, 402, "INSUFFICIENT_CREDIT"),
    (SEND, {}, {"body": {"request": SMS | {"content": "x" * 1024 * 1024}}}, 413, None),
    (MESSAGE, {}, {}, 200, None),
    (MESSAGE, {"delivery": {"after_ms": 0, "status": "FAILED"}}, {}, 200, None),
    (MESSAGE, {}, {"path_parameters": {"messageId": "msg_0"}}, 404, "MESSAGE_NOT_FOUND"),
    (MESSAGES, {}, {}, 200, None),
    (MESSAGES, {}, {"query": {"limit": 101}}, 400, "INVALID_PAGINATION"),
    (MESSAGES, {}, {"query": {"since": "soon"}}, 400, "VALIDATION_ERROR"),
    (BALANCE, {}, {}, 200, None),
    (BALANCE, {"balance": "-0.10"}, {}, 200, None),
]
for operation in [SEND, MESSAGE, MESSAGES, BALANCE]:
    CASES += [
        (operation, {}, {"headers": {"x-api-key": "other"}}, 401, "UNAUTHORIZED"),
        (operation, {"organization": "inactive"}, {}, 403, "ORG_INACTIVE"),
        (operation, {"app": "inactive"}, {}, 403, "APP_INACTIVE"),
        (operation, {"organization": "missing"}, {}, 404, "ORG_NOT_FOUND"),
        (operation, {"app": "missing"}, {}, 404, "APP_NOT_FOUND"),
        (operation, {}, {"method": "PUT"}, 405, None),
    ]

NAMES = [f"{' '.join(operation)} {code or status}" for operation, _, _, status, code in CASES]


@pytest.mark.parametrize(("operation", "state", "change", "status", "code"), CASES, ids=NAMES)
def test_an_answer_is_as_described(operation, state, change, status, code):
    path, method = operation
    control(op="set_state", state={"delivery": state.get("delivery")})
    message = send_one()
    control(op="set_state", state=state)
    request = {"headers": KEY}
    if operation is SEND:
        request |= {"body": {"request": SMS}, "media_type": "application/json"}
    if operation is MESSAGE:
        request |= {"path_parameters": {"messageId": message}}
    request |= change
    sent_method = request.pop("method", method)
    case = SCHEMA[path][method].Case(**request)
    answer = requests.request(
        sent_method,
        URL + case.formatted_path,
        headers=case.headers,
        params=case.query,
        json=request.get("body"),
        timeout=300,
    )
    assert answer.status_code == status, answer.text
    case.validate_response(answer, checks=CONFORMANCE)
    if code is not None:
        assert answer.json()["code"] == code


def send_one():
    answer = requests.post(URL + SEND[0], headers=KEY, json={"request": SMS}, timeout=300)
    return answer.json()["data"]["messageId"]


def test_every_described_status_is_among_the_cases():
    described = {
        ((path, method.upper()), int(status))
        for path, methods in SCHEMA.raw_schema["paths"].items()
        for method, operation in methods.items()
        for status in operation["responses"]
    }
    assert described == {(operation, status) for operation, _, _, status, _ in CASES}


def test_every_operation_says_where_it_comes_from():
    said = {
        operation["operationId"]: operation["x-source"]
        for methods in SCHEMA.raw_schema["paths"].values()
        for operation in methods.values()
    }
    assumption = dict.fromkeys(["getMessage", "listMessages", "getBalance"], "assumption")
    assert said == {"sendMessage": "documented"} | assumption
