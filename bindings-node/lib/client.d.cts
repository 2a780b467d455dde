/// <reference lib="esnext.disposable" preserve="true" />
import type { CallEvent } from "./events.cjs";
import type {
  Balance,
  FallbackReceipt,
  MessageList,
  MessageRecord,
  Receipt,
  Reply,
  Spending,
} from "./facts.cjs";
import type { Message, MessageOn } from "./messages.cjs";

/** The options of a client. What is `undefined` has its default. Durations are milliseconds. */
export interface ClientOptions {
  /** The key that authenticates every request. Default: the environment's `PARTNER_MESSAGING_API_KEY`. */
  apiKey?: string | undefined;
  /**
   * Where the service is: an `https` origin, with a path if it lies under one.
   * Default: the environment's `PARTNER_MESSAGING_BASE_URL`, else the documented one.
   */
  baseUrl?: string | undefined;
  /** The one deadline of a call, over queueing, every attempt and every pause. Default: 30 seconds. */
  timeout?: number | undefined;
  /** How long making one connection may take: name, TCP, proxy and TLS. Default: 5 seconds. */
  connectTimeout?: number | undefined;
  /** How often a call may be tried again when nothing was sent, or the service asked for it. Default: 2. */
  maxRetries?: number | undefined;
  /** How many requests may be under way at once; further calls wait for their turn. Default: 100. */
  maxConnections?: number | undefined;
  /** Whether to use HTTP/2 where the server offers it. Default: true. */
  http2?: boolean | undefined;
  /** The proxy: `http://[user:password@]host:port`. Default: what the environment says. */
  proxy?: string | undefined;
  /** Whether `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment count. Default: true. */
  trustEnv?: boolean | undefined;
  /** A PEM file of certificates to trust besides the platform's. */
  caFile?: string | undefined;
  /** Whether plain `http` may go to other hosts than loopback. Default: false. */
  allowHttp?: boolean | undefined;
  /** Headers to send with every request. */
  headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** The `User-Agent` to send. */
  userAgent?: string | undefined;
  /** How many bytes an answer's body may have. Default: 1 MiB. */
  maxResponseBytes?: number | undefined;
  /**
   * Where the service has the endpoints that the published document doesn't
   * describe, under the base URL; the defaults are assumptions.
   */
  endpoints?: Endpoints | undefined;
  /**
   * Is told what happens in this client's calls, while it happens: see {@link CallEvent}.
   * What it throws changes no call; it becomes an uncaught exception.
   */
  onEvent?: ((event: CallEvent) => void) | undefined;
}

/** The paths of the endpoints that the published document doesn't describe. */
export interface Endpoints {
  /** Default: `/partner/message/{messageId}`. */
  getMessage?: string | undefined;
  /** Default: `/partner/message`. */
  listMessages?: string | undefined;
  /** Default: `/partner/credit/balance`. */
  getBalance?: string | undefined;
}

/** An `AbortSignal` of Node's or of the DOM's. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: any;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What one call may have different from its client. */
export interface CallOptions {
  /**
   * Gives the call up when it is aborted. A call that sends then rejects with what
   * became of the message by then: a `TransportError` if nothing was sent, an
   * `OutcomeUnknownError` if the request had left. A read rejects with a
   * `TransportError`. `cause` is the signal's reason.
   */
  signal?: AbortSignalLike | undefined;
  /** The call's deadline in milliseconds. */
  timeout?: number | undefined;
  /** How often this call may be tried again. */
  maxRetries?: number | undefined;
  /** Headers to send with this call; they replace the client's of the same name. */
  headers?: Readonly<Record<string, string | undefined>> | undefined;
}


/** What a call of {@link Client.sendWithFallback} may have different. */
export interface FallbackOptions extends CallOptions {
  /**
   * The service's codes after which the next message is tried. Default:
   * `CHANNEL_CONFIG_NOT_FOUND` and `CHANNEL_CREDENTIALS_NOT_FOUND`.
   */
  fallbackCodes?: readonly string[] | undefined;
}

/** What a call of {@link Client.waitForStatus} may have different. */
export interface WaitOptions extends CallOptions {
  /**
   * The statuses to wait for, in capitals or not. Default: `DELIVERED`, `READ`,
   * `FAILED`, `UNDELIVERED`, `REJECTED` and `EXPIRED`; an assumption.
   */
  finalStatuses?: readonly string[] | undefined;
}

/** Further parameters of a query; what is `undefined` is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Which messages to list; the names of the query's parameters are assumptions. */
export interface MessageFilter {
  /** Only those of one channel, for example `SMS`. */
  channel?: string | undefined;
  /** Only those with one status, for example `DELIVERED`. */
  status?: string | undefined;
  /** Only those to one recipient. */
  recipient?: string | undefined;
  /** Only those from one sender: a phone number or a sender's name. */
  sender?: string | undefined;
  /** Only those taken at this time or later: a date, or a time with its offset from UTC (RFC 3339). */
  since?: string | Date | undefined;
  /** Only those taken before this time. */
  until?: string | Date | undefined;
  /** The page to begin with, from 1. Default: 1. */
  page?: number | undefined;
  /** How many messages to ask for at a time: 1 to 1000. Default: 50. */
  limit?: number | undefined;
  /** Any further parameters. */
  query?: Query | undefined;
}

/** What a call of {@link Client.request} has besides its method and path. */
export interface RequestOptions extends CallOptions {
  /** The query's parameters. */
  query?: Query | undefined;
  /** The body: anything that JSON can write. Not for `GET`. */
  json?: unknown;
  /**
   * Whether making the request twice does no more than making it once. Only then
   * it is tried again when its outcome is unknown. Default: true for `GET` only.
   */
  idempotent?: boolean | undefined;
}

/**
 * A client of the Partner Messaging API. Make one and keep it: it holds a pool of
 * connections. It keeps no process alive; a call under way does.
 *
 * @example
 * ```ts
 * import { Client } from "partner-messaging";
 *
 * const client = new Client({ apiKey: "your_api_key_here", timeout: 10_000 });
 * await client.close();
 * ```
 */
export class Client {
  /**
   * Without options the key and the base URL come from the environment.
   *
   * @throws ConfigError when an option can't be used
   */
  constructor(options?: ClientOptions);
  /**
   * Sends one message, and tells what became of it. One call never gets two
   * messages accepted. Never throws synchronously.
   *
   * Rejects with a `PartnerMessagingError`, whose `outcome` says what became of the message.
   *
   * @example
   * ```ts
   * import { Client } from "partner-messaging";
   *
   * const client = new Client();
   * const message = { channel: "EMAIL", to: "a@example.com", subject: "Hi", htmlContent: "<p>Hi</p>" } as const;
   * const receipt = await client.send(message, { signal: AbortSignal.timeout(5000) });
   * ```
   */
  send<const Channel extends string>(
    message: { readonly channel: Channel } & Readonly<MessageOn<Channel>>,
    options?: CallOptions,
  ): Promise<Receipt>;
  /**
   * Sends the first of these messages that the service takes: one that it refuses
   * because its channel can't be used is followed by the next one. Any other
   * refusal, and an unknown outcome, end the call; what was not sent is tried
   * again, never skipped. All messages are checked before the first is sent, and
   * one deadline is over all.
   *
   * Rejects as {@link Client.send} does, for the last message that was tried;
   * the error's `trail` tells of all, and its `field` names a message that can't
   * be sent: `messages[1].to`.
   *
   * @example
   * ```ts
   * import { Client } from "partner-messaging";
   *
   * const client = new Client();
   * const whatsapp = { channel: "WHATSAPP", to: "+6591234567", from: "+6581234567", templateId: "HXf8aa5a78" };
   * const sms = { channel: "SMS", to: "+6591234567", content: "Your table is ready." };
   * const { receipt, trail } = await client.sendWithFallback([whatsapp, sms]);
   * console.log(receipt.channel, trail.length);
   * ```
   */
  sendWithFallback(messages: Iterable<Readonly<Message>>, options?: FallbackOptions): Promise<FallbackReceipt>;
  /**
   * Asks what became of a message that was accepted before. The published document
   * doesn't describe this; the path is a setting (`endpoints`).
   *
   * Rejects with a `MessageNotFoundError` or another `ApiError`, a `TransportError`
   * or a `ProtocolError`, after retries; none has an outcome.
   */
  getMessage(messageId: string, options?: CallOptions): Promise<MessageRecord>;
  /**
   * Waits until a message's status is final, or the call's deadline passes, looking
   * again and again at growing intervals. Gives the message as it was seen last:
   * where its status is not final, the time was over.
   *
   * @example
   * ```ts
   * import { Client } from "partner-messaging";
   *
   * const client = new Client();
   * const { messageId } = await client.send({ channel: "SMS", to: "+6591234567", content: "Hello" });
   * const { status } = await client.waitForStatus(messageId, { timeout: 60_000 });
   * if (status !== "DELIVERED") console.error(`not delivered yet: ${status}`);
   * ```
   */
  waitForStatus(messageId: string, options?: WaitOptions): Promise<MessageRecord>;
  /**
   * Lists messages: all pages, each fetched when it is needed. The published
   * document doesn't describe this; the path is a setting (`endpoints`).
   *
   * The list ends at the last page whatever of its totals the service tells. An
   * error ends the iteration that it comes in. `options` are those of each request.
   *
   * @throws ConfigError at once, when the filter or an option can't be used
   * @example
   * ```ts
   * import { Client } from "partner-messaging";
   *
   * const client = new Client();
   * for await (const message of client.listMessages({ status: "FAILED", since: new Date(Date.now() - 86_400_000) })) {
   *   console.log(message.messageId, message.channel);
   * }
   * for await (const page of client.listMessages().pages()) console.log(page.page, page.total);
   * ```
   */
  listMessages(filter?: MessageFilter, options?: CallOptions): MessageList;
  /**
   * Asks for the credit that is left. The published document doesn't describe
   * this; the path is a setting (`endpoints`). Rejects as {@link Client.getMessage} does.
   */
  getBalance(options?: CallOptions): Promise<Balance>;
  /**
   * Makes any other request to the service, with the key, the envelope and the
   * errors of all calls. A `GET` is a read; any other method changes something, is
   * never made twice unless it is `idempotent`, and its errors say what became of it.
   *
   * @example
   * ```ts
   * import { Client } from "partner-messaging";
   *
   * const client = new Client();
   * const reply = await client.request<{ id: string }[]>("GET", "/partner/template", { query: { limit: 10 } });
   * console.log(reply.status, reply.data.length);
   * ```
   */
  request<Data = any>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    options?: RequestOptions,
  ): Promise<Reply<Data>>;
  /** What the messages sent by this client have cost, by channel and currency, as their receipts say: exact sums. */
  spending(): Spending[];
  /** The same, and begins a new ledger: no message is in both or in neither. */
  resetSpending(): Spending[];
  /**
   * Refuses further calls and ends those under way with the outcome they have by
   * now. Twice is as good as once.
   */
  close(): Promise<void>;
  /** The same as {@link Client.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
