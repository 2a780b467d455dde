// GENERATED from the core's public types by `cargo xtask generate`: change those.
import type { Endpoints, Query } from "./client.cjs";
import { PartnerMessagingError } from "./errors.cjs";
import type { Journal } from "./journal.cjs";
import type { MessageRecord, Receipt } from "./results.cjs";

/** What became of a message. */
export type Outcome =
  | "sent"
  | "rejected"
  | "not_sent"
  | "unknown";

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
  | "internal"
  | "spend_limit"
  | "journal"
  | "in_progress"
  | "interrupted";

/** What became of one message of a `Client.sendWithFallback`. Frozen; what is absent is `null`. */
export interface FallbackStep {
  /** The message's channel. */
  readonly channel: string;
  /** What became of it. */
  readonly outcome: Outcome | null;
  /** What went wrong, unless it was sent. */
  readonly kind: Kind | null;
  /** The HTTP status of the answer, if it failed and there was one. */
  readonly status: number | null;
  /** The service's code, if it refused. */
  readonly code: string | null;
  /** The message's id, if it was sent. */
  readonly messageId: string | null;
  /** How many requests it took. */
  readonly attempts: number;
}

/**
 * The service's word that it accepted a message: its outcome is always `sent`.
 *
 * All but `messageId` and `raw` may be absent; their absence does not change the outcome. Frozen;
 * what is absent is `null`.
 */
export interface ReceiptFields {
  /** The service's id of the message. */
  readonly messageId: string;
  /** The recipient, as the service gave it back. */
  readonly recipient: string | null;
  /** The channel, as the service gave it back. */
  readonly channel: string | null;
  /** The message's status, for example `SENT`; an open set. */
  readonly status: string | null;
  /**
   * What the message costs, exactly as the service wrote it. Exact decimal text, for example
   * `0.12`.
   */
  readonly cost: string | null;
  /** The currency of `cost`, for example `SGD`. */
  readonly currency: string | null;
  /** The envelope's own message, for example `Message sent successfully.` */
  readonly message: string | null;
  /**
   * Whether the journal answered: the message was accepted before, and this call sent nothing. Then
   * there are `messageId`, `channel`, `cost` and `currency`, and no more.
   */
  readonly replayed: boolean;
  /**
   * How many requests it took: 1 unless earlier ones provably sent nothing or were refused; 0 where
   * the journal answered.
   */
  readonly attempts: number;
  /** The time from the start of the call to the receipt, in milliseconds. */
  readonly elapsed: number;
  /**
   * The envelope's whole `data` object: JSON, as the service wrote it. Its numbers are
   * JavaScript's.
   */
  readonly raw: Readonly<Record<string, any>>;
}

/**
 * The receipt of a message that was accepted by way of `Client.sendWithFallback`. Frozen; what is
 * absent is `null`.
 */
export interface FallbackReceipt {
  /** The accepted message's receipt. */
  readonly receipt: Receipt;
  /** What became of each message that was tried, in order; the last was sent. */
  readonly trail: readonly FallbackStep[];
}

/**
 * A message as the service has it now.
 *
 * Reading messages is not in the published document: that a record has the members of a receipt,
 * and the names of its timestamps, are assumptions. All but `messageId` and `raw` may be absent.
 * Frozen; what is absent is `null`.
 */
export interface MessageRecordFields {
  /** The service's id of the message. */
  readonly messageId: string;
  /** The recipient. */
  readonly recipient: string | null;
  /** The channel. */
  readonly channel: string | null;
  /** The status, for example `SENT` or `DELIVERED`; an open set. */
  readonly status: string | null;
  /**
   * What the message costs, exactly as the service wrote it. Exact decimal text, for example
   * `0.12`.
   */
  readonly cost: string | null;
  /** The currency of `cost`. */
  readonly currency: string | null;
  /** When the service took the message, as it wrote it (`createdAt`). */
  readonly createdAt: string | null;
  /** When the status last changed, as the service wrote it (`updatedAt`). */
  readonly updatedAt: string | null;
  /** The whole record: JSON, as the service wrote it. Its numbers are JavaScript's. */
  readonly raw: Readonly<Record<string, any>>;
}

/**
 * One page of a list of messages.
 *
 * The list's form is not in the published document. What is read: the list is the envelope's `data`
 * itself, or the member `messages` of it, or its only member that is a list; the totals are members
 * of `data` or of its member `pagination`. Frozen; what is absent is `null`.
 */
export interface PageFields {
  /** The messages, in the service's order. */
  readonly messages: readonly MessageRecord[];
  /** The page's number, from 1, as it was asked for. */
  readonly page: number;
  /** How many messages a page has, if the service says so. */
  readonly limit: number | null;
  /** How many messages there are in all, if the service says so. */
  readonly total: number | null;
  /** How many pages there are in all, if the service says so. */
  readonly totalPages: number | null;
  /** Whether there are more pages, if the service says so. */
  readonly hasMore: boolean | null;
  /** The envelope's whole `data`: JSON, as the service wrote it. Its numbers are JavaScript's. */
  readonly raw: any;
}

/**
 * The credit that is left.
 *
 * Asking for it is not in the published document: that the answer's `data` has `balance` (or
 * `amount`) and `currency` is an assumption. Frozen; what is absent is `null`.
 */
export interface Balance {
  /** The amount, exactly as the service wrote it. Exact decimal text, for example `0.12`. */
  readonly amount: string;
  /** Its currency, for example `SGD`. */
  readonly currency: string | null;
  /**
   * The envelope's whole `data` object: JSON, as the service wrote it. Its numbers are
   * JavaScript's.
   */
  readonly raw: Readonly<Record<string, any>>;
}

/** What the messages of one channel cost, in one currency. Frozen; what is absent is `null`. */
export interface Spending {
  /** The channel, as the receipts say, else as the messages said. */
  readonly channel: string;
  /** The currency, if the receipts say. */
  readonly currency: string | null;
  /** The sum of the costs, exact. Exact decimal text, for example `0.12`. */
  readonly cost: string;
  /** How many messages were sent. */
  readonly messages: number;
  /** How many of them have no cost on their receipt, so that `cost` is without theirs. */
  readonly unpriced: number;
}

/** The service's answer to a `Request`: a success envelope. Frozen; what is absent is `null`. */
export interface Reply<Data = any> {
  /** The HTTP status, 200 to 299. */
  readonly status: number;
  /** The envelope's own message. */
  readonly message: string | null;
  /** The answer's headers: names in lower case and values. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Whether the journal answered: the request was carried out before, and this call made none. Then
   * there is nothing of the answer: no data, no headers, status 200.
   */
  readonly replayed: boolean;
  /** How many requests it took; 0 where the journal answered. */
  readonly attempts: number;
  /** The time from the start of the call to the answer, in milliseconds. */
  readonly elapsed: number;
  /** The envelope's `data`: JSON, as the service wrote it. Its numbers are JavaScript's. */
  readonly data: Data;
}

/**
 * What a call told of a key after the record had said something else: a person resolved it wrongly,
 * or the service gave one message id twice. Frozen; what is absent is `null`.
 */
export interface JournalConflict {
  /** What became of the message according to the call. */
  readonly outcome: Outcome;
  /** The service's id of the message, if it accepted one. */
  readonly messageId: string | null;
  /** When the call told it: RFC 3339, UTC, to the millisecond. */
  readonly at: string;
}

/**
 * What a journal has under one key: what became of its message. It holds neither the message's text
 * nor its recipient. Frozen; what is absent is `null`.
 */
export interface JournalRecord {
  /** The key, as the caller gave it. */
  readonly key: string;
  /** What became of the message; absent while its call is in progress. */
  readonly outcome: Outcome | null;
  /** Whether a person said so, or a look at the service's list: the call itself did not. */
  readonly resolved: boolean;
  /** The channel: of the accepted message, else of the one that was to be sent. */
  readonly channel: string | null;
  /** Why the call failed, if it did. */
  readonly kind: Kind | null;
  /** The service's own code, if it refused with one. */
  readonly code: string | null;
  /** The service's id of the accepted message. */
  readonly messageId: string | null;
  /** What the message cost, exact. Exact decimal text, for example `0.12`. */
  readonly cost: string | null;
  /** The currency of `cost`. */
  readonly currency: string | null;
  /** When the key was claimed for the call: RFC 3339, UTC, to the millisecond. */
  readonly claimedAt: string;
  /** After this moment nothing of the call leaves its process any more. */
  readonly deadline: string;
  /** When the outcome was recorded or resolved. */
  readonly endedAt: string | null;
  /** The id of the claim: each call that claims the key has another. */
  readonly claimId: string;
  /** What contradicts the record, if anything does. */
  readonly conflict: JournalConflict | null;
}

/**
 * The part of a `JournalSummary` with one outcome, channel and currency. Frozen; what is absent is
 * `null`.
 */
export interface JournalTotal {
  /** What became of these messages; absent while their calls are in progress. */
  readonly outcome: Outcome | null;
  /** Their channel. */
  readonly channel: string;
  /** The currency of their costs, if the receipts say. */
  readonly currency: string | null;
  /** How many there are. */
  readonly messages: number;
  /** The sum of their costs, exact. Exact decimal text, for example `0.12`. */
  readonly cost: string;
  /** How many accepted ones have no cost, so that `cost` is without theirs. */
  readonly unpriced: number;
}

/**
 * Counts and costs of all that a journal has ever recorded; what was purged is in them. Frozen;
 * what is absent is `null`.
 */
export interface JournalSummary {
  /** How many messages the service accepted. */
  readonly sent: number;
  /** How many it refused. */
  readonly rejected: number;
  /** How many provably did not leave. */
  readonly notSent: number;
  /** How many may have been accepted. */
  readonly unknown: number;
  /** How many calls are in progress. */
  readonly inProgress: number;
  /** How many records have a conflict. */
  readonly conflicts: number;
  /** The same by outcome, channel and currency, in that order. */
  readonly totals: readonly JournalTotal[];
}

/**
 * Why a call failed, and what that means for the message.
 *
 * An error says three things in one sentence each: what happened, what that means for the message,
 * and what to do. The same facts are available as fields. No error ever holds the API key, a
 * message's text or a whole recipient.
 */
export interface ErrorProperties {
  /** The stable word for what went wrong. */
  readonly kind: Kind;
  /** What became of the message; absent when none was at stake, as in a read. */
  readonly outcome: Exclude<Outcome, "sent"> | null;
  /**
   * The option or the message's field at fault: an option by its name (`apiKey`), a message's field
   * by its name on the wire (`templateId`).
   */
  readonly field: string | null;
  /**
   * How many requests were begun for this call, the failed one included; 0 when the call was
   * refused before any I/O.
   */
  readonly attempts: number;
  /** The time from the start of the call to its end, in milliseconds. */
  readonly elapsed: number;
  /** The HTTP status of the answer, if there was one. */
  readonly status: number | null;
  /** The service's own code, for example `INSUFFICIENT_CREDIT`. */
  readonly code: string | null;
  /**
   * The id that the service gave the request (`x-request-id`, or Cloud Run's trace id; an
   * assumption, the API document names none).
   */
  readonly requestId: string | null;
  /** How long the service asked to wait (`Retry-After`, RFC 9110 section 10.2.3), in milliseconds. */
  readonly retryAfter: number | null;
  /**
   * The beginning of the answer's body: at most 2 KiB, control characters escaped, the message's
   * own texts and the key redacted.
   */
  readonly body: string | null;
  /**
   * What became of each message of a `Client.sendWithFallback` that was tried, in order; empty for
   * other calls.
   */
  readonly trail: readonly FallbackStep[];
}

/**
 * The options of a client. All have defaults but the API key; nothing is checked before the client
 * is made.
 */
export interface ClientSettings {
  /**
   * The key that authenticates every request (header `x-api-key`). Default: the environment
   * variable `PARTNER_MESSAGING_API_KEY`.
   */
  apiKey?: string | undefined;
  /**
   * Where the service is: an `https` origin, with a path if it lies under one. Default: the
   * environment variable `PARTNER_MESSAGING_BASE_URL`, else the base URL of the API document.
   */
  baseUrl?: string | undefined;
  /**
   * The one deadline of a call, over queueing, every attempt and every pause, in milliseconds.
   * Default: 30 seconds.
   */
  timeout?: number | undefined;
  /**
   * How long making one connection may take, in milliseconds. Name, TCP, proxy and TLS count; the
   * addresses of a name share it, so that each is tried. Default: 5 seconds.
   */
  connectTimeout?: number | undefined;
  /**
   * How often a call may be tried again when nothing was sent, or a read met a transient failure.
   * Default: 2.
   *
   * All calls of a client share a budget for that, so that an outage is not multiplied: a hundred
   * retries at once, and one more for every ten calls. Where it ends a call, the error says so.
   * Retries after a 429 use neither: they are bound by the deadline only. 0 turns them off, too.
   */
  maxRetries?: number | undefined;
  /**
   * How many requests may be under way at once, and how many connections open: over HTTP/1.1 each
   * request has one of its own, over HTTP/2 all share one. Further calls wait for a slot. Default:
   * 100.
   */
  maxConnections?: number | undefined;
  /**
   * The longest pause that a 429 of the service imposes on the whole client, in milliseconds. It is
   * its `Retry-After`, or, without one, a pause that grows from 0.5 to 8 seconds; a longer
   * `Retry-After` binds only the call that got it. Default: 60 seconds.
   */
  maxHold?: number | undefined;
  /**
   * How many messages may leave in a second, retries counted: no second has more. What is beyond
   * waits within its deadline. A fraction is left out; below 1 it is one message in so many
   * seconds. Clients that share a journal share the count, those of other processes and, on a
   * server, of other machines, too: each process takes a share for a second, so that a message
   * costs no round trip of its own. Default: no limit.
   */
  maxRate?: number | undefined;
  /**
   * What messages may cost in a currency, for example `SGD` and `100.00`: what is spent and what
   * those under way may cost at most, by the highest cost seen on their channel, stays within it.
   * Until a channel's cost is known its messages go one at a time. One that would pass it is not
   * sent: `SpendLimitError`. A message whose outcome is unknown counts as spent; one in another
   * currency ends all sending. Default: no limit.
   *
   * With a journal what it knows counts, whoever sent it, and a message with a key is counted with
   * its claim: so all who share the journal stay within the limit together. A message without a key
   * counts in its own process alone.
   */
  spendLimit?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * What one message costs at most in a currency of the `spendLimit`, for example `SGD` and `0.12`.
   * It is what counts for a message under way, and for one whose receipt has no cost; without it
   * such a receipt ends all sending. Default: none.
   */
  maxCost?: Readonly<Record<string, string | undefined>> | undefined;
  /** Whether to use HTTP/2 where the server offers it (by ALPN). Default: `true`. */
  http2?: boolean | undefined;
  /**
   * Whether connections are used again. Without, each request has one of its own, over HTTP/1.1. A
   * connection is not used within a second of the end that the service announced
   * (`Keep-Alive: timeout=N`), nor after 15 idle seconds. Default: `true`.
   */
  keepAlive?: boolean | undefined;
  /**
   * The proxy to go through: `http://[user:password@]host:port`, or with the scheme `https`,
   * `socks5` or `socks5h` (which has the proxy look the service's name up). It is never used for
   * loopback. Default: none, or what the environment says.
   */
  proxy?: string | undefined;
  /**
   * Whether these variables of the environment count: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`
   * (names with their subdomains, addresses, networks, each with `:port` or not, or `*`, as curl
   * reads them); `SSL_CERT_FILE` (a PEM file) and `SSL_CERT_DIR` (folders of them), which replace
   * the platform's certificates. Default: `true`.
   */
  trustEnv?: boolean | undefined;
  /**
   * A PEM file of certificates to trust besides the platform's, or besides those that the
   * environment replaces them with.
   */
  caFile?: string | undefined;
  /**
   * A PEM file of the certificate that the client shows where the service wants one (mutual TLS),
   * followed by those that it was issued by. Default: none.
   */
  clientCertFile?: string | undefined;
  /**
   * A PEM file of the private key, without a password, of `clientCertFile`. Default: that file
   * itself.
   */
  clientKeyFile?: string | undefined;
  /** Whether plain `http` may go to other hosts than loopback. Default: `false`. */
  allowHttp?: boolean | undefined;
  /** A header to send with every request. */
  headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** The `User-Agent` to send. Default: the name and the version of this package. */
  userAgent?: string | undefined;
  /** How many bytes an answer's body may have. Default: 1 MiB. */
  maxResponseBytes?: number | undefined;
  /**
   * Where the service has an endpoint that the published document doesn't describe, under the base
   * URL. `name` is `getMessage` (default path `/partner/message/{messageId}`), `listMessages`
   * (`/partner/message`) or `getBalance` (`/partner/credit/balance`); all three defaults are
   * assumptions.
   */
  endpoints?: Endpoints | undefined;
  /**
   * Where it is remembered what became of messages that have a `key`: a journal. It belongs to the
   * origin of the client that first used it; a client of another one is refused. Default: none. By
   * the path of a file or a URL it is opened with the client, and closed with it; several clients
   * may share a `Journal`.
   */
  journal?: string | Journal | undefined;
}

/** What one call may have different from its client. */
export interface CallSettings {
  /** The call's deadline, from its start, in milliseconds. */
  timeout?: number | undefined;
  /** How often this call may be tried again. */
  maxRetries?: number | undefined;
  /** A header to send with this call; it replaces the client's of the same name. */
  headers?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * For `Client.sendWithFallback`: the codes of the service after which the next message is tried.
   * Default: `CHANNEL_CONFIG_NOT_FOUND` and `CHANNEL_CREDENTIALS_NOT_FOUND`.
   */
  fallbackCodes?: readonly string[] | undefined;
  /**
   * The caller's name for what this call is to do at most once: whatever crashes, is repeated or
   * runs twice at a time, under one key of the client's journal a message is accepted at most once.
   * Of a `Client.sendWithFallback` it is one key for all messages.
   *
   * A key is 1 to 255 bytes of UTF-8 without control characters. It stands for one message: another
   * one with the same key is refused.
   */
  key?: string | undefined;
}

/**
 * Which messages `Client.listMessages` lists, and in pages of what size. By default all of them.
 *
 * The API document promises filtering and pagination and describes neither: the names of the
 * query's parameters are assumptions (those of the filters here). `query` adds any other.
 */
export interface MessageFilter {
  /** Only those of one channel, for example `SMS`. */
  channel?: string | undefined;
  /** Only those with one status, for example `DELIVERED`. */
  status?: string | undefined;
  /** Only those to one recipient. */
  recipient?: string | undefined;
  /** Only those from one sender: a phone number or a sender's name. */
  sender?: string | undefined;
  /**
   * Only those taken at this time or later: a date, or a time with its offset from UTC (RFC 3339),
   * such as `2026-11-23T09:00:00Z`.
   */
  since?: string | Date | undefined;
  /** Only those taken before this time, given as for `since`. */
  until?: string | Date | undefined;
  /** The page to begin with, from 1. Default: 1. */
  page?: number | undefined;
  /** How many messages to ask for at a time: 1 to 1000. Default: 50. */
  limit?: number | undefined;
  /** Any further parameter of the query. */
  query?: Query | undefined;
}

/**
 * A request to any endpoint of the service, for those that this library has no method for. It goes
 * under the client's base URL, with the key.
 */
export interface RequestSettings {
  /** A parameter of the query. */
  query?: Query | undefined;
  /** The body: the text of any JSON value, sent to the byte. */
  json?: unknown;
  /**
   * Whether making the request twice does no more than making it once. Only then it is tried again
   * when its outcome is unknown. Default: `true` for `GET`, false for the others.
   */
  idempotent?: boolean | undefined;
}

/** The message is refused before any I/O; `field` names what is wrong with it. Nothing was sent. */
export class InvalidMessageError extends PartnerMessagingError {
  readonly outcome: "not_sent" | null;
}

/** Nothing was sent, because the network or the time did not allow it. */
export class TransportError extends PartnerMessagingError {
  readonly outcome: "not_sent" | null;
}

/** A spend limit would be passed, so nothing was sent. */
export class SpendLimitError extends PartnerMessagingError {
  readonly outcome: "not_sent";
}

/** The journal could not be opened, read or written, so nothing was sent. */
export class JournalError extends PartnerMessagingError {
  readonly outcome: "not_sent" | null;
}

/** The service refused; `code` is its own word for why, if it gave one. */
export class ApiError extends PartnerMessagingError {
  readonly outcome: "rejected" | null;
}

/**
 * The answer to a send never came or could not be read: the message may have been accepted, and may
 * not. Find out before sending it again, or it may go out twice.
 */
export class OutcomeUnknownError extends PartnerMessagingError {
  readonly outcome: "unknown";
}

/** The answer to a read is not the documented envelope. */
export class ProtocolError extends PartnerMessagingError {
  readonly outcome: null;
}

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
