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
import os
import threading
import weakref

from . import Client
from ._native import Sandbox as _Sandbox
from ._signatures import takes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Literal

    from typing_extensions import Self, Unpack

    from ._async import AsyncClient
    from ._options import ClientOptions

__all__ = ["Sandbox"]


class _OnlyLoopback:
    """Keeps all clients of the process on this machine while a sandbox runs, because tools that
    block the network don't see native clients, and a test would send for money. Whoever has set
    the variable, be it to nothing, has decided.
    """

    _VARIABLE = "PARTNER_MESSAGING_ALLOW"

    def __init__(self) -> None:
        # The collector may end a sandbox while this thread starts one.
        self._lock = threading.RLock()
        self._running = 0
        self._is_set = False

    def begin(self) -> None:
        with self._lock:
            self._running += 1
            if self._VARIABLE not in os.environ:
                os.environ[self._VARIABLE] = "loopback"
                self._is_set = True

    def end(self) -> None:
        with self._lock:
            self._running -= 1
            if self._running == 0 and self._is_set:
                self._is_set = False
                if os.environ.get(self._VARIABLE) == "loopback":
                    del os.environ[self._VARIABLE]


_only_loopback = _OnlyLoopback()


class Sandbox:
    """A running sandbox. Use it as a context manager, or :meth:`stop` it.

    While one runs, a client that would leave this machine is refused with a ``ConfigError``
    (``PARTNER_MESSAGING_ALLOW=loopback``, unless the environment has that variable already).

    Args:
        api_key: The key that it accepts.
        state: What is different from its initial state, as :meth:`set_state` takes it.
        balance: The credit balance to begin with, for example ``"100.00"``.
        listen: Where it listens: an address of this machine, ``"127.0.0.1:0"`` (any
            free port) by default.
        inbox: How the page that shows what it got is shown: ``"open"`` opens it in a
            browser (``BROWSER``, else yours), ``"print"`` writes its address on standard
            error, ``"off"`` does neither; by default as the environment's
            ``PARTNER_MESSAGING_INBOX`` says, else ``"off"``.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        balance: str | None = None,
        state: dict[str, Any] | None = None,
        listen: str | None = None,
        inbox: Literal["print", "open", "off"] | None = None,
    ) -> None:
        options = {"api_key": api_key, "listen": listen, "inbox": inbox}
        config: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        config["state"] = dict(state or {})
        if balance is not None:
            config["state"]["balance"] = str(balance)
        self._native = _Sandbox(json.dumps(config))
        _only_loopback.begin()
        self._free_clients = weakref.finalize(self, _only_loopback.end)

    @property
    def url(self) -> str:
        """Where it is: the ``base_url`` for a client."""
        return self._native.url

    @property
    def inbox_url(self) -> str:
        """The page that shows what it got, live, for a browser: ``webbrowser.open(sandbox.inbox_url)``."""
        return f"{self.url}/"

    @property
    def api_key(self) -> str:
        """The key that it accepts."""
        return self._native.api_key

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every request that arrived whole, oldest first: ``method``, ``path``,
        ``headers`` (pairs), ``body``, ``json``, ``http_version``, ``connection`` (its number, from 1)."""
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
        """Makes the next request meet this fault; several are queued."""
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

    @takes("ClientOptions")
    def client(self, api_key: str | None = None, **options: Unpack[ClientOptions]) -> Client:
        """A client of this sandbox."""
        options.setdefault("base_url", self.url)
        return Client(self.api_key if api_key is None else api_key, **options)

    @takes("ClientOptions")
    def async_client(self, api_key: str | None = None, **options: Unpack[ClientOptions]) -> AsyncClient:
        """An asyncio client of this sandbox."""
        from ._async import AsyncClient

        options.setdefault("base_url", self.url)
        return AsyncClient(self.api_key if api_key is None else api_key, **options)

    def stop(self) -> None:
        """Ends it, stalled connections too. Idempotent."""
        self._free_clients()
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
