// The results of calls. All of it is frozen; what is absent is `null`; amounts are
// exact decimal text, with the digits that the service wrote, for example `"0.12"`.
import type { MessageRecordFields, PageFields, ReceiptFields } from "./generated.cjs";

/**
 * The service's confirmation that it accepted a message. Frozen; what is absent is `null`.
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
  /** `sent`, so that one `switch` serves receipts and errors. */
  readonly outcome: "sent";
  /** What is safe to log: the recipient masked, and without `raw`, which repeats it. */
  toJSON(): Record<string, string | number | null>;
}
export interface Receipt extends ReceiptFields {}

/**
 * A message as the service has it now. Frozen; what is absent is `null`.
 * `console.log` and `JSON.stringify` show the recipient masked, and not `raw`.
 *
 * Reading messages is not in the published document: that a record has the
 * members of a receipt, and the names of its timestamps, are assumptions.
 */
export class MessageRecord {
  private constructor();
  /** What is safe to log: the recipient masked, and without `raw`. */
  toJSON(): Record<string, string | null>;
}
export interface MessageRecord extends MessageRecordFields {}

/**
 * One page of a list of messages. Frozen; what the service does not report is `null`.
 * `console.log` and `JSON.stringify` show recipients masked, and not `raw`.
 */
export class Page {
  private constructor();
  /** What is safe to log: the messages masked, and without `raw`. */
  toJSON(): Record<string, any>;
}
export interface Page extends PageFields {}

/** A list of messages: see `Client.listMessages`. Each iteration begins at its first page. */
export interface MessageList extends AsyncIterable<MessageRecord> {
  /** The messages of all pages, one after another. */
  [Symbol.asyncIterator](): AsyncGenerator<MessageRecord, void, undefined>;
  /** The pages, with the totals that the service reports. The first one is given even if it is empty. */
  pages(): AsyncGenerator<Page, void, undefined>;
}
