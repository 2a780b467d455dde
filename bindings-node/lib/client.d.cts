/// <reference lib="esnext.disposable" preserve="true" />
import type { CallEvent } from "./events.cjs";
import type {
  Balance,
  CallSettings,
  ClientSettings,
  FallbackReceipt,
  MessageFilter,
  Outcome,
  Reply,
  RequestSettings,
  Spending,
} from "./generated.cjs";
import type { PartnerMessagingError } from "./errors.cjs";
import type { MessageList, MessageRecord, Receipt } from "./results.cjs";
import type { Message, MessageOn } from "./messages.cjs";

/** The options of a client. What is `undefined` has its default. Durations are milliseconds. */
export interface ClientOptions extends ClientSettings {
  /**
   * Called for every step of this client's calls, while they run: see {@link CallEvent}.
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
export interface CallOptions extends Omit<CallSettings, "fallbackCodes"> {
  /**
   * Cancels the call when it is aborted. A call that sends then rejects with its outcome
   * by then: a `TransportError` if nothing was sent, an
   * `OutcomeUnknownError` if the request had left. A read rejects with a
   * `TransportError`. `cause` is the signal's reason.
   */
  signal?: AbortSignalLike | undefined;
}

/** What a call of {@link Client.sendWithFallback} may have different. */
export interface FallbackOptions extends CallOptions, Pick<CallSettings, "fallbackCodes"> {}

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

/** What a call of {@link Client.request} has besides its method and path. */
export interface RequestOptions extends CallOptions, RequestSettings {}

/** What became of one message of {@link Client.sendMany}: it has a `receipt` or an `error`. Frozen. */
export interface BatchResult {
  /** The message's place in the source, from 0. */
  readonly index: number;
  /** Its key, if it has one. */
  readonly key: string | null;
  /** What became of it; where the journal answered, what was recorded. */
  readonly outcome: Outcome;
  /** The receipt, if it was sent. */
  readonly receipt: Receipt | null;
  /** Why it was not sent, or may not have been. */
  readonly error: PartnerMessagingError | null;
}

/**
 * The sums of a run. At any time `taken` is `sent` + `replayed` + `rejected` + `notSent` +
 * `unknown` + `inFlight`; at its end `inFlight` is 0. Frozen.
 */
export interface BatchSummary {
  /** How many messages were taken from the source. */
  readonly taken: number;
  /** How many the service accepted in this run. */
  readonly sent: number;
  /** How many had been accepted before, by the journal: for these nothing was sent. */
  readonly replayed: number;
  /** How many the service refused. */
  readonly rejected: number;
  /** How many provably did not leave. */
  readonly notSent: number;
  /** How many may have been accepted; in this run, or before by the journal. */
  readonly unknown: number;
  /** How many have not ended yet. */
  readonly inFlight: number;
  /** What those that were sent in this run cost, by currency: exact decimal text. */
  readonly cost: Readonly<Record<string, string>>;
  /** How many of them have no cost that could be added, so that `cost` is without theirs. */
  readonly unpriced: number;
  /** Milliseconds since the run began, or that it took. */
  readonly elapsed: number;
  /** How many messages ended in a second, on the average; without those that the journal answered. */
  readonly rate: number;
}

/** What {@link Client.sendMany} takes: a message, or a pair of its key and it. */
export type BatchItem = Readonly<Message> | readonly [key: string | null | undefined, message: Readonly<Message>];

/** How {@link Client.sendMany} goes about its messages. */
export interface SendManyOptions {
  /** How many messages may be under way at once. Default: 64. */
  maxInFlight?: number | undefined;
  /**
   * Which refusals stop the run: codes of the service, and classes of errors, which stand for
   * those below them, too. Default: those for the API key, the credit, the organisation and
   * the app. An error of the journal, a spend limit and an option that can't be used stop it
   * in any case.
   */
  stopOn?: readonly (string | (abstract new (...args: any[]) => PartnerMessagingError))[] | undefined;
  /** With more requests of the run than this whose outcome is unknown, it stops. Default: 100. */
  maxUnknown?: number | undefined;
  /** The time that each message has, in milliseconds, from the moment on that it may go. Default: the client's. */
  timeout?: number | undefined;
  /** Called with the sums while results are waited for, at most ten times a second, and at the end. */
  onProgress?: ((summary: BatchSummary) => void) | undefined;
  /**
   * When it is aborted, nothing more is begun; what is in flight ends and is given, then the
   * iteration throws the signal's reason.
   */
  signal?: AbortSignalLike | undefined;
}

/** What became of many messages, in the order in which they end. Leaving the iteration waits for what is in flight. */
export interface SendMany extends AsyncIterableIterator<BatchResult> {
  /** The sums by now; at the end, those of the whole run. */
  readonly summary: BatchSummary;
  /** Begins nothing more, and waits for what is in flight; its results are given if the iteration goes on. */
  close(): Promise<void>;
  /** {@link SendMany.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A client of the Partner Messaging API. Make one and keep it: it holds a pool of
 * connections. It keeps no process alive; a call in flight does.
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
   * Sends one message. One call never gets two
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
   * the error's `trail` has an entry for each, and its `field` names a message that can't
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
  sendWithFallback<const Channels extends readonly string[]>(
    messages: { readonly [Index in keyof Channels]: { readonly channel: Channels[Index] } & Readonly<MessageOn<Channels[Index]>> },
    options?: FallbackOptions,
  ): Promise<FallbackReceipt>;
  /**
   * Sends many messages, and gives what became of each in the order in which they end. The
   * source (an array, an iterable, an async iterable or a stream of objects) is asked only as
   * fast as messages leave. A message that is refused or fails is a result like any other; one
   * that was turned away (429) is tried again after the pause that the service asks for. What
   * would meet every further message stops the run: then what is in flight ends and is given,
   * and at last the iteration throws.
   *
   * @throws ConfigError at once, when an option can't be used
   * @example
   * ```ts
   * import { Client } from "partner-messaging";
   *
   * const client = new Client();
   * const people = ["+6591234567", "+6591234568"];
   * const results = client.sendMany(people.map((to) => ({ channel: "SMS", to, content: "Hello" })));
   * for await (const { index, outcome, error } of results) {
   *   if (outcome !== "sent") console.error(people[index], outcome, error?.message);
   * }
   * console.log(results.summary.sent, results.summary.cost);
   * ```
   */
  sendMany(
    messages: Iterable<BatchItem> | AsyncIterable<BatchItem>,
    options?: SendManyOptions,
  ): SendMany;
  /**
   * Fetches a message that was accepted before. The published document
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
   * The list ends at the last page whatever totals the service reports. An
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
   * Fetches the credit that is left. The published document doesn't describe
   * this; the path is a setting (`endpoints`). Rejects as {@link Client.getMessage} does.
   */
  getBalance(options?: CallOptions): Promise<Balance>;
  /**
   * Makes any other request to the service, with the key, the envelope and the
   * errors of all calls. A `GET` is a read; any other method changes something, is
   * never made twice unless it is `idempotent`, and its errors carry the outcome.
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
  /** Like {@link Client.spending}, and begins a new ledger: no message is in both or in neither. */
  resetSpending(): Spending[];
  /**
   * Refuses further calls and ends those in flight with the outcome they have by now.
   * Idempotent.
   */
  close(): Promise<void>;
  /** {@link Client.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
