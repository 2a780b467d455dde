/// <reference lib="esnext.disposable" preserve="true" />
import type { Client, ClientOptions } from "./lib/client.cjs";

/** How an organisation or an app stands. */
export type Standing = "active" | "inactive" | "missing";

/** What a sandbox knows of its customer. Amounts are decimal text. */
export interface SandboxState {
  organization: Standing;
  app: Standing;
  /** By channel: whether it can be used. */
  channels: Record<string, "configured" | "not_configured" | "no_credentials">;
  balance: string;
  currency: string;
  /** By channel: what a message costs. */
  prices: Record<string, string>;
  /** The status that a message comes to, and how long after it was accepted; `null`: never by itself. */
  delivery: Delivery;
  /** Which totals the pages of a list have. */
  page_totals: ("total" | "totalPages" | "hasMore")[];
  /** Where the list and its totals lie. */
  page_style: "object" | "array" | "pagination";
}

/** How messages go on. Default: `DELIVERED` after a second. */
export interface Delivery {
  after_ms?: number | null;
  status?: string;
}

/**
 * A patch of the state: it changes what it names. `null` takes a channel or a
 * price away, and gives any other field its default back.
 */
export type SandboxStatePatch = {
  [Field in keyof SandboxState]?:
    | (SandboxState[Field] extends Record<string, infer Value> ? Record<string, Value | null> : SandboxState[Field])
    | null;
};

/** How to start a sandbox. */
export interface SandboxConfig {
  /** Where to listen; loopback only. Default: `127.0.0.1:0`, a free port. */
  listen?: string;
  /** The key that requests have to carry. Default: `sandbox-key`. */
  apiKey?: string;
  /** A patch of the state at the start. */
  state?: SandboxStatePatch;
  /**
   * How the page that shows what it got is shown at the start: opened in a browser (`BROWSER`,
   * else yours), or its address printed on standard error. Default: what the environment
   * variable `PARTNER_MESSAGING_INBOX` says, else `off`.
   */
  inbox?: "print" | "open" | "off";
}

/** What the sandbox does to a request instead of answering it. */
export type Fault = {
  /** How many requests take it. Default: 1. */
  times?: number;
} & (
  | { kind: "respond"; status?: number; headers?: Record<string, string>; body?: unknown }
  | { kind: "code"; code: string }
  | { kind: "rate_limit"; retryAfter?: string | number; envelope?: boolean }
  | { kind: "limit"; perSecond: number; envelope?: boolean }
  | { kind: "redirect"; status?: number; location?: string }
  | { kind: "stall"; ms?: number }
  | { kind: "truncate"; after?: number }
  | { kind: "slow"; msPerByte?: number }
  | { kind: "refuse"; ms?: number }
  | {
      kind: "html502" | "unreadable" | "close_after_read" | "reset" | "garbage" | "close_before_read";
    }
);

/** A request that arrived whole. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: [name: string, value: string][];
  /** The body as text. */
  body: string;
  /** The body as JSON; `null` if it is none. */
  json: any;
  httpVersion: string;
  /** The number of the connection that it came by, from 1. */
  connection: number;
}

/** The sandbox can't carry out a command. */
export class SandboxError extends Error {
  /** The path of the wrong field, such as `fault.status`. */
  readonly field: string | null;
}

/**
 * A real server on loopback, in this process, that speaks the Partner Messaging
 * API: for your tests. It keeps no process alive.
 *
 * Tools that replace Node's `http` don't see a native client, so while a sandbox runs, a
 * client of this thread that would leave the machine is refused with a `ConfigError`
 * (`PARTNER_MESSAGING_ALLOW=loopback`, unless the environment has that variable already).
 *
 * @example
 * ```ts
 * import { Sandbox } from "partner-messaging/testing";
 *
 * const sandbox = await Sandbox.start();
 * const client = sandbox.client();
 * await client.send({ channel: "SMS", to: "+6591234567", content: "Hello" });
 * console.log(sandbox.requests.length); // 1
 *
 * sandbox.pushFault({ kind: "reset" });
 * sandbox.setState({ balance: "0.00" });
 * await sandbox.stop();
 * ```
 */
export class Sandbox {
  private constructor();
  /**
   * Starts a sandbox; it accepts connections when this resolves.
   *
   * @example
   * ```ts
   * import { Sandbox } from "partner-messaging/testing";
   *
   * const sandbox = await Sandbox.start({ apiKey: "my-key", state: { balance: "1.00" } });
   * await sandbox.stop();
   * ```
   */
  static start(config?: SandboxConfig): Promise<Sandbox>;
  /** The base URL, without a slash at the end. */
  readonly url: string;
  /** The page that shows what it got, live, for a browser. */
  readonly inboxUrl: string;
  /** The key that requests have to carry. */
  readonly apiKey: string;
  /** Every API request that arrived whole, the oldest first. API keys and bodies are as they came. */
  readonly requests: RecordedRequest[];
  /** The accepted messages, the oldest first: the `data` of each answer with its `request`. */
  readonly messages: Record<string, any>[];
  /** The state as it is now. */
  readonly state: SandboxState;
  /** Merges a patch into the state. */
  setState(patch: SandboxStatePatch): void;
  /** Adds a fault to the queue from which each request takes the first. */
  pushFault(fault: Fault): void;
  /** Sets the fault that every request takes while the queue is empty; `null` ends it. */
  setFault(fault: Fault | null): void;
  /** Forgets the requests so far. */
  clearRequests(): void;
  /** Puts state, messages, record and faults back to what they were at the start. */
  reset(): void;
  /** A client of this sandbox. */
  client(options?: ClientOptions): Client;
  /** Ends the server and its connections. Idempotent. */
  stop(): Promise<void>;
  /** The same as {@link Sandbox.stop}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
