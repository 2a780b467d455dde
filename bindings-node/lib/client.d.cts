/// <reference lib="esnext.disposable" preserve="true" />
import type { CallEvent } from "./events.cjs";
import type { MessageOn } from "./messages.cjs";

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
   * Is told what happens in this client's calls, while it happens: see {@link CallEvent}.
   * What it throws changes no call; it becomes an uncaught exception.
   */
  onEvent?: ((event: CallEvent) => void) | undefined;
}

/** An `AbortSignal` of Node's or of the DOM's. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: any;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What one call may have different from its client. */
export interface SendOptions {
  /**
   * Gives the call up when it is aborted. The call then rejects with what became
   * of the message by then: a `TransportError` if nothing was sent, an
   * `OutcomeUnknownError` if the request had left; `cause` is the signal's reason.
   */
  signal?: AbortSignalLike | undefined;
  /** The call's deadline in milliseconds. */
  timeout?: number | undefined;
  /** How often this call may be tried again. */
  maxRetries?: number | undefined;
  /** Headers to send with this call; they replace the client's of the same name. */
  headers?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * The service's word that it accepted a message. Frozen; what is absent is `null`.
 * `console.log` and `JSON.stringify` show the recipient masked, and not `raw`.
 *
 * @example
 * ```ts
 * import { Client } from "partner-messaging";
 *
 * const client = new Client();
 * const receipt = await client.send({ channel: "SMS", to: "+6591234567", content: "Hello" });
 * console.log(receipt.messageId, receipt.cost, receipt.currency); // msg_… 0.05 SGD
 * ```
 */
export class Receipt {
  private constructor();
  /** The service's id of the message. */
  readonly messageId: string;
  /** The recipient, as the service gave it back. */
  readonly recipient: string | null;
  /** The channel, as the service gave it back. */
  readonly channel: string | null;
  /** The message's status, for example `SENT`; an open set. */
  readonly status: string | null;
  /** What the message costs: exact decimal text, with the digits that the service wrote, for example `"0.12"`. */
  readonly cost: string | null;
  /** The currency of `cost`, for example `SGD`. */
  readonly currency: string | null;
  /** The envelope's own message. */
  readonly message: string | null;
  /** How many requests it took. */
  readonly attempts: number;
  /** Milliseconds from the start of the call to the receipt. */
  readonly elapsed: number;
  /** The envelope's whole `data` object. Its numbers are JavaScript's: take money from `cost`. */
  readonly raw: Readonly<Record<string, any>>;
  /** What may go into a log: the recipient masked, and without `raw`, which repeats it. */
  toJSON(): Record<string, string | number | null>;
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
    options?: SendOptions,
  ): Promise<Receipt>;
  /**
   * Refuses further calls and ends those under way with the outcome they have by
   * now. Twice is as good as once.
   */
  close(): Promise<void>;
  /** The same as {@link Client.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
