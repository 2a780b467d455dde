// Changes what the sandbox knows of its customer.

import { useState } from 'preact/hooks';
import { control, type ControlError } from './control';
import { closeDialog, Dialog } from './dialog';
import { PROPOSALS } from './faults';
import { Labelled, Problem } from './fields';
import type { State, Store } from './model';

const STANDINGS = ['active', 'inactive', 'missing'];
const CHANNEL_STATES = ['configured', 'not_configured', 'no_credentials'];
const PAGE_TOTALS = ['total', 'totalPages', 'hasMore'];
const PAGE_STYLES = ['object', 'array', 'pagination'];

const spoken = (word: string) => word.replaceAll('_', ' ');

type Json = Record<string, unknown>;

/** What of `now` is not as it was in `before`, as the sandbox takes it: `null` takes a name away. */
export function patch(before: Json, now: Json): Json {
  const isObject = (value: unknown): value is Json =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const changes: Json = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was, is] = [before[name], now[name]];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    changes[name] = isObject(was) && isObject(is) ? patch(was, is) : (is ?? null);
  }
  return changes;
}

interface Props {
  store: Store;
  onClose(): void;
  say(text: string): void;
}

export function StateDialog({ store, onClose, say }: Props) {
  // As it was when the dialog opened: the balance goes on sinking meanwhile.
  const [before] = useState(store.state!);
  const [state, setState] = useState(before);
  const [error, setError] = useState<ControlError | null>(null);
  const change = (changes: Partial<State>) => setState({ ...state, ...changes });
  const { delivery } = state;

  const save = async (event: Event) => {
    event.preventDefault();
    try {
      await control({ op: 'set_state', state: patch({ ...before }, { ...state }) });
      say('The state is changed');
      closeDialog();
    } catch (error) {
      setError(error as ControlError);
    }
  };
  const field = (label: string, path: string, value: string, onInput: (value: string) => void, hint?: string) => (
    <Labelled label={label} path={path} error={error} hint={hint}>
      {(attributes) => (
        <input {...attributes} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
    </Labelled>
  );
  const choice = (label: string, path: string, value: string, of: string[], onChange: (value: string) => void) => (
    <Labelled label={label} path={path} error={error}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {of.map((it) => (
            <option value={it}>{spoken(it)}</option>
          ))}
        </select>
      )}
    </Labelled>
  );
  return (
    <Dialog title="State" onClose={onClose}>
      <form class="state" onSubmit={save}>
        <div class="columns">
          <fieldset>
            <legend>Credit</legend>
            {field('Balance', 'state.balance', state.balance, (balance) => change({ balance }))}
            {field('Currency', 'state.currency', state.currency, (currency) => change({ currency }))}
          </fieldset>
          <fieldset>
            <legend>Customer</legend>
            {choice('Organisation', 'state.organization', state.organization, STANDINGS, (organization) =>
              change({ organization }),
            )}
            {choice('App', 'state.app', state.app, STANDINGS, (app) => change({ app }))}
          </fieldset>
          <fieldset>
            <legend>Delivery of messages accepted from now on</legend>
            {field(
              'After, in milliseconds',
              'state.delivery.after_ms',
              delivery.after_ms === null ? '' : String(delivery.after_ms),
              (text) => change({ delivery: { ...delivery, after_ms: milliseconds(text) } }),
              'empty: a message stays SENT',
            )}
            {field('Status then', 'state.delivery.status', delivery.status, (status) =>
              change({ delivery: { ...delivery, status } }),
            )}
          </fieldset>
          <fieldset>
            <legend>Pages of a list</legend>
            {choice('Form', 'state.page_style', state.page_style, PAGE_STYLES, (page_style) => change({ page_style }))}
            {PAGE_TOTALS.map((total) => (
              <label class="choice">
                <input
                  type="checkbox"
                  checked={state.page_totals.includes(total)}
                  onChange={(event) => {
                    const on = event.currentTarget.checked;
                    change({ page_totals: PAGE_TOTALS.filter((it) => (it === total ? on : state.page_totals.includes(it))) });
                  }}
                />
                {total}
              </label>
            ))}
          </fieldset>
        </div>
        <Channels state={state} error={error} onChange={change} />
        <Problem error={error} fields={paths(state)} />
        <div class="actions">
          <button type="submit" class="primary">
            Save
          </button>
          <button type="button" onClick={closeDialog}>
            Cancel
          </button>
        </div>
      </form>
      <AdvanceAll say={say} />
    </Dialog>
  );
}

/** What is no number goes as it is, so that the sandbox can say what is wrong. */
function milliseconds(text: string): number | null {
  if (text.trim() === '') return null;
  return /^\d+$/.test(text.trim()) ? Number(text) : (text as unknown as number);
}

/** The fields that show their errors themselves. */
function paths(state: State): string[] {
  const channels = Object.keys(state.channels).flatMap((name) => [`state.channels.${name}`, `state.prices.${name}`]);
  const others = ['balance', 'currency', 'organization', 'app', 'delivery.after_ms', 'delivery.status', 'page_style'];
  return [...others.map((name) => `state.${name}`), ...channels];
}

interface ChannelsProps {
  state: State;
  error: ControlError | null;
  onChange(changes: Partial<State>): void;
}

function Channels({ state, error, onChange }: ChannelsProps) {
  const [name, setName] = useState('');
  const add = () => {
    if (name.trim()) onChange({ channels: { ...state.channels, [name.trim()]: 'configured' } });
    setName('');
  };
  return (
    <fieldset class="channels">
      <legend>Channels</legend>
      {Object.entries(state.channels).map(([channel, standing]) => (
        <div class="columns" key={channel}>
          <Labelled label={channel} path={`state.channels.${channel}`} error={error}>
            {(attributes) => (
              <select
                {...attributes}
                value={standing}
                onChange={(event) =>
                  onChange({ channels: { ...state.channels, [channel]: event.currentTarget.value } })
                }
              >
                {CHANNEL_STATES.map((it) => (
                  <option value={it}>{spoken(it)}</option>
                ))}
              </select>
            )}
          </Labelled>
          <Labelled label={`Price of ${channel}`} path={`state.prices.${channel}`} error={error}>
            {(attributes) => (
              <input
                {...attributes}
                placeholder="0.10"
                value={state.prices[channel] ?? ''}
                onInput={(event) => {
                  const { [channel]: _, ...others } = state.prices;
                  const price = event.currentTarget.value;
                  onChange({ prices: price === '' ? others : { ...others, [channel]: price } });
                }}
              />
            )}
          </Labelled>
        </div>
      ))}
      <div class="add">
        <label>
          <span>Another channel</span>
          <input value={name} placeholder="RCS" onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <button type="button" onClick={add}>
          Add
        </button>
      </div>
    </fieldset>
  );
}

function AdvanceAll({ say }: { say(text: string): void }) {
  const [status, setStatus] = useState('DELIVERED');
  const advance = async (event: Event) => {
    event.preventDefault();
    try {
      await control({ op: 'advance', status });
      say(`All messages are now ${status}`);
    } catch (error) {
      say((error as Error).message);
    }
  };
  return (
    <form class="add" onSubmit={advance}>
      <label>
        <span>Status of all messages</span>
        <input list="all-statuses" value={status} onInput={(event) => setStatus(event.currentTarget.value)} />
      </label>
      <datalist id="all-statuses">
        {PROPOSALS.status!.map((it) => (
          <option value={it} />
        ))}
      </datalist>
      <button type="submit">Set</button>
    </form>
  );
}
