/// <reference lib="esnext.disposable" preserve="true" />
import type { CallOptions, Client } from "./client.cjs";
import type { JournalRecord, JournalSummary, Outcome } from "./generated.cjs";
import type { Message } from "./messages.cjs";

/**
 * An open journal: what became of the message under a key, over crashes, processes and
 * machines. Several clients may share it. It keeps no process alive.
 *
 * @example
 * ```ts
 * import { Client, Journal } from "partner-messaging";
 *
 * const journal = new Journal("codes.db");
 * const client = new Client({ journal });
 * const code = { channel: "SMS", to: "+6591234567", content: "Your code is 123456" } as const;
 * const { replayed } = await client.send(code, { key: "order-4711-otp" });
 * if (replayed) console.log("it was sent before");
 * for await (const { key, claimedAt } of journal.records({ outcome: "unknown" })) console.log(key, claimedAt);
 * await journal.close();
 * ```
 */
export class Journal {
  /**
   * Opens a file, which is made if it doesn't exist, or what a URL names. A file that this
   * process has open already is not opened twice. The processes of one machine may share it;
   * it must lie on a local disk.
   *
   * @throws JournalError when it can't be used: it is another program's, a newer version's,
   * damaged, or on a network file system; then it is left as it is
   * @throws ConfigError for what is neither a path nor a URL
   */
  constructor(pathOrUrl: string);

  /** What is under a key; `null` if there is nothing. */
  get(key: string): Promise<JournalRecord | null>;

  /** The records in the order of their keys, those with this outcome or all; read as they are needed. */
  records(options?: { outcome?: Outcome | undefined }): JournalRecords;

  /** Counts and costs of all that was ever recorded. */
  summary(): Promise<JournalSummary>;

  /**
   * Says what became of a message whose outcome is unknown: that it was sent, with the id that
   * the service gave it; or that it was not, so that its key may be used again.
   *
   * That it was not sent is your own risk: what had left the process may still be on its
   * way, and then the message goes out twice. Ask the service first.
   *
   * Rejects with a `ConfigError` with the `field` `key` where nothing unknown is under the key (any more).
   */
  resolve(key: string, outcome: "sent", options: { messageId: string }): Promise<JournalRecord>;
  resolve(key: string, outcome: "not_sent"): Promise<JournalRecord>;

  /**
   * Looks messages whose outcome is unknown up in the service's list of messages: a `Map`, or
   * pairs of a key and its message. If the list has exactly one to that recipient by that
   * channel, made within the call's time by the service's clock (5 seconds more or less) and under no
   * other key, the key is resolved as sent with that one's id. Nothing found proves
   * nothing: then it stays unknown. Gives the records of the keys as they are then.
   *
   * The published document doesn't describe the list; this is an assumption.
   */
  reconcile(
    client: Client,
    messages: Iterable<readonly [string, Readonly<Message>]>,
    options?: Omit<CallOptions, "key">,
  ): Promise<JournalRecord[]>;

  /**
   * Forgets what was sent, rejected or not sent and ended before a moment; what is unknown or
   * has a conflict stays, and so do the sums of the summary. A key that was forgotten is a new
   * key. Gives the number of records.
   */
  purge(before: Date | string): Promise<number>;

  /**
   * Closes it for all who share this object; resolves when what was asked for is done. Calls
   * with a key that are under way come to their end; later ones reject with a `JournalError`,
   * and nothing is sent. Idempotent.
   */
  close(): Promise<void>;

  /** {@link Journal.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Records of a journal: see {@link Journal.records}. Each iteration begins at the first. */
export interface JournalRecords extends AsyncIterable<JournalRecord> {
  [Symbol.asyncIterator](): AsyncGenerator<JournalRecord, void, undefined>;
}
