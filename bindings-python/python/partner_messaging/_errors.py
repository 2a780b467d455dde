"""The exceptions. Which answer of the service makes which is decided in the core."""

from __future__ import annotations

from ._native import FallbackStep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar

    from typing_extensions import Unpack

    from ._options import ErrorFields


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

    _implied: ClassVar[dict[str, Any]] = {}

    def __init__(
        self, message: str = "", _fields: Mapping[str, Any] | None = None, **fields: Unpack[ErrorFields]
    ) -> None:
        for name in fields:
            if name not in _DEFAULTS:
                raise TypeError(f"{type(self).__name__}() got an unexpected keyword argument {name!r}")
        implied = _DEFAULTS | self._implied
        # `None` by keyword is the class's own; what is copied is meant as it is.
        given: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        given.update(_fields or {})
        given["trail"] = tuple(_step(step) for step in given.get("trail", ()))
        self.message = message
        self.__dict__.update(implied | given)
        # Whoever copies an exception by its arguments, as results in JSON do, gets all of it.
        changed = {name: _plain(value) for name, value in given.items() if value != implied.get(name)}
        super().__init__(message, *([changed] if changed else []))

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __repr__(self) -> str:
        changed = {} if len(self.args) < 2 else self.args[1]
        shown = [f", {name}={value!r}" for name, value in changed.items() if name != "body"]
        return f"{type(self).__qualname__}({str(self)!r}{''.join(shown)})"

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


_DEFAULTS: dict[str, Any] = {
    "outcome": None,
    "kind": "internal",
    "attempts": 0,
    "elapsed": 0.0,
    "status": None,
    "code": None,
    "request_id": None,
    "retry_after": None,
    "body": None,
    "field": None,
    "trail": (),
}


def _step(step: Any) -> FallbackStep:
    return step if isinstance(step, FallbackStep) else FallbackStep(**step)


def _plain(value: Any) -> Any:
    """A field's value as JSON takes it."""
    return [step.to_dict() for step in value] if isinstance(value, tuple) else value


def _restore(cls: type[PartnerMessagingError], args: tuple[Any, ...]) -> PartnerMessagingError:
    return cls.__new__(cls, *args)


# An OutcomeUnknownError is deliberately neither a timeout nor a connection error: what retries
# those must not retry it.

# The classes: GENERATED from the core's table by `cargo xtask generate`; change that.


class ConfigError(PartnerMessagingError, ValueError):
    """An option can't be used; ``field`` names it. Nothing was sent."""

    _implied = PartnerMessagingError._implied | {"kind": "config", "outcome": "not_sent"}


class InvalidMessageError(PartnerMessagingError, ValueError):
    """The message is refused before any I/O; ``field`` names what is wrong with it. Nothing was
    sent.
    """

    _implied = PartnerMessagingError._implied | {"kind": "invalid_message", "outcome": "not_sent"}


class TransportError(PartnerMessagingError):
    """Nothing was sent, because the network or the time did not allow it."""

    _implied = PartnerMessagingError._implied | {"kind": "connect", "outcome": "not_sent"}


class SpendLimitError(PartnerMessagingError):
    """A spend limit would be passed, so nothing was sent."""

    _implied = PartnerMessagingError._implied | {"kind": "spend_limit", "outcome": "not_sent"}


class JournalError(PartnerMessagingError):
    """The journal could not be opened, read or written, so nothing was sent."""

    _implied = PartnerMessagingError._implied | {"kind": "journal", "outcome": "not_sent"}


class ApiError(PartnerMessagingError):
    """The service refused; ``code`` is its own word for why, if it gave one."""

    _implied = PartnerMessagingError._implied | {"kind": "api", "outcome": "rejected"}


class OutcomeUnknownError(PartnerMessagingError):
    """The answer to a send never came or could not be read: the message may have been accepted, and
    may not. Find out before sending it again, or it may go out twice.
    """

    _implied = PartnerMessagingError._implied | {"kind": "timeout", "outcome": "unknown"}


class ProtocolError(PartnerMessagingError):
    """The answer to a read is not the documented envelope."""

    _implied = PartnerMessagingError._implied | {"kind": "malformed"}


class InvalidRequestError(ApiError):
    """``INVALID_REQUEST``: the request's structure is invalid."""

    _implied = ApiError._implied | {"code": "INVALID_REQUEST"}


class ValidationError(ApiError):
    """``VALIDATION_ERROR``: the request's validation failed."""

    _implied = ApiError._implied | {"code": "VALIDATION_ERROR"}


class OrgNotFoundError(ApiError):
    """``ORG_NOT_FOUND``: the organisation was not found."""

    _implied = ApiError._implied | {"code": "ORG_NOT_FOUND"}


class OrgInactiveError(ApiError):
    """``ORG_INACTIVE``: the organisation is not active."""

    _implied = ApiError._implied | {"code": "ORG_INACTIVE"}


class AppNotFoundError(ApiError):
    """``APP_NOT_FOUND``: the app was not found."""

    _implied = ApiError._implied | {"code": "APP_NOT_FOUND"}


class AppInactiveError(ApiError):
    """``APP_INACTIVE``: the app is not active."""

    _implied = ApiError._implied | {"code": "APP_INACTIVE"}


class InsufficientCreditError(ApiError):
    """``INSUFFICIENT_CREDIT``: the credit does not cover the message."""

    _implied = ApiError._implied | {"code": "INSUFFICIENT_CREDIT"}


class ChannelConfigNotFoundError(ApiError):
    """``CHANNEL_CONFIG_NOT_FOUND``: the channel is not configured."""

    _implied = ApiError._implied | {"code": "CHANNEL_CONFIG_NOT_FOUND"}


class ChannelCredentialsNotFoundError(ApiError):
    """``CHANNEL_CREDENTIALS_NOT_FOUND``: the channel has no credentials."""

    _implied = ApiError._implied | {"code": "CHANNEL_CREDENTIALS_NOT_FOUND"}


class MessageNotFoundError(ApiError):
    """``MESSAGE_NOT_FOUND``: the message was not found, or is another's."""

    _implied = ApiError._implied | {"code": "MESSAGE_NOT_FOUND"}


class InvalidPaginationError(ApiError):
    """``INVALID_PAGINATION``: the page or the limit is invalid."""

    _implied = ApiError._implied | {"code": "INVALID_PAGINATION"}


class AuthenticationError(ApiError):
    """Status 401 or 403 where no code says more: check the API key."""

    _implied = ApiError._implied | {"status": 401}


class RateLimitError(ApiError):
    """Status 429 where no code says more; ``retry_after`` says how long to wait, if the service
    did.
    """

    _implied = ApiError._implied | {"status": 429}


__all__ = [
    "ApiError",
    "AppInactiveError",
    "AppNotFoundError",
    "AuthenticationError",
    "ChannelConfigNotFoundError",
    "ChannelCredentialsNotFoundError",
    "ConfigError",
    "InsufficientCreditError",
    "InvalidMessageError",
    "InvalidPaginationError",
    "InvalidRequestError",
    "JournalError",
    "MessageNotFoundError",
    "OrgInactiveError",
    "OrgNotFoundError",
    "OutcomeUnknownError",
    "PartnerMessagingError",
    "ProtocolError",
    "RateLimitError",
    "SpendLimitError",
    "TransportError",
    "ValidationError",
]

# End of the classes.

for _class in list(globals().values()):
    if isinstance(_class, type) and issubclass(_class, PartnerMessagingError):
        # Tracebacks and pickles name the public package, not this module.
        _class.__module__ = "partner_messaging"
