// Sends a second by outcome, as a picture.

import { useState } from 'preact/hooks';
import { count } from './format';
import { useClock } from './hooks';
import type { Second, Store } from './model';

const BARS = 120;
const SPANS = [
  { label: '2 min', seconds: 1 },
  { label: '1 h', seconds: 30 },
] as const;

/** The most recent bars, the oldest first; each the sent, rejected and unknown of its seconds. */
function bars(seconds: Second[], now: number, width: number): [number, number, number][] {
  const bars: [number, number, number][] = Array.from({ length: BARS }, () => [0, 0, 0]);
  const end = Math.floor(now / 1000 / width);
  for (let i = seconds.length - 1; i >= 0; i--) {
    const [second, ...counts] = seconds[i]!;
    const place = BARS - 1 - (end - Math.floor(second / width));
    if (place < 0) break;
    const bar = bars[Math.min(place, BARS - 1)]!;
    counts.forEach((count, outcome) => {
      bar[outcome]! += count;
    });
  }
  return bars;
}

export function Chart({ store }: { store: Store }) {
  const [span, setSpan] = useState<(typeof SPANS)[number]>(SPANS[0]);
  useClock(() => store.now(), 1000);
  const shown = bars(store.seconds, store.now(), span.seconds);
  const sums = shown.map(([sent, rejected, unknown]) => sent + rejected + unknown);
  const highest = Math.max(0, ...sums);
  // The second that has begun is not over.
  const rate = (sums.at(-2) ?? 0) / span.seconds;
  const all = sums.reduce((sum, next) => sum + next, 0);
  const label =
    `Sends in the last ${span.label}: ${count(all)}, at most ${count(Math.ceil(highest / span.seconds))} a second. ` +
    `Since the start: ${count(store.totals.sent)} sent, ${count(store.totals.rejected)} rejected, ` +
    `${count(store.totals.unknown)} unknown.`;
  return (
    <section class="chart" aria-label="Throughput">
      <div class="rate">
        <strong>{count(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))}</strong> sends/s
        <span class="muted">{count(Math.ceil(highest / span.seconds))} at the peak</span>
      </div>
      <svg role="img" aria-label={label} viewBox={`0 0 ${BARS} 100`} preserveAspectRatio="none">
        {shown.map((outcomes, i) => {
          let top = 100;
          return outcomes.map((value, outcome) => {
            if (value === 0) return null;
            // Even the smallest can be seen.
            const height = Math.max(3, (value / highest) * 97);
            top -= height;
            return (
              <rect class={OUTCOMES[outcome]} x={i + 0.1} y={top} width={0.8} height={height} />
            );
          });
        })}
      </svg>
      <div class="spans" role="group" aria-label="Time shown">
        {SPANS.map((it) => (
          <button type="button" aria-pressed={it === span} onClick={() => setSpan(it)}>
            {it.label}
          </button>
        ))}
      </div>
    </section>
  );
}

const OUTCOMES = ['sent', 'rejected', 'unknown'] as const;
