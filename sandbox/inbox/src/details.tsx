// All of one request: the message, what became of it, and the bytes.

import { useEffect, useState } from 'preact/hooks';
import { ControlError, control, details, type Details as Whole } from './control';
import { curl } from './curl';
import { PROPOSALS } from './faults';
import { bytes, dateAndTime, pretty } from './format';
import { Icon } from './icons';
import { MessageView } from './message';
import type { Entry, Store } from './model';
import { LongText, Text } from './text';
import { Timeline } from './timeline';
import { badge, story } from './words';

interface Props {
  store: Store;
  entry: Entry;
  onBack(): void;
  onSelect(entry: Entry): void;
  /** Tells the user that something was done, or why it was not. */
  say(text: string): void;
}

export function Details({ store, entry, onBack, onSelect, say }: Props) {
  const whole = useWhole(entry.n);
  const { text, tone } = badge(entry);

  const copy = async (what: string, value: string) => {
    try {
      await navigator.clipboard.writeText(value);
      say(`${what} copied`);
    } catch {
      say('The browser does not allow copying');
    }
  };
  const request = whole === 'left' ? null : whole?.request;
  return (
    <article class="details" aria-label="Request" tabIndex={-1} id="details">
      <header>
        <button type="button" class="back" onClick={onBack}>
          <Icon name="back" />
          All requests
        </button>
        <h2>{entry.to ? <Text text={entry.to} /> : <Text text={entry.method ? `${entry.method} ${entry.path}` : 'A request that was cut off'} />}</h2>
        <span class={`badge large ${tone}`}>
          <Text text={text} />
        </span>
        <p class="story">
          <Text text={story(entry)} />
        </p>
        <Facts entry={entry} />
        <div class="actions">
          <button
            type="button"
            id="copy-curl"
            disabled={!request}
            onClick={() => request && copy('Command', curl(request, store.url, store.apiKey))}
          >
            <Icon name="copy" />
            Copy as curl
          </button>
          <button type="button" disabled={!request} onClick={() => request && copy('Body', request.body)}>
            <Icon name="copy" />
            Copy body
          </button>
          {entry.message && <Advance key={entry.n} id={entry.message.id} say={say} />}
        </div>
      </header>
      {whole === 'left' && (
        <p class="notice">This request has left the sandbox’s log: only what the list shows is still known.</p>
      )}
      {entry.outcome && request && <MessageView entry={entry} body={request.body} />}
      {entry.outcome && <Timeline store={store} entry={entry} onSelect={onSelect} />}
      {request && (
        <Wire
          title="Request as it came"
          first={`${request.method} ${request.path} ${request.http_version}`}
          headers={request.headers}
          body={request.body}
        />
      )}
      {whole !== 'left' && whole?.answer && (
        <Wire
          title={entry.fault ? 'Answer of the service, before the fault' : 'Answer'}
          first={`Status ${whole.answer.status}`}
          headers={whole.answer.headers}
          body={whole.answer.body}
        />
      )}
    </article>
  );
}

/** The whole request, once it is there. */
function useWhole(n: number): Whole | 'left' | null {
  const [whole, setWhole] = useState<{ n: number; is: Whole | 'left' } | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    details(n, abort.signal).then(
      (is) => setWhole({ n, is: is ?? 'left' }),
      (error: unknown) => {
        if (error instanceof ControlError) setWhole(null);
      },
    );
    return () => abort.abort();
  }, [n]);
  return whole?.n === n ? whole.is : null;
}

function Facts({ entry }: { entry: Entry }) {
  const { message } = entry;
  const facts: [string, string | null | undefined][] = [
    ['Channel', entry.channel],
    ['From', entry.from],
    ['Time', dateAndTime(entry.at)],
    ['Cost', message && `${message.cost} ${message.currency}`],
    ['Message', message?.id],
    ['Code', entry.code],
  ];
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value && (
            <div>
              <dt>{name}</dt>
              <dd>
                <Text text={value} />
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Advance({ id, say }: { id: string; say(text: string): void }) {
  const [status, setStatus] = useState('DELIVERED');
  const advance = async (event: Event) => {
    event.preventDefault();
    try {
      await control({ op: 'advance', message_id: id, status });
      say(`The message is now ${status}`);
    } catch (error) {
      say((error as Error).message);
    }
  };
  return (
    <form class="advance" onSubmit={advance}>
      <label>
        <span>Status</span>
        <input list="statuses" value={status} onInput={(event) => setStatus(event.currentTarget.value)} />
      </label>
      <datalist id="statuses">
        {PROPOSALS.status!.map((it) => (
          <option value={it} />
        ))}
      </datalist>
      <button type="submit">Set</button>
    </form>
  );
}

interface WireProps {
  title: string;
  first: string;
  headers: [string, string][];
  body: string;
}

function Wire({ title, first, headers, body }: WireProps) {
  const [raw, setRaw] = useState(false);
  const laidOut = pretty(body);
  return (
    <section class="wire">
      <h3>{title}</h3>
      <p class="first">
        <code>
          <Text text={first} />
        </code>
      </p>
      <details>
        <summary>
          {headers.length} {headers.length === 1 ? 'header' : 'headers'}
        </summary>
        <table>
          <tbody>
            {headers.map(([name, value]) => (
              <tr>
                <th scope="row">{name}</th>
                <td>
                  <Text text={value} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      {body && (
        <>
          <p class="body-title">
            Body, {bytes(new TextEncoder().encode(body).length)}
            {laidOut !== body && (
              <label>
                <input type="checkbox" checked={raw} onChange={(event) => setRaw(event.currentTarget.checked)} />
                as it came
              </label>
            )}
          </p>
          <pre tabIndex={0} aria-label={`${title}: body`}>
            <LongText text={raw ? body : laidOut} />
          </pre>
        </>
      )}
    </section>
  );
}
