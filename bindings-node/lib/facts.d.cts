// What calls come to. All of it is frozen; what is absent is `null`; amounts are
// exact decimal text, with the digits that the service wrote, for example `"0.12"`.
import type { Kind, Outcome } from "./errors.cjs";

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
 * A message as the service has it now. Frozen; what is absent is `null`.
 * `console.log` and `JSON.stringify` show the recipient masked, and not `raw`.
 *
 * Reading messages is not in the published document: that a record has the
 * members of a receipt, and the names of its timestamps, are assumptions.
 */
export class MessageRecord {
  private constructor();
  /** The service's id of the message. */
  readonly messageId: string;
  /** The recipient. */
  readonly recipient: string | null;
  /** The channel. */
  readonly channel: string | null;
  /** The status, for example `DELIVERED`; an open set. */
  readonly status: string | null;
  /** What the message costs: exact decimal text. */
  readonly cost: string | null;
  /** The currency of `cost`. */
  readonly currency: string | null;
  /** When the service took the message, as it wrote it. */
  readonly createdAt: string | null;
  /** When the status last changed, as the service wrote it. */
  readonly updatedAt: string | null;
  /** The whole record. Its numbers are JavaScript's: take money from `cost`. */
  readonly raw: Readonly<Record<string, any>>;
  /** What may go into a log: the recipient masked, and without `raw`. */
  toJSON(): Record<string, string | null>;
}

/**
 * One page of a list of messages. Frozen; what the service does not tell is `null`.
 * `console.log` and `JSON.stringify` show recipients masked, and not `raw`.
 */
export class Page {
  private constructor();
  /** The messages, in the service's order. */
  readonly messages: readonly MessageRecord[];
  /** The page's number, from 1, as it was asked for. */
  readonly page: number;
  /** How many messages a page has. */
  readonly limit: number | null;
  /** How many messages there are in all. */
  readonly total: number | null;
  /** How many pages there are in all. */
  readonly totalPages: number | null;
  /** Whether there are more pages. */
  readonly hasMore: boolean | null;
  /** The envelope's whole `data`. */
  readonly raw: any;
  /** What may go into a log: the messages masked, and without `raw`. */
  toJSON(): Record<string, any>;
}

/** A list of messages: see `Client.listMessages`. Each iteration begins at its first page. */
export interface MessageList extends AsyncIterable<MessageRecord> {
  /** The messages of all pages, one after another. */
  [Symbol.asyncIterator](): AsyncGenerator<MessageRecord, void, undefined>;
  /** The pages, with the totals that the service tells. The first one is given even if it is empty. */
  pages(): AsyncGenerator<Page, void, undefined>;
}

/** The credit that is left. Frozen. */
export interface Balance {
  /** The amount: exact decimal text. */
  readonly amount: string;
  /** Its currency, for example `SGD`. */
  readonly currency: string | null;
  /** The envelope's whole `data` object. Its numbers are JavaScript's: take money from `amount`. */
  readonly raw: Readonly<Record<string, any>>;
}

/** The service's answer to `Client.request`: a success envelope. Frozen. */
export interface Reply<Data = any> {
  /** The HTTP status, 200 to 299. */
  readonly status: number;
  /** The envelope's `data`; `null` when there is none. */
  readonly data: Data;
  /** The envelope's own message. */
  readonly message: string | null;
  /** The answer's headers by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** How many requests it took. */
  readonly attempts: number;
  /** Milliseconds from the start of the call to the answer. */
  readonly elapsed: number;
}

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

/** The receipt of a message that was accepted by way of `Client.sendWithFallback`. Frozen. */
export interface FallbackReceipt {
  /** The accepted message's receipt. */
  readonly receipt: Receipt;
  /** What became of each message that was tried, in order; the last was sent. */
  readonly trail: readonly FallbackStep[];
}

/** What the messages of one channel cost, in one currency. */
export interface Spending {
  /** The channel. */
  channel: string;
  /** The currency, if the receipts say. */
  currency: string | null;
  /** The sum of the costs: exact decimal text. */
  cost: string;
  /** How many messages were sent. */
  messages: number;
  /** How many of them have no cost on their receipt, so that `cost` is without theirs. */
  unpriced: number;
}
