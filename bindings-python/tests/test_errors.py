"""The exceptions: one tree for all languages, picklable, without secrets."""

import concurrent.futures
import copy
import json
import pickle
import sys
import traceback

import pytest

import partner_messaging
from partner_messaging import (
    ApiError,
    Client,
    ConfigError,
    InvalidMessageError,
    OutcomeUnknownError,
    PartnerMessagingError,
    RateLimitError,
    Sms,
    TransportError,
    WhatsApp,
    _native,
)

HELLO = Sms(to="+6591234567", content="Hello")
WHATSAPP = WhatsApp(to="+6591234567", from_="+6581234567", template_id="HX1")

TABLE = _native._error_classes()


@pytest.mark.parametrize("name, parent, code", TABLE)
def test_the_tree_is_the_cores(name, parent, code):
    cls = getattr(partner_messaging, name)
    assert name in partner_messaging.__all__
    assert cls.__module__ == "partner_messaging"
    assert cls.__base__ is (Exception if parent is None else getattr(partner_messaging, parent))
    assert cls.__doc__
    if code is not None:
        assert code in cls.__doc__


def test_no_class_is_unknown_to_the_core():
    ours = {
        name
        for name, value in vars(partner_messaging).items()
        if isinstance(value, type) and issubclass(value, PartnerMessagingError)
    }
    assert ours == {name for name, _, _ in TABLE}


@pytest.mark.parametrize("name, parent, code", [row for row in TABLE if row[2]])
def test_each_documented_code_makes_its_class(sandbox, client, name, parent, code):
    sandbox.push_fault("code", code=code)
    with pytest.raises(getattr(partner_messaging, name)) as raised:
        client.send(Sms(to="+6591234567", content="Hello"))
    assert type(raised.value).__name__ == name
    assert (raised.value.code, raised.value.outcome, raised.value.kind) == (code, "rejected", "api")


def test_what_the_caller_got_wrong_is_a_value_error():
    found = {cls for name, _, _ in TABLE if issubclass(cls := getattr(partner_messaging, name), ValueError)}
    assert found == {ConfigError, InvalidMessageError}


def test_errors_can_be_compared():
    def made(**fields):
        return ApiError(**{"message": "refused", "status": 402, "code": "X", **fields})

    assert made() == made() and hash(made()) == hash(made())
    assert len({made(), made()}) == 1
    assert copy.copy(made()) == copy.deepcopy(made()) == pickle.loads(pickle.dumps(made())) == made()
    for fields in ({"message": "other"}, {"status": 400}, {"code": None}, {"attempts": 2}, {"retry_after": 1.0}):
        assert made() != made(**fields)
    assert made() != PartnerMessagingError("refused", status=402, code="X") and made() != "refused"


def test_an_unknown_outcome_is_nothing_that_is_retried():
    assert not issubclass(OutcomeUnknownError, (OSError, TimeoutError, ConnectionError, TransportError, ApiError))


@pytest.mark.parametrize("name", [name for name, _, _ in TABLE])
def test_errors_can_be_made_and_pickled(name):
    cls = getattr(partner_messaging, name)
    error = cls("text", status=402, code="X", attempts=2, elapsed=0.5, retry_after=1.5, body="b", request_id="r", field="f")
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        copy = pickle.loads(pickle.dumps(error, protocol))
        assert type(copy) is cls
        assert vars(copy) == vars(error)
        assert str(copy) == error.message == "text"


class TheirError(ApiError):
    """A user's own, with arguments of its own."""

    def __init__(self, number):
        super().__init__(f"number {number}", status=402)
        self.number = number


def test_copies_keep_all_that_was_added():
    error = TheirError(7)
    error.task = "billing"
    if sys.version_info >= (3, 11):
        error.add_note("while billing")
    for other in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is TheirError and other is not error
        assert vars(other) == vars(error) and (other.number, other.task, other.status) == (7, "billing", 402)
        shown = "".join(traceback.format_exception(other))
        assert "TheirError: number 7" in shown
        assert sys.version_info < (3, 11) or "while billing" in shown


def _fails(url):
    with Client("sandbox-key", base_url=url) as client:
        client.send(Sms(to="+6591234567", content="Hello"))


def test_errors_cross_processes(sandbox):
    import multiprocessing

    sandbox.push_fault("reset")
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(OutcomeUnknownError) as raised:
            pool.submit(_fails, sandbox.url).result()
    assert (raised.value.outcome, raised.value.kind, raised.value.attempts) == ("unknown", "reset", 1)


def test_no_except_clause_for_networks_catches_an_unknown_outcome(sandbox, client):
    sandbox.push_fault("stall")
    with pytest.raises(OutcomeUnknownError) as raised:
        try:
            client.send(Sms(to="+6591234567", content="Hello"), timeout=2)
        except (OSError, TimeoutError, ConnectionError, concurrent.futures.TimeoutError, EOFError, ValueError):
            pytest.fail("caught as what is retried")
    assert raised.value.kind == "timeout"


IMPLIED = {
    "PartnerMessagingError": (None, "internal"),
    "ConfigError": ("not_sent", "config"),
    "InvalidMessageError": ("not_sent", "invalid_message"),
    "TransportError": ("not_sent", "connect"),
    "OutcomeUnknownError": ("unknown", "timeout"),
    "ProtocolError": (None, "malformed"),
    "SpendLimitError": ("not_sent", "spend_limit"),
    "JournalError": ("not_sent", "journal"),
}


@pytest.mark.parametrize("name, parent, code", TABLE)
def test_an_error_made_by_hand_has_what_its_class_implies(name, parent, code):
    error = getattr(partner_messaging, name)("text")
    assert (error.outcome, error.kind) == IMPLIED.get(name, ("rejected", "api"))
    assert error.code == code and error.kind in _native._kinds()
    assert error.status == {"AuthenticationError": 401, "RateLimitError": 429}.get(name)
    assert error.args == ("text",) and error.attempts == 0 and error.trail == ()


def test_what_is_given_by_hand_wins():
    error = RateLimitError("text", status=402, code="SLOW_DOWN", outcome="unknown", kind="server")
    assert (error.status, error.code, error.outcome, error.kind) == (402, "SLOW_DOWN", "unknown", "server")
    with pytest.raises(TypeError, match="unexpected keyword argument 'statu'"):
        RateLimitError("text", statu=402)


def errors(sandbox, client):
    """Errors as calls raise them, of every shape."""
    calls = [
        ("reset", lambda: client.send(HELLO)),
        ("html502", lambda: client.send(HELLO)),
        ("rate_limit", lambda: client.send(HELLO, max_retries=0)),
        ("html502", lambda: client.get_balance(max_retries=0)),
        (None, lambda: client.send({"channel": "SMS"})),
        (None, lambda: client.get_message("")),
        (None, lambda: client.send_with_fallback([WHATSAPP, HELLO])),
    ]
    sandbox.set_state(channels={"WHATSAPP": "not_configured", "SMS": "not_configured"})
    for fault, call in calls:
        if fault:
            sandbox.push_fault(fault, **({"retry_after": "1"} if fault == "rate_limit" else {}))
        with pytest.raises(PartnerMessagingError) as raised:
            call()
        yield raised.value


def test_whoever_copies_an_error_by_its_arguments_gets_the_same(sandbox, client):
    found = list(errors(sandbox, client))
    assert {type(error).__name__ for error in found} >= {"OutcomeUnknownError", "RateLimitError", "ProtocolError", "ConfigError"}
    assert any(error.trail for error in found) and any(error.retry_after is not None for error in found)
    found += [getattr(partner_messaging, name)("text", attempts=3, outcome="unknown") for name, _, _ in TABLE]
    for error in found:
        arguments = json.loads(json.dumps(error.args))
        for other in (type(error)(*error.args), type(error)(*arguments)):
            assert other == error and vars(other) == vars(error) and str(other) == str(error)
        assert str(error) == error.message == error.args[0] and error.message in repr(error)


def test_celerys_json_backend_keeps_an_error(sandbox, client):
    from celery import Celery

    backend = Celery("codes", backend="cache+memory://").backend
    for error in errors(sandbox, client):
        stored = json.loads(json.dumps(backend.prepare_exception(error, "json")))
        restored = backend.exception_to_python(stored)
        assert type(restored) is type(error) and vars(restored) == vars(error)


def test_no_secret_is_shown(sandbox):
    message = Sms(to="+6591234567", content="your code is 987654")
    sandbox.set_fault("respond", status=400, body={"success": False, "error": "bad: your code is 987654 to +6591234567"})
    with Client("the-secret-key", base_url=sandbox.url) as client:
        with pytest.raises(ApiError) as raised:
            client.send(message)
        shown = [repr(client), str(client), str(raised.value), repr(raised.value), raised.value.body, repr(message)]
    shown.append(str(pickle.dumps(raised.value)))
    for text in shown:
        for secret in ("the-secret-key", "987654", "+6591234567", "6591234567"):
            assert secret not in text
