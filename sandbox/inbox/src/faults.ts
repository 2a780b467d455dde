// The faults: their fields, and what they do to a request. The table is the README's.

import { bytes, span } from './format';
import type { Fault, Outcome } from './model';

export type Field =
  | { name: string; label: string; type: 'text' | 'lines'; value: string; required?: boolean; hint?: string }
  | { name: string; label: string; type: 'number'; value: string; required?: boolean; hint?: string }
  | { name: string; label: string; type: 'flag'; value: boolean; hint?: string };

/** What becomes of a request that takes a fault. */
export interface Effect {
  /** What the client sees on the wire. */
  seen: string;
  /** Whether the service acts on the request: a message counts and costs. */
  processed: 'yes' | 'no' | 'what is let through';
  /** What the client of a send can know then. */
  outcome: Outcome | 'not_sent';
  /** The `kind` that the client's error may have; none where there is no error. */
  kinds: readonly string[];
}

export interface FaultKind {
  kind: string;
  label: string;
  fields: Field[];
  /** How it is met: by a request, or at once by all there is. */
  met: 'by requests' | 'at once';
  effect(fault: Fault): Effect;
}

const CODES = [
  'INVALID_REQUEST',
  'VALIDATION_ERROR',
  'ORG_NOT_FOUND',
  'ORG_INACTIVE',
  'APP_NOT_FOUND',
  'APP_INACTIVE',
  'INSUFFICIENT_CREDIT',
  'CHANNEL_CONFIG_NOT_FOUND',
  'CHANNEL_CREDENTIALS_NOT_FOUND',
  'MESSAGE_NOT_FOUND',
  'INVALID_PAGINATION',
] as const;

/** What a text field proposes. */
export const PROPOSALS: Record<string, readonly string[]> = {
  code: CODES,
  status: ['DELIVERED', 'READ', 'FAILED'],
};

const lost = (seen: string, kind: string): Effect => ({ seen, processed: 'yes', outcome: 'unknown', kinds: [kind] });
const canned = (seen: string, outcome: Outcome, ...kinds: string[]): Effect => ({ seen, processed: 'no', outcome, kinds });
const refused = (seen: string): Effect => canned(seen, 'rejected', 'api');
const number = (value: unknown): number => Number(value) || 0;

/** What a client knows from an answer that is made up; the sandbox decides it in the same way. */
function made(seen: string, status: number, body: unknown): Effect {
  const { success, data } = envelopeIn(status, body);
  if (success === false) return refused(seen);
  if (success === true && status < 300 && isId(data?.messageId)) return canned(seen, 'sent');
  if (success !== true && [400, 401, 403, 404, 405, 410, 413, 415, 422, 429].includes(status)) return refused(seen);
  return canned(seen, 'unknown', status < 300 ? 'malformed' : status < 400 ? 'redirect' : 'server');
}

function envelopeIn(status: number, body: unknown): { success?: unknown; data?: { messageId?: unknown } } {
  // Answers with these statuses have no body.
  if (status === 204 || status === 304) return {};
  if (typeof body !== 'string') return (body ?? {}) as object;
  try {
    return (JSON.parse(body.replace(/^\ufeff/, '')) ?? {}) as object;
  } catch {
    return {};
  }
}

const isId = (id: unknown) => typeof id === 'number' || (typeof id === 'string' && id !== '');

export const FAULT_KINDS: FaultKind[] = [
  {
    kind: 'code',
    label: 'Failure envelope with a code',
    fields: [{ name: 'code', label: 'Code', type: 'text', value: 'INSUFFICIENT_CREDIT', required: true }],
    met: 'by requests',
    effect: ({ code }) => refused(`the failure envelope with the code ${code}`),
  },
  {
    kind: 'rate_limit',
    label: '429 once',
    fields: [
      { name: 'retry_after', label: 'Retry-After', type: 'text', value: '2', hint: 'seconds or a date; empty: none' },
      { name: 'envelope', label: 'As a failure envelope', type: 'flag', value: false },
    ],
    met: 'by requests',
    effect: ({ retry_after, envelope }) =>
      refused(
        `429${envelope ? ' with a failure envelope' : ''}, ${
          retry_after === undefined ? 'without Retry-After' : `Retry-After: ${retry_after}`
        }`,
      ),
  },
  {
    kind: 'limit',
    label: 'Rate limit that stays',
    fields: [
      { name: 'per_second', label: 'Requests a second', type: 'number', value: '10', required: true },
      { name: 'envelope', label: 'As a failure envelope', type: 'flag', value: false },
    ],
    met: 'at once',
    effect: ({ per_second }) => ({
      seen: `429 with Retry-After: 1 for what is more than ${per_second} requests in any second`,
      processed: 'what is let through',
      outcome: 'rejected',
      kinds: ['api'],
    }),
  },
  {
    kind: 'stall',
    label: 'Late answer, or none',
    fields: [{ name: 'ms', label: 'Milliseconds', type: 'number', value: '5000', hint: 'empty: never' }],
    met: 'by requests',
    effect: ({ ms }) =>
      ms === undefined
        ? lost('no answer, until it gives up', 'timeout')
        : {
            seen: `the answer after ${span(number(ms))}, if it waits so long`,
            processed: 'yes',
            outcome: 'sent',
            kinds: [],
          },
  },
  {
    kind: 'slow',
    label: 'Answer byte by byte',
    fields: [{ name: 'ms_per_byte', label: 'Milliseconds a byte', type: 'number', value: '20', required: true }],
    met: 'by requests',
    effect: ({ ms_per_byte }) => ({
      seen: `the answer byte by byte, ${span(number(ms_per_byte))} each, if it waits so long`,
      processed: 'yes',
      outcome: 'sent',
      kinds: [],
    }),
  },
  {
    kind: 'close_after_read',
    label: 'Connection closed after the request',
    fields: [],
    met: 'by requests',
    effect: () => lost('the connection closed (FIN) without an answer', 'closed'),
  },
  {
    kind: 'reset',
    label: 'Connection reset',
    fields: [],
    met: 'by requests',
    effect: () => lost('the connection reset (RST) without an answer', 'reset'),
  },
  {
    kind: 'truncate',
    label: 'Answer cut short',
    fields: [{ name: 'after', label: 'Bytes sent', type: 'number', value: '', hint: 'empty: half of the body' }],
    met: 'by requests',
    effect: ({ after }) =>
      lost(`${after === undefined ? 'half' : `the first ${bytes(number(after))}`} of the answer, then FIN`, 'closed'),
  },
  {
    kind: 'garbage',
    label: 'Bytes that are no HTTP',
    fields: [],
    met: 'by requests',
    effect: () => lost('bytes that are no HTTP, then FIN', 'malformed'),
  },
  {
    kind: 'unreadable',
    label: '200 that is no JSON',
    fields: [],
    met: 'by requests',
    effect: () => lost('200 with a body that is not JSON', 'malformed'),
  },
  {
    kind: 'html502',
    label: '502 of a gateway',
    fields: [],
    met: 'by requests',
    effect: () => canned('502 with an HTML page', 'unknown', 'server'),
  },
  {
    kind: 'redirect',
    label: 'Redirection',
    fields: [
      { name: 'status', label: 'Status', type: 'number', value: '307' },
      { name: 'location', label: 'Location', type: 'text', value: '', hint: 'empty: the sandbox itself' },
    ],
    met: 'by requests',
    effect: ({ status = 307, location }) =>
      canned(`${status} to ${location === undefined ? 'the sandbox itself' : location}`, 'unknown', 'redirect'),
  },
  {
    kind: 'respond',
    label: 'Exactly this answer',
    fields: [
      { name: 'status', label: 'Status', type: 'number', value: '503', required: true },
      { name: 'headers', label: 'Headers', type: 'lines', value: '', hint: 'one a line: name: value' },
      { name: 'body', label: 'Body', type: 'lines', value: '' },
    ],
    met: 'by requests',
    effect: ({ status, body }) => made(`${status} with this body`, number(status), body),
  },
  {
    kind: 'close_before_read',
    label: 'Connection closed before the request',
    fields: [],
    met: 'by requests',
    effect: () => canned('the connection closed as its request began', 'unknown', 'closed', 'reset'),
  },
  {
    kind: 'refuse',
    label: 'Port closed',
    fields: [{ name: 'ms', label: 'Milliseconds', type: 'number', value: '3000', required: true }],
    met: 'at once',
    effect: ({ ms }) => ({
      seen: `no connection for ${span(number(ms))}; this page has none either`,
      processed: 'no',
      outcome: 'not_sent',
      kinds: ['connect'],
    }),
  },
];

export function kindOf(fault: Fault): FaultKind | undefined {
  return FAULT_KINDS.find(({ kind }) => kind === fault.kind);
}

/** A fault in one line, such as `stall, ms 200`. */
export function inBrief({ kind, times, ...fields }: Fault): string {
  const shown = Object.entries(fields).map(([name, value]) =>
    `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`.slice(0, 60),
  );
  return [kind, ...shown, ...(times === undefined ? [] : [`${times} times`])].join(', ');
}
