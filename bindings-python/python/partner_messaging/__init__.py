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

from ._errors import (
    ApiError,
    AppInactiveError,
    AppNotFoundError,
    AuthenticationError,
    ChannelConfigNotFoundError,
    ChannelCredentialsNotFoundError,
    ConfigError,
    InsufficientCreditError,
    InvalidMessageError,
    InvalidPaginationError,
    InvalidRequestError,
    MessageNotFoundError,
    OrgInactiveError,
    OrgNotFoundError,
    OutcomeUnknownError,
    PartnerMessagingError,
    ProtocolError,
    RateLimitError,
    TransportError,
    ValidationError,
)
from ._native import (
    Balance,
    Client,
    Email,
    Event,
    FallbackReceipt,
    FallbackStep,
    MessageRecord,
    Messages,
    Page,
    Pages,
    Receipt,
    Reply,
    Sms,
    Spending,
    WhatsApp,
    __version__,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._async import AsyncClient
    from ._async_list import AsyncMessages, AsyncPages

__all__ = [
    "ApiError",
    "AppInactiveError",
    "AppNotFoundError",
    "AsyncClient",
    "AsyncMessages",
    "AsyncPages",
    "AuthenticationError",
    "Balance",
    "ChannelConfigNotFoundError",
    "ChannelCredentialsNotFoundError",
    "Client",
    "ConfigError",
    "Email",
    "Event",
    "FallbackReceipt",
    "FallbackStep",
    "InsufficientCreditError",
    "InvalidMessageError",
    "InvalidPaginationError",
    "InvalidRequestError",
    "MessageNotFoundError",
    "MessageRecord",
    "Messages",
    "OrgInactiveError",
    "OrgNotFoundError",
    "OutcomeUnknownError",
    "Page",
    "Pages",
    "PartnerMessagingError",
    "ProtocolError",
    "RateLimitError",
    "Receipt",
    "Reply",
    "Sms",
    "Spending",
    "TransportError",
    "ValidationError",
    "WhatsApp",
    "__version__",
]


def __getattr__(name: str) -> object:
    # asyncio takes longer to import than all of this package: only who asks for it pays.
    if name not in ("AsyncClient", "AsyncMessages", "AsyncPages"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._async import AsyncClient
    from ._async_list import AsyncMessages, AsyncPages

    globals().update(AsyncClient=AsyncClient, AsyncMessages=AsyncMessages, AsyncPages=AsyncPages)
    return globals()[name]


def __dir__() -> list[str]:
    return __all__
