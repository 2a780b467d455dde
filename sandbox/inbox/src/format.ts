// Numbers and times as people read them.

const pad = (value: number, digits: number) => String(value).padStart(digits, '0');

/** `14:03:09`, or with milliseconds `14:03:09.120`. */
export function time(ms: number, precise = false): string {
  const date = new Date(ms);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part, 2)).join(':');
  return precise ? `${clock}.${pad(date.getMilliseconds(), 3)}` : clock;
}

export function dateAndTime(ms: number): string {
  return `${new Date(ms).toLocaleDateString(undefined, { dateStyle: 'medium' })}, ${time(ms)}`;
}

/** A span such as `120 ms`, `1.5 s`, `5 s` or `3 min`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0).replace('.0', '')} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

const grouped = new Intl.NumberFormat('en');

export function count(value: number): string {
  return grouped.format(value);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function bytes(value: number): string {
  if (value < 1024) return plural(value, 'byte');
  return value < 1024 * 1024 ? `${(value / 1024).toFixed(1)} KiB` : `${(value / 1024 / 1024).toFixed(1)} MiB`;
}

/** JSON laid out for reading, and other text as it is. Digits stay as they came. */
export function pretty(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  // Strings first, so that nothing in them is taken for structure.
  return text.replace(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|\s+/g, (token) => {
    switch (token[0]) {
      case '{':
      case '[':
        if (token.length > 1) return token.replace(/\s/g, '');
        depth++;
        return token + line();
      case '}':
      case ']':
        depth--;
        return line() + token;
      case ',':
        return token + line();
      case ':':
        return ': ';
      default:
        return token[0] === '"' ? token : '';
    }
  });
}
