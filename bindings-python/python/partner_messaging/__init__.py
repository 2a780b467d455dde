"""Client for the Partner Messaging API: WhatsApp, SMS and email.

A call that sends always says what became of the message: it returns a
:class:`Receipt` (``sent``), or raises an error whose ``outcome`` is
``rejected``, ``not_sent`` or ``unknown``.

>>> from partner_messaging import Sms
>>> from partner_messaging.testing import Sandbox
>>> with Sandbox() as sandbox, sandbox.client() as client:
...     receipt = client.send(Sms(to="+6591234567", content="Hello"))
...     print(receipt.status, receipt.cost, receipt.currency)
SENT 0.05 SGD
"""

from . import _errors
from ._client import Client
from ._errors import *
from ._journal import AsyncJournal, AsyncJournalRecords, Journal, JournalRecords
from ._list import Messages, Pages
from ._native import (
    Balance,
    BatchResult,
    BatchSummary,
    Email,
    Event,
    FallbackReceipt,
    FallbackStep,
    JournalConflict,
    JournalRecord,
    JournalSummary,
    JournalTotal,
    MessageRecord,
    Page,
    Receipt,
    Reply,
    Sms,
    Spending,
    WhatsApp,
    __version__,
)
from ._send_batch import send_batch
from ._send_many import SendMany

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._async import AsyncClient
    from ._async_list import AsyncMessages, AsyncPages
    from ._async_send_many import AsyncSendMany

__all__ = [
    "AsyncClient",
    "AsyncJournal",
    "AsyncJournalRecords",
    "AsyncMessages",
    "AsyncPages",
    "AsyncSendMany",
    "Balance",
    "BatchResult",
    "BatchSummary",
    "Client",
    "Email",
    "Event",
    "FallbackReceipt",
    "FallbackStep",
    "Journal",
    "JournalConflict",
    "JournalRecord",
    "JournalRecords",
    "JournalSummary",
    "JournalTotal",
    "MessageRecord",
    "Messages",
    "Page",
    "Pages",
    "Receipt",
    "Reply",
    "SendMany",
    "Sms",
    "Spending",
    "WhatsApp",
    "__version__",
    "send_batch",
]
__all__ += _errors.__all__


def __getattr__(name: str) -> object:
    # asyncio takes longer to import than all of this package: only who asks for it pays.
    if name not in ("AsyncClient", "AsyncMessages", "AsyncPages", "AsyncSendMany"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._async import AsyncClient
    from ._async_list import AsyncMessages, AsyncPages
    from ._async_send_many import AsyncSendMany

    globals().update(
        AsyncClient=AsyncClient,
        AsyncMessages=AsyncMessages,
        AsyncPages=AsyncPages,
        AsyncSendMany=AsyncSendMany,
    )
    return globals()[name]


def __dir__() -> list[str]:
    return __all__
