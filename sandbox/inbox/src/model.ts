// What the sandbox tells, and the part of it that the page keeps.

export type Outcome = 'sent' | 'rejected' | 'unknown';

/** A fault in its JSON form: a kind and that kind's fields. */
export interface Fault {
  kind: string;
  [field: string]: unknown;
}

export interface Change {
  status: string;
  /** Milliseconds since 1970, as all times here. */
  at: number;
}

/** One request. */
export interface Entry {
  /** Its number, by which its details are asked for. */
  n: number;
  at: number;
  method: string;
  path: string;
  channel: string | null;
  to: string | null;
  from: string | null;
  text: string;
  /** Whether the message says more than `text`. */
  cut: boolean;
  /** Requests of the same path and body have the same. */
  same: string;
  /** The answer's. */
  status: number | null;
  code: string | null;
  error: string | null;
  fault: Fault | null;
  message: { id: string; status: string; cost: string; currency: string; due: Change | null } | null;
  /** Absent for a request that sends nothing. */
  outcome: Outcome | null;
  /** The newest statuses after the first, once there are any. */
  history?: Change[];
  /** How many older ones have left. */
  forgotten?: number;
  /** Text, subject and ids in lower case, made when a search first needs it. */
  searched?: string;
}

export interface State {
  organization: string;
  app: string;
  channels: Record<string, string>;
  balance: string;
  currency: string;
  prices: Record<string, string>;
  delivery: { after_ms: number | null; status: string };
  page_totals: string[];
  page_style: string;
}

export interface WaitingFaults {
  queue: Fault[];
  /** How many requests the queue waits for. */
  queued: number;
  set: Fault | null;
  limit: Fault | null;
}

export interface Totals {
  sent: number;
  rejected: number;
  unknown: number;
  reads: number;
  /** How many requests have left the sandbox's log. */
  left: number;
}

/** A second's number since 1970, and its sends by outcome. */
export type Second = [second: number, sent: number, rejected: number, unknown: number];

export interface Batch {
  restart: boolean;
  now: number;
  oldest: number;
  more: boolean;
  events: ({ request: Entry } | { status: Change & { message: string | null } })[];
  totals: Totals;
  rates: Second[];
  url?: string;
  api_key?: string;
  capacity?: number;
  state?: State;
  faults?: WaitingFaults;
}

const NO_TOTALS: Totals = { sent: 0, rejected: 0, unknown: 0, reads: 0, left: 0 };
const MAX_SECONDS = 3600;
/** How many changes of status the page keeps of a message: a test may change it without end. */
export const MAX_HISTORY = 50;

/** Everything that the page knows. Whoever shows it is told of each change. */
export class Store {
  /** Whether the events come. */
  live = false;
  url = '';
  apiKey = '';
  capacity = 0;
  state: State | null = null;
  faults: WaitingFaults = { queue: [], queued: 0, set: null, limit: null };
  totals = NO_TOTALS;
  seconds: Second[] = [];
  /** The oldest first. */
  entries: Entry[] = [];
  /** The number below which all have left. */
  oldest = 0;
  /** Counts how often everything was forgotten. */
  epoch = 0;
  /** Whether all that was there when the page opened has come. */
  complete = false;

  readonly #byMessage = new Map<string, Entry>();
  readonly #bySame = new Map<string, Entry[]>();
  #due: Entry[] = [];
  /** How far the sandbox's clock is ahead of the browser's. */
  #ahead = 0;
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The sandbox's time. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  setLive(live: boolean): void {
    this.live = live;
    this.#changed();
  }

  apply(batch: Batch): void {
    if (batch.restart) this.#clear();
    this.#ahead = batch.now - Date.now();
    for (const event of batch.events) {
      if ('request' in event) this.#add(event.request);
      else this.#changeStatus(event.status.message, event.status);
    }
    this.#forget(batch.oldest);
    this.totals = batch.totals;
    this.#count(batch.rates);
    this.url = batch.url ?? this.url;
    this.apiKey = batch.api_key ?? this.apiKey;
    this.capacity = batch.capacity ?? this.capacity;
    this.state = batch.state ?? this.state;
    this.faults = batch.faults ?? this.faults;
    this.complete ||= !batch.more;
    this.#changed();
  }

  /** Gives messages the status that they come to by themselves. */
  advanceDue(): void {
    const now = this.now();
    const still = this.#due.filter((entry) => !this.#settle(entry, now));
    if (still.length === this.#due.length) return;
    this.#due = still;
    this.#changed();
  }

  find(n: number): Entry | undefined {
    // Numbers rise, but some belong to changes of status.
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle]!.n < n) low = middle + 1;
      else high = middle;
    }
    const entry = this.entries[low];
    return entry?.n === n ? entry : undefined;
  }

  /** The requests with the same path and body, this one among them, the oldest first. */
  attempts(entry: Entry): Entry[] {
    return (entry.same && this.#bySame.get(entry.same)) || [entry];
  }

  #add(entry: Entry): void {
    this.entries.push(entry);
    if (entry.same && entry.outcome) {
      const attempts = this.#bySame.get(entry.same);
      if (attempts) attempts.push(entry);
      else this.#bySame.set(entry.same, [entry]);
    }
    if (!entry.message) return;
    this.#byMessage.set(entry.message.id, entry);
    if (entry.message.due && !this.#settle(entry, this.now())) this.#due.push(entry);
  }

  /** Whether nothing is due any more. */
  #settle(entry: Entry, now: number): boolean {
    const message = entry.message;
    if (!message?.due) return true;
    if (message.due.at > now) return false;
    remember(entry, message.due);
    message.status = message.due.status;
    message.due = null;
    return true;
  }

  #changeStatus(id: string | null, change: Change): void {
    const changed = id === null ? this.#byMessage.values() : [this.#byMessage.get(id)];
    for (const entry of changed) {
      if (!entry?.message) continue;
      this.#settle(entry, change.at);
      entry.message.due = null;
      entry.message.status = change.status;
      remember(entry, change);
    }
  }

  /** Lets go of what has left the sandbox's log. */
  #forget(oldest: number): void {
    this.oldest = oldest;
    let count = 0;
    while (count < this.entries.length && this.entries[count]!.n < oldest) {
      const entry = this.entries[count++]!;
      if (entry.message) this.#byMessage.delete(entry.message.id);
      const attempts = this.#bySame.get(entry.same);
      if (attempts && attempts.length > 1) attempts.shift();
      else this.#bySame.delete(entry.same);
    }
    this.entries.splice(0, count);
    if (count > 0) this.#due = this.#due.filter(({ n }) => n >= oldest);
  }

  #count(rates: Second[]): void {
    for (const second of rates) {
      if (this.seconds.at(-1)?.[0] === second[0]) this.seconds.pop();
      this.seconds.push(second);
    }
    if (this.seconds.length > MAX_SECONDS) this.seconds.splice(0, this.seconds.length - MAX_SECONDS);
  }

  #clear(): void {
    this.entries = [];
    this.seconds = [];
    this.#byMessage.clear();
    this.#bySame.clear();
    this.#due = [];
    this.complete = false;
    this.epoch++;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function remember(entry: Entry, { status, at }: Change): void {
  const history = (entry.history ??= []);
  history.push({ status, at });
  if (history.length <= MAX_HISTORY) return;
  history.shift();
  entry.forgotten = (entry.forgotten ?? 0) + 1;
}
