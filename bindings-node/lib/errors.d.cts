import type { FallbackStep } from "./facts.cjs";

/** What became of the message that a call was to send. */
export type Outcome = "sent" | "rejected" | "not_sent" | "unknown";

/** The stable word for what went wrong, the same in every language. */
export type Kind =
  | "config"
  | "invalid_message"
  | "dns"
  | "connect"
  | "tls"
  | "proxy"
  | "timeout"
  | "cancelled"
  | "closed"
  | "reset"
  | "refused"
  | "malformed"
  | "too_large"
  | "redirect"
  | "server"
  | "api"
  | "forked"
  | "internal";

/** The facts of an error; for tests that make errors of their own. */
export interface ErrorFacts {
  outcome?: Exclude<Outcome, "sent"> | null;
  kind?: Kind | null;
  attempts?: number;
  elapsed?: number;
  status?: number | null;
  code?: string | null;
  requestId?: string | null;
  retryAfter?: number | null;
  body?: string | null;
  field?: string | null;
  trail?: readonly FallbackStep[];
  cause?: unknown;
}

/**
 * Base of all errors of this package. Its text says what happened, what that
 * means for the message, and what to do. What is absent is `null`.
 *
 * No error holds the API key, a message's text or a whole recipient.
 *
 * @example
 * ```ts
 * import { Client, PartnerMessagingError } from "partner-messaging";
 *
 * const client = new Client();
 * try {
 *   await client.send({ channel: "SMS", to: "+6591234567", content: "Hello" });
 * } catch (error) {
 *   if (!(error instanceof PartnerMessagingError)) throw error;
 *   if (error.outcome === "unknown") console.error("may have been sent", error.message);
 *   else console.error("not accepted", error.message);
 * }
 * ```
 */
export class PartnerMessagingError extends Error {
  /** Errors are made by the client; this is for your tests. */
  constructor(message: string, facts?: ErrorFacts);
  /** What became of the message; `null` when none was at stake. */
  readonly outcome: Exclude<Outcome, "sent"> | null;
  /** The stable word for what went wrong. */
  readonly kind: Kind | null;
  /** How many requests were begun, the failed one included; 0 when the call was refused before any I/O. */
  readonly attempts: number;
  /** Milliseconds from the start of the call to its end. */
  readonly elapsed: number;
  /** The HTTP status of the answer. */
  readonly status: number | null;
  /**
   * The service's own code, for example `INSUFFICIENT_CREDIT`; `null` unless it
   * answered with one. A {@link ConfigError} has Node's: `ERR_INVALID_ARG_VALUE`.
   */
  readonly code: string | null;
  /** The id that the service gave the request, if it gave one. */
  readonly requestId: string | null;
  /** How many milliseconds the service asked to wait. */
  readonly retryAfter: number | null;
  /**
   * The beginning of the answer's body, escaped, without the key and the message's
   * own texts. Not enumerable: it appears in no log unless you put it there.
   */
  readonly body: string | null;
  /** The option (`apiKey`) or the message's field (`templateId`) at fault. */
  readonly field: string | null;
  /** What became of each message of a `Client.sendWithFallback` that was tried, in order; empty for other calls. */
  readonly trail: readonly FallbackStep[];
  /**
   * What may go into a log, and to another thread, where an error loses its class
   * and its fields: neither `body` nor `cause`.
   */
  toJSON(): Record<string, string | number | null | readonly FallbackStep[]>;
}

/**
 * An option of the client or of the call can't be used; `field` names it.
 * Thrown by `new Client()`, and by `send` for the options of the call.
 *
 * What is a `TypeError` or a `RangeError` elsewhere in Node is this class here,
 * so that one `instanceof` finds all errors of this package; its `code` is
 * Node's own for such an argument, `ERR_INVALID_ARG_VALUE`.
 *
 * @example
 * ```ts
 * import { Client, ConfigError } from "partner-messaging";
 *
 * try {
 *   new Client({ apiKey: "your_api_key_here", timeout: 0 });
 * } catch (error) {
 *   if (error instanceof ConfigError) console.error(error.field); // "timeout"
 * }
 * ```
 */
export class ConfigError extends PartnerMessagingError {}
/** The message is refused before any I/O; `field` names what is wrong with it. */
export class InvalidMessageError extends PartnerMessagingError {}
/** Nothing was sent, because the network did not allow it or the call was given up in time. */
export class TransportError extends PartnerMessagingError {}
/** The service refused the message; `code` is its own word for why. */
export class ApiError extends PartnerMessagingError {}
/**
 * The message may have been sent and may not. Find out before sending it again:
 * never retry on this error, or it may go out twice.
 */
export class OutcomeUnknownError extends PartnerMessagingError {}
/** The answer to a read is not the documented envelope. */
export class ProtocolError extends PartnerMessagingError {}

/** `INVALID_REQUEST`: the request's structure is invalid. */
export class InvalidRequestError extends ApiError {}
/** `VALIDATION_ERROR`: the request's validation failed. */
export class ValidationError extends ApiError {}
/** `ORG_NOT_FOUND`: the organisation was not found. */
export class OrgNotFoundError extends ApiError {}
/** `ORG_INACTIVE`: the organisation is not active. */
export class OrgInactiveError extends ApiError {}
/** `APP_NOT_FOUND`: the app was not found. */
export class AppNotFoundError extends ApiError {}
/** `APP_INACTIVE`: the app is not active. */
export class AppInactiveError extends ApiError {}
/** `INSUFFICIENT_CREDIT`: the credit does not cover the message. */
export class InsufficientCreditError extends ApiError {}
/** `CHANNEL_CONFIG_NOT_FOUND`: the channel is not configured. */
export class ChannelConfigNotFoundError extends ApiError {}
/** `CHANNEL_CREDENTIALS_NOT_FOUND`: the channel has no credentials. */
export class ChannelCredentialsNotFoundError extends ApiError {}
/** `MESSAGE_NOT_FOUND`: the message was not found, or is another's. */
export class MessageNotFoundError extends ApiError {}
/** `INVALID_PAGINATION`: the page or the limit is invalid. */
export class InvalidPaginationError extends ApiError {}
/** Status 401 or 403 where no code says more: check the API key. */
export class AuthenticationError extends ApiError {}
/** Status 429 where no code says more; `retryAfter` says how long to wait, if the service did. */
export class RateLimitError extends ApiError {}
