"""What tools see of the clients: `inspect`, `help`, and the mocks of users' tests."""

from __future__ import annotations

import asyncio
import inspect
import pydoc
import sys
import types
from typing import Any
from unittest import mock

import pytest

from partner_messaging import AsyncClient, Client, Receipt, Sms
from partner_messaging.testing import Sandbox
from partner_messaging.types import CallOptions, ClientOptions, ListOptions

HELLO = Sms(to="+6591234567", content="Hello")
METHODS = {
    "send": CallOptions,
    "send_with_fallback": CallOptions,
    "get_message": CallOptions,
    "wait_for_status": CallOptions,
    "list_messages": ListOptions,
    "get_balance": CallOptions,
    "request": CallOptions,
}

both = pytest.mark.parametrize("client", [Client, AsyncClient])


def named(function: Any) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    assert not [each for each in parameters if each.kind is each.VAR_KEYWORD]
    return [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]


@both
def test_a_signature_has_every_keyword(client: Any) -> None:
    assert named(client) == list(ClientOptions.__annotations__)
    assert next(iter(inspect.signature(client).parameters)) == "api_key"
    for method, options in METHODS.items():
        expected = list(options.__annotations__)
        assert named(getattr(client, method))[-len(expected) :] == expected
    timeout = inspect.signature(client.send).parameters["timeout"]
    assert (timeout.default, str(timeout.annotation)) == (None, "float | None")
    assert named(client("key").send) == list(CallOptions.__annotations__)
    assert inspect.iscoroutinefunction(client.send) == (client is AsyncClient)


@both
def test_every_public_method_is_looked_at(client: Any) -> None:
    functions = {name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}
    assert functions == {*METHODS, "send_many", "spending", "reset_spending", "close"}


@both
def test_help_has_every_keyword(client: Any) -> None:
    shown = pydoc.plain(pydoc.render_doc(client))
    for option in (*ClientOptions.__annotations__, *ListOptions.__annotations__, "fallback_codes", "idempotent"):
        assert f"{option}: " in shown


@pytest.mark.parametrize("sandboxes", [Sandbox.client, Sandbox.async_client])
def test_the_sandboxs_clients_too(sandboxes: Any) -> None:
    assert named(sandboxes) == list(ClientOptions.__annotations__)


@both
@pytest.mark.parametrize("method", METHODS)
def test_mocks_refuse_what_the_method_does(client: Any, method: str) -> None:
    arguments = {"send": [HELLO], "send_with_fallback": [[HELLO]], "request": ["GET", "/x"]}.get(
        method, [] if method in ("list_messages", "get_balance") else ["msg_1"]
    )
    for double in (mock.create_autospec(client, instance=True), mock.create_autospec(client)("key")):
        result = getattr(double, method)(*arguments, timeout=1)
        if inspect.iscoroutine(result):
            asyncio.run(result)
        with pytest.raises(TypeError, match="bogus"):
            result = getattr(double, method)(*arguments, bogus=1)
            asyncio.run(result)


@both
def test_constructors_of_mocks_refuse_too(client: Any) -> None:
    with pytest.raises(TypeError, match="bogus"):
        mock.create_autospec(client)("key", bogus=1)


@pytest.fixture(params=[Client, AsyncClient])
def app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A user's module with a client of its own."""
    module = types.ModuleType("app")
    module.client = request.param("key")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app", module)
    return module


def awaited(app: Any, result: Any) -> Any:
    """What a call gives, which of an `AsyncClient` has to be awaited, of a double of it, too."""
    assert inspect.iscoroutine(result) == isinstance(app.client, AsyncClient)
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def test_a_method_can_be_replaced(app: Any) -> None:
    receipt = Receipt("msg_1")
    with mock.patch("app.client.send", return_value=receipt) as send:
        assert awaited(app, app.client.send(HELLO)) is receipt
        send.assert_called_once_with(HELLO)
    with mock.patch("app.client.send", autospec=True) as send:
        with pytest.raises(TypeError):
            awaited(app, app.client.send(HELLO, bogus=1))
    name = type(app.client).__name__
    with mock.patch(f"partner_messaging.{name}.send", autospec=True, return_value=receipt) as send:
        assert awaited(app, app.client.send(HELLO, timeout=1)) is receipt
        send.assert_called_once_with(app.client, HELLO, timeout=1)
    with mock.patch("app.client", autospec=True) as client:
        client.send.return_value = receipt
        assert awaited(app, app.client.send(HELLO)) is receipt
    assert "send" not in vars(app.client)
