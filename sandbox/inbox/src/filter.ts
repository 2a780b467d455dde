// Which requests the list shows.

import type { Entry, Store } from './model';

export type Kind = 'sends' | 'sent' | 'rejected' | 'unknown' | 'reads';

export interface Filter {
  kind: Kind;
  channel: string;
  recipient: string;
  text: string;
}

export const NO_FILTER: Filter = { kind: 'sends', channel: '', recipient: '', text: '' };

/** Whether it hides anything of its kind. */
export function isNarrowed(filter: Filter): boolean {
  return Boolean(filter.channel || filter.recipient || filter.text);
}

/** The entries that a filter lets through, kept up to date at the cost of what is new. */
export class Found {
  #filter: Filter | null = null;
  #epoch = -1;
  #last = -1;
  #items: Entry[] = [];

  /** The oldest first. */
  of(store: Store, filter: Filter): readonly Entry[] {
    if (filter !== this.#filter || store.epoch !== this.#epoch) {
      this.#filter = filter;
      this.#epoch = store.epoch;
      this.#last = -1;
      this.#items = [];
    }
    let left = 0;
    while (left < this.#items.length && this.#items[left]!.n < store.oldest) left++;
    if (left > 0) this.#items.splice(0, left);

    const matches = matcher(filter);
    const entries = store.entries;
    let first = entries.length;
    while (first > 0 && entries[first - 1]!.n > this.#last) first--;
    for (let i = first; i < entries.length; i++) {
      if (matches(entries[i]!)) this.#items.push(entries[i]!);
    }
    this.#last = entries.at(-1)?.n ?? this.#last;
    return this.#items;
  }
}

function matcher({ kind, channel, recipient, text }: Filter): (entry: Entry) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const to = recipient.toLowerCase().replace(/\s/g, '');
  return (entry) =>
    isOfKind(entry, kind) &&
    (!channel || entry.channel === channel) &&
    (!to || (entry.to ?? '').toLowerCase().includes(to)) &&
    (words.length === 0 || says(entry, words));
}

function isOfKind(entry: Entry, kind: Kind): boolean {
  if (kind === 'sends') return entry.outcome !== null;
  if (kind === 'reads') return entry.outcome === null;
  return entry.outcome === kind;
}

function says(entry: Entry, words: string[]): boolean {
  entry.searched ??= [entry.text, entry.to, entry.from, entry.message?.id, entry.code, entry.path]
    .filter(Boolean)
    .join('\n')
    .toLowerCase();
  const searched = entry.searched;
  return words.every((word) => searched.includes(word));
}
