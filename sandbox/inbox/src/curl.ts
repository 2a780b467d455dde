// A request as a command that repeats it.

import type { Details } from './control';

/** What curl says by itself or better. */
const LEFT_OUT = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'expect', 'accept-encoding']);

/** For a POSIX shell. A key that the sandbox does not show becomes the sandbox's own. */
export function curl(request: NonNullable<Details['request']>, url: string, apiKey: string): string {
  const lines = [`curl -X ${quoted(request.method)} ${quoted(url + request.path)}`];
  for (const [name, value] of request.headers) {
    const shown = value !== '[redacted]';
    if (LEFT_OUT.has(name) || (!shown && name !== 'x-api-key')) continue;
    // curl leaves a header without a value out, unless it ends with a semicolon.
    if (value === '') lines.push(`-H ${quoted(`${name};`)}`);
    else lines.push(`-H ${quoted(`${name}: ${shown ? value : apiKey}`)}`);
  }
  if (request.body) lines.push(`--data-raw ${quoted(request.body)}`);
  return lines.join(' \\\n  ');
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
