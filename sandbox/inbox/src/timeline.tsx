// What happened to a message: its requests, and its statuses.

import { plural, span, time } from './format';
import { useClock } from './hooks';
import { MAX_HISTORY, type Entry, type Store } from './model';
import { Text } from './text';
import { badge, statusBadge, story, type Tone } from './words';

/** How many other requests with the same body are told on either side. */
const MAX_OTHERS = 5;

interface Moment {
  at: number;
  tone: Tone;
  title: string;
  words?: string;
  /** The other request that this is about. */
  other?: Entry;
  /** Whether it is still to come. */
  due?: boolean;
}

interface Props {
  store: Store;
  entry: Entry;
  onSelect(entry: Entry): void;
}

export function Timeline({ store, entry, onSelect }: Props) {
  const now = useClock(() => store.now(), 1000);
  const attempts = store.attempts(entry);
  const place = attempts.indexOf(entry);
  const near = attempts.slice(Math.max(0, place - MAX_OTHERS), place + MAX_OTHERS + 1);
  const hidden = attempts.length - near.length;
  const moments = [...near.map((it) => requestMoment(it, entry)), ...statusMoments(entry)];
  moments.sort((one, other) => one.at - other.at);
  return (
    <section class="timeline" aria-label="Timeline">
      <h3>Timeline</h3>
      <ol>
        {moments.map((moment) => (
          <li class={`${moment.tone}${moment.due ? ' due' : ''}`}>
            <time>{time(moment.at, true)}</time>
            <div>
              <span class="title">
                <Text text={moment.title} />
              </span>
              {moment.due && <span class="muted"> in {span(moment.at - now)}</span>}
              {moment.words && (
                <p>
                  <Text text={moment.words} />
                </p>
              )}
              {moment.other && (
                <button type="button" class="link" onClick={() => onSelect(moment.other!)}>
                  Show this request
                </button>
              )}
            </div>
          </li>
        ))}
      </ol>
      {entry.forgotten && (
        <p class="muted">
          {plural(entry.forgotten, 'older status has', 'older statuses have')} left: a message keeps its first one and
          the newest {MAX_HISTORY}.
        </p>
      )}
      {hidden > 0 && <p class="muted">{hidden} more requests with the same body are not shown here.</p>}
    </section>
  );
}

function requestMoment(it: Entry, entry: Entry): Moment {
  const { tone } = badge(it);
  const accepted = it.message && it.outcome === 'sent' ? 'accepted' : it.outcome;
  if (it === entry) return { at: it.at, tone: momentTone(it, tone), title: `Request: ${accepted}`, words: story(it) };
  return {
    at: it.at,
    tone: momentTone(it, tone),
    title: `Another request with the same body: ${accepted}`,
    words: story(it),
    other: it,
  };
}

/** An accepted message's request is well even where the message failed later. */
function momentTone(it: Entry, tone: Tone): Tone {
  return it.outcome === 'sent' ? 'calm' : tone;
}

function statusMoments({ at, message, history = [] }: Entry): Moment[] {
  if (!message) return [];
  const first = history.length === 0 ? message.status : 'SENT';
  const moments: Moment[] = [{ at, tone: 'calm', title: `Status ${first}` }];
  for (const { status, at } of history) {
    moments.push({ at, tone: statusBadge(status).tone, title: `Status ${status}` });
  }
  if (message.due) moments.push({ at: message.due.at, tone: 'calm', title: `Status ${message.due.status}`, due: true });
  return moments;
}
