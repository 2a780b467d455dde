// Builds a fault, shows what a client will see of it, and which faults wait.

import { useState } from 'preact/hooks';
import { control, type ControlError } from './control';
import { closeDialog, Dialog } from './dialog';
import { type Field, FAULT_KINDS, type FaultKind, inBrief, PROPOSALS } from './faults';
import { Labelled, Problem } from './fields';
import { plural } from './format';
import type { Fault, Store } from './model';
import { Text } from './text';

type Values = Record<string, string | boolean>;

const initial = (kind: FaultKind): Values => Object.fromEntries(kind.fields.map(({ name, value }) => [name, value]));

/** The fault that the form describes. Wrong values are left to the sandbox, which names them. */
function faultOf(kind: FaultKind, values: Values, times: string, stays: boolean): Fault {
  const fault: Fault = { kind: kind.kind };
  for (const field of kind.fields) {
    const value = values[field.name];
    if (value === '' || value === false || value === undefined) continue;
    fault[field.name] = field.name === 'headers' ? headersIn(String(value)) : typed(field, value);
  }
  if (kind.met === 'by requests' && !stays && times !== '1') fault.times = typedNumber(times);
  return fault;
}

function typed(field: Field, value: string | boolean): unknown {
  return field.type === 'number' ? typedNumber(String(value)) : value;
}

function typedNumber(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

function headersIn(lines: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines.split('\n').filter((line) => line.trim())) {
    const colon = line.indexOf(':');
    const [name, value] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
    headers[name.trim()] = value.trim();
  }
  return headers;
}

const OUTCOMES = {
  sent: 'sent',
  rejected: 'rejected',
  unknown: 'unknown',
  not_sent: 'not sent',
} as const;

interface Props {
  store: Store;
  onClose(): void;
  say(text: string): void;
}

export function FaultsDialog({ store, onClose, say }: Props) {
  const [kind, setKind] = useState(FAULT_KINDS[0]!);
  const [values, setValues] = useState(initial(kind));
  const [times, setTimes] = useState('1');
  const [stays, setStays] = useState(false);
  const [error, setError] = useState<ControlError | null>(null);
  const byRequests = kind.met === 'by requests';
  const fault = faultOf(kind, values, times, stays);
  const { seen, processed, outcome, kinds } = kind.effect(fault);
  const command = { op: byRequests && stays ? 'set_fault' : 'push_fault', fault };

  const choose = (name: string) => {
    const chosen = FAULT_KINDS.find((it) => it.kind === name)!;
    setKind(chosen);
    setValues(initial(chosen));
    setError(null);
  };
  const run = async (command: { op: string; fault?: Fault }, done: string) => {
    try {
      await control(command);
      setError(null);
      say(done);
    } catch (error) {
      setError(error as ControlError);
    }
  };
  const shownFields = [...kind.fields.map(({ name }) => `fault.${name}`), 'fault.times'];
  return (
    <Dialog title="Faults" onClose={onClose}>
      <form
        class="builder"
        onSubmit={(event) => {
          event.preventDefault();
          void run(command, byRequests ? 'The fault waits' : 'The fault acts');
        }}
      >
        <div class="form">
          <Labelled label="Fault" path="fault.kind" error={error}>
            {(attributes) => (
              <select {...attributes} value={kind.kind} onChange={(event) => choose(event.currentTarget.value)}>
                {FAULT_KINDS.map((it) => (
                  <option value={it.kind}>
                    {it.label} – {it.kind}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          {kind.fields.map((field) => (
            <FaultField
              key={`${kind.kind}.${field.name}`}
              field={field}
              value={values[field.name]!}
              error={error}
              onChange={(value) => setValues({ ...values, [field.name]: value })}
            />
          ))}
          {byRequests && (
            <fieldset>
              <legend>Which requests</legend>
              <label class="choice">
                <input type="radio" name="which" checked={!stays} onChange={() => setStays(false)} />
                The next ones
              </label>
              <label class="choice">
                <input type="radio" name="which" checked={stays} onChange={() => setStays(true)} />
                Every one, until it is taken away
              </label>
              {!stays && (
                <Labelled label="How many" path="fault.times" error={error}>
                  {(attributes) => (
                    <input
                      {...attributes}
                      inputMode="numeric"
                      value={times}
                      onInput={(event) => setTimes(event.currentTarget.value)}
                    />
                  )}
                </Labelled>
              )}
            </fieldset>
          )}
        </div>
        <aside aria-label="What will happen" class="effect">
          <h3>The client sees</h3>
          <p>
            <Text text={seen} />
          </p>
          <dl class="facts">
            <div>
              <dt>Outcome of a send</dt>
              <dd>
                <span class={`badge ${{ sent: 'good', rejected: 'bad', unknown: 'doubt', not_sent: 'calm' }[outcome]}`}>
                  {OUTCOMES[outcome]}
                </span>
              </dd>
            </div>
            {kinds.length > 0 && (
              <div>
                <dt>Kind of its error</dt>
                <dd>{kinds.join(' or ')}</dd>
              </div>
            )}
            <div>
              <dt>Service acts on it</dt>
              <dd>{processed}</dd>
            </div>
          </dl>
          <pre tabIndex={0} aria-label="The command">
            <Text text={JSON.stringify(command, null, 2)} />
          </pre>
          <Problem error={error} fields={shownFields} />
          <button type="submit" class="primary">
            {byRequests ? 'Add this fault' : 'Start this fault'}
          </button>
        </aside>
      </form>
      <Waiting
        store={store}
        onClear={() => run({ op: 'clear_faults' }, 'All faults are taken away')}
      />
    </Dialog>
  );
}

interface FaultFieldProps {
  field: Field;
  value: string | boolean;
  error: ControlError | null;
  onChange(value: string | boolean): void;
}

function FaultField({ field, value, error, onChange }: FaultFieldProps) {
  if (field.type === 'flag') {
    return (
      <label class="choice">
        <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
        {field.label}
      </label>
    );
  }
  const list = PROPOSALS[field.name] && field.type === 'text' ? `proposals-${field.name}` : undefined;
  return (
    <Labelled label={field.label} hint={field.hint} path={`fault.${field.name}`} error={error}>
      {(attributes) =>
        field.type === 'lines' ? (
          <textarea
            {...attributes}
            rows={3}
            value={String(value)}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        ) : (
          <>
            <input
              {...attributes}
              list={list}
              required={field.required}
              inputMode={field.type === 'number' ? 'numeric' : undefined}
              value={String(value)}
              onInput={(event) => onChange(event.currentTarget.value)}
            />
            {list && (
              <datalist id={list}>
                {PROPOSALS[field.name]!.map((it) => (
                  <option value={it} />
                ))}
              </datalist>
            )}
          </>
        )
      }
    </Labelled>
  );
}

function Waiting({ store, onClear }: { store: Store; onClear(): void }) {
  const { queue, queued, set, limit } = store.faults;
  const none = !queue.length && !set && !limit;
  const hidden = queued - queue.reduce((sum, fault) => sum + Number(fault.times ?? 1), 0);
  return (
    <section class="waiting" aria-label="Faults that wait">
      <h3>Waiting</h3>
      {none && <p class="muted">No fault waits. Requests are answered as the state says.</p>}
      <ul>
        {limit && (
          <li>
            <strong>For all requests</strong> <code>{inBrief(limit)}</code>
          </li>
        )}
        {queue.map((fault, i) => (
          <li>
            <strong>{i === 0 ? 'Next' : 'Then'}</strong>{' '}
            <code>
              <Text text={inBrief(fault)} />
            </code>
          </li>
        ))}
        {hidden > 0 && <li>and {plural(hidden, 'more')}</li>}
        {set && (
          <li>
            <strong>{queue.length ? 'Afterwards every request' : 'Every request'}</strong>{' '}
            <code>
              <Text text={inBrief(set)} />
            </code>
          </li>
        )}
      </ul>
      <div class="actions">
        <button type="button" onClick={onClear} disabled={none}>
          Take all away
        </button>
        <button type="button" onClick={closeDialog}>
          Done
        </button>
      </div>
    </section>
  );
}
