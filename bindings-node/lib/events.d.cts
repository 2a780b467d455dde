import type { Kind, Outcome } from "./generated.cjs";

/** What every event has. Nothing here holds the key, a message's text or a whole recipient. */
interface AnyCallEvent {
  /** The call: `send`, `get_message`, `list_messages`, `get_balance` or `request`. An open set. */
  readonly call: string;
  /** The message's channel, if the call is about one message. */
  readonly channel: string | null;
  /** The recipient with only its last four characters left, if there is one. */
  readonly recipient: string | null;
  /** The event in words, for a log. */
  readonly text: string;
}

/** A request is about to be made. */
export interface AttemptEvent extends AnyCallEvent {
  readonly step: "attempt";
  /** Its number, from 1. */
  readonly attempt: number;
}

/** An attempt failed, and there will be another after a pause. */
export interface RetryEvent extends AnyCallEvent {
  readonly step: "retry";
  /** The number of the attempt that failed. */
  readonly attempt: number;
  /** What went wrong. */
  readonly kind: Kind;
  /** Milliseconds until the next attempt. */
  readonly pause: number;
}

/**
 * What the journal says of a call that has a key: it claimed the key, so that its request
 * may leave; it waits for another call with that key; it was accepted before, and nothing
 * leaves; what became of it contradicts the journal, or is not in the journal yet.
 */
export interface JournalEvent extends AnyCallEvent {
  readonly step: "claimed" | "waiting" | "replayed" | "conflict" | "unrecorded";
}

/** The call ended. It settles after this event. */
export interface EndedEvent extends AnyCallEvent {
  readonly step: "ended";
  /** What became of the message; `null` when none was at stake. */
  readonly outcome: Outcome | null;
  /** What went wrong, if something did. */
  readonly kind: Kind | null;
  /** The HTTP status of the answer that decided, if the call failed. */
  readonly status: number | null;
  /** How many requests were begun. */
  readonly attempts: number;
  /** Milliseconds from the start of the call. */
  readonly elapsed: number;
}

/**
 * A step of a call, as `onEvent` and subscribers of the diagnostics channel
 * `partner-messaging:event` get it. Frozen.
 *
 * @example
 * ```ts
 * import { Client } from "partner-messaging";
 *
 * const client = new Client({
 *   onEvent(event) {
 *     if (event.step === "retry") console.warn(event.text, event.kind, event.pause);
 *   },
 * });
 * ```
 */
export type CallEvent = AttemptEvent | RetryEvent | JournalEvent | EndedEvent;
