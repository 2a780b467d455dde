// The controls that choose what the list shows.

import type { Filter, Kind } from './filter';
import { NO_FILTER } from './filter';
import { count } from './format';
import { Icon } from './icons';
import type { Store } from './model';

interface Props {
  store: Store;
  filter: Filter;
  onChange(filter: Filter): void;
}

export function Filters({ store, filter, onChange }: Props) {
  const { sent, rejected, unknown, reads } = store.totals;
  const kinds: [Kind, string, number][] = [
    ['sends', 'All', sent + rejected + unknown],
    ['sent', 'Sent', sent],
    ['rejected', 'Rejected', rejected],
    ['unknown', 'Unknown', unknown],
    ['reads', 'Reads', reads],
  ];
  const change = (changes: Partial<Filter>) => onChange({ ...filter, ...changes });
  const channels = Object.keys(store.state?.channels ?? {});
  return (
    <search class="filters">
      <div class="fields">
        <label class="search">
          <span class="unseen">Search text, sender, message id or code</span>
          <Icon name="search" />
          <input
            id="search"
            type="search"
            placeholder="Search text, id, code"
            value={filter.text}
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
        </label>
        <label>
          <span class="unseen">Recipient</span>
          <input
            type="search"
            placeholder="Recipient"
            value={filter.recipient}
            onInput={(event) => change({ recipient: event.currentTarget.value })}
          />
        </label>
        <label>
          <span class="unseen">Channel</span>
          <select value={filter.channel} onChange={(event) => change({ channel: event.currentTarget.value })}>
            <option value="">All channels</option>
            {channels.map((channel) => (
              <option value={channel}>{channel}</option>
            ))}
          </select>
        </label>
      </div>
      <div class="kinds" role="group" aria-label="Outcome">
        {kinds.map(([kind, label, number]) => (
          <button
            type="button"
            class={kind}
            aria-pressed={filter.kind === kind}
            onClick={() => change({ kind })}
          >
            {label} <span class="number">{count(number)}</span>
          </button>
        ))}
      </div>
    </search>
  );
}

/** What stands in the place of a list that is empty. */
export function Nothing({ store, filter, narrowed, onChange }: Props & { narrowed: boolean }) {
  if (!store.complete) return <p class="nothing">Loading…</p>;
  if (narrowed || filter.kind !== 'sends') {
    return (
      <div class="nothing">
        <h2>Nothing matches</h2>
        <button type="button" onClick={() => onChange(NO_FILTER)}>
          Show all sends
        </button>
      </div>
    );
  }
  return (
    <div class="nothing">
      <Icon name="SMS" />
      <h2>No message yet</h2>
      <p>
        Point a client at <code>{store.url}</code> with the key <code>{store.apiKey}</code>, or try:
      </p>
      <pre tabIndex={0} aria-label="A first message">{`curl -H 'x-api-key: ${store.apiKey}' --json '
  {"request": {"channel": "SMS", "to": "+6591234567",
    "content": "Hello"}}' \\
  ${store.url}/partner/message/send`}</pre>
    </div>
  );
}
