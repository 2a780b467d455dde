// What the list shows, as a file.

import { allDetails } from './control';
import type { Entry } from './model';

/** Whole requests with what became of them, a JSON text a line. */
export async function exportLines(entries: readonly Entry[]): Promise<Blob> {
  const wanted = new Map(entries.map((entry) => [entry.n, entry]));
  const lines: string[] = [];
  for await (const line of allDetails()) {
    const whole = JSON.parse(line) as Entry;
    const entry = wanted.get(whole.n);
    if (!entry) continue;
    const { message, history = [], forgotten = 0 } = entry;
    lines.push(`${JSON.stringify({ ...whole, message, history, forgotten })}\n`);
  }
  return new Blob(lines, { type: 'application/x-ndjson' });
}

export function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has begun by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
