"""The sandbox, for your own tests: a real server on this machine that speaks the API.

>>> from partner_messaging import OutcomeUnknownError, Sms
>>> from partner_messaging.testing import Sandbox
>>> with Sandbox() as sandbox, sandbox.client() as client:
...     sandbox.push_fault("close_after_read")
...     try:
...         client.send(Sms(to="+6591234567", content="Hello"))
...     except OutcomeUnknownError as error:
...         print(error.outcome, error.kind, len(sandbox.requests))
unknown closed 1
"""

from __future__ import annotations

import json

from . import Client
from ._native import Sandbox as _Sandbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self

    from ._async import AsyncClient

__all__ = ["Sandbox"]


class Sandbox:
    """A running sandbox. Use it as a context manager, or :meth:`stop` it.

    Args:
        api_key: The key that it accepts.
        state: What is different from its initial state, as :meth:`set_state` takes it.
        balance: The credit balance to begin with, for example ``"100.00"``.
        listen: Where it listens: an address of this machine, ``"127.0.0.1:0"`` (any
            free port) by default.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        balance: str | None = None,
        state: dict[str, Any] | None = None,
        listen: str | None = None,
    ) -> None:
        given = {"api_key": api_key, "listen": listen}
        config: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        config["state"] = dict(state or {})
        if balance is not None:
            config["state"]["balance"] = str(balance)
        self._native = _Sandbox(json.dumps(config))

    @property
    def url(self) -> str:
        """Where it is: the ``base_url`` for a client."""
        return self._native.url

    @property
    def api_key(self) -> str:
        """The key that it accepts."""
        return self._native.api_key

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every request that arrived whole, oldest first: ``method``, ``path``,
        ``headers`` (pairs), ``body``, ``json``, ``http_version``."""
        return self._control("requests")  # type: ignore[no-any-return]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The accepted messages, as the service knows them."""
        return self._control("messages")  # type: ignore[no-any-return]

    @property
    def state(self) -> dict[str, Any]:
        """``organization``, ``app``, ``channels``, ``balance``, ``currency``, ``prices``."""
        return self._control("state")  # type: ignore[no-any-return]

    def set_state(self, **changes: Any) -> None:
        """Changes parts of the state, for example ``balance="0.00"``."""
        self._control("set_state", state=changes)

    def push_fault(self, kind: str, **parameters: Any) -> None:
        """Makes the next request meet this fault; several are met in turn."""
        self._control("push_fault", fault={"kind": kind, **parameters})

    def set_fault(self, kind: str | None, **parameters: Any) -> None:
        """Makes every request meet this fault; ``None`` ends it."""
        self._control("set_fault", fault=None if kind is None else {"kind": kind, **parameters})

    def clear_requests(self) -> None:
        """Forgets the recorded requests."""
        self._control("clear_requests")

    def reset(self) -> None:
        """Puts everything back to how it began."""
        self._control("reset")

    def client(self, **options: Any) -> Client:
        """A client of this sandbox."""
        return Client(**{"api_key": self.api_key, "base_url": self.url, **options})

    def async_client(self, **options: Any) -> AsyncClient:
        """An asyncio client of this sandbox."""
        from ._async import AsyncClient

        return AsyncClient(**{"api_key": self.api_key, "base_url": self.url, **options})

    def stop(self) -> None:
        """Ends it, stalled connections too. Stopping twice is as good as once."""
        self._native.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Sandbox {self.url}>"

    def _control(self, op: str, **arguments: Any) -> Any:
        return json.loads(self._native.control(json.dumps({"op": op, **arguments})))
