import type { ErrorProperties, FallbackStep } from "./generated.cjs";

/**
 * The fields of an error that you make by hand, for a test. What is left out is as its
 * class implies: an `OutcomeUnknownError` has the outcome `unknown`.
 */
export type ErrorFields = { -readonly [Name in keyof ErrorProperties]?: ErrorProperties[Name] } & { cause?: unknown };

/**
 * Base of all errors of this package. Its text says what happened, what that
 * means for the message, and what to do. What is absent is `null`.
 *
 * No error holds the API key, a message's text or a whole recipient. `body` is not
 * enumerable: it appears in no log unless you put it there.
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
  constructor(message: string, fields?: ErrorFields);
  /**
   * What is safe to log, and to post to another thread, where an error loses its class
   * and its fields: neither `body` nor `cause`.
   */
  toJSON(): Record<string, string | number | null | readonly FallbackStep[]>;
}
export interface PartnerMessagingError extends ErrorProperties {}

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
export class ConfigError extends PartnerMessagingError {
  readonly outcome: "not_sent" | null;
}
