// What became of a request, in words.

import { kindOf } from './faults';
import type { Entry } from './model';

export type Tone = 'good' | 'bad' | 'doubt' | 'calm';

export interface Badge {
  text: string;
  tone: Tone;
}

const BAD = /FAIL|UNDELIVERED|BOUNCE|EXPIRED|BLOCKED/;
const GOOD = /DELIVERED|READ|OPENED|CLICKED/;

export function statusBadge(status: string): Badge {
  const upper = status.toUpperCase();
  const tone = BAD.test(upper) ? 'bad' : GOOD.test(upper) ? 'good' : 'calm';
  return { text: status, tone };
}

/** The one word that says most of an entry. */
export function badge(entry: Entry): Badge {
  switch (entry.outcome) {
    case 'sent':
      // A made-up answer says sent without a message.
      return entry.message ? statusBadge(entry.message.status) : { text: 'sent', tone: 'good' };
    case 'rejected':
      return { text: 'rejected', tone: 'bad' };
    case 'unknown':
      return { text: 'unknown', tone: 'doubt' };
    default:
      return { text: entry.status === null ? 'no answer' : String(entry.status), tone: 'calm' };
  }
}

/** What the service did with a request, and what its client got to see. */
export function story(entry: Entry): string {
  const seen = entry.fault && kindOf(entry.fault)?.effect(entry.fault).seen;
  if (entry.outcome === null) return seen ? `The client saw ${seen}.` : `Answered with ${entry.status}.`;
  if (entry.message && entry.outcome === 'sent') {
    return seen ? `Accepted. The client saw ${seen}.` : 'Accepted, and the client was told so.';
  }
  if (entry.message) return `Accepted, but the client can’t know: it saw ${seen}.`;
  if (seen && entry.outcome === 'unknown') return `Not taken, but the client can’t know: it saw ${seen}.`;
  if (seen) return `Not taken. The client saw ${seen}.`;
  const reason = [entry.code, entry.error].filter(Boolean).join(': ');
  return `Not taken${reason ? `: ${reason}` : `: answered with ${entry.status}`}.`;
}

/** The line of an entry's list row under its recipient. */
export function summary(entry: Entry): string {
  if (entry.text) return entry.text;
  if (entry.method) return `${entry.method} ${entry.path}`;
  return 'A request that was cut off before it was read';
}
