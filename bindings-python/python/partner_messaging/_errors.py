"""The exceptions. Which answer of the service makes which is decided in the core."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from ._native import FallbackStep


class PartnerMessagingError(Exception):
    """Base of all errors of this package.

    ``str(error)`` says what happened, what that means for the message, and
    what to do. No error holds the key, a message's text or a whole recipient.
    You can make one for your own tests; its fields are keywords.

    >>> TransportError("no network", kind="dns").outcome
    'not_sent'
    """

    message: str
    """What ``str(error)`` gives."""
    outcome: str | None
    """What became of the message: ``rejected``, ``not_sent`` or ``unknown``; ``None`` when none was at stake."""
    kind: str
    """The stable word for what went wrong, for example ``timeout``."""
    attempts: int
    """How many requests were begun for the call."""
    elapsed: float
    """Seconds from the start of the call to its end."""
    status: int | None
    """The HTTP status of the answer, if there was one."""
    code: str | None
    """The service's own code, for example ``INSUFFICIENT_CREDIT``."""
    request_id: str | None
    """The id that the service gave the request."""
    retry_after: float | None
    """Seconds that the service asked to wait."""
    body: str | None
    """The beginning of the answer, escaped, without the message's texts."""
    field: str | None
    """The option or the message's field at fault."""
    trail: tuple[FallbackStep, ...]
    """What became of each message of a ``send_with_fallback``, in order; empty for other calls."""

    _outcome: ClassVar[str | None] = None
    _kind: ClassVar[str] = "internal"

    def __init__(
        self,
        message: str = "",
        *,
        outcome: str | None = None,
        kind: str | None = None,
        attempts: int = 0,
        elapsed: float = 0.0,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        body: str | None = None,
        field: str | None = None,
        trail: tuple[FallbackStep, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.outcome = self._outcome if outcome is None else outcome
        self.kind = self._kind if kind is None else kind
        self.attempts = attempts
        self.elapsed = elapsed
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.body = body
        self.field = field
        self.trail = trail

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.args == other.args and vars(self) == vars(other)

    def __hash__(self) -> int:
        # Attributes may change, and need not be hashable.
        return hash((type(self), str(self)))

    def __reduce__(self) -> tuple[Any, ...]:
        # The attributes, notes among them, follow as they are: no constructor runs.
        return (_restore, (type(self), self.args), vars(self))


def _restore(cls: type[PartnerMessagingError], args: tuple[Any, ...]) -> PartnerMessagingError:
    return cls.__new__(cls, *args)


class ConfigError(PartnerMessagingError, ValueError):
    """An option is unusable; ``field`` names it. Nothing was sent."""

    _outcome = "not_sent"
    _kind = "config"


class InvalidMessageError(PartnerMessagingError, ValueError):
    """The message was refused before any I/O; ``field`` names the field by its name on the wire."""

    _outcome = "not_sent"
    _kind = "invalid_message"


class TransportError(PartnerMessagingError):
    """Nothing was sent, because the network did not allow it. It is safe to send the message again."""

    _outcome = "not_sent"
    _kind = "connect"


class OutcomeUnknownError(PartnerMessagingError):
    """The message may have been accepted, and may not. Find out before sending it again.

    Deliberately neither a timeout nor a connection error: what retries those must not retry this.
    """

    _outcome = "unknown"
    _kind = "timeout"


class ProtocolError(PartnerMessagingError):
    """The answer to a read is not the documented envelope."""

    _kind = "malformed"


class ApiError(PartnerMessagingError):
    """The service refused; ``code`` and ``status`` say more."""

    _outcome = "rejected"
    _kind = "api"


class InvalidRequestError(ApiError):
    """``INVALID_REQUEST``: the request's structure is invalid."""


class ValidationError(ApiError):
    """``VALIDATION_ERROR``: the request's validation failed."""


class OrgNotFoundError(ApiError):
    """``ORG_NOT_FOUND``: the organisation was not found."""


class OrgInactiveError(ApiError):
    """``ORG_INACTIVE``: the organisation is not active."""


class AppNotFoundError(ApiError):
    """``APP_NOT_FOUND``: the app was not found."""


class AppInactiveError(ApiError):
    """``APP_INACTIVE``: the app is not active."""


class InsufficientCreditError(ApiError):
    """``INSUFFICIENT_CREDIT``: the credit does not cover the message."""


class ChannelConfigNotFoundError(ApiError):
    """``CHANNEL_CONFIG_NOT_FOUND``: the channel is not configured."""


class ChannelCredentialsNotFoundError(ApiError):
    """``CHANNEL_CREDENTIALS_NOT_FOUND``: the channel has no credentials."""


class MessageNotFoundError(ApiError):
    """``MESSAGE_NOT_FOUND``: the message was not found, or is another's."""


class InvalidPaginationError(ApiError):
    """``INVALID_PAGINATION``: the page or the limit is invalid."""


class AuthenticationError(ApiError):
    """Status 401 or 403 where no code says more: check the key."""


class RateLimitError(ApiError):
    """Status 429 where no code says more; ``retry_after`` has the pause that was asked for."""


for _class in list(globals().values()):
    if isinstance(_class, type) and issubclass(_class, PartnerMessagingError):
        # Tracebacks and pickles name the public package, not this module.
        _class.__module__ = "partner_messaging"
