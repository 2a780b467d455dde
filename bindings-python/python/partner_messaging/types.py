"""Names for annotations. Importing this module imports `typing`; the package itself does not.

>>> from partner_messaging.types import Message, SmsDict
>>> reminder: SmsDict = {"channel": "SMS", "to": "+6591234567", "content": "Hello"}
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, TypedDict

from ._native import BatchSummary, Email, Sms, WhatsApp
from ._options import CallOptions, ClientOptions, ListOptions, OnEvent

__all__ = [
    "BatchItem",
    "CallOptions",
    "ClientOptions",
    "EmailDict",
    "ListOptions",
    "Message",
    "OnEvent",
    "OnProgress",
    "Outcome",
    "SentRow",
    "SmsDict",
    "WhatsAppDict",
]


# By call, because `from` is no name in a class's body.
_WhatsAppRequired = TypedDict(
    "_WhatsAppRequired", {"channel": Literal["WHATSAPP"], "to": str, "from": str, "templateId": str}
)


class WhatsAppDict(_WhatsAppRequired, total=False):
    """A WhatsApp message in wire form."""

    templateVariables: dict[str, str]


class _SmsRequired(TypedDict):
    channel: Literal["SMS"]
    to: str


class SmsDict(_SmsRequired, total=False):
    """An SMS in wire form: ``content``, or ``senderId`` and ``templateId``."""

    content: str
    senderId: str
    templateId: str
    templateVariables: dict[str, str]


class EmailDict(TypedDict):
    """An email in wire form."""

    channel: Literal["EMAIL"]
    to: str
    subject: str
    htmlContent: str


Message: TypeAlias = WhatsApp | Sms | Email | WhatsAppDict | SmsDict | EmailDict | Mapping[str, Any]
"""What ``send`` takes; a mapping is the wire form of any channel, with any field."""

BatchItem: TypeAlias = Message | tuple[str | None, Message]
"""What ``send_many`` takes: a message, or a pair of its key and it."""

OnProgress: TypeAlias = Callable[[BatchSummary], object]
"""What the ``on_progress`` of ``send_many`` is."""

Outcome: TypeAlias = Literal["sent", "rejected", "not_sent", "unknown"]
"""What became of a message."""


class SentRow(TypedDict):
    """What ``send_batch`` says of a row."""

    key: str
    """The row's key in the journal."""
    outcome: Outcome
    """What became of its message."""
    message_id: str | None
    """The service's id of it, if it was sent."""
    error: str | None
    """The name of the error's class, if it was not."""
    kind: str | None
    """The error's stable word for what went wrong."""
